//! Which exchanges of two observations are held against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::Member;
use crate::contract::Contract;
use crate::judge::{Observation, Role};
use crate::plan::Plan;
use crate::plan::case::{Action, Case, Purpose, Step, UNKNOWN};
use crate::wire::exchange::Exchange;

/// An exchange of each target in the same place of a case.
pub(super) struct Pair<'a> {
    pub(crate) role: Role,
    pub(crate) contract: Option<&'a Contract>,
    /// What the request of that exchange is meant to be, or, of a read, the one before it.
    pub(crate) class: &'a str,
    /// The promise that the case, or the step, is about. That of the request as a whole is broken
    /// in ways that have nothing in common but their class, which stands behind it.
    pub(crate) promise: Option<String>,
    /// The resource that it is about, in a sequence.
    pub(crate) on: Option<&'a str>,
    /// The step that sent it; none for a read around one.
    pub(crate) step: Option<&'a Step>,
    /// Whether values that nobody sent yet come from before the case: from cases fired earlier.
    pub(crate) first: bool,
    pub(crate) left: Option<&'a Exchange>,
    pub(crate) right: Option<&'a Exchange>,
}

impl Pair<'_> {
    /// Whether an answer shows any member that the contract knows.
    pub(super) fn shows(&self, members: &BTreeMap<String, Member>) -> bool {
        self.contract.is_none_or(|contract| {
            members
                .keys()
                .any(|name| contract.output_member(name).is_some())
        })
    }

    /// Whether it is an exchange that the case is about.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.role, Role::Subject | Role::Step(_))
    }

    /// What the request is about: a promise, or, where it only leads to a case's own, that it is a
    /// control or a read.
    pub(super) fn about(&self) -> String {
        let read = || {
            self.contract
                .map_or_else(|| "read".to_owned(), |contract| contract.slug.clone())
        };
        match self.role {
            Role::Twin | Role::Given => CONTROL.to_owned(),
            Role::Subject | Role::Step(_) => self.promise.clone().unwrap_or_else(read),
            Role::Before | Role::After | Role::Named => read(),
        }
    }
}

/// What stands in place of a promise for a request that only leads to a case's own.
pub(super) const CONTROL: &str = "control";

/// How the path of the promise ends that is about a request as a whole.
const WHOLE: &str = "::request::http";

/// The promise, and the class where that of the request as a whole is broken.
fn with_class(promise: &str, class: &str) -> String {
    if promise.ends_with(WHOLE) {
        format!("{promise}::{class}")
    } else {
        promise.to_owned()
    }
}

/// The promise about what is not there, where the contract has one, or that of the request as a
/// whole.
fn of_unknown(plan: &Plan, contract: &Contract) -> String {
    let unknown = plan
        .operations()
        .map(|operations| operations.unknown)
        .filter(|path| contract.atom(path).is_some());
    unknown.map_or_else(
        || format!("{}{WHOLE}", contract.slug),
        |path| format!("{}::{path}", contract.slug),
    )
}

/// The exchanges that can be compared, in the order they were made.
pub(super) fn pairs<'a>(
    plan: &'a Plan,
    case: &'a Case,
    left: &'a Observation,
    right: &'a Observation,
) -> Vec<Pair<'a>> {
    let Some(subject) = case.subject() else {
        return steps(plan, case, left, right);
    };
    let (update, read) = (Some(&plan.contract), plan.read.as_ref());
    let own = subject.expect.class();
    // Whatever a path names that is no resource is one thing, also where the page does not decide
    // it.
    let unknown = plan
        .operations()
        .map(|operations| format!("{}::{}", plan.contract.slug, operations.unknown));

    let promise = match own {
        "malformed-resource" | UNKNOWN if unknown.is_some() => unknown,
        _ => case.atoms.first().map(ToString::to_string),
    };

    let at = |role: Role, contract, class| Pair {
        role,
        contract,
        class,
        promise: promise.as_deref().map(|promise| with_class(promise, class)),
        on: None,
        step: match role {
            Role::Twin => case.step(Purpose::Twin),
            Role::Given => case.step(Purpose::Given),
            Role::Subject => Some(subject),
            _ => None,
        },
        first: matches!(role, Role::Twin | Role::Given | Role::Before),
        left: left.at(role),
        right: right.at(role),
    };

    let mut all = vec![
        at(Role::Twin, update, "valid"),
        at(Role::Given, update, "valid"),
        at(Role::Before, read, "valid"),
        at(Role::Subject, update, own),
        at(Role::After, read, own),
        at(Role::Named, read, own),
    ];

    // What neither was asked is no end of the comparison.
    all.retain(|pair| pair.left.is_some() || pair.right.is_some());
    all
}

/// The exchanges of a sequence, up to the first that is sent at the same time as others: whose
/// update is the last is then open, and with it all that follows.
fn steps<'a>(
    plan: &'a Plan,
    case: &'a Case,
    left: &'a Observation,
    right: &'a Observation,
) -> Vec<Pair<'a>> {
    let mut all = Vec::new();
    let (mut met, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    for (place, (l, r)) in left.fired.iter().zip(&right.fired).enumerate() {
        let Some(step) = case.steps.get(l.step) else {
            break;
        };
        if (l.step, &l.on, l.around) != (r.step, &r.on, r.around) || step.together.is_some() {
            break;
        }
        let action = if l.around { Action::Read } else { step.action };
        let class = step.refused().filter(|_| !l.around).unwrap_or("valid");
        let contract = plan.operations().map(|operations| operations.of(action));
        if action == Action::Create {
            deleted.remove(&l.on);
        }
        let once_more = action == Action::Delete && (!deleted.insert(&l.on) || class != "valid");
        let promise = match contract {
            // Whether a deletion has ended or goes on, to delete once more is one thing.
            Some(contract) if once_more => Some(of_unknown(plan, contract)),
            _ => step
                .breaks
                .as_ref()
                .or_else(|| case.atoms.first())
                .map(|promise| with_class(promise.as_str(), class)),
        };
        all.push(Pair {
            role: Role::Step(place),
            contract,
            class,
            promise: promise.filter(|_| !l.around),
            on: l.on.as_deref(),
            step: (!l.around).then_some(step),
            first: met.insert(&l.on) && action != Action::Create,
            left: Some(&l.exchange),
            right: Some(&r.exchange),
        });
    }

    all
}
