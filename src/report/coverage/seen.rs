//! What cases came to, promise by promise and side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cover, Exercised, Row, Showing, Unshown, sides};
use crate::contract::{Atom, AtomId, Contract};
use crate::judge::{Finding, Side, Verdict};
use crate::plan::Plan;
use crate::plan::case::{Case, Origin};
use crate::run::CaseResult;

/// From which sides cases tested promises so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    exercised: BTreeMap<AtomId, [Tested; 4]>,
    masked: BTreeSet<(AtomId, Side)>,
    /// Why no case could test it on this target.
    skipped: BTreeMap<(AtomId, Side), String>,
    untold: BTreeSet<(AtomId, Side)>,
}

/// The cases that tested one side of a promise.
#[derive(Clone, Debug, Default)]
struct Tested {
    origins: BTreeMap<String, usize>,
    /// The one that is told of those that showed by themselves that it is kept.
    shown_by: Option<Showing>,
    /// Of the others, what stood in the way.
    hindered: BTreeMap<String, usize>,
}

impl Seen {
    /// Takes in what became of a case.
    pub(crate) fn add(&mut self, case: &Case, result: &CaseResult) {
        let open = match result.judgement.verdict {
            Verdict::Masked(_) => Some(&mut self.masked),
            Verdict::Error(_) => Some(&mut self.untold),
            _ => None,
        };

        if let Some(open) = open {
            open.extend(
                case.atoms
                    .iter()
                    .map(|atom| (atom.clone(), Side::of_case(case))),
            );
        }

        if let Verdict::Skip(why) = &result.judgement.verdict {
            let side = Side::of_case(case);
            for atom in &case.atoms {
                let known = self.skipped.entry((atom.clone(), side));
                known.or_insert_with(|| why.clone());
            }
        }

        let origin = match &case.origin {
            Origin::Derived => "derived",
            Origin::Sampled => "chance",
            Origin::Written { file, .. } | Origin::Recorded { file, .. } => {
                file.rsplit('/').next().unwrap_or(file)
            }
        };

        let besides = result
            .judgement
            .findings
            .iter()
            .filter(|finding| !is_form(finding))
            .count();

        let showing = Showing {
            besides,
            place: result.index,
        };

        for (atom, sides) in &result.judgement.exercised {
            if !self.exercised.contains_key(atom) {
                self.exercised.insert(atom.clone(), Default::default());
            }
            let Some(by_side) = self.exercised.get_mut(atom) else {
                continue;
            };
            let shown = result
                .judgement
                .shown
                .get(atom)
                .copied()
                .unwrap_or_default();
            for (side, tested) in Side::ALL
                .into_iter()
                .zip(by_side)
                .filter(|(side, _)| sides.has(*side))
            {
                add(&mut tested.origins, origin);
                if shown.has(side) {
                    tested.shown_by =
                        Some(tested.shown_by.map_or(showing, |known| known.min(showing)));
                } else if let Some(finding) = in_the_way(&result.judgement.findings) {
                    add(&mut tested.hindered, &finding.id());
                }
            }
        }
    }

    /// Whether any case tested the promise.
    pub(crate) fn tested(&self, atom: &AtomId) -> bool {
        self.exercised.contains_key(atom)
    }

    /// What is known of each side of a promise. `own`: whether it is one of the contract under
    /// test, and not of an operation around it.
    pub(crate) fn row(&self, plan: &Plan, contract: &Contract, atom: &Atom, own: bool) -> Row {
        let wanted = sides::wanted(contract, atom);
        let exercised = self.exercised.get(&atom.id);
        // A promise that cases alone check is tested by whichever side they test it from.
        let any = sides::any_will_do(contract, atom) && exercised.is_some();
        let is_tested = |side: &Side| {
            let by = exercised.and_then(|by| by.get(*side as usize));
            by.is_some_and(|by| !by.origins.is_empty())
        };
        // What was tested from other sides alone, and shown from none of these, is not kept.
        let elsewhere = !Side::ALL
            .iter()
            .any(|side| wanted.has(*side) && is_tested(side));
        Side::ALL.map(|side| {
            let by = exercised
                .and_then(|by| by.get(side as usize))
                .filter(|by| !by.origins.is_empty());
            if let Some(Tested {
                origins,
                shown_by,
                hindered,
            }) = by
            {
                let must = wanted.has(side) || any || elsewhere;
                return match *shown_by {
                    Some(shown_by) => Cover::Exercised(Exercised {
                        origins: origins.clone(),
                        shown_by,
                    }),
                    None if must => Cover::Unshown(Unshown {
                        origins: origins.clone(),
                        hindered: hindered.clone(),
                    }),
                    None => Cover::None,
                };
            }
            if !wanted.has(side) || any {
                return Cover::None;
            }
            if let Some(why) = &atom.impossible {
                return Cover::Impossible(why.clone());
            }
            if self.masked.contains(&(atom.id.clone(), side)) {
                return Cover::Masked;
            }
            if self.untold.contains(&(atom.id.clone(), side)) {
                return Cover::Unshown(Unshown::default());
            }
            let why = match own {
                true => sides::impossible(plan, atom, side),
                false => None,
            };
            let why = why.or_else(|| self.skipped.get(&(atom.id.clone(), side)).cloned());
            why.map_or(Cover::Untested, Cover::Impossible)
        })
    }
}

/// Of the findings of a case, that which best says why it showed nothing: what is no mere form of
/// an answer, where there is any.
fn in_the_way(findings: &[Finding]) -> Option<&Finding> {
    findings
        .iter()
        .find(|f| !is_form(f))
        .or_else(|| findings.first())
}

/// Whether a finding is about the mere form of an answer.
fn is_form(finding: &Finding) -> bool {
    matches!(finding.class.as_str(), "answer" | "refusal")
}

/// Counts one more. Nearly always the name is there.
fn add(counts: &mut BTreeMap<String, usize>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}
