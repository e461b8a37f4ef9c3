//! What became of one case.

use serde::{Deserialize, Serialize};

use crate::contract::{Basis, Level};
use crate::judge::Verdict;

/// A case that was fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedCase {
    /// Its place in the plan, from 0. All draws of a kind have one id; no two cases have one place.
    pub(crate) place: usize,
    /// Its id.
    pub(crate) id: String,
    /// The file it is written in; none where it is derived or drawn at random.
    pub(crate) file: Option<String>,
    /// The line its id stands on in that file, from 1.
    pub(crate) line: Option<usize>,
    /// The promises it is about.
    pub(crate) promises: Vec<String>,
    /// What is sent, in words.
    pub(crate) says: String,
    /// Why its expectation holds.
    pub(crate) basis: Basis,
    /// What an unfulfilled expectation does to a run.
    pub(crate) level: Level,
    /// The class of violation, or `valid`.
    pub(crate) class: String,
    /// What became of it.
    pub(crate) verdict: Outcome,
    /// Why it came to no verdict, or what the target did where readings differ.
    pub(crate) reason: Option<String>,
    /// The findings it showed.
    pub(crate) findings: Vec<String>,
    /// How many requests were sent for it.
    pub(crate) requests: usize,
}

/// A verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// The expectation holds.
    Pass,
    /// It does not.
    Fail,
    /// The control was refused. Not a pass.
    Masked,
    /// The case does not apply to this target.
    Skip,
    /// Readings of the contract differ: what the target did is told, and nothing fails.
    Probe,
    /// The target says it does not implement this. Not a pass.
    NotImplemented,
    /// We could not tell.
    Error,
}

impl Outcome {
    /// Every verdict.
    pub(crate) const ALL: [Self; 7] = [
        Self::Pass,
        Self::Fail,
        Self::Masked,
        Self::Skip,
        Self::Probe,
        Self::NotImplemented,
        Self::Error,
    ];

    /// The verdict and why.
    pub(crate) fn of(verdict: &Verdict) -> (Self, Option<&str>) {
        match verdict {
            Verdict::Pass => (Self::Pass, None),
            Verdict::Fail => (Self::Fail, None),
            Verdict::Masked(why) => (Self::Masked, Some(why)),
            Verdict::Skip(why) => (Self::Skip, Some(why)),
            Verdict::Probe(outcome) => (Self::Probe, Some(outcome)),
            Verdict::NotImplemented => (Self::NotImplemented, None),
            Verdict::Error(why) => (Self::Error, Some(why)),
        }
    }

    /// The verdict in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Masked => "masked",
            Self::Skip => "skip",
            Self::Probe => "probe",
            Self::NotImplemented => "not implemented",
            Self::Error => "error",
        }
    }
}
