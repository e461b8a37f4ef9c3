//! Lines of a text for a person, wrapped at words where the reader's screen has a width.

use std::fmt::Write as _;

use super::Style;

/// A text as it grows.
pub(super) struct Page {
    pub(super) style: Style,
    text: String,
}

/// Where the values of labelled lines begin.
const VALUES: usize = 15;

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self {
            style,
            text: String::new(),
        }
    }

    pub(super) fn text(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line. What does not fit is wrapped, and indented by so many columns.
    pub(super) fn line(&mut self, line: &str, hanging: usize) {
        let wrapped = wrap(line, self.style.width, hanging);
        let _ = writeln!(self.text, "{wrapped}");
    }

    /// The lines of a value, with a label before the first.
    pub(super) fn values(&mut self, label: &str, lines: &[String]) {
        for (number, line) in lines.iter().enumerate() {
            self.copied(if number == 0 { label } else { "" }, line);
        }
    }

    /// A line that is to be copied, in one piece whatever the width.
    pub(super) fn whole(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// A value with a label before it.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        self.line(&labelled(label, value), VALUES);
    }

    /// A value that is to be copied, with a label before it.
    pub(super) fn copied(&mut self, label: &str, value: &str) {
        self.whole(&labelled(label, value));
    }
}

fn labelled(label: &str, value: &str) -> String {
    format!("  {label:<12} {value}")
}

/// The line in several, none wider than that unless a word is.
fn wrap(line: &str, width: Option<usize>, hanging: usize) -> String {
    let Some(width) = width.filter(|width| visible(line) > *width) else {
        return line.to_owned();
    };
    let mut wrapped = String::with_capacity(line.len() + 16);
    let (mut at, mut begun) = (0, false);

    for word in line.split(' ') {
        let wide = visible(word);
        if begun && at + 1 + wide > width && at > hanging {
            let _ = write!(wrapped, "\n{:hanging$}{word}", "");
            at = hanging + wide;
        } else {
            if begun {
                wrapped.push(' ');
            }
            wrapped.push_str(word);
            at += wide + usize::from(begun);
        }
        begun = true;
    }

    wrapped
}

/// How many columns a text takes: the codes of colours take none.
pub(super) fn visible(text: &str) -> usize {
    let mut count = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match (c, rest.split_once('m')) {
            ('\x1b', Some((_, after))) => rest = after,
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words() {
        let wrap = |line| wrap(line, Some(20), 4);
        assert_eq!(wrap("a short line"), "a short line");
        assert_eq!(
            wrap("one two three four five six"),
            "one two three four\n    five six"
        );

        // A word that is wider is left in one piece.
        assert_eq!(
            wrap("a an-identity-that-is-wider b"),
            "a an-identity-that-is-wider\n    b"
        );

        assert_eq!(
            wrap("\x1b[1;31mFAIL\x1b[0m two three fou"),
            "\x1b[1;31mFAIL\x1b[0m two three fou"
        );
    }
}
