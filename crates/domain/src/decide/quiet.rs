//! Quiet hours: whether they are now is a fact of the row, turned by a clock of the server's, so that no client needs a
//! table of time zones to know whether a colleague is in theirs.

use crate::{
    Read, Refusal, Row,
    calendar::{Calendar, Hours},
    command::{SetQuietHours, System},
    decide::{Change, Decide},
    desk::OpenInterval,
    id::PersonId,
    person::{Person, QuietHours},
    row::Key,
    time::Time,
};

/// The clock of a person's quiet hours.
const QUIET: &str = "quiet";
/// Minutes of a day.
const DAY: u16 = 24 * 60;

impl Decide for SetQuietHours {
    fn reads(&self) -> Vec<Read> {
        Vec::new()
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        if let Some(hours) = &self.hours {
            if hours.from >= DAY || hours.to >= DAY || hours.from == hours.to {
                return Err(Refusal::Invalid { field: "hours", why: "two different minutes of a day" });
            }
            if calendar(hours).is_none() {
                return Err(Refusal::Invalid { field: "zone", why: "not the name of a time zone" });
            }
        }
        plan(change, Person { quiet: self.hours.clone(), ..by.clone() });
        Ok(())
    }
}

/// They begin or end.
pub(crate) fn turns(change: &mut Change<'_>, id: PersonId) {
    if let Ok(person) = change.state.person(id) {
        plan(change, person.clone());
    }
}

/// Says whether they are now, and when that changes.
fn plan(change: &mut Change<'_>, mut person: Person) {
    let calendar = person.quiet.as_ref().and_then(calendar);
    person.quiet_now = calendar.as_ref().is_some_and(|calendar| calendar.is_open(change.now));
    let key = Key::Person(person.id);
    match calendar.and_then(|calendar| next_turn(&calendar, change.now)) {
        Some(at) => change.due(key, QUIET, at, System::QuietTurns { person: person.id }),
        None => change.not_due(key, QUIET),
    }
    change.put(Row::Person(person));
}

fn next_turn(calendar: &Calendar, now: Time) -> Option<Time> {
    if calendar.is_open(now) { calendar.next_close(now) } else { calendar.next_open(now) }
}

/// `None`: there is no such zone.
fn calendar(quiet: &QuietHours) -> Option<Calendar> {
    let stretches = if quiet.from < quiet.to {
        vec![(quiet.from, quiet.to)]
    } else {
        vec![(0, quiet.to), (quiet.from, DAY)]
    };
    let day = |weekday| {
        let stretches = stretches.iter().filter(|(from, to)| from < to);
        stretches.map(move |&(from, to)| OpenInterval { weekday, from, to }).collect::<Vec<_>>()
    };
    let week = (1..=7).flat_map(day).collect();
    let hours = Hours { in_force_from: Time(i64::MIN), zone: quiet.zone.clone(), week, days: Vec::new() };
    Calendar::new(&[hours]).ok()
}
