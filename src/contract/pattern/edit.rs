//! Small edits that may lead a value out of its language.

use std::fmt;

use regex_syntax::hir::ClassUnicode;

use super::{
    class,
    length::LONGEST,
    site::{Site, Stretch},
};

/// What was done to a valid value at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Edit {
    /// One character of a literal replaced by another of its kind.
    Misspelt,
    /// Another word, or another mark.
    Exchanged,
    /// A letter more.
    Lengthened,
    /// Letters in the other case.
    OtherCase,
    /// The last character left out.
    Shortened,
    /// All of it left out.
    Emptied,
    /// All of it written twice.
    Doubled,
    /// One round fewer than the fewest.
    TooFew,
    /// One round more than the most.
    TooMany,
    /// The first character replaced by a printable one that the class does not have.
    ForeignStart,
    /// A middle character replaced so.
    ForeignInside,
    /// The last character replaced so.
    ForeignEnd,
    /// A middle character replaced by the one just below a range of the class.
    BelowRange,
    /// A middle character replaced by the one just above a range of the class.
    AboveRange,
    /// A middle character replaced by an ASCII letter or digit that the class does not have.
    ForeignKind,
    /// The mark in front and all of it, written once more behind it.
    Continued,
    /// A digit that is none of ASCII's.
    ForeignDigit,
    /// A letter that is none of ASCII's.
    ForeignLetter,
    /// A space in front.
    SpaceBefore,
    /// A space in the middle.
    SpaceInside,
    /// A space behind.
    SpaceAfter,
    /// A tab in front.
    TabBefore,
    /// A tab in the middle.
    TabInside,
    /// A tab behind.
    TabAfter,
    /// A line feed in front.
    LineFeedBefore,
    /// A line feed in the middle.
    LineFeedInside,
    /// A line feed behind.
    LineFeedAfter,
    /// A carriage return in the middle.
    ReturnInside,
    /// A null character in front.
    NullBefore,
    /// A null character in the middle.
    NullInside,
    /// A null character behind.
    NullAfter,
    /// A delete character in the middle.
    DeleteInside,
    /// A no-break space in front.
    NoBreakSpaceBefore,
    /// A no-break space behind.
    NoBreakSpaceAfter,
    /// A zero-width space in the middle.
    ZeroWidthInside,
    /// A byte order mark in front.
    ByteOrderMarkBefore,
    /// All of it in quotation marks.
    Quoted,
    /// What a look-around asks for not granted, all else as it should be.
    Contradicted,
    /// Another value altogether, where no smaller edit is certain.
    Replaced,
}

impl Edit {
    /// All edits, in the order in which violations are listed.
    pub(crate) const ALL: [Self; 39] = [
        Self::Misspelt,
        Self::Exchanged,
        Self::Lengthened,
        Self::OtherCase,
        Self::Shortened,
        Self::Emptied,
        Self::Doubled,
        Self::TooFew,
        Self::TooMany,
        Self::ForeignStart,
        Self::ForeignInside,
        Self::ForeignEnd,
        Self::BelowRange,
        Self::AboveRange,
        Self::ForeignKind,
        Self::Continued,
        Self::ForeignDigit,
        Self::ForeignLetter,
        Self::SpaceBefore,
        Self::SpaceInside,
        Self::SpaceAfter,
        Self::TabBefore,
        Self::TabInside,
        Self::TabAfter,
        Self::LineFeedBefore,
        Self::LineFeedInside,
        Self::LineFeedAfter,
        Self::ReturnInside,
        Self::NullBefore,
        Self::NullInside,
        Self::NullAfter,
        Self::DeleteInside,
        Self::NoBreakSpaceBefore,
        Self::NoBreakSpaceAfter,
        Self::ZeroWidthInside,
        Self::ByteOrderMarkBefore,
        Self::Quoted,
        Self::Contradicted,
        Self::Replaced,
    ];

    /// The edit's name in ids: `too-few`.
    pub(crate) fn id(self) -> String {
        let mut id = String::new();
        for character in format!("{self:?}").chars() {
            if character.is_ascii_uppercase() && !id.is_empty() {
                id.push('-');
            }
            id.push(character.to_ascii_lowercase());
        }
        id
    }

    /// What the edit may make of a value at a site, the likeliest to be refused first; nothing
    /// where it has no meaning.
    pub(super) fn apply(self, site: &Site, value: &[char]) -> Vec<String> {
        let text = &value[site.start..site.end];
        let edits: Vec<Vec<char>> = match (self, &site.stretch) {
            (
                Self::Emptied,
                Stretch::Value
                | Stretch::Literal
                | Stretch::Word
                | Stretch::Mark
                | Stretch::Part { .. },
            ) => vec![Vec::new()],
            (
                Self::Doubled,
                Stretch::Value
                | Stretch::Literal
                | Stretch::Word
                | Stretch::Mark
                | Stretch::Part { max: Some(1), .. },
            ) => vec![[text, text].concat()],
            (Self::Exchanged, Stretch::Word) => ["sqs", "iam", "x", "proofmark"]
                .map(|word| word.chars().collect())
                .into(),
            (Self::Exchanged, Stretch::Mark) => "/.;,|".chars().map(|mark| vec![mark]).collect(),
            (Self::Lengthened, Stretch::Word) => {
                vec![[text, &['s']].concat(), [text, &['1']].concat()]
            }
            (Self::Misspelt, Stretch::Word) => misspellings(text),
            (Self::OtherCase, Stretch::Word) => other_cases(text),
            (Self::Continued, Stretch::Run { .. }) => {
                continued(text, value.get(site.start.wrapping_sub(1)).copied())
            }
            (Self::Quoted, Stretch::Value) => vec![[&['"'], text, &['"']].concat()],
            (Self::Misspelt, Stretch::Literal) => misspellings(text),
            (Self::Shortened, Stretch::Literal | Stretch::Part { .. }) if text.len() > 1 => {
                vec![text[..text.len() - 1].to_vec()]
            }
            (Self::OtherCase, Stretch::Value | Stretch::Literal | Stretch::Run { .. }) => {
                other_cases(text)
            }
            (Self::Emptied, Stretch::Run { min, .. }) if *min > 0 => vec![Vec::new()],
            (Self::TooFew, Stretch::Run { min, .. }) if *min > 1 => vec![text[..min - 1].to_vec()],
            (Self::TooMany, Stretch::Run { max: Some(max), .. }) => {
                extended(text, text.len().max(1) - 1, *max)
            }
            (Self::TooFew, Stretch::Part { rounds, min, .. }) if *min > 1 => rounds
                .get(min - 2)
                .map(|&end| text[..end].to_vec())
                .into_iter()
                .collect(),
            (
                Self::TooMany,
                Stretch::Part {
                    rounds,
                    max: Some(max),
                    ..
                },
            ) if *max > 1 => {
                let last = rounds
                    .len()
                    .checked_sub(2)
                    .and_then(|before| rounds.get(before))
                    .copied()
                    .unwrap_or(0);
                let missing = (max + 1).saturating_sub(rounds.len());
                repeated(text, last, missing)
            }
            (Self::BelowRange, Stretch::Range { certain, first, .. }) => {
                neighbour(text, certain, u32::from(*first).checked_sub(1))
            }
            (Self::AboveRange, Stretch::Range { certain, last, .. }) => {
                neighbour(text, certain, u32::from(*last).checked_add(1))
            }
            (_, Stretch::Run { certain, .. }) => self.foreign(text, certain),
            (Self::ForeignLetter, Stretch::Literal) => lookalikes(text),
            _ => Vec::new(),
        };

        let intruder = self.intruder(site).map(|(at, character)| {
            let mut text = text.to_vec();
            text.insert(at, character);
            text
        });

        let around = |edit: Vec<char>| {
            value[..site.start]
                .iter()
                .chain(&edit)
                .chain(&value[site.end..])
                .collect()
        };

        edits.into_iter().chain(intruder).map(around).collect()
    }

    /// Replacements by characters that the class does not have.
    fn foreign(self, text: &[char], certain: &ClassUnicode) -> Vec<Vec<char>> {
        let digits = || {
            text.iter()
                .position(char::is_ascii_digit)
                .unwrap_or(text.len() / 2)
        };

        let (at, characters) = match self {
            Self::ForeignStart => (0, printable()),
            Self::ForeignInside if text.len() > 2 => (text.len() / 2, printable()),
            Self::ForeignEnd if text.len() > 1 => (text.len() - 1, printable()),
            Self::ForeignKind => (text.len() / 2, "aA0".chars().collect()),
            Self::ForeignDigit if class::contains(certain, '1') => {
                (digits(), "٣３३²①".chars().collect())
            }
            Self::ForeignLetter
                if class::contains(certain, 'a') || class::contains(certain, 'A') =>
            {
                (text.len() / 2, "éａаßıſK漢".chars().collect())
            }
            _ => return Vec::new(),
        };

        let foreign = characters
            .into_iter()
            .filter(|&character| !class::contains(certain, character));
        foreign
            .filter_map(|character| replaced(text, at, character))
            .collect()
    }

    /// The character an edit inserts, and where.
    fn intruder(self, site: &Site) -> Option<(usize, char)> {
        let length = site.end - site.start;
        let whole = matches!(site.stretch, Stretch::Value);
        let inside = (length > 1 && matches!(site.stretch, Stretch::Literal | Stretch::Run { .. }))
            .then_some(length / 2);
        let before = whole.then_some(0);
        let after = whole.then_some(length);
        let (at, character) = match self {
            Self::SpaceBefore => (before, ' '),
            Self::SpaceInside => (inside, ' '),
            Self::SpaceAfter => (after, ' '),
            Self::TabBefore => (before, '\t'),
            Self::TabInside => (inside, '\t'),
            Self::TabAfter => (after, '\t'),
            Self::LineFeedBefore => (before, '\n'),
            Self::LineFeedInside => (inside, '\n'),
            Self::LineFeedAfter => (after, '\n'),
            Self::ReturnInside => (inside, '\r'),
            Self::NullBefore => (before, '\0'),
            Self::NullInside => (inside, '\0'),
            Self::NullAfter => (after, '\0'),
            Self::DeleteInside => (inside, '\u{7f}'),
            Self::NoBreakSpaceBefore => (before, '\u{a0}'),
            Self::NoBreakSpaceAfter => (after, '\u{a0}'),
            Self::ZeroWidthInside => (inside, '\u{200b}'),
            Self::ByteOrderMarkBefore => (before, '\u{feff}'),
            _ => return None,
        };

        at.map(|at| (at, character))
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

/// Marks first, which few classes have, then everything else that prints.
fn printable() -> Vec<char> {
    let marks = "!*#%&=+~^@,;|?<>(){}[]'\"`\\$/.: _-".chars();
    marks
        .chain('0'..='9')
        .chain('a'..='z')
        .chain('A'..='Z')
        .collect()
}

fn replaced(text: &[char], at: usize, character: char) -> Option<Vec<char>> {
    let mut text = text.to_vec();
    *text.get_mut(at)? = character;
    Some(text)
}

/// A run, the mark that stood before it, and the run once more.
fn continued(text: &[char], before: Option<char>) -> Vec<Vec<char>> {
    let mark = before.filter(|mark| !mark.is_alphanumeric());
    mark.map(|mark| [text, &[mark], text].concat())
        .into_iter()
        .collect()
}

/// The middle of a run replaced by a character next to a range, if the class does not have that one
/// too.
fn neighbour(text: &[char], certain: &ClassUnicode, code: Option<u32>) -> Vec<Vec<char>> {
    let character = code
        .and_then(char::from_u32)
        .filter(|&character| !class::contains(certain, character));
    character
        .and_then(|character| replaced(text, text.len() / 2, character))
        .into_iter()
        .collect()
}

/// One character replaced by its neighbour in the alphabet or by another mark, from the middle
/// outwards.
fn misspellings(text: &[char]) -> Vec<Vec<char>> {
    let mut places: Vec<usize> = (0..text.len()).collect();
    places.sort_by_key(|&at| at.abs_diff(text.len() / 2));
    let other = |character: char| match character {
        'z' | 'Z' | '9' => vec![char::from(character as u8 - 1)],
        c if c.is_ascii_alphanumeric() => vec![char::from(c as u8 + 1)],
        _ => vec![';', '!', '~', '_'],
    };

    let others = places
        .into_iter()
        .flat_map(|at| other(text[at]).into_iter().map(move |other| (at, other)));
    others
        .filter(|&(at, other)| text[at] != other)
        .filter_map(|(at, other)| replaced(text, at, other))
        .collect()
}

/// All letters in the other case, then only the first of them.
fn other_cases(text: &[char]) -> Vec<Vec<char>> {
    let swapped = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };

    let Some(first) = text.iter().position(char::is_ascii_alphabetic) else {
        return Vec::new();
    };
    let all = text.iter().copied().map(swapped).collect();
    [Some(all), replaced(text, first, swapped(text[first]))]
        .into_iter()
        .flatten()
        .collect()
}

/// A letter replaced by one that looks like it or folds to it.
fn lookalikes(text: &[char]) -> Vec<Vec<char>> {
    let twins = [
        ('s', 'ſ'),
        ('k', 'K'),
        ('i', 'ı'),
        ('a', 'а'),
        ('e', 'е'),
        ('o', 'о'),
        ('c', 'с'),
        ('A', 'Ａ'),
        ('T', 'Т'),
    ];

    let twins = twins
        .into_iter()
        .filter_map(|(letter, twin)| Some((text.iter().position(|&c| c == letter)?, twin)));
    twins
        .filter_map(|(at, twin)| replaced(text, at, twin))
        .collect()
}

/// A run continued with its last character to one more than the most.
fn extended(text: &[char], last: usize, max: usize) -> Vec<Vec<char>> {
    repeated(text, last, (max + 1).saturating_sub(text.len()))
}

/// The text with what follows `from` written `times` more times, unless that is absurdly long.
fn repeated(text: &[char], from: usize, times: usize) -> Vec<Vec<char>> {
    let piece = &text[from.min(text.len())..];
    if times == 0 || piece.is_empty() || times.saturating_mul(piece.len()) > LONGEST {
        return Vec::new();
    }
    vec![[text, &piece.repeat(times)].concat()]
}
