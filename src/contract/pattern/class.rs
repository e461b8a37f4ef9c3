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

    if let Some(content) = java(name) {
        let text = format!("[{negation}{content}]");
        return Some(ClassText {
            ascii: text.clone(),
            unicode: text,
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
        "graph" => ("!-~", "[^\\s\\p{Cc}\\p{Cn}]"),
        "print" => ("\\x{20}-~", "[^\\p{Cc}\\p{Cn}\\x{2028}\\x{2029}]"),
        "word" => ("0-9A-Za-z_", "\\w"),
        "ascii" => ("\\x{0}-\\x{7F}", "\\x{0}-\\x{7F}"),
        _ => return None,
    })
}

/// The content of a class that only Java has a name for.
fn java(name: &str) -> Option<&'static str> {
    Some(match name {
        "all" | "ALL" => "\\x{0}-\\x{10FFFF}",
        "LD" => "\\p{L}\\p{Nd}",
        "LC" => "\\p{Lu}\\p{Ll}\\p{Lt}",
        "L1" => "\\x{0}-\\x{FF}",
        "javaLowerCase" => "\\p{Lowercase}",
        "javaUpperCase" => "\\p{Uppercase}",
        "javaAlphabetic" => "\\p{Alphabetic}",
        "javaLetter" => "\\p{L}",
        "javaDigit" => "\\p{Nd}",
        "javaLetterOrDigit" => "\\p{L}\\p{Nd}",
        "javaWhitespace" => {
            "\\x{9}-\\x{D}\\x{1C}-\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200A}\\x{2028}\\x{2029}\\x{205F}\\x{3000}"
        }
        "javaSpaceChar" => "\\p{Z}",
        "javaISOControl" => "\\p{Cc}",
        _ => return None,
    })
}

/// A class that stands for the other case of its letters too: those of ASCII, or all by Unicode's
/// simple folding.
pub(super) fn in_any_case(text: &ClassText) -> Option<ClassText> {
    let mut ascii = characters(&text.ascii)?;
    for (first, other) in [('a', 'A'), ('A', 'a')] {
        let letters = (0..26).filter_map(|n| {
            let at = |start: char| char::from_u32(u32::from(start) + n);
            at(first).filter(|c| contains(&ascii, *c)).and(at(other))
        });
        let letters = ClassUnicode::new(letters.map(|c| ClassUnicodeRange::new(c, c)));
        ascii.union(&letters);
    }

    let mut unicode = characters(&text.unicode)?;
    unicode.try_case_fold_simple().ok()?;
    Some(ClassText {
        ascii: written(&ascii),
        unicode: written(&unicode),
    })
}

/// The class of all characters.
pub(super) fn everything() -> ClassText {
    let text = "[\\x{0}-\\x{10FFFF}]";
    ClassText {
        ascii: text.to_owned(),
        unicode: text.to_owned(),
    }
}

/// The complement of a class.
pub(super) fn complement(text: &ClassText) -> ClassText {
    ClassText {
        ascii: format!("[^{}]", text.ascii),
        unicode: format!("[^{}]", text.unicode),
    }
}

/// The text of a set.
pub(super) fn written(set: &ClassUnicode) -> String {
    if set.ranges().is_empty() {
        return "[^\\x{0}-\\x{10FFFF}]".to_owned();
    }
    let mut text = String::from("[");
    for range in set.ranges() {
        verbatim(&mut text, range.start());
        text.push('-');
        verbatim(&mut text, range.end());
    }
    text.push(']');
    text
}

/// The set a class text stands for.
pub(super) fn characters(text: &str) -> Option<ClassUnicode> {
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
