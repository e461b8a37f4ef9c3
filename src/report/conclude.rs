//! What follows from the facts of a document: the state of each promise, the order of findings,
//! counts, the exit code and the headline.
//!
//! A merge brings facts together and concludes anew, by the rules that one run has.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::build::ending;
use super::cause::causes;
use super::document::{
    CauseKind, HeldImplemented, OperationState, Outcome, Report, ReportedCase, ReportedFinding,
    ReportedOperation,
};

use super::exit::{Ended, Exit};
use super::headline::{Facts, Shown, Untold, headline};
use super::plural;
use crate::contract::Level;

impl Report {
    /// Fills in all that follows from the rest.
    pub(super) fn conclude(&mut self) {
        self.order();
        let told = self.refused.controls.is_subset(&self.refused.subjects);
        for finding in &mut self.findings {
            finding.repeats = told && finding.role == "given" && finding.symptom == "refused";
        }
        self.causes = causes(self);
        self.settle();
    }

    /// Fills in all that follows from cases, findings and causes.
    pub(super) fn settle(&mut self) {
        self.counts = BTreeMap::new();
        for case in &self.cases {
            *self.counts.entry(case.verdict).or_default() += 1;
        }
        self.order();
        let only_follows = self.only_follows();
        let mut broken: HashMap<&str, Level> = HashMap::new();
        // What repeats another finding breaks the promise that the other one is about, and what
        // only follows from a cause is no fault of its own.
        for finding in self
            .findings
            .iter()
            .filter(|f| !f.repeats && !only_follows.contains(&f.id))
        {
            let level = broken.entry(&finding.promise).or_insert(finding.level);
            *level = finding.level.min(*level);
        }

        for promise in &mut self.promises {
            let level = broken.get(promise.id.as_str()).copied();
            (promise.state, promise.why) = promise.facts.state(level, promise.sides());
        }

        self.exit = ending(self.outcome());
        self.headline = self.headline();
    }

    /// The findings that are nothing but answers which show what causes leave behind. A refusal
    /// that changes something, or a value that is not stored, breaks its own promise, wherever it
    /// is told.
    fn only_follows(&self) -> HashSet<String> {
        let answers: HashSet<&String> = self
            .findings
            .iter()
            .filter(|f| f.class == "answer")
            .map(|f| &f.id)
            .collect();
        let follows = self
            .causes
            .iter()
            .flat_map(|cause| &cause.follows)
            .filter(|id| answers.contains(id));
        let breaks = |id: &&String| {
            self.causes
                .iter()
                .any(|c| c.findings.contains(id) && !c.follows.contains(id))
        };
        follows.filter(|id| !breaks(id)).cloned().collect()
    }

    /// The order in which the plan's cases show them; what no case shows comes last.
    fn order(&mut self) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for id in self.cases.iter().flat_map(|case| &case.findings) {
            let next = places.len();
            places.entry(id).or_insert(next);
        }
        self.findings.sort_by_cached_key(|f| {
            let place = places.get(f.id.as_str()).copied().filter(|_| !f.data_plane);
            (place.unwrap_or(usize::MAX), f.id.clone())
        });
    }

    /// The cases that fail for nothing but the form of answers, such as their content type, which
    /// one fix mends for all.
    pub(crate) fn formal(&self) -> Vec<&ReportedCase> {
        let forms = self.causes.iter().filter(|c| c.kind == CauseKind::Form);
        let forms: HashSet<&String> = forms.flat_map(|cause| &cause.findings).collect();
        let failed = self.cases.iter().filter(|c| c.verdict == Outcome::Fail);
        failed
            .filter(|c| !c.findings.is_empty() && c.findings.iter().all(|id| forms.contains(id)))
            .collect()
    }

    /// How many cases are in no report, although the plan has them.
    pub(crate) fn missing(&self) -> usize {
        match self.run.shard {
            // A shard is not to fire them.
            Some(_) => 0,
            None => self.plan.selected.saturating_sub(self.plan.share),
        }
    }

    /// How the run ended, for scripts.
    pub(crate) fn outcome(&self) -> Exit {
        let no_verdict = [Outcome::Error, Outcome::NotImplemented, Outcome::Masked];
        let ended = Ended {
            stopped: self.stopped.as_ref().map(|s| s.kind),
            enough: self.stopped.as_ref().is_some_and(|s| s.enough),
            missing: self.missing() > 0,
            accepted_any: self.accepted_any && !self.cases.is_empty(),
            findings: self.findings.iter().any(|f| f.fails(self.run.gate)) || self.lost() > 0,
            untold: no_verdict.iter().any(|v| self.untold(*v) > 0) || self.lacks_operations(),
            outdated: self
                .baseline
                .as_ref()
                .is_some_and(|held| !held.remove.is_empty()),
        };

        ended.exit()
    }

    /// Holds the operations that the target is to implement against what became of them.
    pub(crate) fn hold_implemented(&mut self, file: String, listed: &BTreeSet<String>) {
        self.implemented = Some(HeldImplemented::new(file, listed, &self.operations));
        self.settle();
    }

    /// How many operations the target is to implement and were not judged.
    fn lost(&self) -> usize {
        self.implemented.as_ref().map_or(0, |held| held.lost.len())
    }

    /// Whether one of several operations was not judged. Where it is known which are implemented,
    /// the others need not be.
    fn lacks_operations(&self) -> bool {
        self.implemented.is_none() && self.has_unjudged()
    }

    fn has_unjudged(&self) -> bool {
        let judged = |operation: &ReportedOperation| operation.state == OperationState::Judged;
        self.operations.len() > 1 && !self.operations.iter().all(judged)
    }

    fn headline(&self) -> String {
        let gate = self.run.gate;
        let standing = |is: &dyn Fn(&ReportedFinding) -> bool| {
            self.findings.iter().filter(|f| !f.repeats && is(f)).count()
        };
        let missing = (self.missing() > 0 && self.stopped.is_none()).then(|| {
            format!(
                "{} of the plan {} in no report",
                plural(self.missing(), "case"),
                is(self.missing())
            )
        });

        headline(&Facts {
            exit: self.outcome(),
            shown: Shown {
                fails: standing(&|f| f.fails(gate)),
                unstable: standing(&|f| f.unstable),
                known: standing(&|f| f.known.is_some()),
                warns: standing(&|f| f.level > gate && f.known.is_none()),
            },
            states: self.states().filter(|_| self.has_unjudged()),
            lost: self.lost(),
            stopped: self
                .stopped
                .as_ref()
                .map(|s| s.why.as_str())
                .or(missing.as_deref()),
            untold: Untold {
                errors: self.untold(Outcome::Error),
                lacking: self.untold(Outcome::NotImplemented),
                masked: self.untold(Outcome::Masked),
            },
            baseline: self
                .baseline
                .as_ref()
                .map(|held| (held.file.as_str(), held.remove.len())),
        })
    }

    /// How many cases came to that verdict; what masks them may be known.
    fn untold(&self, outcome: Outcome) -> usize {
        let known = self
            .baseline
            .as_ref()
            .filter(|_| outcome == Outcome::Masked)
            .map_or(0, |held| held.masked);
        self.counted(outcome).saturating_sub(known)
    }

    /// How many cases came to that verdict. Where it is known which operations are implemented, only
    /// those of operations that were judged count.
    fn counted(&self, outcome: Outcome) -> usize {
        if self.implemented.is_none() {
            return self.count(outcome);
        }
        let judged = |operation: &&ReportedOperation| operation.state == OperationState::Judged;
        let judged: BTreeSet<&str> = self
            .operations
            .iter()
            .filter(judged)
            .map(|operation| operation.slug.as_str())
            .collect();
        let is_of_judged = |case: &&ReportedCase| {
            let slug = case.id.split("::").next().unwrap_or_default();
            case.verdict == outcome && judged.contains(slug)
        };
        self.cases.iter().filter(is_of_judged).count()
    }
}

fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
