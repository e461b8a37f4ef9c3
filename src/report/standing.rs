//! How a finding stands: whether it fails the run, is known, or did not come back when it was tried
//! again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Held, Report, Standing, Summary};
use crate::contract::{AtomId, Level};
use crate::judge::{Finding, Symptom};
use crate::plan::Plan;
use crate::report::baseline::{self, Baseline, Entry, Seen};
use crate::run::regressions;
use crate::run::{Confirmation, Retried};
use crate::support::date::Date;

/// Of so many requests one may have no whole answer for a reason that lies in the network.
const RARE: usize = 100;

impl Summary {
    /// How a finding of this run stands, with those of at least that level failing it.
    pub(crate) fn standing(&self, finding: &Finding, gate: Level) -> Standing {
        let id = finding.id();
        if self
            .baseline
            .as_ref()
            .is_some_and(|held| held.comparison.known.contains_key(&id))
        {
            return Standing::Known;
        }
        match finding.level <= gate {
            true if !self.fail_unstable && self.vanished(&id) && self.of_the_network(finding) => {
                Standing::Unstable
            }
            true => Standing::Fails,
            false => Standing::Warns,
        }
    }

    /// Whether it did not come back when it was tried again.
    fn vanished(&self, id: &str) -> bool {
        self.retried
            .get(id)
            .is_some_and(|r| r.confirmation == Confirmation::Unstable)
    }

    /// Whether it may have been the network, or our own time limits, and not the target. What was
    /// answered was answered by the target.
    fn of_the_network(&self, finding: &Finding) -> bool {
        // Connections that break more often than that are broken by the target.
        let count = self.found.get(&finding.id()).map_or(1, |found| found.count);
        let often = count > 1 && count * RARE > self.requests;
        finding.symptom.may_be_the_network()
            && !(often && matches!(finding.symptom, Symptom::NoAnswer | Symptom::Cut))
    }

    /// How often what was answered and did not come back was seen, in words.
    pub(super) fn intermittent(&self, finding: &Finding) -> Option<String> {
        if !self.vanished(&finding.id()) || self.of_the_network(finding) {
            return None;
        }
        let count = self.found.get(&finding.id()).map_or(1, |found| found.count);
        let seen = if count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };

        Some(format!(
            "seen {seen} in {}",
            super::plural(self.requests, "request")
        ))
    }

    /// Whether its requests alone did not show it when they were sent again, but only those before
    /// them in the run.
    pub(super) fn only_after_others(&self, finding: &Finding) -> bool {
        self.retried.get(&finding.id()).is_some_and(|r| {
            matches!(
                r.confirmation,
                Confirmation::AfterOthers(_) | Confirmation::AtTheSameTime(_)
            )
        })
    }

    /// The cases that have to be fired for it to show, the last of which shows it, where it is not
    /// that one alone.
    pub(super) fn shown_after(&self, finding: &Finding) -> &[String] {
        match self.retried.get(&finding.id()).map(|r| &r.confirmation) {
            Some(Confirmation::AfterOthers(before)) => before,
            _ => &[],
        }
    }

    /// Holds a baseline against what the run showed.
    pub(crate) fn hold_against(
        &mut self,
        plan: &Plan,
        baseline: &Baseline,
        file: &str,
        today: Date,
    ) {
        let found = self.findings().map(Finding::id).collect();
        let promises = plan.promises().map(|a| a.id.to_string()).collect();
        let would_show = |id: &str, entry: &Entry| self.would_show(plan, id, entry);
        // What a cause is called does not depend on the gate.
        let causes = Report::of(plan, self, Level::Must)
            .causes
            .into_iter()
            .map(|cause| (cause.id, cause.findings))
            .collect();

        let seen = Seen {
            found: &found,
            causes: &causes,
            promises: &promises,
            would_show: &would_show,
        };

        let comparison = baseline.compare(seen, today);
        self.baseline = Some(Held {
            file: file.to_owned(),
            comparison,
        });
    }

    /// The findings that fail the run, by identity, and whether another run may miss each: nothing
    /// but chance shows it, or it did not come back.
    pub(crate) fn failing(&self, gate: Level) -> BTreeMap<String, bool> {
        let fails = self
            .findings()
            .filter(|f| self.standing(f, gate) == Standing::Fails);
        let by_chance =
            |f: &Finding| self.found.contains_key(&f.id()) && !self.steady.contains(&f.id());
        fails
            .map(|f| (f.id(), by_chance(f) || self.vanished(&f.id())))
            .collect()
    }

    /// How many cases came to no verdict because their control was refused, which a known finding
    /// says.
    pub(super) fn masked_as_known(&self) -> usize {
        let known = |id: &str| {
            self.baseline
                .as_ref()
                .is_some_and(|held| held.comparison.known.contains_key(id))
        };
        self.masks.iter().filter(|mask| mask.known(known)).count()
    }

    /// Takes in that a finding was tried again.
    pub(super) fn retry(&mut self, retried: Retried) {
        if let (Some(shown), Some(seen), Some(found)) = (
            &retried.shown,
            &retried.observation,
            self.found.get_mut(&retried.id),
        ) {
            // What was seen to show it is what is printed.
            found.finding = shown.finding.clone();
            found.observation = seen.clone();
            found.case = shown.index;
            if !shown.shrunk {
                (found.shrunk, found.written) = (None, None);
            }
        }

        self.retried.insert(retried.id.clone(), retried);
    }

    /// Whether a finding that did not appear would have. Only a whole run tells: any case may be
    /// the one that shows it.
    fn would_show(&self, plan: &Plan, id: &str, entry: &Entry) -> bool {
        let tested =
            |atoms: &BTreeSet<AtomId>| atoms.iter().any(|a| a.as_str() == baseline::promise(id));
        let whole = self
            .ended()
            .is_some_and(|e| e.stopped.is_none() && e.accepted_any)
            && self.verdicts.values().sum::<usize>() == plan.cases.len();
        if baseline::is_cause(id) {
            return whole
                && !self.verdicts.contains_key("masked")
                && !self.verdicts.contains_key("error");
        }
        let atom = plan
            .promises()
            .find(|atom| atom.id.as_str() == baseline::promise(id));
        let exercised = atom.is_some_and(|atom| self.tested(&atom.id));
        if !whole || !exercised || tested(&self.masked) || tested(&self.untold) {
            return false;
        }
        if baseline::class(id) == "data-plane" {
            let told = self.data_plane.as_ref().map(|d| {
                d.exercised
                    .iter()
                    .any(|a| a.as_str() == baseline::promise(id))
            });
            return told.unwrap_or(false);
        }
        // A request that was found by chance is there again only where it was kept.
        !entry.chance
            || plan
                .cases
                .iter()
                .any(|case| case.id == regressions::case_of(&plan.contract.slug, id))
    }
}
