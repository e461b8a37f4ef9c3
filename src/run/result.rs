//! What came of firing a case: the judgement, and the exchanges as far as they are kept.

use crate::judge::{Judgement, Observation, Verdict};

/// What is kept of the exchanges of a sequence once they were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of them, for reports.
    All,
    /// Those in which something is wrong, and of the others how they ended.
    Wrong,
}

/// One case, judged.
#[derive(Clone, Debug)]
pub(crate) struct CaseResult {
    /// The case's place in the plan.
    pub(crate) index: usize,
    /// What became of it, and why.
    pub(crate) judgement: Judgement,
    /// The exchanges, where there were any.
    pub(crate) observation: Option<Observation>,
}

impl CaseResult {
    /// Takes in that a first try of the case counts as well: what was answered counts, whatever
    /// came after it.
    pub(crate) fn counts_beside(&mut self, first: &Self) {
        if !first.judgement.findings.is_empty()
            && matches!(
                self.judgement.verdict,
                Verdict::Pass | Verdict::Probe(_) | Verdict::Skip(_)
            )
        {
            self.judgement.verdict = Verdict::Fail;
        }
    }
}

/// What becomes of a case that was not fired.
pub(crate) fn skipped(why: String) -> Judgement {
    Judgement {
        verdict: Verdict::Skip(why),
        findings: Vec::new(),
        exercised: std::collections::BTreeMap::new(),
        shown: std::collections::BTreeMap::new(),
    }
}
