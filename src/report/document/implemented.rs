//! Which operations a target is to implement, held against what became of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{OperationState, ReportedOperation};

/// The operations that the target implemented before, held against a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldImplemented {
    /// The file that lists them, as it was named.
    pub(crate) file: String,
    /// Those of them that this run was about and could not judge.
    pub(crate) lost: Vec<String>,
    /// Those that this run judged and the file does not list.
    pub(crate) new: Vec<String>,
}

impl HeldImplemented {
    /// Holds the listed operations against those of a run.
    pub(crate) fn new(
        file: String,
        listed: &BTreeSet<String>,
        operations: &[ReportedOperation],
    ) -> Self {
        let of = |is_judged: bool, is_listed: bool| {
            let chosen = operations.iter().filter(move |operation| {
                (operation.state == OperationState::Judged) == is_judged
                    && listed.contains(&operation.slug) == is_listed
            });
            chosen.map(|operation| operation.slug.clone()).collect()
        };
        Self {
            file,
            lost: of(false, true),
            new: of(true, false),
        }
    }

    /// Takes in what another run of the same operations says; `operations` is what both together
    /// came to.
    pub(crate) fn take_in(&mut self, other: Self, operations: &[ReportedOperation]) {
        self.lost.extend(other.lost);
        self.new.extend(other.new);
        for names in [&mut self.lost, &mut self.new] {
            names.sort();
            names.dedup();
        }
        let judged = |name: &String| {
            let mut known = operations.iter().filter(|one| one.slug == *name);
            known.any(|one| one.state == OperationState::Judged)
        };
        self.lost.retain(|name| !judged(name));
    }
}
