//! What is said about the wait: its table, and whether it is honest over a simulated week.

use deskside_domain::{
    Time,
    queue::Staff,
    time::{HOUR, MINUTE, SECOND},
    wait::{FEWEST, LOOKED_AT, NO_OLDER, Pace, Response, Situation, Wait, rounded_up},
};

use super::floor::{
    Learned,
    Load::{Quiet, Rushed, Usual},
    Plain, inside, week,
};

const STANDARD: i64 = 30 * MINUTE;

fn meets(ahead: u16, with_room: u16) -> Situation {
    Situation { ahead, staff: Staff { on_duty: 4, with_room } }
}

fn response(minute: i64, waited_ms: i64, met: Situation) -> Response {
    Response { at: Time(minute * MINUTE), waited_ms, met, shown_ms: None }
}

/// Waits of 1 to 30 minutes, each by somebody who was next with one helper free.
fn thirty() -> Pace {
    let mut pace = Pace::default();
    for minutes in 1..=30 {
        pace.learn(response(minutes, minutes * MINUTE, meets(0, 1)));
    }
    pace
}

fn said(pace: &Pace, meets: Situation) -> (i64, i64) {
    match pace.wait(meets, STANDARD, Time(HOUR)) {
        Wait::About { from_ms, to_ms } => (from_ms / MINUTE, to_ms / MINUTE),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_range_from_what_half_waited_to_what_most_did() {
    assert_eq!(said(&thirty(), meets(0, 1)), (15, 25));
    assert_eq!(said(&thirty(), meets(3, 2)), (30, 50), "four requests for two who have room");
    assert_eq!(said(&thirty(), meets(0, 4)), (15, 25), "nobody is quicker than who takes it at once");
}

#[test]
fn a_wait_in_a_long_queue_says_little_about_an_empty_one() {
    let mut pace = Pace::default();
    for minute in 0..10 {
        pace.learn(response(minute, 40 * MINUTE, meets(7, 0)));
    }
    assert_eq!(said(&pace, meets(7, 0)), (40, 40));
    assert_eq!(said(&pace, meets(1, 0)), (10, 10));
    for minute in 0..FEWEST as i64 {
        pace.learn(response(minute, MINUTE, meets(0, 3)));
    }
    assert_eq!(said(&pace, meets(0, 2)), (1, 1), "with room: what those with room waited");
    assert_eq!(said(&pace, meets(7, 0)), (40, 40), "with none: as before");
}

#[test]
fn too_few_or_too_old_says_only_what_is_usual_and_nobody_on_duty_is_said() {
    let usual = Wait::Usually { within_ms: STANDARD };
    let mut pace = Pace::default();
    for minute in 0..FEWEST as i64 {
        assert_eq!(pace.wait(meets(0, 1), STANDARD, Time(HOUR)), usual);
        pace.learn(response(minute, MINUTE, meets(0, 1)));
    }
    assert!(matches!(pace.wait(meets(0, 1), STANDARD, Time(HOUR)), Wait::About { .. }));
    assert_eq!(pace.wait(meets(0, 1), STANDARD, Time(NO_OLDER + HOUR)), usual, "four weeks later");
    let nobody = Situation { ahead: 0, staff: Staff::default() };
    assert_eq!(pace.wait(nobody, STANDARD, Time(HOUR)), Wait::Nobody);
}

#[test]
fn only_the_newest_are_kept() {
    let mut pace = thirty();
    for minute in 0..LOOKED_AT as i64 {
        pace.learn(response(31 + minute, MINUTE, meets(0, 1)));
    }
    assert_eq!(said(&pace, meets(0, 1)), (1, 1));
    assert_eq!(pace.responses.len(), LOOKED_AT);
}

#[test]
fn who_was_answered_too_late_makes_the_range_wider_for_the_next() {
    let mut pace = thirty();
    let shown = |waited_ms| Response { shown_ms: Some(25 * MINUTE), ..response(40, waited_ms, meets(0, 1)) };
    let before = pace.reach;
    pace.learn(shown(25 * MINUTE));
    assert!(pace.reach < before, "inside, to the very end");
    let before = pace.reach;
    pace.learn(shown(25 * MINUTE + 1));
    assert!(pace.reach > before);
    for _ in 0..1_000 {
        pace.learn(shown(HOUR));
    }
    assert!(
        matches!(pace.wait(meets(0, 1), STANDARD, Time(HOUR)), Wait::About { to_ms, .. } if to_ms <= 2 * HOUR)
    );
}

#[test]
fn waits_are_rounded_up_as_people_say_them() {
    let said = [
        (0, 10 * SECOND),
        (41 * SECOND, 50 * SECOND),
        (2 * MINUTE, 2 * MINUTE),
        (2 * MINUTE + 1, 2 * MINUTE + 30 * SECOND),
        (5 * MINUTE + 1, 6 * MINUTE),
        (16 * MINUTE, 20 * MINUTE),
        (61 * MINUTE, 75 * MINUTE),
        (5 * HOUR + 1, 6 * HOUR),
    ];
    for (ms, expected) in said {
        assert_eq!(rounded_up(ms), expected, "{ms} ms");
    }
    assert!((1..5 * HOUR / 1_000).all(|second| rounded_up(second * 1_000) >= second * 1_000));
}

/// The bench `wait` does the same for many weeks. `WAIT_SEED=n` replays another week.
#[test]
fn at_every_size_of_desk_most_are_answered_inside_what_they_were_shown() {
    let seed = std::env::var("WAIT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    for size in 1..=20 {
        let outcomes = week(seed, size, Usual, &mut Learned::default());
        let (shown, share) = inside(&outcomes, false);
        assert!(shown > 100 * size, "{size} helpers, seed {seed}: only {shown} were shown a range");
        assert!((75.0..=90.0).contains(&share), "{size} helpers, seed {seed}: {share:.1} %");
    }
    for (load, size) in [(Quiet, 5), (Rushed, 5)] {
        let share = inside(&week(seed, size, load, &mut Learned::default()), false).1;
        assert!((75.0..=90.0).contains(&share), "{load:?}, seed {seed}: {share:.1} %");
    }
    // The simulation can tell an honest range from one that is not.
    let plain = inside(&week(seed, 20, Usual, &mut Plain::default()), false).1;
    assert!(!(75.0..=90.0).contains(&plain), "the plain formula: {plain:.1} %");
}
