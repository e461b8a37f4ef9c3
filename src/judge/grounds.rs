//! Provenance: the ground on which each finding stands, and which grounds count.

use super::Judgement;
use super::criteria::Judge;
use crate::contract::AtomId;
use crate::plan::case::Case;

impl Judge<'_> {
    /// Gives each finding the ground it really stands on, and keeps those whose ground counts.
    ///
    /// A case may expect more of a promise than the promise says by itself: then the case's ground
    /// is the finding's. What no ground that counts supports was not tested either. Which refusals
    /// are accepted does not depend on it: what AWS answers is never called a fault because the
    /// page alone is judged by.
    pub(super) fn keep_to_bases(&self, case: &Case, judgement: &mut Judgement) {
        for finding in &mut judgement.findings {
            if case.atoms.contains(&finding.atom) {
                finding.basis = finding.basis.max(case.basis);
            }
        }

        if self.bases.is_empty() {
            return;
        }
        judgement
            .findings
            .retain(|finding| self.bases.contains(&finding.basis));
        judgement.exercised.retain(|id, _| self.counts(id));
        judgement.shown.retain(|id, _| self.counts(id));
    }

    /// Whether the ground of a promise of the operation counts.
    pub(super) fn counts(&self, id: &AtomId) -> bool {
        let atom = self.oracle.contract.atoms.get(id);
        self.bases.is_empty() || atom.is_none_or(|atom| self.bases.contains(&atom.basis))
    }
}
