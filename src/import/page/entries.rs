//! The entries of a section: each has a name in bold, then prose, then the lines of constraints.

use super::markdown::{Line, Section, link_parts};

/// What stands below one name.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: Vec<Line<'a>>,
}

/// Words that are in bold without being names.
const CALLS: &[&str] = &[
    "Note",
    "Important",
    "Warning",
    "Tip",
    "Caution",
    "Example",
    "Examples",
];

/// A line that may begin an entry.
struct Head {
    name: String,
    /// Whether an anchor or a link shows that it is one. Elsewhere the page has none at all.
    sure: bool,
}

/// What stands before the first entry, and the entries.
pub(super) fn entries<'a>(section: &Section<'a>) -> (Vec<Line<'a>>, Vec<Entry<'a>>) {
    let heads: Vec<Option<Head>> = section
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let above = at.checked_sub(1).and_then(|at| section.lines.get(at));
            let stands_apart = above.is_none_or(|line| line.text.trim().is_empty());
            head(line).filter(|head| head.sure || stands_apart)
        })
        .collect();
    let some_are_sure = heads.iter().flatten().any(|head| head.sure);

    let mut introduction = Vec::new();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for (line, head) in section.lines.iter().zip(heads) {
        match head.filter(|head| head.sure || !some_are_sure) {
            Some(head) => entries.push(Entry {
                name: head.name,
                line: line.number,
                lines: Vec::new(),
            }),
            None => match entries.last_mut() {
                Some(entry) => entry.lines.push(*line),
                None => introduction.push(*line),
            },
        }
    }
    (introduction, entries)
}

/// The name that a line begins an entry with.
fn head(line: &Line<'_>) -> Option<Head> {
    if line.code {
        return None;
    }
    let is_indented = line.text.starts_with(char::is_whitespace);
    let text = line.text.trim().strip_prefix("**")?;
    let (inside, behind) = text.split_once("**")?;
    let (inside, behind) = (inside.trim(), behind.trim());
    let has_anchor = behind.starts_with("<a name=") && behind.ends_with("</a>");
    if !(behind.is_empty() || has_anchor) {
        return None;
    }

    let link = link_parts(inside).filter(|(_, goal)| goal.starts_with('#'));
    let name = link.map_or(inside, |(words, _)| words);
    let sure = link.is_some() || has_anchor;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.:$".contains(c));
    let is_call = CALLS.contains(&name) && !sure;
    (is_name && !is_call && (sure || is_indented)).then(|| Head {
        name: name.to_owned(),
        sure,
    })
}
