//! The Markdown of reference pages: lines and sections, and text without its marks.

use crate::support::files::{FileError, Source};

/// A page by its sections.
pub(super) struct Page<'a> {
    pub(super) file: &'a Source,
    /// The heading of the page, which is the name of the operation or type.
    pub(super) title: String,
    pub(super) title_line: usize,
    /// What stands before the first section.
    pub(super) introduction: Vec<Line<'a>>,
    pub(super) sections: Vec<Section<'a>>,
}

/// What stands below one heading.
pub(super) struct Section<'a> {
    pub(super) heading: String,
    pub(super) line: usize,
    pub(super) lines: Vec<Line<'a>>,
}

/// One line of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
    /// Whether it stands in a block of code.
    pub(super) code: bool,
}

impl<'a> Page<'a> {
    /// Takes a page apart. `None` where the text has no heading that names something.
    pub(super) fn of(file: &'a Source) -> Option<Self> {
        let mut page = Self {
            file,
            title: String::new(),
            title_line: 1,
            introduction: Vec::new(),
            sections: Vec::new(),
        };

        let mut in_code = false;
        for (at, text) in file.text.lines().enumerate() {
            let number = at + 1;
            if text.trim_start().starts_with("```") {
                in_code = !in_code;
                continue;
            }
            if !in_code {
                if let (Some(title), true) = (text.strip_prefix("# "), page.title.is_empty()) {
                    page.title = plain(without_anchors(title)).trim().to_owned();
                    page.title_line = number;
                    continue;
                }
                if let Some(heading) = text.strip_prefix("## ") {
                    page.sections.push(Section {
                        heading: plain(without_anchors(heading)).trim().to_owned(),
                        line: number,
                        lines: Vec::new(),
                    });
                    continue;
                }
            }

            let line = Line {
                number,
                text,
                code: in_code,
            };
            match page.sections.last_mut() {
                Some(section) => section.lines.push(line),
                None => page.introduction.push(line),
            }
        }

        let is_name = !page.title.is_empty() && !page.title.contains(char::is_whitespace);
        is_name.then_some(page)
    }

    pub(super) fn section(&self, heading: &str) -> Option<&Section<'a>> {
        self.sections.iter().find(|s| s.heading == heading)
    }

    /// A complaint about a line.
    pub(super) fn at(&self, line: usize, message: impl Into<String>) -> FileError {
        FileError {
            file: self.file.name.clone(),
            line: Some(line),
            message: message.into(),
        }
    }
}

impl<'a> Section<'a> {
    /// The lines of the first block of code.
    pub(super) fn first_code(&self) -> Vec<Line<'a>> {
        let code = self.lines.iter().skip_while(|line| !line.code);
        code.take_while(|line| line.code).copied().collect()
    }
}

/// A heading without the anchor behind it.
fn without_anchors(heading: &str) -> &str {
    heading.split("<a ").next().unwrap_or(heading)
}

/// Text as a reader sees it: without marks, links, anchors and escapes. Code keeps its characters.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '\\' => match after.chars().next() {
                Some(escaped) if escaped.is_ascii_punctuation() => {
                    shown.push(escaped);
                    after.get(1..).unwrap_or_default()
                }
                _ => {
                    shown.push(c);
                    after
                }
            },
            '`' => match code(rest) {
                Some((inside, behind)) => {
                    shown.push_str(inside);
                    behind
                }
                None => after,
            },
            '[' => match link(rest) {
                Some((words, behind)) => {
                    shown.push_str(&plain(words));
                    behind
                }
                None => {
                    shown.push(c);
                    after
                }
            },
            '<' if after.starts_with("a ") || after.starts_with("/a>") => {
                after.split_once('>').map_or("", |(_, behind)| behind)
            }
            '*' => after,
            _ => {
                shown.push(c);
                after
            }
        };
    }
    shown
}

/// What stands between the backticks that a text begins with, and what stands behind them. As many
/// backticks end it as begin it.
pub(super) fn code(text: &str) -> Option<(&str, &str)> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let (fence, rest) = text.split_at_checked(ticks)?;
    if ticks == 0 {
        return None;
    }
    let mut from = 0;
    loop {
        let at = from + rest.get(from..)?.find(fence)?;
        let behind = rest.get(at + ticks..)?;
        let more = behind.len() - behind.trim_start_matches('`').len();
        if more == 0 {
            return Some((rest.get(..at)?, behind));
        }
        from = at + ticks + more;
    }
}

/// The words of the link that a text begins with, and what stands behind it.
fn link(text: &str) -> Option<(&str, &str)> {
    let (words, behind) = text.strip_prefix('[')?.split_once("](")?;
    let (_, behind) = behind.split_once(')')?;
    (!words.contains('[')).then_some((words, behind))
}

/// The words and the goal of a link that stands alone: `[Tag](API_Tag.md)`.
pub(super) fn link_parts(text: &str) -> Option<(&str, &str)> {
    let (words, goal) = text.strip_prefix('[')?.split_once("](")?;
    Some((words.trim(), goal.strip_suffix(')')?))
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn text_without_its_marks() {
        assert_eq!(
            plain(r"A \(b\)\. `c\d` [D](e.md), **f** <a name=g></a>h"),
            r"A (b). c\d D, f h"
        );
        assert_eq!(plain("a ` b [c] \\"), "a  b [c] \\");
        assert_eq!(code("`` a`b `` c"), Some((" a`b ", " c")));
        assert_eq!(code("`a"), None);
    }
}
