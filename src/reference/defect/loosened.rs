//! What may stand before the name in FunctionName, loosened at one place each.

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::function_name::{ACCOUNT, FUNCTION, PREFIX, Part, REGION};

const PATTERN: &[&str] = &["request::FunctionName::pattern"];

const ANY: usize = usize::MAX;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "prefix-any-partition",
        "Any partition is accepted, such as aws-cn.",
        PATTERN,
        |b| {
            alternative(
                b,
                PREFIX,
                vec![
                    Part::Word("arn:"),
                    run(is_partition, 1, ANY),
                    Part::Word(":lambda:"),
                ],
            );
        },
    ),
    Defect::lawful(
        "prefix-no-partition",
        "An ARN without its partition is accepted.",
        |b| {
            alternative(b, PREFIX, vec![Part::Word("arn::lambda:")]);
        },
    ),
    Defect::must(
        "prefix-any-service",
        "The ARN of any service is accepted.",
        PATTERN,
        |b| {
            alternative(
                b,
                PREFIX,
                vec![
                    Part::Word("arn:aws:"),
                    run(|c| c.is_ascii_lowercase() || c.is_ascii_digit(), 1, ANY),
                    Part::Word(":"),
                ],
            );
        },
    ),
    Defect::must(
        "prefix-any-scheme",
        "The word arn may be any word.",
        PATTERN,
        |b| {
            alternative(
                b,
                PREFIX,
                vec![
                    run(|c| c.is_ascii_lowercase(), 1, ANY),
                    Part::Word(":aws:lambda:"),
                ],
            );
        },
    ),
    Defect::must(
        "prefix-twice",
        "The prefix arn:aws:lambda: may stand twice.",
        PATTERN,
        |b| {
            alternative(
                b,
                PREFIX,
                vec![Part::Word("arn:aws:lambda:arn:aws:lambda:")],
            );
        },
    ),
    Defect::must(
        "region-empty",
        "The region may be empty, as in arn:aws:lambda::.",
        PATTERN,
        |b| {
            alternative(b, REGION, vec![Part::Word(":")]);
        },
    ),
    Defect::must(
        "region-short-country",
        "The first part of a region may have one letter.",
        PATTERN,
        |b| region(b, 1, 2, 1, 1, 1),
    ),
    Defect::must(
        "region-long-country",
        "The first part of a region may have three letters or more.",
        PATTERN,
        |b| region(b, 2, ANY, 1, 1, 1),
    ),
    Defect::must(
        "region-no-area",
        "The second part of a region may be empty.",
        PATTERN,
        |b| region(b, 2, 2, 0, 1, 1),
    ),
    Defect::must(
        "region-no-digit",
        "The digit of a region may be missing.",
        PATTERN,
        |b| region(b, 2, 2, 1, 0, 1),
    ),
    Defect::must(
        "region-two-digits",
        "A region may end in two digits or more.",
        PATTERN,
        |b| region(b, 2, 2, 1, 1, ANY),
    ),
    Defect::must(
        "region-two-areas",
        "A region may have a fourth part, as in us-gov-west-1.",
        PATTERN,
        |b| {
            let lower: fn(char) -> bool = |c| c.is_ascii_lowercase();
            alternative(
                b,
                REGION,
                vec![
                    run(lower, 2, 2),
                    Part::Word("-"),
                    run(lower, 1, ANY),
                    Part::Word("-"),
                    run(lower, 1, ANY),
                    Part::Word("-"),
                    run(|c| c.is_ascii_digit(), 1, 1),
                    Part::Word(":"),
                ],
            );
        },
    ),
    Defect::must(
        "region-letters-anywhere",
        "A region may be any word of letters, digits and hyphens.",
        PATTERN,
        |b| {
            alternative(
                b,
                REGION,
                vec![
                    run(|c| c.is_ascii_alphanumeric() || c == '-', 1, ANY),
                    Part::Word(":"),
                ],
            );
        },
    ),
    Defect::must(
        "account-short",
        "An account may have fewer than 12 digits.",
        PATTERN,
        |b| account(b, |c| c.is_ascii_digit(), 1, 12),
    ),
    Defect::must(
        "account-long",
        "An account may have more than 12 digits.",
        PATTERN,
        |b| account(b, |c| c.is_ascii_digit(), 12, ANY),
    ),
    Defect::must(
        "account-letters",
        "An account may hold letters.",
        PATTERN,
        |b| account(b, |c| c.is_ascii_alphanumeric(), 12, 12),
    ),
    Defect::must("account-empty", "The account may be empty.", PATTERN, |b| {
        account(b, |c| c.is_ascii_digit(), 0, 12)
    }),
    Defect::must(
        "account-unicode-digits",
        "An account may have digits of any script.",
        PATTERN,
        |b| account(b, char::is_numeric, 12, 12),
    ),
    Defect::must(
        "function-word-plural",
        "The word functions: is accepted.",
        PATTERN,
        |b| {
            alternative(b, FUNCTION, vec![Part::Word("functions:")]);
        },
    ),
    Defect::must(
        "function-word-any",
        "Any word may stand in the place of function:.",
        PATTERN,
        |b| {
            alternative(
                b,
                FUNCTION,
                vec![
                    run(|c| c.is_ascii_lowercase() || c == '-', 1, ANY),
                    Part::Word(":"),
                ],
            );
        },
    ),
    Defect::must(
        "function-word-slash",
        "A slash may follow the word function.",
        PATTERN,
        |b| {
            alternative(b, FUNCTION, vec![Part::Word("function/")]);
        },
    ),
    Defect::must(
        "function-word-twice",
        "The word function: may stand twice.",
        PATTERN,
        |b| {
            alternative(b, FUNCTION, vec![Part::Word("function:function:")]);
        },
    ),
];

fn run(class: fn(char) -> bool, min: usize, max: usize) -> Part {
    Part::Run { class, min, max }
}

fn is_partition(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Admits one more form at a place, after those of the page.
fn alternative(b: &mut Behaviour, place: usize, parts: Vec<Part>) {
    b.update.grammar.places[place].alternatives.push(parts);
}

fn region(
    b: &mut Behaviour,
    country_min: usize,
    country_max: usize,
    area_min: usize,
    digits_min: usize,
    digits_max: usize,
) {
    let lower: fn(char) -> bool = |c| c.is_ascii_lowercase();
    b.update.grammar.places[REGION].alternatives = vec![vec![
        run(lower, country_min, country_max),
        Part::Word("-"),
        run(lower, area_min, ANY),
        Part::Word("-"),
        run(|c| c.is_ascii_digit(), digits_min, digits_max),
        Part::Word(":"),
    ]];
}

fn account(b: &mut Behaviour, class: fn(char) -> bool, min: usize, max: usize) {
    alternative(b, ACCOUNT, vec![run(class, min, max), Part::Word(":")]);
}
