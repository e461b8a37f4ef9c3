//! From members to requests: each goes to its place, and those that none may lack are filled in.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::Generator;
use crate::contract::{Location, Member, ShapeType};
use crate::plan::case::{BodyDraft, Draft, PathDraft};
use crate::support::percent::percent_encode;

/// A member of a request: its name, and its value.
type Pair<'m> = (&'m String, &'m Value);

/// What stands before the body of a request.
struct Head {
    uri: String,
    labels: IndexMap<String, String>,
    headers: Vec<(String, String)>,
}

impl Generator<'_> {
    /// A request of the operation with those members of its head, and that body.
    fn draft(&self, members: &[Pair<'_>], body: BodyDraft) -> Draft {
        let contract = self.oracle.contract;
        let mut head = Head {
            uri: contract.http.uri.clone(),
            labels: self.binding.label.clone(),
            headers: self.content_type(&body).into_iter().collect(),
        };
        for (name, value) in members {
            if let Some(member) = contract.member(name) {
                head.add(member, value);
            }
        }

        let Head {
            uri,
            labels,
            headers,
        } = head;
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
    fn body(&self, members: &[Pair<'_>]) -> BodyDraft {
        let contract = self.oracle.contract;
        if contract.has_document() {
            let document = contract.document_text(members.iter().copied());
            return document.map_or(BodyDraft::None, BodyDraft::Text);
        }
        let Some(payload) = contract.payload() else {
            return BodyDraft::None;
        };
        let mut whole = members.iter().filter(|(name, _)| **name == payload.name);
        let Some((_, Value::String(text))) = whole.next() else {
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
        let whole = self.with_token(Cow::Borrowed(self.given()));
        let (head, body) = self.parted(whole.iter());
        // The text of the file is sent as it stands, where all of it is the body.
        let contract = self.oracle.contract;
        let is_body = head.is_empty() && matches!(whole, Cow::Borrowed(_));
        let as_it_is = contract.payload().is_none()
            && matches!(contract.members_in(Cow::Borrowed(&whole)), Cow::Borrowed(_));
        let body = match is_body && as_it_is && contract.has_document() {
            true => BodyDraft::Text(self.binding.given.clone()),
            false => self.body(&body),
        };
        self.draft(&head, body)
    }

    /// The members of the head of a request, and those of its body.
    fn parted<'m>(
        &self,
        members: impl Iterator<Item = Pair<'m>>,
    ) -> (Vec<Pair<'m>>, Vec<Pair<'m>>) {
        members.partition(|(name, _)| {
            let member = self.oracle.contract.member(name);
            member.is_some_and(|m| m.location.is_text())
        })
    }

    /// The members as one request.
    fn drafted<'m>(&self, members: impl Iterator<Item = Pair<'m>>) -> Draft {
        let (head, body) = self.parted(members);
        self.draft(&head, self.body(&body))
    }

    /// The members, and those that no request may lack besides.
    fn whole<'m>(&'m self, members: &'m Map<String, Value>) -> impl Iterator<Item = Pair<'m>> {
        let lacking = self.lacking(members);
        let token = self.token.iter().filter(|(token, _)| {
            !members.contains_key(token) && !lacking.iter().any(|(name, _)| *name == token)
        });
        let token: Vec<Pair<'m>> = token.map(|(name, value)| (name, value)).collect();
        members.iter().chain(lacking).chain(token)
    }

    /// Those that no request may lack, and that are not among the members, as they are in the state
    /// most cases start from.
    fn lacking<'m>(&'m self, members: &Map<String, Value>) -> Vec<Pair<'m>> {
        let lacking = self
            .needed
            .iter()
            .filter(|name| !members.contains_key(**name));
        lacking
            .filter_map(|name| self.given().get_key_value(*name))
            .collect()
    }

    /// A request of the operation with that member, and those that none may lack.
    pub(super) fn update_of(&self, member: &str, value: Value) -> Draft {
        self.request(&Map::from_iter([(member.to_owned(), value)]))
    }

    /// A request of the operation with those members, and with those that none may lack.
    pub(crate) fn request(&self, members: &Map<String, Value>) -> Draft {
        self.drafted(self.whole(members))
    }

    /// The same without that member, whatever it is.
    pub(super) fn request_without(&self, members: &Map<String, Value>, member: &str) -> Draft {
        self.drafted(self.whole(members).filter(|(name, _)| *name != member))
    }

    /// The usual request without that member.
    pub(super) fn without(&self, member: &str) -> Draft {
        let whole = self.with_token(Cow::Borrowed(self.given()));
        self.drafted(whole.iter().filter(|(name, _)| *name != member))
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
        match &self.token {
            Some((name, value)) if !members.contains_key(name) => {
                let mut whole = members.into_owned();
                whole.insert(name.clone(), value.clone());
                Cow::Owned(whole)
            }
            _ => members,
        }
    }

    /// Whether no request may lack the member.
    pub(super) fn needs(&self, member: &Member) -> bool {
        member.required || self.binding.needed.contains(&member.name)
    }

    /// The members, and those that no request may lack besides, as they are in the state most cases
    /// start from.
    pub(super) fn complete<'m>(
        &self,
        members: &'m Map<String, Value>,
    ) -> Cow<'m, Map<String, Value>> {
        let lacking = self.lacking(members);
        if lacking.is_empty() {
            return self.with_token(Cow::Borrowed(members));
        }
        let mut whole = members.clone();
        whole.extend(
            lacking
                .into_iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        self.with_token(Cow::Owned(whole))
    }
}

impl Head {
    /// Puts a member into its place.
    fn add(&mut self, member: &Member, value: &Value) {
        let name = &member.wire_name;
        match member.location {
            Location::Header => {
                let words = as_words(value);
                if !words.is_empty() {
                    // A member may say the content type.
                    self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
                    self.headers.push((name.clone(), words.join(", ")));
                }
            }
            Location::PrefixHeaders => {
                for (key, text) in value.as_object().into_iter().flatten() {
                    let field = format!("{name}{key}");
                    self.headers.extend(as_text(text).map(|text| (field, text)));
                }
            }
            Location::Query => self.add_parameters(member, value),
            Location::Label => {
                if let Some(text) = as_text(value) {
                    self.labels.insert(member.name.clone(), text);
                }
            }
            Location::Body | Location::Payload => {}
        }
    }

    /// A map has a parameter for each entry, a list one for each element.
    fn add_parameters(&mut self, member: &Member, value: &Value) {
        let pairs: Vec<(&str, String)> = match value {
            Value::Object(entries) => {
                let texts = entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), as_text(value)));
                texts.filter_map(|(key, text)| Some((key, text?))).collect()
            }
            _ => {
                let words = as_words(value).into_iter();
                words
                    .map(|text| (member.wire_name.as_str(), text))
                    .collect()
            }
        };

        let many = value.is_object() || value.is_array();
        for (place, (parameter, text)) in pairs.into_iter().enumerate() {
            // A parameter is filled in, and encoded, as a label is.
            let label = match many {
                true => format!("{}.{place}", member.name),
                false => member.name.clone(),
            };
            let separator = if self.uri.contains('?') { '&' } else { '?' };
            let parameter = percent_encode(parameter);
            self.uri
                .push_str(&format!("{separator}{parameter}={{{label}}}"));
            self.labels.insert(label, text);
        }
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
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
