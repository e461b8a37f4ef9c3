//! Threads that each carry out their own tasks.
//!
//! A runtime of several threads hands tasks from one to the other, as fits. Requests that take
//! microseconds each pay for that with every answer: another thread is woken for it, and frees what
//! the first has allocated. So a worker that fires without end stays on one thread, which waits for
//! its connections and no others.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Threads with a runtime each. They end when this is dropped, and so does what they have not
/// carried out.
#[derive(Debug, Default)]
pub(crate) struct WorkerThreads(Vec<WorkerThread>);

#[derive(Debug)]
struct WorkerThread {
    handle: Handle,
    /// Dropped to end the thread.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WorkerThreads {
    /// Starts so many threads. With none, tasks go to the runtime in which they are made.
    ///
    /// # Errors
    /// The operating system has no more threads, or no more descriptors.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        (0..threads)
            .map(|_| WorkerThread::start())
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Where the tasks of the worker with that number go.
    pub(crate) fn handle(&self, worker: usize) -> Handle {
        let worker_thread = worker
            .checked_rem(self.0.len())
            .and_then(|number| self.0.get(number));
        worker_thread.map_or_else(Handle::current, |worker_thread| {
            worker_thread.handle.clone()
        })
    }
}

impl WorkerThread {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("proofmark-worker".to_owned())
            .spawn(move || {
                // Nobody sends: it is over when the other side is dropped.
                let _ = runtime.block_on(ended);
            })?;
        Ok(Self {
            handle,
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for WorkerThread {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic of a task was told by its handle.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::WorkerThreads;

    #[test]
    fn workers_keep_to_their_threads_and_end_with_them() {
        let pool = WorkerThreads::start(2).expect("two threads");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let threads = runtime.block_on(async {
            let mut threads = Vec::new();
            for worker in 0..4 {
                let task = pool.handle(worker).spawn(async {
                    let before = std::thread::current().id();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    (before, std::thread::current().id())
                });
                threads.push(task.await.expect("it ends"));
            }
            threads
        });

        assert!(threads.iter().all(|(before, after)| before == after));
        assert_eq!((threads[0], threads[1]), (threads[2], threads[3]));
        assert_eq!(
            threads
                .iter()
                .map(|(thread, _)| format!("{thread:?}"))
                .collect::<BTreeSet<_>>()
                .len(),
            2
        );

        let endless = pool.handle(0).spawn(std::future::pending::<()>());
        drop(pool);
        assert!(
            runtime
                .block_on(endless)
                .expect_err("cut off")
                .is_cancelled()
        );
    }

    #[test]
    fn without_threads_the_runtime_at_hand_does_it() {
        let pool = WorkerThreads::start(0).expect("no threads");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        assert_eq!(
            runtime.block_on(async { pool.handle(3).id() }),
            runtime.handle().id()
        );
    }
}
