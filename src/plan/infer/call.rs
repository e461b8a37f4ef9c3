//! Requests as files have them: a table with the method, the path, header fields and the body.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::filled::Filled;
use crate::contract::{Contract, Location, Service, ShapeType};
use crate::plan::generator::as_text;
use crate::support::percent::percent_encode;

/// The request as a table. None where it has no such form: its body is of bytes.
pub(super) fn call(contract: &Contract, service: &Service, filled: &Filled) -> Option<Value> {
    call_with(contract, service, filled, |_, template| in_path(template))
}

/// The same, where `label` says what stands in the path for a label, or in the query for a member:
/// from its name, and its value.
pub(super) fn call_with(
    contract: &Contract,
    service: &Service,
    filled: &Filled,
    label: impl Fn(&str, &str) -> String,
) -> Option<Value> {
    let mut path = String::new();
    let labels = filled.labels(contract);
    let mut rest = contract.http.uri.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        let name = name.strip_suffix('+').unwrap_or(name);
        path.push_str(before);
        path.push_str(&label(name, labels.get(name)?));
        rest = tail;
    }
    path.push_str(rest);

    let mut headers = Table::new();
    let mut body = None;
    for (name, value) in &filled.values {
        let member = contract.member(name)?;
        match member.location {
            Location::Query => {
                let texts = match value {
                    Json::Array(all) => all.iter().filter_map(as_text).collect(),
                    one => vec![as_text(one)?],
                };
                for text in texts {
                    path.push(if path.contains('?') { '&' } else { '?' });
                    let text = label(name, &text);
                    path.push_str(&format!("{}={text}", percent_encode(&member.wire_name)));
                }
            }
            Location::Header => {
                headers.insert(member.wire_name.clone(), as_text(value)?.into());
            }
            Location::Payload if !contract.resolve(&member.shape).kind.is_document() => {
                let is_blob = contract.resolve(&member.shape).kind == ShapeType::Blob;
                if is_blob {
                    return None;
                }
                body = as_text(value);
            }
            Location::Label | Location::PrefixHeaders | Location::Body | Location::Payload => {}
        }
    }
    if contract.has_document() {
        let of_body = filled.values.iter().filter(|(name, _)| {
            contract
                .member(name)
                .is_some_and(|member| !member.location.is_text())
        });
        body = contract.document_text(of_body);
        let media = service.protocol.content_type.as_str();
        headers.insert("content-type".to_owned(), media.into());
    }

    let mut table = Table::new();
    table.insert("service".to_owned(), service.signing_name.as_str().into());
    table.insert("method".to_owned(), contract.http.method.as_str().into());
    table.insert("path".to_owned(), path.into());
    if !headers.is_empty() {
        table.insert("headers".to_owned(), headers.into());
    }
    if let Some(body) = body {
        table.insert("body".to_owned(), body.into());
    }
    Some(table.into())
}

/// A template as a part of a path or of a query: what stands for itself in it is encoded, and names
/// are when they are filled in.
pub(super) fn in_path(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        path.push_str(&percent_encode(before));
        path.push_str(&format!("${{{name}}}"));
        rest = tail;
    }
    path.push_str(&percent_encode(rest));
    path
}

#[cfg(test)]
mod tests {
    use super::in_path;

    #[test]
    fn names_are_not_encoded() {
        for (template, expected) in [
            ("proofmark-${run}-f${worker}", "proofmark-${run}-f${worker}"),
            ("-", "-"),
            ("a/b${x}c d", "a%2Fb${x}c%20d"),
            ("${open", "%24%7Bopen"),
        ] {
            assert_eq!(in_path(template), expected);
        }
    }
}
