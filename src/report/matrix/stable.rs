//! What a target makes up anew each time, taken out of texts: a second run gives the same
//! scoreboard.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What is replaced, and by what. The names of fixtures have a token of the run.
static REPLACED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let each = [
        ("proofmark-[0-9a-z]{8}\\b", "proofmark-…"),
        (
            "\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b",
            "<uuid>",
        ),
        (
            "\\b20\\d{2}-[01]\\d-[0-3]\\d[T ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:?\\d{2})?",
            "<time>",
        ),
        // Seconds since 1970, of the years 2020 to 2040.
        ("\\b(1[6-9]|2[01])\\d{8}(\\.\\d+)?(E9)?\\b", "<time>"),
        ("\\b(1\\.[6-9]|2\\.[01])\\d*[eE]9\\b", "<time>"),
    ];
    // The patterns are constants, and a test uses each.
    each.into_iter()
        .filter_map(|(pattern, by)| Some((Regex::new(pattern).ok()?, by)))
        .collect()
});

/// The text without names, identities and times that differ from run to run. The UUID of zeros is
/// nobody's identity, and stays.
pub(super) fn stable(text: &str) -> String {
    const ZEROS: &str = "00000000-0000-0000-0000-000000000000";
    let mut text = Cow::Borrowed(text);
    for (pattern, by) in REPLACED.iter() {
        let replaced = pattern.replace_all(&text, |found: &regex::Captures<'_>| {
            let found = &found[0];
            if found == ZEROS {
                found.to_owned()
            } else {
                (*by).to_owned()
            }
        });
        text = Cow::Owned(replaced.into_owned());
    }

    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::{REPLACED, stable};

    #[test]
    fn what_differs_is_taken_out() {
        let texts = [
            (
                "function:proofmark-somypekh-a:1",
                "function:proofmark-…-a:1",
            ),
            (
                "{\"UUID\": \"193a5677-0fee-4535-988a-1492b76f5909\"}",
                "{\"UUID\": \"<uuid>\"}",
            ),
            (
                "00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-0000-000000000000",
            ),
            (
                "\"LastModified\": 1795445099.72, \"a\": 2147483648",
                "\"LastModified\": <time>, \"a\": <time>",
            ),
            ("1.795445099E9", "<time>"),
            ("at 2026-11-23T14:45:38.123Z", "at <time>"),
            ("BatchSize: 10000", "BatchSize: 10000"),
        ];

        assert_eq!(REPLACED.len(), 5);
        for (text, expected) in texts {
            assert_eq!(stable(text), expected);
        }
    }
}
