//! What a backslash means, outside and inside a bracketed class.

use super::{
    PatternError,
    class::{self, ClassText},
    cursor::Cursor,
};

pub(super) enum Escape {
    Character(char),
    Class(ClassText),
    /// Half a character, in a class.
    LoneSurrogate,
    /// Java's `\Q…\E`.
    Quoted(String),
    Start,
    End,
    StrictEnd,
    Boundary {
        negated: bool,
    },
}

/// Reads the escape whose backslash was just consumed.
pub(super) fn read(cursor: &mut Cursor, in_class: bool) -> Result<Escape, PatternError> {
    let Some(letter) = cursor.next() else {
        return Err(cursor.syntax("nothing follows the backslash"));
    };
    let character = match letter {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'a' => '\u{7}',
        'e' => '\u{1b}',
        '0' => octal(cursor)?,
        'x' => hexadecimal(cursor, 2)?,
        'u' => match utf16(cursor)? {
            Some(character) => character,
            None if in_class => return Ok(Escape::LoneSurrogate),
            None => return Err(cursor.unsupported("a lone surrogate")),
        },
        'c' => match cursor.next() {
            Some(c) if c.is_ascii_alphabetic() => char::from(c as u8 & 0x1f),
            _ => return Err(cursor.syntax("a control escape needs a letter")),
        },
        'd' | 'D' | 'w' | 'W' | 's' | 'S' => return Ok(Escape::Class(class::shorthand(letter))),
        'p' | 'P' => return property(cursor, letter == 'P').map(Escape::Class),
        'b' if in_class => '\u{8}',
        'b' | 'B' if !in_class => {
            return Ok(Escape::Boundary {
                negated: letter == 'B',
            });
        }
        'A' if !in_class => return Ok(Escape::Start),
        'Z' if !in_class => return Ok(Escape::End),
        'z' if !in_class => return Ok(Escape::StrictEnd),
        'Q' if !in_class => return quoted(cursor).map(Escape::Quoted),
        '1'..='9' => return Err(cursor.unsupported("a back-reference or octal escape")),
        c if c.is_ascii_alphabetic() => return Err(cursor.unsupported("this escape")),
        c => c,
    };
    Ok(Escape::Character(character))
}

/// `\xHH` or `\x{H…}`, after the letter.
fn hexadecimal(cursor: &mut Cursor, digits: usize) -> Result<char, PatternError> {
    let code = code(cursor, digits)?;
    char::from_u32(code).ok_or_else(|| cursor.unsupported("a lone surrogate"))
}

/// `\uHHHH` after the letter; a surrogate pair is one character, as in Java and in ECMAScript's
/// Unicode mode. None for half a pair.
fn utf16(cursor: &mut Cursor) -> Result<Option<char>, PatternError> {
    let high = code(cursor, 4)?;
    let after = cursor.at;
    if (0xd800..0xdc00).contains(&high) && cursor.eat("\\u") {
        let low = code(cursor, 4)?;
        if (0xdc00..0xe000).contains(&low) {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return Ok(char::from_u32(code));
        }
        // It is the next character's.
        cursor.at = after;
    }
    match char::from_u32(high) {
        None if high > 0x10_ffff => Err(cursor.syntax("the escape is beyond U+10FFFF")),
        found => Ok(found),
    }
}

/// `\0`, or `\0` and up to two octal digits. A third is read in different ways.
fn octal(cursor: &mut Cursor) -> Result<char, PatternError> {
    let mut code = 0;
    for _ in 0..2 {
        let Some(digit) = cursor.peek().and_then(|c| c.to_digit(8)) else {
            break;
        };
        code = code * 8 + digit;
        cursor.next();
    }
    if cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
        return Err(cursor.unsupported("a back-reference or octal escape"));
    }
    char::from_u32(code).ok_or_else(|| cursor.unsupported("a back-reference or octal escape"))
}

fn code(cursor: &mut Cursor, digits: usize) -> Result<u32, PatternError> {
    let text = if cursor.eat("{") {
        cursor.until('}').unwrap_or_default()
    } else {
        (0..digits).map_while(|_| cursor.next()).collect()
    };
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    let code = u32::from_str_radix(&text, 16).ok().filter(|_| digits);
    code.ok_or_else(|| cursor.syntax("the escape needs hexadecimal digits"))
}

fn property(cursor: &mut Cursor, negated: bool) -> Result<ClassText, PatternError> {
    let name = if cursor.eat("{") {
        cursor.until('}')
    } else {
        cursor.next().map(String::from)
    };
    let name = name
        .filter(|name| !name.is_empty())
        .ok_or_else(|| cursor.syntax("the property has no name"))?;
    class::property(&name, negated).ok_or_else(|| cursor.unsupported("this property"))
}

fn quoted(cursor: &mut Cursor) -> Result<String, PatternError> {
    let mut text = String::new();
    while !cursor.eat("\\E") {
        text.push(
            cursor
                .next()
                .ok_or_else(|| cursor.syntax("the quotation is not closed"))?,
        );
    }
    Ok(text)
}
