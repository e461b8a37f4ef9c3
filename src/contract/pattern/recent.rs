//! What was found out about values of late.
//!
//! What a target answers it mostly answers again, and each reading of a pattern is a search of its
//! own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

/// What was found out about values of late, for each way to ask.
pub(super) struct Recent<W, F>(Mutex<HashMap<(W, Box<str>), F>>);

/// So many values are remembered, and none that is longer than so many bytes.
const MOST: usize = 64;
const LONGEST: usize = 256;

impl<W: Eq + Hash, F: Copy> Recent<W, F> {
    /// What there is to know of the value, by `find` where nobody asked of late. Threads that ask
    /// at the same time do not wait for each other.
    pub(super) fn of(&self, way: W, value: &str, find: impl FnOnce() -> F) -> F {
        if value.len() > LONGEST {
            return find();
        }
        let key = (way, Box::from(value));
        let known = self.0.try_lock().ok();
        if let Some(found) = known.and_then(|known| known.get(&key).copied()) {
            return found;
        }

        let found = find();
        if let Ok(mut known) = self.0.try_lock() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(key, found);
        }
        found
    }
}

impl<W, F> Default for Recent<W, F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn a_value_is_looked_at_once_for_each_way_to_ask() {
        let recent = Recent::default();
        assert_eq!(recent.of('a', "value", || 1), 1);
        assert_eq!(recent.of('a', "value", || 2), 1);
        assert_eq!(recent.of('b', "value", || 3), 3);
        assert_eq!(recent.of('a', "another value", || 4), 4);
        for more in 0..1000 {
            assert_eq!(recent.of('a', &more.to_string(), || more), more);
        }
        let long = "a".repeat(1000);
        assert_eq!(recent.of('a', &long, || 5), 5);
        assert_eq!(recent.of('a', &long, || 6), 6);
    }
}
