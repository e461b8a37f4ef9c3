//! What other code calls: the suite as a test target, properties for fuzz targets, benchmarks, and
//! the suite's check of itself.

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
