//! One kind of difference, with the cases that show it best.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compare::is_before;
use super::open::Open;
use super::request_key::RequestKey;
use super::{Kind, Support};
use crate::judge::{Observation, Role};
use crate::plan::Plan;
use crate::plan::case::Case;

/// How many further cases are kept of a kind, for where the best one turns out not to show it by
/// itself.
const OTHERS: usize = 3;

/// How many smallest requests are kept of a kind.
const LEAST: usize = 200;

/// One kind of difference.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// What differs.
    pub(crate) kind: Kind,
    /// How many cases show it.
    pub(crate) count: usize,
    /// The operations whose answers show it.
    pub(crate) operations: BTreeSet<String>,
    /// In which ways it shows, and in how many cases each.
    pub(crate) variants: BTreeMap<Variant, usize>,
    /// The case that shows it best.
    pub(crate) shown: Shown,
    /// Whether it was there again when the case was fired once more; none where that was not tried.
    pub(crate) again: Option<bool>,
    /// Other cases, the best first.
    others: Vec<Shown>,
    /// The smallest requests that show it: none is a part of another.
    least: Vec<RequestKey>,
}

/// One way in which a kind of difference shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variant {
    /// The class of violation of the request, or `valid`.
    pub(crate) class: String,
    /// What the left target answered, in words.
    pub(crate) left: String,
    /// What the right one did.
    pub(crate) right: String,
}

/// A case that shows a kind of difference.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The plan that the case is of.
    pub(crate) plan: Arc<Plan>,
    /// The place of the case in the plan.
    pub(crate) case: usize,
    /// The exchange of the case that shows it.
    pub(crate) role: Role,
    /// What the left target answered there, in words.
    pub(crate) left: String,
    /// What the right one did.
    pub(crate) right: String,
    /// What the contract says of it.
    pub(crate) support: Support,
    /// The exchanges with the left target.
    pub(crate) left_seen: Observation,
    /// Those with the right one.
    pub(crate) right_seen: Observation,
    /// The kind that this case by itself shows.
    kind: Kind,
    rank: Rank,
}

/// How well a case shows a kind; the least is best. One that the contract decides, with a request
/// written as clients write it, no sequence, whose own request shows the kind and not what came
/// before it; then the smallest request, and of those the plan's first.
type Rank = (u8, bool, bool, bool, usize, usize, usize);

impl Difference {
    pub(super) fn new(kind: Kind, plan: &Arc<Plan>, one: Open<'_>) -> Self {
        let variants = BTreeMap::from([(variant(&one), 1)]);
        let operations = BTreeSet::from([one.found.operation.clone()]);
        let least = root(plan, &one).into_iter().collect();
        let shown = Shown::new(plan, rank(plan, &one), one);
        Self {
            kind,
            count: 1,
            operations,
            variants,
            shown,
            again: None,
            others: Vec::new(),
            least,
        }
    }

    /// Counts a further case.
    pub(super) fn add(&mut self, plan: &Arc<Plan>, one: Open<'_>) {
        self.count += 1;
        *self.variants.entry(variant(&one)).or_default() += 1;
        if !self.operations.contains(&one.found.operation) {
            self.operations.insert(one.found.operation.clone());
        }
        if let Some(asked) = root(plan, &one).filter(|asked| !self.is_held_by(asked, false))
            && self.least.len() < LEAST
        {
            self.least.push(asked);
        }
        let rank = rank(plan, &one);

        match self.again {
            // It is known to come back: what shows it stays.
            Some(true) => {}
            Some(false) if self.others.len() < OTHERS => {
                let shown = Shown::new(plan, rank, one);
                let tried = std::mem::replace(&mut self.shown, shown);
                self.others.push(tried);
                self.again = None;
            }
            Some(false) => {}
            None if rank < self.shown.rank => {
                let shown = Shown::new(plan, rank, one);
                let known = std::mem::replace(&mut self.shown, shown);
                self.others.insert(0, known);
                self.others.truncate(OTHERS);
            }
            None => {
                let place = self.others.partition_point(|other| other.rank <= rank);
                if place < OTHERS {
                    self.others.insert(place, Shown::new(plan, rank, one));
                    self.others.truncate(OTHERS);
                }
            }
        }
    }

    /// Takes in which kinds a further try of the case that shows it showed.
    pub(super) fn tried(&mut self, seen: &BTreeSet<Kind>) {
        if seen.contains(&self.shown.kind) {
            self.again = Some(true);
        } else if self.others.is_empty() {
            self.again = Some(false);
        } else {
            self.shown = self.others.remove(0);
        }
    }

    /// Whether that request holds all of one that shows it; with `bodies`, whether it has the body
    /// of one, wherever it goes.
    pub(super) fn is_held_by(&self, asked: &RequestKey, bodies: bool) -> bool {
        self.least
            .iter()
            .any(|least| asked.contains(least) || (bodies && asked.has_body_of(least)))
    }

    /// Whether that request sends all members of one that shows it, wherever it goes.
    pub(super) fn is_named_by(&self, asked: &RequestKey) -> bool {
        self.least.iter().any(|least| asked.names_all_of(least))
    }

    /// Whether a request of that class shows it.
    pub(super) fn is_of_class(&self, class: &str) -> bool {
        self.variants.keys().any(|variant| variant.class == class)
    }

    /// The case that shows it best.
    pub(crate) fn case(&self) -> Option<&Case> {
        self.shown.plan.cases.get(self.shown.case)
    }

    /// Whether it counts: it did not fail to come back.
    pub(crate) fn counts(&self) -> bool {
        self.again != Some(false)
    }
}

impl Shown {
    fn new(plan: &Arc<Plan>, rank: Rank, one: Open<'_>) -> Self {
        // Without exchanges nothing was compared.
        let seen =
            |result: &crate::run::CaseResult| result.observation.clone().unwrap_or_else(nothing);
        Self {
            plan: Arc::clone(plan),
            case: one.left.index,
            role: one.found.role,
            left: one.found.left,
            right: one.found.right,
            support: one.support,
            left_seen: seen(one.left),
            right_seen: seen(one.right),
            kind: one.found.kind,
            rank,
        }
    }
}

fn nothing() -> Observation {
    Observation::new(
        crate::support::template::Bindings::default(),
        crate::plan::case::Variant::default(),
    )
}

/// The request, where it shows a kind by itself: neither what came before it nor a transition plays
/// a part.
fn root(plan: &Plan, one: &Open<'_>) -> Option<RequestKey> {
    let settled = plan
        .cases
        .get(one.left.index)
        .and_then(Case::subject)
        .is_some_and(|step| !step.at_once);
    one.found
        .asked
        .clone()
        .filter(|_| settled && one.found.role == Role::Subject)
}

fn variant(one: &Open<'_>) -> Variant {
    match one.found.kind {
        Kind::Outcome { .. } | Kind::Failure { .. } | Kind::Refusal { .. } => {
            let (left, right) = (one.found.left.clone(), one.found.right.clone());
            Variant {
                class: one.found.class.clone(),
                left,
                right,
            }
        }
        // The values of members are as many as there are requests.
        _ => Variant {
            class: one.found.class.clone(),
            left: String::new(),
            right: String::new(),
        },
    }
}

fn rank(plan: &Plan, one: &Open<'_>) -> Rank {
    let case = plan.cases.get(one.left.index);
    let plain = one.found.asked.as_ref().is_none_or(RequestKey::is_plain);
    let whole = case.map_or(usize::MAX, Case::size);
    let sequence = case.is_some_and(|case| case.subject().is_none());
    (
        one.support.order(),
        !plain,
        sequence,
        is_before(one.found.role),
        one.size(),
        whole,
        one.left.index,
    )
}
