//! A request and its answer as bytes, and the target that they travel to and from.

pub mod exchange;
pub mod target;
