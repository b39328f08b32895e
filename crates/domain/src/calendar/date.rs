//! A date on the wall: no zone, no time.

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year, e.g. 2026.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// The date, if there is such a day.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        date.exists().then_some(date)
    }

    /// Whether the calendar has this day. Days far from now are not taken for meant ones.
    pub fn exists(self) -> bool {
        (1900..=2999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day)
            && Self::of_day(self.number()) == self
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        // Years are counted from March, so that the day that leap years add is a year's last.
        let month = (i64::from(self.month) + 9) % 12;
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leap_days + days_before(month) + i64::from(self.day) - 1 - EPOCH
    }

    /// The date `number` days after 1970-01-01.
    pub fn of_day(number: i64) -> Self {
        let days = number + EPOCH;
        // A first guess that is never too small, because no year is shorter than this.
        let mut year = days.div_euclid(365);
        let start = |year: i64| year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        while start(year) > days {
            year -= (start(year) - days + 365) / 366;
        }
        let rest = days - start(year);
        let month = (0..12).rev().find(|month| days_before(*month) <= rest).unwrap_or(0);
        let day = rest - days_before(month) + 1;
        let calendar_month = (month + 2) % 12 + 1;
        let year = year + i64::from(calendar_month <= 2);
        // Instants beyond the year 32767 are not met; they must not be a panic either.
        Self { year: i16::try_from(year).unwrap_or(i16::MAX), month: calendar_month as u8, day: day as u8 }
    }

    /// 1 = Monday … 7 = Sunday.
    pub fn weekday(self) -> u8 {
        weekday_of_day(self.number())
    }

    /// The day after this one.
    pub fn next(self) -> Self {
        Self::of_day(self.number() + 1)
    }
}

/// 1 = Monday … 7 = Sunday; 1970-01-01 was a Thursday.
pub(super) fn weekday_of_day(number: i64) -> u8 {
    ((number + 3).rem_euclid(7) + 1) as u8
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// Days of a year before its `month`th month, March being 0.
fn days_before(month: i64) -> i64 {
    (153 * month + 2) / 5
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
