//! The ends of FunctionName's pattern, its name and its qualifier, loosened at one place each.

use serde_json::Value;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;
use crate::reference::function_name::{NAME, Part, QUALIFIER, is_name_character};

const PATTERN: &[&str] = &["request::FunctionName::pattern"];

const ANY: usize = usize::MAX;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "pattern-not-checked",
        "The pattern of FunctionName is not checked; what breaks it is ignored.",
        PATTERN,
        |b| {
            b.on_members.push(Box::new(|members| {
                let grammar = crate::reference::function_name::Grammar::page();
                if members
                    .get("FunctionName")
                    .and_then(Value::as_str)
                    .is_some_and(|n| !n.is_empty() && grammar.parse(n).is_none())
                {
                    members.shift_remove("FunctionName");
                }
            }));
        },
    ),
    Defect::must(
        "pattern-fault-is-unknown-function",
        "A FunctionName that breaks the pattern is answered as an unknown function, 404.",
        PATTERN,
        |b| b.error(&[Cause::Pattern], 404, "ResourceNotFoundException"),
    ),
    Defect::must(
        "pattern-searched",
        "The pattern may match any part of FunctionName.",
        PATTERN,
        |b| {
            b.update.grammar.searches = true;
            b.update.grammar.ends_early = true;
        },
    ),
    Defect::must(
        "pattern-not-anchored-at-start",
        "Anything may stand before a valid FunctionName.",
        PATTERN,
        |b| {
            b.update.grammar.searches = true;
        },
    ),
    Defect::must(
        "pattern-not-anchored-at-end",
        "Anything may follow a valid FunctionName.",
        PATTERN,
        |b| {
            b.update.grammar.ends_early = true;
        },
    ),
    Defect::warned(
        "pattern-newline-at-end",
        "A newline may follow a valid FunctionName.",
        PATTERN,
        |b| {
            b.update.grammar.ends_before_newline = true;
        },
    ),
    Defect::must(
        "pattern-ignores-case",
        "The words of the pattern are matched in any case.",
        PATTERN,
        |b| {
            b.update.grammar.ignores_case = true;
        },
    ),
    Defect::must(
        "function-name-trimmed",
        "White space around FunctionName is cut off.",
        PATTERN,
        |b| {
            b.takes("FunctionName", |v| Some(v.as_str()?.trim().into()));
        },
    ),
    Defect::must(
        "function-name-url-decoded",
        "FunctionName is percent-decoded before it is checked.",
        PATTERN,
        |b| {
            b.takes("FunctionName", |v| {
                Some(crate::support::percent::percent_decode(v.as_str()?).into())
            });
        },
    ),
    Defect::must(
        "arn-prefix-not-read",
        "What stands before the name of an ARN is not read.",
        PATTERN,
        |b| {
            b.takes("FunctionName", |v| {
                let text = v.as_str().filter(|t| t.starts_with("arn:"))?;
                Some(text.splitn(7, ':').nth(6).unwrap_or(text).into())
            });
        },
    ),
    Defect::lawful("name-dot", "A dot is accepted in the name.", |b| {
        name(b, |c| is_name_character(c) || c == '.')
    }),
    Defect::must(
        "name-space",
        "A space is accepted in the name.",
        PATTERN,
        |b| name(b, |c| is_name_character(c) || c == ' '),
    ),
    Defect::must(
        "name-slash",
        "A slash is accepted in the name.",
        PATTERN,
        |b| name(b, |c| is_name_character(c) || c == '/'),
    ),
    Defect::must(
        "name-dollar",
        "A dollar sign is accepted in the name.",
        PATTERN,
        |b| name(b, |c| is_name_character(c) || c == '$'),
    ),
    Defect::must(
        "name-unicode",
        "Letters and digits of any script are accepted in the name.",
        PATTERN,
        |b| {
            name(b, |c| is_name_character(c) || c.is_alphanumeric());
        },
    ),
    Defect::must(
        "name-punctuation",
        "Any printable ASCII but a colon is accepted in the name.",
        PATTERN,
        |b| {
            name(b, |c| c.is_ascii_graphic() && c != ':');
        },
    ),
    Defect::must(
        "name-control",
        "Control characters are accepted in the name.",
        PATTERN,
        |b| {
            name(b, |c| is_name_character(c) || c.is_ascii_control());
        },
    ),
    Defect::must(
        "name-empty",
        "The name may be empty where something else is written.",
        PATTERN,
        |b| {
            b.update.grammar.places[NAME].alternatives = vec![vec![run(is_name_character, 0, ANY)]];
        },
    ),
    Defect::must(
        "qualifier-empty",
        "The qualifier may be empty.",
        PATTERN,
        |b| {
            alternative(b, QUALIFIER, vec![Part::Word(":")]);
        },
    ),
    Defect::must(
        "qualifier-twice",
        "Two qualifiers are accepted.",
        PATTERN,
        |b| {
            alternative(
                b,
                QUALIFIER,
                vec![
                    Part::Word(":"),
                    run(is_name_character, 1, ANY),
                    Part::Word(":"),
                    run(is_name_character, 1, ANY),
                ],
            );
        },
    ),
    Defect::must(
        "qualifier-any-dollar",
        "Any word after a dollar sign is accepted as qualifier.",
        PATTERN,
        |b| {
            alternative(
                b,
                QUALIFIER,
                vec![Part::Word(":$"), run(is_name_character, 0, ANY)],
            );
        },
    ),
    Defect::must(
        "qualifier-punctuation",
        "Any printable ASCII is accepted in the qualifier.",
        PATTERN,
        |b| {
            alternative(
                b,
                QUALIFIER,
                vec![
                    Part::Word(":"),
                    run(|c| c.is_ascii_graphic() && c != ':', 1, ANY),
                ],
            );
        },
    ),
    Defect::must(
        "qualifier-unicode",
        "Letters and digits of any script are accepted in the qualifier.",
        PATTERN,
        |b| {
            alternative(
                b,
                QUALIFIER,
                vec![
                    Part::Word(":"),
                    run(|c| is_name_character(c) || c.is_alphanumeric(), 1, ANY),
                ],
            );
        },
    ),
    Defect::must(
        "qualifier-space",
        "Spaces are accepted in the qualifier.",
        PATTERN,
        |b| {
            alternative(
                b,
                QUALIFIER,
                vec![
                    Part::Word(":"),
                    run(|c| is_name_character(c) || c == ' ', 1, ANY),
                ],
            );
        },
    ),
];

fn run(class: fn(char) -> bool, min: usize, max: usize) -> Part {
    Part::Run { class, min, max }
}

/// Admits one more form at a place, after those of the page.
fn alternative(b: &mut Behaviour, place: usize, parts: Vec<Part>) {
    b.update.grammar.places[place].alternatives.push(parts);
}

fn name(b: &mut Behaviour, class: fn(char) -> bool) {
    b.update.grammar.places[NAME].alternatives = vec![vec![run(class, 1, ANY)]];
}
