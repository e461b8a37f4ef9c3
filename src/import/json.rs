//! JSON of models, read so that one part that is wrong costs no other: parts are kept as text, and
//! each is read by itself. The place of a part in the text gives its line.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::graph::Prose;
use super::listed::{self, HTML};
use super::shape::Number;
use crate::support::files::Source;

/// A part that may be missing, or of another form than expected.
#[derive(Debug, Default)]
pub(super) enum Part<T> {
    #[default]
    Absent,
    Read(T),
    /// What is wrong with it.
    Unread(String),
}

impl<'de: 'a, 'a, T: Deserialize<'a>> Deserialize<'de> for Part<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'a RawValue>::deserialize(deserializer)?;
        if raw.get() == "null" {
            return Ok(Self::Absent);
        }
        Ok(match serde_json::from_str(raw.get()) {
            Ok(value) => Self::Read(value),
            Err(error) => Self::Unread(error.to_string()),
        })
    }
}

impl<T> Part<T> {
    /// What was read. What is wrong with it goes to `fault`.
    pub(super) fn take(self, fault: impl FnOnce(String)) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Read(value) => Some(value),
            Self::Unread(why) => {
                fault(why);
                None
            }
        }
    }

    /// What was read. Where it says nothing that a contract holds, its form does not matter.
    pub(super) fn ok(self) -> Option<T> {
        self.take(|_| {})
    }
}

/// A number in JSON.
pub(super) fn number(value: &serde_json::Number) -> Option<Number> {
    Number::parse(&value.to_string())
}

/// Documentation in HTML as prose: without tags, with the line where it stands in the file.
pub(super) fn prose(file: &Source, part: &RawValue) -> Option<Prose> {
    let text: String = serde_json::from_str(part.get()).ok()?;
    Some(Prose {
        text: without_tags(&text),
        line: line_of(&file.text, part.get()),
    })
}

/// The values that a sentence of some documentation lists.
pub(super) fn listed_in(part: &RawValue) -> Option<Vec<String>> {
    // Few texts have such a sentence, and most are long.
    if !part.get().contains("can be ") {
        return None;
    }
    let text: String = serde_json::from_str(part.get()).ok()?;
    listed::values(&text, &HTML)
}

/// The line of a part of a text, from 1.
pub(super) fn line_of(whole: &str, part: &str) -> usize {
    // Where the part is none of the whole, the first line is as good as any.
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
    let before = at.and_then(|at| whole.get(..at)).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// HTML as a reader sees it: without tags, and with the characters that entities stand for.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, behind)) = behind.split_once('>') else {
            rest = behind;
            continue;
        };
        // A paragraph or an item ends a sentence.
        if tag.starts_with('/') && !matches!(tag, "/a" | "/code" | "/i" | "/b" | "/em") {
            text.push_str(". ");
        }
        rest = behind;
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::without_tags;

    #[test]
    fn text_of_html() {
        assert_eq!(
            without_tags("<p>A <code>b</code>.</p><li>c &lt; d</li>"),
            "A b.. c < d. "
        );
    }
}
