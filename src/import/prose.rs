//! Which sentences of a document promise or forbid something. A rule for such a sentence is written
//! by hand; a list says where to look.

use super::loss::Sentence;

/// The words that promise or forbid. A phrase stands before the words that it holds.
const WORDS: &[&str] = &[
    "must not",
    "must",
    "cannot",
    "can't",
    "can not",
    "may not",
    "limited to",
    "at most",
    "at least",
    "up to",
    "only",
    "if you",
];

/// The sentences of one line of prose that promise or forbid something.
pub(crate) fn sentences<'a>(
    text: &'a str,
    section: &'a str,
    line: usize,
) -> impl Iterator<Item = Sentence> + 'a {
    split(text).filter_map(move |sentence| {
        let words = triggers(sentence);
        (!words.is_empty()).then(|| Sentence {
            section: section.to_owned(),
            line,
            words,
        })
    })
}

/// A text by sentences: one ends with a stop before a space.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ")
        .flat_map(|part| part.split_inclusive("! "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The words of a sentence that promise or forbid, each once.
fn triggers(sentence: &str) -> Vec<&'static str> {
    let lower = sentence.to_lowercase().replace('’', "'");
    let mut left = lower;
    let mut found = Vec::new();
    for word in WORDS {
        if has_word(&left, word) {
            found.push(*word);
            // What is part of a longer phrase is not told again.
            left = left.replace(word, " ");
        }
    }
    found
}

/// Whether the words stand there as words, and not within others.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
        !is_letter(before) && !is_letter(after)
    })
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn sentences_that_promise_or_forbid() {
        let found = |text: &str| -> Vec<String> {
            sentences(text, "A", 3)
                .map(|sentence| sentence.words.join(", "))
                .collect()
        };
        assert_eq!(
            found(
                "The shelf must not be empty. It holds books. If you send a label, it is limited to 9 letters."
            ),
            ["must not", "limited to, if you"]
        );
        assert_eq!(found("Mustard is commonly read-only."), [""; 0]);
        assert_eq!(found("It can’t be moved"), ["can't"]);
    }
}
