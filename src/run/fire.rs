//! A run from the first fixture to the last: workers fire the cases side by side, and each result
//! is told as it comes.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::confirm::PendingFindings;
use super::early_end::EarlyEnd;
use super::shrink::ByChance;
use super::work::GrowingPool;
use super::{Activity, CaseResult, Ended, Event, Runner, Stop, Worker};
use crate::contract::Level;
use crate::judge::Finding;

/// What came of firing the cases.
struct Fired {
    workers: Vec<Worker>,
    stopped: Option<Stop>,
    /// Whether the target accepted any valid request.
    accepted_any: bool,
    /// How many workers there were.
    count: usize,
}

/// So often it is looked whether more workers are of use, where nothing is told meanwhile.
const GROWS: Duration = Duration::from_millis(150);

impl Runner {
    /// Fires the cases at those places of the plan, in that order, and tells `on_event` of each as
    /// it is judged.
    ///
    /// Fixtures are undone whatever happens; `stop` ends the run early when it turns true.
    pub(crate) async fn run(
        &self,
        cases: &[usize],
        stop: watch::Receiver<bool>,
        on_event: impl FnMut(Event),
    ) -> Ended {
        let (mut ended, workers) = self.run_sharing(&[], cases, stop, on_event).await;
        self.options.progress.enter(Activity::Removing);
        ended.leftovers.extend(self.dismiss(workers).await);
        ended
    }

    /// As [`run`](Self::run), after another operation of the same service: what `shared` workers
    /// made once for all is taken from them, and what this run made is left to the caller, who
    /// [dismisses](Self::dismiss) the workers.
    pub(crate) async fn run_sharing(
        &self,
        shared: &[Worker],
        cases: &[usize],
        stop: watch::Receiver<bool>,
        mut on_event: impl FnMut(Event),
    ) -> (Ended, Vec<Worker>) {
        let jobs = self.options.jobs.max(1).min(cases.len().max(1));
        let stoppable = self.stoppable(stop.clone()).in_turns();
        let progress = &self.options.progress;
        progress.enter(Activity::Preparing);
        let (mut workers, mut stopped) = stoppable.prepare_workers(jobs, shared).await;
        let mut accepted_any = false;
        let mut leftovers = Vec::new();

        if stopped.is_none() {
            let notes: BTreeSet<_> = workers
                .iter()
                .flat_map(|w| w.notes.iter().cloned())
                .collect();
            on_event(Event::Prepared {
                notes: notes.into_iter().collect(),
            });
            let (mut by_chance, mut pending) = (ByChance::default(), PendingFindings::default());
            let mut note = |worker: usize, event: Event| {
                match &event {
                    Event::Judged(result) => {
                        pending.fired(worker, result.index);
                        pending.note(&self.plan, result);
                    }
                    Event::Spoilt(spoilt) => spoilt
                        .overtaken
                        .iter()
                        .for_each(|first| pending.note(&self.plan, first)),
                    Event::Shrunk(shrunk) => pending.shrunk(shrunk),
                    _ => {}
                }
                on_event(event);
            };
            progress.enter(Activity::Firing);
            let started = Instant::now();
            let fired = stoppable
                .fire(workers, cases, &mut by_chance, &mut note)
                .await;
            let count = fired.count;
            (workers, stopped, accepted_any) = (fired.workers, fired.stopped, fired.accepted_any);
            let took = started.elapsed();
            match (&stopped, workers.first_mut()) {
                (None | Some(Stop::Failures(_)), Some(worker)) => {
                    progress.enter(Activity::Shrinking);
                    let mut of_none = |event| note(0, event);
                    stoppable.shrink(worker, &by_chance, &mut of_none).await;
                    let shared = worker.shared().clone();
                    // What is tried alone is tried where nothing of the run stands beside it.
                    if stoppable.tries_again(&pending) {
                        progress.enter(Activity::Removing);
                        workers = stoppable.disband(workers, &mut leftovers).await;
                    }
                    stoppable
                        .confirm(
                            &pending,
                            (count, took),
                            &shared,
                            &mut leftovers,
                            &mut on_event,
                        )
                        .await;
                }
                (Some(Stop::Time(_)), _) => stoppable.note_unconfirmed(&pending),
                _ => {}
            }
        }

        if let (true, None, Some(plane)) =
            (self.options.data_plane, &stopped, &self.plan.data_plane)
        {
            stopped = stoppable.budget.over();
            if stopped.is_none() {
                progress.enter(Activity::DataPlane);
                let judgement = stoppable.data_plane(plane, 0, &mut leftovers).await;
                let retried = stoppable
                    .confirm_data_plane(plane, &judgement, &mut leftovers)
                    .await;
                on_event(Event::DataPlane(Box::new(judgement)));
                retried
                    .into_iter()
                    .for_each(|r| on_event(Event::Retried(Box::new(r))));
                stopped = stoppable.budget.spent();
            }
        }

        // An interrupt after the last case cuts short what follows it.
        if let (None | Some(Stop::Failures(_)), true) = (&stopped, *stop.borrow()) {
            stopped = Some(Stop::Interrupted);
        }

        let ended = Ended {
            stopped,
            accepted_any,
            leftovers,
            cut: stoppable.budget.notes(),
        };
        (ended, workers)
    }

    /// Fires the cases, and says of each which worker did.
    async fn fire(
        &self,
        workers: Vec<Worker>,
        cases: &[usize],
        by_chance: &mut ByChance,
        on_told: &mut impl FnMut(usize, Event),
    ) -> Fired {
        let (tell_enough, enough) = watch::channel(false);
        let (mut pool, mut told) = GrowingPool::new(self, workers, cases, enough.clone());
        let (mut failures, mut early_end, mut no_use) = (0, EarlyEnd::default(), None);

        loop {
            // While all wait for the ends of transitions nothing is told, and more could be of use.
            let next = match self.client.usual_transition().is_zero() {
                true => Ok(told.recv().await),
                false => timeout(GROWS, told.recv()).await,
            };
            let (worker, event) = match next {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(_) => {
                    pool.grow();
                    continue;
                }
            };
            let result: Box<CaseResult> = match event {
                Event::Judged(result) => result,
                other => {
                    on_told(worker, other);
                    continue;
                }
            };
            let fails =
                |f: &Finding| f.level == Level::Must && !self.options.known.contains(&f.id());
            failures += usize::from(result.judgement.findings.iter().any(fails));
            if self
                .options
                .max_failures
                .is_some_and(|most| failures >= most)
            {
                tell_enough.send_replace(true);
            }
            let over = early_end.note(self, &result);
            if no_use.is_none() && !self.options.thorough {
                no_use = over;
                tell_enough.send_if_modified(|enough| {
                    *enough |= no_use.is_some();
                    no_use.is_some()
                });
            }
            by_chance.note(&self.plan, &result);
            on_told(worker, Event::Judged(result));
            pool.grow();
        }

        let count = pool.count;
        let (workers, mut stopped) = pool.end().await;
        stopped = stopped.or(no_use);
        if stopped.is_none() && *enough.borrow() {
            stopped = Some(Stop::Failures(failures));
        }
        Fired {
            workers,
            stopped,
            accepted_any: early_end.accepted_any(),
            count,
        }
    }
}
