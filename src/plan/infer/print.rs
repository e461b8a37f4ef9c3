//! What was found out, as the text of a `fixtures.toml`, and what to do about the rest.

use std::fmt::Write as _;

use super::inferred::{End, Inferred, Tried};
use super::tables::{comment, line};
use super::trial::Outcome;
use crate::support::sink::is_hidden;

/// The text of the file.
pub(crate) fn print(service: &str, inferred: &Inferred) -> String {
    let mut text = String::new();
    let all = &inferred.operations;
    let accepted = all.iter().filter(|tried| tried.binding.is_some()).count();
    comment(
        &mut text,
        &format!(
            "What is good in requests of {service}, as `proofmark infer` concluded it from names and shapes and a \
             target accepted it: {accepted} of {} operations. Read it, mend it and keep it: an \
             emulator may accept what the service refuses.\nThe operations without a binding are listed at the end.",
            all.len()
        ),
    );

    if !inferred.samples.is_empty() {
        text.push_str("\n# Stand-ins for what only a target can give, in plans.\n[sample]\n");
        for (name, value) in &inferred.samples {
            line(&mut text, name, &value.as_str().into());
        }
    }
    for fixture in &inferred.fixtures {
        let _ = write!(text, "\n{}", fixture.text());
    }
    for clean in &inferred.clean {
        let _ = write!(text, "\n{}", clean.text());
    }
    for tried in all {
        if let Some(binding) = &tried.binding {
            let _ = write!(
                text,
                "\n{}",
                binding.text(&format!("Accepted. {}", tried.said))
            );
        }
    }

    let mut others = all
        .iter()
        .filter(|tried| tried.binding.is_none())
        .peekable();
    if others.peek().is_some() {
        text.push_str("\n# --- Without a binding ---\n");
    }
    for tried in others {
        comment(&mut text, &format!("{}: {}.", tried.slug, end(&tried.end)));
    }
    text
}

/// How it ended, in words.
fn end(end: &End) -> String {
    match end {
        End::NotTried(why) => format!("not tried, {why}"),
        End::Tried(outcome) => match outcome {
            Outcome::Accepted => "accepted, but what was inferred is not in order".to_owned(),
            Outcome::Refused { status, named } => {
                let named = named.as_deref().map(plain).unwrap_or_default();
                format!("refused with status {status}{named}")
            }
            Outcome::NotImplemented => "not implemented by the target".to_owned(),
            Outcome::NoFixture => "not sent, what it needs could not be made".to_owned(),
            Outcome::Silent => "no usable answer".to_owned(),
            Outcome::Left => "accepted, and what it made could not be removed".to_owned(),
        },
    }
}

/// An error type as a word of a line: whatever a target answers is data.
fn plain(named: &str) -> String {
    const LONGEST: usize = 80;
    let of_line = |c: char| if is_hidden(c) || c == '\n' { ' ' } else { c };
    let named: String = named.chars().take(LONGEST).map(of_line).collect();
    format!(" {named}")
}

/// The operation, how its trials ended, and what to do about that.
pub(crate) fn what_to_do(tried: &Tried) -> (String, String, &'static str) {
    let todo = match &tried.end {
        End::Tried(Outcome::Accepted) => "",
        End::Tried(Outcome::Refused { .. }) => {
            "a value may be wrong: give it by a recipe, or write the binding"
        }
        End::Tried(Outcome::NotImplemented) => "nothing: the target does not have it",
        End::Tried(Outcome::NoFixture) => "see what was refused before it",
        End::Tried(Outcome::Silent) => "see whether the target is in order, and try again",
        End::Tried(Outcome::Left) => "remove what is left by hand, and write the binding",
        End::NotTried(_) => "give a value by a recipe, or write the binding",
    };
    (tried.slug.clone(), end(&tried.end), todo)
}
