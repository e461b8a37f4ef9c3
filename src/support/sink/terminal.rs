//! Text for a terminal or a log, as the last thing before it is printed.

use super::line::COLOURS;
use super::{ci, is_hidden};

/// The text as it may be printed: our own colours pass, and no other control does; no line is a
/// command to a CI.
///
/// This is the last guard and not the first: a value that holds a line break has to be [made
/// plain](super::one_line) where it enters the text, since nobody can tell its lines from ours
/// here.
pub(crate) fn guard(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let ours = if c == '\x1b' {
            COLOURS.iter().find(|code| rest.starts_with(**code))
        } else {
            None
        };
        if let Some(code) = ours {
            safe.push_str(code);
            rest = &rest[code.len()..];
            continue;
        }
        if is_hidden(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }

    ci::without_commands(&ci::without_old_commands(&safe))
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(guard(text), expected);
        assert_eq!(
            guard(expected),
            expected,
            "what was guarded is not changed again"
        );
    }

    #[test]
    fn our_own_colours_pass_and_nothing_else_does() {
        check(
            "\x1b[1;31mFAIL\x1b[0m a\tb\n",
            "\x1b[1;31mFAIL\x1b[0m a\tb\n",
        );

        check(
            "\x1b[31mx\x1b]0;title\x07y\x1b[2J",
            "\\u{1b}[31mx\\u{1b}]0;title\\u{7}y\\u{1b}[2J",
        );

        check(
            "\u{9b}2J\u{9d}0;t\u{9c}\r\u{8}\u{7f}\u{202e}",
            "\\u{9b}2J\\u{9d}0;t\\u{9c}\\r\\u{8}\\u{7f}\\u{202e}",
        );
    }

    #[test]
    fn no_line_is_a_command() {
        check(
            "::error::x\n \u{a0}::x::\n\x1b[2m::y::\x1b[0m",
            "\\::error::x\n \u{a0}\\::x::\n\x1b[2m\\::y::\x1b[0m",
        );
        check("a::b ##[group]x ###[x]", "a::b ##\\[group]x ###\\[x]");
    }
}
