//! What stands behind the colon of a line of constraints.

use super::markdown::{code, plain};
use crate::import::shape::{Limits, Number};

/// `Yes` or `No`.
pub(super) fn yes_or_no(value: &str) -> Option<bool> {
    match plain(value).trim().trim_end_matches('.') {
        "Yes" => Some(true),
        "No" => Some(false),
        _ => None,
    }
}

/// What limits say.
pub(super) enum Found {
    Limits(Limits),
    /// `Maximum number of items`
    Numberless,
}

/// `Minimum length of 1\. Maximum length of 140\.`, with another noun for ranges and arrays.
pub(super) fn limits(value: &str, noun: &str) -> Option<Found> {
    let text = plain(value);
    let mut limits = Limits::default();
    let mut is_numberless = false;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, behind) = rest.split_once(' ')?;
        let behind = behind.strip_prefix(noun)?.strip_prefix(" of ")?;
        if let Some(more) = behind.strip_prefix("items.") {
            is_numberless = true;
            rest = more.trim();
            continue;
        }

        let end = behind.find(' ').unwrap_or(behind.len());
        let (number, behind) = behind.split_at_checked(end)?;
        let number = Number::parse(number.trim_end_matches('.'))?;
        let slot = match word {
            "Minimum" => [Some(&mut limits.min), None],
            "Maximum" => [Some(&mut limits.max), None],
            "Fixed" => [Some(&mut limits.min), Some(&mut limits.max)],
            _ => return None,
        };
        for side in slot.into_iter().flatten() {
            if side.replace(number).is_some() {
                return None;
            }
        }

        let behind = behind.trim_start();
        let unit = ["items.", "item.", "items", "item", "characters.", "."];
        rest = unit
            .iter()
            .find_map(|unit| behind.strip_prefix(unit))
            .unwrap_or(behind)
            .trim();
    }

    match (limits.min, limits.max, is_numberless) {
        (None, None, true) => Some(Found::Numberless),
        (None, None, false) => None,
        _ => Some(Found::Limits(limits)),
    }
}

/// The code behind `Pattern:`. A page that prints it without marks prints nothing else there.
pub(super) fn pattern(value: &str) -> Option<String> {
    let value = value.trim();
    if !value.starts_with('`') {
        let bare = plain(value);
        return (!bare.is_empty()).then_some(bare);
    }
    match code(value) {
        Some((inside, behind)) if behind.trim().is_empty() => {
            Some(inside_of_fence(value, inside).to_owned())
        }
        // A pattern with a backtick, between single ones.
        _ => {
            let inside = value.strip_prefix('`')?.strip_suffix('`')?;
            (!inside.is_empty() && !inside.starts_with('`')).then(|| inside.to_owned())
        }
    }
}

/// Markdown takes one space off both sides where more than one backtick is the fence.
fn inside_of_fence<'a>(value: &str, inside: &'a str) -> &'a str {
    if !value.starts_with("``") {
        return inside;
    }
    let cut = inside.strip_prefix(' ').and_then(|i| i.strip_suffix(' '));
    cut.unwrap_or(inside)
}

/// The values behind `Valid Values:`, with a bar between them.
pub(super) fn values(value: &str) -> Option<Vec<String>> {
    let text = value.replace('`', "").replace(r"\|", "|");
    let values: Vec<String> = text.split('|').map(|part| plain(part.trim())).collect();
    let whole = values.iter().all(|value| !value.is_empty());
    whole.then_some(values)
}

#[cfg(test)]
mod tests {
    use super::{Found, limits, pattern, values};
    use crate::import::shape::{Limits, Number};

    fn of(min: Option<i64>, max: Option<i64>) -> Limits {
        Limits {
            min: min.map(Number::Whole),
            max: max.map(Number::Whole),
        }
    }

    #[test]
    fn limits_in_words() {
        let read = |text: &str, noun: &str| match limits(text, noun) {
            Some(Found::Limits(limits)) => Some(limits),
            _ => None,
        };
        assert_eq!(
            read(r" Minimum length of 1\. Maximum length of 140\.", "length"),
            Some(of(Some(1), Some(140)))
        );
        assert_eq!(
            read(r" Fixed length of 64\.", "length"),
            Some(of(Some(64), Some(64)))
        );
        assert_eq!(
            read(r" Fixed number of 1 item\.", "number"),
            Some(of(Some(1), Some(1)))
        );
        assert_eq!(
            read(
                r" Minimum number of 0 items\. Maximum number of 5 items\.",
                "number"
            ),
            Some(of(Some(0), Some(5)))
        );
        assert_eq!(
            read(r" Minimum value of \-1\.", "value"),
            Some(of(Some(-1), None))
        );
        let fraction = read(
            r" Minimum value of 0\.25\. Maximum value of 1e\-1\.",
            "value",
        );
        assert_eq!(
            fraction,
            Some(Limits {
                min: Some(Number::Fraction(0.25)),
                max: Some(Number::Fraction(0.1))
            })
        );
        for text in [
            "",
            " Minimum length of one.",
            " Least length of 1.",
            " Minimum size of 1.",
            " Minimum length of 1. Minimum length of 2.",
            " Minimum length of 1. And more.",
        ] {
            assert_eq!(read(text, "length"), None, "{text}");
        }
        assert!(matches!(
            limits(r" Maximum number of items\.", "number"),
            Some(Found::Numberless)
        ));
    }

    #[test]
    fn patterns_and_values() {
        assert_eq!(pattern(r" `[a-z]\d+`   ").as_deref(), Some(r"[a-z]\d+"));
        assert_eq!(pattern("`` [`]+ ``").as_deref(), Some("[`]+"));
        assert_eq!(pattern("`[^`]+`").as_deref(), Some("[^`]+"));
        assert_eq!(pattern(" "), None);
        assert_eq!(
            values("` A | B\\.c \\| D` ").as_deref(),
            Some(["A".to_owned(), "B.c".to_owned(), "D".to_owned()].as_slice())
        );
        assert_eq!(values(" `A` \\| `B`").map(|v| v.len()), Some(2));
        assert_eq!(values("` A || B`"), None);
    }
}
