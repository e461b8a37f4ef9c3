//! Strings of patterns, remembered: the operations of a service share their patterns, and an
//! automaton for one takes longer than everything else about it.

use crate::contract::Bound;
use crate::contract::constraint::Candidate;
use crate::contract::constraint::string::{breaks, satisfy};
use crate::contract::pattern::{Anchoring, Language, Pattern};
use crate::support::known::Known;

/// So much of a kind is remembered: more than the patterns of the largest service need.
const MOST: usize = 4096;

static SHORTEST: Known<(String, usize, usize), Option<String>> = Known::new(MOST);
static OF_LENGTH: Known<(String, usize, usize), Option<String>> = Known::new(MOST);
static ADMITTED: Known<(String, Limits), Vec<Candidate>> = Known::new(MOST);
static BROKEN: Known<Violations, Vec<Candidate>> = Known::new(MOST);

/// The least and the greatest length, where there are any.
type Limits = Option<(Option<i64>, Option<i64>)>;

/// What violations of a pattern are made of.
#[derive(PartialEq, Eq, Hash)]
struct Violations {
    pattern: String,
    length: Limits,
    base: String,
    anchoring: Anchoring,
    also: Vec<String>,
}

/// The shortest string that the pattern admits, of a length within bounds.
pub(super) fn shortest(pattern: &Pattern, least: usize, most: usize) -> Option<String> {
    SHORTEST.get_or((pattern.to_string(), least, most), || {
        let language = Language::new(pattern, least, most).ok()?;
        language.shortest()
    })
}

/// A string of that length, which `make` makes from an automaton for lengths up to `near`.
pub(super) fn of_length(
    pattern: &Pattern,
    near: usize,
    length: usize,
    make: impl FnOnce() -> Option<String>,
) -> Option<String> {
    OF_LENGTH.get_or((pattern.to_string(), near, length), make)
}

/// Strings that cover each place of the pattern, of a length within bounds.
pub(super) fn admitted(pattern: &Pattern, length: Option<Bound>) -> Vec<Candidate> {
    let key = (pattern.to_string(), limits(length));
    ADMITTED.get_or(key, || satisfy(pattern, length))
}

/// Strings that the pattern refuses, one edit away from a valid one, and so do the `also` ones.
pub(super) fn broken(
    pattern: &Pattern,
    length: Option<Bound>,
    base: &str,
    anchoring: Anchoring,
    also: &[&Pattern],
) -> Vec<Candidate> {
    let key = Violations {
        pattern: pattern.to_string(),
        length: limits(length),
        base: base.to_owned(),
        anchoring,
        also: also.iter().map(ToString::to_string).collect(),
    };
    BROKEN.get_or(key, || {
        breaks(pattern, length, base, anchoring, also).unwrap_or_default()
    })
}

fn limits(length: Option<Bound>) -> Limits {
    length.map(|length| (length.min, length.max))
}
