//! What one cause explains, while causes are being found.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{Evidence, ReportedFinding};

/// What one cause explains, while causes are being found.
#[derive(Clone, Debug, Default)]
pub(super) struct Group<'a> {
    /// The evidence that it explains, by the place of the finding.
    pub(super) evidence: BTreeMap<usize, Vec<&'a Evidence>>,
    /// The places of findings that only follow.
    pub(super) follows: BTreeSet<usize>,
}

impl Group<'_> {
    pub(super) fn first(&self) -> Option<usize> {
        self.evidence
            .keys()
            .copied()
            .find(|place| !self.follows.contains(place))
            .or(self.evidence.keys().next().copied())
    }

    /// How many cases showed it.
    pub(super) fn cases(&self, findings: &[ReportedFinding]) -> usize {
        let of = |(place, evidence): (&usize, &Vec<&Evidence>)| match evidence.is_empty() {
            true => findings.get(*place).map_or(0, |f| f.count),
            false => evidence.iter().map(|e| e.cases).sum(),
        };
        self.evidence.iter().map(of).max().unwrap_or_default()
    }
}
