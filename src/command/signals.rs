//! What signals that ask for an end do to this program.
//!
//! Until a command says that it has something to end well, the first one ends the process. Later
//! the first one makes the command stop, remove what it made and report; one that comes more than a
//! second after it ends the process.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::Exit;
use crate::support::interrupt;
use tokio::sync::watch;

use super::{asked, output, place, started};

static STOP: OnceLock<watch::Receiver<bool>> = OnceLock::new();
/// Whether a command ends well by itself.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Listens from now on. Where there is no room for that, signals do what they do by default.
pub(super) fn listen() {
    // Listening takes descriptors, and a process that has too few is told so by what it does next.
    if super::room_for_files().is_err() {
        return;
    }
    if let Ok(stop) = interrupt::listen(first, leave) {
        let _ = STOP.set(stop);
    }
}

/// Turns true at the first signal. From now on the process does not end at it: whoever calls this
/// sees to that.
pub(super) fn stop() -> watch::Receiver<bool> {
    TAKEN.store(true, Ordering::SeqCst);
    STOP.get()
        .cloned()
        .unwrap_or_else(|| watch::channel(false).1)
}

fn first() {
    asked::note();
    if !TAKEN.load(Ordering::SeqCst) {
        leave();
    }
    output::tell_at_once(
        "proofmark: interrupted; removing what was made (again in a second to leave at once)",
    );
}

/// Ends the process, and what it started.
fn leave() {
    started::end_now();
    place::remove_parts();
    std::process::exit(i32::from(Exit::Interrupted as u8));
}
