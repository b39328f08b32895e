//! A calendar file (ICS, RFC 5545) as times in which somebody is busy, for presence.
//!
//! It is its own crate because reading such files takes a library that is linked with clocks and files of zones,
//! which the domain never is. Only *when* is read: what a meeting is about, who is in it and where stays in the
//! file. Deliberately absent: fetching the file, and what follows from being busy.

mod series;

use std::time::{Duration, Instant};

use calcard::{
    Entry, Parser,
    common::timezone::Tz,
    icalendar::{
        ICalendarComponent, ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
        dates::TimeOrDelta,
    },
};
use deskside_domain::{Time, calendar::Span};

use crate::series::{Curbed, curb, is_in_utc, series};

/// Largest file that is read: a person's calendar of many years.
pub const MOST_BYTES: usize = 8 << 20;
/// So many times of a series are looked at from its beginning: every day of 27 years.
const MOST_REPEATS: usize = 10_000;
/// So many times of all series together: two hundred meetings of every working day of ten years.
const MOST_TIMES: usize = 500_000;
/// Most meetings that are looked at.
const MOST_MEETINGS: usize = 50_000;
/// A file that can't be read in this time is not read at all: rules that find nothing cost much and count little.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a file says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Larger than [`MOST_BYTES`].
    #[error("the calendar file is larger than 8 MB: publish a shorter time, such as the next three months")]
    TooLarge,
    /// Not a calendar file, or one that ends in the middle.
    #[error(
        "this is not a whole calendar file: use the address that ends in .ics, not the one of the web page"
    )]
    NotACalendar,
    /// More meetings than anybody has.
    #[error("the calendar file has more than 50,000 entries: publish a shorter time")]
    TooMany,
    /// Meetings that repeat more than anybody's.
    #[error("what repeats in the calendar file is too much to follow: publish a shorter time")]
    TooMuch,
}

/// When somebody is busy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    /// In order, none touching the next, each from its true beginning to its true end.
    pub spans: Vec<Span>,
    /// Entries whose times could not be read, or repeat too often to be followed; the rest still counts.
    pub unread: usize,
}

/// When the owner of this calendar is busy at any time from `from` to `to`. What is free, cancelled or only a task is not
/// counted. Times without a zone are those of `zone` (IANA), which must be known; else they are UTC.
///
/// It may take seconds of a core, whatever the file is, but not more.
///
/// # Errors
/// If the file can't be read at all, or costs too much.
pub fn busy(file: &str, zone: &str, from: Time, to: Time) -> Result<Busy, Unreadable> {
    if file.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let begun = Instant::now();
    let mut parser = Parser::new(file);
    let Entry::ICalendar(calendar) = parser.entry() else { return Err(Unreadable::NotACalendar) };
    if calendar.components.len() > MOST_MEETINGS {
        return Err(Unreadable::TooMany);
    }
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let mut busy = Busy::default();
    let mut left = MOST_TIMES;
    for mut series in series(calendar) {
        series.components.retain_mut(|component| match curb(component, from, to) {
            Curbed::Follow => true,
            Curbed::Elsewhere => false,
            Curbed::TooOften => {
                busy.unread += 1;
                false
            }
        });
        let zone = if is_in_utc(&series) { Tz::UTC } else { zone };
        let expanded = series.expand_dates(zone, MOST_REPEATS);
        left = left.checked_sub(expanded.events.len()).ok_or(Unreadable::TooMuch)?;
        busy.unread += expanded.errors.len();
        let ends_early = |last: Time| expanded.events.len() >= MOST_REPEATS && last < to;
        let last = expanded.events.iter().map(|event| Time(event.start.timestamp_millis())).max();
        busy.unread += usize::from(last.is_some_and(ends_early));
        for event in expanded.events {
            let is_busy = series.components.get(event.comp_id as usize).is_some_and(takes_time);
            let begins = Time(event.start.timestamp_millis());
            let ends = match event.end {
                TimeOrDelta::Time(end) => Time(end.timestamp_millis()),
                TimeOrDelta::Delta(length) => begins.plus(length.num_milliseconds()),
            };
            if is_busy && begins < ends && begins < to && ends > from {
                busy.spans.push(Span { from: begins, to: ends });
            }
        }
        if begun.elapsed() > PATIENCE {
            return Err(Unreadable::TooMuch);
        }
    }
    busy.spans = joined(std::mem::take(&mut busy.spans));
    Ok(busy)
}

/// What somebody is busy with at this moment, from its beginning to the next break.
pub fn meeting_at(spans: &[Span], at: Time) -> Option<Span> {
    spans.iter().copied().find(|span| span.from <= at && at < span.to)
}

fn takes_time(component: &ICalendarComponent) -> bool {
    let value =
        |property: ICalendarProperty| component.property(&property).and_then(|entry| entry.values.first());
    let is_free = matches!(
        value(ICalendarProperty::Transp),
        Some(ICalendarValue::Transparency(ICalendarTransparency::Transparent))
    );
    let is_cancelled =
        matches!(value(ICalendarProperty::Status), Some(ICalendarValue::Status(ICalendarStatus::Cancelled)));
    // Outlook says free here, also where it leaves the standard's own line out.
    let outlook = value(ICalendarProperty::Other("X-MICROSOFT-CDO-BUSYSTATUS".to_owned()));
    let is_free_in_outlook =
        outlook.and_then(ICalendarValue::as_text).is_some_and(|status| status.eq_ignore_ascii_case("FREE"));
    !is_free && !is_cancelled && !is_free_in_outlook
}

fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.from, span.to));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(before) if span.from <= before.to => before.to = before.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}
