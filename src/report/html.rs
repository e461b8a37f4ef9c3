//! A report as one HTML page that needs no network, rendered from the document alone.
//!
//! Everything that a target said is hostile: each text goes through [`maud`], which escapes it, and
//! what a browser would hide or reorder is made visible first. The page is complete without its
//! script, which only filters and copies.

mod cause;
mod exchange;
mod finding;
mod frame;
mod group;
mod layout;
mod marks;
mod matrix;
mod overview;
mod page;
#[cfg(test)]
pub(crate) mod tests;
mod words;

#[cfg(test)]
pub(crate) use frame::SHARED;
pub(crate) use frame::{STYLE, document, mark as stamp};
pub(crate) use group::Tone;
pub(super) use page::render;
pub(crate) use words::{anchor, counted, plain};
