//! The operations on one resource, and the steps that a sequence makes of them.

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Action, BodyDraft, Case, CaseId, Draft, Expect, Origin, PathDraft, Purpose, Step, TOKEN,
    Variant,
};
use crate::contract::{AtomId, Basis, Contract, Level, Location, RuleKind};
use crate::support::percent::percent_encode;

/// The contracts of the operations on one resource, and which of them is under test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operations<'a> {
    /// What the operation under test does.
    pub(crate) subject: Action,
    /// Makes it.
    pub(crate) create: &'a Contract,
    /// Changes it, where something does.
    pub(crate) update: Option<&'a Contract>,
    pub(crate) read: &'a Contract,
    /// Lists all of them.
    pub(crate) list: &'a Contract,
    /// Removes it.
    pub(crate) delete: &'a Contract,
    /// The labels that name it in paths.
    pub(crate) label: &'a IndexMap<String, String>,
    /// The content type of a request with a body.
    pub(crate) content_type: &'a str,
    /// The promise that an update of what is gone breaks, as the path of an atom.
    pub(crate) unknown: &'a str,
}

/// The class of what is asked of something that does not exist.
pub(crate) const UNKNOWN: &str = "unknown-resource";

impl<'a> Operations<'a> {
    /// The contract of what an action sends.
    pub(crate) fn of(&self, action: Action) -> &'a Contract {
        match action {
            Action::Create => self.create,
            Action::Update => self.writes(),
            Action::Read | Action::Gone => self.read,
            Action::List => self.list,
            Action::Delete => self.delete,
        }
    }

    /// The contract that says how what was sent is kept: that of updates, or of the creation where
    /// nothing can be updated.
    pub(crate) fn writes(&self) -> &'a Contract {
        self.update.unwrap_or(self.create)
    }

    /// The member of answers that identifies a resource, by the rules of that contract or of the
    /// creation.
    pub(crate) fn identity<'c>(&self, contract: &'c Contract) -> Option<&'c str>
    where
        'a: 'c,
    {
        let labels = self.label;
        let stored = contract.rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::Stored { input, output } if labels.contains_key(input) => Some(output),
            _ => None,
        });
        let fresh = || {
            let mut rules = self.create.rules.iter();
            rules.find_map(|rule| match &rule.kind {
                RuleKind::Fresh { output } => Some(output),
                _ => None,
            })
        };
        stored.or_else(fresh).map(String::as_str)
    }

    /// The promise that a step breaks by being refused for that class, where the class alone says
    /// so.
    pub(crate) fn broken_by(&self, action: Action, class: Option<&str>) -> Option<AtomId> {
        if class != Some(UNKNOWN) || action != self.subject {
            return None;
        }
        let promise = self.of(action).atom(self.unknown)?;
        Some(promise.id.clone())
    }

    /// A step of a sequence, which waits for rest and stands alone.
    pub(crate) fn step(
        &self,
        action: Action,
        on: Option<&str>,
        body: Option<String>,
        refused: Option<&str>,
    ) -> Step {
        let expect = Expect::of_step(refused);
        let mut request = self.draft(action, on, body);
        if refused != Some("required") {
            self.with_token(action, &mut request);
        }
        Step {
            on: on.map(str::to_owned),
            breaks: self.broken_by(action, refused),
            ..Step::new(Purpose::Part, action, request, expect)
        }
    }

    /// A sequence that was drawn at random over the resources of a variant. `None` where it
    /// has no steps.
    pub(crate) fn drawn(
        &self,
        how: &str,
        says: &str,
        variant: &Variant,
        steps: Vec<Step>,
    ) -> Option<Case> {
        let name = variant.as_written();
        (!steps.is_empty()).then(|| Case {
            id: CaseId(format!("{}::sampled::{how}::{name}", self.writes().slug)),
            says: format!("{says} over resources{variant}"),
            origin: Origin::Sampled,
            atoms: vec![self.writes().atom_id("request::http")],
            variant: variant.clone(),
            steps,
            basis: Basis::Page,
            level: Level::Must,
            why: "Each answer follows from what was sent and accepted before".to_owned(),
        })
    }

    /// The request with a token of its own, where its operation has one that the body does not say.
    pub(super) fn with_token(&self, action: Action, request: &mut Draft) {
        let token = self.of(action).token().filter(|_| action.writes());
        let value = || format!("${{{TOKEN}}}");
        match token.map(|token| (token.location, &token.wire_name)) {
            Some((Location::Body, name)) => {
                if let Some(mut members) = request.members().filter(|m| !m.contains_key(name)) {
                    members.insert(name.clone(), value().into());
                    request.body = BodyDraft::Text(Value::Object(members).to_string());
                }
            }
            Some((Location::Header, name)) => request.headers.push((name.clone(), value())),
            Some((Location::Query, name)) => {
                if let PathDraft::Labels { uri, labels } = &mut request.path {
                    let separator = if uri.contains('?') { '&' } else { '?' };
                    uri.push_str(&format!("{separator}{}={{{TOKEN}}}", percent_encode(name)));
                    labels.insert(TOKEN.to_owned(), value());
                }
            }
            _ => {}
        }
    }

    /// The path of a list with that query, or none. The operation's own path may have one already.
    pub(super) fn list_path(&self, query: &str) -> String {
        let uri = &self.list.http.uri;
        match query.strip_prefix('?') {
            Some(rest) if uri.contains('?') => format!("{uri}&{rest}"),
            _ => format!("{uri}{query}"),
        }
    }

    /// The request of an action on the resource of that name.
    pub(crate) fn draft(&self, action: Action, on: Option<&str>, body: Option<String>) -> Draft {
        let contract = self.of(action);
        let labels = match on {
            Some(on) if contract.http.uri.contains('{') => self
                .label
                .keys()
                .map(|label| (label.clone(), format!("${{{on}}}")))
                .collect(),
            _ => IndexMap::new(),
        };

        let headers = match body {
            Some(_) => vec![("content-type".to_owned(), self.content_type.to_owned())],
            None => Vec::new(),
        };

        // Without a label the path is the same in every bit, and a query may follow it.
        let path = match on {
            Some(_) => PathDraft::Labels {
                uri: contract.http.uri.clone(),
                labels,
            },
            None => PathDraft::Exact(contract.http.uri.clone()),
        };

        Draft {
            method: contract.http.method.clone(),
            path,
            headers,
            body: body.map_or(BodyDraft::None, BodyDraft::Text),
            raw: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::load_operation;
    use crate::support::files::Source;

    fn contract(place: &str) -> Contract {
        let service = crate::harness::testing::plan().service.clone();
        let text = format!(
            "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"PUT\"\nuri = \"/x\"\ncode = 200\n\
             section = \"s\"\n[input.Token]\nname = \"token\"\ntype = \"string\"\nidempotency-token = true\n{place}"
        );
        let file = Source {
            name: "contract.toml".to_owned(),
            text,
        };
        load_operation(&file, "op", &service).expect("a contract")
    }

    fn operations<'a>(
        contract: &'a Contract,
        label: &'a IndexMap<String, String>,
    ) -> Operations<'a> {
        Operations {
            subject: Action::Update,
            create: contract,
            update: Some(contract),
            read: contract,
            list: contract,
            delete: contract,
            label,
            content_type: "application/json",
            unknown: "request::http",
        }
    }

    #[test]
    fn a_list_has_its_own_query_and_another() {
        let label = IndexMap::new();
        let mut contract = contract("");
        let path = |contract: &Contract, query| operations(contract, &label).list_path(query);
        assert_eq!(path(&contract, "?a=1"), "/x?a=1");
        contract.http.uri = "/x?list-type=2".to_owned();
        assert_eq!(path(&contract, "?a=1"), "/x?list-type=2&a=1");
        assert_eq!(path(&contract, ""), "/x?list-type=2");
    }

    /// The request of a step with that body, with its token filled in.
    fn sent(contract: &Contract, action: Action, body: &str, refused: Option<&str>) -> String {
        let label = IndexMap::new();
        let operations = operations(contract, &label);
        let mut step = operations.step(action, Some("it"), Some(body.to_owned()), refused);
        step.request.with_token_of("text");
        format!(
            "{:?} {:?} {:?}",
            step.request.path, step.request.headers, step.request.body
        )
    }

    #[test]
    fn a_step_that_writes_has_a_token_of_its_own() {
        let uuid = super::super::uuid_of("text");
        for place in ["", "location = \"query\"\n", "location = \"header\"\n"] {
            let contract = contract(place);
            let text = sent(&contract, Action::Create, "{}", None);
            assert!(text.contains(&uuid), "{text}");
            // What is read has none, and what is refused for want of one neither.
            let read = sent(&contract, Action::Read, "{}", None);
            assert!(!read.contains("oken"), "{read}");
            let missing = sent(&contract, Action::Update, "{}", Some("required"));
            assert!(!missing.contains("oken"), "{missing}");
        }
        let own = sent(&contract(""), Action::Update, r#"{"token": "mine"}"#, None);
        assert!(own.contains("mine") && !own.contains(&uuid), "{own}");
    }
}
