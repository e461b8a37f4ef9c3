//! What became of a case: the verdict, and the findings and promises that support it.

use std::collections::BTreeMap;

use super::{Role, Sides, Symptom};
use crate::contract::{AtomId, Basis, Level};

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The expectation holds.
    Pass,
    /// It does not; the findings say how.
    Fail,
    /// The target refused the control, so that its refusal of the violation says nothing. Not a
    /// pass.
    Masked(String),
    /// The case does not apply to this target.
    Skip(String),
    /// Readings of the contract differ; this is what the target did.
    Probe(String),
    /// The target says it does not implement this. Not a pass.
    NotImplemented,
    /// We could not tell.
    Error(String),
}

impl Verdict {
    /// The verdict in one word.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Masked(_) => "masked",
            Self::Skip(_) => "skip",
            Self::Probe(_) => "probe",
            Self::NotImplemented => "not implemented",
            Self::Error(_) => "error",
        }
    }
}

/// A verdict, with all that supports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What became of the case.
    pub(crate) verdict: Verdict,
    /// What the target does wrong.
    pub(crate) findings: Vec<Finding>,
    /// The promises this case really tested, whichever way it went, and from which sides.
    pub(crate) exercised: BTreeMap<AtomId, Sides>,
    /// Of these, the promises that it showed to be kept by itself, and from which sides.
    pub(crate) shown: BTreeMap<AtomId, Sides>,
}

/// One thing the target does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The promise it breaks.
    pub(crate) atom: AtomId,
    /// The class of violation, or `valid`, or `answer` where it does not depend on what was sent.
    pub(crate) class: String,
    /// How it shows.
    pub(crate) symptom: Symptom,
    /// Whether it fails a run.
    pub(crate) level: Level,
    /// Why we expect otherwise.
    pub(crate) basis: Basis,
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
    /// Which exchange shows it.
    pub(crate) role: Role,
}

impl Finding {
    /// The identity of the finding: the same cause found by many requests has one.
    pub(crate) fn id(&self) -> String {
        format!("{}::{}::{}", self.atom, self.class, self.symptom)
    }
}
