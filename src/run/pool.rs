//! The workers of a run as a pool: made one after another, set to work side by side, and undone the
//! last first.

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{Leftover, Runner, Stop, Worker};

/// Workers at work.
#[derive(Debug, Default)]
pub(crate) struct WorkerPool(Vec<(Worker, JoinHandle<Done>)>);

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
        self.0.push((spare, runtime.spawn(work(worker))));
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
                    workers.push(spare);
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
        let before = self.options.workers_before;
        for number in before..before + jobs {
            if let Some(why) = self.budget.over() {
                return (workers, Some(why));
            }
            let first = made.first().or(workers.first());
            let shared = first.map(|worker| worker.shared().clone());
            let (worker, made) = self.prepare(number, shared.as_ref()).await;
            workers.push(worker);
            if let Err(why) = made {
                return (workers, Some(why));
            }
        }

        (workers, None)
    }

    /// Undoes what workers made, the last first: what they made stands on what was made once for
    /// the run.
    pub(crate) async fn dismiss(&self, workers: Vec<Worker>) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        for worker in workers.into_iter().rev() {
            leftovers.extend(self.undo(worker).await);
        }
        leftovers
    }

    /// Undoes what each worker made for itself, and gives them back with what they share.
    pub(crate) async fn disband(
        &self,
        workers: Vec<Worker>,
        leftovers: &mut Vec<Leftover>,
    ) -> Vec<Worker> {
        let mut all = Vec::new();
        for worker in workers.into_iter().rev() {
            let (own, shared) = worker.apart(&self.plan.fixtures);
            leftovers.extend(self.undo(own).await);
            all.insert(0, shared);
        }
        all
    }
}
