//! What an exchange came to, and the form of what a request named, in short: equal faults of a
//! target are equal texts.

use serde_json::Value;

use super::look::Look;
use crate::judge::{error_type, json};
use crate::wire::exchange::{Answer, Exchange, Framing, Request, Wire};

/// So many characters of the text of an error are kept.
const TEXT: usize = 60;

impl Look<'_> {
    /// What an exchange came to, in short: equal faults of a target are equal texts.
    pub(super) fn came(&self, exchange: &Exchange) -> String {
        let Ok(answer) = &exchange.outcome else {
            return "no answer".to_owned();
        };
        match answer.status {
            200..300 => "accepted".to_owned(),
            500.. if self.is_of_success(answer) => {
                format!("{}: the body of a success", answer.status)
            }
            500.. => {
                let body = String::from_utf8_lossy(&answer.body);
                format!("{}: {}", answer.status, plain(&body, &exchange.request))
            }
            status => match error_type(&self.plan.service, answer) {
                Some(name) => format!("{status} {}", name.chars().take(TEXT).collect::<String>()),
                None => status.to_string(),
            },
        }
    }

    /// Whether a body is what a successful answer of some operation holds: it differs from resource
    /// to resource, and is no text of an error.
    fn is_of_success(&self, answer: &Answer) -> bool {
        let document = json::read(&answer.body);
        let Some(members) = document.object().filter(|members| !members.is_empty()) else {
            return false;
        };
        self.plan.judged_by().any(|contract| {
            let known = |name: &String| contract.output_member(name).is_some();
            members.keys().all(known)
        })
    }
}

/// The notations that few requests have, so that what all requests of a cause have of them says
/// something.
pub(super) const RARE: [&str; 3] = ["body=chunked", "body=escapes", "body=unknown-member"];

/// The form of a number that takes more than 15 bits, which is what a short integer holds.
pub(super) const WIDE: &str = "wide-number";

/// The notations of a request, apart from what it names.
pub(super) fn notations(request: &Request, is_member: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let document = json::read(&request.body);
    let names: Vec<&str> = document
        .object()
        .into_iter()
        .flat_map(|m| m.keys())
        .map(String::as_str)
        .collect();
    let known: Vec<&&str> = names.iter().filter(|name| is_member(name)).collect();
    let all = [
        (
            "body=chunked",
            matches!(request.wire, Wire::Raw(Framing::Chunked(_))),
        ),
        (
            "body=empty",
            document.object().is_some_and(|members| members.is_empty()),
        ),
        ("body=escapes", request.body.contains(&b'\\')),
        ("body=out-of-order", !known.is_sorted()),
        ("body=unknown-member", known.len() < names.len()),
    ];
    all.into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name)
        .collect()
}

/// Whether a value is a number of more than 15 bits.
pub(super) fn is_wide(value: &Value) -> bool {
    value
        .as_f64()
        .is_some_and(|number| number.abs() >= 32_768.0)
}

/// The form of a value: its type, and of a text how many parts it has between colons.
pub(super) fn form(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) if text.starts_with("arn:") => {
            format!("arn-{}", text.split(':').count())
        }
        Value::String(text) => match text.split(':').count() {
            1 => "plain".to_owned(),
            parts => format!("parts-{parts}"),
        },
        Value::Array(_) => "list".to_owned(),
        Value::Object(_) => "structure".to_owned(),
    }
}

/// The text of an error without what differs from request to request: values that were sent,
/// numbers, names in quotes, and the marks of HTML.
fn plain(body: &str, request: &Request) -> String {
    let mut text = body.chars().take(4096).collect::<String>();
    if let Some(members) = json::read(&request.body).object() {
        let values = members
            .values()
            .filter_map(Value::as_str)
            .filter(|value| value.len() > 3);
        for value in values {
            text = text.replace(value, "…");
        }
    }

    let mut words: Vec<String> = Vec::new();
    let mut in_mark = false;
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        match c {
            '<' => in_mark = true,
            '>' if in_mark => {
                in_mark = false;
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            _ if in_mark => {}
            c if c.is_alphabetic() || (c == '_' && !word.is_empty()) => word.push(c),
            _ => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
        }
    }

    // A page of HTML has its title and its heading.
    let twice = (1..=words.len() / 2).find(|n| words.get(..*n) == words.get(*n..2 * n));
    if let Some(n) = twice {
        words.drain(..n);
    }
    words.join(" ").chars().take(TEXT).collect()
}
