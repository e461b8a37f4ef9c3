//! What a run said so far, as it happens.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::cause::Gathered;
use super::records::Records;
use super::{Budget, Found, Held, Mask, plural};
use crate::contract::AtomId;
use crate::judge::{DataPlaneJudgement, Finding, Observation, Role, Symptom, Verdict, error_type};
use crate::plan::Plan;
use crate::plan::case::{Case, Origin};
use crate::run::regressions;
use crate::run::{CaseResult, Ended, Event, Plainness, Retried, Spoilt};
use crate::wire::exchange::{Answer, Exchange};

/// The status of an answer, and the error type where it names one.
fn said(plan: &Plan, answer: &Answer) -> String {
    match error_type(&plan.service, answer) {
        Some(name) => format!("status {} {name}", answer.status),
        None => format!("status {} without an error type", answer.status),
    }
}

/// So many cases are named that spoilt a resource.
const SPOILT: usize = 3;

/// Everything a run said so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// Findings by identity, in the order they were first seen.
    pub(crate) found: IndexMap<String, Found>,
    /// How many cases came to each verdict.
    pub(crate) verdicts: BTreeMap<&'static str, usize>,
    /// What the target does not offer.
    pub(crate) notes: Vec<String>,
    /// How many requests were sent for cases.
    pub(crate) requests: usize,
    /// What became of a budget of time, where the run had one.
    pub(crate) budget: Option<Budget>,
    /// The seed of the order in which the cases were fired; none for that of the plan.
    pub(crate) shuffle: Option<u64>,
    /// What the data plane came to, where it was asked for.
    pub(crate) data_plane: Option<DataPlaneJudgement>,
    /// What was tried again, by the finding's identity.
    pub(crate) retried: BTreeMap<String, Retried>,
    /// Whether what did not come back when it was tried again fails the run all the same.
    pub(crate) fail_unstable: bool,
    /// The baseline that the run was held against.
    pub(crate) baseline: Option<Held>,
    pub(super) records: Records,
    /// How plainly the case of each finding shows it, and its place.
    pub(super) ranks: BTreeMap<String, (Plainness, usize)>,
    /// How many resources were spoilt by a case that is known.
    pub(super) spoilt: usize,
    pub(super) gathered: Gathered,
    /// What the target answered where it said that it does not implement the operation.
    pub(super) lacking: Option<String>,
    /// How many requests were accepted that may have made something, of an operation of which no
    /// file says how that is removed.
    pub(super) made_up_writes: usize,
    pub(super) refused_controls: BTreeSet<String>,
    pub(super) refused_subjects: BTreeSet<String>,
    pub(super) delivered: BTreeSet<AtomId>,
    pub(super) masked: BTreeSet<AtomId>,
    pub(super) skipped: BTreeMap<AtomId, String>,
    /// Promises of cases that came to no verdict for another reason than a refused control.
    pub(super) untold: BTreeSet<AtomId>,
    pub(super) masks: Vec<Mask>,
    /// Findings that other cases than those drawn at random show.
    pub(super) steady: BTreeSet<String>,
    pub(super) ended: Option<Ended>,
}

impl Summary {
    /// Takes in what just happened.
    pub(crate) fn add(&mut self, plan: &Plan, event: Event) {
        match event {
            Event::Prepared { notes } => self.notes = notes,
            Event::Judged(result) => self.judged(plan, *result),
            Event::Spoilt(spoilt) => self.spoilt(plan, *spoilt),
            Event::Retried(retried) => self.retry(*retried),
            Event::DataPlane(judgement) => {
                self.delivered.extend(judgement.exercised.iter().cloned());
                self.skipped.extend(judgement.untold.iter().cloned());
                self.data_plane = Some(*judgement);
            }
            Event::Shrunk(shrunk) => {
                let id = shrunk.finding.id();
                if shrunk.of != id
                    && let Some(found) = self.found.shift_remove(&shrunk.of)
                {
                    let known = self.found.entry(id.clone()).or_insert_with(|| Found {
                        count: 0,
                        ..found.clone()
                    });
                    known.count += found.count;
                    self.records.rename(&shrunk.of, &id);
                    self.gathered.rename(&shrunk.of, &id);
                }
                if let Some(found) = self.found.get_mut(&id) {
                    found.finding = shrunk.finding;
                    found.observation = shrunk.observation;
                    found.shrunk = Some(Box::new(shrunk.case));
                }
            }
        }
    }

    /// Takes in how the run ended.
    pub(crate) fn end(&mut self, ended: Ended) {
        self.notes.extend(ended.cut.iter().cloned());
        self.ended = Some(ended);
    }

    /// How the run ended, once it has.
    pub(crate) fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    fn judged(&mut self, plan: &Plan, result: CaseResult) {
        let Some(case) = plan.cases.get(result.index) else {
            return;
        };
        *self
            .verdicts
            .entry(result.judgement.verdict.name())
            .or_default() += 1;

        self.records.add(case, &result);
        self.gathered.add(plan, case, &result);
        if matches!(
            result.judgement.verdict,
            Verdict::Skip(_) | Verdict::NotImplemented | Verdict::Error(_)
        ) {
            self.untold.extend(case.atoms.iter().cloned());
        }

        if !by_chance(plan, case) {
            self.steady
                .extend(result.judgement.findings.iter().map(Finding::id));
        }

        match result.judgement.verdict {
            Verdict::Masked(_) => {
                self.masks.push(Mask::of(&result.judgement.findings));
                self.masked.extend(case.atoms.iter().cloned());
            }
            Verdict::Skip(why) => {
                self.skip(case, &why);
            }
            Verdict::NotImplemented => {
                let answers = result.observation.iter().flat_map(|seen| seen.exchanges());
                let refused = answers
                    .filter_map(Exchange::answer)
                    .find(|a| a.status >= 400);
                let said = refused.map(|answer| said(plan, answer));
                self.lacking = self.lacking.take().or(said);
                self.skip(case, "the target says it does not implement this");
            }
            Verdict::Pass | Verdict::Fail | Verdict::Probe(_) | Verdict::Error(_) => {}
        }

        let Some(observation) = result.observation else {
            return;
        };
        self.requests += observation.requests();
        if plan.binding.made_up && !plan.contract.http.only_reads() {
            self.made_up_writes += observation.exchanges().filter(|e| e.accepted()).count();
        }
        self.found(case, result.index, result.judgement.findings, &observation);
    }

    /// Takes in that a case did not apply. Of several reasons one is kept, whichever comes first.
    fn skip(&mut self, case: &Case, why: &str) {
        for atom in &case.atoms {
            let known = self
                .skipped
                .entry(atom.clone())
                .or_insert_with(|| why.to_owned());
            if why < known.as_str() {
                why.clone_into(known);
            }
        }
    }

    /// Takes in what a case showed.
    fn found(
        &mut self,
        case: &Case,
        index: usize,
        findings: Vec<Finding>,
        observation: &Observation,
    ) {
        for finding in findings {
            let id = finding.id();
            if finding.symptom == Symptom::Refused {
                let bodies = match finding.role {
                    Role::Given => &mut self.refused_controls,
                    _ => &mut self.refused_subjects,
                };
                let of = match finding.role {
                    Role::Given => Role::Given,
                    _ => Role::Subject,
                };
                let of = observation.at(of);
                bodies.extend(of.map(|e| plain(&e.request.body)));
            }
            let rank = (Plainness::of(case, &finding, observation), index);
            let count = match self.found.get_mut(&id) {
                Some(known) => {
                    known.count += 1;
                    // The plainest shows it; of several as plain, the first of the plan.
                    if self.ranks.get(&id).is_some_and(|known| rank >= *known) {
                        continue;
                    }
                    known.count
                }
                None => 1,
            };
            self.ranks.insert(id.clone(), rank);
            let observation = observation.clone();
            self.found.insert(
                id,
                Found {
                    finding,
                    count,
                    case: index,
                    observation,
                    shrunk: None,
                    written: None,
                },
            );
        }
    }

    /// Takes in that a case spoilt a resource, and what was seen there before its place was taken.
    fn spoilt(&mut self, plan: &Plan, spoilt: Spoilt) {
        if let Some(by) = spoilt.by.and_then(|place| plan.cases.get(place)) {
            self.spoilt += 1;
            let more = match self.spoilt.checked_sub(SPOILT) {
                None | Some(0) => {
                    format!(
                        "after {} no valid update put the resource right, and a new one took its place: {}",
                        by.id, spoilt.why
                    )
                }
                Some(more) => {
                    if more > 1 {
                        self.notes.pop();
                    }
                    format!("after {} the same was done", plural(more, "more case"))
                }
            };
            self.notes.push(more);
        }

        let Some(first) = spoilt.overtaken else {
            return;
        };
        let Some((case, seen)) = plan.cases.get(first.index).zip(first.observation.as_ref()) else {
            return;
        };
        self.requests += seen.requests();

        if !by_chance(plan, case) {
            self.steady
                .extend(first.judgement.findings.iter().map(Finding::id));
        }

        self.records.overtaken(&first);
        self.found(case, first.index, first.judgement.findings, seen);
    }

    /// The findings to show, before they are grouped.
    ///
    /// A valid request that is refused as a control is the same fault as its refusal in a case
    /// about it. It breaks the promise of that case, and no other.
    pub(crate) fn shown(&self) -> Vec<&Found> {
        let told = self.told();
        self.found
            .values()
            .filter(|c| !told || !is_refused_control(&c.finding))
            .collect()
    }

    /// Whether each refused control was refused in a case about it as well.
    fn told(&self) -> bool {
        self.refused_controls.is_subset(&self.refused_subjects)
    }

    /// Whether a case, or the data plane, tested the promise.
    pub(super) fn tested(&self, id: &AtomId) -> bool {
        self.records.sides.tested(id) || self.delivered.contains(id)
    }

    /// Every finding, those of the data plane last.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        let data_plane = self.data_plane.iter().flat_map(|d| &d.findings);
        self.found.values().map(|c| &c.finding).chain(data_plane)
    }
}

fn is_refused_control(finding: &Finding) -> bool {
    finding.role == Role::Given && finding.symptom == Symptom::Refused
}

/// A body without the white space that JSON leaves free, so that equal documents are equal texts.
fn plain(body: &[u8]) -> String {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(document) => document.to_string(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

/// Whether a case may be missing from another run of the same files.
fn by_chance(plan: &Plan, case: &Case) -> bool {
    case.origin == Origin::Sampled || regressions::kept(&plan.contract.slug, &case.id)
}
