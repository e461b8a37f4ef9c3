//! One report out of those of several shards, as if one run had fired all their cases.

use std::collections::HashMap;

use super::document::{
    Evidence, Example, Report, ReportedFinding, ReportedPromise, ReportedSide, ShowingCase, VERSION,
};

/// Why reports cannot be merged. Each is told by the name it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    /// There is nothing to merge.
    #[error("no report to merge")]
    None,
    /// One is of a form that this version does not know.
    #[error("{0}: a report of version {1}; expected version {VERSION}")]
    Version(String, u32),
    /// One is of several operations.
    #[error("{0}: a report of several operations; expected one for each shard of one operation")]
    Joined(String),
    /// Two are of different plans, or were judged differently.
    #[error("{0} and {1} are not of one plan: {2} is {3} in one and {4} in the other")]
    Differ(String, String, &'static str, String, String),
    /// One case was fired in two.
    #[error("the case {case} is in {one} and in {other}")]
    Twice {
        /// Its id.
        case: String,
        /// The first report that has it.
        one: String,
        /// The second.
        other: String,
    },
    /// Two are of the same shard.
    #[error("{0} and {1} are both of shard {2}/{3}")]
    Shard(String, String, u64, u64),
}

/// One report of all of these, each with a name for messages.
///
/// Counts are summed, of several examples of a finding the smallest is kept, and everything that
/// follows from the facts is concluded anew, the exit code too. Where cases of the plan are in none
/// of them, it says that nobody can tell.
///
/// # Errors
/// Reports of different plans, and cases that are in two of them.
pub(crate) fn merge(reports: Vec<(String, Report)>) -> Result<Report, MergeError> {
    check(&reports)?;
    let mut reports = reports.into_iter().map(|(_, report)| report);
    let Some(mut whole) = reports.next() else {
        return Err(MergeError::None);
    };
    let mut merged = whole.run.merged.unwrap_or(1);

    for report in reports {
        merged = merged.saturating_add(report.run.merged.unwrap_or(1));
        whole.take_in(report);
    }

    whole.run.merged = Some(merged);
    whole.run.shard = None;
    whole.cases.sort_by_key(|case| case.place);
    whole.conclude();
    Ok(whole)
}

fn check(reports: &[(String, Report)]) -> Result<(), MergeError> {
    let Some((first, one)) = reports.first() else {
        return Err(MergeError::None);
    };
    let mut seen: HashMap<usize, &str> = HashMap::new();

    for (number, (name, report)) in reports.iter().enumerate() {
        if report.version != VERSION {
            return Err(MergeError::Version(name.clone(), report.version));
        }
        if !report.run.operations.is_empty() {
            return Err(MergeError::Joined(name.clone()));
        }
        let facts = |r: &Report| -> [(&'static str, String); 10] {
            [
                ("the version of proofmark", r.tool.version.clone()),
                ("the operation", r.run.slug.clone()),
                ("the revision", r.run.revision.clone()),
                ("the seed", r.run.seed.to_string()),
                ("the number of samples", r.run.samples.to_string()),
                ("--exhaustive", r.run.exhaustive.to_string()),
                ("the level", r.run.gate.to_string()),
                (
                    "the number of shards",
                    r.run
                        .shard
                        .map_or_else(|| "1".to_owned(), |s| s.of.to_string()),
                ),
                ("the number of cases", r.plan.selected.to_string()),
                ("the digest of the cases", r.plan.digest.clone()),
            ]
        };
        for ((what, here), (_, there)) in facts(one).into_iter().zip(facts(report)) {
            // What was merged before is of no shard any more.
            let counted = what == "the number of shards"
                && (one.run.merged.is_some() || report.run.merged.is_some());
            if here != there && !counted {
                return Err(MergeError::Differ(
                    first.clone(),
                    name.clone(),
                    what,
                    here,
                    there,
                ));
            }
        }
        if let Some(shard) = report.run.shard
            && let Some((other, _)) = reports[..number]
                .iter()
                .find(|(_, r)| r.run.shard == Some(shard))
        {
            return Err(MergeError::Shard(
                other.clone(),
                name.clone(),
                shard.number,
                shard.of,
            ));
        }
        for case in &report.cases {
            if let Some(other) = seen.insert(case.place, name) {
                let (one, other) = (other.to_owned(), name.clone());
                return Err(MergeError::Twice {
                    case: case.id.clone(),
                    one,
                    other,
                });
            }
        }
    }

    Ok(())
}

impl Report {
    pub(super) fn take_in(&mut self, other: Self) {
        // A report is a file, and may hold any number.
        self.plan.share = self.plan.share.saturating_add(other.plan.share);
        if !self
            .run
            .target
            .split(", ")
            .any(|target| target == other.run.target)
        {
            self.run.target = format!("{}, {}", self.run.target, other.run.target);
        }
        // Of several reasons to stop the worst tells most.
        if other.stopped.as_ref().map(|s| s.kind) > self.stopped.as_ref().map(|s| s.kind) {
            self.stopped = other.stopped;
        }

        self.accepted_any |= other.accepted_any;
        self.requests = self.requests.saturating_add(other.requests);
        self.cases.extend(other.cases);
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }

        for operation in other.operations {
            let mut known = self.operations.iter_mut();
            match known.find(|known| known.slug == operation.slug) {
                Some(known) => known.take_in(operation),
                None => self.operations.push(operation),
            }
        }

        self.implemented = match (self.implemented.take(), other.implemented) {
            (Some(mut held), Some(other)) => {
                held.take_in(other, &self.operations);
                Some(held)
            }
            // Where one of them was not told, nobody knows what is to be implemented.
            _ => None,
        };
        self.leftovers.extend(other.leftovers);
        // What one of them left out, another may have fired.
        self.budget = None;
        match (&mut self.baseline, other.baseline) {
            (Some(held), Some(other)) => {
                held.remove.extend(other.remove);
                held.expired.extend(other.expired);
                held.masked = held.masked.saturating_add(other.masked);
            }
            // What one of them was not held against is not known to the whole.
            (held, _) => *held = None,
        }

        self.traffic.take_in(other.traffic);
        self.data_plane = self.data_plane.take().or(other.data_plane);
        self.refused.controls.extend(other.refused.controls);
        self.refused.subjects.extend(other.refused.subjects);

        for finding in other.findings {
            match self
                .findings
                .iter_mut()
                .find(|f| f.id == finding.id && f.data_plane == finding.data_plane)
            {
                Some(known) => known.take_in(finding),
                None => self.findings.push(finding),
            }
        }

        for (promise, other) in self.promises.iter_mut().zip(other.promises) {
            promise.take_in(other);
        }
    }
}

impl ReportedFinding {
    fn take_in(&mut self, other: Self) {
        let count = self.count.saturating_add(other.count);
        let unstable = self.unstable && other.unstable;
        let known = self.known.take().filter(|_| other.known.is_some());
        let mut evidence = std::mem::take(&mut self.evidence);
        other
            .evidence
            .iter()
            .for_each(|more| take_in(&mut evidence, more));

        let mut values = std::mem::take(&mut self.values);
        values.extend(other.values.iter().cloned());
        // As in one run: the severest shows it; of those, one whose own request does; of those, the
        // smallest, the first.
        let around = |f: &Self| matches!(f.role.as_str(), "given" | "before");
        let rank = |f: &Self| {
            (
                f.level,
                around(f),
                f.size.unwrap_or(usize::MAX),
                f.place.unwrap_or(usize::MAX),
            )
        };

        if rank(&other) < rank(self) {
            *self = other;
        }
        (self.count, self.unstable, self.known) = (count, unstable, known);
        (self.evidence, self.values) = (evidence, values);
    }
}

/// Adds the cases of one kind to the kinds of cases that showed a finding.
fn take_in(evidence: &mut Vec<Evidence>, more: &Evidence) {
    let place = match evidence.binary_search_by(|known| known.kind.cmp(&more.kind)) {
        Err(place) => return evidence.insert(place, more.clone()),
        Ok(place) => place,
    };

    let Some(known) = evidence.get_mut(place) else {
        return;
    };
    known.cases += more.cases;
    let rank = |example: &Option<Example>| match example {
        Some(e) => (!e.by_itself, e.size, e.place),
        None => (true, usize::MAX, usize::MAX),
    };

    if rank(&more.example) < rank(&known.example) {
        known.example.clone_from(&more.example);
    }
}

impl ReportedPromise {
    pub(super) fn take_in(&mut self, other: Self) {
        self.facts.tested |= other.facts.tested;
        self.facts.masked |= other.facts.masked;
        self.facts.skipped = self.facts.skipped.take().or(other.facts.skipped);
        self.valid.take_in(other.valid);
        self.invalid.take_in(other.invalid);
        self.answer.take_in(other.answer);
        self.in_state.take_in(other.in_state);
    }
}

impl ReportedSide {
    fn take_in(&mut self, other: Self) {
        for (origin, count) in other.origins {
            let known = self.origins.entry(origin).or_default();
            *known = known.saturating_add(count);
        }

        for (id, count) in other.hindered {
            let known = self.hindered.entry(id).or_default();
            *known = known.saturating_add(count);
        }

        self.cases = self.cases.saturating_add(other.cases);
        // As in one run.
        let rank = |showing: &ShowingCase| (showing.besides, showing.place);
        let both = [self.shown_by.take(), other.shown_by];
        self.shown_by = both.into_iter().flatten().min_by_key(rank);
        if other.state > self.state {
            (self.state, self.why) = (other.state, other.why);
        }
    }
}

#[cfg(test)]
mod tests;
