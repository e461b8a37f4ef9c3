//! Which part of an exchange is the one to look at.

use std::ops::Range;

/// What of an answer a finding is about, as far as its own words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Culprit<'a> {
    Status,
    /// A member of the body or a header field of that name.
    Named(&'a str),
    /// They do not tell.
    Unknown,
}

impl<'a> Culprit<'a> {
    pub(super) fn of(actual: &'a str) -> Self {
        if actual.starts_with("status ") {
            return Self::Status;
        }
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        match actual.split_once(": ") {
            Some((word, _)) if !word.is_empty() && word.chars().all(name) => Self::Named(word),
            _ => Self::Unknown,
        }
    }

    /// Whether that header field is it.
    pub(super) fn is_header(self, name: &str) -> bool {
        matches!(self, Self::Named(word) if word.eq_ignore_ascii_case(name))
    }

    /// Where it stands in a body that was laid out.
    pub(super) fn within(self, body: &str) -> Option<Range<usize>> {
        let Self::Named(word) = self else { return None };
        let goal = format!("\"{word}\":");
        let mut at = 0;
        for line in body.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            if line[indent..].starts_with(&goal) {
                return Some(at + indent..at + line.trim_end().trim_end_matches(',').len());
            }
            at += line.len();
        }
        None
    }
}

/// Where two texts differ: what is neither in the beginning nor in the end that they share, of
/// each.
pub(super) fn differing(one: &str, other: &str) -> Option<(Range<usize>, Range<usize>)> {
    if one == other {
        return None;
    }
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum()
    };

    let start = same(&mut one.chars().zip(other.chars()));
    let (left, right) = (&one[start..], &other[start..]);
    let end = same(&mut left.chars().rev().zip(right.chars().rev()));
    Some((start..one.len() - end, start..other.len() - end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        let parts = |one: &'static str, other: &'static str| {
            differing(one, other).map(|(left, right)| (&one[left], &other[right]))
        };
        assert_eq!(parts("{\"a\":5}", "{\"a\":0}"), Some(("5", "0")));
        assert_eq!(parts("{\"a\":5}", "{}"), Some(("\"a\":5", "")));
        assert_eq!(parts("aa", "a"), Some(("a", "")));
        assert_eq!(parts("é", "è"), Some(("é", "è")));
        assert_eq!(parts("a", "a"), None);
    }

    #[test]
    fn culprits() {
        assert_eq!(Culprit::of("status 202: {\"a\": 1}"), Culprit::Status);
        assert_eq!(
            Culprit::of("State: \"Disabled\", by a refused request"),
            Culprit::Named("State")
        );

        assert_eq!(Culprit::of("{\"UUID\": 1}"), Culprit::Unknown);
        let body = "{\n  \"Status\": 1,\n  \"State\": 2,\n}";
        assert_eq!(
            Culprit::Named("State")
                .within(body)
                .map(|range| &body[range]),
            Some("\"State\": 2")
        );

        assert!(Culprit::of("content-type: text/html").is_header("Content-Type"));
    }
}
