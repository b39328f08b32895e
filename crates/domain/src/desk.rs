//! A desk: a staffed place to ask. It has an owner and opening hours before anyone can ask there.

use crate::{
    calendar::{Calendar, Hours, SpecialDay},
    call::Provider,
    clock::Standards,
    id::{DeskId, PersonId},
    org::Org,
    posting::Posting,
    time::{MINUTE, Time},
};

/// A staffed place to ask.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// Name of this row.
    pub id: DeskId,
    /// Written without a sign: *Phones help*.
    pub name: String,
    /// One line: what this desk is for.
    pub purpose: String,
    /// The one person accountable for the desk.
    pub owner: PersonId,
    /// Who is notified and rung.
    pub helpers: Helpers,
    /// Who may see what is asked here.
    pub audience: Audience,
    /// Opening hours in local time of `zone`.
    pub hours: Vec<OpenInterval>,
    /// IANA zone of the hours; empty: the organisation's.
    pub zone: String,
    /// Who carries the media of calls here; `None`: as the organisation says.
    pub provider: Option<Provider>,
    /// True: clips and pictures for this desk are looked at by their maker before upload.
    pub review_before_upload: bool,
    /// Whether clips for this desk may hold what the computer plays, and who answers for that. `None`: they may not.
    pub system_sound: Option<SystemSound>,
    /// True: nobody can ask here any more; the past stays readable.
    pub closed: bool,
    /// What people are told before they ask, and what the desk promises.
    pub service: Charter,
    /// Since when the present hours hold; `None`: since ever.
    pub hours_since: Option<Time>,
    /// Opening hours of before, oldest first: what was promised then is counted with them.
    pub earlier_hours: Vec<Hours>,
    /// Who is on duty when, week by week. Empty: every helper is on duty while the desk is open.
    pub rota: Vec<DutySlot>,
    /// Opening hours of the next open day in which nobody is on duty.
    pub gaps: Vec<Gap>,
    /// Nobody on duty is there although the desk is open; `None`: somebody is, or it is closed.
    pub unwatched: Option<Unwatched>,
    /// What was changed, by whom and when, oldest first.
    pub history: Vec<DeskChange>,
}

/// One thing that was changed about a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskChange {
    /// When.
    pub at: Time,
    /// Who.
    pub by: PersonId,
    /// Which field, as the desk names it.
    pub field: String,
    /// Why, where the one who changed it had to say so; else empty.
    pub reason: String,
}

/// An admin let clips for a desk hold what the computer plays: a customer's voice is in it, whom nobody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemSound {
    /// What it is needed for. Everybody who records for the desk reads it.
    pub reason: String,
    /// Which admin.
    pub by: PersonId,
    /// When.
    pub since: Time,
}

/// What people are told before they ask, and what the desk promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charter {
    /// Shown on the first post and in the composer's hint.
    pub guidelines: String,
    /// "What we need from you": at most [`MOST_HINTS`] lines.
    pub hints: Vec<String>,
    /// What must be filled in besides the words: at most [`MOST_FIELDS`] names.
    pub fields: Vec<String>,
    /// Who stands in for the owner.
    pub deputy: Deputy,
    /// Who forwards requests to a vetted desk.
    pub vetters: Vec<PersonId>,
    /// Local days with hours of their own: holidays, short days.
    pub special_days: Vec<SpecialDay>,
    /// What the desk promises, by urgency.
    pub standards: Standards,
    /// How many requests one helper has at once before they are "at the limit"; 0: no limit.
    pub wip_limit: u16,
    /// Whose people are called too when nobody here comes.
    pub escalation: Option<DeskId>,
    /// Who may ask here, and when.
    pub posting: Posting,
}

/// Who stands in for the owner of a desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deputy {
    /// All members.
    #[default]
    Members,
    /// This person.
    Person(PersonId),
}

/// One person is on duty in one stretch of every week, in minutes since local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DutySlot {
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub weekday: u8,
    /// Minute duty begins.
    pub from: u16,
    /// Minute it ends, at most 1440.
    pub to: u16,
    /// Who.
    pub person: PersonId,
}

/// Opening hours without anybody on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// From.
    pub from: Time,
    /// Until.
    pub to: Time,
}

/// Nobody on duty is there although the desk is open. Who went, and when, is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwatched {
    /// When those who answer for the desk are told unless somebody is there by then; `None`: they have been.
    pub tell_at: Option<Time>,
    /// Who has been told: its deputy and owner. Empty before.
    pub tells: Vec<PersonId>,
}

/// Most lines of "what we need from you".
pub const MOST_HINTS: usize = 3;
/// Most things that must be filled in besides the words.
pub const MOST_FIELDS: usize = 2;

/// Who helps at a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Helpers {
    /// Everyone in the organisation: the default of the first desk.
    Everyone,
    /// These people.
    These(Vec<PersonId>),
}

/// Who may see what is asked at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone in the organisation.
    Open,
    /// Everyone; what is asked goes to the desk's vetters first, who forward it.
    Vetted,
    /// The asker, the helpers and the owner.
    Private,
}

/// One stretch of opening hours within one weekday, in minutes since local midnight, `from < to <= 1440`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenInterval {
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub weekday: u8,
    /// Minute the desk opens.
    pub from: u16,
    /// Minute it closes.
    pub to: u16,
}

impl Helpers {
    /// Nobody.
    pub const NOBODY: Self = Self::These(Vec::new());

    /// Whether `person` is among them.
    pub fn includes(&self, person: PersonId) -> bool {
        match self {
            Self::Everyone => true,
            Self::These(people) => people.contains(&person),
        }
    }
}

impl Desk {
    /// Whether `person` is one of the desk's helpers or its owner.
    pub fn is_helped_by(&self, person: PersonId) -> bool {
        self.owner == person || self.helpers.includes(person)
    }

    /// Whether only its people and the asker see what is asked here.
    pub fn is_private(&self) -> bool {
        self.audience == Audience::Private
    }

    /// The present opening hours, in the organisation's zone unless the desk has one of its own.
    pub fn present_hours(&self, org: &Org) -> Hours {
        let zone = if self.zone.is_empty() { &org.zone } else { &self.zone };
        Hours {
            in_force_from: self.hours_since.unwrap_or(Time(i64::MIN)),
            zone: zone.clone(),
            week: self.hours.clone(),
            days: self.service.special_days.clone(),
        }
    }

    /// The hours to count with. A desk whose hours can't be read any more (a zone that was abolished) counts as
    /// always open, so that nothing waits for ever.
    pub fn calendar(&self, org: &Org) -> Calendar {
        let mut versions = self.earlier_hours.clone();
        versions.push(self.present_hours(org));
        Calendar::new(&versions)
            .or_else(|_| Calendar::always("UTC"))
            .expect("the zone UTC is in every database of zones")
    }

    /// Who is on duty at `now`: by the rota, or without one every helper. Whether the desk is open is not asked.
    pub fn on_duty(&self, calendar: &Calendar, now: Time) -> Helpers {
        if self.rota.is_empty() {
            return self.helpers.clone();
        }
        let local = calendar.local(now);
        let (weekday, minute) = (local.date.weekday(), local.millis / MINUTE);
        let is_now = |slot: &&DutySlot| {
            slot.weekday == weekday && (i64::from(slot.from)..i64::from(slot.to)).contains(&minute)
        };
        let mut people: Vec<PersonId> = self.rota.iter().filter(is_now).map(|slot| slot.person).collect();
        people.sort_unstable();
        people.dedup();
        Helpers::These(people)
    }

    /// Who is called first when nobody comes, without the owner: the deputy, if it is one person.
    pub fn deputy(&self) -> Option<PersonId> {
        match self.service.deputy {
            Deputy::Person(person) => Some(person),
            Deputy::Members => None,
        }
    }
}
