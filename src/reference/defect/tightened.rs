//! FunctionName's pattern, tightened at one place each: what the page allows is refused.

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::function_name::{
    ACCOUNT, FUNCTION, FunctionName, Grammar, PREFIX, QUALIFIER, REGION,
};

const PATTERN: &[&str] = &["request::FunctionName::pattern"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must("arn-refused", "A full ARN is refused.", PATTERN, |b| {
        never(b, PREFIX)
    }),
    Defect::must(
        "region-refused",
        "A FunctionName with a region is refused.",
        PATTERN,
        |b| never(b, REGION),
    ),
    Defect::must(
        "account-refused",
        "A FunctionName with an account is refused.",
        PATTERN,
        |b| never(b, ACCOUNT),
    ),
    Defect::must(
        "function-word-refused",
        "A FunctionName with the word function: is refused.",
        PATTERN,
        |b| {
            b.update.grammar.places[FUNCTION].alternatives.clear();
            // Without the word, `function:f` would still read as name and qualifier.
            refuse(b, |f| f.name == "function" && f.qualifier.is_some());
        },
    ),
    Defect::must(
        "qualifier-refused",
        "Any qualifier is refused.",
        PATTERN,
        |b| never(b, QUALIFIER),
    ),
    Defect::must(
        "latest-refused",
        "The qualifier $LATEST is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.qualifier.as_deref() == Some("$LATEST"));
        },
    ),
    Defect::must(
        "version-refused",
        "A version number as qualifier is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| {
                f.qualifier
                    .as_deref()
                    .is_some_and(|q| q.bytes().all(|b| b.is_ascii_digit()))
            });
        },
    ),
    Defect::must(
        "alias-refused",
        "An alias as qualifier is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| {
                f.qualifier.as_deref().is_some_and(|q| {
                    q.bytes()
                        .any(|b| b.is_ascii_alphabetic() && !q.starts_with('$'))
                })
            });
        },
    ),
    Defect::must(
        "alias-hyphen-refused",
        "A hyphen in a qualifier is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| {
                f.qualifier.as_deref().is_some_and(|q| q.contains('-'))
            });
        },
    ),
    Defect::must(
        "alias-underscore-refused",
        "An underscore in a qualifier is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| {
                f.qualifier.as_deref().is_some_and(|q| q.contains('_'))
            });
        },
    ),
    Defect::must(
        "alias-upper-case-refused",
        "An upper-case letter in an alias is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| {
                f.qualifier
                    .as_deref()
                    .is_some_and(|q| q != "$LATEST" && q.bytes().any(|b| b.is_ascii_uppercase()))
            });
        },
    ),
    Defect::must(
        "qualifier-on-bare-name-refused",
        "A qualifier is refused unless a full ARN stands before it.",
        PATTERN,
        |b| {
            refuse(b, |f| f.qualifier.is_some() && !f.arn);
        },
    ),
    Defect::must(
        "bare-name-refused",
        "A bare function name is refused; an ARN is demanded.",
        PATTERN,
        |b| refuse(b, FunctionName::is_bare),
    ),
    Defect::must(
        "account-name-refused",
        "The partial ARN account:name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.account.is_some() && !f.word && !f.arn);
        },
    ),
    Defect::must(
        "account-function-name-refused",
        "The partial ARN account:function:name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.account.is_some() && f.word && !f.arn);
        },
    ),
    Defect::must(
        "region-without-arn-refused",
        "A region is refused unless arn:aws:lambda: stands before it.",
        PATTERN,
        |b| {
            refuse(b, |f| f.region.is_some() && !f.arn);
        },
    ),
    Defect::warned(
        "arn-without-region-refused",
        "An ARN without its region is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.arn && f.region.is_none());
        },
    ),
    Defect::warned(
        "arn-without-account-refused",
        "An ARN without its account is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.arn && f.account.is_none());
        },
    ),
    Defect::warned(
        "arn-without-word-refused",
        "An ARN without the word function: is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.arn && !f.word);
        },
    ),
    Defect::must(
        "name-underscore-refused",
        "An underscore in the name is refused.",
        PATTERN,
        |b| refuse(b, |f| f.name.contains('_')),
    ),
    Defect::must(
        "name-hyphen-refused",
        "A hyphen in the name is refused.",
        PATTERN,
        |b| refuse(b, |f| f.name.contains('-')),
    ),
    Defect::must(
        "name-digit-refused",
        "A digit in the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.bytes().any(|b| b.is_ascii_digit()));
        },
    ),
    Defect::must(
        "name-upper-case-refused",
        "An upper-case letter in the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.bytes().any(|b| b.is_ascii_uppercase()));
        },
    ),
    Defect::must(
        "name-leading-digit-refused",
        "A digit at the start of the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.starts_with(|c: char| c.is_ascii_digit()));
        },
    ),
    Defect::must(
        "name-leading-hyphen-refused",
        "A hyphen at the start of the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.starts_with('-'));
        },
    ),
    Defect::must(
        "name-trailing-hyphen-refused",
        "A hyphen at the end of the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.ends_with('-'));
        },
    ),
    Defect::must(
        "name-leading-underscore-refused",
        "An underscore at the start of the name is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.starts_with('_'));
        },
    ),
    Defect::must(
        "name-double-hyphen-refused",
        "Two hyphens in a row in the name are refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.contains("--"));
        },
    ),
    Defect::must(
        "name-only-digits-refused",
        "A name of digits only is refused.",
        PATTERN,
        |b| {
            refuse(b, |f| f.name.bytes().all(|b| b.is_ascii_digit()));
        },
    ),
];

/// Takes a place out of the grammar.
fn never(b: &mut Behaviour, place: usize) {
    b.update.grammar.places[place].alternatives.clear();
    if place != QUALIFIER {
        // What stood in the place must not be read as name and qualifier instead.
        b.update.grammar.refuses = Some(match place {
            REGION => |f| f.qualifier.is_some() && is_region(&f.name),
            ACCOUNT => |f| {
                f.name.len() == 12
                    && f.name.bytes().all(|b| b.is_ascii_digit())
                    && f.qualifier.is_some()
            },
            _ => |_| false,
        });
    }
}

/// Refuses what the page allows, if it is like this.
fn refuse(b: &mut Behaviour, condition: fn(&FunctionName) -> bool) {
    b.update.grammar.refuses = Some(condition);
}

fn is_region(text: &str) -> bool {
    // The grammar itself knows best: a region is what it reads as one before some name.
    Grammar::page()
        .parse(&format!("{text}:f"))
        .is_some_and(|f| f.region.is_some())
}
