//! Judging: from a case and its exchanges to a verdict, and to what the target does wrong.
//!
//! **Architecture invariant:** [`Judge::judge`] sees only the case and its exchanges, so a recorded run can be judged
//! again. What the target does wrong is a [`Finding`], a value; an `Err` would mean that we failed.

mod aftermath;
mod answer;
mod blame;
mod case;
mod control;
mod data_plane;
mod effect;
mod grounds;
mod kept;
mod look;
mod memo;
mod model;
mod refusal;
mod shown;
mod side;
mod success;
mod symptom;
mod twins;

use std::collections::BTreeMap;
use std::fmt;

use crate::contract::{AtomId, Basis, Level};
use crate::plan::case::SourceKind;
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

pub(crate) use crate::wire::exchange::json;
pub(crate) use answer::not_implemented;
pub(crate) use answer::{error_type, throttles};
pub(crate) use case::Judge;
pub(crate) use data_plane::{DataPlaneJudgement, DataPlaneSeen, Delivery, Quiet, judge_data_plane};
pub(crate) use memo::Memo;
pub(crate) use side::{Side, Sides};
pub(crate) use symptom::Symptom;

/// The name under which an [`Observation`] holds the identifier that a creation gave and something else had before.
pub(crate) const TAKEN: &str = "taken";

/// The exchanges of one case, by the part they play.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// What the names in the case's templates stood for.
    pub(crate) bindings: Bindings,
    /// The kind of event source the mapping had.
    pub(crate) source: SourceKind,
    /// The request to compare with.
    pub(crate) twin: Option<Exchange>,
    /// The valid update fired first.
    pub(crate) given: Option<Exchange>,
    /// A read of the settled state before the request.
    pub(crate) before: Option<Exchange>,
    /// The request the case is about, and its repetitions where it has any.
    pub(crate) subject: Vec<Exchange>,
    /// A read of the settled state after it.
    pub(crate) after: Option<Exchange>,
    /// A read of what the request named, where that is not the mapping under test.
    pub(crate) named: Option<Exchange>,
    /// The exchanges of a sequence, in the order they were fired.
    pub(crate) steps: Vec<Fired>,
    /// The state that was still transitional when the time for it was up.
    pub(crate) unsettled: Option<String>,
}

impl Observation {
    /// Nothing seen yet.
    #[must_use]
    pub(crate) fn new(bindings: Bindings, source: SourceKind) -> Self {
        Self {
            bindings,
            source,
            twin: None,
            given: None,
            before: None,
            subject: Vec::new(),
            after: None,
            named: None,
            steps: Vec::new(),
            unsettled: None,
        }
    }

    /// Every exchange, part by part.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        let around = [&self.twin, &self.given, &self.before, &self.after, &self.named];
        around.into_iter().flatten().chain(&self.subject).chain(self.steps.iter().map(|f| &f.exchange))
    }

    /// The exchange that plays that part.
    #[must_use]
    pub(crate) fn at(&self, role: Role) -> Option<&Exchange> {
        match role {
            Role::Twin => self.twin.as_ref(),
            Role::Given => self.given.as_ref(),
            Role::Before => self.before.as_ref(),
            Role::Subject => self.subject.last(),
            Role::After => self.after.as_ref(),
            Role::Named => self.named.as_ref(),
            Role::Step(at) => self.steps.get(at).map(|fired| &fired.exchange),
        }
    }
}

/// One exchange of a sequence.
#[derive(Clone, Debug)]
pub(crate) struct Fired {
    /// The place of its step in the sequence.
    pub(crate) step: usize,
    /// The name of the resource it is about; none for a list.
    pub(crate) on: Option<String>,
    /// Whether it is the read before the step, which waits for the end of a transition.
    pub(crate) settled: bool,
    /// The exchange.
    pub(crate) exchange: Exchange,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The expectation holds.
    Pass,
    /// It does not; the findings say how.
    Fail,
    /// The target refused the control, so that its refusal of the violation says nothing. Not a pass.
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
    #[must_use]
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
    /// What was expected.
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
    /// Which exchange shows it.
    pub(crate) role: Role,
}

impl Finding {
    /// The identity of the finding: the same cause found by many requests has one.
    #[must_use]
    pub(crate) fn id(&self) -> String {
        format!("{}::{}::{}", self.atom, self.class, self.symptom)
    }
}

/// The part an exchange plays in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The request to compare with.
    Twin,
    /// The valid update fired first.
    Given,
    /// The read before.
    Before,
    /// The request the case is about.
    Subject,
    /// The read after.
    After,
    /// The read of what the request named.
    Named,
    /// An exchange of a sequence, by its place in the observation.
    Step(usize),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Twin => "twin",
            Self::Given => "given",
            Self::Before => "before",
            Self::Subject => "subject",
            Self::After => "after",
            Self::Named => "named",
            Self::Step(_) => "step",
        })
    }
}

#[cfg(test)]
mod tests;
