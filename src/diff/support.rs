//! What the contract says of a difference: what the judge found on either side tells.

use super::compare::{Found, compare};
use super::kind::{Hand, Kind};
use crate::case::Case;
use crate::contract::AtomId;
use crate::plan::Plan;
use crate::runner::CaseResult;
use crate::verdict::{Finding, Judgement, Symptom};

/// Which of two answers the contract supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    /// One of them: the other breaks a promise.
    One {
        /// Whose answer the contract supports.
        side: Hand,
        /// The promise that the other breaks.
        promise: AtomId,
        /// The class of violation it breaks it by, or `valid`.
        class: String,
        /// The promise in words.
        says: String,
    },
    /// Neither: both break promises.
    Neither,
    /// Both, or the contract is silent.
    Either,
}

impl Support {
    /// What is told first: faults of one target.
    pub(super) fn order(&self) -> u8 {
        match self {
            Self::One { .. } => 0,
            Self::Neither => 1,
            Self::Either => 2,
        }
    }
}

/// What two targets did differently in a case, and what the contract says of it.
///
/// Many cases may show that a target does not keep a promise: what one does wrong is one kind, named by that promise.
pub(super) fn found(plan: &Plan, case: &Case, left: &CaseResult, right: &CaseResult) -> Vec<(Found, Support)> {
    let (Some(left_seen), Some(right_seen)) = (&left.observation, &right.observation) else { return Vec::new() };
    let found = compare(plan, case, left_seen, right_seen).into_iter().map(|mut found| {
        let support = support(plan, &found, &left.judgement, &right.judgement);
        if let (Kind::Outcome { promise, class, .. }, Support::One { promise: broken, class: by, .. }) =
            (&mut found.kind, &support)
        {
            *promise = Some(broken.to_string());
            class.clone_from(by);
        }
        (found, support)
    });
    found.collect()
}

/// What the findings of both sides say of a difference.
fn support(plan: &Plan, found: &Found, left: &Judgement, right: &Judgement) -> Support {
    let about = |judgement: &Judgement| judgement.findings.iter().find(|f| is_about(f, found)).cloned();
    let one = |side, broken: Finding| {
        let says = plan.atom(&broken.atom).map(|atom| atom.says.clone()).unwrap_or_default();
        Support::One { side, promise: broken.atom, class: broken.class, says }
    };
    match (about(left), about(right)) {
        (Some(broken), None) => one(Hand::Right, broken),
        (None, Some(broken)) => one(Hand::Left, broken),
        (Some(_), Some(_)) => Support::Neither,
        (None, None) => Support::Either,
    }
}

/// Whether a finding is about what differs.
fn is_about(finding: &Finding, found: &Found) -> bool {
    let here = finding.role == found.role;
    let about = |name: &str| {
        let path = finding.atom.as_str();
        let of_path = path.split("::").any(|part| part == name);
        of_path || finding.actual.contains(name) || finding.expected.contains(name)
    };
    match &found.kind {
        Kind::Outcome { .. } | Kind::Status { .. } => here && is_of_outcome(finding.symptom),
        Kind::ContentType { .. } => here && finding.symptom == Symptom::ContentType,
        Kind::Body { .. } => here && matches!(finding.symptom, Symptom::NotJson | Symptom::Missing),
        Kind::Member { name, .. } | Kind::Type { name, .. } | Kind::Value { name, .. } => {
            !is_of_outcome(finding.symptom) && about(name)
        }
        Kind::Listed { .. } => here && !is_of_outcome(finding.symptom),
        Kind::Settles { .. } => finding.symptom == Symptom::NeverSettles,
    }
}

/// Whether a symptom is one of status and error type.
fn is_of_outcome(symptom: Symptom) -> bool {
    use Symptom as S;
    matches!(
        symptom,
        S::NoAnswer
            | S::TimedOut
            | S::Cut
            | S::TooLarge
            | S::NotHttp
            | S::ServerError
            | S::Accepted
            | S::Refused
            | S::Inconsistent
            | S::WrongStatus
            | S::WrongRefusal
            | S::WrongErrorStatus
            | S::NoErrorType
            | S::Gone
            | S::Created
            | S::Lingers
    )
}
