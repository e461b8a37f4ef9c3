//! Words of TOML: texts and keys, as people write them.

use std::fmt::Write as _;

/// A text between the quotes that leave it readable.
pub(super) fn text(value: &str) -> String {
    let has_controls = value.chars().any(|c| c.is_control());
    if !has_controls && !value.contains(['"', '\\']) {
        return format!("\"{value}\"");
    }
    if !has_controls && !value.contains('\'') {
        return format!("'{value}'");
    }

    let mut escaped = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            // Writing to a text does not fail.
            c if c.is_control() => {
                let _ = write!(escaped, "\\u{:04x}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped.push('"');
    escaped
}

/// A key, between quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => basic(name),
    }
}

/// Keys have no form without escapes that takes every text.
fn basic(name: &str) -> String {
    let quoted = text(name);
    match quoted.starts_with('\'') {
        true => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
        false => quoted,
    }
}

/// Texts between brackets.
pub(super) fn texts(values: &[String]) -> String {
    let all: Vec<String> = values.iter().map(|value| text(value)).collect();
    format!("[{}]", all.join(", "))
}

/// What somebody else wrote, as one line of a comment.
pub(super) fn comment(words: &str) -> String {
    words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{key, text};

    #[test]
    fn texts_and_keys_are_read_back() {
        for value in ["", "a", r"\d", "\"", "'\"", "a\nb\u{1}\u{7f}", "ä's \\"] {
            let line = format!("{} = {}", key(value), text(value));
            let read: toml::Table = toml::from_str(&line).expect(&line);
            assert_eq!(
                read.get(value).and_then(|v| v.as_str()),
                Some(value),
                "{line}"
            );
        }
    }
}
