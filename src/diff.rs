//! Two targets under one plan: what one of them answers otherwise than the other.
//!
//! Both fire the same cases, each on fixtures of its own, so that what may differ from target to target (identifiers,
//! accounts, times) has a name on both sides and is compared by that name. What is left is sorted into [kinds](Kind): a
//! kind is told once, by the smallest request that shows it, with what the contract says of it. That two targets differ
//! is no fault in itself; that the contract is on the side of one of them makes it the fault of the other.
//!
//! Nothing here does I/O. A difference that is not there when its case is fired once more is told apart, as unstable.

mod compare;
mod document;
mod kind;
mod seen;
mod support;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use document::{DiffDocument, VERSION};
pub use kind::{Hand, Kind};
pub use support::Support;
pub use text::{DiffTargets, diff_text};

use crate::case::Case;
use crate::plan::Plan;
use crate::runner::CaseResult;
use crate::verdict::{Observation, Role, Verdict};

/// What two targets do differently, as far as they were compared.
#[derive(Debug, Default)]
pub struct Diff {
    differences: BTreeMap<Kind, Difference>,
    /// Cases that both targets were seen in.
    pub compared: usize,
    /// Cases that show any difference.
    pub differing: usize,
    /// Cases that one of them, or both, could not be seen in, by the reason.
    pub left_out: BTreeMap<String, usize>,
}

/// One kind of difference, as the smallest case shows it.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// The plan that its case is of.
    pub plan: Arc<Plan>,
    /// The place of the case in the plan.
    pub case: usize,
    /// How many cases show it.
    pub count: usize,
    /// The operations whose answers show it.
    pub operations: BTreeSet<String>,
    /// The exchange of the case that shows it.
    pub role: Role,
    /// What the left target answered there, in words.
    pub left: String,
    /// What the right one did.
    pub right: String,
    /// What the contract says of it.
    pub support: Support,
    /// Whether it was there again when the case was fired once more; none where that was not tried.
    pub again: Option<bool>,
    /// The exchanges with the left target.
    pub left_seen: Observation,
    /// Those with the right one.
    pub right_seen: Observation,
}

impl Difference {
    /// The case that shows it.
    #[must_use]
    pub fn case(&self) -> Option<&Case> {
        self.plan.cases.get(self.case)
    }

    /// Whether it counts: it did not fail to come back.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.again != Some(false)
    }

    /// Which of two cases shows a kind better: the smaller one, and of the same size the one of the plan's beginning.
    fn size(&self) -> (usize, usize) {
        (self.case().map_or(usize::MAX, Case::size), self.case)
    }
}

impl Diff {
    /// Compares what both targets did in a case of the plan.
    pub fn add(&mut self, plan: &Arc<Plan>, left: &CaseResult, right: &CaseResult) {
        let (Some(left_seen), Some(right_seen)) = (&left.observation, &right.observation) else {
            self.one_alone(left, right);
            return;
        };
        let Some(case) = plan.cases.get(left.index) else { return };
        self.compared += 1;
        let found = support::found(plan, case, left, right);
        self.differing += usize::from(!found.is_empty());
        for (one, support) in found {
            if !self.is_better(&one.kind, &one.operation, (case.size(), left.index)) {
                continue;
            }
            let (count, operations) = match self.differences.remove(&one.kind) {
                Some(known) => (known.count, known.operations),
                None => (1, BTreeSet::from([one.operation])),
            };
            let difference = Difference {
                kind: one.kind.clone(),
                plan: Arc::clone(plan),
                case: left.index,
                count,
                operations,
                role: one.role,
                left: one.left,
                right: one.right,
                support,
                again: None,
                left_seen: left_seen.clone(),
                right_seen: right_seen.clone(),
            };
            self.differences.insert(one.kind, difference);
        }
    }

    /// The kinds of difference, those first that the contract calls one target's fault.
    #[must_use]
    pub fn differences(&self) -> Vec<&Difference> {
        let mut all: Vec<_> = self.differences.values().filter(|d| !self.follows(d)).collect();
        all.sort_by(|a, b| (&a.support.order(), &a.kind).cmp(&(&b.support.order(), &b.kind)));
        all
    }

    /// The places, in that plan, of the cases whose differences nobody has tried again.
    #[must_use]
    pub fn untried(&self, plan: &Arc<Plan>) -> Vec<usize> {
        let open = self.differences.values().filter(|d| d.again.is_none() && Arc::ptr_eq(&d.plan, plan));
        open.map(|d| d.case).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Takes in what came of a further try of cases of that plan, and says of their differences whether they came back.
    pub fn tried_again(&mut self, plan: &Arc<Plan>, left: &CaseResult, right: &CaseResult) {
        let Some(case) = plan.cases.get(left.index) else { return };
        let seen: BTreeSet<Kind> =
            support::found(plan, case, left, right).into_iter().map(|(one, _)| one.kind).collect();
        let of_case = |d: &&mut Difference| d.case == left.index && d.again.is_none() && Arc::ptr_eq(&d.plan, plan);
        for difference in self.differences.values_mut().filter(of_case) {
            difference.again = Some(seen.contains(&difference.kind));
        }
    }

    /// Whether there is a difference that counts.
    #[must_use]
    pub fn any(&self) -> bool {
        self.differences().into_iter().any(Difference::counts)
    }

    /// Counts a case that shows a kind, and says whether it shows it better than the one before, or is the first.
    fn is_better(&mut self, kind: &Kind, operation: &str, size: (usize, usize)) -> bool {
        let Some(known) = self.differences.get_mut(kind) else { return true };
        known.count += 1;
        if !known.operations.contains(operation) {
            known.operations.insert(operation.to_owned());
        }
        // What was tried again stays: it is known to come back, or not to.
        known.again.is_none() && size < known.size()
    }

    /// Whether a difference says no more than another one: that a control is refused is told by the case whose own
    /// request is refused in the same way.
    fn follows(&self, one: &Difference) -> bool {
        let Kind::Outcome { promise: None, left, right, .. } = &one.kind else { return false };
        self.differences.keys().any(|other| {
            matches!(other, Kind::Outcome { promise: Some(_), class, left: l, right: r, .. }
                if class == "valid" && (l, r) == (left, right))
        })
    }

    /// A case that at most one of them could be seen in.
    fn one_alone(&mut self, left: &CaseResult, right: &CaseResult) {
        let why = |result: &CaseResult| match (&result.judgement.verdict, &result.observation) {
            (_, Some(_)) => None,
            (Verdict::Skip(why) | Verdict::Error(why), None) => Some(why.clone()),
            (verdict, None) => Some(verdict.name().to_owned()),
        };
        let why = match (why(left), why(right)) {
            (Some(left), Some(right)) if left == right => format!("on both sides: {left}"),
            (Some(left), Some(right)) => format!("left: {left}; right: {right}"),
            (Some(left), None) => format!("left: {left}"),
            (None, Some(right)) => format!("right: {right}"),
            (None, None) => return,
        };
        *self.left_out.entry(why).or_default() += 1;
    }
}

#[cfg(test)]
mod tests;
