//! A report as one HTML page that needs no network, rendered from the document alone.
//!
//! Everything that a target said is hostile: each text goes through [`maud`], which escapes it, and what a browser would
//! hide or reorder is made visible first. The page is complete without its script, which only filters and copies.

mod exchange;
mod finding;
mod group;
mod layout;
mod marks;
mod matrix;
mod overview;
mod page;
#[cfg(test)]
mod tests;
mod words;

pub(super) use page::render;
