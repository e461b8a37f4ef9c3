//! Two descriptions of an operation, fact by fact: what a page and a model say differently, or a
//! document and a contract.
//!
//! A difference has a reason where one of the two cannot say more. One without a reason is of fact.

mod members;
mod shapes;

use std::collections::BTreeMap;

use super::named::with_dates;
use super::operation::{Operation, Silent};

/// How two operations compare.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) differences: Vec<Difference>,
    /// How many facts were compared, by their kind.
    pub(crate) facts: BTreeMap<&'static str, usize>,
}

/// A fact that is told differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) operation: String,
    /// What it is about: `request / BatchSize`.
    pub(crate) of: String,
    /// The kind of fact.
    pub(crate) what: &'static str,
    pub(crate) here: String,
    pub(crate) there: String,
    /// Why one of the two cannot say more, where that is so.
    pub(crate) reason: Option<String>,
}

/// What stands for a fact that is not told.
const NOTHING: &str = "nothing";

/// Compares two descriptions of the same operation.
pub(crate) fn compare(here: &Operation, there: &Operation) -> Comparison {
    let (here, there) = (with_dates(here), with_dates(there));
    let mut comparing = Comparing {
        here: &here,
        there: &there,
        comparison: Comparison::default(),
        seen: std::collections::HashSet::new(),
    };
    comparing.http();
    comparing.members();
    comparing.errors();
    comparing.pagination();
    comparing.comparison
}

/// Two operations while they are compared.
struct Comparing<'a> {
    here: &'a Operation,
    there: &'a Operation,
    comparison: Comparison,
    /// Pairs of named shapes that were compared: shapes may hold themselves.
    seen: std::collections::HashSet<(&'a str, &'a str)>,
}

impl<'a> Comparing<'a> {
    /// Compares one fact.
    fn fact(
        &mut self,
        of: &str,
        what: &'static str,
        (here, there): (impl Into<String>, impl Into<String>),
        reason: Option<String>,
    ) {
        *self.comparison.facts.entry(what).or_default() += 1;
        let (here, there) = (here.into(), there.into());
        if here == there {
            return;
        }
        let reason = reason.or_else(|| self.lost(of, what));
        self.comparison.differences.push(Difference {
            operation: self.here.name.clone(),
            of: of.to_owned(),
            what,
            here,
            there,
            reason,
        });
    }

    /// Whether one of the two cannot say something.
    fn is_silent(&self, about: fn(&Silent) -> bool) -> bool {
        about(&self.here.silent) || about(&self.there.silent)
    }

    /// Why a promise about that was lost.
    fn lost(&self, of: &str, what: &str) -> Option<String> {
        let name = of.rsplit(" / ").next().unwrap_or(of);
        let lost = self.here.lost.iter().chain(&self.there.lost);
        let is_it = |lost: &&super::Lost| {
            let about = lost.of.rsplit(" / ").next().unwrap_or(&lost.of);
            about == name && (lost.what == what || lost.what == "shape" || lost.what == "member")
        };
        lost.filter(is_it).map(|lost| lost.why.clone()).next()
    }

    fn http(&mut self) {
        let (here, there) = (self.here, self.there);
        self.fact("request", "method", (&here.method, &there.method), None);
        let (path, other) = (plain_path(&here.uri), plain_path(&there.uri));
        let greedy = (path.replace('+', "") == other.replace('+', ""))
            .then(|| "a page does not show that a label keeps slashes".to_owned())
            .filter(|_| self.is_silent(|s| s.names));
        self.fact("request", "path", (path, other), greedy);

        let shows_member = [here, there].iter().any(|operation| {
            operation
                .output
                .iter()
                .any(|member| member.place == super::operation::Place::StatusCode)
        });
        let reason = shows_member
            .then(|| "a member of the answer shows the status, and prose says which".to_owned());
        self.fact(
            "answer",
            "status",
            (statuses(here), statuses(there)),
            reason,
        );
    }

    fn errors(&mut self) {
        let mut names: Vec<&str> = Vec::new();
        for error in self.here.errors.iter().chain(&self.there.errors) {
            if !names.contains(&error.name.as_str()) {
                names.push(&error.name);
            }
        }
        for name in names {
            let status = |operation: &Operation| {
                let error = operation.errors.iter().find(|error| error.name == name);
                error.map_or(NOTHING.to_owned(), |error| error.status.to_string())
            };
            let told = (status(self.here), status(self.there));
            self.fact(&format!("errors / {name}"), "error", told, None);
        }
    }

    fn pagination(&mut self) {
        if self.is_silent(|silent| silent.pagination) {
            return;
        }
        let words = |operation: &Operation| match &operation.pagination {
            Some(pages) => {
                let names = [
                    &pages.input_token,
                    &pages.output_token,
                    &pages.items,
                    &pages.page_size,
                ];
                let names = names.map(|name| name.as_deref().unwrap_or("-"));
                names.join(" ")
            }
            None => NOTHING.to_owned(),
        };
        let told = (words(self.here), words(self.there));
        self.fact("request", "pagination", told, None);
    }
}

/// A path whose labels have no names: documents call them differently.
fn plain_path(uri: &str) -> String {
    let mut path = String::new();
    let mut rest = uri;
    while let Some((before, behind)) = rest.split_once('{') {
        path.push_str(before);
        let (label, behind) = behind.split_once('}').unwrap_or((behind, ""));
        path.push_str(if label.ends_with('+') { "{+}" } else { "{}" });
        rest = behind;
    }
    path.push_str(rest);
    path
}

fn statuses(operation: &Operation) -> String {
    let all = std::iter::once(&operation.code).chain(&operation.also);
    let all: Vec<String> = all.map(ToString::to_string).collect();
    all.join(", ")
}
