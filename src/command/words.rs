//! Words of the command line: levels and bases, and what to say of a word that is none of those
//! expected.

use crate::contract::{Basis, Level};
use crate::support::echo::{did_you_mean, shown};

/// The level of that name.
pub(crate) fn level(name: &str) -> Result<Level, String> {
    match name {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        other => Err(other_word("must or should", ["must", "should"], other)),
    }
}

/// The basis of that name.
pub(crate) fn basis(name: &str) -> Result<Basis, String> {
    let known = Basis::ALL
        .into_iter()
        .find(|basis| basis.to_string() == name);
    let words = Basis::ALL.map(|basis| basis.to_string());
    known.ok_or_else(|| {
        other_word(
            "page, protocol, aws or inferred",
            words.iter().map(String::as_str),
            name,
        )
    })
}

/// What to say of a word that is none of the known ones.
pub(crate) fn other_word<'a>(
    expected: &str,
    known: impl IntoIterator<Item = &'a str>,
    found: &str,
) -> String {
    format!(
        "expected {expected}, found {}{}",
        shown(found),
        did_you_mean(found, known)
    )
}
