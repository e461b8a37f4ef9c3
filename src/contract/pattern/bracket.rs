//! A class in brackets, as it is read.

use super::{
    PatternError,
    class::{self, ClassText, posix, property, verbatim},
    cursor::Cursor,
    escape::{self, Escape},
    surrogate,
};

/// Reads a class whose opening bracket was just consumed.
pub(crate) fn bracketed(cursor: &mut Cursor) -> Result<ClassText, PatternError> {
    let negated = cursor.eat("^");
    // Case is folded before the class is negated.
    let open = if negated && !cursor.flags.any_case {
        "[^"
    } else {
        "["
    };
    let mut class = ClassText {
        ascii: open.to_owned(),
        unicode: open.to_owned(),
    };

    if cursor.peek() == Some(']') {
        // Nothing, anything, an error or a literal bracket, each in some dialect.
        return Err(cursor.unsupported("a class that begins with its closing bracket"));
    }

    loop {
        match item(cursor)? {
            None => break,
            Some(Item::Class(inner)) => {
                class.ascii.push_str(&inner.ascii);
                class.unicode.push_str(&inner.unicode);
            }
            Some(Item::Character(first)) => {
                let mut text = String::new();
                verbatim(&mut text, first);
                if let Some(last) = range_end(cursor)? {
                    if last < first {
                        return Err(cursor.syntax("the range is reversed"));
                    }
                    text.push('-');
                    verbatim(&mut text, last);
                }
                class.ascii.push_str(&text);
                class.unicode.push_str(&text);
            }
        }
    }

    class.ascii.push(']');
    class.unicode.push(']');
    if !cursor.flags.any_case {
        return Ok(class);
    }
    let folded =
        class::in_any_case(&class).ok_or_else(|| cursor.unsupported("this class in any case"))?;
    Ok(match negated {
        true => class::complement(&folded),
        false => folded,
    })
}

pub(crate) enum Item {
    Character(char),
    Class(ClassText),
}

/// One member of a class, or none at its closing bracket.
pub(crate) fn item(cursor: &mut Cursor) -> Result<Option<Item>, PatternError> {
    if cursor.eat("[:") {
        let name = cursor.until(':').filter(|_| cursor.eat("]"));
        let (name, negated) = match name.as_deref().map(|name| (name.strip_prefix('^'), name)) {
            Some((Some(name), _)) => (name.to_owned(), true),
            Some((None, name)) => (name.to_owned(), false),
            None => return Err(cursor.unsupported("a nested class")),
        };
        let class = posix(&name).and_then(|_| property(&name, negated));
        return class
            .map(|class| Some(Item::Class(class)))
            .ok_or_else(|| cursor.syntax("unknown POSIX class"));
    }

    if cursor.eat("&&") {
        return Err(cursor.unsupported("an intersection of classes"));
    }
    match cursor.next() {
        None => Err(cursor.syntax("the class is not closed")),
        Some(']') => Ok(None),
        Some('\\') => match escape::read(cursor, true)? {
            Escape::Character(c) => Ok(Some(Item::Character(c))),
            Escape::Class(class) => Ok(Some(Item::Class(class))),
            Escape::LoneSurrogate => {
                lone_range_end(cursor);
                Ok(Some(Item::Class(surrogate::lone())))
            }
            _ => Err(cursor.unsupported("this escape in a class")),
        },
        Some(c) => Ok(Some(Item::Character(c))),
    }
}

/// Consumes the end of a range of lone surrogates.
fn lone_range_end(cursor: &mut Cursor) {
    let hyphen = cursor.at;
    if !cursor.eat("-\\u") {
        return;
    }
    cursor.at = hyphen + 1;
    if !matches!(cursor.next(), Some('\\'))
        || !matches!(escape::read(cursor, true), Ok(Escape::LoneSurrogate))
    {
        cursor.at = hyphen;
    }
}

/// The end of a range whose first character was just read. A hyphen before a bracket or a class
/// stands for itself.
pub(crate) fn range_end(cursor: &mut Cursor) -> Result<Option<char>, PatternError> {
    let hyphen = cursor.at;
    if !cursor.eat("-") || cursor.peek().is_none_or(|c| c == ']') {
        cursor.at = hyphen;
        return Ok(None);
    }

    match item(cursor)? {
        Some(Item::Character(last)) => Ok(Some(last)),
        _ => {
            cursor.at = hyphen;
            Ok(None)
        }
    }
}
