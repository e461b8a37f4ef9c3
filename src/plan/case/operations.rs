//! The operations on one resource, and the steps that a sequence makes of them.

use indexmap::IndexMap;

use super::{
    Action, BodyDraft, Case, CaseId, Draft, Expect, Origin, PathDraft, Purpose, SourceKind, Step,
};
use crate::contract::{AtomId, Basis, Contract, Level, RuleKind};

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
        let request = self.draft(action, on, body);
        Step {
            on: on.map(str::to_owned),
            breaks: self.broken_by(action, refused),
            ..Step::new(Purpose::Part, action, request, expect)
        }
    }

    /// A sequence that was drawn at random over the resources of a kind of source. `None` where it
    /// has no steps.
    pub(crate) fn drawn(
        &self,
        how: &str,
        says: &str,
        source: SourceKind,
        steps: Vec<Step>,
    ) -> Option<Case> {
        let kind = source.prefix().map(|prefix| prefix.trim_end_matches('_'));
        let of = kind.map_or_else(
            || "resources".to_owned(),
            |kind| format!("mappings of a {kind}"),
        );
        let name = kind.unwrap_or("any");
        (!steps.is_empty()).then(|| Case {
            id: CaseId(format!("{}::sampled::{how}::{name}", self.writes().slug)),
            says: format!("{says} over {of}"),
            origin: Origin::Sampled,
            atoms: vec![self.writes().atom_id("request::http")],
            source,
            steps,
            basis: Basis::Page,
            level: Level::Must,
            why: "Each answer follows from what was sent and accepted before".to_owned(),
        })
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
