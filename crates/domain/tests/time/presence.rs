//! What is shown of somebody: a table, and that nothing changes but when it is said to.

use deskside_domain::{
    Time,
    person::Status,
    presence::{
        Known, Presence,
        Reach::{self, Available, Away, InMeeting, Off, OnCall},
        STALE_AFTER,
    },
    time::{HOUR, MINUTE},
};

use super::chance::Chance;

fn said(said: Status) -> Known {
    Known { said, said_at: Time(0), said_until: None, on_call: false, busy_until: None }
}

#[track_caller]
fn shown(known: Known, minute: i64, reach: Reach, until: Option<i64>, unconfirmed: bool) {
    let until = until.map(|minute| Time(minute * MINUTE));
    assert_eq!(known.presence(Time(minute * MINUTE)), Presence { reach, until, unconfirmed });
}

#[test]
fn what_is_seen_counts_more_than_what_was_planned() {
    let at = |minute: i64| Some(Time(minute * MINUTE));
    shown(said(Status::Available), 10, Available, None, false);
    shown(said(Status::Available), 240, Available, None, true);
    shown(Known { on_call: true, ..said(Status::Available) }, 300, OnCall, None, false);
    shown(Known { busy_until: at(30), ..said(Status::Available) }, 10, InMeeting, Some(30), false);
    shown(Known { busy_until: at(30), ..said(Status::Available) }, 30, Available, None, false);
    shown(Known { busy_until: at(30), on_call: true, ..said(Status::Away) }, 10, OnCall, None, false);
    shown(Known { busy_until: at(30), ..said(Status::OnCall) }, 10, OnCall, None, false);
    shown(Known { busy_until: at(330), ..said(Status::OnCall) }, 300, InMeeting, Some(330), false);
    shown(Known { said_until: at(60), ..said(Status::Away) }, 59, Away, Some(60), false);
    shown(Known { said_until: at(60), ..said(Status::Away) }, 60, Available, None, false);
    shown(Known { said_until: at(60), ..said(Status::Away) }, 300, Available, None, true);
    shown(Known { on_call: true, busy_until: at(900), ..said(Status::Off) }, 10, Off, None, false);
    shown(Known { said_until: at(900), ..said(Status::Off) }, 800, Off, Some(900), false);
}

#[test]
fn nothing_changes_between_the_moments_that_are_said() {
    for seed in 0..2_000 {
        let mut chance = Chance::of(seed);
        let mut moment = || chance.percent(50).then(|| Time(chance.below(10 * 60) * MINUTE));
        let (said_until, busy_until) = (moment(), moment());
        let status = *chance.one_of(&[Status::Available, Status::OnCall, Status::Away, Status::Off]);
        let known = Known { said_until, busy_until, on_call: chance.percent(30), ..said(status) };
        let now = Time(chance.below(10 * HOUR));
        let next = known.next_change(now).unwrap_or(now.plus(2 * STALE_AFTER));
        let before = Time(chance.between(now.0, next.0));
        assert_eq!(
            known.presence(now),
            known.presence(before),
            "seed {seed}: {known:?} from {now:?} to {before:?}"
        );
    }
}
