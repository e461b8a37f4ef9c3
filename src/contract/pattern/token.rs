//! Patterns as a flat list of tokens: the one step that the generators and the independent engines
//! share.

use super::{
    PatternError, bracket,
    class::{self, ClassText},
    cursor::{Cursor, Flags},
    escape::{self, Escape},
    surrogate,
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
    // The flags outside of each group that is open.
    let mut outer: Vec<Flags> = Vec::new();
    loop {
        let at = cursor.at;
        let mut push = |token| tokens.push(Placed { at, token });
        if let Some(class) = surrogate::pair(&mut cursor) {
            push(Token::Class(class));
            continue;
        }
        let Some(first) = cursor.next() else {
            return Ok(asked_once(tokens));
        };
        match first {
            '.' if cursor.flags.dot_is_all => push(Token::Class(class::everything())),
            '.' => push(Token::Dot),
            '^' => push(Token::Start),
            '$' => push(Token::End),
            '|' => push(Token::Or),
            ')' => {
                cursor.flags = outer.pop().unwrap_or(cursor.flags);
                push(Token::Close);
            }
            '(' => {
                let flags = cursor.flags;
                if let Some(group) = group(&mut cursor)? {
                    outer.push(flags);
                    push(Token::Open(group));
                }
            }
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
                Escape::Character(c) => push(literal(c, &cursor)),
                Escape::Class(class) => push(Token::Class(class)),
                Escape::LoneSurrogate => return Err(cursor.unsupported("a lone surrogate")),
                Escape::Quoted(text) => text.chars().for_each(|c| push(literal(c, &cursor))),
                Escape::Start => push(Token::Start),
                Escape::End => push(Token::End),
                Escape::StrictEnd => push(Token::StrictEnd),
                Escape::Boundary { negated } => push(Token::Boundary { negated }),
            },
            other => push(literal(other, &cursor)),
        }
    }
}

/// A character that stands for itself, or for both of its cases.
fn literal(character: char, cursor: &Cursor) -> Token {
    let mut text = String::new();
    class::verbatim(&mut text, character);
    let text = format!("[{text}]");
    let alone = ClassText {
        ascii: text.clone(),
        unicode: text,
    };
    match cursor.flags.any_case.then(|| class::in_any_case(&alone)) {
        Some(Some(both)) if both.unicode != class::written(&class::range(character, character)) => {
            Token::Class(both)
        }
        _ => Token::Literal(character),
    }
}

/// The tokens with each assertion once: asked for several times, it says the same, and asked for no
/// time or more, nothing.
fn asked_once(tokens: Vec<Placed>) -> Vec<Placed> {
    let mut kept: Vec<Placed> = Vec::with_capacity(tokens.len());
    for placed in tokens {
        let Token::Repeat { min, .. } = placed.token else {
            kept.push(placed);
            continue;
        };
        match assertion(&kept) {
            None => kept.push(placed),
            Some(start) if min == 0 => kept.truncate(start),
            Some(_) => {}
        }
    }
    kept
}

/// Where the assertion begins that the tokens end with.
fn assertion(tokens: &[Placed]) -> Option<usize> {
    match tokens.last()?.token {
        Token::Start | Token::End | Token::StrictEnd | Token::Boundary { .. } => {
            Some(tokens.len() - 1)
        }
        Token::Close => {
            let mut depth = 0_usize;
            let opened = tokens.iter().rposition(|placed| {
                match placed.token {
                    Token::Close => depth += 1,
                    Token::Open(_) => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            })?;
            matches!(tokens.get(opened)?.token, Token::Open(Group::Look { .. })).then_some(opened)
        }
        _ => None,
    }
}

/// What kind of group a parenthesis opens; none where it only sets flags for what follows.
fn group(cursor: &mut Cursor) -> Result<Option<Group>, PatternError> {
    if !cursor.eat("?") {
        return Ok(Some(Group::Capture));
    }
    let looks = [
        ("=", true, false),
        ("!", true, true),
        ("<=", false, false),
        ("<!", false, true),
    ];

    for (mark, ahead, negated) in looks {
        if cursor.eat(mark) {
            return Ok(Some(Group::Look { ahead, negated }));
        }
    }

    if cursor.eat(":") {
        return Ok(Some(Group::Plain));
    }
    if cursor.eat("<") || cursor.eat("P<") {
        cursor
            .until('>')
            .ok_or_else(|| cursor.syntax("the group's name is not closed"))?;
        return Ok(Some(Group::Capture));
    }
    if cursor
        .peek()
        .is_some_and(|c| c.is_ascii_lowercase() || c == 'U' || c == '-')
    {
        return flags(cursor);
    }

    Err(match cursor.next() {
        Some('>') => cursor.unsupported("an atomic group"),
        Some('#') => cursor.unsupported("a comment"),
        Some('P' | '(') => cursor.unsupported("a back-reference or condition"),
        Some(_) => cursor.unsupported("this kind of group"),
        None => cursor.syntax("the group is not closed"),
    })
}

/// `(?i)` or `(?i:`, after the question mark. What follows is in the group that stands around the
/// flags, or in one of their own.
fn flags(cursor: &mut Cursor) -> Result<Option<Group>, PatternError> {
    let mut on = true;
    loop {
        match cursor.next() {
            Some('-') if on => on = false,
            Some('i') => cursor.flags.any_case = on,
            Some('s') => cursor.flags.dot_is_all = on,
            // What Java's flags say of Unicode and of line terminators is among the readings.
            Some('u' | 'U' | 'd') => {}
            Some(')') => return Ok(None),
            Some(':') => return Ok(Some(Group::Plain)),
            Some('m') => return Err(cursor.unsupported("the inline flag `m`")),
            Some('x') => return Err(cursor.unsupported("the inline flag `x`")),
            Some(_) => return Err(cursor.unsupported("this inline flag")),
            None => return Err(cursor.syntax("the group is not closed")),
        }
    }
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
