//! Times, rates and regions as people write them, in the file and on the command line.

use std::time::Duration;

use crate::support::echo::shown;

/// The longest time that is taken for meant: a day.
const LONGEST: Duration = Duration::from_secs(86_400);

/// A time above 0 and up to a day: a number of seconds, or a number with a unit, such as `500ms`,
/// `10m` or `1h 30m`.
///
/// # Errors
/// What was expected.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    limit(text)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| {
            format!(
                "expected a time above 0 and up to a day, such as 30, 500ms or 10m, found `{}`",
                shown(text)
            )
        })
}

/// A time up to a day, as [`duration`], or none at all: 0.
///
/// # Errors
/// What was expected.
pub(crate) fn limit(text: &str) -> Result<Duration, String> {
    let seconds = || {
        text.trim()
            .parse()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    };

    let time = seconds().or_else(|| humantime::parse_duration(text).ok());
    time.filter(|time| *time <= LONGEST).ok_or_else(|| {
        format!(
            "expected a time of up to a day, such as 30, 500ms or 10m, found `{}`",
            shown(text)
        )
    })
}

/// A time as it would be written: `1m 30s`.
pub(crate) fn duration_text(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}

/// Requests per second: a number, or a number per `s`, `min` or `h`, such as `20/s` or `600/min`.
///
/// # Errors
/// What was expected.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let (number, seconds) = match text.split_once('/') {
        None => (text, 1.0),
        Some((number, unit)) => {
            let seconds = match unit.trim() {
                "s" | "sec" | "second" => 1.0,
                "m" | "min" | "minute" => 60.0,
                "h" | "hour" => 3600.0,
                _ => f64::NAN,
            };
            (number, seconds)
        }
    };
    let rate = number
        .trim()
        .parse::<f64>()
        .ok()
        .map(|number| number / seconds);
    rate.filter(|rate| rate.is_finite() && *rate > 0.0)
        .ok_or_else(|| {
            format!(
                "expected a rate above 0, such as 20, 20/s or 600/min, found `{}`",
                shown(text)
            )
        })
}

/// A region as AWS names them: two letters, words and a number with dashes between them, such as
/// `us-gov-west-1`. It becomes a part of ARNs and of what is signed. An empty text stands for none,
/// as an empty variable does.
///
/// # Errors
/// What was expected.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_region = match parts.as_slice() {
        [land, words @ .., number] => {
            let numbered =
                (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            is_word(land)
                && land.len() == 2
                && !words.is_empty()
                && words.iter().all(is_word)
                && numbered
        }
        _ => false,
    };

    match is_region || text.is_empty() {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "expected a region such as us-east-1 or eu-central-1, found `{}`",
            shown(text)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, millis) in [
            ("5", 5000),
            ("0.5", 500),
            (" 2 ", 2000),
            ("500ms", 500),
            ("1m 30s", 90_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }

        for text in [
            "", "0", "0s", "-1", "NaN", "inf", "1e300", "2days", "x", "5 x",
        ] {
            assert!(duration(text).is_err_and(|e| e.contains(text)), "{text}");
        }

        assert_eq!(limit("0"), Ok(Duration::ZERO));
        assert_eq!(duration_text(Duration::from_secs(90)), "1m 30s");
    }

    #[test]
    fn regions() {
        for text in [
            "us-east-1",
            "us-gov-west-1",
            "eu-isoe-west-1",
            "ap-southeast-12",
            "",
        ] {
            assert_eq!(region(text).as_deref(), Ok(text));
        }

        for text in [
            "local",
            "us_east_1",
            "US-EAST-1",
            "us-east",
            "us--1",
            "us-east-1/x",
            "${run}",
            "us-1",
            "é-east-1",
        ] {
            assert!(region(text).is_err_and(|e| e.contains(text)), "{text}");
        }
    }

    #[test]
    fn rates() {
        for (text, expected) in [
            ("20", 20.0),
            ("0.5", 0.5),
            ("20/s", 20.0),
            ("600/min", 10.0),
            ("3600 / h", 1.0),
        ] {
            assert!(
                rate(text).is_ok_and(|rate| (rate - expected).abs() < 1e-9),
                "{text}"
            );
        }

        for text in ["", "0", "-1/s", "20/", "20/day", "NaN", "inf", "/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
