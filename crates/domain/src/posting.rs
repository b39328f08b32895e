//! Who may ask at a desk, and when (requirement 23, S0: "rules on where and when to post"). Said by role in the desk's
//! charter; who sees what is asked there is its audience, which is something else.

use crate::{calendar::Calendar, person::Role, time::Time};

/// When one may ask, from the freest rule to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// At any hour: what is asked while the desk is closed waits until it opens.
    #[default]
    Always,
    /// In the desk's opening hours.
    WhileOpen,
    /// Not at all.
    Never,
}

/// When people may ask at a desk, by their role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posting {
    /// Agents.
    pub agents: When,
    /// Leads.
    pub leads: When,
    /// Admins.
    pub admins: When,
}

/// How old a question may be and still be judged by when it was asked: it was kept by an app without a network. Beyond
/// that, and from a clock that is ahead, only the time of its arrival counts.
pub const KEPT_AT_MOST: i64 = 7 * crate::time::DAY;

impl Posting {
    /// When somebody of this role may ask.
    pub fn of(&self, role: Role) -> When {
        match role {
            Role::Agent => self.agents,
            Role::Lead => self.leads,
            Role::Admin => self.admins,
        }
    }

    /// Whether anybody may not ask at any hour.
    pub fn is_restricted(&self) -> bool {
        *self != Self::default()
    }

    /// Whether somebody of this role may ask at `now` what they wrote at `asked_at` by their own clock. Whoever may ask
    /// now is never refused because of a clock that is wrong.
    pub fn allows(&self, role: Role, calendar: &Calendar, asked_at: Time, now: Time) -> bool {
        match self.of(role) {
            When::Always => true,
            When::Never => false,
            When::WhileOpen => {
                let is_believed = asked_at <= now && now.since(asked_at) <= KEPT_AT_MOST;
                calendar.is_open(now) || (is_believed && calendar.is_open(asked_at))
            }
        }
    }
}
