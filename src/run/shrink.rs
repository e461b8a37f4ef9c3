//! Making what fails small: simpler cases are fired as long as they show the same finding.

use std::collections::BTreeSet;
use std::time::Duration;

use indexmap::IndexMap;
use proptest::strategy::ValueTree;
use tokio::time::Instant;

use super::{CaseResult, Event, Runner, Shrunk, Worker, WorkerHealth};
use crate::judge::Role;
use crate::plan::Plan;
use crate::plan::case::{Case, Origin};
use crate::plan::generator::CaseTree;
use crate::run::regressions;

/// What a trial of a simpler value came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trial<S> {
    /// It shows what is looked for, and this is what was seen.
    Shows(S),
    /// It does not.
    Hides,
    /// There is no use in going on.
    Stop,
}

/// Which findings only cases drawn at random or sequences show, and which of these cases is the
/// smallest.
#[derive(Debug, Default)]
pub(super) struct ByChance {
    /// Whether the request itself shows it, and the place of the case.
    findings: IndexMap<String, (bool, usize)>,
    /// Shown by a case of one request that is there on every run.
    known: BTreeSet<String>,
}

/// So many trials of sequences, each of many requests.
const SEQUENCES: usize = 60;
/// So many trials in all.
const TRIALS: usize = 2000;
/// So long may all trials take together, in the time of the target.
const LIMIT: Duration = Duration::from_secs(120);

/// Tries simpler values of a tree while they show what is looked for, at most so many; the first
/// trial is the value itself. Gives the simplest that does, and what was seen of it.
pub(crate) async fn shrink<T: ValueTree, S>(
    tree: &mut T,
    most: usize,
    mut trial: impl AsyncFnMut(&T::Value) -> Trial<S>,
) -> Option<(T::Value, S)> {
    let mut best = None;
    for _ in 0..most {
        let value = tree.current();
        let more = match trial(&value).await {
            Trial::Shows(seen) => {
                best = Some((value, seen));
                tree.simplify()
            }
            // What does not show by itself depends on what was sent before it.
            Trial::Hides if best.is_none() => return None,
            Trial::Hides => tree.complicate(),
            Trial::Stop => return best,
        };
        if !more {
            break;
        }
    }

    best
}

impl ByChance {
    /// Takes in what a case showed.
    pub(super) fn note(&mut self, plan: &Plan, result: &CaseResult) {
        let Some(case) = plan.cases.get(result.index) else {
            return;
        };
        for finding in &result.judgement.findings {
            let id = finding.id();
            if case.origin != Origin::Sampled && case.subject().is_some() {
                self.known.insert(id);
                continue;
            }
            let size = |index: usize| plan.cases.get(index).map_or(usize::MAX, Case::size);
            let before = matches!(finding.role, Role::Given | Role::Twin | Role::Before);
            let found = self.findings.entry(id).or_insert((before, result.index));
            // What an earlier request shows is less about this case.
            if (before, size(result.index)) < (found.0, size(found.1)) {
                *found = (before, result.index);
            }
        }
    }
}

impl Runner {
    /// Shrinks what only cases drawn at random or sequences show, on a worker that has done its
    /// work.
    pub(super) async fn shrink(
        &self,
        worker: &mut Worker,
        found: &ByChance,
        on_event: &mut impl FnMut(Event),
    ) {
        let sample = self.plan.sample();
        let generator = self.plan.generator(&sample);
        let mut left = TRIALS;
        let started = Instant::now();
        let mut cut = None;

        for (id, (_, index)) in found
            .findings
            .iter()
            .filter(|(id, _)| !found.known.contains(*id))
        {
            let Some(case) = self.plan.cases.get(*index) else {
                continue;
            };
            let mut tree = CaseTree::new(&generator, case.clone());
            let most = if case.subject().is_some() {
                self.options.shrink
            } else {
                self.options.shrink.min(SEQUENCES)
            };
            let shrunk = shrink(&mut tree, most.min(left), async |case: &Case| {
                let took = started.elapsed() >= LIMIT;
                let took = took.then(|| format!("it took {} seconds", LIMIT.as_secs()));
                if let Some(why) = took.or_else(|| self.budget.over().map(|why| why.to_string())) {
                    cut.get_or_insert(why);
                    return Trial::Stop;
                }
                left -= 1;
                let result = match self
                    .budget
                    .unless_spent(self.judged_case(worker, *index, case))
                    .await
                {
                    Ok(result) => result,
                    Err(why) => {
                        cut.get_or_insert(why.to_string());
                        return Trial::Stop;
                    }
                };
                if self
                    .tend(worker, WorkerHealth::of(case, &result, &self.plan.service))
                    .await
                    .is_err()
                {
                    return Trial::Stop;
                }
                let finding = result
                    .judgement
                    .findings
                    .into_iter()
                    .find(|f| f.id() == *id);
                finding
                    .zip(result.observation)
                    .map_or(Trial::Hides, Trial::Shows)
            });
            if let Some((mut case, (mut finding, observation))) = shrunk.await {
                // What is left of the request may be about another promise than the whole was.
                if case.origin == Origin::Sampled && case.subject().is_some() {
                    let atoms = generator.about_now(&case);
                    if case.atoms.first() == Some(&finding.atom)
                        && let Some(first) = atoms.first()
                    {
                        finding.atom = first.clone();
                    }
                    case.atoms = atoms;
                }
                // A written sequence keeps its name: the whole of it is there on every run.
                let name = match case.origin {
                    Origin::Sampled => regressions::case_id(&self.plan.contract.slug, &finding),
                    _ => case.id.clone(),
                };
                let case = Case { id: name, ..case };
                on_event(Event::Shrunk(Box::new(Shrunk {
                    of: id.clone(),
                    finding,
                    case,
                    observation,
                })));
            }
        }

        if let Some(why) = cut {
            self.budget.note(format!(
                "findings were not all made as small as they could be: {why}"
            ));
        }
    }
}
