//! The identifiers that a target gave: which are of what others made, and which of what fixtures
//! made.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of the identifiers that the target gave. Clones of a runner share it.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Identifiers>);

#[derive(Debug, Default)]
pub(crate) struct Identifiers {
    /// What was there before we made anything, or was made by others meanwhile.
    others: BTreeSet<String>,
    /// What fixtures made and did not remove yet.
    held: BTreeSet<String>,
    /// Whether cases make things: what a look shows from then on may be of another worker, which
    /// has no answer yet.
    creating: bool,
}

impl Known {
    /// Whether a creation cannot have given that identifier: something else had it before.
    pub(crate) fn is_taken(&self, identity: &str) -> bool {
        let known = self.lock();
        known.others.contains(identity) || known.held.contains(identity)
    }

    /// Whether it is of something that we did not make.
    pub(crate) fn is_of_others(&self, identity: &str) -> bool {
        self.lock().others.contains(identity)
    }

    /// From now on cases make things, whose names need not tell that they are ours.
    pub(super) fn creates(&self) {
        self.lock().creating = true;
    }

    /// Whether all that is there is of fixtures or of others.
    pub(super) fn tells_others(&self) -> bool {
        !self.lock().creating
    }

    pub(crate) fn hold(&self, identity: &str) {
        self.lock().held.insert(identity.to_owned());
    }

    pub(crate) fn release(&self, identity: &str) {
        self.lock().held.remove(identity);
    }

    pub(super) fn note_others(&self, identities: impl Iterator<Item = String>) {
        let mut known = self.lock();
        for identity in identities {
            if !known.held.contains(&identity) {
                known.others.insert(identity);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Identifiers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    /// A worker that is made while another one fires cases sees what these make.
    #[test]
    fn what_cases_make_is_not_taken_for_what_others_have() {
        let known = Known::default();
        assert!(known.tells_others());
        known.note_others(["t1".to_owned()].into_iter());
        known.creates();
        assert!(!known.tells_others());
        assert!(known.is_taken("t1"));
    }
}
