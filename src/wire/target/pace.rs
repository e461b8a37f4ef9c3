//! How fast requests go out, and how long to wait when the target says "slow down".

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Settings;
use crate::wire::exchange::Answer;

/// Turns, spaced evenly: shared by all clones of a target.
#[derive(Debug)]
pub(super) struct Pace {
    spacing: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

/// The wait that follows the first 429 without a Retry-After; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Pace {
    /// `rate` turns per second; `None` never waits.
    pub(super) fn new(rate: Option<f64>) -> Self {
        // A rate too small for a Duration means: one request, and then practically never another.
        let spacing =
            rate.map(|rate| Duration::try_from_secs_f64(rate.recip()).unwrap_or(Duration::MAX));
        Self {
            spacing,
            next: Mutex::new(None),
        }
    }

    /// Waits for the next free turn.
    pub(super) async fn turn(&self) {
        if let Some(spacing) = self.spacing {
            sleep_until(self.reserve(spacing, Instant::now())).await;
        }
    }

    /// Unused turns are not saved up: after a pause there is no burst, which a rate-limited target
    /// would refuse.
    fn reserve(&self, spacing: Duration, now: Instant) -> Instant {
        let mut next = self
            .next
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        // A hundred years stand for never: an Instant cannot hold every Duration.
        *next = Some(turn + spacing.min(Duration::from_secs(100 * 365 * 86_400)));
        turn
    }
}

/// How long to wait before sending again after an answer that asks for fewer requests, if there are
/// waits left. Retry-After counts in seconds; a date there, or nothing, means waits that grow from
/// 50 ms.
pub(super) fn throttle_wait(answer: &Answer, waited: u32, settings: &Settings) -> Option<Duration> {
    if waited >= settings.max_throttle_waits {
        return None;
    }
    let wished = answer
        .header("retry-after")
        .and_then(|seconds| seconds.trim().parse().ok())
        .map(Duration::from_secs);
    let growing = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(waited));
    Some(wished.unwrap_or(growing).min(settings.max_throttle_wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        let headers = retry_after
            .map(|v| ("Retry-After".to_owned(), v.to_owned()))
            .into_iter()
            .collect();
        Answer {
            status,
            headers,
            body: bytes::Bytes::new().into(),
        }
    }

    #[test]
    fn turns_are_spaced_and_not_saved_up() {
        let spacing = Duration::from_millis(100);
        let pace = Pace::new(Some(10.0));
        assert_eq!(pace.spacing, Some(spacing));
        let start = Instant::now();
        assert_eq!(pace.reserve(spacing, start), start);
        assert_eq!(pace.reserve(spacing, start), start + spacing);
        assert_eq!(
            pace.reserve(spacing, start + spacing / 2),
            start + spacing * 2
        );

        let later = start + spacing * 50;
        assert_eq!(pace.reserve(spacing, later), later);
        assert_eq!(pace.reserve(spacing, later), later + spacing);
    }

    #[test]
    fn a_tiny_rate_does_not_overflow() {
        let pace = Pace::new(Some(f64::MIN_POSITIVE));
        let now = Instant::now();
        assert_eq!(pace.reserve(pace.spacing.expect("a rate"), now), now);
        assert!(pace.reserve(pace.spacing.expect("a rate"), now) > now);
    }

    #[test]
    fn waits() {
        let settings = Settings::default();
        let wait =
            |answer: &_, waited| throttle_wait(answer, waited, &settings).map(|d| d.as_millis());
        assert_eq!(wait(&answer(503, Some("1")), 0), Some(1000));
        assert_eq!(wait(&answer(429, Some("1")), 0), Some(1000));
        assert_eq!(wait(&answer(429, Some("0")), 3), Some(0));
        assert_eq!(wait(&answer(429, Some("86400")), 0), Some(5000));
        assert_eq!(
            wait(&answer(429, Some("Wed, 21 Oct 2015 07:28:00 GMT")), 1),
            Some(100)
        );

        assert_eq!(wait(&answer(429, None), 0), Some(50));
        assert_eq!(wait(&answer(429, None), 7), Some(5000));
        assert_eq!(wait(&answer(429, None), 8), None);
    }
}
