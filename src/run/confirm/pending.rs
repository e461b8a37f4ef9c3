//! What a run found, with the cases that are to show it again.

use std::time::Duration;

use indexmap::IndexMap;

use crate::contract::Level;
use crate::judge::{Observation, Symptom};
use crate::plan::Plan;
use crate::plan::case::Case;
use crate::run::{CaseResult, Plainness, Shrunk};

/// The findings of a run, by identity, in the order they were first seen; and what was fired.
#[derive(Debug, Default)]
pub(crate) struct PendingFindings {
    findings: IndexMap<String, PendingFinding>,
    /// The number of the worker and the place of the case, of each that was judged, in that order.
    log: Vec<(usize, usize)>,
}

#[derive(Debug)]
pub(super) struct PendingFinding {
    level: Level,
    /// How it shows.
    pub(crate) symptom: Symptom,
    /// The places of the cases that show it most plainly, the plainest first.
    plainest: Vec<(Plainness, usize)>,
    /// How long the slowest answer took in the plainest of them.
    pub(crate) slowest: Duration,
    /// The place of the first case.
    pub(crate) first: usize,
    shrunk: Option<Case>,
}

/// A case that is to show a finding again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    /// Its place in the plan, or that of the case it was made from.
    pub(crate) index: usize,
    pub(crate) case: &'a Case,
    /// Whether it is a smaller one than the plan's.
    pub(crate) shrunk: bool,
}

/// So many of the cases that show a finding are kept.
const KEPT: usize = 4;

impl PendingFindings {
    /// Takes in which worker fired a case that was judged now.
    pub(crate) fn fired(&mut self, worker: usize, place: usize) {
        self.log.push((worker, place));
    }

    /// The places of the cases that came before the first that showed a finding, of the same
    /// worker, at most so many; and its own, since it may have stood in a chain before it was fired
    /// by itself. A request that timed out is only sent with more time.
    pub(super) fn before(&self, finding: &PendingFinding, most: usize) -> Vec<usize> {
        let at = self.at(finding);
        let Some((worker, _)) = self.log.get(at) else {
            return Vec::new();
        };
        let before = self.log.get(..at).unwrap_or_default();
        let own = before.iter().rev().filter(|(by, _)| by == worker);
        let mut own: Vec<usize> = own.map(|(_, place)| *place).take(most).collect();
        own.reverse();
        let again = most > 0 && finding.symptom != Symptom::TimedOut;
        own.extend(again.then_some(finding.first));
        own
    }

    /// The places of the cases that were fired around the first that showed a finding, so many
    /// before it and after it.
    pub(super) fn around(&self, finding: &PendingFinding, most: usize) -> Vec<usize> {
        let at = self.at(finding);
        let from = at.saturating_sub(most);
        let around = self.log.iter().skip(from).take(2 * most);
        around.map(|(_, place)| *place).collect()
    }

    /// Where among all that was judged the first case stands that showed it.
    fn at(&self, finding: &PendingFinding) -> usize {
        let first = |(_, place): &(usize, usize)| *place == finding.first;
        self.log.iter().position(first).unwrap_or_default()
    }

    /// Takes in what a case showed.
    pub(crate) fn note(&mut self, plan: &Plan, result: &CaseResult) {
        let (Some(seen), Some(case)) = (&result.observation, plan.cases.get(result.index)) else {
            return;
        };
        for finding in &result.judgement.findings {
            let doubt = self
                .findings
                .entry(finding.id())
                .or_insert_with(|| PendingFinding {
                    level: finding.level,
                    symptom: finding.symptom,
                    plainest: Vec::new(),
                    slowest: Duration::ZERO,
                    first: result.index,
                    shrunk: None,
                });
            doubt.level = doubt.level.min(finding.level);
            let new = (Plainness::of(case, finding, seen), result.index);
            let place = doubt.plainest.partition_point(|known| *known < new);
            if place == 0 {
                doubt.slowest = slowest(seen);
            }
            if place < KEPT {
                doubt.plainest.insert(place, new);
                doubt.plainest.truncate(KEPT);
            }
        }
    }

    /// Takes in that a finding has a smaller case, and perhaps another identity.
    pub(crate) fn shrunk(&mut self, shrunk: &Shrunk) {
        let id = shrunk.finding.id();
        let of = if shrunk.of == id {
            None
        } else {
            self.findings.shift_remove(&shrunk.of)
        };

        if let Some(of) = of {
            self.findings.entry(id.clone()).or_insert(of);
        }
        if let Some(doubt) = self.findings.get_mut(&id) {
            doubt.slowest = slowest(&shrunk.observation);
            doubt.shrunk = Some(shrunk.case.clone());
        }
    }

    /// Whether that finding is among them.
    pub(super) fn has(&self, id: &str) -> bool {
        self.findings.contains_key(id)
    }

    /// All of them, those of that level and worse first; of these first what was made smaller, on
    /// resources that the run had worn: nobody knows yet whether the smaller case shows it alone.
    pub(super) fn by_level(
        &self,
        level: Level,
    ) -> impl Iterator<Item = (&String, &PendingFinding)> {
        let of = move |within: bool, shrunk: bool| {
            self.findings
                .iter()
                .filter(move |(_, d)| (d.within(level), d.shrunk.is_some()) == (within, shrunk))
        };
        of(true, true)
            .chain(of(true, false))
            .chain(of(false, true))
            .chain(of(false, false))
    }
}

impl PendingFinding {
    /// Whether it is of that level, or worse.
    pub(super) fn within(&self, level: Level) -> bool {
        self.level <= level
    }

    /// The cases to fire by themselves, the plainest first: what was made small, and then those of
    /// the plan.
    pub(super) fn candidates<'a>(&'a self, plan: &'a Plan) -> Vec<Candidate<'a>> {
        let planned = self.plainest.iter().filter_map(|(_, index)| {
            Some(Candidate {
                index: *index,
                case: plan.cases.get(*index)?,
                shrunk: false,
            })
        });

        let made_from = self
            .plainest
            .first()
            .map_or(self.first, |(_, index)| *index);

        let shrunk = self.shrunk.iter().map(|case| Candidate {
            index: made_from,
            case,
            shrunk: true,
        });

        shrunk.chain(planned).take(KEPT).collect()
    }

    /// The first case that showed it.
    pub(super) fn found_by<'a>(&self, plan: &'a Plan) -> Option<Candidate<'a>> {
        Some(Candidate {
            index: self.first,
            case: plan.cases.get(self.first)?,
            shrunk: false,
        })
    }
}

fn slowest(seen: &Observation) -> Duration {
    seen.exchanges()
        .filter(|e| e.outcome.is_ok())
        .map(|e| e.elapsed)
        .max()
        .unwrap_or_default()
}
