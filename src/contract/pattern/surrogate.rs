//! Characters beyond U+FFFF that a pattern writes in UTF-16: as two halves.

use std::fmt::Write as _;

use super::{class::ClassText, cursor::Cursor};

/// The halves that come first.
const HIGH: (u32, u32) = (0xd800, 0xdbff);

/// The halves that come second.
const LOW: (u32, u32) = (0xdc00, 0xdfff);

/// The content of a class that has nothing.
const NOTHING: &str = "[^\\x{0}-\\x{10FFFF}]";

/// A half on its own, or a range of them, in a class: no character for those who read the pattern
/// in characters, and a part of any beyond U+FFFF for those who read it in halves.
pub(super) fn lone() -> ClassText {
    ClassText {
        ascii: NOTHING.to_owned(),
        unicode: "[\\x{10000}-\\x{10FFFF}]".to_owned(),
    }
}

/// First halves and second halves side by side, of which at least one is a class:
/// `[\uD800-\uDBFF][\uDC00-\uDFFF]`, or `\uD83C[\uDF00-\uDFFF]`.
///
/// Those who read in halves take them for characters; Java, which does not, finds none.
pub(super) fn pair(cursor: &mut Cursor) -> Option<ClassText> {
    let start = cursor.at;
    let found = halves(cursor, HIGH).zip(halves(cursor, LOW));
    // Two halves without a class are one character for everyone.
    let found = found.filter(|((_, first), (_, second))| *first || *second);
    let Some(((first, _), (second, _))) = found else {
        cursor.at = start;
        return None;
    };

    let mut text = String::from("[");
    for &(from, to) in &first {
        for high in from..=to {
            for &(least, most) in &second {
                let of = |low| 0x1_0000 + ((high - HIGH.0) << 10) + (low - LOW.0);
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{{{:X}}}-\\x{{{:X}}}", of(least), of(most));
            }
        }
    }
    text.push(']');
    Some(ClassText {
        ascii: NOTHING.to_owned(),
        unicode: text,
    })
}

/// One half, or a class of them; and whether it is a class.
fn halves(cursor: &mut Cursor, within: (u32, u32)) -> Option<(Vec<(u32, u32)>, bool)> {
    let is_class = cursor.eat("[");
    let mut found = Vec::new();
    loop {
        let first = half(cursor, within)?;
        let last = if is_class && cursor.eat("-") {
            half(cursor, within)?
        } else {
            first
        };
        if last < first {
            return None;
        }
        found.push((first, last));
        if !is_class || cursor.eat("]") {
            return Some((found, is_class));
        }
    }
}

fn half(cursor: &mut Cursor, within: (u32, u32)) -> Option<u32> {
    if !cursor.eat("\\u") {
        return None;
    }
    let digits: String = (0..4).map_while(|_| cursor.next()).collect();
    let code = u32::from_str_radix(&digits, 16).ok()?;
    (within.0..=within.1).contains(&code).then_some(code)
}
