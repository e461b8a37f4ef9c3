//! Strings under a pattern and a length at once.

use super::Candidate;
use crate::contract::Bound;
pub(crate) use crate::contract::pattern::LONGEST;
use crate::contract::pattern::{self, Anchoring, Language, Pattern};

/// Valid strings that cover each structural place of the pattern, within the length.
pub(crate) fn satisfy(pattern: &Pattern, length: Option<Bound>) -> Vec<Candidate> {
    let (min, max) = limits(length);
    pattern::covers(pattern, min, max)
        .into_iter()
        .map(|cover| Candidate::new(cover.place, "pattern", cover.value))
        .collect()
}

/// Strings one edit away from a valid one that no reading of the pattern, nor any of the `also`
/// ones, admits.
///
/// # Errors
/// The reason, where no certain violation exists.
pub(crate) fn breaks(
    pattern: &Pattern,
    length: Option<Bound>,
    base: &str,
    anchoring: Anchoring,
    also: &[&Pattern],
) -> Result<Vec<Candidate>, String> {
    let (min, max) = limits(length);
    let broken = pattern::violations(pattern, min, max, base, anchoring, also)
        .map_err(|none| none.to_string())?;
    Ok(broken
        .into_iter()
        .map(|b| Candidate::new(format!("{}::{}", b.place, b.edit), "pattern", b.value))
        .collect())
}

/// Strings of given lengths, of a pattern where there is one.
pub(crate) struct Strings<'a> {
    pattern: Option<&'a Pattern>,
    /// The automaton for all lengths up to `near`.
    language: Option<Language>,
    near: usize,
}

impl<'a> Strings<'a> {
    /// Prepares for many lengths up to `near`; any other length takes an automaton of its own.
    pub(crate) fn new(pattern: Option<&'a Pattern>, near: usize) -> Self {
        let near = near.min(LONGEST);
        Self {
            pattern,
            language: pattern.and_then(|pattern| Language::new(pattern, 0, near).ok()),
            near,
        }
    }

    /// A string of exactly that length, always the same.
    pub(crate) fn of_length(&self, length: usize) -> Option<String> {
        match (self.pattern, &self.language) {
            _ if length > LONGEST => None,
            (None, _) => Some("a".repeat(length)),
            (Some(_), Some(language)) if length <= self.near => language.at(length),
            (Some(pattern), near) => {
                let grown = near.as_ref().and_then(|near| grown(pattern, near, length));
                grown.or_else(|| Language::new(pattern, length, length).ok()?.at(length))
            }
        }
    }
}

/// A long string from a short one, its last character repeated, where the pattern admits that.
///
/// It saves an automaton for one length far off, which costs more than all others together.
fn grown(pattern: &Pattern, near: &Language, length: usize) -> Option<String> {
    let mut value = near.at(*near.lengths().last()?)?;
    let last = value.chars().next_back()?;
    value.extend(std::iter::repeat_n(
        last,
        length.checked_sub(value.chars().count())?,
    ));
    (pattern.zone(&value, Anchoring::Whole) == pattern::Zone::Inside).then_some(value)
}

/// The least and the greatest legal length. What is made is shorter than [`LONGEST`] all the same.
fn limits(length: Option<Bound>) -> (usize, usize) {
    let size =
        |side: Option<i64>, or: usize| side.map_or(or, |v| usize::try_from(v.max(0)).unwrap_or(or));
    let min = length.map_or(0, |l| size(l.min, 0));
    let max = length.map_or(usize::MAX, |l| size(l.max, usize::MAX));
    (min.min(max), max)
}
