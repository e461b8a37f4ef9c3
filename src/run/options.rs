//! How to run: how many workers, how long to wait, what to try again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Progress;
use crate::contract::Level;

/// How to run.
#[derive(Clone, Debug)]
pub(crate) struct RunOptions {
    /// How many workers fire cases side by side from the start, each on resources of its own, and how
    /// many requests are under way at the same time.
    pub(crate) jobs: usize,
    /// Which of these numbers grow where that is of use.
    pub(crate) adapts: Adapts,
    /// The number of the first worker: how many numbers earlier operations of the run had.
    pub(crate) workers_before: usize,
    /// The longest wait for a transition to end.
    pub(crate) settle_timeout: Duration,
    /// Stop once so many cases have a finding that fails the run; none for never.
    pub(crate) max_failures: Option<usize>,
    /// How long repeated updates may show no progress of what tells the time.
    pub(crate) advance_timeout: Duration,
    /// A token that makes the names of a run's fixtures its own: eight characters of `[0-9a-z]`.
    pub(crate) token: String,
    /// At most so many trials to make a case small that was drawn at random and shows a finding; 0
    /// for none.
    pub(crate) shrink: usize,
    /// Whether the data plane is tested as well.
    pub(crate) data_plane: bool,
    /// After so long, on the clock of the wall, no further case is fired; none for never. Fixtures
    /// count as well.
    pub(crate) time: Option<Duration>,
    /// The least time for which no record may come before it is taken that none will.
    pub(crate) quiet: Duration,
    /// Whether each case is fired by itself, with a valid update and reads of its own.
    pub(crate) thorough: bool,
    /// Which findings are tried again in the end, and how often.
    pub(crate) confirm: Confirm,
    /// Findings that are known, by identity: they are not tried again, and do not count as
    /// failures.
    pub(crate) known: Arc<BTreeSet<String>>,
    /// Tells what the run is doing.
    pub(crate) progress: Progress,
}

/// What grows in a run where that is of use.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Adapts {
    /// The number of requests under way at the same time, where more of them are answered sooner.
    pub(crate) connections: bool,
    /// The number of workers, where those there are wait for transitions to end.
    pub(crate) workers: bool,
}

/// So many workers at most: each makes resources of its own, and keeps a connection.
pub(crate) const MOST_JOBS: usize = 512;

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: 1,
            adapts: Adapts::default(),
            workers_before: 0,
            settle_timeout: Duration::from_secs(30),
            max_failures: None,
            advance_timeout: Duration::from_millis(2100),
            token: "proofrun".to_owned(),
            shrink: 0,
            data_plane: false,
            time: None,
            quiet: Duration::from_secs(1),
            thorough: false,
            confirm: Confirm::default(),
            known: Arc::default(),
            progress: Progress::default(),
        }
    }
}

/// Which findings are tried again, and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confirm {
    /// So many further tries of each that does not come back, and one of each of its plainest
    /// cases; 0 for none.
    pub(crate) tries: usize,
    /// Findings of that level, and worse. Of others only the example is looked for.
    pub(crate) level: Level,
    /// How long all further tries may take together, where the cases of the run took no longer;
    /// zero for no time at all. What is left then counts as it was found.
    pub(crate) limit: Duration,
}

/// How often the commands try again what fails, unless a flag says otherwise.
pub(crate) const CONFIRM: usize = 2;

impl Default for Confirm {
    /// Nothing is tried again.
    fn default() -> Self {
        Self {
            tries: 0,
            level: Level::Must,
            limit: Duration::from_secs(60),
        }
    }
}
