//! A stream of the process, written to by a thread of its own: a reader that does not read blocks
//! that thread alone.

use std::io::{ErrorKind, Write};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// A stream, and the thread that writes to it.
pub(super) struct Stream {
    /// None where there was no thread to be had: whoever prints then writes by himself.
    thread: Option<SyncSender<Piece>>,
    open: fn() -> Box<dyn Write>,
    failed: fn(&std::io::Error),
    /// Nobody reads what was written last.
    pub(super) stuck: AtomicBool,
}

/// A text to be written, and who waits until it is.
struct Piece {
    text: String,
    written: Sender<()>,
}

/// So many texts may wait for a reader that does not read. Those after them are dropped.
const WAITING: usize = 64;
/// How long a stream that takes nothing just now is given.
const PAUSE: Duration = Duration::from_millis(10);

impl Stream {
    pub(super) fn new(
        name: &str,
        open: fn() -> Box<dyn Write>,
        failed: fn(&std::io::Error),
    ) -> Self {
        let (sender, pieces) = sync_channel(WAITING);
        let write = move || write_all(&mut *open(), &pieces, failed);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(write)
            .ok();

        Self {
            thread: thread.map(|_| sender),
            open,
            failed,
            stuck: AtomicBool::new(false),
        }
    }

    /// Hands a text to the thread. `None`: it is written already, or too much waits.
    pub(super) fn send(&self, text: &str) -> Option<Receiver<()>> {
        let (written, receiver) = channel();
        let piece = Piece {
            text: text.to_owned(),
            written,
        };

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
            std::thread::sleep(PAUSE);
            Ok(())
        }
        _ => Err(error),
    }
}
