//! Fixtures: the state a case needs on the target, how it is made and how it is undone. Declared in `fixtures.toml`.
//!
//! This file is data and its loader; [`crate::runner`] carries it out.

mod check;
mod clean;
mod find;
mod form;
mod guard;
mod like;
mod not_yet;
mod steps;
mod token;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;

pub(crate) use check::{Check, is_segment};
pub(crate) use clean::Clean;
pub(crate) use find::quoted;
pub(crate) use find::{Find, Next, NextTo, Place};
pub(crate) use form::{FindTable, FixtureTable};
pub(crate) use like::parse as parse_with_fixtures;
pub(crate) use not_yet::NotYet;
pub(crate) use steps::{find as load_find, steps as load_steps};
pub(crate) use token::{is_like_token, is_token, token};

use crate::plan::case::SourceKind;
use crate::support::files::{FileError, Source, regex_fault};
use crate::support::percent::percent_encode;
use crate::support::template::{Bindings, TemplateError, in_json};
use crate::wire::exchange::{Request, Wire};

/// The names every template may use, whichever fixtures there are: the run's token, the worker's number, the region
/// and the account.
pub(crate) const GIVEN_NAMES: [&str; 4] = ["run", "worker", "region", "account"];

/// Everything `fixtures.toml` declares.
#[derive(Clone, Debug)]
pub(crate) struct Fixtures {
    /// In the order they are made; they are undone in reverse.
    pub(crate) steps: Vec<Step>,
    /// By operation: what is known to be good on the target.
    pub(crate) bindings: IndexMap<String, OperationBinding>,
    /// Refusals that say that something cannot be used yet.
    pub(crate) not_yet: Vec<NotYet>,
    /// What earlier runs may have left, in the order in which it is removed.
    pub(crate) clean: Vec<Clean>,
}

/// One thing to be made on the target.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its name, for messages.
    pub(crate) id: String,
    /// Made once a run, or once a worker.
    pub(crate) scope: Scope,
    /// The kind of mapping it belongs to; its captures are known to cases of that kind only.
    pub(crate) source: SourceKind,
    /// How to see whether it is there.
    pub(crate) find: Option<Find>,
    /// Tried in order until one is accepted.
    pub(crate) make: Vec<Call>,
    /// What to read from the answer.
    pub(crate) capture: IndexMap<String, Capture>,
    /// What some of that must be, so that nothing is touched that we did not make.
    pub(crate) checks: IndexMap<String, Check>,
    /// Polled after it was made.
    pub(crate) wait: Option<Wait>,
    /// What to use where the target refuses: without it, the step is needed or `optional`.
    pub(crate) otherwise: IndexMap<String, String>,
    /// Whether the run goes on without it; cases that need it are skipped as not offered.
    pub(crate) optional: bool,
    /// Carried out in order to remove it.
    pub(crate) undo: Vec<Undo>,
}

/// How often a fixture is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scope {
    /// Once.
    #[default]
    Run,
    /// Once for each worker, so that workers do not share a mapping.
    Worker,
}

/// A request to the target, as a template.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// The service in the credential scope.
    pub(crate) service: String,
    /// The method.
    pub(crate) method: String,
    /// The request target.
    pub(crate) path: String,
    /// Header fields.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub(crate) body: String,
}

/// One request of an undoing, and what to wait for before the next.
#[derive(Clone, Debug)]
pub(crate) struct Undo {
    /// The request.
    pub(crate) call: Call,
    /// Polled after it.
    pub(crate) wait: Option<Wait>,
    /// Whether it only prepares the removal: its refusal leaves nothing behind.
    pub(crate) prepares: bool,
}

/// Where in an answer a value stands.
#[derive(Clone, Debug)]
pub(crate) enum Capture {
    /// A JSON pointer.
    Json(String),
    /// The first group of a regular expression.
    Text(Regex),
}

/// What is polled until it is so.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    /// The read.
    pub(crate) call: Call,
    /// The JSON pointer into its answer.
    pub(crate) json: String,
    /// The values to wait out.
    pub(crate) while_: Vec<String>,
}

/// What is known to be good for an operation's requests on the target.
#[derive(Clone, Debug)]
pub(crate) struct OperationBinding {
    /// The operation that reads what this one writes.
    pub(crate) read: Option<String>,
    /// The operations that make, list and remove it: what sequences are made of, besides these two.
    pub(crate) lifecycle: Option<LifecycleBinding>,
    /// Label name to template.
    pub(crate) label: IndexMap<String, String>,
    /// A valid body that sets every member there is a value for: the state most cases start from.
    pub(crate) given: String,
    /// For each member, JSON texts that the target must accept; at least two, and different.
    pub(crate) values: IndexMap<String, Vec<String>>,
    /// Members whose values name something on the target.
    pub(crate) reference: IndexMap<String, Reference>,
    /// What AWS refuses although the page admits it.
    pub(crate) limit: Vec<Limit>,
    /// What sequences drawn at random make.
    pub(crate) made: Vec<Made>,
}

/// The operations that make, list and remove what an operation changes, by their folders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleBinding {
    /// Makes one.
    pub(crate) create: String,
    /// Lists all.
    pub(crate) list: String,
    /// Removes one.
    pub(crate) delete: String,
    /// The promise that an update of what is gone breaks, as the path of an atom.
    pub(crate) unknown: String,
    /// What tells that one was made by a worker's sequences, as [`Find::ours`].
    #[serde(default)]
    pub(crate) ours: IndexMap<String, String>,
}

/// A member whose values name something on the target.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// A well-formed name of nothing.
    pub(crate) absent: String,
    /// A valid value that grows by letters at its end: for lengths.
    pub(crate) stem: String,
    /// Takes a value apart by named groups; each group named like a binding is replaced by it.
    pub(crate) parts: Regex,
    /// The forms of a name that every reading of the page admits.
    pub(crate) documented: Regex,
    /// Valid values of several forms, by name: the starting points of violations.
    pub(crate) bases: IndexMap<String, String>,
    /// For some of these forms, the promise that says that it is one: what a refusal of it breaks.
    pub(crate) promises: IndexMap<String, String>,
}

/// Something that sequences drawn at random make, update and delete.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    /// Its name in templates.
    pub(crate) name: String,
    /// The kind of source it has; those of one kind are in the same sequences.
    pub(crate) source: SourceKind,
    /// The body of the request that creates it.
    pub(crate) body: String,
    /// Values it must accept, in place of those that every one does.
    #[serde(default)]
    pub(crate) values: IndexMap<String, Vec<String>>,
}

/// Values that the page admits and AWS refuses for one kind of source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// The member.
    pub(crate) member: String,
    /// Values above this one.
    pub(crate) above: i64,
    /// The kind of source.
    pub(crate) source: SourceKind,
    /// Why.
    pub(crate) why: String,
}

impl Step {
    /// The name of what it captures that tells it from others of its kind, in paths.
    #[must_use]
    pub(crate) fn identity(&self) -> Option<&str> {
        self.checks.iter().find(|(_, check)| matches!(check, Check::Segment)).map(|(name, _)| name.as_str())
    }
}

impl Call {
    /// Fills in the request. What a name stands for is data wherever it is put: a segment of the path, the text of a JSON
    /// string, the value of a field of a form.
    ///
    /// # Errors
    /// Where a name is not bound.
    pub(crate) fn bind(&self, bindings: &Bindings) -> Result<Arc<Request>, TemplateError> {
        let form = |name: &String, value: &String| {
            name.eq_ignore_ascii_case("content-type") && value.starts_with("application/x-www-form-urlencoded")
        };
        let body = match self.headers.iter().any(|(name, value)| form(name, value)) {
            true => bindings.fill_with(&self.body, encoded)?,
            false => bindings.fill_with(&self.body, in_json)?,
        };
        let headers = self.headers.iter().map(|(n, v)| Ok((n.clone(), bindings.fill(v)?)));
        Ok(Arc::new(Request {
            method: self.method.clone(),
            path: bindings.fill_with(&self.path, encoded)?,
            headers: headers.collect::<Result<_, TemplateError>>()?,
            body: body.into(),
            service: self.service.clone(),
            wire: Wire::Client,
        }))
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = &str> {
        [self.path.as_str(), self.body.as_str()].into_iter().chain(self.headers.values().map(String::as_str))
    }
}

/// A text as one segment of a path, or a value in a form.
fn encoded(text: &str) -> Cow<'_, str> {
    Cow::Owned(percent_encode(text))
}

impl Capture {
    /// Reads the value from an answer's body.
    #[must_use]
    pub(crate) fn read(&self, body: &[u8]) -> Option<String> {
        match self {
            Self::Json(pointer) => {
                let document: serde_json::Value = serde_json::from_slice(body).ok()?;
                match document.pointer(pointer)? {
                    serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
                    serde_json::Value::Number(number) => Some(number.to_string()),
                    _ => None,
                }
            }
            Self::Text(regex) => {
                let text = std::str::from_utf8(body).ok()?;
                Some(regex.captures(text)?.get(1)?.as_str().to_owned())
            }
        }
    }
}

impl Fixtures {
    /// Every name a template of a case may use.
    #[must_use]
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let captured = self.steps.iter().flat_map(|s| s.capture.keys().chain(s.otherwise.keys()));
        captured.cloned().chain(GIVEN_NAMES.map(str::to_owned)).collect()
    }

    /// The names that only cases on that kind of source know.
    #[must_use]
    pub(crate) fn names_of(&self, source: SourceKind) -> Vec<&str> {
        let own = self.steps.iter().filter(|s| s.source == source);
        own.flat_map(|s| s.capture.keys().chain(s.otherwise.keys())).map(String::as_str).collect()
    }

    /// Bindings of the right shape for planning and checking offline: no target has given them.
    #[must_use]
    pub(crate) fn sample(&self, region: &str) -> Bindings {
        let mut sample = Bindings::default();
        sample.set("run", "0a1b2c3d");
        sample.set("worker", "0");
        sample.set("region", region);
        sample.set("account", "123456789012");
        for step in &self.steps {
            for (name, template) in &step.otherwise {
                if let Ok(value) = sample.fill(template) {
                    sample.set(name, value);
                }
            }
        }
        sample
    }
}

/// Reads `fixtures.toml`.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, uses a name no earlier step captures, or says how a
/// value is captured in no way or two.
pub(crate) fn load_fixtures(file: &Source) -> Result<Fixtures, FileError> {
    let document: form::Document = like::parse(file)?;
    let mut known: BTreeSet<String> = GIVEN_NAMES.map(str::to_owned).into();
    let steps = steps::steps(file, document.fixture, &mut known)?;
    let clean = document.clean.into_iter().map(|table| clean::clean(file, table)).collect::<Result<_, FileError>>()?;
    let mut bindings = IndexMap::new();
    for (operation, table) in document.binding {
        let at = table.span();
        let table = table.into_inner();
        for (member, values) in &table.values {
            if values.len() < 2 || values.iter().any(|v| serde_json::from_str::<serde_json::Value>(v).is_err()) {
                return Err(file.at(at, format!("values.{member}: expected at least two JSON texts")));
            }
        }
        let mut reference = IndexMap::new();
        for (member, r) in table.reference {
            let regex = |text: &str| {
                Regex::new(text).map_err(|e| file.at(at.clone(), format!("reference.{member}: {}", regex_fault(&e))))
            };
            let r = Reference {
                absent: r.absent,
                stem: r.stem,
                parts: regex(&r.parts)?,
                documented: regex(&r.documented)?,
                bases: r.bases,
                promises: r.promises,
            };
            reference.insert(member, r);
        }
        let binding = OperationBinding {
            read: table.read,
            lifecycle: table.lifecycle,
            label: table.label,
            given: table.given,
            values: table.values,
            reference,
            limit: table.limit,
            made: table.made,
        };
        bindings.insert(operation, binding);
    }
    Ok(Fixtures { steps, bindings, not_yet: document.not_yet, clean })
}

#[cfg(test)]
mod tests;
