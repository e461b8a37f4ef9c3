//! The one place where this program prints, and what becomes of it where nobody can or does read that.
//!
//! Printing never panics and never stands in the way of an end. Each stream is written to by a thread of its own: a pipe
//! whose reader has stopped reading blocks that thread, and whoever prints waits for it only while nobody asked for an end.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use proofmark::report::Exit;

use super::{Failure, signals};

/// A stream, and the thread that writes to it.
struct Stream {
    /// None where there was no thread to be had: whoever prints then writes by himself.
    thread: Option<SyncSender<Piece>>,
    open: fn() -> Box<dyn Write>,
    failed: fn(&std::io::Error),
    /// Nobody reads what was written last.
    stuck: AtomicBool,
}

/// A text to be written, and who waits until it is.
struct Piece {
    text: String,
    written: Sender<()>,
}

static OUT: OnceLock<Stream> = OnceLock::new();
static ERR: OnceLock<Stream> = OnceLock::new();
/// Why something that was to be read on standard output is lost.
static LOST: OnceLock<String> = OnceLock::new();
/// Whether the reader of standard output went away, as `head` does.
static LEFT: AtomicBool = AtomicBool::new(false);

/// So many texts may wait for a reader that does not read. Those after them are dropped.
const WAITING: usize = 64;
/// How long a message waits for its reader, and all that is printed once an end was asked for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two looks at whether an end was asked for.
const LOOK: Duration = Duration::from_millis(50);

/// Prints a result. That it cannot be written is told at the end, by [`end`], unless its reader went away.
pub(super) fn print(text: &str) {
    let out = OUT.get_or_init(|| Stream::new("proofmark-out", || Box::new(std::io::stdout()), note_lost));
    if out.stuck.load(Ordering::Relaxed) && signals::asked().is_some() {
        return;
    }
    let Some(written) = out.send(text) else { return };
    loop {
        match written.recv_timeout(LOOK) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                if signals::asked().is_some_and(|asked| asked.elapsed() > PATIENCE) {
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

/// Says a line on standard error. It is lost where nobody can or does read it.
pub(super) fn tell(line: &str) {
    show(&format!("{line}\n"));
}

/// Writes to standard error as it stands.
pub(super) fn show(text: &str) {
    let err = err();
    let Some(written) = err.send(text) else { return };
    // Messages are in their place among what is printed, where somebody reads them.
    if !err.stuck.load(Ordering::Relaxed) && written.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        err.stuck.store(true, Ordering::Relaxed);
    }
}

/// Says a line on standard error without waiting for anybody.
pub(super) fn tell_at_once(line: &str) {
    err().send(&format!("{line}\n"));
}

/// Why what was printed until now is lost, where that is so.
pub(super) fn check() -> Result<(), Failure> {
    LOST.get().map_or(Ok(()), |why| Err(lost(why)))
}

/// The code to end with, where that was to be `exit`: not that of a result that nobody can read.
pub(super) fn end(exit: Exit) -> Exit {
    let Err(failure) = check() else { return exit };
    tell(&format!("proofmark: {}", failure.message));
    match exit {
        Exit::Conforms | Exit::Findings | Exit::Outdated if signals::asked().is_some() => Exit::Interrupted,
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

impl Stream {
    fn new(name: &str, open: fn() -> Box<dyn Write>, failed: fn(&std::io::Error)) -> Self {
        let (sender, pieces) = sync_channel(WAITING);
        let write = move || write_all(&mut *open(), &pieces, failed);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(write).ok();
        Self { thread: thread.map(|_| sender), open, failed, stuck: AtomicBool::new(false) }
    }

    /// Hands a text to the thread. `None`: it is written already, or too much waits.
    fn send(&self, text: &str) -> Option<Receiver<()>> {
        let (written, receiver) = channel();
        let piece = Piece { text: text.to_owned(), written };
        match &self.thread {
            Some(thread) => thread.try_send(piece).is_ok().then_some(receiver),
            None => {
                if let Err(error) = write_one(&mut *(self.open)(), text.as_bytes()) {
                    (self.failed)(&error);
                }
                None
            }
        }
    }
}

/// Writes what comes, one text after the other.
fn write_all(stream: &mut dyn Write, pieces: &Receiver<Piece>, failed: fn(&std::io::Error)) {
    for Piece { text, written } in pieces {
        if let Err(error) = write_one(stream, text.as_bytes()) {
            failed(&error);
        }
        // Who waited may have lost patience.
        let _ = written.send(());
    }
}

fn write_one(stream: &mut dyn Write, mut left: &[u8]) -> std::io::Result<()> {
    while !left.is_empty() {
        match stream.write(left) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => left = left.get(count..).unwrap_or_default(),
            Err(error) => passes(error)?,
        }
    }
    while let Err(error) = stream.flush() {
        passes(error)?;
    }
    Ok(())
}

/// Waits where a stream takes nothing just now: another process may have told it not to block.
fn passes(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock => {
            std::thread::sleep(LOOK / 5);
            Ok(())
        }
        _ => Err(error),
    }
}
