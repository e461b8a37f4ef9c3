//! A run from the first fixture to the last: workers fire the cases side by side, and each result
//! is told as it comes.

use std::collections::BTreeSet;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::confirm::PendingFindings;
use super::shrink::ByChance;
use super::{Activity, CaseResult, Ended, Event, Runner, Stop, Worker, WorkerPool, observe};
use crate::contract::Level;
use crate::judge::Finding;

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
        let stoppable = self.stoppable(stop.clone());
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
            let mut note = |event: Event| {
                match &event {
                    Event::Judged(result) => pending.note(&self.plan, result),
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
            (workers, stopped, accepted_any) = stoppable
                .fire(workers, cases, &mut by_chance, &mut note)
                .await;
            let took = started.elapsed();
            match (&stopped, workers.first_mut()) {
                (None | Some(Stop::Failures(_)), Some(worker)) => {
                    progress.enter(Activity::Shrinking);
                    stoppable.shrink(worker, &by_chance, &mut note).await;
                    let shared = worker.shared().clone();
                    // What is tried alone is tried where nothing of the run stands beside it.
                    if stoppable.tries_again(&pending) {
                        progress.enter(Activity::Removing);
                        workers = stoppable.disband(workers, &mut leftovers).await;
                    }
                    stoppable
                        .confirm(
                            &pending,
                            (cases, took),
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

    async fn fire(
        &self,
        workers: Vec<Worker>,
        cases: &[usize],
        by_chance: &mut ByChance,
        on_event: &mut impl FnMut(Event),
    ) -> (Vec<Worker>, Option<Stop>, bool) {
        let count = workers.len();
        let (sender, mut results) = mpsc::unbounded_channel();
        let (tell_enough, enough) = watch::channel(false);
        let mut failures = 0;
        let mut pool = WorkerPool::default();

        for (number, worker) in workers.into_iter().enumerate() {
            // Which worker fires a case depends on the plan alone, not on who is free.
            let share: Vec<usize> = cases.iter().copied().skip(number).step_by(count).collect();
            let (runner, sender, enough) = (self.clone(), sender.clone(), enough.clone());
            pool.add(&Handle::current(), worker, |worker| async move {
                runner.work(worker, share, enough, sender).await
            });
        }

        drop(sender);
        let mut accepted_any = false;
        while let Some(event) = results.recv().await {
            let result: Box<CaseResult> = match event {
                Event::Judged(result) => result,
                other => {
                    on_event(other);
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
            let case = self.plan.cases.get(result.index);
            accepted_any |= case
                .zip(result.observation.as_ref())
                .is_some_and(|(case, seen)| observe::accepted_any(case, seen));
            by_chance.note(&self.plan, &result);
            on_event(Event::Judged(result));
        }

        let (workers, mut stopped) = pool.end().await;
        if stopped.is_none() && *enough.borrow() {
            stopped = Some(Stop::Failures(failures));
        }
        (workers, stopped, accepted_any)
    }

    async fn work(
        &self,
        mut worker: Worker,
        share: Vec<usize>,
        enough: watch::Receiver<bool>,
        results: mpsc::UnboundedSender<Event>,
    ) -> (Worker, Option<Stop>) {
        for index in share {
            if *enough.borrow() {
                return (worker, None);
            }
            if let Some(over) = self.budget.over() {
                return (worker, Some(over));
            }
            // A case that is cut off leaves nothing behind but the mapping's state, and the mapping
            // is removed anyway.
            let result = match self.budget.unless_spent(self.judged(&worker, index)).await {
                Ok(result) => result,
                Err(why) => return (worker, Some(why)),
            };
            let (mut events, over) = self.tended(&mut worker, index, result).await;
            // What came before the result of a case is told before it.
            let sent = events.drain(..).try_for_each(|event| results.send(event));
            if sent.is_err() {
                return (worker, Some(Stop::Interrupted));
            }
            // A target in this process never keeps us waiting, and the one who listens would hear
            // of nothing until the end.
            tokio::task::yield_now().await;
            if let Some(why) = over {
                return (worker, Some(why));
            }
        }

        (worker, None)
    }
}
