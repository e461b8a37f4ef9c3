//! Values that a page lists in a sentence: "It can be `Open`, `Ajar`, or `Closed`."
//!
//! Only this form is read. A sentence that says more is a rule to be written by hand.

use super::markdown::{Line, code};

/// What may stand between the words and the first value.
const BEFORE: &[&str] = &[
    "one of the following values:",
    "one of the following:",
    "either",
];

/// The values that a sentence lists.
pub(super) fn values(prose: &[Line<'_>]) -> Option<Vec<String>> {
    prose.iter().filter(|line| !line.code).find_map(|line| {
        let mut parts = line.text.match_indices("can be ");
        parts.find_map(|(at, words)| list(line.text.get(at + words.len()..)?))
    })
}

/// A list of code up to the end of the sentence.
fn list(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim_start();
    for words in BEFORE {
        rest = rest.strip_prefix(words).unwrap_or(rest).trim_start();
    }

    let mut values = Vec::new();
    loop {
        let (value, behind) = code(rest)?;
        values.push(value.to_owned());
        let behind = behind.trim_start();
        if behind.is_empty() || behind.starts_with(r"\.") || behind.starts_with('.') {
            break;
        }
        let behind = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        rest = behind.strip_prefix("or ").unwrap_or(behind).trim_start();
    }
    (values.len() > 1).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn lists_in_sentences() {
        let read = |text: &str| list(text).map(|values| values.join(" "));
        assert_eq!(read(r"`A`, `B`, or `C`\. More").as_deref(), Some("A B C"));
        assert_eq!(
            read("one of the following: `A` or `B`").as_deref(),
            Some("A B")
        );
        assert_eq!(read("`A`"), None);
        assert_eq!(read("`A` if it is new, or `B`"), None);
        assert_eq!(read("seen"), None);
    }
}
