//! Strings of patterns, remembered: the operations of a service share their patterns, and an
//! automaton for one takes longer than everything else about it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::contract::Bound;
use crate::contract::constraint::Candidate;
use crate::contract::constraint::string::breaks;
use crate::contract::pattern::{Anchoring, Language, Pattern};

/// So much of a kind is remembered; then all of it is forgotten, so that a long campaign does not
/// grow.
const MOST: usize = 1024;

/// What was made before, by what it was made of.
struct Known<K, V>(LazyLock<Mutex<HashMap<K, V>>>);

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        // What another thread left half done is no worse than nothing: it is made anew.
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known().get(&key) {
            return value.clone();
        }
        let value = make();
        let mut known = known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, value.clone());
        value
    }
}

static SHORTEST: Known<(String, usize, usize), Option<String>> = Known::new();
static OF_LENGTH: Known<(String, usize, usize), Option<String>> = Known::new();
static BROKEN: Known<(String, Limits, String, Anchoring), Vec<Candidate>> = Known::new();

/// The least and the greatest length, where there are any.
type Limits = Option<(Option<i64>, Option<i64>)>;

/// The shortest string that the pattern admits, of a length within bounds.
pub(super) fn shortest(pattern: &Pattern, least: usize, most: usize) -> Option<String> {
    SHORTEST.get((pattern.to_string(), least, most), || {
        let language = Language::new(pattern, least, most).ok()?;
        language.shortest()
    })
}

/// A string of that length, which `make` makes from an automaton for lengths up to `near`.
pub(super) fn of_length(
    pattern: &Pattern,
    near: usize,
    length: usize,
    make: impl FnOnce() -> Option<String>,
) -> Option<String> {
    OF_LENGTH.get((pattern.to_string(), near, length), make)
}

/// Strings that the pattern refuses, one edit away from a valid one.
pub(super) fn broken(
    pattern: &Pattern,
    length: Option<Bound>,
    base: &str,
    anchoring: Anchoring,
) -> Vec<Candidate> {
    let bounds = length.map(|length| (length.min, length.max));
    let key = (pattern.to_string(), bounds, base.to_owned(), anchoring);
    BROKEN.get(key, || {
        breaks(pattern, length, base, anchoring, &[]).unwrap_or_default()
    })
}
