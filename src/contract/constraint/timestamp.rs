//! Timestamps: which texts are one in each format, and values that are or are not.

use chrono::DateTime;
use serde_json::Value;

use super::{Candidate, Zone};
use crate::contract::TimestampFormat;

/// The side of a type: there is one alone.
const TYPE: &str = "type";

/// Whether a value is a text that the format admits.
pub(super) fn text(value: &Value, format: impl FnOnce(&str) -> Zone) -> Zone {
    value.as_str().map_or(Zone::Invalid, format)
}

/// Whether a text is a date and time of RFC 3339. Smithy leaves out the offset to UTC.
pub(super) fn date_time(text: &str) -> Zone {
    let is_spaced = text.as_bytes().get(10).is_none_or(|b| *b != b'T');
    match DateTime::parse_from_rfc3339(text) {
        Err(_) => Zone::Invalid,
        Ok(_) if is_spaced => Zone::Depends("the letter between date and time"),
        Ok(_) if text.ends_with('Z') => Zone::Valid,
        Ok(_) => Zone::Depends("whether a time may have an offset to UTC"),
    }
}

/// Whether a text is a date of HTTP. Two of its three forms are obsolete, and fractions of seconds
/// are Smithy's own.
pub(super) fn http_date(text: &str) -> Zone {
    let whole = match text.split_once('.') {
        Some((before, after)) => format!(
            "{before}{}",
            after.trim_start_matches(|c: char| c.is_ascii_digit())
        ),
        None => text.to_owned(),
    };
    match httpdate::parse_http_date(&whole) {
        Err(_) => Zone::Invalid,
        Ok(time) if httpdate::fmt_http_date(time) == text => Zone::Valid,
        Ok(_) => Zone::Depends("a form of a date that is not the usual one of HTTP"),
    }
}

/// The time that a value is in any of the formats, in milliseconds since 1970.
pub(crate) fn milliseconds(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Some(time.timestamp_millis()),
            Err(_) => {
                let time = httpdate::parse_http_date(text).ok()?;
                let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
                i64::try_from(since.as_millis()).ok()
            }
        },
        Value::Number(number) => {
            let seconds = number.as_str().parse::<f64>().ok()?;
            // No time that a calendar holds has more digits than a double.
            #[allow(clippy::cast_possible_truncation)]
            Some((seconds * 1000.0).round() as i64)
        }
        _ => None,
    }
}

/// Times that the format admits, and values that are none. Of each, whether a service may lawfully
/// take it otherwise: a notation that many read, or that few know.
pub(crate) fn proposed(format: TimestampFormat) -> Vec<(Candidate, bool)> {
    let of = |candidates: Vec<Candidate>, lenient: bool| {
        candidates.into_iter().map(move |one| (one, lenient))
    };
    of(satisfy(format), true)
        .chain(of(breaks(format), false))
        .chain(of(other_notations(format), true))
        .collect()
}

/// Times that the format admits.
fn satisfy(format: TimestampFormat) -> Vec<Candidate> {
    let texts: [(&str, Value); 3] = match format {
        TimestampFormat::EpochSeconds => [
            ("seconds", 1_700_000_000.into()),
            ("milliseconds", fraction("1700000000.123")),
            ("leap-day", 1_709_208_000.into()),
        ],
        TimestampFormat::DateTime => [
            ("seconds", "2023-11-14T22:13:20Z".into()),
            ("milliseconds", "2023-11-14T22:13:20.123Z".into()),
            ("leap-day", "2024-02-29T12:00:00Z".into()),
        ],
        TimestampFormat::HttpDate => [
            ("seconds", "Tue, 14 Nov 2023 22:13:20 GMT".into()),
            ("obsolete", "Tuesday, 14-Nov-23 22:13:20 GMT".into()),
            ("leap-day", "Thu, 29 Feb 2024 12:00:00 GMT".into()),
        ],
    };
    texts
        .into_iter()
        .map(|(id, value)| Candidate::new(id, TYPE, value))
        .collect()
}

/// Values that are no time under any reading, though one looks like it: the calendar has no such
/// day.
fn breaks(format: TimestampFormat) -> Vec<Candidate> {
    let no_day: Value = match format {
        TimestampFormat::EpochSeconds => return vec![Candidate::new("a-word", TYPE, "yesterday")],
        TimestampFormat::DateTime => "2023-02-30T12:00:00Z".into(),
        TimestampFormat::HttpDate => "Thu, 30 Feb 2023 12:00:00 GMT".into(),
    };
    vec![
        Candidate::new("a-word", TYPE, "yesterday"),
        Candidate::new("no-such-day", TYPE, no_day),
    ]
}

/// The same time as another format writes it, and a date alone. A service may be lenient about
/// these.
fn other_notations(format: TimestampFormat) -> Vec<Candidate> {
    let all: [(&str, TimestampFormat, Value); 3] = [
        (
            "epoch-seconds",
            TimestampFormat::EpochSeconds,
            1_700_000_000.into(),
        ),
        (
            "date-time",
            TimestampFormat::DateTime,
            "2023-11-14T22:13:20Z".into(),
        ),
        (
            "http-date",
            TimestampFormat::HttpDate,
            "Tue, 14 Nov 2023 22:13:20 GMT".into(),
        ),
    ];
    let others = all.into_iter().filter(|(_, of, _)| *of != format);
    others
        .map(|(id, _, value)| Candidate::new(format!("as-{id}"), TYPE, value))
        .chain([Candidate::new("a-day", TYPE, "2023-11-14")])
        .collect()
}

/// A number with that fraction, digit for digit.
fn fraction(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_admits_its_own_times() {
        for (text, zone) in [
            ("2023-11-14T22:13:20Z", Zone::Valid),
            ("2023-11-14T22:13:20.5Z", Zone::Valid),
            ("2023-02-30T12:00:00Z", Zone::Invalid),
            ("2023-11-14", Zone::Invalid),
            ("1700000000", Zone::Invalid),
            ("Tue, 14 Nov 2023 22:13:20 GMT", Zone::Invalid),
        ] {
            assert_eq!(date_time(text), zone, "{text}");
        }
        for open in ["2023-11-14T22:13:20+01:00", "2023-11-14 22:13:20Z"] {
            assert!(matches!(date_time(open), Zone::Depends(_)), "{open}");
        }

        for (text, zone) in [
            ("Tue, 14 Nov 2023 22:13:20 GMT", Zone::Valid),
            ("Thu, 30 Feb 2023 12:00:00 GMT", Zone::Invalid),
            ("2023-11-14T22:13:20Z", Zone::Invalid),
            ("yesterday", Zone::Invalid),
        ] {
            assert_eq!(http_date(text), zone, "{text}");
        }
        for open in [
            "Tuesday, 14-Nov-23 22:13:20 GMT",
            "Tue, 14 Nov 2023 22:13:20.123 GMT",
        ] {
            assert!(matches!(http_date(open), Zone::Depends(_)), "{open}");
        }
    }
}
