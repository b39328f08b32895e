//! Handing a request on, warmly: with a card that says what the next one must know, and with the giver as its
//! owner until somebody has taken it over. Clocks go on, nobody asks the asker twice, and no desk can close what
//! is not its own. Vetted desks are reached through their vetters.

use crate::{
    Read, Refusal, Row,
    care::{Card, CareStep, HandOver},
    command::{DeclineHandOver, Forward, NewCard, OfferHandOver, TakeBackHandOver, TakeOver},
    decide::{
        Change, Decide,
        care::owned,
        request::{helper_only, open_seen, touch},
        words,
    },
    desk::{Audience, Desk},
    id::RequestId,
    permission::is_offered_to,
    person::Person,
    row::Key,
};

impl Decide for OfferHandOver {
    fn reads(&self) -> Vec<Read> {
        let mut reads = of(self.request);
        reads.push(Read::Row(Key::Desk(self.desk)));
        reads.extend(self.person.map(|person| Read::Row(Key::Person(person))));
        reads
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = owned(change, by, self.request)?;
        // A private desk is no secret to whoever is sent there by name, but nobody finds one by its id.
        let desk = change.desk_seen(by, self.desk)?;
        if desk.closed {
            return Err(Refusal::DeskClosed);
        }
        if let Some(person) = self.person {
            change.active_person(person)?;
            if person == by.id {
                return Err(Refusal::Invalid { field: "person", why: "you have it already" });
            }
            if request.is_asked_by(person) {
                return Err(Refusal::Invalid { field: "person", why: "the asker can't be the helper" });
            }
        } else if desk.id == request.desk {
            return Err(Refusal::Invalid { field: "desk", why: "it is there already: give it back instead" });
        }
        if desk.audience == Audience::Vetted && desk.id != request.desk && !forwards(by, &desk) {
            return Err(Refusal::NotAllowed("a vetter of that desk"));
        }
        request.care.card = Some(card(change, by, &self.card)?);
        let (to, person) = (desk.id, self.person);
        request.care.hand_over = Some(HandOver { from: by.id, desk: to, person, at: change.now });
        let needed = request.care.card.as_ref().map(|card| card.needed.clone()).unwrap_or_default();
        change.step(request.id, Some(by.id), CareStep::Offered(to, person), &needed);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for TakeOver {
    fn reads(&self) -> Vec<Read> {
        of(self.request)
    }

    /// From here on it is the taker's and their desk's. Its age and what was worked on it stay.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        let Some(offer) = request.care.hand_over.clone() else {
            return Err(Refusal::WrongState("nobody offers it"));
        };
        if !is_offered_to(by.id, &request, change.state) || by.id == offer.from {
            return Err(Refusal::NotAllowed("whoever it is offered to"));
        }
        helper_only(by, &request)?;
        request.care.hand_over = None;
        if request.desk != offer.desk {
            request.desk = offer.desk;
            request.care.desk_changes = request.care.desk_changes.saturating_add(1);
        }
        request.care.owner_changes = request.care.owner_changes.saturating_add(1);
        request.care.plan.clear();
        request.care.next_update_by = None;
        request.taken_by(by.id);
        let words = request.care.card.as_ref().map(|card| card.needed.clone()).unwrap_or_default();
        change.step(request.id, Some(by.id), CareStep::TakenOver(offer.from, offer.desk), &words);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for DeclineHandOver {
    fn reads(&self) -> Vec<Read> {
        of(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        let Some(offer) = &request.care.hand_over else {
            return Err(Refusal::WrongState("nobody offers it"));
        };
        if !is_offered_to(by.id, &request, change.state) || by.id == offer.from {
            return Err(Refusal::NotAllowed("whoever it is offered to"));
        }
        let reason = words::line(change.state, "reason", &self.reason)?;
        if reason.is_empty() {
            return Err(Refusal::Empty("reason"));
        }
        request.care.hand_over = None;
        change.step(request.id, Some(by.id), CareStep::OfferDeclined, &reason);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for TakeBackHandOver {
    fn reads(&self) -> Vec<Read> {
        of(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = owned(change, by, self.request)?;
        if request.care.hand_over.take().is_none() {
            return Ok(());
        }
        change.step(request.id, Some(by.id), CareStep::OfferTakenBack, "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for Forward {
    fn reads(&self) -> Vec<Read> {
        of(self.request)
    }

    /// A vetter sends what was asked at a vetted desk on to the desk, with a card.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        if !forwards(by, change.state.desk(request.desk)?) {
            return Err(Refusal::NotAllowed("a vetter of the desk"));
        }
        if !request.care.to_vet {
            return Err(Refusal::WrongState("it was forwarded before"));
        }
        request.care.to_vet = false;
        request.care.card = Some(card(change, by, &self.card)?);
        change.step(request.id, Some(by.id), CareStep::Vetted, "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

fn forwards(by: &Person, desk: &Desk) -> bool {
    desk.service.vetters.contains(&by.id) || desk.is_helped_by(by.id)
}

/// A card without a summary and without a wish would be no card.
fn card(change: &Change<'_>, by: &Person, new: &NewCard) -> Result<Card, Refusal> {
    let words = |field, text: &str| words::words(change.state, field, text, 2_000);
    let card = Card {
        by: by.id,
        summary: words("summary", &new.summary)?,
        tried: words("tried", &new.tried)?,
        impact: words("impact", &new.impact)?,
        needed: words::line(change.state, "needed", &new.needed)?,
        at: change.now,
    };
    match (card.summary.is_empty(), card.needed.is_empty()) {
        (true, _) => Err(Refusal::Empty("summary")),
        (_, true) => Err(Refusal::Empty("needed")),
        _ => Ok(card),
    }
}

fn of(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Request(request))]
}
