//! A request and its answer as bytes, and the target that they travel to and from.

pub(crate) mod exchange;
pub(crate) mod members;
pub(crate) mod target;
