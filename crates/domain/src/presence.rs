//! Whether somebody can be reached right now, put together from what is known: what they said, whether they are on
//! a call, what their calendar file says. What is seen counts more than what was planned, and neither wakes
//! somebody who said that they are off. Nothing here is kept or counted: it is a view of now.

use crate::{
    person::Status,
    time::{HOUR, Time},
};

/// A status that was said so long ago, without an end, is shown as unconfirmed. Half a working day: a pause or a
/// long call is over by then, and who went home without a word is not counted on for the second half.
pub const STALE_AFTER: i64 = 4 * HOUR;

/// What is known of one person at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What they said of themselves …
    pub said: Status,
    /// … when …
    pub said_at: Time,
    /// … and until when it holds, if they said that.
    pub said_until: Option<Time>,
    /// On a call of ours, or of the telephone.
    pub on_call: bool,
    /// Busy by their calendar until then.
    pub busy_until: Option<Time>,
}

/// Whether somebody can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Can be rung.
    Available,
    /// On a call.
    OnCall,
    /// In a meeting.
    InMeeting,
    /// Not at the desk.
    Away,
    /// Not working.
    Off,
}

/// What is shown of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Whether they can be reached.
    pub reach: Reach,
    /// Until when it will stay so, as far as anybody knows.
    pub until: Option<Time>,
    /// It rests on words alone, and they are old.
    pub unconfirmed: bool,
}

impl Known {
    /// What is shown at `now`.
    pub fn presence(self, now: Time) -> Presence {
        // What was said until then is over: back at the desk, and that is as new as its end.
        let ended = self.said_until.filter(|until| *until <= now);
        let (said, since) = ended.map_or((self.said, self.said_at), |until| (Status::Available, until));
        let until = self.said_until.filter(|until| *until > now);
        let words = |reach| Presence {
            reach,
            until,
            unconfirmed: until.is_none() && now.since(since) >= STALE_AFTER,
        };
        let seen = |reach, until| Presence { reach, until, unconfirmed: false };
        let busy_until = self.busy_until.filter(|until| *until > now);
        match said {
            Status::Off => words(Reach::Off),
            _ if self.on_call => seen(Reach::OnCall, None),
            // They know better than their calendar where they are, while their words are fresh.
            Status::Away => words(Reach::Away),
            Status::OnCall if !words(Reach::OnCall).unconfirmed => words(Reach::OnCall),
            Status::OnCall | Status::Available => match busy_until {
                Some(until) => seen(Reach::InMeeting, Some(until)),
                None if said == Status::OnCall => words(Reach::OnCall),
                None => words(Reach::Available),
            },
        }
    }

    /// When what is shown changes next by itself, after `now`.
    pub fn next_change(self, now: Time) -> Option<Time> {
        let ends = [self.said_until, self.busy_until].into_iter().flatten();
        let since = self.said_until.filter(|until| *until <= now).unwrap_or(self.said_at);
        let stale = self.said_until.is_none_or(|until| until <= now).then(|| since.plus(STALE_AFTER));
        ends.chain(stale).filter(|at| *at > now).min()
    }
}
