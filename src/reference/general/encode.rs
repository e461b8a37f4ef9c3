//! From members to bytes: status, header fields and body of an answer.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::contract::{AnswerLocation, Contract, Service, ShapeType};
use crate::plan::generator::as_text;
use crate::reference::response::Response;

/// The answer to a request that was carried out, with these members.
pub(crate) fn success(
    service: &Service,
    contract: &Contract,
    members: &Map<String, Value>,
) -> Response {
    let mut response = Response::empty(contract.http.code);
    let mut document = Map::new();
    let mut whole = None;
    for member in &contract.output {
        let Some(value) = members.get(&member.name) else {
            continue;
        };
        let name = &member.wire_name;
        match member.location {
            AnswerLocation::Body => {
                document.insert(name.clone(), value.clone());
            }
            AnswerLocation::Header => {
                if let Some(text) = words(value) {
                    response.set_header(name, &text);
                }
            }
            AnswerLocation::PrefixHeaders => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if let Some(text) = as_text(value) {
                        response.set_header(&format!("{name}{key}"), &text);
                    }
                }
            }
            // The status is the documented one.
            AnswerLocation::StatusCode => {}
            AnswerLocation::Payload => whole = Some((contract.resolve(&member.shape).kind, value)),
        }
    }

    // An answer without content has no body, whatever its shape is.
    if matches!(contract.http.code, 204 | 205 | 304) {
        return response;
    }
    match whole {
        Some((kind, value)) if kind.is_document() => json(&mut response, service, value),
        Some((kind, value)) => {
            let text = value.as_str().unwrap_or_default();
            let bytes = match kind {
                ShapeType::Blob => BASE64_STANDARD.decode(text).ok(),
                _ => None,
            };
            response.body = bytes.unwrap_or_else(|| text.as_bytes().to_vec()).into();
            let is_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
            if !response.headers.iter().any(is_type) {
                response.set_header("content-type", "application/octet-stream");
            }
        }
        None if contract.answers_document() && contract.answered_payload().is_none() => {
            json(&mut response, service, &Value::Object(document));
        }
        None => {}
    }
    response
}

/// The answer that refuses a request: its error type stands where the protocol says.
pub(crate) fn refused(service: &Service, refusal: &Refusal) -> Response {
    let mut response = Response::empty(refusal.status);
    let protocol = &service.protocol;
    let mut document = Map::new();
    match (
        protocol.error_type_headers.first(),
        protocol.error_type_members.first(),
    ) {
        (Some(header), _) => response.set_header(header, &refusal.kind),
        (None, Some(member)) => {
            document.insert(member.clone(), refusal.kind.as_str().into());
        }
        (None, None) => {}
    }
    document.insert("message".to_owned(), refusal.message.as_str().into());
    json(&mut response, service, &Value::Object(document));
    response
}

fn json(response: &mut Response, service: &Service, document: &Value) {
    let media = service.protocol.answer_content_types.first();
    let media = media.map_or("application/json", String::as_str);
    response.body = document.to_string().into();
    response.set_header("content-type", media);
}

/// A value as the text of a header field.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Array(elements) => {
            let words: Vec<String> = elements.iter().filter_map(as_text).collect();
            (!words.is_empty()).then(|| words.join(", "))
        }
        other => as_text(other),
    }
}
