//! A reproduction as lines for the AWS CLI, where the CLI can send every one of its requests.
//!
//! The CLI builds requests from a model of its own: only members that it knows, of the types that it knows. What it refuses
//! by the model's ranges and patterns it sends where its configuration says so.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Reproduction, shell};
use crate::binding::{Part, parts};
use crate::case::{Action, BodyDraft, Case, Draft, PathDraft};
use crate::contract::{Contract, Location, ShapeType};
use crate::plan::Plan;
use crate::report::curl::CurlTarget;
use crate::report::{Cause, steps};
use crate::verdict::Role;

/// The file. `None`: a request of it is one that the CLI cannot send.
#[must_use]
pub(super) fn file(
    of: &Reproduction,
    plan: &Plan,
    cause: &Cause,
    at: Option<&CurlTarget>,
    flags: &str,
) -> Option<String> {
    let at = at.filter(|at| at.headers.is_empty())?;
    let case = cause.shown_by(plan)?;
    let mut text = shell::head(of, flags);
    text.push_str(
        "# The CLI's own check of parameters would keep the request back.\nAWS_CONFIG_FILE=$(mktemp)\n\
         printf '[default]\\nparameter_validation = false\\n' >\"$AWS_CONFIG_FILE\"\n\
         trap 'proofmark_undo; rm -f \"$AWS_CONFIG_FILE\"' EXIT\nexport AWS_CONFIG_FILE AWS_MAX_ATTEMPTS=1 AWS_PAGER=\n",
    );
    if !at.signs {
        text.push_str("export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n");
    }
    let cli = Cli { plan, at };
    text.push('\n');
    for line in cli.lines(case, cause)? {
        let _ = writeln!(text, "{line}");
    }
    Some(text)
}

struct Cli<'a> {
    plan: &'a Plan,
    at: &'a CurlTarget,
}

impl Cli<'_> {
    fn lines(&self, case: &Case, cause: &Cause) -> Option<Vec<String>> {
        // The plain names are those of the mapping that most cases use.
        let named = |draft: &Draft| match case.source.prefix() {
            Some(prefix) => draft.prefixed(prefix, self.plan.fixtures.names_of(case.source)),
            None => draft.clone(),
        };
        let Role::Step(at) = cause.finding.role else {
            let drafts = steps::steps(self.plan, case, cause.finding.role);
            return drafts.iter().map(|draft| self.line(&named(draft))).collect();
        };
        let identity = self.plan.judge().identity()?;
        let mut lines = Vec::new();
        for (step, draft) in steps::sequence(self.plan, case, &cause.observation, at) {
            let line = self.line(&named(&draft))?;
            lines.push(match (step.action, &step.on) {
                _ if step.together.is_some() => return None,
                (Action::Create, Some(on)) if draft == step.request => {
                    format!("{on}=$({line} --query {identity} --output text)")
                }
                _ => line,
            });
        }
        Some(lines)
    }

    /// The line that sends a request.
    fn line(&self, draft: &Draft) -> Option<String> {
        let contract = self.operation(draft)?;
        let mut line = format!("aws {} {}", self.plan.service.name, contract.slug);
        if draft.raw.is_some() {
            return None;
        }
        if let PathDraft::Labels { labels, .. } = &draft.path {
            for (name, template) in labels {
                let _ = write!(line, " --{}={}", kebab(name), word(template).filter(|w| !w.is_empty())?);
            }
        }
        match &draft.body {
            BodyDraft::None => {}
            BodyDraft::Bytes(_) => return None,
            BodyDraft::Text(text) => {
                let crate::verdict::json::Document::Value(Value::Object(members)) =
                    crate::verdict::json::read(text.as_bytes())
                else {
                    return None;
                };
                for (name, value) in &members {
                    line.push_str(&flag(contract, name, value)?);
                }
            }
        }
        let _ = write!(line, " --endpoint-url {} --region {}", self.at.url, self.at.region);
        Some(line)
    }

    /// The operation whose documented method and path a request has.
    fn operation(&self, draft: &Draft) -> Option<&Contract> {
        let uri = match &draft.path {
            PathDraft::Exact(path) => path,
            PathDraft::Labels { uri, .. } => uri,
        };
        let known = self.plan.lifecycle.iter().flat_map(|l| [&l.create, &l.list, &l.delete]);
        let mut known = std::iter::once(&self.plan.contract).chain(&self.plan.read).chain(known);
        known.find(|c| c.http.method == draft.method && c.http.uri == *uri)
    }
}

/// The flag that sends a member with that value.
fn flag(contract: &Contract, name: &str, value: &Value) -> Option<String> {
    let member = contract.member(name).filter(|m| m.location == Location::Body)?;
    let flag = kebab(name);
    Some(match (contract.resolve(&member.shape).kind, value) {
        (ShapeType::Integer | ShapeType::Long, Value::Number(n)) if n.as_str().parse::<i128>().is_ok() => {
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
    let mut word = String::new();
    for part in parts(template) {
        match part.ok()? {
            Part::Text(text) if text.chars().any(char::is_control) => return None,
            Part::Text(text) => word.push_str(&format!("'{}'", text.replace('\'', "'\\''"))),
            Part::Name(name) => word.push_str(&format!("\"${{{name}}}\"")),
            Part::Repeat { .. } | Part::Changed { .. } => return None,
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_as_the_cli_calls_them() {
        assert_eq!(kebab("BatchSize"), "batch-size");
        assert_eq!(kebab("UUID"), "uuid");
        assert_eq!(word("it's ${mapping}").as_deref(), Some("'it'\\''s '\"${mapping}\""));
        assert_eq!(word("${upper mapping}"), None);
    }
}
