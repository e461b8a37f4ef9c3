//! What was found out.

use indexmap::IndexMap;

use super::tables::{BindingTable, CleanTable, FixtureTable};
use super::trial::Outcome;

/// What became of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// The folder of the operation.
    pub(crate) slug: String,
    pub(crate) end: End,
    /// The binding that was accepted.
    pub(crate) binding: Option<BindingTable>,
    /// What was inferred of the operation, in a sentence.
    pub(crate) said: String,
}

/// How the trials of an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The last of them, as the target answered it.
    Tried(Outcome),
    /// There was nothing to try, and why.
    NotTried(String),
}

/// All that was found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inferred {
    /// In the order of the contracts.
    pub(crate) operations: Vec<Tried>,
    pub(crate) fixtures: Vec<FixtureTable>,
    pub(crate) samples: IndexMap<String, String>,
    pub(crate) clean: Vec<CleanTable>,
}
