//! The faces for code: `cargo test`, fuzz targets, and the suite's check of itself.

#[doc(hidden)]
pub mod bench;
pub(crate) mod conformance;
pub(crate) mod environment;
#[cfg(test)]
mod null_targets;
pub mod properties;
#[cfg(test)]
mod rooms;
pub(crate) mod self_check;
#[cfg(test)]
pub(crate) mod testing;
