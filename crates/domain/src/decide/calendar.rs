//! A person's calendar: where it is, and until when it says that they are busy. It is read by the server; what a person
//! says of themselves afterwards counts more than what they planned.

use crate::{
    Read, Refusal, Row,
    calendar::Span,
    command::{SetCalendar, System},
    decide::{Change, Decide},
    id::PersonId,
    person::{CalendarFile, Person, calendar_secret},
    row::Key,
    secret::Secret,
};

/// The clock of a meeting.
const MEETING: &str = "meeting";
/// Longest address.
const LONGEST_ADDRESS: usize = 2_000;
/// Largest file that is given instead of an address.
const LARGEST_FILE: usize = 1 << 20;

impl Decide for SetCalendar {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Secret(calendar_secret(self.person)))]
    }

    /// An address, a file, or nothing any more. Whether the address leads to a calendar is found out by reading it.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        if self.person != by.id {
            return Err(Refusal::NotAllowed("everybody for themselves"));
        }
        let source = self.source.trim();
        let is_file = source.starts_with("BEGIN:VCALENDAR");
        let is_address = ["https://", "http://", "webcal://"].iter().any(|scheme| source.starts_with(scheme));
        if !source.is_empty() && !is_file && !is_address {
            return Err(Refusal::Invalid { field: "source", why: "neither an address nor a calendar file" });
        }
        let limit = if is_file { LARGEST_FILE } else { LONGEST_ADDRESS };
        if source.len() > limit {
            return Err(Refusal::TooLong { field: "source", limit: limit as u64 });
        }
        if is_address && source.contains(char::is_whitespace) {
            return Err(Refusal::Invalid { field: "source", why: "an address has no spaces" });
        }
        let calendar = if source.is_empty() { CalendarFile::None } else { CalendarFile::Unread };
        change.put(Row::Secret(Secret { name: calendar_secret(by.id), value: source.to_owned() }));
        change.not_due(Key::Person(by.id), MEETING);
        change.put(Row::Person(Person { calendar, busy_until: None, ..by.clone() }));
        Ok(())
    }
}

/// Nothing is kept of where the calendar of `person` is, or of the file itself.
pub(crate) fn forget(change: &mut Change<'_>, person: PersonId) {
    let name = calendar_secret(person);
    change.not_due(Key::Person(person), MEETING);
    if let Some(Row::Secret(secret)) = change.state.get(&Key::Secret(name.clone()))
        && !secret.value.is_empty()
    {
        change.put(Row::Secret(Secret { name, value: String::new() }));
    }
}

/// What the calendar says of now. Who has said something since this meeting began knows better where they are, and is
/// believed until the next one, however often the calendar is read.
pub(crate) fn says(change: &mut Change<'_>, id: PersonId, meeting: Option<Span>, file: CalendarFile) {
    let Ok(person) = change.state.person(id) else { return };
    // Whoever has taken it back meanwhile is not busy by it.
    if !person.active || person.calendar == CalendarFile::None {
        return;
    }
    let is_now = |meeting: &Span| meeting.from <= change.now && meeting.to > change.now;
    // Who has just named the calendar wants it to be looked at.
    let is_named = person.calendar == CalendarFile::Unread || person.busy_until.is_some();
    let counts = |meeting: &Span| is_named || person.status_at < meeting.from;
    let busy_until = meeting.filter(is_now).filter(counts).map(|meeting| meeting.to);
    match busy_until {
        Some(at) => change.due(Key::Person(id), MEETING, at, System::MeetingOver { person: id }),
        None => change.not_due(Key::Person(id), MEETING),
    }
    change.put(Row::Person(Person { busy_until, calendar: file, ..person.clone() }));
}

/// Also if the server could read nothing since.
pub(crate) fn meeting_over(change: &mut Change<'_>, id: PersonId) {
    let Ok(person) = change.state.person(id) else { return };
    if person.busy_until.is_some_and(|until| until <= change.now) {
        change.put(Row::Person(Person { busy_until: None, ..person.clone() }));
    }
}
