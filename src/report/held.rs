//! How a finding may stand in a run, and what that depends on: a baseline, and refused controls.

use std::collections::BTreeSet;

use crate::judge::Symptom;
use crate::judge::{Finding, Role};
use crate::report::baseline::Comparison;

/// How a finding stands in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It fails the run.
    Fails,
    /// It did not come back when it was tried again, and fails nothing.
    Unstable,
    /// It is a warning.
    Warns,
    /// The baseline knows it, and it fails nothing.
    Known,
}

/// A baseline held against a run, and the file it came from.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The file, as shown to the user.
    pub(crate) file: String,
    /// What came of it.
    pub(crate) comparison: Comparison,
}

/// A case whose control was refused: the findings that say so.
#[derive(Clone, Debug)]
pub(crate) struct Mask(BTreeSet<String>);

impl Mask {
    /// Of what a masked case showed, that which masks it.
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let masks = |f: &&Finding| {
            let control = matches!(f.role, Role::Given | Role::Twin | Role::Step(_));
            control && (f.symptom == Symptom::Refused || f.symptom.is_failure())
        };
        Self(findings.iter().filter(masks).map(Finding::id).collect())
    }

    /// Whether a refusal that is known is what masks the case.
    pub(crate) fn known(&self, is_known: impl Fn(&str) -> bool) -> bool {
        self.0.iter().any(|id| is_known(id))
    }
}
