//! Who is told because of a mention. A mention shows nobody what they may not see: a person who may not is refused by
//! name, and of a group only those who may are told.

use std::collections::BTreeSet;

use crate::{
    Read, Refusal,
    decide::{Change, words},
    desk::{Desk, Helpers},
    id::PersonId,
    mention::{MANY, MOST_MENTIONS, Mention, Mentions, NewMentions},
    permission::sees_request,
    person::Person,
    request::Request,
    row::Key,
};

/// What must be known to say who is told.
pub(crate) fn reads(new: &NewMentions) -> Vec<Read> {
    let person = |mention: &Mention| match mention {
        Mention::Person(person) => Some(Read::Row(Key::Person(*person))),
        Mention::Desk | Mention::All => None,
    };
    if new.whom.iter().any(|mention| person(mention).is_none()) {
        return vec![Read::People];
    }
    new.whom.iter().take(MOST_MENTIONS).filter_map(person).collect()
}

/// Who is told of words in `request` that `by` writes now.
pub(crate) fn told(
    change: &Change<'_>,
    by: &Person,
    request: &Request,
    new: &NewMentions,
) -> Result<Mentions, Refusal> {
    if new.whom.len() > MOST_MENTIONS {
        return Err(Refusal::TooLong { field: "mentions", limit: MOST_MENTIONS as u64 });
    }
    let reason = words::line(change.state, "reason", &new.reason)?;
    let whom: Vec<Mention> = new.whom.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if whom.is_empty() {
        return Ok(Mentions { reason, ..Mentions::default() });
    }
    let mut named = BTreeSet::new();
    let mut everyone = false;
    for mention in &whom {
        match mention {
            Mention::Person(person) => {
                named.insert(named_by(change, request, *person)?);
            }
            Mention::Desk | Mention::All => match group(change, request, *mention)? {
                Helpers::Everyone => everyone = true,
                Helpers::These(people) => named.extend(people),
            },
        }
    }
    // Whoever writes knows it already.
    named.remove(&by.id);
    let (tells, count) = if everyone {
        let others = change.state.people().filter(|person| person.active && person.id != by.id);
        (Helpers::Everyone, others.count())
    } else {
        let count = named.len();
        (Helpers::These(named.into_iter().collect()), count)
    };
    if count > MANY && reason.is_empty() {
        return Err(Refusal::ReasonNeeded { told: count, limit: MANY });
    }
    Ok(Mentions { whom, reason, tells, told: u32::try_from(count).unwrap_or(u32::MAX) })
}

/// The person, if they are here and may see the request.
fn named_by(change: &Change<'_>, request: &Request, person: PersonId) -> Result<PersonId, Refusal> {
    let person = change.active_person(person)?;
    if sees_request(person.id, request, change.state) {
        Ok(person.id)
    } else {
        Err(Refusal::CannotSee { name: person.name.clone() })
    }
}

/// Those of a group who may see the request. What is to be vetted is its vetters' until they forward it.
fn group(change: &Change<'_>, request: &Request, of: Mention) -> Result<Helpers, Refusal> {
    let desk = change.state.desk(request.desk)?;
    let members = || match desk.helpers.clone() {
        Helpers::Everyone => Helpers::Everyone,
        Helpers::These(people) => Helpers::These(people.into_iter().chain([desk.owner]).collect()),
    };
    let people = match of {
        _ if request.care.to_vet => Helpers::These(desk.service.vetters.clone()),
        Mention::All => members(),
        Mention::Desk | Mention::Person(_) => on_duty(change, desk)?,
    };
    if people == Helpers::Everyone && request.private_with.is_none() {
        return Ok(Helpers::Everyone);
    }
    let is_told = |person: &&Person| {
        person.active && people.includes(person.id) && sees_request(person.id, request, change.state)
    };
    Ok(Helpers::These(change.state.people().filter(is_told).map(|person| person.id).collect()))
}

/// Nobody is on duty at a desk that is closed (docs/decisions/0011).
fn on_duty(change: &Change<'_>, desk: &Desk) -> Result<Helpers, Refusal> {
    let calendar = desk.calendar(change.state.org()?);
    let is_open = calendar.is_open(change.now);
    Ok(if is_open { desk.on_duty(&calendar, change.now) } else { Helpers::NOBODY })
}
