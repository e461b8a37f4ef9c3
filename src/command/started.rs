//! A target that a run brings up: started in a group of its own, waited for, and stopped with all
//! it started.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::config::Start;
use crate::report::Exit;
use crate::support::sink::one_line;
use crate::support::units::duration_text;
use crate::wire::target::Target;
use tokio::sync::watch;

use super::Failure;
use super::wait::{PAUSE, answers, heeding};

/// A process that was started, for as long as this lives.
pub(super) struct Started {
    child: Child,
    output: Output,
}

/// What it wrote, standard output and standard error in the order they came.
type Output = Arc<Mutex<Vec<u8>>>;

/// The processes to be stopped where this one ends without unwinding.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// So much of its output is kept, in bytes: the end of it says why it failed.
const KEPT: usize = 64 * 1024;
/// How long it may take to end once it is asked to.
const GRACE: Duration = Duration::from_secs(5);

impl Started {
    /// Starts the command and waits until the target behind it is ready; `target` reaches it.
    ///
    /// Whatever answers there beforehand is not what was to be started, and nothing is then.
    pub(super) async fn start(
        start: &Start,
        url: &str,
        target: &Target,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        if heeding(&mut stop, answers(target, None)).await? {
            let message = format!(
                "{url} answers already, so that nothing was started; --endpoint {url} judges it"
            );
            return Err(could_not(message));
        }

        let mut started = Self::spawn(start)?;
        let limit = Instant::now() + start.timeout;
        loop {
            let ready = heeding(&mut stop, answers(target, start.ready.as_deref())).await?;
            // Where it ended, what answers is not what was started.
            let why = match started.child.try_wait() {
                Ok(Some(status)) => format!("{} ended before it was ready: {status}", name(start)),
                _ if ready => return Ok(started),
                _ if Instant::now() >= limit => {
                    let path = start.ready.as_deref().unwrap_or("/");
                    let waited = duration_text(start.timeout);
                    format!("{} was not ready after {waited}: {url}{path}", name(start))
                }
                _ => {
                    heeding(&mut stop, tokio::time::sleep(PAUSE)).await?;
                    continue;
                }
            };
            return Err(could_not(format!("{why}\n{}", started.said())));
        }
    }

    /// How it ended, where it did although nobody asked for that.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The end of what it wrote so far, set off from other text.
    pub(super) fn said(&self) -> String {
        // What it wrote last may still be in the pipe.
        sleep(PAUSE);
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&output);
        if text.trim().is_empty() {
            return "  (it wrote nothing)".to_owned();
        }
        text.lines()
            .map(|line| format!("  | {}", one_line(line)))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn spawn(start: &Start) -> Result<Self, Failure> {
        let (program, arguments) = start
            .command
            .split_first()
            .ok_or_else(|| Failure::usage("start: expected a program"))?;

        let cannot = |error: std::io::Error| could_not(format!("start: {program}: {error}"));
        let (mut reader, writer) = std::io::pipe().map_err(cannot)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&start.folder)
            .stdin(Stdio::null());

        command
            .stdout(writer.try_clone().map_err(cannot)?)
            .stderr(writer);
        // Ctrl-C is for us alone: what the run made is removed while the target still runs.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(cannot)?;
        // The command holds the writing end as long as it lives, and the reader below would never
        // see an end.
        drop(command);
        RUNNING
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(child.id());

        let output = Output::default();
        let kept = Arc::clone(&output);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut piece) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(piece.get(..read).unwrap_or_default());
                let surplus = kept.len().saturating_sub(KEPT);
                kept.drain(..surplus);
            }
        });

        Ok(Self { child, output })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        signal(self.child.id(), Ask::End);
        let limit = Instant::now() + GRACE;
        // The process is taken off the list of those that ended, or its group would seem to live
        // on.
        while (matches!(self.child.try_wait(), Ok(None)) || alive(self.child.id()))
            && Instant::now() < limit
        {
            sleep(PAUSE / 5);
        }
        signal(self.child.id(), Ask::EndNow);
        let _ = self.child.kill();
        let _ = self.child.wait();
        RUNNING
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.child.id());
    }
}

/// Ends what was started, at once: for the moment before this process ends without unwinding.
pub(super) fn end_now() {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    for id in std::mem::take(&mut *running) {
        signal(id, Ask::EndNow);
    }
}

fn name(start: &Start) -> &str {
    start.command.first().map_or("start", String::as_str)
}

fn could_not(message: String) -> Failure {
    Failure {
        exit: Exit::CouldNotTell,
        message,
    }
}

#[derive(Clone, Copy)]
enum Ask {
    End,
    EndNow,
}

/// Sends a signal to the process and all of its group.
#[cfg(unix)]
fn signal(id: u32, ask: Ask) {
    use rustix::process::{Signal, kill_process_group};
    let signal = match ask {
        Ask::End => Signal::TERM,
        Ask::EndNow => Signal::KILL,
    };
    if let Some(group) = group(id) {
        // A group without processes is what is wanted.
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(unix)]
fn alive(id: u32) -> bool {
    group(id).is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

#[cfg(unix)]
fn group(id: u32) -> Option<rustix::process::Pid> {
    i32::try_from(id)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
}

/// Elsewhere there are no such groups, and the process alone is ended.
#[cfg(not(unix))]
fn signal(_: u32, _: Ask) {}

#[cfg(not(unix))]
fn alive(_: u32) -> bool {
    false
}
