//! Desks: opened by leads and admins, looked after by their owner. A desk has an owner and opening hours
//! before anybody can ask there.

use crate::{
    Read, Refusal, Row,
    calendar::{Hours, Impossible, Zone, zones_like},
    call::link,
    command::{AllowSystemSound, ArrangeDesk, EditDesk, ForbidSystemSound, OpenDesk, SetRota},
    decide::{Change, Decide, words},
    desk::{
        Audience, Charter, Deputy, Desk, DeskChange, DutySlot, Helpers, MOST_FIELDS, MOST_HINTS,
        OpenInterval, SystemSound,
    },
    id::{DeskId, PersonId},
    person::{Person, Role},
    posting::{Posting, When},
    row::Key,
};

/// Most people named as helpers; a larger team is *everyone*.
const MOST_HELPERS: usize = 500;

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
            purpose: words::own_line(change.state, "purpose", &self.purpose)?,
            owner: change.active_person(self.owner)?.id,
            helpers: helpers(change, &self.helpers)?,
            audience: self.audience,
            hours: hours(&self.hours)?,
            zone: zone("zone", &self.zone)?,
            provider: None,
            review_before_upload: false,
            system_sound: None,
            closed: false,
            service: Charter::default(),
            hours_since: None,
            earlier_hours: Vec::new(),
            rota: Vec::new(),
            gaps: Vec::new(),
            unwatched: None,
            history: vec![DeskChange {
                at: change.now,
                by: by.id,
                field: "opened".to_owned(),
                reason: String::new(),
            }],
        };
        checked(change, &desk)?;
        change.put(Row::Desk(desk));
        Ok(())
    }
}

impl Decide for EditDesk {
    fn reads(&self) -> Vec<Read> {
        changing(self.desk)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = kept_by(change, by, self.desk)?;
        if let Some(provider) = &self.provider {
            link::validate(provider)?;
        }
        let desk = Desk {
            id: self.desk,
            name: words::name("name", &self.name, words::NAME)?,
            purpose: words::own_line(change.state, "purpose", &self.purpose)?,
            owner: change.active_person(self.owner)?.id,
            helpers: helpers(change, &self.helpers)?,
            audience: self.audience,
            hours: hours(&self.hours)?,
            zone: zone("zone", &self.zone)?,
            provider: self.provider.clone(),
            review_before_upload: self.review_before_upload,
            closed: self.closed,
            ..before.clone()
        };
        // Whoever helps here no more is on duty here no more.
        let rota = desk.rota.iter().copied().filter(|slot| desk.is_helped_by(slot.person)).collect();
        let desk = Desk { rota, ..desk };
        keep_changed(change, by, &before, desk)
    }
}

impl Decide for ArrangeDesk {
    fn reads(&self) -> Vec<Read> {
        let mut reads = changing(self.desk);
        reads.push(Read::Desks);
        reads
    }

    /// What people are told before they ask, and what the desk promises.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = kept_by(change, by, self.desk)?;
        let service = service(change, &before, &self.service)?;
        keep_changed(change, by, &before, Desk { service, ..before.clone() })
    }
}

impl Decide for SetRota {
    fn reads(&self) -> Vec<Read> {
        changing(self.desk)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = change.desk_seen(by, self.desk)?;
        let may = before.owner == by.id || before.deputy() == Some(by.id) || by.role >= Role::Lead;
        if !may {
            return Err(Refusal::NotAllowed("the desk's owner or deputy, or a lead"));
        }
        let rota = rota(change, &before, &self.slots)?;
        keep_changed(change, by, &before, Desk { rota, ..before.clone() })
    }
}

impl Decide for AllowSystemSound {
    fn reads(&self) -> Vec<Read> {
        changing(self.desk)
    }

    /// Not the owner's: whoever is heard in such clips did not agree to it, so somebody answers for it by name.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = change.desk_seen(by, self.desk)?;
        if by.role != Role::Admin {
            return Err(Refusal::NotAllowed("an admin"));
        }
        let reason = words::own_line(change.state, "reason", &self.reason)?;
        if reason.is_empty() {
            return Err(Refusal::Empty("reason"));
        }
        if before.system_sound.as_ref().is_some_and(|allowed| allowed.reason == reason) {
            return Ok(());
        }
        let system_sound = Some(SystemSound { reason, by: by.id, since: change.now });
        keep_changed(change, by, &before, Desk { system_sound, ..before.clone() })
    }
}

impl Decide for ForbidSystemSound {
    fn reads(&self) -> Vec<Read> {
        changing(self.desk)
    }

    /// Also the owner's: less may be recorded at once, without asking anybody.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let before = kept_by(change, by, self.desk)?;
        if before.system_sound.is_none() {
            return Ok(());
        }
        keep_changed(change, by, &before, Desk { system_sound: None, ..before.clone() })
    }
}

/// What every change of a desk reads: what is asked there is priced anew.
fn changing(desk: DeskId) -> Vec<Read> {
    vec![Read::Row(Key::Org), Read::Row(Key::Desk(desk)), Read::People, Read::OpenAt(desk)]
}

/// The desk, if `by` may change it.
fn kept_by(change: &Change<'_>, by: &Person, id: DeskId) -> Result<Desk, Refusal> {
    let desk = change.desk_seen(by, id)?;
    if desk.owner == by.id || by.role == Role::Admin {
        Ok(desk)
    } else {
        Err(Refusal::NotAllowed("the desk's owner or an admin"))
    }
}

/// Keeps the desk as it shall be. New hours hold from now on: what was promised before was counted with the old.
fn keep_changed(change: &mut Change<'_>, by: &Person, before: &Desk, mut desk: Desk) -> Result<(), Refusal> {
    let org = change.state.org()?;
    let (old, new) = (before.present_hours(org), desk.present_hours(org));
    if (&old.week, &old.days, &old.zone) != (&new.week, &new.days, &new.zone) {
        let starts_now = Hours { in_force_from: change.now, ..new };
        let mut versions = before.earlier_hours.clone();
        versions.push(old);
        versions = starts_now.follow(versions, change.now).map_err(|why| impossible(&why))?;
        versions.pop();
        desk.earlier_hours = versions;
        desk.hours_since = Some(change.now);
    }
    checked(change, &desk)?;
    let at = change.now;
    let changes = changed_fields(before, &desk).into_iter();
    // The one thing for which a reason has to be given; the history keeps it when the desk no longer has it.
    let reason = |field: &str| match (field, &desk.system_sound) {
        ("system_sound", Some(allowed)) => allowed.reason.clone(),
        _ => String::new(),
    };
    let changes: Vec<DeskChange> = changes
        .map(|field| DeskChange { at, by: by.id, field: field.to_owned(), reason: reason(field) })
        .collect();
    desk.history.extend(changes);
    let id = desk.id;
    change.put(Row::Desk(desk));
    change.look_after(id);
    Ok(())
}

/// What differs, by the names that a form has for it.
fn changed_fields(before: &Desk, after: &Desk) -> Vec<&'static str> {
    let (old, new) = (&before.service, &after.service);
    [
        ("name", before.name != after.name),
        ("purpose", before.purpose != after.purpose),
        ("owner", before.owner != after.owner),
        ("helpers", before.helpers != after.helpers),
        ("audience", before.audience != after.audience),
        ("hours", before.hours != after.hours),
        ("zone", before.zone != after.zone),
        ("provider", before.provider != after.provider),
        ("review_before_upload", before.review_before_upload != after.review_before_upload),
        ("system_sound", before.system_sound != after.system_sound),
        ("closed", before.closed != after.closed),
        ("rota", before.rota != after.rota),
        ("guidelines", old.guidelines != new.guidelines),
        ("hints", old.hints != new.hints),
        ("fields", old.fields != new.fields),
        ("deputy", old.deputy != new.deputy),
        ("vetters", old.vetters != new.vetters),
        ("special_days", old.special_days != new.special_days),
        ("standards", old.standards != new.standards),
        ("wip_limit", old.wip_limit != new.wip_limit),
        ("escalation", old.escalation != new.escalation),
        ("posting", old.posting != new.posting),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// The organisation's zone has changed, and with it the hours of a desk without one of its own.
pub(crate) fn moved_to_zone(change: &mut Change<'_>, mut desk: Desk, zone_was: &str) -> Result<(), Refusal> {
    let mut old = desk.present_hours(change.state.org()?);
    zone_was.clone_into(&mut old.zone);
    desk.earlier_hours.push(old);
    desk.hours_since = Some(change.now);
    let id = desk.id;
    change.put(Row::Desk(desk));
    change.look_after(id);
    Ok(())
}

/// Refuses hours that no desk can keep.
fn checked(change: &Change<'_>, desk: &Desk) -> Result<(), Refusal> {
    let org = change.state.org()?;
    desk.present_hours(org).checked().map(drop).map_err(|why| impossible(&why))
}

fn impossible(why: &Impossible) -> Refusal {
    Refusal::Impossible { field: "hours", why: why.to_string() }
}

fn service(change: &Change<'_>, desk: &Desk, given: &Charter) -> Result<Charter, Refusal> {
    let at_most = |field, count: usize, limit: usize| {
        if count > limit { Err(Refusal::TooLong { field, limit: limit as u64 }) } else { Ok(()) }
    };
    at_most("hints", given.hints.len(), MOST_HINTS)?;
    at_most("fields", given.fields.len(), MOST_FIELDS)?;
    at_most("vetters", given.vetters.len(), MOST_HELPERS)?;
    let state = change.state;
    let hints = given.hints.iter().map(|hint| words::own_line(state, "hints", hint));
    let fields: Vec<String> =
        given.fields.iter().map(|name| words::name("fields", name, words::NAME)).collect::<Result<_, _>>()?;
    if fields.iter().enumerate().any(|(n, name)| fields[..n].contains(name)) {
        return Err(Refusal::Invalid { field: "fields", why: "two of the same name" });
    }
    let mut vetters = given.vetters.clone();
    vetters.sort_unstable();
    vetters.dedup();
    for person in given.vetters.iter().copied().chain(match given.deputy {
        Deputy::Person(person) => Some(person),
        Deputy::Members => None,
    }) {
        change.active_person(person)?;
    }
    if given.deputy == Deputy::Person(desk.owner) {
        return Err(Refusal::Invalid { field: "deputy", why: "the owner can't stand in for themselves" });
    }
    let Posting { agents, leads, admins } = given.posting;
    if [agents, leads, admins] == [When::Never; 3] {
        return Err(Refusal::Invalid {
            field: "posting",
            why: "nobody could ask here: close the desk instead",
        });
    }
    if let Some(above) = given.escalation {
        escalates(change, desk, above)?;
    }
    Ok(Charter {
        guidelines: words::own_words(state, "guidelines", &given.guidelines, 2_000)?,
        hints: hints.filter(|hint| !matches!(hint, Ok(hint) if hint.is_empty())).collect::<Result<_, _>>()?,
        fields,
        vetters,
        ..given.clone()
    })
}

/// Follows the escalation desks: a loop would call the same people for ever.
fn escalates(change: &Change<'_>, desk: &Desk, above: DeskId) -> Result<(), Refusal> {
    let mut next = Some(above);
    let mut passed = vec![desk.id];
    while let Some(id) = next {
        if passed.contains(&id) {
            return Err(Refusal::Invalid {
                field: "escalation",
                why: "the desks escalate to each other in a loop",
            });
        }
        passed.push(id);
        let above = change.state.desk(id)?;
        if above.closed {
            return Err(Refusal::DeskClosed);
        }
        next = above.service.escalation;
    }
    Ok(())
}

/// Most slots of a rota.
const MOST_SLOTS: usize = 1_000;

fn rota(change: &Change<'_>, desk: &Desk, slots: &[DutySlot]) -> Result<Vec<DutySlot>, Refusal> {
    let invalid = |why| Err(Refusal::Invalid { field: "slots", why });
    if slots.len() > MOST_SLOTS {
        return Err(Refusal::TooLong { field: "slots", limit: MOST_SLOTS as u64 });
    }
    for slot in slots {
        change.active_person(slot.person)?;
        if !desk.is_helped_by(slot.person) {
            return invalid("somebody who is no member of the desk");
        }
        if !(1..=7).contains(&slot.weekday) {
            return invalid("weekdays are 1 to 7");
        }
        if slot.from >= slot.to || slot.to > 24 * 60 {
            return invalid("each slot begins before it ends, within one day");
        }
    }
    let mut sorted = slots.to_vec();
    sorted.sort_unstable_by_key(|slot| (slot.person, slot.weekday, slot.from));
    let overlap = |pair: &[DutySlot]| {
        pair[0].person == pair[1].person && pair[0].weekday == pair[1].weekday && pair[1].from < pair[0].to
    };
    if sorted.windows(2).any(overlap) {
        return invalid("two slots of one person overlap");
    }
    sorted.sort_unstable();
    Ok(sorted)
}

/// The owner has left: the first helper named who is still here owns the desk, else `fallback`. So a private
/// desk stays among its own people where it can.
pub(crate) fn give_to_next(change: &mut Change<'_>, desk: &Desk, fallback: PersonId) {
    let named: &[PersonId] = if let Helpers::These(people) = &desk.helpers { people } else { &[] };
    let is_here = |person: &PersonId| *person != desk.owner && change.active_person(*person).is_ok();
    let owner = named.iter().copied().find(is_here).unwrap_or(fallback);
    let mut service = desk.service.clone();
    if service.deputy == Deputy::Person(owner) || service.deputy == Deputy::Person(desk.owner) {
        service.deputy = Deputy::Members;
    }
    service.vetters.retain(|person| *person != desk.owner);
    let rota = desk.rota.iter().copied().filter(|slot| slot.person != desk.owner).collect();
    change.put(Row::Desk(Desk { owner, service, rota, ..desk.clone() }));
    change.look_after(desk.id);
}

/// `person` has left: nobody waits for them at this desk.
pub(crate) fn without(change: &mut Change<'_>, desk: &Desk, person: PersonId) {
    let mut service = desk.service.clone();
    if service.deputy == Deputy::Person(person) {
        service.deputy = Deputy::Members;
    }
    service.vetters.retain(|vetter| *vetter != person);
    let rota: Vec<DutySlot> = desk.rota.iter().copied().filter(|slot| slot.person != person).collect();
    if service != desk.service || rota != desk.rota {
        change.put(Row::Desk(Desk { service, rota, ..desk.clone() }));
    }
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
        system_sound: None,
        closed: false,
        service: Charter::default(),
        hours_since: None,
        earlier_hours: Vec::new(),
        rota: Vec::new(),
        gaps: Vec::new(),
        unwatched: None,
        history: Vec::new(),
    }
}

/// An IANA zone, spelled as the database of zones does; empty is for the caller to judge.
pub(crate) fn zone(field: &'static str, name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(String::new());
    }
    match Zone::named(name) {
        Some(zone) => Ok(zone.name().to_owned()),
        None => Err(Refusal::Impossible {
            field,
            why: Impossible::UnknownZone { name: name.to_owned(), like: zones_like(name, 3) }.to_string(),
        }),
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

/// In order; whether a desk can keep them is asked once the zone is known.
fn hours(hours: &[OpenInterval]) -> Result<Vec<OpenInterval>, Refusal> {
    if hours.is_empty() {
        return Err(Refusal::Empty("hours"));
    }
    let mut sorted = hours.to_vec();
    sorted.sort_by_key(|interval| (interval.weekday, interval.from));
    Ok(sorted)
}
