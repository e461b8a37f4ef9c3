//! Atoms: the smallest promises a verdict can be about.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::FixedState;
use indexmap::IndexMap;

use super::{Basis, Level, PromisePath};

/// The stable id of an atom, `update-shelf::request::Capacity::range::max`.
///
/// An id is made of names the page gives; it never holds a value, an index or a seed. It is shared,
/// not copied: judging an answer notes dozens of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct AtomId(Arc<str>);

impl AtomId {
    /// The id of the promise at `path` of an operation.
    pub(crate) fn new(operation: &str, path: &str) -> Self {
        Self(format!("{operation}::{path}").into())
    }

    /// The id without its operation: `request::Capacity::range::max`.
    pub(crate) fn path(&self) -> &str {
        self.0.split_once("::").map_or(&*self.0, |(_, path)| path)
    }

    /// The same, to be taken apart.
    pub(crate) fn parts(&self) -> PromisePath<'_> {
        PromisePath::new(self.path())
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id that is found by its path within the operation.
#[derive(Clone, Debug)]
pub(super) struct ByPath(pub(super) AtomId);

impl Borrow<str> for ByPath {
    fn borrow(&self) -> &str {
        self.0.path()
    }
}

impl Hash for ByPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.path().hash(state);
    }
}

impl PartialEq for ByPath {
    fn eq(&self, other: &Self) -> bool {
        self.0.path() == other.0.path()
    }
}

impl Eq for ByPath {}

impl fmt::Display for AtomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Promises, in the order of the page: a large operation has a hundred thousand of them.
pub(crate) type Atoms = IndexMap<AtomId, Atom, FixedState>;

/// Which part of the contract a promise belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// What may be sent.
    Request,
    /// What a successful answer holds.
    Response,
    /// A documented error.
    Error,
    /// A prose rule.
    Rule,
    /// The protocol's own promises.
    Protocol,
}

/// The smallest promise a verdict can be about.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    pub(crate) id: AtomId,
    /// Which part of the contract it belongs to.
    pub(crate) part: Part,
    /// What is promised, in our words.
    pub(crate) says: String,
    /// Where the page says so. It is shared by all promises about a member.
    pub(crate) section: Arc<str>,
    /// Why we expect it.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// Why no request can test it, where that is so.
    pub(crate) impossible: Option<String>,
}
