//! Recorded exchanges: a run written down while it goes, and recordings judged without a target.
//!
//! There are three forms; the first bytes of a file say which form it has.
//!
//! - A *recorded run* is what [`Recorder`] writes: every judged case with its exchanges. The judge
//!   comes to the same verdicts as in the run.
//! - A *free recording* holds bare exchanges, one on a line.
//! - A *HAR file* (HTTP Archive 1.2) holds the exchanges of a browser or proxy.
//!
//! The last two do not say what a request was meant for. The [oracle](crate::contract::oracle) says
//! which promises the request breaks, and the answers before it say what is known of the resource.
//!
//! A recording may come from anybody. Everything that is wrong with a recording is a [`FileError`],
//! with the line and what was expected there.

mod entry;
mod form;
mod free;
mod har;
mod history;
mod intent;
mod judge;
mod judged;
mod lines;
mod read;
mod replay;
mod write;

pub(crate) use judged::Judged;
pub(crate) use read::{judge, results};
pub(crate) use write::Recorder;

#[cfg(test)]
mod tests;
