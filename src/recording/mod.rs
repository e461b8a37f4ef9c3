//! Recorded exchanges: a run written down while it goes, and recordings judged without a target.
//!
//! There are three forms, told apart by their beginning. A *recorded run* is what [`Recorder`]
//! writes: every judged case with its exchanges, so that the judge says of them again what it said
//! in the run. A *free recording* holds bare exchanges, one a line, and a *HAR file* those of a
//! browser or proxy (HTTP Archive 1.2). In these two nobody says what a request was meant for: the
//! [oracle](crate::contract::oracle) says which promises it breaks, and the answers before it say
//! what is known of the mapping.
//!
//! A recording holds texts of whoever made it. Everything wrong with one is a [`FileError`], with
//! the line and what was expected there.

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
