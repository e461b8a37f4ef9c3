//! Values that a document lists in a sentence: "It can be `Open`, `Ajar`, or `Closed`."
//!
//! Only this form is read, and only of answers. A sentence that says more is a rule to be written by
//! hand.

/// How the words before the values end.
const BEGIN: &str = "can be ";
/// What may stand between those words and the first value.
const BEFORE: &[&str] = &[
    "one of the following values:",
    "one of the following:",
    "either",
];

/// How a kind of document marks code.
pub(super) struct Marks {
    begin: &'static str,
    end: &'static str,
}

/// Markdown.
pub(super) const MARKDOWN: Marks = Marks {
    begin: "`",
    end: "`",
};
/// HTML.
pub(super) const HTML: Marks = Marks {
    begin: "<code>",
    end: "</code>",
};

/// The values that a sentence of a text lists.
pub(super) fn values(text: &str, marks: &Marks) -> Option<Vec<String>> {
    let mut parts = text.match_indices(BEGIN);
    parts.find_map(|(at, words)| list(text.get(at + words.len()..)?, marks))
}

/// A list of code up to the end of the sentence.
fn list(text: &str, marks: &Marks) -> Option<Vec<String>> {
    let mut rest = text.trim_start();
    for words in BEFORE {
        rest = rest.strip_prefix(words).unwrap_or(rest).trim_start();
    }

    let mut values = Vec::new();
    loop {
        let (value, behind) = rest.strip_prefix(marks.begin)?.split_once(marks.end)?;
        values.push(value.to_owned());
        let behind = behind.trim_start();
        if behind.is_empty()
            || [r"\.", ".", "</p>"]
                .iter()
                .any(|end| behind.starts_with(end))
        {
            break;
        }
        let behind = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        rest = behind.strip_prefix("or ").unwrap_or(behind).trim_start();
    }
    let is_list = values.len() > 1 && values.iter().all(|value| !value.trim().is_empty());
    is_list.then_some(values)
}

#[cfg(test)]
mod tests {
    use super::{HTML, MARKDOWN, values};

    #[test]
    fn lists_in_sentences() {
        let read = |text: &str| values(text, &MARKDOWN).map(|values| values.join(" "));
        assert_eq!(
            read(r"It can be `A`, `B`, or `C`\. More").as_deref(),
            Some("A B C")
        );
        assert_eq!(
            read("can be one of the following: `A` or `B`").as_deref(),
            Some("A B")
        );
        assert_eq!(read("can be `A`"), None);
        assert_eq!(read("can be `A` if it is new, or `B`"), None);
        assert_eq!(read("can be seen"), None);

        let html = "<p>It can be <code>A</code>, or <code>B</code>.</p>";
        assert_eq!(values(html, &HTML).map(|values| values.len()), Some(2));
    }
}
