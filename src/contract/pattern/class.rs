//! Character classes: their text under each reading, and the sets those texts stand for.

use std::fmt::Write;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// A class in the syntax of the `regex` crate, once for each reading of `\d`, `\w`, `\s` and the
/// POSIX names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClassText {
    pub(super) ascii: String,
    pub(super) unicode: String,
}

/// The characters a class admits under every reading, and under at least one.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) certain: ClassUnicode,
    pub(super) possible: ClassUnicode,
}

impl Set {
    /// The set a class text stands for, computed by `regex-syntax`.
    pub(super) fn of(text: &ClassText) -> Option<Self> {
        let (ascii, unicode) = (characters(&text.ascii)?, characters(&text.unicode)?);
        let (mut certain, mut possible) = (ascii.clone(), ascii);
        certain.intersect(&unicode);
        possible.union(&unicode);
        Some(Self { certain, possible })
    }

    /// `.`: everything for some, everything but Java's line terminators for others.
    pub(super) fn dot() -> Self {
        let mut certain = ClassUnicode::new(LINE_TERMINATORS.map(|c| ClassUnicodeRange::new(c, c)));
        certain.negate();
        let possible = ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]);
        Self { certain, possible }
    }
}

/// What Java's `.` refuses and its `$` may stand before.
pub(super) const LINE_TERMINATORS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Writes one character so that every engine reads it as itself, inside a class or outside.
pub(super) fn verbatim(text: &mut String, character: char) {
    if character.is_ascii_alphanumeric() {
        text.push(character);
    } else {
        // Writing to a string cannot fail.
        let _ = write!(text, "\\x{{{:X}}}", u32::from(character));
    }
}

/// The characters from one to another, both included.
pub(super) fn range(first: char, last: char) -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new(first, last)])
}

/// Whether a class contains a character.
pub(super) fn contains(class: &ClassUnicode, character: char) -> bool {
    let ranges = class.ranges();
    let after = ranges.partition_point(|range| range.end() < character);
    ranges
        .get(after)
        .is_some_and(|range| range.start() <= character)
}

/// `\d`, `\w`, `\s` or their complements.
///
/// The wide reading of `\s` is the union of ECMAScript's, Python's and Unicode's white space.
pub(super) fn shorthand(letter: char) -> ClassText {
    let (ascii, unicode) = match letter.to_ascii_lowercase() {
        'd' => ("0-9", "\\d"),
        'w' => ("0-9A-Za-z_", "\\w"),
        _ => (
            "\\x{9}-\\x{D}\\x{20}",
            "\\s\\x{1C}-\\x{1F}\\x{180E}\\x{FEFF}",
        ),
    };

    let negation = if letter.is_ascii_uppercase() { "^" } else { "" };
    ClassText {
        ascii: format!("[{negation}{ascii}]"),
        unicode: format!("[{negation}{unicode}]"),
    }
}

/// `\p{…}`, by Unicode's names or by Java's POSIX ones.
pub(super) fn property(name: &str, negated: bool) -> Option<ClassText> {
    let negation = if negated { "^" } else { "" };
    if let Some((ascii, unicode)) = posix(&name.to_ascii_lowercase()) {
        return Some(ClassText {
            ascii: format!("[{negation}{ascii}]"),
            unicode: format!("[{negation}{unicode}]"),
        });
    }

    if !name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '=' | ' ' | '-'))
    {
        return None;
    }
    let name = name.strip_prefix("Is").unwrap_or(name);
    let text = format!("[{negation}\\p{{{name}}}]");
    characters(&text)?;
    Some(ClassText {
        ascii: text.clone(),
        unicode: text,
    })
}

/// The content of a POSIX class: ASCII as POSIX and Java have it, and as Unicode-aware engines
/// widen it.
pub(super) fn posix(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "lower" => ("a-z", "\\p{Lowercase}"),
        "upper" => ("A-Z", "\\p{Uppercase}"),
        "alpha" => ("A-Za-z", "\\p{Alphabetic}"),
        "digit" => ("0-9", "\\d"),
        "alnum" => ("0-9A-Za-z", "\\p{Alphabetic}\\d"),
        "xdigit" => ("0-9A-Fa-f", "0-9A-Fa-f\\p{Hex_Digit}"),
        "punct" => ("!-/:-@\\[-`{-~", "!-/:-@\\[-`{-~\\p{P}\\p{S}"),
        "space" => ("\\x{9}-\\x{D}\\x{20}", "\\s"),
        "blank" => ("\\x{9}\\x{20}", "\\x{9}\\p{Zs}"),
        "cntrl" => ("\\x{0}-\\x{1F}\\x{7F}", "\\p{Cc}"),
        "graph" => ("!-~", "[^\\s\\p{Cc}\\p{Cs}\\p{Cn}]"),
        "print" => ("\\x{20}-~", "[^\\p{Cc}\\p{Cs}\\p{Cn}\\x{2028}\\x{2029}]"),
        "word" => ("0-9A-Za-z_", "\\w"),
        "ascii" => ("\\x{0}-\\x{7F}", "\\x{0}-\\x{7F}"),
        _ => return None,
    })
}

/// The set a class text stands for.
fn characters(text: &str) -> Option<ClassUnicode> {
    let hir = regex_syntax::parse(text).ok()?;
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
        HirKind::Class(Class::Bytes(class)) => class.to_unicode_class(),
        // A class of one character is simplified to that character.
        HirKind::Literal(literal) => {
            let mut characters = std::str::from_utf8(&literal.0).ok()?.chars();
            let only = characters.next()?;
            characters
                .next()
                .is_none()
                .then(|| ClassUnicode::new([ClassUnicodeRange::new(only, only)]))
        }
        _ => None,
    }
}
