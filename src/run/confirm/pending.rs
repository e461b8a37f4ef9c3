//! What a run found, with the cases that are to show it again.

use std::time::Duration;

use indexmap::IndexMap;

use crate::contract::Level;
use crate::judge::{Observation, Symptom};
use crate::plan::Plan;
use crate::plan::case::Case;
use crate::run::{CaseResult, Plainness, Shrunk};

/// The findings of a run, by identity, in the order they were first seen.
#[derive(Debug, Default)]
pub(crate) struct PendingFindings(IndexMap<String, PendingFinding>);

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
    /// Takes in what a case showed.
    pub(crate) fn note(&mut self, plan: &Plan, result: &CaseResult) {
        let (Some(seen), Some(case)) = (&result.observation, plan.cases.get(result.index)) else {
            return;
        };
        for finding in &result.judgement.findings {
            let doubt = self
                .0
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
            self.0.shift_remove(&shrunk.of)
        };

        if let Some(of) = of {
            self.0.entry(id.clone()).or_insert(of);
        }
        if let Some(doubt) = self.0.get_mut(&id) {
            doubt.slowest = slowest(&shrunk.observation);
            doubt.shrunk = Some(shrunk.case.clone());
        }
    }

    /// Whether that finding is among them.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// All of them, those of that level and worse first; of these first what was made smaller, on
    /// mappings that the run had worn: nobody knows yet whether the smaller case shows it alone.
    pub(super) fn by_level(
        &self,
        level: Level,
    ) -> impl Iterator<Item = (&String, &PendingFinding)> {
        let of = move |within: bool, shrunk: bool| {
            self.0
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

    /// The places of the cases that came before the first that showed it, of the same worker: at
    /// most so many of those that `jobs` workers fired in turns.
    pub(super) fn before(&self, cases: &[usize], jobs: usize, most: usize) -> Vec<usize> {
        let own = cases
            .get(..self.at(cases))
            .unwrap_or_default()
            .iter()
            .rev()
            .skip(jobs - 1)
            .step_by(jobs)
            .take(most);
        let mut own: Vec<usize> = own.copied().collect();
        own.reverse();
        own
    }

    /// Where among the cases of a run the first stands that showed it.
    pub(super) fn at(&self, cases: &[usize]) -> usize {
        cases
            .iter()
            .position(|place| *place == self.first)
            .unwrap_or_default()
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
