//! The one vector file that the UI's opening hours pass too. The cases that people wrote are in it, and random ones
//! around changes of clocks. `UPDATE_VECTORS=1` writes it anew.

use std::fs;

use deskside_domain::{
    Time,
    calendar::{Calendar, Date, Hours, SpecialDay, Stretch},
    desk::OpenInterval,
    time::{HOUR, MINUTE},
    wait::rounded_up,
};
use serde_json::{Value, json};

use super::{
    calendar::phones,
    chance::Chance,
    wall::{self, instant},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/time.json");

/// The JSON has no number for *since ever*.
fn from_json(hours: &Value) -> Hours {
    let number = |value: &Value| value.as_i64().expect("a whole number");
    let small = |value: &Value| u16::try_from(number(value)).expect("a small number");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let stretch = |value: &Value| Stretch { from: small(&value["from"]), to: small(&value["to"]) };
    let interval = |value: &Value| {
        let Stretch { from, to } = stretch(value);
        OpenInterval { weekday: small(&value["weekday"]) as u8, from, to }
    };
    let day = |value: &Value| SpecialDay {
        date: Date {
            year: small(&value["date"]["year"]) as i16,
            month: small(&value["date"]["month"]) as u8,
            day: small(&value["date"]["day"]) as u8,
        },
        name: String::new(),
        open: list(&value["open"]).iter().map(stretch).collect(),
    };
    Hours {
        in_force_from: Time(hours["in_force_from"].as_i64().unwrap_or(i64::MIN)),
        zone: hours["zone"].as_str().expect("a zone").to_owned(),
        week: list(&hours["week"]).iter().map(interval).collect(),
        days: list(&hours["days"]).iter().map(day).collect(),
    }
}

fn to_json(hours: &Hours) -> Value {
    let stretch = |open: &Stretch| json!({ "from": open.from, "to": open.to });
    let interval = |open: &OpenInterval| json!({ "weekday": open.weekday, "from": open.from, "to": open.to });
    let day = |day: &SpecialDay| {
        let Date { year, month, day: of_month } = day.date;
        let open: Vec<Value> = day.open.iter().map(stretch).collect();
        json!({ "date": { "year": year, "month": month, "day": of_month }, "open": open })
    };
    json!({
        "in_force_from": (hours.in_force_from != Time(i64::MIN)).then_some(hours.in_force_from.0),
        "zone": hours.zone,
        "week": hours.week.iter().map(interval).collect::<Vec<_>>(),
        "days": hours.days.iter().map(day).collect::<Vec<_>>(),
    })
}

/// What is found out about a calendar at a moment, and over the time from it to another.
fn found(calendar: &Calendar, at: Time, to: Time, budget: i64) -> Value {
    json!({
        "is_open": calendar.is_open(at),
        "next_open": calendar.next_open(at).map(|time| time.0),
        "next_close": calendar.next_close(at).map(|time| time.0),
        "between": calendar.between(at, to),
        "deadline": calendar.deadline(at, budget).map(|time| time.0),
    })
}

fn case(name: &str, versions: &[Hours], at: Time, to: Time, budget: i64) -> Value {
    let calendar = Calendar::new(versions).expect("hours");
    json!({
        "name": name,
        "hours": versions.iter().map(to_json).collect::<Vec<_>>(),
        "at": at.0,
        "to": to.0,
        "budget": budget,
        "found": found(&calendar, at, to, budget),
    })
}

fn cases() -> Vec<Value> {
    let always = || Hours::always("Europe/Berlin");
    let mut cases = vec![
        case(
            "a question on Friday at 16:45, answered on Monday at 08:10",
            &[phones()],
            instant("2026-06-05T16:45+02"),
            instant("2026-06-08T08:10+02"),
            30 * MINUTE,
        ),
        case(
            "over the lunch break",
            &[phones()],
            instant("2026-06-08T11:30+02"),
            instant("2026-06-08T13:30+02"),
            2 * HOUR,
        ),
        case(
            "around the clock in the night the clocks are changed",
            &[always()],
            instant("2026-03-28T23:00+01"),
            instant("2026-03-29T04:00+02"),
            4 * HOUR,
        ),
        case(
            "from office hours to around the clock",
            &[phones(), Hours { in_force_from: instant("2026-06-08T12:00+02"), ..always() }],
            instant("2026-06-08T08:00+02"),
            instant("2026-06-08T20:00+02"),
            5 * HOUR,
        ),
    ];
    for seed in 0..44 {
        let mut chance = Chance::of(seed);
        let change = seed as usize % wall::CHANGES.len();
        let versions = wall::random_hours(&mut chance, change);
        let near = instant(wall::CHANGES[change].1).0;
        let at = Time(near + chance.between(-4 * 24 * HOUR, 2 * 24 * HOUR));
        let to = at.plus(chance.below(4 * 24 * HOUR));
        cases.push(case(&format!("random {seed}"), &versions, at, to, chance.below(30 * HOUR)));
    }
    cases
}

#[test]
fn the_vectors_are_what_the_calendar_finds() {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        let old: Value = fs::read_to_string(FILE)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let lines: Vec<String> = cases().iter().map(|case| format!("    {case}")).collect();
        let waits = old["waits"].as_array().cloned().unwrap_or_default();
        let waits: Vec<String> = waits.iter().map(|wait| format!("    {wait}")).collect();
        let file = format!(
            "{{\n  \"cases\": [\n{}\n  ],\n  \"waits\": [\n{}\n  ]\n}}\n",
            lines.join(",\n"),
            waits.join(",\n")
        );
        fs::write(FILE, file).expect("the vectors can be written");
    }
    let vectors: Value =
        serde_json::from_str(&fs::read_to_string(FILE).expect("the vectors are in the repository"))
            .expect("JSON");
    let kept = vectors["cases"].as_array().expect("cases");
    assert_eq!(kept.len(), cases().len());
    for case in kept {
        let versions: Vec<Hours> =
            case["hours"].as_array().expect("versions").iter().map(from_json).collect();
        let time = |name: &str| Time(case[name].as_i64().expect("a time"));
        let calendar = Calendar::new(&versions).expect("hours");
        let budget = case["budget"].as_i64().expect("a budget");
        assert_eq!(found(&calendar, time("at"), time("to"), budget), case["found"], "{}", case["name"]);
    }
}

/// The UI has words for every range that can be shown: each end is one that the rounding makes.
#[test]
fn the_waits_of_the_vectors_are_rounded_ones() {
    let vectors: Value =
        serde_json::from_str(&fs::read_to_string(FILE).expect("the vectors are in the repository"))
            .expect("JSON");
    let waits = vectors["waits"].as_array().expect("waits");
    assert!(waits.len() >= 12, "only {}", waits.len());
    for wait in waits {
        for end in ["from_ms", "to_ms"] {
            let ms = wait[end].as_i64().expect("milliseconds");
            assert_eq!(rounded_up(ms), ms, "{wait}");
        }
    }
}
