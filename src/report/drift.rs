//! How two revisions of a contract differ: promise by promise, and in what they make of requests.

mod documents;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::contract::constraint::Zone;
use crate::contract::oracle::Oracle;
use crate::contract::{AtomId, Contract};
use crate::plan::Plan;
use crate::plan::case::CaseId;
use crate::report::draft_text;

pub(crate) use documents::DocumentDrift;
pub(crate) use text::text;

/// The version of the form. It is raised where a reader of the older one would misread a document.
pub(crate) const VERSION: u32 = 1;

/// How two revisions differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Drift {
    /// The version of this form: 1.
    pub(crate) version: u32,
    /// The operation as documented, `UpdateEventSourceMapping`.
    pub(crate) operation: String,
    /// The older revision.
    pub(crate) from: String,
    /// The newer one.
    pub(crate) to: String,
    /// How many promises both make in the same words.
    pub(crate) same: usize,
    /// The promises that they do not, in the order of the contracts.
    pub(crate) promises: Vec<PromiseDrift>,
    /// Requests of either plan that are valid by one revision and not by the other, those alike
    /// together.
    pub(crate) verdicts: Vec<VerdictDrift>,
    /// How many cases about each promise only the older plan has.
    pub(crate) only_from: BTreeMap<String, usize>,
    /// How many cases about each promise only the newer plan has.
    pub(crate) only_to: BTreeMap<String, usize>,
}

/// A promise that the revisions do not both make in the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseDrift {
    /// Its id.
    pub(crate) id: String,
    /// What happened to it.
    pub(crate) change: Change,
    /// What the older revision says.
    pub(crate) from: Option<String>,
    /// What the newer one says.
    pub(crate) to: Option<String>,
}

/// What happened to a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// Both revisions make it, in different words.
    Changed,
    /// Only the older one makes it.
    Removed,
    /// Only the newer one makes it.
    Added,
}

/// Requests that the revisions read differently, in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct VerdictDrift {
    /// What they are by the older revision alone.
    pub(crate) from: Reading,
    /// What they are by the newer one alone.
    pub(crate) to: Reading,
    /// The cases that send them, of either plan, by id.
    pub(crate) cases: BTreeSet<String>,
    /// The shortest of the requests, with the names of fixtures still to be filled in.
    pub(crate) sent: String,
}

/// What a request is by one revision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(crate) enum Reading {
    /// It breaks nothing.
    Valid,
    /// It breaks a promise, and is to be refused.
    Invalid {
        /// The promise, of several the first of the contract.
        promise: String,
    },
    /// Whether it breaks one depends on how that is read, so that no verdict is given.
    Open {
        /// The promise.
        promise: String,
    },
}

impl Drift {
    /// How `to` differs from `from`. Neither plan should hold requests drawn at random: different
    /// contracts draw different ones.
    pub(crate) fn new(from: &Plan, to: &Plan) -> Self {
        let (one, other) = (&from.contract.revision, &to.contract.revision);
        Self::named(from, to, one, other)
    }

    /// The same, of contracts that are called so.
    pub(crate) fn named(from: &Plan, to: &Plan, from_name: &str, to_name: &str) -> Self {
        let (same, promises) = promises(&from.contract, &to.contract);
        Self {
            version: VERSION,
            operation: from.contract.operation.clone(),
            from: from_name.to_owned(),
            to: to_name.to_owned(),
            same,
            promises,
            verdicts: verdicts(from, to),
            only_from: only(from, to),
            only_to: only(to, from),
        }
    }

    /// Whether there is any difference in what is promised.
    pub(crate) fn differs(&self) -> bool {
        !self.promises.is_empty() || !self.verdicts.is_empty()
    }
}

/// The form of the document as a JSON Schema.
pub(crate) fn schema() -> String {
    include_str!("schemas/drift.json").to_owned()
}

fn promises(from: &Contract, to: &Contract) -> (usize, Vec<PromiseDrift>) {
    let ids: IndexMap<&AtomId, ()> = from
        .atoms
        .keys()
        .chain(to.atoms.keys())
        .map(|id| (id, ()))
        .collect();

    let mut same = 0;
    let mut promises = Vec::new();
    for id in ids.keys() {
        let says = |contract: &Contract| contract.atoms.get(*id).map(|atom| atom.says.clone());
        let (from, to) = (says(from), says(to));
        let change = match (&from, &to) {
            (Some(one), Some(other)) if one == other => {
                same += 1;
                continue;
            }
            (Some(_), Some(_)) => Change::Changed,
            (Some(_), None) => Change::Removed,
            _ => Change::Added,
        };
        promises.push(PromiseDrift {
            id: id.to_string(),
            change,
            from,
            to,
        });
    }

    (same, promises)
}

type Counted = BTreeMap<String, usize>;

/// Requests that mean something else by the other revision.
///
/// Plans give no verdict where the revisions that they know disagree, so that expectations of cases
/// would not tell: the oracle does, with one contract at a time.
fn verdicts(from: &Plan, to: &Plan) -> Vec<VerdictDrift> {
    let (mut seen, mut found) = (
        BTreeSet::new(),
        IndexMap::<(Reading, Reading), VerdictDrift>::new(),
    );

    for (plan, case) in from
        .cases
        .iter()
        .map(|c| (from, c))
        .chain(to.cases.iter().map(|c| (to, c)))
    {
        let Some(request) = case.request() else {
            continue;
        };
        let Some(template) = request.text() else {
            continue;
        };
        let Ok(text) = plan.sample().fill(template) else {
            continue;
        };
        if !seen.insert((case.id.clone(), text.clone())) {
            continue;
        }
        let Ok(Value::Object(members)) = serde_json::from_str(&text) else {
            continue;
        };
        let (one, other) = (reading(from, &members), reading(to, &members));
        // Which of the promises that both break comes first is no difference.
        if std::mem::discriminant(&one) == std::mem::discriminant(&other) {
            continue;
        }
        let sent = draft_text(request);
        let drift = found
            .entry((one.clone(), other.clone()))
            .or_insert_with(|| VerdictDrift {
                from: one,
                to: other,
                cases: BTreeSet::new(),
                sent: sent.clone(),
            });
        drift.cases.insert(case.id.to_string());
        if sent.len() < drift.sent.len() {
            drift.sent = sent;
        }
    }

    found.into_values().collect()
}

/// What a body is by the contract of that plan alone.
fn reading(plan: &Plan, members: &Map<String, Value>) -> Reading {
    let found = Oracle::of(&plan.contract, &plan.service).violations(members);

    let promise = |atom: &str| plan.contract.atom_id(atom).to_string();
    match (
        found.iter().find(|v| v.zone == Zone::Invalid),
        found.first(),
    ) {
        (Some(broken), _) => Reading::Invalid {
            promise: promise(&broken.atom),
        },
        (None, Some(open)) => Reading::Open {
            promise: promise(&open.atom),
        },
        (None, None) => Reading::Valid,
    }
}

/// How many cases of each promise have an id that the other plan does not have.
fn only(here: &Plan, there: &Plan) -> Counted {
    let known: BTreeSet<&CaseId> = there.cases.iter().map(|case| &case.id).collect();
    let mut counted = Counted::new();
    for case in here.cases.iter().filter(|case| !known.contains(&case.id)) {
        let promise = case
            .atoms
            .first()
            .map_or_else(|| case.id.to_string(), ToString::to_string);
        *counted.entry(promise).or_default() += 1;
    }
    counted
}

#[cfg(test)]
mod tests;
