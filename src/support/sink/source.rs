//! Files of a programmer: literals and comments of the languages that reproducers are written in.

use std::fmt::Write as _;

use super::{is_hidden, one_line};

/// Words for a comment of any language: one line, with nothing that a compiler refuses there.
pub(crate) fn comment(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line(&flat).into_owned()
}

/// A literal of Python.
pub(crate) fn python(text: &str) -> String {
    let hidden = |c, out: &mut String| {
        let _ = match u32::from(c) {
            code @ 0..=0xff => write!(out, "\\x{code:02x}"),
            code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        };
    };
    format!("\"{}\"", within(text, '"', hidden))
}

/// A file of Rust whose literals are what `{:?}` writes, which leaves some that is hidden as it is.
pub(crate) fn rust(file: &str) -> String {
    let mut safe = String::with_capacity(file.len());
    for c in file.chars() {
        match is_hidden(c) {
            true => safe.extend(c.escape_unicode()),
            false => safe.push(c),
        }
    }
    safe
}

/// A string of TOML, on one line.
pub(crate) fn toml(text: &str) -> String {
    // The library chooses the quotes that are easiest to read.
    if !text.contains(|c| c == '\n' || is_hidden(c)) {
        return toml::Value::from(text).to_string();
    }
    let hidden = |c, out: &mut String| {
        let _ = match u32::from(c) {
            code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        };
    };
    format!("\"{}\"", within(text, '"', hidden))
}

/// A text of Hurl, between double quotes.
pub(crate) fn hurl(text: &str) -> String {
    format!("\"{}\"", hurl_within(text, '"'))
}

/// A text of Hurl as it stands between those quotes.
pub(crate) fn hurl_within(text: &str, quote: char) -> String {
    within(text, quote, |c, out| {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    })
}

fn within(text: &str, quote: char, hidden: impl Fn(char, &mut String)) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        match c {
            '\\' => safe.push_str("\\\\"),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if c == quote => safe.extend(['\\', c]),
            c if is_hidden(c) => hidden(c, &mut safe),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        let text = "a\"\\b\n\u{1}\u{202e}\u{e0001}é'";
        assert_eq!(python(text), "\"a\\\"\\\\b\\n\\x01\\u202e\\U000e0001é'\"");
        assert_eq!(toml(text), "\"a\\\"\\\\b\\n\\u0001\\u202e\\U000e0001é'\"");
        assert_eq!(toml("a\"b"), "'a\"b'");
        assert_eq!(
            rust(&format!("{text:?}")),
            "\"a\\\"\\\\b\\n\\u{1}\\u{202e}\\u{e0001}é'\""
        );

        assert_eq!(rust("\u{3164}"), "\\u{3164}");
        assert_eq!(hurl("a\"\\b\n\u{1}"), "\"a\\\"\\\\b\\n\\u{1}\"");
        assert_eq!(hurl_within("`{\"a\":1}", '`'), "\\`{\"a\":1}");
        assert_eq!(comment(" a\n# b\0 "), "a # b\\u{0}");
    }
}
