//! What a target does wrong, and how each of several shows it.

use serde::{Deserialize, Serialize};

use crate::contract::{Basis, Level};

/// One thing that one target does wrong, or several do alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct MatrixFinding {
    /// Its identity: promise, class and symptom.
    pub(crate) id: String,
    /// The promise it breaks.
    pub(crate) promise: String,
    /// The promise in words.
    pub(crate) requirement: String,
    /// The section of the page that makes it.
    pub(crate) section: String,
    /// Why it is expected.
    pub(crate) basis: Basis,
    /// Whether it fails a run.
    pub(crate) level: Level,
    /// How it shows.
    pub(crate) symptom: String,
    /// The columns that show it.
    pub(crate) shown: Vec<Shown>,
}

/// A finding as one target shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    /// The column, from 0.
    pub(crate) column: usize,
    /// The smallest request that shows it, in words.
    pub(crate) sent: Option<String>,
    /// What was expected.
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
    /// How many cases show it.
    pub(crate) cases: usize,
    /// Lines of a POSIX shell that show it, in order; none where the target listens nowhere.
    pub(crate) curl: Vec<String>,
    /// The command that shows it again.
    pub(crate) replay: String,
    /// Whether it did not come back when it was tried again.
    pub(crate) unstable: bool,
}
