//! Looking into a finding: the input that shows it is made small, then its steps are, and the rest is fired once more on
//! fixtures made anew.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Campaign, Found};
use crate::binding::Bindings;
use crate::case::{BodyDraft, Case, Step, shorter};
use crate::fuzz::{Input, Space, simpler};
use crate::regressions;
use crate::runner::{CONFIRM, CaseResult, Runner, Wear, Worker};

/// So many trials to make an input small.
const TRIALS: usize = 240;
/// So many more to make its steps fewer.
const STEPS: usize = 60;
/// No worker of the campaign has a number from here on.
const ANEW: usize = 1 << 16;

/// Where trials of simpler cases are made.
enum Ground<'w> {
    /// On the fixtures of a worker, which is quick: what came before may have a part in what is seen.
    Worn(&'w mut Worker),
    /// On fixtures of their own, beside those that are known.
    Anew(&'w Bindings),
}

impl Campaign {
    /// Makes what shows a finding small, and confirms it.
    ///
    /// What shows only because of what came before is not made small: it is the next input's to show it by itself.
    pub(super) async fn look_into(&self, worker: &mut Worker, space: &Space<'_>, input: &Input, found: Found) -> Found {
        let id = found.finding.id();
        let shared = worker.shared().clone();
        if let Some(again) = self.confirm(&shared, &id, &found.case).await {
            let quick = self.smallest(Ground::Worn(worker), space, input, again.clone(), TRIALS).await;
            let mut found = match self.confirm(&shared, &id, &quick.case).await {
                Some(found) => found,
                None => self.smallest(Ground::Anew(&shared), space, input, again, TRIALS / 2).await,
            };
            found.confirmed = true;
            found.case.id = regressions::case_id(&self.plan.contract.slug, &found.finding);
            found.case.says = format!("A sequence found by fuzzing that shows {id}");
            return found;
        }
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
                let Some(case) = space.case(&simpler).filter(|case| smaller(case, &best.case)) else { continue };
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
            for steps in shorter(&best.case.sequence) {
                let steps = apart(steps);
                let Some(first) = steps.first().map(|s| s.request.clone()) else { continue };
                let case = Case { sequence: steps, given: first.clone(), request: first, ..best.case.clone() };
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
        if *left == 0 || self.runner.stopped() || self.runner.time_over().is_some() {
            return Err(());
        }
        *left -= 1;
        match ground {
            Ground::Worn(worker) => {
                let result = self.runner.judged_case(worker, 0, case).await;
                self.runner.tend(worker, Wear::of(case, &result)).await.map_err(drop)?;
                Ok(shown(id, case, result))
            }
            Ground::Anew(shared) => Ok(self.anew(shared, id, case).await),
        }
    }

    /// Fires the case again on fixtures made anew, a few times if need be.
    async fn confirm(&self, shared: &Bindings, id: &str, case: &Case) -> Option<Found> {
        for _ in 0..=CONFIRM {
            if let Some(found) = self.anew(shared, id, case).await {
                return Some(found);
            }
        }
        None
    }

    /// Fires the case on fixtures made anew, and where that can be on a target made anew.
    async fn anew(&self, shared: &Bindings, id: &str, case: &Case) -> Option<Found> {
        static NUMBER: AtomicUsize = AtomicUsize::new(ANEW);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let target = self.fresh.as_ref().and_then(|fresh| fresh.0());
        match target {
            Some(target) => again(&self.runner.on(target), number, None, id, case).await,
            None => again(&self.runner, number, Some(shared), id, case).await,
        }
    }
}

async fn again(runner: &Runner, number: usize, shared: Option<&Bindings>, id: &str, case: &Case) -> Option<Found> {
    let (worker, made) = runner.prepare(number, shared).await;
    let result = match made {
        Ok(()) => Some(runner.judged_case(&worker, 0, case).await),
        Err(_) => None,
    };
    runner.undo(worker).await;
    shown(id, case, result?)
}

/// What was found, where a result shows it.
fn shown(id: &str, case: &Case, result: CaseResult) -> Option<Found> {
    let finding = result.judgement.findings.into_iter().find(|f| f.id() == id)?;
    let observation = result.observation?;
    Some(Found { finding, case: case.clone(), observation, confirmed: false, tried: true, times: 1 })
}

/// The steps, with none at the same time as nothing else.
fn apart(mut steps: Vec<Step>) -> Vec<Step> {
    let groups: Vec<Option<usize>> = steps.iter().map(|step| step.together).collect();
    for step in &mut steps {
        if groups.iter().filter(|group| **group == step.together).count() == 1 {
            step.together = None;
        }
    }
    steps
}

/// Whether a case is smaller: it has fewer steps, or as many and fewer of them at the same time, or as many and sends less.
fn smaller(case: &Case, than: &Case) -> bool {
    let together = |case: &Case| case.sequence.iter().filter(|s| s.together.is_some()).count();
    let size = |case: &Case| (case.sequence.len(), together(case), case.size(), plainness(case));
    size(case) < size(than)
}

/// How far it is from the plainest: of two bodies of one size the one with the smaller digits is plainer, and one that
/// waits for rest is plainer than one that does not.
fn plainness(case: &Case) -> u64 {
    let of = |step: &Step| {
        let text = match &step.request.body {
            BodyDraft::Text(text) => text.bytes().map(u64::from).sum::<u64>(),
            _ => 0,
        };
        text + u64::from(step.at_once) * 1000
    };
    case.sequence.iter().map(of).sum()
}
