//! The members of a contract in requests and answers: from the head, the body and the status to
//! values, by the names that the contract gives them.

mod text;

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use self::text::{fields, parameters, prefixed, value_of};
use super::exchange::json::{self, Document};
use super::exchange::{Answer, Exchange, Request};
use crate::contract::{AnswerLocation, Contract, Location, Presence, Shape, ShapeType};
use crate::support::percent::percent_encode;

/// The members that a request sends, but for the labels of its path. What is `null` is not sent.
pub(crate) fn sent(contract: &Contract, request: &Request) -> Map<String, Value> {
    let mut sent = Map::new();
    if let Some(payload) = contract.payload() {
        let value = whole(contract, &payload.shape, &request.body);
        sent.extend(value.map(|value| (payload.name.clone(), value)));
    } else if let Document::Value(Value::Object(document)) = json::read(&request.body) {
        // A member that stands twice has no one value.
        let known = |name: &str| {
            let member = contract.member(name);
            member.is_some_and(|m| m.location == Location::Body)
        };
        let members = contract
            .members_in(Cow::Owned(document))
            .into_owned()
            .into_iter();
        sent.extend(members.filter(|(name, value)| !value.is_null() && known(name)));
    }

    for member in &contract.input {
        let texts = match member.location {
            Location::Query => parameters(&request.path, &member.wire_name),
            Location::Header => fields(&request.headers, &member.wire_name),
            Location::PrefixHeaders => {
                let fields = prefixed(&request.headers, &member.wire_name);
                if !fields.is_empty() {
                    sent.insert(member.name.clone(), Value::Object(fields));
                }
                continue;
            }
            Location::Label | Location::Body | Location::Payload => continue,
        };
        if let Some(value) = value_of(contract, &member.shape, &texts, member.location) {
            sent.insert(member.name.clone(), value);
        }
    }
    sent
}

/// The members that the answer of an exchange shows, read as that of a success.
pub(crate) fn shown<'e>(
    contract: &Contract,
    exchange: &'e Exchange,
) -> Option<Cow<'e, Map<String, Value>>> {
    let answer = exchange.answer()?;
    answered(contract, answer, Some(answer.body.document()))
}

/// The members of a successful answer, whose body is that document where it is one. None where the
/// body should show members and is no document.
pub(crate) fn answered<'e>(
    contract: &Contract,
    answer: &'e Answer,
    document: Option<&'e Document>,
) -> Option<Cow<'e, Map<String, Value>>> {
    let (shown, is_broken) = match document {
        Some(Document::Broken(_)) => (None, true),
        other => (other, false),
    };
    if contract.answers_plainly() {
        let object = shown?.object();
        return Some(object.map_or_else(Cow::default, Cow::Borrowed));
    }
    let is_unread = shown.is_none() && !answer.body.is_empty();
    if contract.answers_document() && (is_broken || is_unread) {
        return None;
    }

    let mut members = Map::new();
    let object = shown.and_then(Document::object);
    for member in &contract.output {
        let value = match member.location {
            AnswerLocation::Body => object.and_then(|o| o.get(&member.wire_name)).cloned(),
            AnswerLocation::StatusCode => Some(answer.status.into()),
            AnswerLocation::Header => {
                let texts = fields(&answer.headers, &member.wire_name);
                value_of(contract, &member.shape, &texts, Location::Header)
            }
            AnswerLocation::PrefixHeaders => {
                let fields = prefixed(&answer.headers, &member.wire_name);
                (!fields.is_empty()).then_some(Value::Object(fields))
            }
            AnswerLocation::Payload => match contract.resolve(&member.shape).kind {
                kind if kind.is_document() => shown.and_then(Document::value).cloned(),
                // No bytes are a value too, where there is always one.
                _ if answer.body.is_empty() && member.presence == Presence::Optional => None,
                kind => Some(opaque(kind, &answer.body)),
            },
        };
        members.extend(value.map(|value| (member.name.clone(), value)));
    }
    Some(Cow::Owned(members))
}

/// A body that is one value. None where nothing was sent, or no document where one is due.
fn whole(contract: &Contract, shape: &Shape, body: &[u8]) -> Option<Value> {
    match contract.resolve(shape).kind {
        _ if body.is_empty() => None,
        kind if kind.is_document() => match json::read(body) {
            Document::Value(value) => Some(value),
            Document::Twice { .. } | Document::Broken(_) => None,
        },
        kind => Some(opaque(kind, body)),
    }
}

/// Bytes as a value: files and documents show those of a blob in base64.
fn opaque(kind: ShapeType, body: &[u8]) -> Value {
    match kind {
        ShapeType::Blob => BASE64_STANDARD.encode(body).into(),
        _ => String::from_utf8_lossy(body).into(),
    }
}

/// The request with that value for a member, which it does not send. None where the member is a
/// label, or the body is no document.
pub(crate) fn with(
    contract: &Contract,
    request: &Request,
    name: &str,
    value: &Value,
) -> Option<Request> {
    let member = contract.member(name)?;
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let mut request = request.clone();
    match member.location {
        Location::Query => {
            let separator = if request.path.contains('?') { '&' } else { '?' };
            let (name, value) = (percent_encode(&member.wire_name), percent_encode(&text));
            request.path.push_str(&format!("{separator}{name}={value}"));
        }
        Location::Header => request.headers.push((member.wire_name.clone(), text)),
        Location::Body => {
            let mut document = json::read(&request.body).into_object()?;
            document.insert(member.wire_name.clone(), value.clone());
            request.body = Value::Object(document).to_string().into();
        }
        Location::Label | Location::PrefixHeaders | Location::Payload => return None,
    }
    Some(request)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::load_operation;
    use crate::support::files::Source;

    const TEXT: &str = r#"
operation = "Op"
revision = "r"
source = "S"
[http]
method = "PUT"
uri = "/x/{Key+}?list-type=2"
code = 200
section = "s"
[input.Key]
location = "label"
type = "string"
required = true
[input.Tags]
location = "query"
name = "tag"
target = "Words"
[input.Limit]
location = "query"
name = "max items"
type = "integer"
[input.Since]
location = "header"
name = "X-Since"
type = "timestamp"
[input.Meta]
location = "prefix-headers"
name = "X-Meta-"
target = "Texts"
[input.Colour]
name = "colour"
type = "string"
[output.Status]
presence = "always"
location = "status-code"
type = "integer"
[output.Count]
presence = "always"
location = "header"
name = "X-Count"
type = "integer"
[output.Dates]
presence = "optional"
location = "header"
name = "X-Dates"
target = "Times"
[output.Meta]
presence = "optional"
location = "prefix-headers"
name = "X-Meta-"
target = "Texts"
[output.Colour]
presence = "optional"
name = "colour"
type = "string"
[shape.Words]
type = "list"
member = { type = "string" }
[shape.Times]
type = "list"
member = { type = "timestamp" }
[shape.Texts]
type = "map"
key = { type = "string" }
value = { type = "string" }
"#;

    fn contract(text: &str) -> Contract {
        let service = crate::harness::testing::plan().service.clone();
        let file = Source {
            name: "contract.toml".to_owned(),
            text: text.to_owned(),
        };
        load_operation(&file, "op", &service).expect("a contract")
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_request_is_taken_apart() {
        let request = Request {
            path: "/x/a/b?list-type=2&tag=a%2Cb&tag=c&max%20items=7".to_owned(),
            headers: vec![
                header("x-since", "Tue, 14 Nov 2023 22:13:20 GMT"),
                header("X-META-Size", "XL"),
            ],
            body: r#"{"colour": "red", "Colour": "blue", "Other": 1}"#.into(),
            ..Request::default()
        };
        let sent = Value::Object(sent(&contract(TEXT), &request));
        let expected = json!({
            "Colour": "red", "Tags": ["a,b", "c"], "Limit": 7,
            "Since": "Tue, 14 Nov 2023 22:13:20 GMT", "Meta": {"size": "XL"},
        });
        assert_eq!(sent, expected);
    }

    fn shown(contract: &Contract, headers: &[(&str, &str)], body: &str) -> Option<Value> {
        let answer = Answer {
            status: 200,
            headers: headers.iter().map(|(n, v)| header(n, v)).collect(),
            body: body.to_owned().into(),
        };
        let document = (!body.is_empty()).then(|| answer.body.document());
        let members = answered(contract, &answer, document)?;
        Some(Value::Object(members.into_owned()))
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let contract = contract(TEXT);
        let dates = "Tue, 14 Nov 2023 22:13:20 GMT, Thu, 29 Feb 2024 12:00:00 GMT";
        let headers = [("x-count", "12"), ("X-Dates", dates), ("x-meta-size", "XL")];
        let expected = json!({
            "Status": 200, "Count": 12,
            "Dates": ["Tue, 14 Nov 2023 22:13:20 GMT", "Thu, 29 Feb 2024 12:00:00 GMT"],
            "Meta": {"size": "XL"}, "Colour": "red",
        });
        let found = shown(&contract, &headers, r#"{"colour": "red", "Count": 3}"#);
        assert_eq!(found, Some(expected));

        // What is no number stays a text, so that its type is wrong.
        let expected = json!({"Status": 200, "Count": "many"});
        assert_eq!(
            shown(&contract, &[("X-Count", "many")], "{}"),
            Some(expected)
        );
        assert_eq!(shown(&contract, &[], "no document"), None);
    }

    #[test]
    fn a_member_is_added_to_a_request() {
        let contract = contract(TEXT);
        let request = Request {
            path: "/x/a?list-type=2".to_owned(),
            body: "{}".into(),
            ..Request::default()
        };
        let add = |name: &str, value: Value| with(&contract, &request, name, &value);
        let limit = add("Limit", json!(7)).map(|r| r.path);
        assert_eq!(limit.as_deref(), Some("/x/a?list-type=2&max%20items=7"));
        let since = add("Since", json!("now")).map(|r| r.headers);
        assert_eq!(since, Some(vec![header("X-Since", "now")]));
        let colour = add("Colour", json!("red")).map(|r| r.body);
        assert_eq!(colour.as_deref(), Some(&br#"{"colour":"red"}"#[..]));
        assert_eq!(add("Key", json!("b")), None);
    }

    #[test]
    fn a_body_is_one_member() {
        let of = |kind: &str| {
            let (head, shapes) = (
                TEXT.split("[input.Key]").next().unwrap_or_default(),
                "[shape.Words]\ntype = \"list\"\nmember = { type = \"string\" }\n",
            );
            let shapes = if kind.starts_with("target") {
                shapes
            } else {
                ""
            };
            let head = head.replace("{Key+}", "y");
            contract(&format!(
                "{head}[output.Whole]\npresence = \"always\"\nlocation = \"payload\"\n{kind}\n{shapes}"
            ))
        };
        for (kind, body, value) in [
            ("type = \"blob\"", "abc", json!("YWJj")),
            ("type = \"string\"", "{}", json!("{}")),
            ("target = \"Words\"", "[\"a\"]", json!(["a"])),
            ("type = \"structure\"", "{\"a\": 1}", json!({"a": 1})),
        ] {
            let found = shown(&of(kind), &[], body);
            assert_eq!(found, Some(json!({ "Whole": value })), "{kind}");
        }
    }
}
