//! Waits between two polls, which grow up to a limit in all.

use std::time::Duration;

use tokio::time::Instant;

/// Waits that grow, up to a limit in all.
pub(crate) struct Waits {
    started: Instant,
    limit: Duration,
    next: Duration,
}

/// The first wait between two polls; each is half as long again as the one before.
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(1);
/// The longest wait between two polls.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_millis(250);

impl Waits {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            started: Instant::now(),
            limit,
            next: FIRST_WAIT,
        }
    }

    /// How long it has been.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits once more; `false` when the limit is reached.
    pub(crate) async fn wait(&mut self) -> bool {
        if self.started.elapsed() >= self.limit {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 3 / 2).min(LONGEST_WAIT);
        true
    }
}
