//! What one documented restriction admits, values that satisfy it to the edge, and values that
//! break it and nothing else. One file per kind.
//!
//! **Architecture invariant:** a verdict needs certainty. Where readings of a restriction differ
//! about a value, the answer is [`Zone::Depends`], and no expectation may be built on it.

pub(crate) mod enumeration;
pub(crate) mod fraction;
pub(crate) mod kind;
pub(crate) mod length;
pub(crate) mod number;
pub(crate) mod range;
pub(crate) mod string;
pub(crate) mod timestamp;

use serde_json::Value;

/// What the readings of a restriction say about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Admitted under every reading.
    Valid,
    /// Refused under every reading.
    Invalid,
    /// The readings differ, and about what.
    Depends(&'static str),
}

impl Zone {}

/// One value that is right, or wrong in one way, and how it is named in ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// Names the place or edge, never the value: `below-min`, `at-max`.
    pub(crate) id: String,
    /// The side of the restriction it is about, as the last part of the atom's path: `range::min`.
    pub(crate) side: &'static str,
    pub(crate) value: Value,
}

impl Candidate {
    fn new(id: impl Into<String>, side: &'static str, value: impl Into<Value>) -> Self {
        Self {
            id: id.into(),
            side,
            value: value.into(),
        }
    }
}
