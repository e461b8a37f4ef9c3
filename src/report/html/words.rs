//! Text for a page: nothing hidden, nothing reordered, and numbers that can be read.

use crate::support::sink::many_lines;

/// The text with every character visible that a browser would hide, drop or let reorder the others.
pub(crate) fn plain(text: &str) -> String {
    many_lines(text).into_owned()
}

/// The number with its thousands apart.
pub(crate) fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of a thing, in words.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// An identity as the name of a place in the page.
pub(crate) fn anchor(id: &str) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '.' | '-') {
            c
        } else {
            '-'
        }
    };
    id.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_hidden() {
        assert_eq!(
            plain("a\0b\r\n\x1b[1m\x7f"),
            "a\\u{0}b\\r\n\\u{1b}[1m\\u{7f}"
        );
        assert_eq!(
            plain("x\u{202e}y\u{200b}\u{85}é🙂"),
            "x\\u{202e}y\\u{200b}\\u{85}é🙂"
        );
    }

    #[test]
    fn numbers() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(anchor("a::b \"c\""), "a::b--c-");
    }
}
