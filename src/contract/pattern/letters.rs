//! A pattern over few letters: characters that it cannot tell apart are one.
//!
//! An engine over bytes writes `\w` of Unicode as a thousand states, and `\w{1,1000}` as a million:
//! more than its limit on size allows. Over the letters of the pattern it is two states a round.

use regex_syntax::hir::ClassUnicode;

use super::class;

/// How many characters may be told apart, and how many comparisons that may take.
const MAX_WORK: usize = 2_000_000;

/// The letters of one pattern under one reading. Each is a character of its own: the first of those
/// that it stands for.
pub(super) struct Letters {
    /// Where a run of characters begins, and their letter.
    starts: Vec<(char, char)>,
}

impl Letters {
    /// The letters that sets tell apart; none where that would take too long.
    pub(super) fn of(sets: &[ClassUnicode]) -> Option<Self> {
        let mut starts = vec!['\0', '\u{e000}'];
        for range in sets.iter().flat_map(|set| set.ranges()) {
            starts.push(range.start());
            starts.extend(after(range.end()));
        }
        starts.sort_unstable();
        starts.dedup();
        if starts.len().saturating_mul(sets.len()) > MAX_WORK {
            return None;
        }

        let mut known: Vec<(Vec<bool>, char)> = Vec::new();
        let mut letters = Vec::new();
        for start in starts {
            let of: Vec<bool> = sets.iter().map(|set| class::contains(set, start)).collect();
            let letter = match known.iter().find(|(other, _)| *other == of) {
                Some((_, letter)) => *letter,
                None => {
                    known.push((of, start));
                    start
                }
            };
            letters.push((start, letter));
        }
        Some(Self { starts: letters })
    }

    /// The letters of a set, as the text of a class.
    pub(super) fn text(&self, set: &ClassUnicode) -> String {
        let mut text = String::from("[");
        for &(start, letter) in &self.starts {
            if start == letter && class::contains(set, letter) {
                class::verbatim(&mut text, letter);
            }
        }
        match text.len() {
            1 => class::written(&ClassUnicode::empty()),
            _ => text + "]",
        }
    }

    /// A value in letters.
    pub(super) fn spell(&self, value: &str) -> String {
        let letter = |character| {
            let after = self
                .starts
                .partition_point(|&(start, _)| start <= character);
            let found = after.checked_sub(1).and_then(|at| self.starts.get(at));
            found.map_or(character, |&(_, letter)| letter)
        };
        value.chars().map(letter).collect()
    }
}

/// The character after another one. Surrogates are none.
fn after(character: char) -> Option<char> {
    match character {
        '\u{d7ff}' => Some('\u{e000}'),
        _ => char::from_u32(u32::from(character) + 1),
    }
}
