//! One report out of those of several operations, which were judged in one run.
//!
//! Each operation is concluded by itself: what its findings have in common is found among its own
//! exchanges. Joining adds up what was counted, tells a finding once that several operations showed,
//! and a fault of form once that all answers have.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::document::{CauseKind, HeldBaseline, Report, ReportedCause, ReportedPromise, StopKind};
use crate::support::digest::Digest;

/// What a run says of one operation.
pub(crate) struct JudgedOperation {
    pub(crate) report: Report,
    /// What it says of the promises of other operations.
    pub(crate) beside: Vec<ReportedPromise>,
}

/// One report of all of these, in their order; `flags` lead to the same run again. `None` where
/// there is no report.
pub(crate) fn joined(judged: Vec<JudgedOperation>, flags: String) -> Option<Report> {
    let is_one = judged.len() == 1;
    let mut judged = judged.into_iter();
    let JudgedOperation {
        report: mut whole,
        mut beside,
    } = judged.next()?;
    if is_one {
        return Some(whole);
    }

    whole.run.operations = vec![whole.run.slug.clone()];
    whole.without_fixture();
    whole.run.flags = flags;
    for mut other in judged {
        let before = whole.plan.cases;
        shift_places(&mut other.beside, before);
        beside.extend(other.beside);
        whole.join(other.report);
    }

    for other in beside {
        if let Some(own) = whole.promises.iter_mut().find(|own| own.id == other.id) {
            own.take_in(other);
        }
    }

    whole.plan.digest = Digest::of(&whole.plan.digest);
    whole.settle();
    Some(whole)
}

impl Report {
    fn join(&mut self, mut other: Self) {
        other.shift_places(self.plan.cases);
        other.without_fixture();
        self.operations.append(&mut other.operations);
        self.run.operations.push(other.run.slug.clone());
        for (all, one) in [
            (&mut self.run.operation, &other.run.operation),
            (&mut self.run.source, &other.run.source),
            (&mut self.run.contract, &other.run.contract),
            (&mut self.run.revision, &other.run.revision),
        ] {
            add_word(all, one);
        }

        self.run.slug = self.run.operations.join("+");
        self.plan.digest.push_str(&other.plan.digest);
        self.plan.cases += other.plan.cases;
        self.plan.selected += other.plan.selected;
        self.plan.share += other.plan.share;

        let held = match (self.baseline.take(), other.baseline.take()) {
            (Some(own), Some(held)) => Some(self.held_by_both(own, &other, held)),
            _ => None,
        };
        let causes = std::mem::take(&mut other.causes);
        let promises = std::mem::take(&mut other.promises);
        self.take_in(other);
        self.baseline = held;
        self.promises.extend(promises);
        self.join_causes(causes);
    }

    /// What one operation lacks ends the run of no other: the state of that operation says it.
    fn without_fixture(&mut self) {
        self.stopped
            .take_if(|stopped| stopped.kind == StopKind::NoFixture);
    }

    /// A baseline that was held against these operations and another one. The operation that an
    /// entry is of says whether it is to be removed, unless the others showed what it is about;
    /// where none of them is that one, all must say so.
    fn held_by_both(&self, own: HeldBaseline, other: &Self, held: HeldBaseline) -> HeldBaseline {
        let shows = |report: &Self, id: &str| {
            let found = report.findings.iter().any(|finding| finding.id == id);
            found || report.causes.iter().any(|cause| cause.id == id)
        };
        let is_of = |slug: &str, id: &str| {
            let rest = id.strip_prefix(slug);
            rest.is_some_and(|rest| rest.starts_with("::"))
        };

        let mut remove = BTreeMap::new();
        for (id, why) in own.remove.iter().chain(&held.remove) {
            let of_other = is_of(&other.run.slug, id);
            let of_these = self
                .run
                .operations
                .iter()
                .any(|slug| *slug != other.run.slug && is_of(slug, id));
            let goes = match (of_other, of_these) {
                (true, _) => held.remove.contains_key(id) && !shows(self, id),
                (false, true) => own.remove.contains_key(id) && !shows(other, id),
                (false, false) => own.remove.contains_key(id) && held.remove.contains_key(id),
            };
            if goes {
                let said = if of_other {
                    held.remove.get(id)
                } else {
                    own.remove.get(id)
                };
                remove.insert(id.clone(), said.unwrap_or(why).clone());
            }
        }

        let mut expired = own.expired;
        expired.extend(held.expired);
        HeldBaseline {
            file: own.file,
            remove,
            expired,
            masked: own.masked + held.masked,
        }
    }

    /// Moves the places of its cases behind those of other operations.
    fn shift_places(&mut self, by: usize) {
        for case in &mut self.cases {
            case.place += by;
        }

        for finding in &mut self.findings {
            finding.place = finding.place.map(|place| place + by);
            let examples = finding
                .evidence
                .iter_mut()
                .filter_map(|e| e.example.as_mut());
            examples.for_each(|example| example.place += by);
        }

        for cause in &mut self.causes {
            if let Some(example) = &mut cause.example {
                example.place += by;
            }
        }

        shift_places(&mut self.promises, by);
    }

    fn join_causes(&mut self, others: Vec<ReportedCause>) {
        for other in others {
            match self.causes.iter_mut().find(|known| is_one(known, &other)) {
                Some(known) => known.take_in(other),
                None => self.causes.push(other),
            }
        }
        // As in one report: what fails the run first, and then what breaks most.
        self.causes.sort_by_key(|cause| {
            let weight = std::cmp::Reverse((cause.promises.len(), cause.cases));
            (!cause.fails, cause.level, weight)
        });
    }
}

impl ReportedCause {
    fn take_in(&mut self, other: Self) {
        self.cases += other.cases;
        self.level = self.level.min(other.level);
        self.fails |= other.fails;
        for (known, more) in [
            (&mut self.findings, other.findings),
            (&mut self.follows, other.follows),
            (&mut self.promises, other.promises),
        ] {
            let told: HashSet<String> = known.iter().cloned().collect();
            known.extend(more.into_iter().filter(|id| !told.contains(id)));
        }
    }
}

fn shift_places(promises: &mut [ReportedPromise], by: usize) {
    for promise in promises {
        let sides = [
            &mut promise.valid,
            &mut promise.invalid,
            &mut promise.answer,
            &mut promise.in_state,
        ];
        for shown in sides.into_iter().filter_map(|side| side.shown_by.as_mut()) {
            shown.place += by;
        }
    }
}

/// Whether two causes are one fault of the target: the same findings show both, or every answer has
/// the same fault of form.
fn is_one(known: &ReportedCause, other: &ReportedCause) -> bool {
    let findings: BTreeSet<&String> = known.findings.iter().collect();
    let explained = other.findings.iter().all(|id| findings.contains(id));
    let form = known.kind == CauseKind::Form && other.kind == CauseKind::Form;
    explained || (form && known.says == other.says)
}

/// Adds a word to a list of them, once.
fn add_word(all: &mut String, word: &str) {
    if !all.split(", ").any(|known| known == word) {
        all.push_str(", ");
        all.push_str(word);
    }
}
