//! What the lines of an entry say: its type, whether it is required, and its constraints. The rest is
//! prose.
//!
//! A line that looks like a constraint and is not understood is a fault of ours, and is never
//! skipped: a promise would be missing, and nobody would know.

use crate::import::shape::Limits;
use crate::support::echo::{nearest, shown};
use crate::support::files::FileError;

use super::entries::Entry;
use super::kind::{self, Worded};
use super::markdown::{Line, Page, plain};
use super::value::{Found, limits, pattern, values, yes_or_no};

/// What an entry says.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) kind: Option<Worded>,
    pub(super) required: Option<bool>,
    pub(super) constraints: Vec<Stated>,
    pub(super) status: Option<u16>,
    pub(super) prose: Vec<Line<'a>>,
    /// The line where the entry describes its member again.
    pub(super) again: Option<usize>,
}

/// A constraint, and where it is stated.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) line: usize,
    /// Of maps within maps, and arrays within arrays, which one is meant, from the outermost on.
    pub(super) level: usize,
    pub(super) constraint: Constraint,
}

/// One constraint, and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constraint {
    Length(Of, Limits),
    Range(Limits),
    Pattern(Of, String),
    Values(Of, Vec<String>),
    /// The number of elements of an array.
    Elements(Limits),
    /// The number of entries of a map.
    Entries(Limits),
    /// The page leaves the number out.
    Numberless(&'static str),
}

/// What a constraint restricts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The value itself; of an array or map, what is within.
    Value,
    Key,
}

/// The words before the colon of the lines that pages are known to have.
const KNOWN: &[&str] = &[
    "Type",
    "Required",
    "Length Constraints",
    "Valid Range",
    "Pattern",
    "Valid Values",
    "Array Members",
    "Map Entries",
    "Key Length Constraints",
    "Key Pattern",
    "Key Valid Values",
    "Value Length Constraints",
    "Value Pattern",
    "Value Valid Values",
    "Value Valid Range",
    "HTTP Status Code",
];

/// What is said of each array or map, where one is within another.
const OF_LEVELS: &[&str] = &[
    "Array Members",
    "Map Entries",
    "Key Length Constraints",
    "Key Pattern",
    "Key Valid Values",
];

/// Words that lines of constraints have before their colon.
const LIKELY: &[&str] = &[
    "type",
    "required",
    "length",
    "pattern",
    "range",
    "value",
    "values",
    "valid",
    "members",
    "member",
    "entries",
    "constraint",
    "constraints",
    "minimum",
    "maximum",
    "min",
    "max",
    "size",
    "status",
    "limit",
    "limits",
    "fixed",
    "enum",
    "default",
    "regex",
];

/// So many words stand before the colon of a constraint at most.
const MOST_WORDS: usize = 4;

/// Reads the lines of an entry.
///
/// The lines of constraints stand together. Where an entry describes its member again, as a page may
/// for one case and another, the last description holds.
pub(super) fn read<'a>(page: &Page<'_>, entry: &Entry<'a>) -> Result<Said<'a>, FileError> {
    let mut said = Said::default();
    let mut keys: Vec<&str> = Vec::new();
    let mut in_between: Option<&Line<'a>> = None;
    let mut is_over = false;
    for line in &entry.lines {
        let text = line.text.trim();
        if line.code || text.is_empty() {
            is_over |= !keys.is_empty();
            said.prose.push(*line);
            continue;
        }

        let known = key(text).filter(|(key, _)| KNOWN.contains(key));
        let Some((key, value)) = known else {
            if looks_like_constraint(text) {
                return Err(not_understood(page, line, &entry.name));
            }
            // What stands apart is of the section.
            if !keys.is_empty() && !is_over {
                in_between.get_or_insert(line);
            }
            said.prose.push(*line);
            continue;
        };

        if key == "Type" && in_between.is_some() {
            in_between = None;
            keys.clear();
            said = Said {
                again: Some(line.number),
                prose: said.prose,
                ..Said::default()
            };
        }
        let before = keys.iter().filter(|known| **known == key).count();
        if before > 0 && !OF_LEVELS.contains(&key) {
            let message = format!("`{key}:` stands twice in the entry of `{}`", entry.name);
            return Err(page.at(line.number, message));
        }
        keys.push(key);
        take(&mut said, key, value, (line.number, before))
            .ok_or_else(|| not_understood(page, line, &entry.name))?;
    }

    match in_between {
        Some(line) => Err(not_understood(page, line, &entry.name)),
        None => Ok(said),
    }
}

/// Takes what a line says. `None`: it is not understood.
fn take(said: &mut Said<'_>, key: &str, value: &str, (line, level): (usize, usize)) -> Option<()> {
    let of = match key.starts_with("Key ") {
        true => Of::Key,
        false => Of::Value,
    };
    let plain_key = key.trim_start_matches("Key ").trim_start_matches("Value ");
    let constraint = match plain_key {
        "Type" => {
            said.kind = Some(kind::read(value)?);
            return Some(());
        }
        "Required" => {
            said.required = Some(yes_or_no(value)?);
            return Some(());
        }
        "HTTP Status Code" => {
            let status: u16 = plain(value).trim().trim_end_matches('.').parse().ok()?;
            said.status = Some(status).filter(|s| (100..600).contains(s));
            return said.status.map(|_| ());
        }
        "Length Constraints" => limits(value, "length").map(|found| match found {
            Found::Limits(limits) => Constraint::Length(of, limits),
            Found::Numberless => Constraint::Numberless("length"),
        }),
        "Valid Range" => limits(value, "value").map(|found| match found {
            Found::Limits(limits) => Constraint::Range(limits),
            Found::Numberless => Constraint::Numberless("range"),
        }),
        "Array Members" => limits(value, "number").map(|found| match found {
            Found::Limits(limits) => Constraint::Elements(limits),
            Found::Numberless => Constraint::Numberless("length"),
        }),
        "Map Entries" => limits(value, "number").map(|found| match found {
            Found::Limits(limits) => Constraint::Entries(limits),
            Found::Numberless => Constraint::Numberless("length"),
        }),
        "Pattern" => pattern(value).map(|pattern| Constraint::Pattern(of, pattern)),
        "Valid Values" => values(value).map(|values| Constraint::Values(of, values)),
        _ => None,
    };
    said.constraints.push(Stated {
        line,
        level,
        constraint: constraint?,
    });
    Some(())
}

/// The words before the first colon of a line, where they may be those of a constraint, and what
/// stands behind it.
fn key(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(':')?;
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    let words = key.split(' ').count();
    (words <= MOST_WORDS && key.split(' ').all(is_word)).then_some((key, value))
}

/// Whether a line that is not known may be a constraint: its first words are those of a heading, and
/// one of them is a word of constraints; or they are almost the words of a known one.
fn looks_like_constraint(text: &str) -> bool {
    let Some((key, _)) = key(text) else {
        return false;
    };
    let mut words = key.split(' ');
    let is_heading = words
        .clone()
        .all(|w| w.starts_with(|c: char| c.is_ascii_uppercase()));
    let is_likely = words.any(|w| LIKELY.contains(&w.to_ascii_lowercase().as_str()));
    let is_near = key.len() > 2
        && nearest(key, KNOWN.iter().copied())
            .is_some_and(|near| key.split(' ').count() == near.split(' ').count());
    is_heading && (is_likely || is_near)
}

fn not_understood(page: &Page<'_>, line: &Line<'_>, entry: &str) -> FileError {
    let known = KNOWN.join("`, `");
    page.at(
        line.number,
        format!(
            "`{}` looks like a constraint of `{entry}` and is not understood: expected one of \
             `{known}`, each in its own words, such as `Valid Range: Minimum value of 1. Maximum \
             value of 10.`; if it is prose, put it before the constraints",
            shown(line.text.trim())
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::looks_like_constraint;

    #[test]
    fn lines_that_look_like_constraints() {
        for line in [
            "Length Constraint: 1 to 5",
            "Patern: `a`",
            "Maximum Length: 5",
            "Valid Valuess: `A`",
            "Value Range: 1-5",
            "Requiered: Yes",
        ] {
            assert!(looks_like_constraint(line), "{line}");
        }
        for line in [
            "Note: it is red",
            "For example: 5",
            "Valid values are: 1",
            "A: b",
            "Tip: c",
        ] {
            assert!(!looks_like_constraint(line), "{line}");
        }
    }
}
