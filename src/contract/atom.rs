//! Atoms: the smallest promises a verdict can be about.

use std::fmt;
use std::sync::Arc;

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

impl fmt::Display for AtomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
    pub(crate) section: String,
    /// Why we expect it.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// Why no request can test it, where that is so.
    pub(crate) impossible: Option<String>,
}
