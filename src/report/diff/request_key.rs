//! What a request asks, as far as one request can be a part of another.

use serde_json::{Map, Value};

use crate::judge::json::{self, Document};
use crate::plan::case::{BodyDraft, Case, Draft, PathDraft, Purpose, Step, UNKNOWN};
use crate::support::template::Bindings;
use crate::wire::exchange::Framing;

/// A request, ready to be held against others.
#[derive(Clone, Debug)]
pub(super) struct RequestKey {
    method: String,
    /// The request target; none for that of the resource under test.
    path: Option<PathDraft>,
    headers: Vec<(String, String)>,
    raw: Option<Framing>,
    /// The body, as a template; none where it is no text.
    text: Option<String>,
    /// The members of the body, where it is an object.
    members: Map<String, Value>,
    /// Whether there is a body that is none.
    no_object: bool,
    /// How large the body is, in bytes.
    size: usize,
}

impl RequestKey {
    /// What a step of the case asks of its target.
    pub(super) fn of(case: &Case, step: &Step) -> Self {
        let draft = &step.request;
        let own = match step.purpose {
            Purpose::Part => step.on.is_some() && step.refused() != Some(UNKNOWN),
            _ => case.given().is_none_or(|given| given.path == draft.path),
        };
        Self::new(draft, own && matches!(draft.path, PathDraft::Labels { .. }))
    }

    fn new(draft: &Draft, own: bool) -> Self {
        let text = match &draft.body {
            BodyDraft::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };

        // What stands for a long text may be no JSON before it is filled in.
        let (members, no_object) = match &draft.body {
            BodyDraft::Text(text) => match json::read(text.as_bytes()) {
                Document::Value(Value::Object(members)) => (members, false),
                Document::Twice { .. } => (Map::new(), false),
                Document::Value(_) => (Map::new(), true),
                Document::Broken(_) => (
                    Map::new(),
                    !Bindings::default()
                        .fill(text)
                        .is_ok_and(|text| json::read(text.as_bytes()).object().is_some()),
                ),
            },
            BodyDraft::None => (Map::new(), false),
            BodyDraft::Bytes(_) => (Map::new(), true),
        };

        Self {
            method: draft.method.clone(),
            path: (!own).then(|| draft.path.clone()),
            headers: draft.headers.clone(),
            raw: draft.raw,
            text,
            members,
            no_object,
            size: draft.size(),
        }
    }

    /// What asks nothing.
    pub(super) fn nothing() -> Self {
        Self {
            method: String::new(),
            path: None,
            headers: Vec::new(),
            raw: None,
            text: None,
            members: Map::new(),
            no_object: false,
            size: 0,
        }
    }

    /// How large its body is, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether it is written as clients write it: through the usual path, with no framing of our
    /// own.
    pub(super) fn is_plain(&self) -> bool {
        self.path.is_none() && self.raw.is_none()
    }

    /// Whether the body names that member.
    pub(super) fn names(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }

    /// The members of the body, by name.
    pub(super) fn members(&self) -> impl Iterator<Item = &String> {
        self.members.keys()
    }

    /// The one member of the body that the control's has not, or not with this value, where they
    /// differ in nothing else.
    pub(super) fn differs_in(&self, control: &Self) -> Option<&String> {
        let same = (&self.path, &self.headers) == (&control.path, &control.headers);
        if !same && !control.method.is_empty() {
            return None;
        }
        let mut own = self
            .members
            .iter()
            .filter(|(name, value)| control.members.get(*name) != Some(value));
        own.next()
            .map(|(name, _)| name)
            .filter(|_| own.next().is_none())
    }

    /// Whether it has a body that is no JSON object, or none where the control has one.
    pub(super) fn is_no_object(&self, control: &Self) -> bool {
        let without = |asked: &Self| asked.text.is_none() && !asked.no_object;
        self.no_object || (self.method == control.method && without(self) && !without(control))
    }

    /// Whether it asks all that the other one does, and perhaps more.
    pub(super) fn contains(&self, other: &Self) -> bool {
        (&self.path, &self.headers, &self.raw) == (&other.path, &other.headers, &other.raw)
            && self.names_all_of(other)
    }

    /// Whether it sends all members that the other one does, with the same values, wherever it
    /// goes.
    pub(super) fn names_all_of(&self, other: &Self) -> bool {
        let member = |(name, value): (&String, &Value)| {
            self.members.get(name).is_some_and(|own| own == value)
        };
        self.method == other.method && !other.members.is_empty() && other.members.iter().all(member)
    }

    /// Whether it has the same body, which is no object with members.
    pub(super) fn has_body_of(&self, other: &Self) -> bool {
        self.members.is_empty() && self.text.is_some() && self.text == other.text
    }
}
