//! Requests: asking, taking, giving back, closing, reopening. Words in a thread and what they do to the
//! request's state are in `message`.
//!
//! An open request is `Open` exactly while nobody owns it, with one exception: answered and then given back it
//! stays `Answered`, because the asker can still say that the answer was right.

use crate::{
    Read, Refusal, Row, Time,
    call::link,
    care::{Care, CareStep, Detail},
    command::{
        Ask, AskForClip, GiveBack, OpenToDesk, Reopen, SetUrgency, Solve, System, Take, Thank, Withdraw,
    },
    decide::{
        Change, Decide, attachment,
        message::{self, Contents},
        posting, words,
    },
    desk::{Audience, Desk},
    id::{PersonId, RequestId},
    message::{Event, MessageKind},
    org::Org,
    person::{Person, Status},
    request::{ARCHIVE_AFTER, REOPEN_WINDOW, Request, RequestState, Ticket},
    row::Key,
    time::DAY,
};

/// Most people of a private request besides its asker.
const MOST_PRIVATE: usize = 20;
/// The clock that takes a closed request out of the feed.
const ARCHIVE: &str = "archive";

impl Decide for Ask {
    fn reads(&self) -> Vec<Read> {
        let mut reads = self.contents().reads();
        reads.extend([Read::Row(Key::Request(self.request)), Read::Row(Key::Desk(self.desk))]);
        let people = self.private_with.iter().flatten();
        reads.extend(people.map(|person| Read::Row(Key::Person(*person))));
        reads
    }

    // `asked_at`, the asker's own clock, decides only whether a question that was kept for a while was asked in time
    // (`posting`): T0 is the server's time. Whether an old request is still needed is asked before it is sent.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let desk = change.desk_seen(by, self.desk)?;
        if desk.closed {
            return Err(Refusal::DeskClosed);
        }
        change.is_free(&Key::Request(self.request))?;
        if self.private_with.is_none() {
            posting::may_ask(change, by, &desk, Time(self.asked_at))?;
        }
        let text = words::thread(change.state, "text", &self.text, words::TEXT, &self.readable_ibans)?;
        if text.is_empty() {
            return Err(Refusal::Empty("text"));
        }
        let mut request = Request {
            id: self.request,
            desk: self.desk,
            asker: by.id,
            owner: None,
            text,
            urgency: self.urgency,
            ticket: self.ticket.as_ref().map(|ticket| self.ticket(change, ticket)).transpose()?,
            private_with: self.private_with(by, change)?,
            state: RequestState::Open,
            asked_at: change.now,
            first_response_at: None,
            answered_at: None,
            solved_at: None,
            touched_at: change.now,
            clip_wanted_by: None,
            thanked: false,
            archived: false,
            care: Care {
                to_vet: is_vetted(&desk, by.id),
                details: self.details(change, &desk)?,
                ..Care::default()
            },
        };
        message::write(change, by, &mut request, &self.contents(), MessageKind::Asked)?;
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Ask {
    fn contents(&self) -> Contents<'_> {
        Contents {
            message: self.message,
            text: &self.text,
            readable_ibans: &self.readable_ibans,
            mentions: &self.mentions,
            attachments: &self.attachments,
            clip: self.clip,
            moment: None,
        }
    }

    fn ticket(&self, change: &Change<'_>, ticket: &Ticket) -> Result<Ticket, Refusal> {
        let label = words::name("ticket", &ticket.label, words::NAME)?;
        let label = words::own_line(change.state, "ticket", &label)?;
        let url = ticket.url.trim().to_owned();
        if !url.is_empty() {
            link::check_web_address("ticket", &url)?;
            if words::own_words(change.state, "ticket", &url, words::ADDRESS)? != url {
                return Err(Refusal::Invalid { field: "ticket", why: "a card number in the address" });
            }
        }
        Ok(Ticket { label, url })
    }

    /// What the desk asks for. Only what the desk requires is needed; what it does not ask for is refused.
    fn details(&self, change: &Change<'_>, desk: &Desk) -> Result<Vec<Detail>, Refusal> {
        if self.details.iter().any(|given| !desk.service.fields.contains(&given.name)) {
            return Err(Refusal::Invalid { field: "details", why: "the desk does not ask for this" });
        }
        let mut details = Vec::new();
        for name in &desk.service.fields {
            let value =
                self.details.iter().find(|given| given.name == *name).map(|given| given.value.as_str());
            let value = words::line(change.state, "details", value.unwrap_or_default())?;
            if value.is_empty() {
                return Err(Refusal::Empty("details"));
            }
            details.push(Detail { name: name.clone(), value, used: false });
        }
        Ok(details)
    }

    fn private_with(&self, by: &Person, change: &Change<'_>) -> Result<Option<Vec<PersonId>>, Refusal> {
        let Some(people) = &self.private_with else { return Ok(None) };
        let mut with: Vec<PersonId> = Vec::new();
        for person in people.iter().filter(|person| **person != by.id) {
            change.active_person(*person)?;
            if !with.contains(person) {
                with.push(*person);
            }
        }
        match with.len() {
            0 => Err(Refusal::Empty("private_with")),
            count if count > MOST_PRIVATE => {
                Err(Refusal::TooLong { field: "private_with", limit: MOST_PRIVATE as u64 })
            }
            _ => Ok(Some(with)),
        }
    }
}

impl Decide for Take {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        helper_only(by, &request)?;
        match request.owner {
            Some(owner) if owner == by.id => return Ok(()),
            Some(_) => return Err(Refusal::AlreadyTaken),
            None => {}
        }
        request.taken_by(by.id);
        change.event(request.id, Some(by.id), Event::Taken);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for GiveBack {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        if request.owner != Some(by.id) {
            return Err(Refusal::NotAllowed("its owner gives it back"));
        }
        given_back(change, &mut request);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for AskForClip {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        helper_only(by, &request)?;
        if request.clip_wanted_by == Some(by.id) && request.state == RequestState::WaitingAsker {
            return Ok(());
        }
        // One tap without a word takes the request, but is no first response.
        request.taken_by_if_unclaimed(by.id);
        request.clip_wanted_by = Some(by.id);
        request.state = RequestState::WaitingAsker;
        change.event(request.id, Some(by.id), Event::ClipWanted);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for SetUrgency {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        if request.asker != by.id && request.owner != Some(by.id) {
            return Err(Refusal::NotAllowed("its asker or owner says how urgent it is"));
        }
        if request.urgency == self.urgency {
            return Ok(());
        }
        request.urgency = self.urgency;
        change.event(request.id, Some(by.id), Event::UrgencyNow(self.urgency));
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for OpenToDesk {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        let Some(people) = &request.private_with else { return Ok(()) };
        if request.asker != by.id && !people.contains(&by.id) {
            return Err(Refusal::NotAllowed("its asker, or those asked, open it to the desk"));
        }
        // Those asked may bring it there; its asker may where they could ask it.
        if request.asker == by.id {
            posting::may_ask(change, by, change.state.desk(request.desk)?, change.now)?;
        }
        request.private_with = None;
        change.event(request.id, Some(by.id), Event::OpenedToDesk);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for Solve {
    fn reads(&self) -> Vec<Read> {
        closing(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let request = change.request_seen(by, self.request)?;
        asker_only(by, &request)?;
        match request.state {
            RequestState::Solved if !request.care.unconfirmed => return Ok(()),
            RequestState::Withdrawn | RequestState::Merged => return Err(Refusal::RequestClosed),
            _ => {}
        }
        solved(change, by, request)
    }
}

impl Decide for Withdraw {
    fn reads(&self) -> Vec<Read> {
        closing(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        asker_only(by, &request)?;
        match request.state {
            RequestState::Withdrawn => return Ok(()),
            RequestState::Solved | RequestState::Merged => return Err(Refusal::RequestClosed),
            _ => {}
        }
        request.state = RequestState::Withdrawn;
        change.event(request.id, Some(by.id), Event::Withdrawn);
        close(change, request)
    }
}

impl Decide for Reopen {
    fn reads(&self) -> Vec<Read> {
        let mut reads = row(self.request);
        reads.push(Read::OwnerOf(self.request));
        reads
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        askers_only(by, &request)?;
        match request.state {
            RequestState::Withdrawn | RequestState::Merged => return Err(Refusal::RequestClosed),
            RequestState::Solved => reopen(change, by, &mut request)?,
            // "Not solved" said about an answer: it is the helper's turn again.
            RequestState::Answered => request.back_to_helpers(),
            _ => return Ok(()),
        }
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for Thank {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        asker_only(by, &request)?;
        if matches!(request.state, RequestState::Withdrawn | RequestState::Merged) {
            return Err(Refusal::RequestClosed);
        }
        if request.thanked {
            return Ok(());
        }
        request.thanked = true;
        change.event(request.id, Some(by.id), Event::Thanked);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

/// Closed long ago: leaves the feed.
pub(crate) fn archive(change: &mut Change<'_>, request: RequestId) {
    let Ok(request) = change.state.request(request) else { return };
    let rested = change.now.since(request.touched_at) >= ARCHIVE_AFTER;
    if !request.is_open() && !request.archived && rested {
        change.put(Row::Request(Request { archived: true, ..request.clone() }));
    }
}

/// A person changed the request: lists order by it, and a closed one stays in the feed a while longer.
pub(crate) fn touch(change: &mut Change<'_>, request: &mut Request) {
    request.touched_at = change.now;
    if !request.is_open() && !request.archived {
        let archive = System::Archive { request: request.id };
        change.due(Key::Request(request.id), ARCHIVE, change.now.plus(ARCHIVE_AFTER), archive);
    }
}

/// The asker's words, or a tap, within seven days of *solved* make it open again: with the same owner, or the
/// desk if that person has left or does not work now.
pub(crate) fn reopen(change: &mut Change<'_>, by: &Person, request: &mut Request) -> Result<(), Refusal> {
    let solved_at = request.solved_at.unwrap_or(request.touched_at);
    if request.archived || change.now.since(solved_at) > REOPEN_WINDOW {
        return Err(Refusal::TooLateToReopen);
    }
    let stays = |owner: PersonId| {
        change.state.person(owner).is_ok_and(|owner| owner.active && owner.status != Status::Off)
    };
    request.owner = request.owner.filter(|owner| stays(*owner));
    request.care.unconfirmed = false;
    request.care.asks_solved = false;
    request.back_to_helpers();
    change.not_due(Key::Request(request.id), ARCHIVE);
    change.event(request.id, Some(by.id), Event::Reopened);
    Ok(())
}

/// Its owner is no longer its owner: the desk is.
pub(crate) fn given_back(change: &mut Change<'_>, request: &mut Request) {
    change.event(request.id, request.owner, Event::GivenBack);
    request.owner = None;
    request.care.hand_over = None;
    if request.state != RequestState::Answered {
        request.state = RequestState::Open;
    }
}

/// When the media of a closed request shall be erased; `None` while it is open.
pub(crate) fn media_expires_at(request: &Request, org: &Org) -> Option<Time> {
    let closed_at = match request.state {
        RequestState::Solved => request.solved_at?,
        RequestState::Withdrawn | RequestState::Merged => request.touched_at,
        _ => return None,
    };
    Some(closed_at.plus(i64::from(org.keep_media_days) * DAY))
}

impl Request {
    /// `person` owns it from now on.
    pub(crate) fn taken_by(&mut self, person: PersonId) {
        self.owner = Some(person);
        self.care.to_vet = false;
        if self.state == RequestState::Open {
            self.state = RequestState::Accepted;
        }
    }

    pub(crate) fn taken_by_if_unclaimed(&mut self, person: PersonId) {
        if self.owner.is_none() {
            self.taken_by(person);
        }
    }

    /// The asker has spoken: the owner's turn, or the desk's.
    pub(crate) fn back_to_helpers(&mut self) {
        self.state = if self.owner.is_some() { RequestState::Accepted } else { RequestState::Open };
    }
}

/// The asker says that it is solved.
pub(crate) fn solved(change: &mut Change<'_>, by: &Person, mut request: Request) -> Result<(), Refusal> {
    let was_taken_as_solved = request.state == RequestState::Solved;
    request.state = RequestState::Solved;
    request.care.unconfirmed = false;
    request.care.asks_solved = false;
    if !was_taken_as_solved {
        request.solved_at = Some(change.now);
    }
    change.event(request.id, Some(by.id), Event::Solved);
    close(change, request)
}

/// Nobody contradicted an answer for a working day. The asker is asked about it, unless they were asked about
/// something today.
pub(crate) fn solved_by_silence(change: &mut Change<'_>, mut request: Request) {
    request.state = RequestState::Solved;
    request.care.unconfirmed = true;
    request.solved_at = Some(change.now);
    let asker = change.state.person(request.asker).ok().filter(|asker| asker.active);
    if let Some(asker) = asker {
        let today = |at: Time| {
            let calendar = change.state.desk(request.desk).ok().zip(change.state.org().ok());
            calendar.map(|(desk, org)| desk.calendar(org).local(at).date)
        };
        let was_asked = asker.asked_solved_at.is_some_and(|at| today(at) == today(change.now));
        if !was_asked {
            request.care.asks_solved = true;
            change.put(Row::Person(Person { asked_solved_at: Some(change.now), ..asker.clone() }));
        }
    }
    change.step(request.id, None, CareStep::SolvedBySilence, "");
    // Without the organisation's row nothing could be asked here: it is always there.
    let _ = close(change, request);
}

/// It is over: media has its time, the request leaves the feed later.
pub(crate) fn close(change: &mut Change<'_>, mut request: Request) -> Result<(), Refusal> {
    request.clip_wanted_by = None;
    touch(change, &mut request);
    if let Some(at) = media_expires_at(&request, change.state.org()?) {
        let attachments = change.state.attachments();
        for attachment in attachments.filter(|row| row.request == request.id && !attachment::is_gone(row)) {
            message::attachment_expires(change, attachment.id, at);
        }
        for clip in change.state.clips().filter(|row| row.request == Some(request.id) && !row.is_gone()) {
            message::clip_expires(change, clip.id, at);
        }
    }
    change.put(Row::Request(request));
    Ok(())
}

/// Whether what `by` asks at `desk` goes to its vetters first.
/// Whether what somebody asks there is vetted first.
pub(crate) fn is_vetted(desk: &Desk, by: PersonId) -> bool {
    desk.audience == Audience::Vetted && !desk.service.vetters.contains(&by) && !desk.is_helped_by(by)
}

pub(crate) fn row(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Request(request))]
}

pub(crate) fn closing(request: RequestId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Request(request)), Read::Thread(request)]
}

pub(crate) fn open_seen(change: &Change<'_>, by: &Person, id: RequestId) -> Result<Request, Refusal> {
    let request = change.request_seen(by, id)?;
    if request.is_open() { Ok(request) } else { Err(Refusal::RequestClosed) }
}

pub(crate) fn helper_only(by: &Person, request: &Request) -> Result<(), Refusal> {
    if request.is_asked_by(by.id) {
        Err(Refusal::NotAllowed("somebody other than the asker"))
    } else {
        Ok(())
    }
}

/// Whoever waits for the answer: the asker, and who joined.
pub(crate) fn askers_only(by: &Person, request: &Request) -> Result<(), Refusal> {
    if request.is_asked_by(by.id) { Ok(()) } else { Err(Refusal::NotAllowed("the asker")) }
}

fn asker_only(by: &Person, request: &Request) -> Result<(), Refusal> {
    if request.asker == by.id { Ok(()) } else { Err(Refusal::NotAllowed("the asker")) }
}
