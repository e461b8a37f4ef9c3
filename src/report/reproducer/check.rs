//! What the answer that shows a finding must be.

use serde_json::{Map, Value};

use crate::contract::{Service, StatusMatch};
use crate::judge::error_type;
use crate::judge::json::{Document, compare, read, same};
use crate::support::template::{Bindings, in_json};
use crate::wire::exchange::{Answer, Exchange};

/// A condition on an answer. Every one of them wants a complete answer with a status below 500 as
/// well.
///
/// Members are those of the answer's body; values are templates of JSON texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// No more than that.
    Answered,
    /// A status of 200 to 299.
    Accepted,
    /// Another status.
    NotAccepted,
    Status(u16),
    /// A refusal by one of these statuses and error types; by any type where none is named.
    Refused(Vec<(StatusMatch, Option<String>)>),
    /// Anything but such a refusal.
    NotRefused(Vec<(StatusMatch, Option<String>)>),
    /// If the answer names that error type, it has that status.
    StatusOf(String, u16),
    /// The answer names an error type.
    Typed,
    /// Its content type is one of these, whatever follows a semicolon.
    Media(Vec<String>),
    /// It has no content coding.
    Plain,
    /// Its body is one JSON document in which no member stands twice.
    Document,
    /// It has the member, and not as null.
    Has(String),
    /// It has not, or as null.
    HasNot(String),
    /// The member has that value.
    Is(String, String),
    /// The member is a text that ends with that one, a template.
    EndsWith(String, String),
    /// The member is one of these texts.
    OneOf(String, Vec<String>),
    /// The member is none of these texts.
    NoneOf(String, Vec<String>),
    /// The member is of the type that JSON calls so.
    Type(String, &'static str),
    /// The member is a number from, and to.
    Between(String, i64, i64),
    /// The member is as it was in the answer that was kept.
    Kept(String),
    /// The list has so many entries in which the member is that text, a template.
    Entries {
        /// The member that holds the list.
        list: String,
        /// The member of its entries.
        member: String,
        value: String,
        /// How many.
        count: usize,
    },
}

impl Check {
    /// Whether the exchange fulfils it. `kept`: the value that a step kept.
    pub(crate) fn holds(
        &self,
        service: &Service,
        exchange: &Exchange,
        bindings: &Bindings,
        kept: Option<&Value>,
    ) -> bool {
        let Some(answer) = exchange.answer().filter(|a| a.status < 500) else {
            return false;
        };
        let document = read(&answer.body);
        let object = document.object().cloned().unwrap_or_default();

        match self {
            Self::Answered => true,
            Self::Accepted => exchange.accepted(),
            Self::NotAccepted => !exchange.accepted(),
            Self::Status(status) => answer.status == *status,
            Self::Refused(family) => admits(family, service, answer),
            Self::NotRefused(family) => !admits(family, service, answer),
            Self::StatusOf(name, status) => {
                answer.status == *status || error_type(service, answer).as_deref() != Some(name)
            }
            Self::Typed => error_type(service, answer).is_some(),
            Self::Media(known) => {
                let media = answer
                    .header("content-type")
                    .and_then(|h| h.split(';').next());
                media.is_some_and(|m| known.iter().any(|k| k.eq_ignore_ascii_case(m.trim())))
            }
            Self::Plain => answer
                .header("content-encoding")
                .is_none_or(|c| c.eq_ignore_ascii_case("identity")),
            Self::Document => matches!(document, Document::Value(_)),
            Self::Has(member) => object.get(member).is_some_and(|v| !v.is_null()),
            Self::HasNot(member) => object.get(member).is_none_or(Value::is_null),
            Self::Is(member, template) => {
                let wanted = bindings
                    .fill_with(template, in_json)
                    .ok()
                    .and_then(|t| serde_json::from_str::<Value>(&t).ok());
                wanted
                    .is_some_and(|wanted| same(&wanted, object.get(member).unwrap_or(&Value::Null)))
            }
            Self::EndsWith(member, template) => bindings
                .fill(template)
                .is_ok_and(|end| text(&object, member).is_some_and(|t| t.ends_with(&end))),
            Self::OneOf(member, values) => {
                text(&object, member).is_some_and(|t| values.iter().any(|v| v == t))
            }
            Self::NoneOf(member, values) => {
                !text(&object, member).is_some_and(|t| values.iter().any(|v| v == t))
            }
            Self::Type(member, kind) => object.get(member).is_some_and(|v| json_type(v) == *kind),
            Self::Between(member, least, most) => object
                .get(member)
                .and_then(Value::as_number)
                .is_some_and(|n| {
                    let than = |bound: &i64| compare(n.as_str(), &bound.to_string());
                    than(least).is_some_and(std::cmp::Ordering::is_ge)
                        && than(most).is_some_and(std::cmp::Ordering::is_le)
                }),
            Self::Kept(member) => {
                kept.is_some_and(|k| same(k, object.get(member).unwrap_or(&Value::Null)))
            }
            Self::Entries {
                list,
                member,
                value,
                count,
            } => {
                let Ok(value) = bindings.fill(value) else {
                    return false;
                };
                let entries = object.get(list).and_then(Value::as_array);
                let of_it = |e: &&Value| e.get(member).and_then(Value::as_str) == Some(&value);
                entries.is_some_and(|e| e.iter().filter(of_it).count() == *count)
            }
        }
    }

    /// The templates that it fills in.
    pub(super) fn templates(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Is(_, template)
            | Self::EndsWith(_, template)
            | Self::Entries {
                value: template, ..
            } => Some(template.as_str()),
            _ => None,
        };
        template.into_iter()
    }
}

/// The name of a value's JSON type.
pub(super) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn text<'a>(object: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    object.get(member)?.as_str()
}

fn admits(family: &[(StatusMatch, Option<String>)], service: &Service, answer: &Answer) -> bool {
    let named = error_type(service, answer);
    family
        .iter()
        .any(|(status, error)| status.admits(answer.status) && (error.is_none() || *error == named))
}
