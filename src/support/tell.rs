//! Words for whoever runs the tests of an emulator: what the library itself prints.

use std::io::Write as _;

use crate::support::sink;

/// Writes a line to standard error. That nobody can read it is no reason to stop, let alone to
/// panic.
pub(crate) fn tell(line: &str) {
    let _ = std::io::stderr()
        .lock()
        .write_all(sink::guard(&format!("{line}\n")).as_bytes());
}

/// Writes a line to standard output, in the same way.
pub(crate) fn say(line: &str) {
    let _ = std::io::stdout()
        .lock()
        .write_all(sink::guard(&format!("{line}\n")).as_bytes());
}
