//! What was made before, remembered for the whole process.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

/// What was made before, by what it was made of. Beyond so many values all are forgotten, so that a
/// long campaign does not grow.
pub(crate) struct Known<K, V> {
    most: usize,
    values: LazyLock<Mutex<HashMap<K, V>>>,
}

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    /// Remembers nothing yet, and never more than `most` values.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            most,
            values: LazyLock::new(Mutex::default),
        }
    }

    /// The value of that key, if it is remembered.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.values().get(key).cloned()
    }

    /// Remembers a value.
    pub(crate) fn add(&self, key: K, value: V) {
        let mut values = self.values();
        if values.len() >= self.most {
            values.clear();
        }
        values.insert(key, value);
    }

    /// The value of that key: the one that is remembered, or else the one that `make` gives.
    pub(crate) fn get_or(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        // What takes long to make keeps nobody from the others.
        let value = make();
        self.add(key, value.clone());
        value
    }

    fn values(&self) -> std::sync::MutexGuard<'_, HashMap<K, V>> {
        // What another thread left half done is no worse than nothing: it is made anew.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn a_value_is_made_once_until_there_are_too_many() {
        let known: Known<usize, usize> = Known::new(2);
        assert_eq!(known.get_or(1, || 10), 10);
        assert_eq!(known.get_or(1, || 11), 10);
        known.add(2, 20);
        known.add(3, 30);
        assert_eq!((known.get(&1), known.get(&3)), (None, Some(30)));
    }
}
