//! Opening hours as they are kept and said by people: a week, special days, a zone, and since when they hold.
//! Checked here, once, with refusals that say what to do.

use std::sync::Arc;

use super::{Date, Zone};
use crate::{Refusal, desk::OpenInterval, time::MINUTE, time::Time};

/// Most stretches in a week.
const MOST_STRETCHES: usize = 70;
/// Most special days in one version: more than two years of them.
const MOST_DAYS: usize = 800;
/// Most versions a desk's hours have had.
const MOST_VERSIONS: usize = 500;
/// Minutes of a day on the wall.
const DAY_MINUTES: u16 = 24 * 60;

/// One version of a desk's opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Since when they hold; [`Time`]`(i64::MIN)` for a desk's first ones. Until the next version does.
    pub in_force_from: Time,
    /// IANA zone of the wall clock.
    pub zone: String,
    /// The week as it usually is. A stretch ends where its day ends: a night is two stretches
    /// ([`until_next_day`]).
    pub week: Vec<OpenInterval>,
    /// Days that are different: holidays, short days, a Saturday that is worked.
    pub days: Vec<SpecialDay>,
}

/// A date whose hours are not those of its weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialDay {
    /// Which day.
    pub date: Date,
    /// What people call it, e.g. *Whit Monday*. May be empty.
    pub name: String,
    /// The hours of that day instead of its weekday's; none: closed.
    pub open: Vec<Stretch>,
}

/// A stretch of opening within a day, in minutes since midnight on the wall, `from < to <= 1440`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Minute the desk opens.
    pub from: u16,
    /// Minute it closes.
    pub to: u16,
}

/// Hours that no desk can keep, and what to do about them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// There is not one stretch in the week.
    #[error("the week has no opening hours: give at least one stretch, or close the desk for good")]
    EmptyWeek,
    /// A weekday that is none.
    #[error("weekday {0} does not exist: 1 is Monday, 7 is Sunday")]
    Weekday(u8),
    /// A stretch that begins when or after it ends.
    #[error(
        "{on} {} to {} ends before it begins: swap the times, or write a night as two stretches, until 24:00 \
         and from 00:00 on the next day",
        clock(*.from), clock(*.to)
    )]
    EndsBeforeItBegins {
        /// The day it is in.
        on: On,
        /// Its first minute.
        from: u16,
        /// Its last minute.
        to: u16,
    },
    /// A stretch that ends after midnight.
    #[error("{on} {} to {} goes past 24:00: end it at 24:00 and go on from 00:00 on the next day", clock(*.from), clock(*.to))]
    PastMidnight {
        /// The day it is in.
        on: On,
        /// Its first minute.
        from: u16,
        /// Its last minute.
        to: u16,
    },
    /// Two stretches of a day share time.
    #[error("{on} two stretches overlap at {}: make them one, or let one end where the other begins", clock(*.at))]
    Overlap {
        /// The day they are in.
        on: On,
        /// First minute that both have.
        at: u16,
    },
    /// More stretches, special days or versions than anybody means.
    #[error("more than {limit} {what}: remove those that are past or can be joined")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// A zone that the database does not have.
    #[error("there is no time zone {name:?}: choose one by its city, such as Europe/Berlin{}", suggestions(.like))]
    UnknownZone {
        /// As it was given.
        name: String,
        /// Names that look like it.
        like: Vec<&'static str>,
    },
    /// A date such as 30 February.
    #[error("{0} is not a day of the calendar: choose another date")]
    NoSuchDay(Date),
    /// A date that is listed twice.
    #[error("{0} is listed twice among the special days: keep one of them")]
    DayTwice(Date),
    /// No version at all.
    #[error("there are no opening hours: a desk has hours before anybody can ask there")]
    NoVersion,
    /// Versions that are not in the order in which they came into force.
    #[error("new hours begin after those that hold before them: choose a later beginning")]
    OutOfOrder,
    /// New hours that would hold in the past.
    #[error(
        "hours can't be changed for the past: what was promised then was counted with them; let the new ones begin now or later"
    )]
    InThePast,
}

/// Which day a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A weekday, 1 to 7.
    Weekday(u8),
    /// A special day.
    Date(Date),
}

impl Hours {
    /// Open around the clock, every day, and always so.
    pub fn always(zone: &str) -> Self {
        let day = |weekday| OpenInterval { weekday, from: 0, to: DAY_MINUTES };
        Self {
            in_force_from: Time(i64::MIN),
            zone: zone.to_owned(),
            week: (1..=7).map(day).collect(),
            days: Vec::new(),
        }
    }

    /// These hours as they are kept: checked, in order, the zone spelled as the database does.
    ///
    /// # Errors
    /// What is wrong first, and what to do about it.
    pub fn checked(mut self) -> Result<Self, Impossible> {
        let version = Version::new(&self)?;
        self.zone = version.zone.name().to_owned();
        self.week.sort_by_key(|interval| (interval.weekday, interval.from));
        self.days.sort_by_key(|day| day.date);
        for day in &mut self.days {
            day.open.sort_by_key(|stretch| stretch.from);
        }
        Ok(self)
    }

    /// Adds `self` to the versions that a desk has had, as it is decided at `now`. Hours that were planned for
    /// this moment or later, and have not come into force, are replaced.
    ///
    /// # Errors
    /// As [`Hours::checked`], and [`Impossible::InThePast`]: what has passed is never priced anew.
    pub fn follow(self, mut versions: Vec<Hours>, now: Time) -> Result<Vec<Hours>, Impossible> {
        let mut next = self.checked()?;
        if versions.is_empty() {
            next.in_force_from = Time(i64::MIN);
        } else if next.in_force_from < now {
            return Err(Impossible::InThePast);
        }
        versions.retain(|before| before.in_force_from < next.in_force_from.max(Time(i64::MIN + 1)));
        versions.push(next);
        check_order(&versions)?;
        Ok(versions)
    }
}

/// A night as it is kept: from `from` on `weekday` until `to` on the next day, as two stretches. What is after
/// midnight belongs to the next day, also when one of the two is a holiday.
pub fn until_next_day(weekday: u8, from: u16, to: u16) -> Vec<OpenInterval> {
    let evening = OpenInterval { weekday, from, to: DAY_MINUTES };
    let morning = OpenInterval { weekday: weekday % 7 + 1, from: 0, to };
    [evening, morning].into_iter().filter(|stretch| stretch.from < stretch.to).collect()
}

/// One version, ready to count with. Stretches are milliseconds of the day on the wall, in order, and do not touch.
#[derive(Debug)]
pub(super) struct Version {
    pub in_force_from: Time,
    pub zone: Arc<Zone>,
    week: [Vec<(i64, i64)>; 7],
    /// By the number of the day.
    days: Vec<(i64, Vec<(i64, i64)>)>,
}

impl Version {
    pub fn new(hours: &Hours) -> Result<Self, Impossible> {
        let zone = Zone::named(hours.zone.trim()).ok_or_else(|| Impossible::UnknownZone {
            name: hours.zone.clone(),
            like: zones_near(&hours.zone),
        })?;
        if let Some(interval) = hours.week.iter().find(|interval| !(1..=7).contains(&interval.weekday)) {
            return Err(Impossible::Weekday(interval.weekday));
        }
        too_many("stretches in the week", hours.week.len(), MOST_STRETCHES)?;
        too_many("special days", hours.days.len(), MOST_DAYS)?;
        if hours.week.is_empty() {
            return Err(Impossible::EmptyWeek);
        }
        let mut week: [Vec<(i64, i64)>; 7] = Default::default();
        for (weekday, day) in (1..=7).zip(&mut week) {
            let own = hours.week.iter().filter(|interval| interval.weekday == weekday);
            let own = own.map(|interval| Stretch { from: interval.from, to: interval.to });
            *day = day_of(On::Weekday(weekday), own.collect())?;
        }
        let mut days = Vec::with_capacity(hours.days.len());
        for day in &hours.days {
            if !day.date.exists() {
                return Err(Impossible::NoSuchDay(day.date));
            }
            too_many("stretches in a day", day.open.len(), MOST_STRETCHES)?;
            days.push((day.date.number(), day_of(On::Date(day.date), day.open.clone())?));
        }
        days.sort();
        if let Some(twice) = days.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Impossible::DayTwice(Date::of_day(twice[0].0)));
        }
        Ok(Self { in_force_from: hours.in_force_from, zone, week, days })
    }

    /// The stretches of the wall's day of this number.
    pub fn day(&self, number: i64) -> &[(i64, i64)] {
        match self.days.binary_search_by_key(&number, |(day, _)| *day) {
            Ok(index) => &self.days[index].1,
            Err(_) => &self.week[usize::from(super::date::weekday_of_day(number)) - 1],
        }
    }
}

/// Each version begins after the one before.
pub(super) fn check_order(versions: &[Hours]) -> Result<(), Impossible> {
    too_many("versions of the hours", versions.len(), MOST_VERSIONS)?;
    if versions.is_empty() {
        return Err(Impossible::NoVersion);
    }
    if versions.windows(2).any(|pair| pair[0].in_force_from >= pair[1].in_force_from) {
        return Err(Impossible::OutOfOrder);
    }
    Ok(())
}

fn day_of(on: On, mut stretches: Vec<Stretch>) -> Result<Vec<(i64, i64)>, Impossible> {
    stretches.sort_by_key(|stretch| (stretch.from, stretch.to));
    let mut day: Vec<(i64, i64)> = Vec::with_capacity(stretches.len());
    for Stretch { from, to } in stretches {
        if from >= to {
            return Err(Impossible::EndsBeforeItBegins { on, from, to });
        }
        if to > DAY_MINUTES {
            return Err(Impossible::PastMidnight { on, from, to });
        }
        let (start, end) = (i64::from(from) * MINUTE, i64::from(to) * MINUTE);
        match day.last_mut() {
            Some(before) if start < before.1 => return Err(Impossible::Overlap { on, at: from }),
            Some(before) if start == before.1 => before.1 = end,
            _ => day.push((start, end)),
        }
    }
    Ok(day)
}

fn too_many(what: &'static str, count: usize, limit: usize) -> Result<(), Impossible> {
    if count > limit { Err(Impossible::TooMany { what, limit }) } else { Ok(()) }
}

fn zones_near(name: &str) -> Vec<&'static str> {
    let city = name.trim().rsplit('/').next().unwrap_or_default();
    if city.len() < 3 { Vec::new() } else { super::zones_like(city, 3) }
}

fn suggestions(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!(" (did you mean {}?)", names.join(" or ")) }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl std::fmt::Display for On {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        match self {
            On::Weekday(weekday) => f.write_str(names[usize::from(weekday.clamp(&1, &7) - 1)]),
            On::Date(date) => date.fmt(f),
        }
    }
}

impl From<Impossible> for Refusal {
    fn from(impossible: Impossible) -> Self {
        let invalid = |field, why| Refusal::Invalid { field, why };
        match impossible {
            Impossible::EmptyWeek | Impossible::NoVersion => Refusal::Empty("hours"),
            Impossible::TooMany { limit, .. } => Refusal::TooLong { field: "hours", limit: limit as u64 },
            Impossible::UnknownZone { .. } => invalid("zone", "not the name of a time zone"),
            Impossible::Weekday(_) => invalid("hours", "weekdays are 1 to 7"),
            Impossible::EndsBeforeItBegins { .. } | Impossible::PastMidnight { .. } => {
                invalid("hours", "each stretch begins before it ends, within one day")
            }
            Impossible::Overlap { .. } => invalid("hours", "stretches overlap"),
            Impossible::NoSuchDay(_) => invalid("days", "no such day"),
            Impossible::DayTwice(_) => invalid("days", "a day is listed twice"),
            Impossible::OutOfOrder => invalid("hours_from", "new hours begin after those before them"),
            Impossible::InThePast => invalid("hours_from", "hours can't be changed for the past"),
        }
    }
}
