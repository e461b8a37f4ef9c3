//! What kinds of requests showed a finding, and what became of all requests: the facts that causes
//! are concluded from.
//!
//! They are sums and sets, so that the order of cases does not matter and those of several reports
//! can be brought together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Cases of one kind that showed a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// What they had.
    pub(crate) kind: EvidenceKind,
    /// How many cases.
    pub(crate) cases: usize,
    /// The smallest request that shows it, where cases of other kinds show the finding by another
    /// fault of the target.
    pub(crate) example: Option<Example>,
}

/// What a request had, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EvidenceKind {
    /// What the exchange that shows it was: `update`, `read`, `create`, `list`, `delete`, `gone`,
    /// or `other` for a request of another method or path.
    pub(crate) operation: String,
    /// The promise that the request breaks, without the operation; none for a valid request.
    pub(crate) fault: Option<String>,
    /// The class of violation, or `valid`.
    pub(crate) class: String,
    /// The member that the fault is about, where it is about one.
    pub(crate) fault_member: Option<String>,
    /// What the request names: each member, each of some forms of values, `MEMBER=FORM`, and each
    /// of some notations, `body=…`.
    pub(crate) names: BTreeSet<String>,
    /// What the request that it follows from was answered, in short.
    pub(crate) came: String,
    /// The member that the finding is about, as requests name it.
    pub(crate) member: Option<String>,
}

/// A request that shows one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    /// The case.
    pub(crate) case: String,
    /// Its place in the plan.
    pub(crate) place: usize,
    /// Whether the case is about that request alone, and not about what comes before or after it.
    pub(crate) by_itself: bool,
    /// How large the request is, in bytes.
    pub(crate) size: usize,
    /// The request in words.
    pub(crate) sent: String,
    /// What was expected.
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
    /// Lines of a POSIX shell that show it.
    pub(crate) curl: Vec<String>,
    /// The command that shows it again.
    pub(crate) replay: String,
}

/// What became of all updates of a run, by what they had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Traffic {
    /// Valid updates: for each name and form in them, and for all under an empty name, how often
    /// each outcome came.
    pub(crate) valid: BTreeMap<String, BTreeMap<String, usize>>,
    /// Updates that break a promise: for each class and promise, how often each outcome came.
    pub(crate) faults: BTreeMap<String, BTreeMap<String, BTreeMap<String, usize>>>,
    /// For each member, how many accepted updates that named it changed what it stores.
    pub(crate) moved: BTreeMap<String, usize>,
    /// Digests of the bodies of accepted answers to updates: the first two in their order, which
    /// tells whether there is more than one.
    pub(crate) bodies: BTreeSet<String>,
}

impl Traffic {
    /// Takes in what another report says.
    pub(crate) fn take_in(&mut self, other: Self) {
        for (name, outcomes) in other.valid {
            sum(self.valid.entry(name).or_default(), outcomes);
        }
        for (class, promises) in other.faults {
            let known = self.faults.entry(class).or_default();
            for (promise, outcomes) in promises {
                sum(known.entry(promise).or_default(), outcomes);
            }
        }

        sum(&mut self.moved, other.moved);
        self.bodies.extend(other.bodies);
        self.few_bodies();
    }

    /// Keeps no more bodies than tell whether there is more than one.
    pub(crate) fn few_bodies(&mut self) {
        while self.bodies.len() > 2 {
            self.bodies.pop_last();
        }
    }
}

fn sum(known: &mut BTreeMap<String, usize>, other: BTreeMap<String, usize>) {
    for (name, count) in other {
        *known.entry(name).or_default() += count;
    }
}
