//! The runtime of a command, and what is said where there is no room for one.

use super::Failure;
use crate::report::Exit;

/// A runtime with a thread for each core.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    room_for_files()?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(no_runtime)
}

/// A runtime needs a few descriptors, and ends the program where there are none.
pub(crate) fn room_for_files() -> Result<(), Failure> {
    const NEEDED: usize = 12;
    let own = std::env::current_exe().map_err(no_runtime)?;
    let opened = (0..NEEDED)
        .map(|_| std::fs::File::open(&own))
        .collect::<Result<Vec<_>, _>>();
    opened.map(drop).map_err(no_runtime)
}

/// What to say where there is no room for a runtime.
pub(crate) fn no_runtime(error: std::io::Error) -> Failure {
    Failure {
        exit: Exit::CouldNotTell,
        message: format!(
            "no room for threads and files: {error}; see `ulimit -a`, above all `ulimit -n`"
        ),
    }
}
