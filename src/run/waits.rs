//! Waits between two polls, which grow up to a limit in all.

use std::time::Duration;

use tokio::time::Instant;

/// Waits that grow, up to a limit in all.
pub(crate) struct Waits {
    started: Instant,
    limit: Duration,
    next: Duration,
    /// When it may be over, where that is known.
    expected: Option<Duration>,
    /// When the last wait was over.
    woke: Option<Duration>,
    /// How many waits there were.
    waits: u32,
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
            expected: None,
            woke: None,
            waits: 0,
        }
    }

    /// The same, where it usually takes that long: so is the first wait, and the next are short
    /// beside it.
    pub(crate) fn expecting(self, usual: Duration) -> Self {
        let expected = (usual > FIRST_WAIT * 4).then_some(usual);
        Self { expected, ..self }
    }

    /// Whether it is known how long it usually takes.
    pub(crate) fn expects(&self) -> bool {
        self.expected.is_some()
    }

    /// How many waits there were.
    pub(crate) fn count(&self) -> u32 {
        self.waits
    }

    /// When the last wait was over, if there was one. What came after it is no part of what was
    /// waited for.
    pub(crate) fn woke(&self) -> Option<Duration> {
        self.woke
    }

    /// How long it has been.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits once more; `false` when the limit is reached.
    pub(crate) async fn wait(&mut self) -> bool {
        let elapsed = self.started.elapsed();
        if elapsed >= self.limit {
            return false;
        }

        match self.expected.take() {
            Some(expected) if expected > elapsed => {
                tokio::time::sleep((expected - elapsed).min(self.limit - elapsed)).await;
                self.next = (expected / 16).clamp(FIRST_WAIT, LONGEST_WAIT);
            }
            _ => {
                tokio::time::sleep(self.next).await;
                self.next = (self.next * 3 / 2).min(LONGEST_WAIT);
            }
        }
        self.waits += 1;
        self.woke = Some(self.started.elapsed());
        true
    }
}
