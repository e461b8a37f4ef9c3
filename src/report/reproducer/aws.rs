//! A reproduction as lines for the AWS CLI, where the CLI can send every one of its requests.
//!
//! The CLI builds requests from a model of its own: only members that it knows, of the types that
//! it knows. What it refuses by the model's ranges and patterns it sends where its configuration
//! says so.

use std::fmt::Write as _;

use serde_json::Value;

use super::shell::Script;
use super::words::{Into, decoded, filled};
use super::{Check, Reproduction, Step, Then};
use crate::contract::{Contract, Location, ShapeType};
use crate::plan::Plan;
use crate::plan::case::{BodyDraft, PathDraft};
use crate::report::curl::CurlTarget;
use crate::report::shell::comment;
use crate::support::template::{Part, pieces};

/// What a script needs beside the helpers of every script.
const HELPERS: &str = include_str!("aws_helpers.sh");

/// The file. `None`: the CLI cannot send a request of it, or hides what the finding is about.
pub(super) fn file(of: &Reproduction, plan: &Plan, at: Option<&CurlTarget>) -> Option<String> {
    let at = at.filter(|at| at.headers.is_empty())?;
    if !is_told(&of.check) {
        return None;
    }
    let script = Script { of, at: Some(at) };
    let cli = Cli { plan };
    let (last, first) = of.steps.split_last()?;

    let mut text = script.head(".aws.sh", "the AWS CLI, curl and jq");
    text.push_str(HELPERS);
    if !at.signs {
        text.push_str("export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n");
    }
    text.push_str(&script.preparing());
    for step in first {
        // A wait sends a read many times, and none of them is what the finding is about.
        text.push_str(&match step.then {
            Then::While { .. } | Then::UntilRefused => script.statement(step),
            Then::Go | Then::Accepted => script.around(step, &cli.sent(step)?),
        });
    }
    let _ = write!(text, "\n# {}\n{}", comment(&last.says), cli.sent(last)?);
    if matches!(of.check, Check::Status(_)) {
        text.push_str("[ -n \"$pm_told\" ] || cannot 'the CLI told no status'\n");
    }
    text.push_str(&script.ending(last));
    Some(text)
}

/// Whether what the CLI prints tells whether a check holds: it shows no headers, and values as it
/// reads them.
fn is_told(check: &Check) -> bool {
    match check {
        Check::Media(_) | Check::Plain | Check::Document | Check::Type(..) | Check::Between(..) => {
            false
        }
        Check::Answered
        | Check::Accepted
        | Check::NotAccepted
        | Check::Status(_)
        | Check::Refused(_)
        | Check::NotRefused(_)
        | Check::StatusOf(..)
        | Check::Typed
        | Check::Has(_)
        | Check::HasNot(_)
        | Check::Is(..)
        | Check::EndsWith(..)
        | Check::OneOf(..)
        | Check::NoneOf(..)
        | Check::Kept(_)
        | Check::Entries { .. } => true,
    }
}

struct Cli<'a> {
    plan: &'a Plan,
}

impl Cli<'_> {
    /// The line that sends a step.
    fn sent(&self, step: &Step) -> Option<String> {
        let draft = &step.draft;
        let PathDraft::Exact(path) = &draft.path else {
            return None;
        };
        let (contract, labels) = self.operation(&draft.method, path)?;
        let mut line = format!("cli aws {} {}", self.plan.service.name, contract.slug);
        if draft.raw.is_some() {
            return None;
        }

        for (name, template) in labels {
            let _ = write!(
                line,
                " --{}={}",
                kebab(name),
                decoded(template).filter(|w| !w.is_empty())?
            );
        }

        match &draft.body {
            BodyDraft::None => {}
            BodyDraft::Bytes(_) => return None,
            BodyDraft::Text(text) => {
                let crate::judge::json::Document::Value(Value::Object(members)) =
                    crate::judge::json::read(text.as_bytes())
                else {
                    return None;
                };
                for (name, value) in &members {
                    line.push_str(&flag(contract, name, value)?);
                }
            }
        }

        line.push_str(" --endpoint-url \"$endpoint\" --region \"$region\"\n");
        Some(line)
    }

    /// The operation whose documented method and path a request has, and the templates of its
    /// labels.
    fn operation<'p>(
        &self,
        method: &str,
        path: &'p str,
    ) -> Option<(&Contract, Vec<(&str, &'p str)>)> {
        let known = self
            .plan
            .lifecycle
            .iter()
            .flat_map(|l| [&l.create, &l.list, &l.delete]);
        let known = std::iter::once(&self.plan.contract)
            .chain(&self.plan.read)
            .chain(known);
        known
            .filter(|c| c.http.method == method)
            .find_map(|c| Some((c, labels(&c.http.uri, path)?)))
    }
}

/// The labels of a documented path in the template of a path.
fn labels<'u, 'p>(uri: &'u str, path: &'p str) -> Option<Vec<(&'u str, &'p str)>> {
    let mut labels = Vec::new();
    let (mut uri, mut path) = (uri, path);
    while let Some((before, (name, after))) = uri
        .split_once('{')
        .and_then(|(b, tail)| Some((b, tail.split_once('}')?)))
    {
        path = path.strip_prefix(before)?;
        // Where one with slashes ends is open.
        if name.ends_with('+') {
            return None;
        }
        // A label is one segment, and a slash that its template holds is encoded.
        let end = path.find('/').unwrap_or(path.len());
        let (label, rest) = path.split_at(end);
        labels.push((name, label));
        (uri, path) = (after, rest);
    }

    (uri == path && labels.iter().all(|(_, label)| !label.contains('?'))).then_some(labels)
}

/// The flag that sends a member with that value.
fn flag(contract: &Contract, name: &str, value: &Value) -> Option<String> {
    let member = contract
        .member(name)
        .filter(|m| m.location == Location::Body)?;
    let flag = kebab(name);
    Some(match (contract.resolve(&member.shape).kind, value) {
        (ShapeType::Integer | ShapeType::Long, Value::Number(n))
            if n.as_str().parse::<i128>().is_ok() =>
        {
            format!(" --{flag}={n}")
        }
        (ShapeType::Boolean, Value::Bool(true)) => format!(" --{flag}"),
        (ShapeType::Boolean, Value::Bool(false)) => format!(" --no-{flag}"),
        // The CLI reads what such a text names instead.
        (ShapeType::String | ShapeType::Enum, Value::String(text)) if !text.contains("://") => {
            format!(" --{flag}={}", word(text)?)
        }
        _ => return None,
    })
}

/// `BatchSize` as `batch-size`, `UUID` as `uuid`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    let mut before = 'A';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
        before = c;
    }
    text
}

/// A template as one shell word. `None` where it changes a name, or is no text for a command line.
fn word(template: &str) -> Option<String> {
    let fits = |piece: &Part<'_>| match piece {
        Part::Text(text) | Part::Repeat { count: 1, text } => !text.contains(char::is_control),
        Part::Name(_) => true,
        Part::Repeat { .. } | Part::Changed { .. } => false,
    };
    pieces(template)
        .iter()
        .all(fits)
        .then(|| filled(template, Into::Plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_as_the_cli_calls_them() {
        assert_eq!(kebab("BatchSize"), "batch-size");
        assert_eq!(kebab("UUID"), "uuid");
        assert_eq!(
            word("it's ${mapping}").as_deref(),
            Some("'it'\\''s '\"${mapping}\"")
        );
        assert_eq!(word("${upper mapping}"), None);
    }

    #[test]
    fn labels_of_a_path() {
        assert_eq!(labels("/a/{UUID}", "/a/${x}"), Some(vec![("UUID", "${x}")]));
        assert_eq!(
            labels("/a/{UUID}/b", "/a/c%2F/b"),
            Some(vec![("UUID", "c%2F")])
        );
        assert_eq!(labels("/a/", "/a/"), Some(Vec::new()));
        for path in ["/a", "/a/x/y", "/a/x?y=1", "/b/x"] {
            assert_eq!(labels("/a/{UUID}", path), None, "{path}");
        }
    }
}
