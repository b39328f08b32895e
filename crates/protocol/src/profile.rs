//! What a person says of themselves, on the wire. Mirrors parts of `domain::person`.

use deskside_domain as domain;

use crate::{Mirror, values::OpenInterval};

mirror_struct! {
    /// What the directory says of a person, said by themselves.
    Profile = domain::person::Profile {
        /// Team.
        #[serde(default)] team: String,
        /// What they do there.
        #[serde(default)] title: String,
        /// Languages.
        #[serde(default)] languages: Vec<String>,
        /// What they can help with.
        #[serde(default)] topics: Vec<String>,
        /// Where they sit.
        #[serde(default)] site: String,
        /// IANA zone; empty: the organisation's.
        #[serde(default)] zone: String,
        /// When they work, in local time.
        #[serde(default)] hours: Vec<OpenInterval>,
        /// How they like to be reached.
        #[serde(default)] reach_me_by: String,
    }
}

impl Default for Profile {
    fn default() -> Self {
        Mirror::from_domain(domain::person::Profile::default())
    }
}

mirror_enum! {
    /// How it stands with the calendar that somebody has named.
    #[derive(Default)]
    CalendarFile = person::CalendarFile {
        /// None is named.
        #[default]
        None,
        /// Not read yet.
        Unread,
        /// Read.
        Read,
        /// Nothing answers at its address.
        Unreachable,
        /// No calendar, or too large.
        NotACalendar,
        /// An address that the server may not ask.
        NotAllowed,
    }
}
