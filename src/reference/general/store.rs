//! What was made and is still there, by kind and identity.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// The labels that name a resource in paths, in their order.
pub(crate) type Key = Vec<String>;

/// A resource: the members that answers show of it, by name.
pub(crate) type Thing = Map<String, Value>;

/// Everything that is there.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    kinds: Vec<IndexMap<Key, Thing>>,
    /// What was removed last of each kind.
    removed: Vec<Option<(Key, Thing)>>,
    /// By operation and token: what a request with that token made or changed, and what was
    /// answered.
    answered: HashMap<(usize, String), Thing>,
    /// How many things were made.
    made: u64,
}

impl Store {
    /// Nothing, of so many kinds.
    pub(crate) fn new(kinds: usize) -> Self {
        Self {
            kinds: vec![IndexMap::new(); kinds],
            removed: vec![None; kinds],
            answered: HashMap::new(),
            made: 0,
        }
    }

    /// A number that nothing else has.
    pub(crate) fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Whether there is something of that name.
    pub(crate) fn has(&self, kind: usize, key: &Key) -> bool {
        self.kinds
            .get(kind)
            .is_some_and(|all| all.contains_key(key))
    }

    /// The key of what a path names. A name may stand within a longer one of the same thing, such
    /// as an identifier with the account in front of it.
    pub(crate) fn find(&self, kind: usize, named: &Key) -> Option<Key> {
        let all = self.kinds.get(kind)?;
        if all.contains_key(named) {
            return Some(named.clone());
        }
        let is_within = |(whole, part): (&String, &String)| {
            whole == part || whole.split([':', '/']).any(|segment| segment == part)
        };
        let mut keys = all.keys();
        let found = keys.find(|key| named.iter().zip(key.iter()).all(is_within));
        found.cloned()
    }

    /// What has that key.
    pub(crate) fn get(&self, kind: usize, key: &Key) -> Option<&Thing> {
        self.kinds.get(kind)?.get(key)
    }

    /// Everything of a kind, in the order it was made.
    pub(crate) fn all(&self, kind: usize) -> impl Iterator<Item = (&Key, &Thing)> {
        self.kinds.get(kind).into_iter().flatten()
    }

    /// Everything of a kind, to be changed.
    pub(crate) fn all_mut(&mut self, kind: usize) -> impl Iterator<Item = (&Key, &mut Thing)> {
        self.kinds.get_mut(kind).into_iter().flatten()
    }

    /// Puts something in its place.
    pub(crate) fn put(&mut self, kind: usize, key: Key, thing: Thing) {
        if let Some(all) = self.kinds.get_mut(kind) {
            all.insert(key, thing);
        }
    }

    /// Takes something away, and remembers it as what was removed last.
    pub(crate) fn remove(&mut self, kind: usize, key: &Key) {
        let removed = self
            .kinds
            .get_mut(kind)
            .and_then(|all| all.shift_remove(key));
        if let (Some(thing), Some(last)) = (removed, self.removed.get_mut(kind)) {
            *last = Some((key.clone(), thing));
        }
    }

    /// What was removed last of a kind.
    pub(crate) fn removed(&self, kind: usize) -> Option<&(Key, Thing)> {
        self.removed.get(kind)?.as_ref()
    }

    /// What a request with that token was answered.
    pub(crate) fn answered(&self, operation: usize, token: &str) -> Option<&Thing> {
        self.answered.get(&(operation, token.to_owned()))
    }

    /// Remembers what a request with that token is answered.
    pub(crate) fn note_answer(&mut self, operation: usize, token: &str, thing: Thing) {
        self.answered.insert((operation, token.to_owned()), thing);
    }
}
