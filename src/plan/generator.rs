//! From a contract to requests: for every promise about a request, values that keep it to the edge
//! and values that break it and nothing else.
//!
//! The generator only proposes. What a proposed request is worth is decided by the
//! [oracle](crate::contract::oracle): it becomes a valid case if it breaks nothing under any
//! reading, an invalid one if it breaks exactly one promise under every reading, a probe if
//! readings differ about one promise, and is dropped otherwise.

mod derive;
mod derived;
mod few;
mod lengths;
mod pairwise;
mod proposal;
mod request;
mod sampled;
mod shape;
mod shortest;
mod walks;
mod weigh;

pub(crate) use derived::Derived;
pub(crate) use request::as_text;
pub(crate) use sampled::{CaseTree, SAMPLES, Sampling};
pub(crate) use shape::{overflows, simplest};
pub(crate) use walks::{refusing, walks};
pub(crate) use weigh::{Breaks, Generator};
