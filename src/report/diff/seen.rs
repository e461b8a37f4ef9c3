//! What an exchange came to, without what differs between any two targets: identifiers, accounts,
//! times, texts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::kind::Came;
use crate::contract::constraint::kind;
use crate::contract::{Contract, Service, ShapeType};
use crate::judge::json::{self, Document};
use crate::judge::{error_type, not_implemented};
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

/// An exchange, ready to be compared.
#[derive(Debug)]
pub(super) struct Seen {
    pub(crate) came: Came,
    /// Status and error type, or why there is no answer.
    pub(crate) status: String,
    /// The media type of a body, without parameters, in small letters.
    pub(crate) media: Option<String>,
    pub(crate) body: Body,
}

/// The body of an answer, as far as it is compared: of a refusal it is not.
#[derive(Debug)]
pub(super) enum Body {
    /// A JSON object, by member.
    Object(BTreeMap<String, Member>),
    /// Something else, in a word; a refusal's body.
    Other(&'static str),
}

/// A member of an answer.
#[derive(Clone, Debug)]
pub(super) enum Member {
    /// Compared by its value, in which names stand for what is the target's own.
    Value(Value),
    /// Compared by its JSON type alone: a time, or what the contract does not know.
    Typed(&'static str),
    /// Mappings by the name that the case has for them; others are somebody else's.
    Entries(BTreeMap<String, BTreeMap<String, Member>>),
}

/// How answers of an operation are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(crate) service: &'a Service,
    /// The operation's contract, where there is one.
    pub(crate) contract: Option<&'a Contract>,
    /// The contract of a single resource, for those in lists.
    pub(crate) entry: Option<&'a Contract>,
    /// The member that tells resources apart.
    pub(crate) identity: Option<&'a str>,
    pub(crate) bindings: &'a Bindings,
}

impl Reader<'_> {
    pub(super) fn read(&self, exchange: &Exchange) -> Seen {
        let answer = match &exchange.outcome {
            Ok(answer) => answer,
            Err(silence) => {
                let status = silence.to_string();
                return Seen {
                    came: Came::Silent,
                    status,
                    media: None,
                    body: Body::Other("no answer"),
                };
            }
        };
        let came = match answer.status {
            _ if not_implemented(self.service, answer) => Came::NotImplemented,
            200..300 => Came::Accepted,
            500.. => Came::Failed,
            _ => Came::Refused,
        };
        let status = match error_type(self.service, answer) {
            Some(name) if came != Came::Accepted => format!("{} {name}", answer.status),
            _ => answer.status.to_string(),
        };
        let media = answer
            .header("content-type")
            .filter(|_| !answer.body.is_empty());
        let media = media.map(|m| {
            m.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        });
        let body = match came {
            Came::Accepted => self.body(&answer.body),
            _ => Body::Other("a refusal"),
        };
        Seen {
            came,
            status,
            media,
            body,
        }
    }

    fn body(&self, body: &[u8]) -> Body {
        if body.is_empty() {
            return Body::Other("empty");
        }
        let document = json::read(body);
        match (document.object(), &document) {
            (Some(object), _) => Body::Object(self.members(object, self.contract)),
            (None, Document::Broken(_)) => Body::Other("no JSON"),
            (None, _) => Body::Other("no JSON object"),
        }
    }

    fn members(
        &self,
        object: &Map<String, Value>,
        contract: Option<&Contract>,
    ) -> BTreeMap<String, Member> {
        // What is null is not there: AWS leaves out what the page shows as null.
        let there = object.iter().filter(|(_, value)| !value.is_null());
        there
            .map(|(name, value)| (name.clone(), self.member(name, value, contract)))
            .collect()
    }

    fn member(&self, name: &str, value: &Value, contract: Option<&Contract>) -> Member {
        let known = contract.and_then(|contract| Some((contract, contract.output_member(name)?)));
        let Some((contract, member)) = known else {
            return Member::Typed(kind::name(value));
        };
        if contract.resolve(&member.shape).kind == ShapeType::Timestamp {
            return Member::Typed(kind::name(value));
        }
        if let (Value::Array(entries), Some(identity)) = (value, self.identity)
            && entries.iter().any(|entry| entry.get(identity).is_some())
        {
            return Member::Entries(
                entries
                    .iter()
                    .filter_map(|entry| self.entry(identity, entry))
                    .collect(),
            );
        }

        // An identity may be too short to be told from a text that holds it by chance.
        if self.identity == Some(name)
            && let Some(bound) = self.bound(value)
        {
            return Member::Value(bound);
        }
        Member::Value(self.named(value))
    }

    /// The name of the resource that has this identity.
    fn bound(&self, identity: &Value) -> Option<Value> {
        let identity = identity.as_str()?;
        let mut all = self.bindings.iter();
        let (name, _) = all.find(|(_, value)| *value == identity)?;
        Some(Value::String(format!("${{{name}}}")))
    }

    /// A resource of a list, if it is one that the case knows.
    fn entry(&self, identity: &str, entry: &Value) -> Option<(String, BTreeMap<String, Member>)> {
        let object = entry.as_object()?;
        let id = object.get(identity)?.as_str()?;
        let (name, _) = self
            .bindings
            .iter()
            .find(|(_, value)| value.eq_ignore_ascii_case(id))?;
        Some((name.to_owned(), self.members(object, self.entry)))
    }

    /// The value with names for what is the target's own.
    fn named(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let named = self.bindings.named(text);
                let worker = self.bindings.get("worker").unwrap_or_default();
                Value::String(nameless(&without_worker(&named, worker)))
            }
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.named(item)).collect())
            }
            Value::Object(object) => Value::Object(
                object
                    .iter()
                    .map(|(name, value)| (name.clone(), self.named(value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }
}

/// The text with a name for the number of the worker, where it stands in what we made: behind the
/// token of the run, and as a number of its own. Another run may fire the case on another worker.
fn without_worker(named: &str, worker: &str) -> String {
    const RUN: &str = "${run}";
    let Some((before, ours)) = named.split_once(RUN) else {
        return named.to_owned();
    };
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let alone = ours.match_indices(worker).find(|(at, number)| {
        let (left, right) = (&ours[..*at], &ours[at + number.len()..]);
        !number.is_empty() && !is_digit(left.chars().next_back()) && !is_digit(right.chars().next())
    });
    match alone {
        Some((at, _)) => {
            let (left, right) = (&ours[..at], &ours[at + worker.len()..]);
            format!("{before}{RUN}{left}${{worker}}{right}")
        }
        None => named.to_owned(),
    }
}

/// The text with every UUID that the case has no name for as one: a resource that was made anew has
/// another.
fn nameless(text: &str) -> String {
    static UUID: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new("(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").ok());
    match &*UUID {
        Some(uuid) => uuid.replace_all(text, "(a UUID)").into_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_worker;

    #[test]
    fn a_worker_is_told_by_its_number_behind_the_token() {
        let cases = [
            ("proofmark-${run}-12", "12", "proofmark-${run}-${worker}"),
            (
                "proofmark-${run}-p12-a",
                "12",
                "proofmark-${run}-p${worker}-a",
            ),
            ("proofmark-${run}-112", "12", "proofmark-${run}-112"),
            ("12", "12", "12"),
            ("proofmark-${run}-12", "", "proofmark-${run}-12"),
        ];
        for (text, worker, expected) in cases {
            assert_eq!(without_worker(text, worker), expected, "{text}");
        }
    }
}
