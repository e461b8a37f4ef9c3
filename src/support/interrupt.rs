//! Signals that ask for an end: Ctrl-C, what a service manager or a CI sends, and the end of a
//! terminal.
//!
//! They are heard on a thread of their own, so that nothing that the rest of the process waits for
//! delays them.

use std::io;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// Signals within so long of the first are the same request. `timeout` of GNU signals a process and
/// then its group, and a terminal signals every process of a pipe: none of these wants the end at
/// once.
pub(crate) const SAME_REQUEST: Duration = Duration::from_secs(1);

/// Listens from now on. The receiver turns true at the first signal, and `first` is called after
/// that; `again` is called at the next signal that comes more than [`SAME_REQUEST`] later.
///
/// # Errors
/// The operating system has no more threads or descriptors. Signals then do what they do by
/// default.
pub(crate) fn listen(
    first: impl FnOnce() + Send + 'static,
    again: impl FnOnce() + Send + 'static,
) -> io::Result<watch::Receiver<bool>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    // From here on no signal is lost, whether or not the thread runs already.
    let mut signals = Signals::new(&runtime)?;
    let (sender, receiver) = watch::channel(false);

    let heard = async move {
        signals.next().await;
        // Before anything else: what is told may have to wait for whoever reads it.
        sender.send_replace(true);
        let asked = Instant::now();
        first();

        loop {
            signals.next().await;
            if asked.elapsed() > SAME_REQUEST {
                break;
            }
        }
        again();
    };
    std::thread::Builder::new()
        .name("proofmark-signals".to_owned())
        .spawn(move || runtime.block_on(heard))?;
    Ok(receiver)
}

#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new(runtime: &Runtime) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let _within = runtime.enter();
        // Whoever starts a process with `nohup` wants it to go on when the terminal ends.
        let hang_up = if hang_up_is_ignored() {
            None
        } else {
            Some(signal(SignalKind::hangup())?)
        };

        let interrupt = Some(signal(SignalKind::interrupt())?);
        Ok(Self {
            interrupt,
            terminate: Some(signal(SignalKind::terminate())?),
            hang_up,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            () = of(&mut self.interrupt) => {}
            () = of(&mut self.terminate) => {}
            () = of(&mut self.hang_up) => {}
        }
    }
}

/// Comes back once that signal is heard, and never where it is not listened to.
#[cfg(unix)]
async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await.is_some(),
        None => false,
    };
    if !heard {
        std::future::pending::<()>().await;
    }
}

/// Whether this process was started to ignore the end of its terminal. Only Linux tells.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .map(str::trim);
    // The first bit is signal 1, which is SIGHUP.
    ignored
        .and_then(|mask| u64::from_str_radix(mask, 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new(_: &Runtime) -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
