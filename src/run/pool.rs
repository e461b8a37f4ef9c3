//! The workers of a run as a pool: made one after another, set to work side by side, and undone the
//! last first.

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{Leftover, Runner, Stop, Worker};
use crate::support::template::Bindings;

/// Workers at work.
#[derive(Debug, Default)]
pub(crate) struct WorkerPool(Vec<(Option<Worker>, JoinHandle<Done>)>);

/// A worker that has done its work, and why it did not do all of it, where that is so.
pub(crate) type Done = (Worker, Option<Stop>);

impl WorkerPool {
    /// Sets a worker to work in a runtime. Should it panic, what it made is still known.
    pub(crate) fn add<F>(
        &mut self,
        runtime: &Handle,
        worker: Worker,
        work: impl FnOnce(Worker) -> F,
    ) where
        F: Future<Output = Done> + Send + 'static,
    {
        let spare = worker.clone();
        self.0.push((Some(spare), runtime.spawn(work(worker))));
    }

    /// Sets to work what makes itself a worker first.
    pub(crate) fn add_new(
        &mut self,
        runtime: &Handle,
        work: impl Future<Output = Done> + Send + 'static,
    ) {
        self.0.push((None, runtime.spawn(work)));
    }

    /// Waits for all, and says why the first did not do all of its work, or that one ended early.
    pub(crate) async fn end(self) -> (Vec<Worker>, Option<Stop>) {
        let (mut workers, mut stopped) = (Vec::new(), None);
        for (spare, task) in self.0 {
            match task.await {
                Ok((worker, why)) => {
                    workers.push(worker);
                    stopped = stopped.or(why);
                }
                Err(error) => {
                    workers.extend(spare);
                    stopped = Some(Stop::Failed(format!(
                        "a worker of ours ended early: {error}"
                    )));
                }
            }
        }

        (workers, stopped)
    }
}

impl Runner {
    /// Makes so many workers, and says why there are not so many, or why the last is of no use.
    /// `made`: workers of an earlier operation, of which the first made what all share.
    pub(crate) async fn prepare_workers(
        &self,
        jobs: usize,
        made: &[Worker],
    ) -> (Vec<Worker>, Option<Stop>) {
        let mut workers: Vec<Worker> = Vec::new();
        // No two workers of a run have one number: names on the target hold it.
        let numbers = self.options.workers_before..self.options.workers_before + jobs;
        let mut making = Vec::new();
        for number in numbers {
            if !made.is_empty() && workers.is_empty() {
                let each = made.iter().map(Worker::shared);
                let shared = each.fold(Bindings::default(), Bindings::over);
                let (worker, made) = self.prepare_after(number, &shared).await;
                workers.push(worker);
                if let Err(why) = made {
                    return (workers, Some(why));
                }
                continue;
            }
            if let Some(why) = self.budget.over() {
                return (workers, Some(why));
            }
            match workers.first().map(|worker| worker.shared().clone()) {
                None => {
                    let (worker, made) = self.prepare(number, None).await;
                    workers.push(worker);
                    if let Err(why) = made {
                        return (workers, Some(why));
                    }
                }
                // What is made for each of them is in a transition of its own.
                Some(shared) => {
                    let runner = self.clone();
                    let prepared = async move { runner.prepare(number, Some(&shared)).await };
                    making.push(tokio::spawn(prepared));
                }
            }
        }

        let mut stopped = None;
        for prepared in making {
            match prepared.await {
                Ok((worker, made)) => {
                    workers.push(worker);
                    stopped = stopped.or(made.err());
                }
                Err(error) => {
                    let why = format!("the preparation of a worker ended early: {error}");
                    stopped = stopped.or(Some(Stop::Failed(why)));
                }
            }
        }
        if stopped.is_some() {
            return (workers, stopped);
        }

        (workers, None)
    }

    /// Undoes what workers made, and then what the first of them made once for the run, since the
    /// others stand on that.
    pub(crate) async fn dismiss(&self, workers: Vec<Worker>) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        let shared = self.disband(workers, &mut leftovers).await;
        // What was made later may stand on what was made before.
        for worker in shared.into_iter().rev().filter(|w| !w.made.is_empty()) {
            leftovers.extend(self.undo_each(vec![worker]).await);
        }
        leftovers
    }

    /// Undoes what workers made side by side, each in transitions of its own.
    async fn undo_each(&self, workers: Vec<Worker>) -> Vec<Leftover> {
        let undo = |worker: Worker| {
            let runner = self.clone();
            tokio::spawn(async move { runner.undo(worker).await })
        };
        let undoing: Vec<_> = workers.into_iter().rev().map(undo).collect();

        let mut leftovers = Vec::new();
        for undone in undoing {
            match undone.await {
                Ok(left) => leftovers.extend(left),
                Err(error) => leftovers.push(Leftover {
                    what: "what a worker made".to_owned(),
                    why: format!("its removal ended early: {error}"),
                }),
            }
        }
        leftovers
    }

    /// Undoes what each worker made for itself, and gives them back with what they share.
    pub(crate) async fn disband(
        &self,
        workers: Vec<Worker>,
        leftovers: &mut Vec<Leftover>,
    ) -> Vec<Worker> {
        let apart = workers
            .into_iter()
            .map(|worker| worker.apart(&self.plan.fixtures));
        let (own, shared) = apart.unzip();
        leftovers.extend(self.undo_each(own).await);
        shared
    }
}
