//! A progress bar, drawn by a thread of its own: a terminal that takes nothing just now delays
//! nobody.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use indicatif::ProgressBar;

/// A bar for as long as this lives.
pub(super) struct Bar {
    steps: Option<Sender<()>>,
    cleared: std::sync::mpsc::Receiver<()>,
}

/// How long the terminal may take to clear the bar.
const PATIENCE: Duration = Duration::from_secs(1);

impl Bar {
    pub(super) fn new(bar: ProgressBar) -> Self {
        let (steps, taken) = channel();
        let (clear, cleared) = channel();
        let draw = move || {
            for () in taken {
                bar.inc(1);
            }
            bar.finish_and_clear();
            // Who waited may have lost patience.
            let _ = clear.send(());
        };
        let hidden = std::thread::Builder::new()
            .name("proofmark-bar".to_owned())
            .spawn(draw)
            .is_err();
        Self {
            steps: (!hidden).then_some(steps),
            cleared,
        }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        if let Some(steps) = &self.steps {
            // Where nobody draws, nobody misses it.
            let _ = steps.send(());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.steps.take().is_some() {
            let _ = self.cleared.recv_timeout(PATIENCE);
        }
    }
}
