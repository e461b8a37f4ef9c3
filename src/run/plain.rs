//! How plainly a case shows a finding: what decides which example is tried first, and printed.

use crate::contract::Level;
use crate::judge::{Finding, Observation, Role};
use crate::plan::case::{Case, Expect, Origin, Purpose};

/// How plainly a case shows a finding: the less, the plainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plainness {
    /// The severest shows it best.
    level: Level,
    /// One request is plainer than a sequence.
    sequence: bool,
    /// A valid request is plainer than one with a fault.
    expects: u8,
    /// An ordinary update of the resource at rest is plainer than one in another form, or of
    /// something else.
    odd: bool,
    /// A request of the case's own is plainer than one that came before it.
    around: bool,
    /// Whatever shows it, a case of a plain and valid request has less beside it.
    case: (u8, bool),
    /// What follows from the contract is plainer than what was written, and that than what was
    /// drawn.
    origin: u8,
    /// A small request is plainer than a large one.
    size: usize,
}

impl Plainness {
    pub(crate) fn of(case: &Case, finding: &Finding, seen: &Observation) -> Self {
        // What comes before the request of a case is a valid update and a read of it.
        let around = matches!(finding.role, Role::Given | Role::Before);
        Self {
            level: finding.level,
            sequence: case.subject().is_none(),
            expects: if around { 0 } else { expects(case) },
            odd: !around && odd(case),
            around: around || finding.role == Role::Twin,
            case: (expects(case), odd(case)),
            origin: match case.origin {
                Origin::Derived => 0,
                Origin::Written { .. } => 1,
                Origin::Recorded { .. } => 2,
                Origin::Sampled => 3,
            },
            size: seen.size(finding.role),
        }
    }
}

/// How far what a case expects is from a plain and valid request.
fn expects(case: &Case) -> u8 {
    match case.expect() {
        Expect::Accept | Expect::Model => 0,
        Expect::LikeTwin | Expect::AsTwin | Expect::Either(_) | Expect::Probe(_) => 1,
        Expect::Reject(_) => 2,
        Expect::NoEffect(_) => 3,
        Expect::Advances(_) | Expect::Pages(_) => 4,
    }
}

/// Whether a case sends anything but ordinary updates of what is at rest.
fn odd(case: &Case) -> bool {
    let mut own = case.steps.iter().filter(|step| step.is_own());
    own.any(|step| {
        let given = case.given();
        let in_form = given.is_none_or(|given| given.is_like(&step.request));
        let refused = step.purpose == Purpose::Part && step.refused().is_some();
        !in_form || refused || step.at_once || step.together.is_some() || step.request.raw.is_some()
    })
}
