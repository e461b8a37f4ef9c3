//! Looking into a finding: the input that shows it is made small, then its steps are, and the rest
//! is fired once more on fixtures made anew.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Campaign, Found};
use crate::plan::case::{Case, Step, shorter};
use crate::run::fuzz::{Input, Space, simpler};
use crate::run::regressions;
use crate::run::{CONFIRM, CaseResult, Leftover, Runner, Stop, Worker, WorkerHealth};
use crate::support::template::Bindings;

/// So many trials to make an input small.
const TRIALS: usize = 240;
/// So many more to make its steps fewer.
const STEPS: usize = 60;
/// No worker of the campaign has a number from here on.
const ANEW: usize = 1 << 16;

/// Where trials of simpler cases are made.
enum Ground<'w> {
    /// On the fixtures of a worker, which is quick: what came before may have a part in what is
    /// seen.
    Worn(&'w mut Worker),
    /// On fixtures of their own, beside those that are known.
    Anew(&'w Bindings),
}

impl Campaign {
    /// Makes what shows a finding small, and confirms it.
    ///
    /// What shows only because of what came before is not made small: it is the next input's to
    /// show it by itself.
    pub(super) async fn look_into(
        &self,
        worker: &mut Worker,
        space: &Space<'_>,
        input: &Input,
        found: Found,
    ) -> Found {
        let id = found.finding.id();
        let shared = worker.shared().clone();
        let again = match self.confirm(&shared, &id, &found.case).await {
            Ok(Some(again)) => again,
            Ok(None) => return found,
            Err(why) => {
                return Found {
                    untried: Some(why.to_string()),
                    ..found
                };
            }
        };

        let quick = self
            .smallest(Ground::Worn(worker), space, input, again.clone(), TRIALS)
            .await;
        let mut found = match self.confirm(&shared, &id, &quick.case).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.smallest(Ground::Anew(&shared), space, input, again, TRIALS / 2)
                    .await
            }
            // What is known to show it on fixtures made anew is larger, and right.
            Err(_) => again,
        };

        if let Some(why) = self.runner.budget().over() {
            self.runner
                .budget()
                .note(format!("{id} was not made as small as it could be: {why}"));
        }

        found.confirmed = true;
        found.case.id = regressions::case_id(&self.plan.contract.slug, &found.finding);
        found.case.says = format!("A sequence found by fuzzing that shows {id}");
        found
    }

    /// The smallest case that shows it: first with a smaller input, then with fewer of its steps.
    async fn smallest(
        &self,
        mut ground: Ground<'_>,
        space: &Space<'_>,
        input: &Input,
        found: Found,
        mut left: usize,
    ) -> Found {
        let id = found.finding.id();
        let mut best = found;
        let mut smallest = input.clone();
        'smaller: loop {
            for simpler in simpler(&smallest) {
                let Some(case) = space
                    .case(&simpler)
                    .filter(|case| smaller(case, &best.case))
                else {
                    continue;
                };
                match self.shows(&mut ground, &id, &case, &mut left).await {
                    Ok(Some(found)) => {
                        (best, smallest) = (found, simpler);
                        continue 'smaller;
                    }
                    Ok(None) => {}
                    Err(()) => break 'smaller,
                }
            }
            break;
        }

        left = STEPS;
        'shorter: loop {
            for steps in shorter(&best.case.steps) {
                let case = Case {
                    steps: apart(steps),
                    ..best.case.clone()
                };
                match self.shows(&mut ground, &id, &case, &mut left).await {
                    Ok(Some(found)) => {
                        best = found;
                        continue 'shorter;
                    }
                    Ok(None) => {}
                    Err(()) => break 'shorter,
                }
            }
            break;
        }

        best
    }

    /// Fires a simpler case. `Err`: there is no use in going on.
    async fn shows(
        &self,
        ground: &mut Ground<'_>,
        id: &str,
        case: &Case,
        left: &mut usize,
    ) -> Result<Option<Found>, ()> {
        if *left == 0 || self.runner.budget().over().is_some() {
            return Err(());
        }
        *left -= 1;

        match ground {
            Ground::Worn(worker) => {
                let fired = self.runner.judged_case(worker, 0, case);
                let result = self
                    .runner
                    .budget()
                    .unless_spent(fired)
                    .await
                    .map_err(drop)?;
                self.runner
                    .tend(worker, WorkerHealth::of(case, &result, &self.plan.service))
                    .await
                    .map_err(drop)?;
                Ok(shown(id, case, result))
            }
            Ground::Anew(shared) => self.anew(shared, id, case).await.map_err(drop),
        }
    }

    /// Fires the case again on fixtures made anew, a few times if need be. `Err`: there was no time
    /// for it.
    async fn confirm(
        &self,
        shared: &Bindings,
        id: &str,
        case: &Case,
    ) -> Result<Option<Found>, Stop> {
        for _ in 0..=CONFIRM {
            if let Some(found) = self.anew(shared, id, case).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Fires the case on fixtures made anew, and where that can be on a target made anew. `Err`:
    /// there was no time for it.
    async fn anew(&self, shared: &Bindings, id: &str, case: &Case) -> Result<Option<Found>, Stop> {
        static NUMBER: AtomicUsize = AtomicUsize::new(ANEW);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        if let Some(why) = self.runner.budget().spent() {
            return Err(why);
        }
        let target = self.fresh.as_ref().and_then(|fresh| fresh.0());
        let (result, leftovers) = match target {
            Some(target) => again(&self.runner.on(target), number, None, case).await,
            None => again(&self.runner, number, Some(shared), case).await,
        };

        self.state().leftovers.extend(leftovers);
        Ok(result?.and_then(|result| shown(id, case, result)))
    }
}

/// Fires the case on fixtures of its own, and says what could not be removed of these.
async fn again(
    runner: &Runner,
    number: usize,
    shared: Option<&Bindings>,
    case: &Case,
) -> (Result<Option<CaseResult>, Stop>, Vec<Leftover>) {
    let (worker, made) = runner.prepare(number, shared).await;
    // Only what is fired is cut off: what was made for it is removed whatever happens.
    let result = match made {
        Ok(()) => runner
            .budget()
            .unless_spent(runner.judged_case(&worker, 0, case))
            .await
            .map(Some),
        Err(_) => runner.budget().spent().map_or(Ok(None), Err),
    };

    let leftovers = runner.undo(worker).await;
    (result, leftovers)
}

/// What was found, where a result shows it.
fn shown(id: &str, case: &Case, result: CaseResult) -> Option<Found> {
    let finding = result
        .judgement
        .findings
        .into_iter()
        .find(|f| f.id() == id)?;

    Some(Found {
        finding,
        case: case.clone(),
        confirmed: false,
        untried: None,
        times: 1,
    })
}

/// The steps, with none at the same time as nothing else.
fn apart(mut steps: Vec<Step>) -> Vec<Step> {
    let groups: Vec<Option<usize>> = steps.iter().map(|step| step.together).collect();
    for step in &mut steps {
        if groups
            .iter()
            .filter(|group| **group == step.together)
            .count()
            == 1
        {
            step.together = None;
        }
    }

    steps
}

/// Whether a case is smaller: it has fewer steps, or as many and fewer of them at the same time, or
/// as many and sends less.
fn smaller(case: &Case, than: &Case) -> bool {
    let together = |case: &Case| case.steps.iter().filter(|s| s.together.is_some()).count();
    let size = |case: &Case| {
        (
            case.steps.len(),
            together(case),
            case.size(),
            plainness(case),
        )
    };
    size(case) < size(than)
}

/// How far it is from the plainest: of two bodies of one size the one with the smaller digits is
/// plainer, and one that waits for rest is plainer than one that does not.
fn plainness(case: &Case) -> u64 {
    let of = |step: &Step| {
        let text = step.request.text().unwrap_or_default();
        let text = text.bytes().map(u64::from).sum::<u64>();
        text + u64::from(step.at_once) * 1000
    };
    case.steps.iter().map(of).sum()
}
