//! Fuzzing: sequences of requests that are made up, mutated and kept by what the target's answers show that is new.
//!
//! An [`Input`] is a list of moves over a few resources: not text, but what a request is to do, so that whatever bytes or
//! numbers it is decoded from, the sequence it leads to makes sense. A [`Space`] is what a plan makes of it: the
//! [case](crate::plan::case::Case) that is fired, whose every answer the [model](crate::verdict) judges. What comes of that
//! decides what is tried next: an input whose answers show something [new](novelty) joins the [corpus].
//!
//! All of this is sans-IO but for the [campaign], which fires, and the corpus, which keeps files.

pub mod campaign;
pub mod corpus;
mod decode;
pub mod input;
mod mutate;
pub mod novelty;
mod shorter;
mod space;

pub use campaign::{Campaign, Found, Fresh, FuzzOptions, Fuzzed, Progress};
pub use input::{Draw, Input, Move, Set, Wild};
pub use mutate::Mutator;
pub use shorter::simpler;
pub use space::Space;

#[cfg(test)]
mod tests;
