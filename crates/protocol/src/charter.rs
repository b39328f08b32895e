//! What a desk tells and promises people, its hours and its rota, on the wire. Mirrors the parts of `domain::desk` that
//! a form edits as one.

use deskside_domain::{self as domain, time::MINUTE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Mirror,
    id::{DeskId, PersonId},
    mirror::Millis,
    values::OpenInterval,
};

/// Who stands in for the owner of a desk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deputy {
    /// All members.
    Members,
    /// One person.
    Person {
        /// Who.
        person: PersonId,
    },
}

impl Mirror for Deputy {
    type Domain = domain::desk::Deputy;
    fn from_domain(domain: Self::Domain) -> Self {
        match domain {
            domain::desk::Deputy::Members => Self::Members,
            domain::desk::Deputy::Person(person) => Self::Person { person: Mirror::from_domain(person) },
        }
    }
    fn into_domain(self) -> Self::Domain {
        match self {
            Self::Members => domain::desk::Deputy::Members,
            Self::Person { person } => domain::desk::Deputy::Person(person.into_domain()),
        }
    }
}

mirror_struct! {
    /// A day of the local calendar.
    Date = domain::calendar::Date {
        /// e.g. 2026.
        year: i16,
        /// 1 = January.
        month: u8,
        /// 1 to 31.
        day: u8,
    }
}
mirror_struct! {
    /// A stretch of a special day, in minutes of the local day.
    Stretch = domain::calendar::Stretch {
        /// Minute the desk opens.
        from: u16,
        /// Minute it closes, at most 1440.
        to: u16,
    }
}
mirror_struct! {
    /// A day with hours of its own.
    SpecialDay = domain::calendar::SpecialDay {
        /// Which day.
        date: Date,
        /// What people call it; may be empty.
        #[serde(default)] name: String,
        /// Its hours; none: closed.
        #[serde(default)] open: Vec<Stretch>,
    }
}
mirror_struct! {
    /// Opening hours of before.
    Hours = domain::calendar::Hours {
        /// Since when they held.
        in_force_from: Millis,
        /// IANA zone.
        zone: String,
        /// The week.
        week: Vec<OpenInterval>,
        /// Days with hours of their own.
        days: Vec<SpecialDay>,
    }
}
/// What a desk promises for one urgency, in working minutes; 0: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Standard {
    /// Until somebody responds.
    pub first_response: u32,
    /// Until it is solved.
    pub resolution: u32,
    /// Until a reply, when the asker spoke again after the first response.
    #[serde(default)]
    pub reply: u32,
}

impl Mirror for Standard {
    type Domain = domain::clock::Standard;
    fn from_domain(domain: Self::Domain) -> Self {
        let minutes = |ms: Option<i64>| {
            let minutes = ms.map_or(0, |ms| (ms + MINUTE - 1) / MINUTE);
            u32::try_from(minutes).unwrap_or(u32::MAX)
        };
        Self {
            first_response: minutes(domain.respond_ms),
            resolution: minutes(domain.solve_ms),
            reply: minutes(domain.reply_ms),
        }
    }
    fn into_domain(self) -> Self::Domain {
        let ms = |minutes: u32| (minutes > 0).then_some(i64::from(minutes) * MINUTE);
        domain::clock::Standard {
            respond_ms: ms(self.first_response),
            solve_ms: ms(self.resolution),
            reply_ms: ms(self.reply),
        }
    }
}

mirror_struct! {
    /// What a desk promises, by urgency.
    Standards = domain::clock::Standards {
        /// A customer waits on the line.
        live: Standard,
        /// Today.
        today: Standard,
        /// Whenever.
        whenever: Standard,
    }
}
mirror_enum! {
    /// When one may ask at a desk.
    When = posting::When {
        /// At any hour.
        Always,
        /// In its opening hours.
        WhileOpen,
        /// Not at all.
        Never,
    }
}
mirror_struct! {
    /// When people may ask at a desk, by their role.
    Posting = domain::posting::Posting {
        /// Agents.
        agents: When,
        /// Leads.
        leads: When,
        /// Admins.
        admins: When,
    }
}

impl Default for Posting {
    fn default() -> Self {
        Mirror::from_domain(domain::posting::Posting::default())
    }
}

mirror_struct! {
    /// What people are told before they ask at a desk, and what it promises.
    Charter = domain::desk::Charter {
        /// Shown on the first post and in the composer's hint.
        guidelines: String,
        /// "What we need from you": at most three lines.
        hints: Vec<String>,
        /// What must be filled in besides the words: at most two names.
        fields: Vec<String>,
        /// Who stands in for the owner.
        deputy: Deputy,
        /// Who forwards requests to a vetted desk.
        vetters: Vec<PersonId>,
        /// Holidays and short days.
        special_days: Vec<SpecialDay>,
        /// What is promised.
        standards: Standards,
        /// How many requests a helper has at once before they are at the limit; 0: no limit.
        wip_limit: u16,
        /// Whose people are called too when nobody comes.
        escalation: Option<DeskId>,
        /// Who may ask here, and when.
        #[serde(default)] posting: Posting,
    }
}

impl Default for Charter {
    fn default() -> Self {
        Mirror::from_domain(domain::desk::Charter::default())
    }
}

mirror_struct! {
    /// One person is on duty in one stretch of every week.
    DutySlot = domain::desk::DutySlot {
        /// 1 = Monday … 7 = Sunday.
        weekday: u8,
        /// Minute duty begins.
        from: u16,
        /// Minute it ends, at most 1440.
        to: u16,
        /// Who.
        person: PersonId,
    }
}
mirror_struct! {
    /// Opening hours without anybody on duty.
    Gap = domain::desk::Gap {
        /// From.
        from: Millis,
        /// Until.
        to: Millis,
    }
}
mirror_struct! {
    /// Nobody on duty is there although the desk is open, and those who answer for it were told.
    Unwatched = domain::desk::Unwatched {
        /// When they are told; the server's alone, and over once it is shown to anybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(skip)]
        #[schemars(skip)]
        tell_at: Option<Millis>,
        /// Who was told.
        tells: Vec<PersonId>,
    }
}
mirror_struct! {
    /// One thing that was changed about a desk.
    DeskChange = domain::desk::DeskChange {
        /// When.
        at: Millis,
        /// Who.
        by: PersonId,
        /// Which field, as the commands name it; `opened` at first.
        field: String,
        /// Why, where that had to be said; else empty.
        #[serde(default)] reason: String,
    }
}
mirror_struct! {
    /// Clips for a desk may hold what the computer plays.
    SystemSound = domain::desk::SystemSound {
        /// What it is needed for.
        reason: String,
        /// Which admin allowed it.
        by: PersonId,
        /// When.
        since: Millis,
    }
}
