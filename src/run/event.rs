//! What happens in a run, told as it happens, and how the run ended.

use super::{CaseResult, Leftover, Stop};
use crate::judge::{DataPlaneJudgement, Finding, Observation};
use crate::plan::case::Case;

/// What happens in a run, as it happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The fixtures are made; so many cases follow.
    Prepared {
        /// What the target does not offer, in words.
        notes: Vec<String>,
    },
    /// A case was judged.
    Judged(Box<CaseResult>),
    /// A case spoilt a resource for the cases after it, or a control failed that worked before and
    /// after.
    Spoilt(Box<Spoilt>),
    /// A finding that only cases drawn at random show has a smaller one.
    Shrunk(Box<Shrunk>),
    /// A finding was tried again.
    Retried(Box<Retried>),
    /// The data plane was tested, or is not offered.
    DataPlane(Box<DataPlaneJudgement>),
}

/// How a run ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<Stop>,
    /// Whether the target accepted any valid request of the operation.
    pub(crate) accepted_any: bool,
    /// What could not be removed from the target.
    pub(crate) leftovers: Vec<Leftover>,
    /// What was cut short, in words.
    pub(crate) cut: Vec<String>,
}

/// A resource that a case spoilt.
#[derive(Clone, Debug)]
pub(crate) struct Spoilt {
    /// The place of the case, where it is known.
    pub(crate) by: Option<usize>,
    /// How that shows.
    pub(crate) why: String,
    /// What a case showed there whose control failed. The case was fired again after that.
    pub(crate) overtaken: Option<Box<CaseResult>>,
}

/// A finding, as the smallest case shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shrunk {
    /// The finding's identity as it was found: what is left of the request may show that it is
    /// another.
    pub(crate) of: String,
    pub(crate) finding: Finding,
    /// The case, under the id that it has among the regressions.
    pub(crate) case: Case,
    /// Its exchanges.
    pub(crate) observation: Observation,
}

/// What further tries of a finding came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// It came back, or the same case failed in a way that was not seen before.
    Confirmed,
    /// It did so only after those cases, fired in that order before it.
    AfterOthers(Vec<String>),
    /// It did so only with so many workers that fired at the same time.
    AtTheSameTime(usize),
    /// It did not come back.
    Unstable,
    /// It could not be tried as often as was wanted, and why. It counts as confirmed.
    Untried(String),
}

/// A finding that was tried again.
#[derive(Clone, Debug)]
pub(crate) struct Retried {
    /// The finding's identity.
    pub(crate) id: String,
    /// How often it was tried again.
    pub(crate) tries: usize,
    /// What that came to.
    pub(crate) confirmation: Confirmation,
    /// The exchanges of the last try, where it was a case that was fired.
    pub(crate) observation: Option<Observation>,
    /// The case that showed the same finding, where one did.
    pub(crate) shown: Option<Example>,
}

/// A case that showed a finding again.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// Its place in the plan, or that of the case it was made from.
    pub(crate) index: usize,
    /// Whether it is a smaller one than the plan's.
    pub(crate) shrunk: bool,
    /// The finding, as it showed.
    pub(crate) finding: Finding,
}

impl Spoilt {
    /// A control that failed once: no case is to blame.
    pub(super) fn passing() -> Self {
        Self {
            by: None,
            why: String::new(),
            overtaken: None,
        }
    }
}
