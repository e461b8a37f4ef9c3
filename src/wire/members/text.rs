//! What stands in the head of a message is text: which texts belong to a member, and the value that
//! they stand for.

use serde_json::{Map, Value};

use crate::contract::{Contract, Location, Shape, ShapeType, TimestampFormat};
use crate::support::percent::percent_decode;

/// The values of a parameter of the query, decoded.
pub(super) fn parameters(path: &str, name: &str) -> Vec<String> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(own, _)| percent_decode(own) == name)
        .map(|(_, value)| percent_decode(value))
        .collect()
}

/// The values of the header fields of that name, in any letter case.
pub(super) fn fields(headers: &[(String, String)], name: &str) -> Vec<String> {
    let own = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    own.map(|(_, value)| value.clone()).collect()
}

/// The header fields whose names begin with that prefix, by what follows it. Names of header fields
/// are the same in any letter case: here they are in lower case.
pub(super) fn prefixed(headers: &[(String, String)], prefix: &str) -> Map<String, Value> {
    let prefix = prefix.to_ascii_lowercase();
    let own = headers.iter().filter_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let key = name.strip_prefix(&prefix).filter(|key| !key.is_empty())?;
        Some((key.to_owned(), Value::from(value.as_str())))
    });
    own.collect()
}

/// The value that texts in the head of a message stand for. None where there are none.
pub(super) fn value_of(
    contract: &Contract,
    shape: &Shape,
    texts: &[String],
    location: Location,
) -> Option<Value> {
    let shape = contract.resolve(shape);
    let first = texts.first()?;
    if shape.kind != ShapeType::List {
        return Some(read(shape, first));
    }

    let element = shape.element.as_deref().map(|e| contract.resolve(e));
    let parts: Vec<&str> = match location {
        // A date of HTTP has a comma of its own.
        Location::Header => {
            let commas = match element {
                Some(e) if is_http_date(e) => 2,
                _ => 1,
            };
            let split = texts.iter().flat_map(|text| split_at(text, commas));
            split.map(str::trim).collect()
        }
        _ => texts.iter().map(String::as_str).collect(),
    };
    let read = |text: &str| element.map_or_else(|| text.into(), |e| read(e, text));
    Some(parts.into_iter().map(read).collect())
}

fn is_http_date(shape: &Shape) -> bool {
    shape.kind == ShapeType::Timestamp && shape.timestamp == TimestampFormat::HttpDate
}

/// The parts of a text, each with so many commas in it but one.
fn split_at(text: &str, commas: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (count, (at, _)) in text.match_indices(',').enumerate() {
        if (count + 1) % commas == 0 {
            parts.extend(text.get(begin..at));
            begin = at + 1;
        }
    }
    parts.extend(text.get(begin..));
    parts
}

/// A text as a value of that type. What reads as none stays a text.
fn read(shape: &Shape, text: &str) -> Value {
    let is_number = match shape.kind {
        ShapeType::Integer | ShapeType::Long | ShapeType::Float | ShapeType::Double => true,
        ShapeType::Timestamp => shape.timestamp == TimestampFormat::EpochSeconds,
        _ => false,
    };
    let value = match text {
        "true" if shape.kind == ShapeType::Boolean => Some(Value::Bool(true)),
        "false" if shape.kind == ShapeType::Boolean => Some(Value::Bool(false)),
        text if is_number => serde_json::from_str(text).ok().filter(Value::is_number),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}
