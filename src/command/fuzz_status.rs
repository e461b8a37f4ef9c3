//! How far a campaign is, on standard error: in place on a terminal, and a line now and then
//! elsewhere.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::report::plural;
use crate::run::fuzz::Progress;

use super::output;

/// Shows it for as long as this lives: on a thread of its own, since a target in this process
/// leaves no time to others.
pub(super) struct Status {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Between two lines where there is no terminal.
pub(super) const EVERY: Duration = Duration::from_secs(10);
/// Between two looks on a terminal.
const IN_PLACE: Duration = Duration::from_millis(250);

impl Status {
    pub(super) fn new(progress: Arc<Progress>, every: Option<Duration>) -> Self {
        let terminal = super::understands_codes(&std::io::stderr());
        let pause = every.unwrap_or(if terminal { IN_PLACE } else { EVERY });
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || {
            let mut last = (Instant::now(), progress.requests());
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let now = (Instant::now(), progress.requests());
                let rate = (now.1 - last.1) as f64 / (now.0 - last.0).as_secs_f64().max(0.001);
                last = now;
                let line = line(&progress, rate);
                match terminal {
                    true => output::replace(&line),
                    false => output::tell(&line),
                }
            }
            if terminal {
                output::replace("");
            }
        });

        Self {
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // What it showed is all that could be lost.
            let _ = thread.join();
        }
    }
}

fn line(progress: &Progress, rate: f64) -> String {
    format!(
        "{}: {rate:.0} requests/s, {}, {}, nothing new for {}",
        seconds(progress.elapsed()),
        plural(progress.answers(), "distinct answer"),
        plural(progress.findings(), "finding"),
        seconds(progress.since_new()),
    )
}

pub(super) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}
