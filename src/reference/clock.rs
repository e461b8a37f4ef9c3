//! Where the reference reads the time, so that tests can turn the hands.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A source of the time since the Unix epoch.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(Arc<AtomicU64>),
    Tokio(tokio::time::Instant),
}

/// When the clock of a runtime begins to count, in milliseconds since the Unix epoch: the first
/// second of November 2018, the year of the page.
const TOKIO_EPOCH: u64 = 1_541_030_400_000;

/// Turns the hands of a [`Clock::manual`].
#[derive(Clone, Debug)]
pub struct Hands(Arc<AtomicU64>);

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` (since the Unix epoch) until its hands are turned;
    /// whole milliseconds.
    #[must_use]
    pub fn manual(start: Duration) -> (Self, Hands) {
        let hands = Arc::new(AtomicU64::new(whole_millis(start)));
        (Self(Source::Manual(Arc::clone(&hands))), Hands(hands))
    }

    /// The clock of the tokio runtime it is read in: it begins at a fixed time, and where the
    /// runtime's time is paused it moves only as the runtime moves it, so that two runs see the
    /// same times.
    #[must_use]
    pub fn tokio() -> Self {
        Self(Source::Tokio(tokio::time::Instant::now()))
    }

    /// The time now.
    pub(crate) fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.millis())
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn millis(&self) -> u64 {
        match &self.0 {
            Source::System => whole_millis(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
            Source::Manual(hands) => hands.load(Ordering::SeqCst),
            Source::Tokio(start) => TOKIO_EPOCH.saturating_add(whole_millis(start.elapsed())),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::System => f.write_str("Clock(system)"),
            Source::Tokio(_) => f.write_str("Clock(tokio)"),
            Source::Manual(hands) => write!(f, "Clock({} ms)", hands.load(Ordering::SeqCst)),
        }
    }
}

impl Hands {
    /// Moves the clock forward; whole milliseconds.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(whole_millis(by), Ordering::SeqCst);
    }
}

/// A duration as whole milliseconds, at most `u64::MAX`.
pub(crate) fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
