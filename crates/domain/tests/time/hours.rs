//! Which hours are refused, and what is said about them; how versions follow each other.

use deskside_domain::{
    Refusal, Time,
    calendar::{Calendar, Date, Hours, Impossible, SpecialDay, Stretch, until_next_day, zones_like},
    desk::OpenInterval,
};
use expect_test::{Expect, expect};

use super::calendar::phones;

fn refused(change: impl FnOnce(&mut Hours), said: Expect) {
    let mut hours = phones();
    change(&mut hours);
    let impossible = hours.checked().expect_err("hours that no desk can keep");
    said.assert_eq(&impossible.to_string());
    // Whatever it is, a decision can refuse with it.
    let _: Refusal = impossible.into();
}

fn day(month: u8, day: u8) -> SpecialDay {
    SpecialDay { date: Date { year: 2026, month, day }, name: String::new(), open: Vec::new() }
}

#[test]
fn impossible_hours_are_refused_with_what_to_do() {
    refused(
        |hours| hours.week.clear(),
        expect!["the week has no opening hours: give at least one stretch, or close the desk for good"],
    );
    refused(|hours| hours.week[0].weekday = 8, expect!["weekday 8 does not exist: 1 is Monday, 7 is Sunday"]);
    refused(
        |hours| hours.week.push(OpenInterval { weekday: 6, from: 22 * 60, to: 6 * 60 }),
        expect![
            "Saturday 22:00 to 06:00 ends before it begins: swap the times, or write a night as two stretches, until 24:00 and from 00:00 on the next day"
        ],
    );
    refused(
        |hours| hours.week.push(OpenInterval { weekday: 6, from: 600, to: 600 }),
        expect![
            "Saturday 10:00 to 10:00 ends before it begins: swap the times, or write a night as two stretches, until 24:00 and from 00:00 on the next day"
        ],
    );
    refused(
        |hours| hours.week.push(OpenInterval { weekday: 7, from: 22 * 60, to: 30 * 60 }),
        expect![
            "Sunday 22:00 to 30:00 goes past 24:00: end it at 24:00 and go on from 00:00 on the next day"
        ],
    );
    refused(
        |hours| hours.week.push(OpenInterval { weekday: 2, from: 11 * 60 + 59, to: 13 * 60 }),
        expect![
            "Tuesday two stretches overlap at 11:59: make them one, or let one end where the other begins"
        ],
    );
    refused(
        |hours| hours.zone = "Europe/Brelin".into(),
        expect![[r#"there is no time zone "Europe/Brelin": choose one by its city, such as Europe/Berlin"#]],
    );
    refused(
        |hours| hours.zone = "berlin".into(),
        expect![[
            r#"there is no time zone "berlin": choose one by its city, such as Europe/Berlin (did you mean Europe/Berlin?)"#
        ]],
    );
    refused(
        |hours| hours.days = vec![day(2, 30)],
        expect!["2026-02-30 is not a day of the calendar: choose another date"],
    );
    refused(
        |hours| hours.days = vec![day(12, 25), day(5, 1), day(12, 25)],
        expect!["2026-12-25 is listed twice among the special days: keep one of them"],
    );
    refused(
        |hours| {
            let stretch = |from, to| Stretch { from, to };
            hours.days = vec![SpecialDay { open: vec![stretch(600, 700), stretch(500, 601)], ..day(12, 24) }];
        },
        expect![
            "2026-12-24 two stretches overlap at 10:00: make them one, or let one end where the other begins"
        ],
    );
    refused(
        |hours| {
            hours.week =
                (0..80).map(|at| OpenInterval { weekday: 1, from: at * 10, to: at * 10 + 5 }).collect()
        },
        expect!["more than 70 stretches in the week: remove those that are past or can be joined"],
    );
}

#[test]
fn hours_are_kept_in_order_and_the_zone_as_it_is_spelled() {
    let mut hours = phones();
    hours.zone = "europe/BERLIN".into();
    hours.week.reverse();
    hours.days = vec![day(12, 25), day(5, 1)];
    let kept = hours.checked().expect("hours");
    assert_eq!(kept.zone, "Europe/Berlin");
    assert_eq!(kept.week, phones().week);
    assert_eq!(kept.days, [day(5, 1), day(12, 25)]);
}

#[test]
fn a_night_is_two_stretches() {
    let night = until_next_day(7, 22 * 60, 6 * 60);
    let stretch = |weekday, from, to| OpenInterval { weekday, from, to };
    assert_eq!(night, [stretch(7, 22 * 60, 24 * 60), stretch(1, 0, 6 * 60)]);
    assert_eq!(until_next_day(3, 18 * 60, 0), [stretch(3, 18 * 60, 24 * 60)], "until midnight is one");
}

#[test]
fn new_hours_begin_now_or_later_and_replace_what_was_planned() {
    let at = |hour: i64| Time(hour * 3_600_000);
    let from = |time| Hours { in_force_from: time, ..phones() };
    let first = from(at(99)).follow(Vec::new(), at(5)).expect("the first");
    assert_eq!(first[0].in_force_from, Time(i64::MIN), "the first ones have always held");
    assert_eq!(from(at(4)).follow(first.clone(), at(5)), Err(Impossible::InThePast));
    let planned = from(at(20)).follow(first.clone(), at(5)).expect("for later");
    let again = from(at(10)).follow(planned.clone(), at(6)).expect("sooner");
    assert_eq!(again.iter().map(|hours| hours.in_force_from).collect::<Vec<_>>(), [Time(i64::MIN), at(10)]);
    let at_once = from(at(25)).follow(planned, at(25)).expect("at once");
    assert_eq!(at_once.len(), 3, "what has been in force stays");
    assert!(Calendar::new(&at_once).is_ok());
    assert_eq!(Calendar::new(&[at_once[1].clone(), at_once[0].clone()]).err(), Some(Impossible::OutOfOrder));
    assert_eq!(Calendar::new(&[]).err(), Some(Impossible::NoVersion));
}

#[test]
fn zones_are_found_by_a_part_of_their_name() {
    assert_eq!(zones_like("new york", 5), ["America/New_York"]);
    assert!(zones_like("", 7).len() == 7);
}
