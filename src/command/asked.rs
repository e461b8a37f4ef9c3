//! Whether somebody asked this process to end, and when.

use std::sync::OnceLock;
use std::time::Instant;

/// When an end was asked for.
static ASKED: OnceLock<Instant> = OnceLock::new();

/// When an end was asked for, if it was.
pub(super) fn asked() -> Option<Instant> {
    ASKED.get().copied()
}

/// Notes that an end is asked for now. Only the first time counts.
pub(super) fn note() {
    let _ = ASKED.set(Instant::now());
}
