//! Patterns as a flat list of tokens: the one step that the generators and the independent engines
//! share.

use super::{
    PatternError, bracket,
    class::ClassText,
    cursor::Cursor,
    escape::{self, Escape},
};

/// The longest pattern accepted, in characters: several times the longest in any AWS model.
const MAX_LENGTH: usize = 4096;
/// The largest repetition bound accepted; Java and PCRE draw the line near here too.
const MAX_REPEAT: u32 = 1_000_000;

/// A token and the position of its first character.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) token: Token,
}

#[derive(Clone, Debug)]
pub(super) enum Token {
    Literal(char),
    Class(ClassText),
    /// `.`, whose set depends on the reading.
    Dot,
    /// `^` or `\A`.
    Start,
    /// `$` or `\Z`, which may stand before a final line terminator.
    End,
    /// `\z`, which may not.
    StrictEnd,
    /// `\b` or `\B`.
    Boundary {
        negated: bool,
    },
    Open(Group),
    Close,
    Or,
    Repeat {
        min: u32,
        max: Option<u32>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Capture,
    Plain,
    Look { ahead: bool, negated: bool },
}

/// Splits a pattern into tokens.
pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, PatternError> {
    if source.chars().nth(MAX_LENGTH).is_some() {
        return Err(PatternError::TooLarge {
            limit: "more than 4096 characters",
        });
    }

    let mut cursor = Cursor::new(source);
    let mut tokens = Vec::new();
    loop {
        let at = cursor.at;
        let Some(first) = cursor.next() else {
            return Ok(tokens);
        };
        let mut push = |token| tokens.push(Placed { at, token });
        match first {
            '.' => push(Token::Dot),
            '^' => push(Token::Start),
            '$' => push(Token::End),
            '|' => push(Token::Or),
            ')' => push(Token::Close),
            '(' => push(Token::Open(group(&mut cursor)?)),
            '[' => push(Token::Class(bracket::bracketed(&mut cursor)?)),
            '*' | '+' | '?' => push(quantifier(
                &mut cursor,
                u32::from(first == '+'),
                (first == '?').then_some(1),
            )?),
            '{' => match braces(&mut cursor)? {
                Some((min, max)) => push(quantifier(&mut cursor, min, max)?),
                None => push(Token::Literal('{')),
            },
            '\\' => match escape::read(&mut cursor, false)? {
                Escape::Character(c) => push(Token::Literal(c)),
                Escape::Class(class) => push(Token::Class(class)),
                Escape::Quoted(text) => text.chars().for_each(|c| push(Token::Literal(c))),
                Escape::Start => push(Token::Start),
                Escape::End => push(Token::End),
                Escape::StrictEnd => push(Token::StrictEnd),
                Escape::Boundary { negated } => push(Token::Boundary { negated }),
            },
            literal => push(Token::Literal(literal)),
        }
    }
}

/// What kind of group a parenthesis opens.
fn group(cursor: &mut Cursor) -> Result<Group, PatternError> {
    if !cursor.eat("?") {
        return Ok(Group::Capture);
    }
    let looks = [
        ("=", true, false),
        ("!", true, true),
        ("<=", false, false),
        ("<!", false, true),
    ];

    for (mark, ahead, negated) in looks {
        if cursor.eat(mark) {
            return Ok(Group::Look { ahead, negated });
        }
    }

    if cursor.eat(":") {
        return Ok(Group::Plain);
    }
    if cursor.eat("<") || cursor.eat("P<") {
        cursor
            .until('>')
            .ok_or_else(|| cursor.syntax("the group's name is not closed"))?;
        return Ok(Group::Capture);
    }

    Err(match cursor.next() {
        Some('>') => cursor.unsupported("an atomic group"),
        Some('#') => cursor.unsupported("a comment"),
        Some('P' | '(') => cursor.unsupported("a back-reference or condition"),
        Some(_) => cursor.unsupported("an inline flag"),
        None => cursor.syntax("the group is not closed"),
    })
}

/// The bounds after an opening brace, or none where the brace stands for itself.
fn braces(cursor: &mut Cursor) -> Result<Option<(u32, Option<u32>)>, PatternError> {
    let start = cursor.at;
    let literal = |cursor: &mut Cursor| {
        cursor.at = start;
        Ok(None)
    };

    let Some(body) = cursor.until('}') else {
        return literal(cursor);
    };
    let (min, max) = body.split_once(',').unwrap_or((&body, &body));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if body.is_empty() || !digits(min) || !digits(max) || body.chars().all(|c| c == ',') {
        return literal(cursor);
    }

    if min.is_empty() {
        // Zero for Ruby and Python, the text itself for ECMAScript, an error for Java.
        return Err(cursor.unsupported("a repetition without a lower bound"));
    }

    let bound = |text: &str| text.parse().ok().filter(|&bound: &u32| bound <= MAX_REPEAT);
    let too_large = PatternError::TooLarge {
        limit: "a repetition bound above 1000000",
    };
    let min = bound(min).ok_or(too_large.clone())?;
    let max = if max.is_empty() {
        None
    } else {
        Some(bound(max).ok_or(too_large)?)
    };

    match max {
        Some(max) if max < min => Err(cursor.syntax("the repetition's bounds are reversed")),
        _ => Ok(Some((min, max))),
    }
}

/// Laziness changes which match is found, never whether the whole value matches, so its mark is
/// dropped.
fn quantifier(cursor: &mut Cursor, min: u32, max: Option<u32>) -> Result<Token, PatternError> {
    if cursor.eat("+") {
        return Err(cursor.unsupported("a possessive quantifier"));
    }
    cursor.eat("?");
    Ok(Token::Repeat { min, max })
}
