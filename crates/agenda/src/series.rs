//! A calendar file taken apart into what belongs together: one series with its moved meetings, and the few zones that it
//! names. Rules are curbed before anybody follows them: whoever names a file decides what it costs to read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use calcard::{
    common::{PartialDateTime, timezone::Tz},
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency,
        ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
    },
};
use deskside_domain::{Time, calendar::Date, time::DAY};

/// No meeting repeats more often in a day.
const MOST_A_DAY: usize = 24;
/// Times of a rule are read as if they were UTC: more than any zone is off.
const SLACK: i64 = 2 * DAY;
/// No meeting that repeats lasts longer.
const LONGEST: i64 = 366 * DAY;

/// The meetings of each series by themselves, each with the zones it names: the library tells moved meetings of two
/// series apart by their time alone. No series has two rules, so that none costs more than one does.
pub(crate) fn series(calendar: ICalendar) -> impl Iterator<Item = ICalendar> {
    let zones = zones(&calendar);
    let mut of: BTreeMap<(String, usize), Vec<ICalendarComponent>> = BTreeMap::new();
    let mut with_rule = BTreeSet::new();
    for (number, component) in calendar.components.into_iter().enumerate() {
        if component.component_type != ICalendarComponentType::VEvent {
            continue;
        }
        let is_first = |uid: &&str| {
            component.property(&ICalendarProperty::Rrule).is_none() || with_rule.insert((*uid).to_owned())
        };
        // What has no name of its own is no part of a series.
        let name =
            component.uid().filter(is_first).map_or((String::new(), number), |uid| (uid.to_owned(), 0));
        of.entry(name).or_default().push(component);
    }
    of.into_values().map(move |mut components| {
        let named: BTreeSet<&str> = components
            .iter()
            .flat_map(|component| &component.entries)
            .filter_map(ICalendarEntry::tz_id)
            .collect();
        let named: Vec<_> = named.into_iter().filter_map(|name| Some(zone(name, zones.get(name)?))).collect();
        components.extend(named);
        ICalendar { components }
    })
}

/// The zones that the file describes, by the name they have in it. Their own rules are not looked at: the library knows
/// the zones of the world by what calendars call them.
fn zones(calendar: &ICalendar) -> HashMap<String, Tz> {
    calendar
        .timezones()
        .filter_map(|zone| zone.timezone())
        .map(|(name, zone)| (name.to_owned(), zone))
        .collect()
}

/// As little as makes the library know a zone by this name.
fn zone(name: &str, zone: &Tz) -> ICalendarComponent {
    let entry = |property, text: String| ICalendarEntry {
        name: property,
        params: Vec::new(),
        values: vec![ICalendarValue::Text(text)],
    };
    let known = zone.name().unwrap_or_default().into_owned();
    ICalendarComponent {
        component_type: ICalendarComponentType::VTimezone,
        entries: vec![
            entry(ICalendarProperty::Tzid, name.to_owned()),
            entry(ICalendarProperty::Other("X-LIC-LOCATION".to_owned()), known),
        ],
        component_ids: Vec::new(),
    }
}

/// What curbing a rule came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curbed {
    /// Follow it.
    Follow,
    /// It was over before, or begins after.
    Elsewhere,
    /// It repeats more often than meetings do.
    TooOften,
}

/// Makes the rule of a meeting, if it has one, end soon after `to`.
pub(crate) fn curb(meeting: &mut ICalendarComponent, from: Time, to: Time) -> Curbed {
    let begins =
        meeting.property(&ICalendarProperty::Dtstart).and_then(|entry| match entry.values.first()? {
            ICalendarValue::PartialDateTime(begins) => about(begins),
            _ => None,
        });
    let rules = meeting.entries.iter_mut().filter(|entry| entry.name == ICalendarProperty::Rrule);
    for entry in rules {
        let Some(ICalendarValue::RecurrenceRule(rule)) = entry.values.first_mut() else { continue };
        if times_a_day(rule) > MOST_A_DAY {
            return Curbed::TooOften;
        }
        let ends = rule.until.as_ref().and_then(about);
        let is_over = ends.is_some_and(|ends| ends.plus(LONGEST + SLACK) < from);
        if is_over || begins.is_some_and(|begins| begins.plus(-SLACK) > to) {
            return Curbed::Elsewhere;
        }
        if ends.is_none_or(|ends| ends > to.plus(SLACK)) {
            rule.until = Some(midnight(to.plus(2 * SLACK)));
        }
    }
    Curbed::Follow
}

/// Whether a series repeats by the clock of UTC. The library would take its times for those of the zone that it is given.
pub(crate) fn is_in_utc(series: &ICalendar) -> bool {
    let begins = |meeting: &ICalendarComponent| {
        meeting.property(&ICalendarProperty::Rrule)?;
        match meeting.property(&ICalendarProperty::Dtstart)?.values.first()? {
            ICalendarValue::PartialDateTime(begins) => begins.tz_hour,
            _ => None,
        }
    };
    series.components.iter().any(|meeting| begins(meeting) == Some(0))
}

fn times_a_day(rule: &ICalendarRecurrenceRule) -> usize {
    let times = |list: &[u8]| list.len().max(1);
    let an_hour = times(&rule.byminute).saturating_mul(times(&rule.bysecond));
    match rule.freq {
        ICalendarFrequency::Secondly | ICalendarFrequency::Minutely => usize::MAX,
        ICalendarFrequency::Hourly => an_hour.saturating_mul(MOST_A_DAY),
        _ => an_hour.saturating_mul(times(&rule.byhour)),
    }
}

/// The instant as if it were UTC, whatever zone it is in.
fn about(time: &PartialDateTime) -> Option<Time> {
    Some(Time(time.to_date_time()?.date_time.and_utc().timestamp_millis()))
}

/// The last midnight in UTC before `at`.
fn midnight(at: Time) -> PartialDateTime {
    let date = Date::of_day(at.0.div_euclid(DAY));
    PartialDateTime {
        year: u16::try_from(date.year).ok(),
        month: Some(date.month),
        day: Some(date.day),
        hour: Some(0),
        minute: Some(0),
        second: Some(0),
        tz_hour: Some(0),
        tz_minute: Some(0),
        tz_minus: false,
    }
}
