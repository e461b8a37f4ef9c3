//! A proposed request, and what the oracle makes of it.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::shape::overflows;
use crate::contract::constraint::Zone;
use crate::contract::oracle::Oracle;
use crate::contract::{AtomId, Location, Member, ShapeType};
use crate::plan::case::{BodyDraft, Case, Draft, Expect, PathDraft, TOKEN};
use crate::plan::fixture::OperationBinding;
use crate::support::percent::percent_encode;
use crate::support::template::{Bindings, TemplateError};

/// What is needed to derive the cases of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generator<'a> {
    /// The contract and its other readings.
    pub(crate) oracle: Oracle<'a>,
    /// What is known to be good on the target.
    pub(crate) binding: &'a OperationBinding,
    /// Bindings of the right shape: to check offline what will be sent.
    pub(crate) sample: &'a Bindings,
}

/// What the oracle makes of a proposed body.
pub(super) enum Worth {
    Valid,
    Breaks {
        atom: AtomId,
        class: &'static str,
    },
    Differs {
        atom: AtomId,
        class: &'static str,
        why: &'static str,
    },
    Useless,
}

/// What a body that somebody else made up breaks.
pub(crate) enum Breaks {
    /// Nothing, under any reading.
    Nothing,
    /// One promise, under every reading.
    One {
        /// The promise.
        atom: AtomId,
        /// The class of violation.
        class: &'static str,
    },
    /// Readings differ, or it breaks more than one.
    Unclear,
}

impl<'a> Generator<'a> {
    /// A request of the operation with those members of its head, and that body.
    fn draft(&self, head: &Map<String, Value>, body: BodyDraft) -> Draft {
        let contract = self.oracle.contract;
        let (mut uri, mut labels) = (contract.http.uri.clone(), self.binding.label.clone());
        let mut headers: Vec<(String, String)> = Vec::new();
        headers.extend(self.content_type(&body));

        for (name, value) in head {
            let Some(member) = contract.member(name) else {
                continue;
            };
            match member.location {
                Location::Header => {
                    let words = as_words(value);
                    if !words.is_empty() {
                        // A member may say the content type.
                        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(&member.wire_name));
                        headers.push((member.wire_name.clone(), words.join(", ")));
                    }
                }
                Location::PrefixHeaders => {
                    for (key, text) in value.as_object().into_iter().flatten() {
                        let field = format!("{}{key}", member.wire_name);
                        headers.extend(as_text(text).map(|text| (field, text)));
                    }
                }
                // A parameter of the query is filled in, and encoded, as a label is.
                Location::Query => {
                    let words = as_words(value);
                    let many = value.is_array();
                    for (place, text) in words.into_iter().enumerate() {
                        let label = match many {
                            true => format!("{name}.{place}"),
                            false => name.clone(),
                        };
                        let separator = if uri.contains('?') { '&' } else { '?' };
                        let parameter = percent_encode(&member.wire_name);
                        uri.push_str(&format!("{separator}{parameter}={{{label}}}"));
                        labels.insert(label, text);
                    }
                }
                Location::Label => {
                    if let Some(text) = as_text(value) {
                        labels.insert(name.clone(), text);
                    }
                }
                Location::Body | Location::Payload => {}
            }
        }

        Draft {
            method: contract.http.method.clone(),
            path: PathDraft::Labels { uri, labels },
            headers,
            body,
            raw: None,
        }
    }

    /// The header field that says what a body is.
    fn content_type(&self, body: &BodyDraft) -> Option<(String, String)> {
        let contract = self.oracle.contract;
        let opaque = contract
            .payload()
            .map(|payload| contract.resolve(&payload.shape).kind)
            .filter(|kind| !kind.is_document());
        let media = match opaque {
            _ if *body == BodyDraft::None => return None,
            None => &self.oracle.service.protocol.content_type,
            Some(ShapeType::Blob) => "application/octet-stream",
            Some(_) => "text/plain",
        };
        Some(("content-type".to_owned(), media.to_owned()))
    }

    /// The body that these members make.
    fn body(&self, members: Map<String, Value>) -> BodyDraft {
        let contract = self.oracle.contract;
        if contract.has_document() {
            let document = contract.document_of(members);
            return document.map_or(BodyDraft::None, |d| BodyDraft::Text(d.to_string()));
        }
        let Some(payload) = contract.payload() else {
            return BodyDraft::None;
        };
        let Some(Value::String(text)) = members.get(&payload.name) else {
            return BodyDraft::None;
        };
        match contract.resolve(&payload.shape).kind {
            // As in JSON, base64 stands for bytes.
            ShapeType::Blob => match BASE64_STANDARD.decode(text) {
                Ok(bytes) => BodyDraft::of(&bytes),
                Err(_) => BodyDraft::Text(text.clone()),
            },
            _ => BodyDraft::Text(text.clone()),
        }
    }

    /// The valid request that most cases begin with.
    pub(crate) fn usual(&self) -> Draft {
        let given = self.given();
        let whole = self.with_token(Cow::Borrowed(&given));
        let (head, body) = self.parted(&whole);
        // The text of the file is sent as it stands, where all of it is the body.
        let contract = self.oracle.contract;
        let is_body = head.is_empty() && matches!(whole, Cow::Borrowed(_));
        let as_it_is = contract.payload().is_none()
            && matches!(contract.members_in(Cow::Borrowed(&body)), Cow::Borrowed(_));
        let body = match is_body && as_it_is && contract.has_document() {
            true => BodyDraft::Text(self.binding.given.clone()),
            false => self.body(body),
        };
        self.draft(&head, body)
    }

    /// The members of the head of a request, and those of its body.
    fn parted(&self, members: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
        let of_head = |(name, _): &(String, Value)| {
            let member = self.oracle.contract.member(name);
            member.is_some_and(|m| m.location.is_text())
        };
        members.clone().into_iter().partition(of_head)
    }

    /// The members as one request.
    fn drafted(&self, members: &Map<String, Value>) -> Draft {
        let (head, body) = self.parted(members);
        self.draft(&head, self.body(body))
    }

    /// A request of the operation with that member, and those that none may lack.
    pub(super) fn update_of(&self, member: &str, value: Value) -> Draft {
        self.request(&Map::from_iter([(member.to_owned(), value)]))
    }

    /// A request of the operation with those members, and with those that none may lack.
    pub(crate) fn request(&self, members: &Map<String, Value>) -> Draft {
        self.drafted(&self.complete(members))
    }

    /// The same without that member, whatever it is.
    pub(super) fn request_without(&self, members: &Map<String, Value>, member: &str) -> Draft {
        let mut members = self.complete(members).into_owned();
        members.shift_remove(member);
        self.drafted(&members)
    }

    /// The usual request without that member.
    pub(super) fn without(&self, member: &str) -> Draft {
        let mut members = self.with_token(Cow::Owned(self.given())).into_owned();
        members.shift_remove(member);
        self.drafted(&members)
    }

    /// The members that a request sends in its body, by their names.
    pub(crate) fn members_of(&self, request: &Draft) -> Option<Map<String, Value>> {
        let document = Cow::Owned(request.members()?);
        Some(self.oracle.contract.members_in(document).into_owned())
    }

    /// With a value for the token that tells requests apart, where there is none.
    pub(crate) fn with_token<'m>(
        &self,
        members: Cow<'m, Map<String, Value>>,
    ) -> Cow<'m, Map<String, Value>> {
        match self.oracle.contract.token() {
            Some(token) if !members.contains_key(&token.name) => {
                let mut whole = members.into_owned();
                whole.insert(token.name.clone(), format!("${{{TOKEN}}}").into());
                Cow::Owned(whole)
            }
            _ => members,
        }
    }

    /// The members, and those that no request may lack besides, as they are in the state most cases
    /// start from.
    pub(super) fn complete<'m>(
        &self,
        members: &'m Map<String, Value>,
    ) -> Cow<'m, Map<String, Value>> {
        let lacks = |m: &&Member| {
            m.required && m.location != Location::Label && !members.contains_key(&m.name)
        };
        let mut lacking = self.oracle.contract.input.iter().filter(lacks).peekable();
        if lacking.peek().is_none() {
            return self.with_token(Cow::Borrowed(members));
        }
        let (given, mut whole) = (self.given(), members.clone());
        whole.extend(lacking.filter_map(|m| Some((m.name.clone(), given.get(&m.name)?.clone()))));
        self.with_token(Cow::Owned(whole))
    }

    /// The state most cases start from, as members.
    pub(crate) fn given(&self) -> Map<String, Value> {
        serde_json::from_str(&self.binding.given).unwrap_or_default()
    }

    /// The values known to be good for a member, as templates in JSON.
    pub(super) fn good(&self, member: &str) -> Vec<Value> {
        let texts = self
            .binding
            .values
            .get(member)
            .map(Vec::as_slice)
            .unwrap_or_default();
        texts
            .iter()
            .filter_map(|text| serde_json::from_str(text).ok())
            .collect()
    }

    /// A value for the member that the target must accept, other than `value` and other than the
    /// given state's.
    pub(super) fn another(&self, member: &str, value: &Value) -> Value {
        let given = self.given();
        let mut good = self.good(member);
        good.extend(given.get(member).cloned());
        good.into_iter().find(|v| v != value).unwrap_or(Value::Null)
    }

    /// What a valid request of those members is about: the promise of a form of a name, where one
    /// says so, and then `atom`.
    pub(super) fn about(&self, members: &Map<String, Value>, atom: &str) -> Vec<AtomId> {
        let contract = self.oracle.contract;
        let named = members.iter().find_map(|(member, value)| {
            let reference = self.binding.reference.get(member)?;
            let (form, _) = reference
                .bases
                .iter()
                .find(|(_, base)| value.as_str() == Some(base.as_str()))?;
            Some(contract.atom(reference.promises.get(form)?)?.id.clone())
        });
        named.into_iter().chain([contract.atom_id(atom)]).collect()
    }

    /// What a valid request is about once members were taken away: without a name, no form of it.
    pub(crate) fn about_now(&self, case: &Case) -> Vec<AtomId> {
        let members = case.request().and_then(|request| self.members_of(request));
        let (Expect::Accept, Some(members), Some(last)) =
            (case.expect(), members, case.atoms.last())
        else {
            return case.atoms.clone();
        };
        self.about(&members, last.path())
    }

    /// What a [request](Self::request) of these members is worth.
    pub(super) fn weigh(&self, members: &Map<String, Value>) -> Worth {
        self.weigh_whole(&self.complete(members))
    }

    pub(super) fn weigh_whole(&self, members: &Map<String, Value>) -> Worth {
        let Ok(members) = self.filled(members) else {
            return Worth::Useless;
        };
        let mut violations = self.oracle.violations_anywhere(&members);
        let Some(one) = violations.pop() else {
            return Worth::Valid;
        };
        let Some(atom) = self.oracle.contract.atom(&one.atom) else {
            return Worth::Useless;
        };

        match (violations.is_empty(), one.zone) {
            (true, Zone::Invalid) => Worth::Breaks {
                atom: atom.id.clone(),
                class: one.class,
            },
            (true, Zone::Depends(why)) => Worth::Differs {
                atom: atom.id.clone(),
                class: one.class,
                why,
            },
            _ => Worth::Useless,
        }
    }

    /// What these members break, with the class that a number too large for its type is refused
    /// for.
    pub(crate) fn breaks(&self, members: &Map<String, Value>) -> Breaks {
        match self.weigh_whole(members) {
            Worth::Valid => Breaks::Nothing,
            Worth::Breaks { atom, class } => {
                let contract = self.oracle.contract;
                let too_large = members.iter().any(|(name, value)| {
                    contract
                        .member(name)
                        .is_some_and(|m| overflows(contract.resolve(&m.shape).kind, value))
                });
                Breaks::One {
                    atom,
                    class: if too_large { "overflow" } else { class },
                }
            }
            Worth::Differs { .. } | Worth::Useless => Breaks::Unclear,
        }
    }

    /// Members as they will be sent, with the sample bindings in their texts.
    pub(crate) fn filled(
        &self,
        members: &Map<String, Value>,
    ) -> Result<Map<String, Value>, TemplateError> {
        let pair = |(name, value): (&String, &Value)| {
            Ok((self.sample.fill(name)?, self.filled_value(value)?))
        };
        members.iter().map(pair).collect()
    }

    pub(super) fn filled_value(&self, value: &Value) -> Result<Value, TemplateError> {
        Ok(match value {
            Value::String(text) => Value::String(self.sample.fill(text)?),
            Value::Array(elements) => Value::Array(
                elements
                    .iter()
                    .map(|element| self.filled_value(element))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Value::Object(self.filled(members)?),
            other => other.clone(),
        })
    }
}

/// A value as words of the head of a request: of a list each element is one.
fn as_words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(elements) => elements.iter().filter_map(as_text).collect(),
        other => as_text(other).into_iter().collect(),
    }
}

/// A value as one word of the head of a request. `None` for what has no such form.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
