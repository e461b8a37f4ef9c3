//! What a run is doing right now, for whoever shows it while it runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Fixtures are made.
    #[default]
    Preparing,
    /// Cases are fired.
    Firing,
    /// What was found by chance is made smaller.
    Shrinking,
    /// Findings are tried again: this one, counted from 1, of so many.
    Confirming { number: usize, of: usize },
    /// Records are sent, to see which function receives them.
    DataPlane,
    /// What was made is removed.
    Removing,
}

/// The progress of a run. Clones are of the same run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    activity: Mutex<Activity>,
    /// How many workers wait for a transition to end.
    waiting: AtomicUsize,
}

/// A wait for a transition, for as long as this lives.
#[derive(Debug)]
pub(super) struct Waiting(Arc<Shared>);

impl Progress {
    /// What the run is doing.
    pub(crate) fn activity(&self) -> Activity {
        *self.0.activity()
    }

    /// How many workers wait for a transition to end.
    pub(crate) fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn enter(&self, activity: Activity) {
        *self.0.activity() = activity;
    }

    /// Notes that a worker waits from now on.
    pub(super) fn wait(&self) -> Waiting {
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(Arc::clone(&self.0))
    }
}

impl Shared {
    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
