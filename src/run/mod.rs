//! Carrying out a plan on a target: fixtures are made, cases are fired and judged, fixtures are
//! removed.
//!
//! The runner calls the judge, and writes nothing. It hands each case to its caller as soon as that
//! case is judged, so a report is complete as far as the run went, also when a run is cut short.

mod accepted_control;
mod around;
mod attempt;
mod budget;
mod chain;
mod clean;
mod confirm;
mod created;
mod creation;
mod data_plane;
mod early_end;
mod event;
mod fire;
mod firing;
pub(crate) mod fuzz;
mod judged;
mod known;
mod leftover;
mod link;
mod look;
mod mend;
mod observe;
mod options;
mod outcome;
mod pages;
mod patient_client;
mod plain;
mod pool;
pub(crate) mod precedence;
mod prepare;
mod progress;
mod queue;
pub(crate) mod regressions;
pub(crate) mod rehearsal;
mod resource_health;
mod result;
mod runner;
mod session;
mod shrink;
mod stays;
mod step;
mod stop;
mod tend;
mod threads;
mod turns;
mod undo;
mod waits;
mod work;
mod worker;
mod worker_health;

pub(crate) use budget::Budget;
pub(crate) use clean::Cleaned;
pub(crate) use event::{Confirmation, Ended, Event, Example, Retried, Shrunk, Spoilt};
pub(crate) use leftover::Leftover;
pub(crate) use observe::accepted_any;
pub(crate) use options::{Adapts, CONFIRM, Confirm, MOST_JOBS, RunOptions};
pub(crate) use patient_client::send;
pub(crate) use plain::Plainness;
pub(crate) use pool::WorkerPool;
pub(crate) use progress::{Activity, Progress};
pub(crate) use result::{CaseResult, Keep, skipped};
pub(crate) use runner::Runner;
pub(crate) use session::Session;
pub(crate) use stays::Stays;
pub(crate) use stop::Stop;
pub(crate) use threads::WorkerThreads;
pub(crate) use worker::{MadeFixtures, Worker};
pub(crate) use worker_health::WorkerHealth;

#[cfg(test)]
mod tests;
