//! The faces for code: `cargo test`, fuzz targets, and the suite's check of itself.

pub mod conformance;
pub mod environment;
#[cfg(test)]
mod null_targets;
pub mod properties;
pub mod self_check;
#[cfg(test)]
pub(crate) mod testing;
