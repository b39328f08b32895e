//! Desks: opened by leads and admins, looked after by their owner. A desk has an owner and opening hours
//! before anybody can ask there.

use crate::{
    Read, Refusal, Row,
    call::link,
    command::{EditDesk, OpenDesk},
    decide::{Change, Decide, words},
    desk::{Audience, Desk, Helpers, OpenInterval},
    id::PersonId,
    person::{Person, Role},
    row::Key,
};

/// Most people named as helpers; a larger team is *everyone*.
const MOST_HELPERS: usize = 500;
/// Most stretches of opening hours in a week.
const MOST_INTERVALS: usize = 70;

impl Decide for OpenDesk {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Org), Read::Row(Key::Desk(self.desk)), Read::People]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        if by.role < Role::Lead {
            return Err(Refusal::NotAllowed("a lead or an admin"));
        }
        change.is_free(&Key::Desk(self.desk))?;
        let desk = Desk {
            id: self.desk,
            name: words::name("name", &self.name, words::NAME)?,
            purpose: words::line(change.state, "purpose", &self.purpose)?,
            owner: change.active_person(self.owner)?.id,
            helpers: helpers(change, &self.helpers)?,
            audience: self.audience,
            hours: hours(&self.hours)?,
            zone: zone("zone", &self.zone)?,
            provider: None,
            review_before_upload: false,
            closed: false,
        };
        change.put(Row::Desk(desk));
        Ok(())
    }
}

impl Decide for EditDesk {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Org), Read::Row(Key::Desk(self.desk)), Read::People]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = change.desk_seen(by, self.desk)?;
        if before.owner != by.id && by.role != Role::Admin {
            return Err(Refusal::NotAllowed("the desk's owner or an admin"));
        }
        if let Some(provider) = &self.provider {
            link::validate(provider)?;
        }
        let desk = Desk {
            id: self.desk,
            name: words::name("name", &self.name, words::NAME)?,
            purpose: words::line(change.state, "purpose", &self.purpose)?,
            owner: change.active_person(self.owner)?.id,
            helpers: helpers(change, &self.helpers)?,
            audience: self.audience,
            hours: hours(&self.hours)?,
            zone: zone("zone", &self.zone)?,
            provider: self.provider.clone(),
            review_before_upload: self.review_before_upload,
            closed: self.closed,
        };
        change.put(Row::Desk(desk));
        Ok(())
    }
}

/// The owner has left: the first helper named who is still here owns the desk, else `fallback`. So a private
/// desk stays among its own people where it can.
pub(crate) fn give_to_next(change: &mut Change<'_>, desk: &Desk, fallback: PersonId) {
    let named: &[PersonId] = if let Helpers::These(people) = &desk.helpers { people } else { &[] };
    let is_here = |person: &PersonId| *person != desk.owner && change.active_person(*person).is_ok();
    let owner = named.iter().copied().find(is_here).unwrap_or(fallback);
    change.put(Row::Desk(Desk { owner, ..desk.clone() }));
}

/// Nine to five, Monday to Friday: the first desk's hours.
pub(crate) fn office_hours() -> Vec<OpenInterval> {
    (1..=5).map(|weekday| OpenInterval { weekday, from: 9 * 60, to: 17 * 60 }).collect()
}

/// The first desk of an organisation: its founder owns it and everyone helps.
pub(crate) fn first(id: crate::id::DeskId, name: String, owner: PersonId) -> Desk {
    Desk {
        id,
        name,
        purpose: String::new(),
        owner,
        helpers: Helpers::Everyone,
        audience: Audience::Open,
        hours: office_hours(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    }
}

/// An IANA zone by its form (the table of zones is not known here); empty is for the caller to judge.
pub(crate) fn zone(field: &'static str, zone: &str) -> Result<String, Refusal> {
    let zone = zone.trim();
    let is_part = |part: &str| {
        part.starts_with(|char: char| char.is_ascii_alphabetic())
            && part.chars().all(|char| char.is_ascii_alphanumeric() || "_+-".contains(char))
    };
    if zone.is_empty() || (zone.len() <= 64 && zone.split('/').all(is_part)) {
        Ok(zone.to_owned())
    } else {
        Err(Refusal::Invalid { field, why: "not the name of a time zone" })
    }
}

fn helpers(change: &Change<'_>, helpers: &Helpers) -> Result<Helpers, Refusal> {
    let Helpers::These(people) = helpers else { return Ok(Helpers::Everyone) };
    if people.len() > MOST_HELPERS {
        return Err(Refusal::TooLong { field: "helpers", limit: MOST_HELPERS as u64 });
    }
    let mut named: Vec<PersonId> = Vec::new();
    for person in people {
        change.state.person(*person)?;
        if !named.contains(person) {
            named.push(*person);
        }
    }
    Ok(Helpers::These(named))
}

fn hours(hours: &[OpenInterval]) -> Result<Vec<OpenInterval>, Refusal> {
    let invalid = |why| Err(Refusal::Invalid { field: "hours", why });
    if hours.is_empty() {
        return Err(Refusal::Empty("hours"));
    }
    if hours.len() > MOST_INTERVALS {
        return Err(Refusal::TooLong { field: "hours", limit: MOST_INTERVALS as u64 });
    }
    let mut sorted = hours.to_vec();
    sorted.sort_by_key(|interval| (interval.weekday, interval.from));
    if sorted.iter().any(|interval| !(1..=7).contains(&interval.weekday)) {
        return invalid("weekdays are 1 to 7");
    }
    if sorted.iter().any(|interval| interval.from >= interval.to || interval.to > 24 * 60) {
        return invalid("each stretch begins before it ends, within one day");
    }
    if sorted.windows(2).any(|pair| pair[0].weekday == pair[1].weekday && pair[1].from < pair[0].to) {
        return invalid("stretches overlap");
    }
    Ok(sorted)
}
