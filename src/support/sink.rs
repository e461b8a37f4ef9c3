//! The one place where text leaves us: a rule for each kind of reader.
//!
//! What a target answers, and what a file holds, is data wherever it is shown. So a value is made
//! plain where it enters a text ([`one_line`], `many_lines`), and a whole text for a terminal or a
//! log is gone through once more where it is printed ([`guard`]). Documents have rules of their
//! own: `json`, `markdown`, `github`, and `source` for the files of a programmer.
//!
//! A value that nothing is wrong with is shown as it is.

mod ci;
pub(crate) mod github;
mod hidden;
pub(crate) mod json;
mod line;
pub(crate) mod markdown;
pub(crate) mod source;
mod terminal;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub(crate) use hidden::is_hidden;
pub(crate) use terminal::guard;

/// A value as a part of one line: what a reader would not see, or would take for a command, is
/// written out.
///
/// A line break is `\n`, so that no value begins a line of ours. Applied twice it changes nothing
/// more.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    plain(text, |c| c == '\n')
}

/// A value of several lines, for a place that is set off from our own lines. None of them is a
/// command to a CI.
pub(crate) fn many_lines(text: &str) -> Cow<'_, str> {
    match plain(text, |_| false) {
        text if ci::begins_command(&text) => Cow::Owned(ci::without_commands(&text)),
        text => text,
    }
}

/// The text with what is hidden, and what `broken` says of the rest, written out.
fn plain(text: &str, broken: impl Fn(char) -> bool) -> Cow<'_, str> {
    let odd = |c: char| broken(c) || is_hidden(c);
    if !text.contains(odd) && !text.contains(ci::OLD_COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);

    for c in text.chars() {
        match c {
            c if odd(c) => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
    }

    Cow::Owned(ci::without_old_commands(&safe))
}
