//! A desk: a staffed place to ask. It has an owner and opening hours before anyone can ask there.

use crate::{
    call::Provider,
    id::{DeskId, PersonId},
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
    /// True: nobody can ask here any more; the past stays readable.
    pub closed: bool,
}

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

impl Desk {
    /// Whether `person` is one of the desk's helpers or its owner.
    pub fn is_helped_by(&self, person: PersonId) -> bool {
        self.owner == person
            || match &self.helpers {
                Helpers::Everyone => true,
                Helpers::These(people) => people.contains(&person),
            }
    }
}
