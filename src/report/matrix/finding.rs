//! What a target does wrong, and how each of several shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Basis, Level};

/// One thing that one target does wrong, or several do alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixFinding {
    /// Its identity: promise, class and symptom.
    pub id: String,
    /// The promise it breaks.
    pub promise: String,
    /// The promise in words.
    pub requirement: String,
    /// The section of the page that makes it.
    pub section: String,
    /// Why it is expected.
    pub basis: Basis,
    /// Whether it fails a run.
    pub level: Level,
    /// How it shows.
    pub symptom: String,
    /// The columns that show it.
    pub shown: Vec<Shown>,
}

/// A finding as one target shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The column, from 0.
    pub column: usize,
    /// The smallest request that shows it, in words.
    pub sent: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// How many cases show it.
    pub cases: usize,
    /// Lines of a POSIX shell that show it, in order; none where the target listens nowhere.
    pub curl: Vec<String>,
    /// The command that shows it again.
    pub replay: String,
    /// Whether it did not come back when it was tried again.
    pub unstable: bool,
}
