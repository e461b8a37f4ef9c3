//! What every case came to, kept for the document.

use std::collections::BTreeMap;

use crate::judge::{Finding, Observation, Verdict};
use crate::plan::case::Case;
use crate::report::coverage::Seen;
use crate::run::CaseResult;

/// What the cases came to so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    /// Case by case, as they were judged.
    pub(super) cases: Vec<Record>,
    /// From which sides they tested promises.
    pub(super) sides: Seen,
    /// What first tries showed whose case was fired again, until its result is there.
    overtaken: BTreeMap<usize, Record>,
}

/// What one case came to.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) place: usize,
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<String>,
    pub(super) requests: usize,
}

impl Records {
    pub(super) fn add(&mut self, case: &Case, result: &CaseResult) {
        self.sides.add(case, result);
        let mut record = Record::of(result);
        if let Some(first) = self.overtaken.remove(&result.index) {
            let shown = record.findings.clone();
            record.requests += first.requests;
            record
                .findings
                .extend(first.findings.into_iter().filter(|id| !shown.contains(id)));
        }
        self.cases.push(record);
    }

    /// Keeps what a first try of a case showed.
    pub(super) fn overtaken(&mut self, first: &CaseResult) {
        self.overtaken.insert(first.index, Record::of(first));
    }

    /// What was taken for one finding turned out to be another.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for record in &mut self.cases {
            if !record.findings.iter().any(|id| id == from) {
                continue;
            }
            if record.findings.iter().any(|id| id == to) {
                record.findings.retain(|id| id != from);
            } else {
                record
                    .findings
                    .iter_mut()
                    .filter(|id| *id == from)
                    .for_each(|id| to.clone_into(id));
            }
        }
    }
}

impl Record {
    pub(super) fn of(result: &CaseResult) -> Self {
        let mut findings = Vec::new();
        for id in result.judgement.findings.iter().map(Finding::id) {
            if !findings.contains(&id) {
                findings.push(id);
            }
        }

        Self {
            place: result.index,
            verdict: result.judgement.verdict.clone(),
            findings,
            requests: result.observation.as_ref().map_or(0, Observation::requests),
        }
    }
}
