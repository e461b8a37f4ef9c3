//! Days of the calendar.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::echo::shown;

/// A day, as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

const SECONDS: u64 = 24 * 60 * 60;

impl Date {
    /// That day, where there is one.
    #[must_use]
    pub(crate) fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// The day that a moment is on, in UTC.
    #[must_use]
    pub(crate) fn of(time: SystemTime) -> Self {
        let mut left = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / SECONDS;
        let mut date = Self { year: 1970, month: 1, day: 1 };
        let length = |year, month| (28..=31).rev().find(|day| Self::new(year, month, *day).is_some()).unwrap_or(31);
        loop {
            let days = u64::from(length(date.year, date.month));
            if left < days || date.year == u16::MAX {
                return Self { day: u8::try_from(left + 1).unwrap_or(date.day), ..date };
            }
            left -= days;
            date = match date.month {
                12 => Self { year: date.year + 1, month: 1, day: 1 },
                month => Self { month: month + 1, ..date },
            };
        }
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |range| {
            let digits: &str = text.get(range)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?
        };
        let parts = || {
            let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
            let (year, month, day) = dashes.then_some((part(0..4)?, part(5..7)?, part(8..10)?))?;
            Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        };
        parts().ok_or_else(|| format!("expected a day of the calendar, YYYY-MM-DD, found `{}`", shown(text)))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
