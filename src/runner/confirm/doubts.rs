//! What a run found, with the cases that are to show it again.

use std::time::Duration;

use indexmap::IndexMap;

use crate::case::Case;
use crate::contract::Level;
use crate::plan::Plan;
use crate::runner::{CaseResult, Shrunk};
use crate::verdict::{Observation, Symptom};

/// The findings of a run, by identity, in the order they were first seen.
#[derive(Debug, Default)]
pub(in crate::runner) struct Doubts(IndexMap<String, Doubt>);

/// One finding.
#[derive(Debug)]
pub(super) struct Doubt {
    level: Level,
    /// How it shows.
    pub symptom: Symptom,
    /// How long the slowest answer took in the case that shows it.
    pub slowest: Duration,
    /// The place of the smallest case.
    smallest: usize,
    /// The place of the first case.
    first: usize,
    shrunk: Option<Case>,
}

impl Doubts {
    /// Takes in what a case showed.
    pub(in crate::runner) fn note(&mut self, plan: &Plan, result: &CaseResult) {
        let Some(seen) = &result.observation else { return };
        let size = |index: usize| plan.cases.get(index).map_or(usize::MAX, Case::size);
        for finding in &result.judgement.findings {
            let index = result.index;
            let new = Doubt {
                level: finding.level,
                symptom: finding.symptom,
                slowest: slowest(seen),
                smallest: index,
                first: index,
                shrunk: None,
            };
            match self.0.get_mut(&finding.id()) {
                Some(known) if (new.level, size(index)) < (known.level, size(known.smallest)) => {
                    *known = Doubt { first: known.first, ..new };
                }
                Some(_) => {}
                None => {
                    self.0.insert(finding.id(), new);
                }
            }
        }
    }

    /// Takes in that a finding has a smaller case, and perhaps another identity.
    pub(in crate::runner) fn shrunk(&mut self, shrunk: &Shrunk) {
        let id = shrunk.finding.id();
        let of = if shrunk.of == id { None } else { self.0.shift_remove(&shrunk.of) };
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

    /// Those of that level, and worse.
    pub(super) fn of_level(&self, level: Level) -> impl Iterator<Item = (&String, &Doubt)> {
        self.0.iter().filter(move |(_, doubt)| doubt.level <= level)
    }
}

impl Doubt {
    /// The places of the cases that came before the first that showed it, of the same worker: at most so many of those
    /// that `jobs` workers fired in turns.
    pub(super) fn before<'a>(&self, cases: &'a [usize], jobs: usize, most: usize) -> impl Iterator<Item = usize> + 'a {
        let at = cases.iter().position(|place| *place == self.first).unwrap_or_default();
        let own = cases.get(..at).unwrap_or_default().iter().rev().skip(jobs - 1).step_by(jobs).take(most);
        let own: Vec<usize> = own.copied().collect();
        own.into_iter().rev()
    }

    /// The case to fire, with its place in the plan: the smallest and the first that showed it take turns.
    pub(super) fn case<'a>(&'a self, plan: &'a Plan, tries: usize) -> Option<(usize, &'a Case)> {
        let planned = |index: usize| Some((index, plan.cases.get(index)?));
        match (&self.shrunk, tries.is_multiple_of(2)) {
            (Some(shrunk), true) => Some((self.smallest, shrunk)),
            (Some(_), false) | (None, true) => planned(self.smallest),
            (None, false) => planned(self.first),
        }
    }
}

fn slowest(seen: &Observation) -> Duration {
    seen.exchanges().filter(|e| e.outcome.is_ok()).map(|e| e.elapsed).max().unwrap_or_default()
}
