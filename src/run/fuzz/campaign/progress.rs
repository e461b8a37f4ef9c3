//! How far a campaign is.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How far a campaign is: read by whoever shows it while it goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    requests: AtomicU64,
    inputs: AtomicU64,
    answers: AtomicUsize,
    findings: AtomicUsize,
    /// When something new was seen last, in milliseconds since it started.
    newest: AtomicU64,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            requests: AtomicU64::new(0),
            inputs: AtomicU64::new(0),
            answers: AtomicUsize::new(0),
            findings: AtomicUsize::new(0),
            newest: AtomicU64::new(0),
        }
    }

    /// How long it has lasted, on the clock of the wall.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many inputs were fired.
    pub(crate) fn inputs(&self) -> u64 {
        self.inputs.load(Ordering::Relaxed)
    }

    /// How many different answers there were.
    pub(crate) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    /// How many findings there are.
    pub(crate) fn findings(&self) -> usize {
        self.findings.load(Ordering::Relaxed)
    }

    /// How long ago something new was seen.
    pub(crate) fn since_new(&self) -> Duration {
        self.elapsed()
            .saturating_sub(Duration::from_millis(self.newest.load(Ordering::Relaxed)))
    }

    /// An input was fired; so many requests were sent in all.
    pub(super) fn note_input(&self, requests: u64) {
        self.requests.store(requests, Ordering::Relaxed);
        self.inputs.fetch_add(1, Ordering::Relaxed);
    }

    /// Something new was seen; there are so many different answers now.
    pub(super) fn note_new(&self, answers: usize) {
        let now = u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.newest.store(now, Ordering::Relaxed);
        self.answers.store(answers, Ordering::Relaxed);
    }

    /// There are so many findings now.
    pub(super) fn note_findings(&self, findings: usize) {
        self.findings.store(findings, Ordering::Relaxed);
    }
}
