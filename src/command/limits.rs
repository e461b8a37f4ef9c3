//! How much may be asked for on the command line: more is a slip of the finger, and would take all
//! memory or days.

use crate::run::MOST_JOBS;
use clap::builder::RangedU64ValueParser;

type Count = RangedU64ValueParser<usize>;

/// So many requests may be drawn at random: the plan of a run is in memory as a whole.
const SAMPLES: u64 = 100_000;
/// So many strings may be drawn from each pattern.
const STRINGS: u64 = 1_000_000;
/// So often may a finding be tried again.
const TRIES: u64 = 100;

/// What works side by side.
pub(super) fn jobs() -> Count {
    Count::new().range(1..=MOST_JOBS as u64)
}

/// Requests drawn at random.
pub(super) fn samples() -> Count {
    Count::new().range(0..=SAMPLES)
}

/// Strings drawn from each pattern.
pub(super) fn strings() -> Count {
    Count::new().range(0..=STRINGS)
}

/// Further tries of each finding.
pub(super) fn tries() -> Count {
    Count::new().range(0..=TRIES)
}
