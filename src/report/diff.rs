//! Two targets under one plan: what one of them answers otherwise than the other.
//!
//! Both fire the same cases, each on fixtures of its own, so that what may differ from target to
//! target (identifiers, accounts, times) has a name on both sides and is compared by that name.
//! What is left is sorted into [kinds](Kind): a kind is told once, by the smallest request that
//! shows it, with what the contract says of it. That two targets differ is no fault in itself; that
//! the contract is on the side of one of them makes it the fault of the other.
//!
//! What one difference is: what each of the two does with requests about one promise, however these
//! break it, or, where one of them fails, about one member. A request that holds all of a smaller
//! one that they treat differently is counted there. So a member that one target fails on is one
//! difference, whatever else stands beside it, and however the other one answers.
//!
//! Nothing here does I/O. A difference that is not there when its case is fired once more is told
//! apart, as unstable.

mod compare;
mod difference;
mod document;
mod kind;
mod members;
mod open;
mod pairs;
mod request_key;
mod seen;
mod support;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) use difference::{Difference, Variant};
pub(crate) use document::{DiffDocument, schema};
pub(crate) use kind::Kind;
pub(crate) use support::Support;
pub(crate) use text::{DiffTargets, diff_text};

use self::compare::Found;
use self::open::Open;
use self::pairs::CONTROL;
use crate::judge::Verdict;
use crate::plan::Plan;
use crate::run::CaseResult;

/// What two targets do differently, as far as they were compared.
#[derive(Debug, Default)]
pub(crate) struct Diff {
    differences: BTreeMap<Kind, Difference>,
    /// What members showed of requests that both took, on the left and on the right, in words, and
    /// the kind that it shows.
    values: BTreeMap<(String, String), Kind>,
    /// Cases that both targets were seen in.
    pub(crate) compared: usize,
    /// Cases that show any difference.
    pub(crate) differing: usize,
    /// Cases that one of them, or both, could not be seen in, by the reason.
    pub(crate) left_out: BTreeMap<String, usize>,
}

/// So many pairs of values are kept.
const VALUES: usize = 10_000;

impl Diff {
    /// Compares what both targets did in cases of the plan: of each case the left result and the
    /// right one.
    ///
    /// What comes of it does not depend on the order of the cases.
    pub(crate) fn add<'a>(
        &mut self,
        plan: &Arc<Plan>,
        results: impl IntoIterator<Item = (&'a CaseResult, &'a CaseResult)>,
    ) {
        let mut open = Vec::new();
        for (left, right) in results {
            if left.observation.is_none() || right.observation.is_none() {
                self.one_alone(left, right);
                continue;
            }
            // Two that both say nothing are not alike: nobody knows what they would say.
            if is_silent(left) && is_silent(right) {
                *self
                    .left_out
                    .entry("neither target answered".to_owned())
                    .or_default() += 1;
                continue;
            }
            let Some(case) = plan.cases.get(left.index) else {
                continue;
            };
            self.compared += 1;
            let found = support::found(plan, case, left, right);
            self.differing += usize::from(!found.is_empty());
            open.extend(found.into_iter().map(|(found, support)| Open {
                found,
                support,
                left,
                right,
            }));
        }

        open.iter().for_each(|one| self.note_values(&one.found));
        // The smaller request first, so that a larger one that holds it finds it.
        open.sort_by_key(|one| (one.size(), one.left.index));
        for one in open {
            self.count(plan, one);
        }
    }

    /// The kinds of difference, those first that the contract calls one target's fault.
    pub(crate) fn differences(&self) -> Vec<&Difference> {
        let mut all: Vec<_> = self
            .differences
            .values()
            .filter(|d| !self.follows(d))
            .collect();
        all.sort_by(|a, b| {
            (a.shown.support.order(), &a.kind).cmp(&(b.shown.support.order(), &b.kind))
        });
        all
    }

    /// The places, in that plan, of the cases whose differences nobody has tried again.
    pub(crate) fn untried(&self, plan: &Arc<Plan>) -> Vec<usize> {
        let open = self
            .differences
            .values()
            .filter(|d| d.again.is_none() && Arc::ptr_eq(&d.shown.plan, plan));
        open.map(|d| d.shown.case)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Takes in what came of a further try of cases of that plan, and says of their differences
    /// whether they came back. One that did not is open again where another case showed it.
    pub(crate) fn tried_again(&mut self, plan: &Arc<Plan>, left: &CaseResult, right: &CaseResult) {
        let Some(case) = plan.cases.get(left.index) else {
            return;
        };
        let seen: BTreeSet<Kind> = support::found(plan, case, left, right)
            .into_iter()
            .map(|(one, _)| one.kind)
            .collect();

        for difference in self.differences.values_mut() {
            let shown = &difference.shown;
            if difference.again.is_none()
                && shown.case == left.index
                && Arc::ptr_eq(&shown.plan, plan)
            {
                difference.tried(&seen);
            }
        }
    }

    /// Whether there is a difference that counts.
    pub(crate) fn any(&self) -> bool {
        self.differences().into_iter().any(Difference::counts)
    }

    /// Counts a difference to its kind, which it may be the first of.
    fn count(&mut self, plan: &Arc<Plan>, one: Open<'_>) {
        let held = self.valued(&one).or_else(|| self.held(&one));
        let kind = held.unwrap_or_else(|| one.found.kind.clone());
        match self.differences.get_mut(&kind) {
            Some(known) => known.add(plan, one),
            None => {
                self.differences
                    .insert(kind.clone(), Difference::new(kind, plan, one));
            }
        }
    }

    /// Takes in which values a kind shows, of requests that both take.
    fn note_values(
        &mut self,
        Found {
            kind, left, right, ..
        }: &Found,
    ) {
        let values = || (left.clone(), right.clone());
        match kind {
            _ if self.values.len() >= VALUES => {}
            // What is made of valid requests counts before what is made of others.
            Kind::Value { .. } => {
                self.values.insert(values(), kind.clone());
            }
            Kind::Taken { .. } => {
                self.values.entry(values()).or_insert_with(|| kind.clone());
            }
            _ => {}
        }
    }

    /// The kind that requests show which both take, where one that both need not take, or do not
    /// say that they take, shows no other values: what is done with a value is done with it
    /// wherever it stands.
    fn valued(&self, one: &Open<'_>) -> Option<Kind> {
        let Found {
            kind: Kind::Taken { .. } | Kind::Kept { only: None },
            left,
            right,
            ..
        } = &one.found
        else {
            return None;
        };
        self.values.get(&(left.clone(), right.clone())).cloned()
    }

    /// The kind that a smaller request shows which is a part of this one: best one that says the
    /// same of it.
    fn held(&self, one: &Open<'_>) -> Option<Kind> {
        let asked = one.found.asked.as_ref()?;
        let kind = &one.found.kind;
        let (about, refusal) = (
            kind.promise().is_some(),
            matches!(kind, Kind::Refusal { .. }),
        );

        if self.differences.contains_key(kind) || !(about || refusal) {
            return None;
        }
        let failure = matches!(kind, Kind::Failure { .. });
        let mut same = self.differences.values().filter(|d| d.kind.is_as(kind));
        let mut holds = self
            .differences
            .values()
            .filter(|d| d.kind.promise().is_some());

        // A fault that one does not see is none that it can refuse for, whatever else is wrong and
        // wherever the request goes.
        let found = same.find(|d| d.is_held_by(asked, failure)).or_else(|| {
            holds.find(|d| d.is_held_by(asked, false) || (refusal && d.is_named_by(asked)))
        });

        found.map(|d| d.kind.clone())
    }

    /// Whether a difference says no more than another one: that a control is refused is told by the
    /// case whose own request is refused in the same way.
    fn follows(&self, one: &Difference) -> bool {
        one.kind.promise() == Some(CONTROL)
            && self.differences.values().any(|other| {
                other.kind.promise() != Some(CONTROL)
                    && other.kind.is_as(&one.kind)
                    && other.is_of_class("valid")
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

/// Whether no request of a case was answered.
fn is_silent(result: &CaseResult) -> bool {
    result
        .observation
        .as_ref()
        .is_none_or(|seen| seen.exchanges().all(|exchange| exchange.answer().is_none()))
}

#[cfg(test)]
mod tests;
