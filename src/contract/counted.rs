//! How often something is done in a test, on its thread: a plan must take no more of it than it has
//! promises.

use std::cell::Cell;
use std::thread::LocalKey;

thread_local! {
    /// Automata that were made of patterns.
    pub(crate) static AUTOMATA: Cell<usize> = const { Cell::new(0) };
    /// Values that the oracle looked at.
    pub(crate) static LOOKS: Cell<usize> = const { Cell::new(0) };
}

/// Counts one more.
pub(super) fn count(what: &'static LocalKey<Cell<usize>>) {
    what.set(what.get() + 1);
}

/// How many there are while something is done.
pub(crate) fn during<T>(
    what: &'static LocalKey<Cell<usize>>,
    then: impl FnOnce() -> T,
) -> (T, usize) {
    let before = what.get();
    let value = then();
    (value, what.get() - before)
}
