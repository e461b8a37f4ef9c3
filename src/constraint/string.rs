//! Strings under a pattern and a length at once.

use super::Candidate;
use crate::contract::Bound;
use crate::pattern::{self, Anchoring, Language, Pattern};

/// Lengths beyond this are not generated: a test request is not a load test.
const LONGEST: usize = 4096;

/// Valid strings that cover each structural place of the pattern, within the length.
#[must_use]
pub fn satisfy(pattern: &Pattern, length: Option<Bound>) -> Vec<Candidate> {
    let (min, max) = limits(length);
    pattern::covers(pattern, min, max)
        .into_iter()
        .map(|cover| Candidate::new(cover.place, "pattern", cover.value))
        .collect()
}

/// Strings one edit away from a valid one that no reading of the pattern, nor any of the `also` ones, admits.
///
/// # Errors
/// The reason, where no certain violation exists.
pub fn breaks(
    pattern: &Pattern,
    length: Option<Bound>,
    base: &str,
    anchoring: Anchoring,
    also: &[&Pattern],
) -> Result<Vec<Candidate>, String> {
    let (min, max) = limits(length);
    let broken = pattern::violations(pattern, min, max, base, anchoring, also).map_err(|none| none.to_string())?;
    Ok(broken.into_iter().map(|b| Candidate::new(format!("{}::{}", b.place, b.edit), "pattern", b.value)).collect())
}

/// A string of exactly that length, of the pattern where there is one.
#[must_use]
pub fn of_length(pattern: Option<&Pattern>, length: usize) -> Option<String> {
    if length > LONGEST {
        return None;
    }
    match pattern {
        Some(pattern) => Language::new(pattern, length, length).ok()?.at(length),
        None => Some("a".repeat(length)),
    }
}

fn limits(length: Option<Bound>) -> (usize, usize) {
    let size = |side: Option<i64>, or: usize| side.map_or(or, |v| usize::try_from(v.max(0)).unwrap_or(or));
    let min = length.map_or(0, |l| size(l.min, 0));
    let max = length.map_or(LONGEST, |l| size(l.max, LONGEST)).min(LONGEST);
    (min.min(max), max)
}
