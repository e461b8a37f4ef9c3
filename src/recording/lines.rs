//! The lines of a recording, and what a body in one holds.

use serde_json::Value;

/// The lines of a recording that hold anything, each with its number.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty())
}

/// The JSON value of an answer's or a request's body, if it is one.
pub(crate) fn document(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}
