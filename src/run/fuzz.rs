//! Fuzzing: sequences of requests that are made up, mutated and kept by what the target's answers
//! show that is new.
//!
//! An [`Input`] is a list of moves over a few resources: not text, but what a request is to do, so
//! that whatever bytes or numbers it is decoded from, the sequence it leads to makes sense. A
//! [`Space`] is what a plan makes of it: the [case](crate::plan::case::Case) that is fired, whose
//! every answer the [model](crate::judge) judges. What comes of that decides what is tried next: an
//! input whose answers show something [new](novelty) joins the [corpus].
//!
//! All of this is sans-IO but for the [campaign], which fires, and the corpus, which keeps files.

pub(crate) mod campaign;
pub(crate) mod corpus;
mod decode;
pub(crate) mod input;
mod mutate;
pub(crate) mod novelty;
mod shorter;
mod space;

pub(crate) use campaign::{Campaign, Found, Fresh, FuzzOptions, Fuzzed, Progress};
pub(crate) use input::Input;
pub(crate) use mutate::Mutator;
pub(crate) use shorter::simpler;
pub(crate) use space::Space;

#[cfg(test)]
mod tests;
