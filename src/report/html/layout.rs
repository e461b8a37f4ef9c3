//! A JSON body over several lines, and the part of a long one that is shown.

use std::ops::Range;

/// The document over several lines, one member each; the text itself where it is no JSON.
///
/// Only white space between tokens is changed: numbers, strings and repeated members stay as the
/// target wrote them.
pub(super) fn laid_out(text: &str) -> String {
    if !text.starts_with(['{', '[']) || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
    {
        return text.to_owned();
    }
    let (mut laid, mut depth, mut quoted, mut escaped) =
        (String::with_capacity(text.len() * 2), 0_usize, false, false);
    let mut tokens = text
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r'))
        .peekable();

    let line = |laid: &mut String, depth: usize| {
        laid.push('\n');
        laid.extend(std::iter::repeat_n("  ", depth));
    };

    while let Some(c) = tokens.next() {
        if quoted {
            laid.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' => {}
            '{' | '[' => {
                laid.push(c);
                while tokens.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
                if let Some(end) = tokens.next_if(|c| matches!(c, '}' | ']')) {
                    laid.push(end);
                } else {
                    depth += 1;
                    line(&mut laid, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut laid, depth);
                laid.push(c);
            }
            ',' => {
                laid.push(c);
                line(&mut laid, depth);
            }
            ':' => laid.push_str(": "),
            other => {
                quoted = other == '"';
                laid.push(other);
            }
        }
    }

    laid
}

/// The part of a text to show, of at most so many bytes: its beginning, or what stands around the
/// part that matters.
pub(super) fn window(text: &str, matters: Option<&Range<usize>>, most: usize) -> Range<usize> {
    if text.len() <= most {
        return 0..text.len();
    }
    let start = match matters {
        Some(range) if range.end.min(range.start + most / 2) > most => {
            text.floor_char_boundary(range.start - most / 4)
        }
        _ => 0,
    };
    start..text.floor_char_boundary(start + most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_a_line() {
        let text = r#"{"a": 1e0,"a":"x, {\"y\":1}", "b":[],"c":{ },"d":[1,{"e":null}]}"#;
        let laid = [
            "{",
            "  \"a\": 1e0,",
            r#"  "a": "x, {\"y\":1}","#,
            "  \"b\": [],",
            "  \"c\": {},",
            "  \"d\": [",
            "    1,",
            "    {",
            "      \"e\": null",
            "    }",
            "  ]",
            "}",
        ]
        .join("\n");
        assert_eq!(laid_out(text), laid);
        assert_eq!(
            laid_out("{\"a\":}"),
            "{\"a\":}",
            "what is no JSON stays as it is"
        );
        assert_eq!(laid_out("<html>"), "<html>");
    }

    #[test]
    fn a_window_holds_what_matters() {
        let text = "é".repeat(1000);
        assert_eq!(window(&text, None, 4000), 0..2000);
        assert_eq!(window(&text, None, 101), 0..100);
        let shown = window(&text, Some(&(1500..1502)), 100);
        assert!(shown.contains(&1500) && shown.len() <= 100, "{shown:?}");
        let shown = window(&text, Some(&(50..1900)), 100);
        assert_eq!(shown.start, 0);
    }
}
