//! The one place where this program prints. It takes out secrets, and copes with readers that are
//! slow or gone.
//!
//! Every text for a person goes through here on its way out: without the secrets of the targets
//! that were opened, and through the [guard](sink::guard). Documents for programs are whole as they
//! were rendered.
//!
//! Printing never panics and never stands in the way of an end. Each [stream](stream) is written to
//! by a thread of its own: whoever prints waits for it only while nobody asked for an end.

mod stream;

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use crate::report::{Exit, Secrets};
use crate::support::sink;

use super::{Failure, asked};
use stream::Stream;

/// The secrets of every target that this process was told of.
static SECRETS: RwLock<Option<Secrets>> = RwLock::new(None);
static OUT: OnceLock<Stream> = OnceLock::new();
static ERR: OnceLock<Stream> = OnceLock::new();
/// Why something that was to be read on standard output is lost.
static LOST: OnceLock<String> = OnceLock::new();
/// Whether the reader of standard output went away, as `head` does.
static LEFT: AtomicBool = AtomicBool::new(false);

/// How long a message waits for its reader, and all that is printed once an end was asked for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two looks at whether an end was asked for.
const LOOK: Duration = Duration::from_millis(50);

/// From now on no text holds these.
pub(super) fn keep_secret(secrets: &Secrets) {
    let mut all = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    *all = Some(
        all.as_ref()
            .map_or_else(|| secrets.clone(), |known| known.with(secrets)),
    );
}

/// The text as it may leave.
fn leaving(text: &str) -> String {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    match secrets.as_ref() {
        Some(secrets) => sink::guard(&secrets.redact(text)),
        None => sink::guard(text),
    }
}

/// A panic is told as every other message is: what it repeats may stem from a target.
pub(super) fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| complain(&panic.to_string())));
}

/// Prints a result for a person. That it cannot be written is told at the end, by [`end`], unless
/// its reader went away.
pub(crate) fn print(text: &str) {
    document(&leaving(text));
}

/// Prints a document for a program, as it is. That it cannot be written is told as with [`print`].
pub(super) fn document(text: &str) {
    let out =
        OUT.get_or_init(|| Stream::new("proofmark-out", || Box::new(std::io::stdout()), note_lost));
    if out.stuck.load(Ordering::Relaxed) && asked::asked().is_some() {
        return;
    }
    let Some(written) = out.send(text) else {
        return;
    };

    loop {
        match written.recv_timeout(LOOK) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                if asked::asked().is_some_and(|asked| asked.elapsed() > PATIENCE) {
                    out.stuck.store(true, Ordering::Relaxed);
                    let _ = LOST.set("nobody reads it".to_owned());
                    return;
                }
            }
        }
    }
}

/// Prints a result that must not be lost, and says whether somebody took it.
pub(super) fn printed(text: &str) -> bool {
    print(text);
    LOST.get().is_none() && !LEFT.load(Ordering::Relaxed)
}

/// Says a message of this program on standard error.
pub(crate) fn complain(message: &str) {
    tell(&format!("proofmark: {message}"));
}

/// Says a line on standard error. It is lost where nobody can or does read it.
pub(super) fn tell(line: &str) {
    show(&format!("{line}\n"));
}

/// Writes a text to standard error, without a line break of its own.
pub(super) fn show(text: &str) {
    write(&leaving(text));
}

/// Puts a line of standard error, which is a terminal, in the place of the one that stands there.
pub(super) fn replace(line: &str) {
    write(&format!("\r\x1b[K{}", leaving(line)));
}

fn write(text: &str) {
    let err = err();
    let Some(written) = err.send(text) else {
        return;
    };
    // Messages are in their place among what is printed, where somebody reads them.
    if !err.stuck.load(Ordering::Relaxed)
        && written.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
    {
        err.stuck.store(true, Ordering::Relaxed);
    }
}

/// Says a line on standard error without waiting for anybody.
pub(super) fn tell_at_once(line: &str) {
    err().send(&leaving(&format!("{line}\n")));
}

/// Why what was printed until now is lost, where that is so.
pub(super) fn check() -> Result<(), Failure> {
    LOST.get().map_or(Ok(()), |why| Err(lost(why)))
}

/// The code to end with, where that was to be `exit`: not that of a result that nobody can read.
pub(super) fn end(exit: Exit) -> Exit {
    let Err(failure) = check() else { return exit };
    complain(&failure.message);
    match exit {
        Exit::Conforms | Exit::Findings | Exit::Outdated if asked::asked().is_some() => {
            Exit::Interrupted
        }
        Exit::Conforms | Exit::Findings | Exit::Outdated => failure.exit,
        other => other,
    }
}

fn lost(why: &str) -> Failure {
    Failure::unwritten(format!("standard output cannot be written: {why}"))
}

fn err() -> &'static Stream {
    // There is nobody to tell of what standard error does not take.
    ERR.get_or_init(|| Stream::new("proofmark-err", || Box::new(std::io::stderr()), |_| ()))
}

fn note_lost(error: &std::io::Error) {
    if error.kind() == ErrorKind::BrokenPipe {
        LEFT.store(true, Ordering::Relaxed);
    } else {
        let _ = LOST.set(error.to_string());
    }
}
