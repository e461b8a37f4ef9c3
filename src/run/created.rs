//! What sequences make on a worker, and that a sequence that is cut off leaves nothing behind.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::RwLock;

use crate::support::template::Bindings;
use crate::wire::exchange::Request;

/// What sequences made and have not removed yet. Clones share it: a sequence that is cut off leaves
/// it to the worker.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreatedResources {
    made: Arc<Mutex<Made>>,
    /// Whoever makes something reads; whoever removes all of it writes, and so waits for them.
    pub(super) making: Arc<RwLock<()>>,
}

#[derive(Debug, Default)]
struct Made {
    all: Vec<(u64, Bindings)>,
    /// The identities that creations gave, removed since or not.
    given: BTreeSet<String>,
    next: u64,
    /// Removals that may still have to be sent.
    removals: Vec<Arc<Request>>,
    /// What was known when nobody could say whether one more was made.
    unclear: Option<Bindings>,
    /// How many requests may have made something that no removal names.
    unnamed: usize,
}

impl CreatedResources {
    pub(super) fn add(&self, bindings: Bindings) {
        let mut made = self.made();
        let number = made.next;
        made.next += 1;
        made.all.push((number, bindings));
    }

    /// A creation gave that identity.
    pub(super) fn gave(&self, identity: &str) {
        self.made().given.insert(identity.to_owned());
    }

    /// Something is to be removed by that request.
    pub(super) fn to_remove(&self, request: &Arc<Request>) {
        let mut made = self.made();
        if !made.removals.contains(request) {
            made.removals.push(Arc::clone(request));
        }
    }

    /// A request may have made something, and nobody knows its name.
    pub(super) fn made_unnamed(&self) {
        self.made().unnamed += 1;
    }

    /// How many requests may have made something without a name.
    pub(super) fn unnamed(&self) -> usize {
        self.made().unnamed
    }

    /// It was removed.
    pub(super) fn removed(&self, request: &Arc<Request>) {
        self.made().removals.retain(|other| other != request);
    }

    /// What is still to be removed, the last first.
    pub(super) fn removals(&self) -> Vec<Arc<Request>> {
        self.made().removals.iter().rev().cloned().collect()
    }

    /// Whether a creation gave that identity, or may have given one that nobody knows.
    pub(super) fn may_have_given(&self, identity: &str) -> bool {
        let made = self.made();
        made.unclear.is_some() || made.given.contains(identity)
    }

    /// A creation came to no clear end.
    pub(super) fn unclear(&self, known: &Bindings) {
        self.made().unclear.get_or_insert_with(|| known.clone());
    }

    /// Whether nobody could say, and no look has shown it since.
    pub(super) fn is_unclear(&self) -> bool {
        self.made().unclear.is_some()
    }

    pub(super) fn take_unclear(&self) -> Option<Bindings> {
        self.made().unclear.take()
    }

    /// All of it, the last first.
    pub(super) fn all(&self) -> Vec<(u64, Bindings)> {
        self.made().all.iter().rev().cloned().collect()
    }

    /// How much there is.
    pub(super) fn len(&self) -> usize {
        self.made().all.len()
    }

    pub(super) fn forget(&self, number: u64) {
        self.made().all.retain(|(other, _)| *other != number);
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
