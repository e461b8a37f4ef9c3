//! What the contract says of a difference: what the judge found on either side tells.

use super::compare::{Found, compare};
use super::kind::{Kind, Side};
use crate::contract::AtomId;
use crate::judge::{Finding, Judgement, Role, Symptom};
use crate::plan::Plan;
use crate::plan::case::Case;
use crate::run::CaseResult;

/// Which of two answers the contract supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// One of them: the other breaks a promise.
    One {
        /// Whose answer the contract supports.
        side: Side,
        /// The promise that the other breaks.
        promise: AtomId,
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
/// Many cases may show that a target does not keep a promise: what one does wrong is one kind,
/// named by that promise.
pub(super) fn found(
    plan: &Plan,
    case: &Case,
    left: &CaseResult,
    right: &CaseResult,
) -> Vec<(Found, Support)> {
    let (Some(left_seen), Some(right_seen)) = (&left.observation, &right.observation) else {
        return Vec::new();
    };
    let found = compare(plan, case, left_seen, right_seen)
        .into_iter()
        .map(|mut found| {
            let support = support(plan, &found, &left.judgement, &right.judgement);
            if let (
                Kind::Outcome { promise, .. },
                Support::One {
                    promise: broken, ..
                },
            ) = (&mut found.kind, &support)
            {
                // The promise of the request as a whole stands there with the class that it is
                // broken by.
                if !promise.starts_with(broken.as_str()) {
                    *promise = broken.to_string();
                }
            }
            (found, support)
        });

    found.collect()
}

/// What the findings of both sides say of a difference.
fn support(plan: &Plan, found: &Found, left: &Judgement, right: &Judgement) -> Support {
    let about = |judgement: &Judgement| {
        judgement
            .findings
            .iter()
            .find(|f| is_about(f, found))
            .cloned()
    };

    let one = |side, broken: Finding| {
        let says = plan
            .atom(&broken.atom)
            .map(|atom| atom.says.clone())
            .unwrap_or_default();
        Support::One {
            side,
            promise: broken.atom,
            says,
        }
    };

    match (about(left), about(right)) {
        (Some(broken), None) => one(Side::Right, broken),
        (None, Some(broken)) => one(Side::Left, broken),
        (Some(_), Some(_)) => Support::Neither,
        (None, None) => Support::Either,
    }
}

/// Whether a finding is about what differs.
fn is_about(finding: &Finding, found: &Found) -> bool {
    let of_operation = finding
        .atom
        .as_str()
        .strip_prefix(&found.operation)
        .is_some_and(|rest| rest.starts_with("::"));

    // In a sequence what was found once is not found again: what a step showed, a later one of its
    // kind shows too.
    let here = match (finding.role, found.role) {
        (Role::Step(at), Role::Step(place)) if found.class != "valid" => {
            at <= place && finding.class == found.class
        }
        (at, place) => at == place,
    };

    let of_members = !is_of_outcome(finding.symptom);
    match &found.kind {
        Kind::Outcome { .. } | Kind::Failure { .. } | Kind::Refusal { .. } => {
            here && is_of_outcome(finding.symptom)
        }
        // How success is told does not depend on what was asked, and is found once in a case.
        Kind::Status { .. } => of_operation && finding.symptom == Symptom::WrongStatus,
        Kind::ContentType { .. } => of_operation && finding.symptom == Symptom::ContentType,
        Kind::Body { .. } => here && matches!(finding.symptom, Symptom::NotJson | Symptom::Missing),
        // That what both accept should have been refused is the fault of both.
        Kind::Taken { .. } | Kind::Kept { .. } => {
            let name = |said: &str| {
                said.trim_start_matches("no ")
                    .split(':')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            };
            of_members && is_about_member(finding, &name(&found.left))
        }
        Kind::Member { name, .. } | Kind::Type { name, .. } | Kind::Value { name, .. } => {
            of_members && is_about_member(finding, name)
        }
        Kind::Listed => here && of_members,
        Kind::Settles { .. } => finding.symptom == Symptom::NeverSettles,
    }
}

/// Whether a finding is about that member of answers: its promise names it, or what it says begins
/// with it.
fn is_about_member(finding: &Finding, name: &str) -> bool {
    let begins = |text: &str| {
        let rest = text
            .strip_prefix("the member ")
            .unwrap_or(text)
            .strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    finding.atom.parts().names(name) || begins(&finding.expected) || begins(&finding.actual)
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
            | S::TwoErrorTypes
            | S::Gone
            | S::Created
            | S::Lingers
    )
}
