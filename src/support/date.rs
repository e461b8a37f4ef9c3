//! Days and moments, in UTC.

use std::time::SystemTime;

pub(crate) use chrono::NaiveDate as Date;
use chrono::{DateTime, Utc};

use crate::support::echo::shown;

/// `20150830T123600Z`, as AWS's signatures have it.
pub(crate) const DATE_AND_TIME: &str = "%Y%m%dT%H%M%SZ";

/// ISO 8601 with an offset, as HAR files have it: `2015-12-11T14:36:51.990+0100`, or `Z`.
const ISO_8601: &str = "%Y-%m-%dT%H:%M:%S%.f%#z";

/// A moment of the system's clock; 1970 for what no calendar holds.
pub(crate) fn utc(time: SystemTime) -> DateTime<Utc> {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, since.subsec_nanos()).unwrap_or_default()
}

/// A day, as `YYYY-MM-DD`.
///
/// # Errors
/// Where the text is none.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    // The library takes days with other lengths and signs too.
    let plain = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');

    let day = plain
        .then(|| Date::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten();
    day.ok_or_else(|| {
        format!(
            "expected a day of the calendar, YYYY-MM-DD, found `{}`",
            shown(text)
        )
    })
}

/// A time of ISO 8601, in milliseconds since 1970. `None` where the text is none.
pub(crate) fn milliseconds(text: &str) -> Option<i64> {
    let time =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, ISO_8601));
    Some(time.ok()?.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn days() {
        let of = |seconds| {
            utc(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
                .date_naive()
                .to_string()
        };

        assert_eq!(of(0), "1970-01-01");
        assert_eq!(of(951_782_399), "2000-02-28");
        assert_eq!(of(951_782_400), "2000-02-29");
        assert_eq!(of(1_798_761_599), "2026-12-31");
        assert_eq!(of(1_798_761_600), "2027-01-01");
        assert_eq!(of(u64::MAX >> 1), "1970-01-01");
        assert!(day("2027-01-31") < day("2027-02-01") && day("2026-12-31") < day("2027-01-01"));

        for wrong in [
            "1900-02-29",
            "2000-2-29",
            "+2000-2-29",
            "2000-02-29 ",
            "2000-02-29T",
            "yesterday",
            "",
        ] {
            assert!(day(wrong).is_err(), "{wrong}");
        }

        assert!(day("2000-02-29").is_ok());
    }

    #[test]
    fn times() {
        let check =
            |text: &str, expected: Option<i64>| assert_eq!(milliseconds(text), expected, "{text}");
        check("1970-01-01T00:00:00Z", Some(0));
        check("2015-12-11T14:36:51.990Z", Some(1_449_844_611_990));
        check("2015-12-11T15:36:51.99+01:00", Some(1_449_844_611_990));
        check("2000-02-29T23:59:59.9999999-0030", Some(951_870_599_999));

        for wrong in [
            "",
            "T",
            "yesterday",
            "2015-12-11",
            "2015-13-11T00:00:00Z",
            "2015-12-11T14:36:51.Z",
            "é-ü-äTö:å:æZ",
        ] {
            check(wrong, None);
        }
    }
}
