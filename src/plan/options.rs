//! What to plan for.

use super::OperationName;
use super::generator::Sampling;
use crate::contract::Basis;
use crate::support::files::Source;

/// How much is planned for an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Depth {
    /// A few values for each promise on either side.
    Quick,
    /// All that reach a promise in a way of their own, members beside each other, and draws.
    #[default]
    Full,
}

#[derive(Clone, Debug)]
pub(crate) struct PlanOptions {
    /// The operation that is judged.
    pub(crate) operation: OperationName,
    /// The revision of its contract; none for the one in `contract.toml`.
    pub(crate) revision: Option<String>,
    /// The region that ARNs name.
    pub(crate) region: String,
    /// What is drawn at random beside the cases that are derived and written.
    pub(crate) sampling: Sampling,
    /// Cases found by chance before, which are fired first.
    pub(crate) regressions: Option<Source>,
    /// How much is planned.
    pub(crate) depth: Depth,
    /// What counts as a ground to expect anything; empty for every ground.
    pub(crate) bases: Vec<Basis>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            operation: OperationName::default(),
            revision: None,
            region: "us-east-1".to_owned(),
            sampling: Sampling::default(),
            regressions: None,
            depth: Depth::Full,
            bases: Vec::new(),
        }
    }
}
