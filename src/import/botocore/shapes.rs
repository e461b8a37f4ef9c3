//! The shapes of a model of botocore.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::contract::{ShapeType, TimestampFormat};
use crate::import::graph::{Edge, Node, Unread};
use crate::import::json::{Part, listed_in, number, prose};
use crate::import::operation::Place;
use crate::import::shape::{Constraint, Limits};
use crate::support::echo::shown;
use crate::support::files::Source;

/// A shape that was read, and the status of the error that it is.
pub(super) struct Read {
    pub(super) node: Node,
    pub(super) fault: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Table<'a> {
    #[serde(default, rename = "type")]
    kind: Part<String>,
    #[serde(borrow, default)]
    members: Part<IndexMap<String, Part<Member<'a>>>>,
    #[serde(default)]
    required: Part<Vec<String>>,
    #[serde(borrow, default)]
    member: Part<Member<'a>>,
    #[serde(borrow, default)]
    key: Part<Member<'a>>,
    #[serde(borrow, default)]
    value: Part<Member<'a>>,
    #[serde(default)]
    min: Part<serde_json::Number>,
    #[serde(default)]
    max: Part<serde_json::Number>,
    #[serde(default)]
    pattern: Part<String>,
    #[serde(default, rename = "enum")]
    values: Part<Vec<String>>,
    #[serde(default)]
    payload: Part<String>,
    #[serde(default)]
    error: Part<Error>,
    #[serde(default)]
    exception: Part<bool>,
    #[serde(default)]
    fault: Part<bool>,
    #[serde(default)]
    document: Part<bool>,
    #[serde(default)]
    union: Part<bool>,
    #[serde(default)]
    eventstream: Part<bool>,
    #[serde(default)]
    timestamp_format: Part<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Error {
    #[serde(default)]
    http_status_code: Part<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    shape: String,
    #[serde(default)]
    location: Part<String>,
    #[serde(default)]
    location_name: Part<String>,
    #[serde(default)]
    idempotency_token: Part<bool>,
    #[serde(default)]
    jsonvalue: Part<bool>,
    #[serde(default)]
    timestamp_format: Part<String>,
    #[serde(borrow)]
    documentation: Option<&'a RawValue>,
}

/// Reads a shape. One that cannot be read is any JSON, and says why.
pub(super) fn read(raw: &RawValue, file: &Source, with_prose: bool) -> Read {
    let table: Table<'_> = match serde_json::from_str(raw.get()) {
        Ok(table) => table,
        Err(error) => return unread(error.to_string()),
    };
    let mut faults = Vec::new();
    let name = table.kind.ok().unwrap_or_default();
    let is = |part: Part<bool>| part.ok() == Some(true);
    let (is_document, is_union) = (is(table.document), is(table.union));
    let Some(kind) = kind(&name, is_document, is_union) else {
        return unread(format!("its type `{}` is not known", shown(&name)));
    };

    let mut node = Node::of(kind);
    node.is_events = is(table.eventstream);
    node.timestamp = date(table.timestamp_format, &mut faults);
    let required = table
        .required
        .take(|why| faults.push(Unread::new("required", why)));
    let required = required.unwrap_or_default();
    let payload = table.payload.ok();

    let members = table
        .members
        .take(|why| faults.push(Unread::new("member", why)));
    for (name, member) in members.into_iter().flatten() {
        let mut edge = edge(&name, member, file, with_prose);
        edge.is_required = required.contains(&name);
        if payload.as_ref() == Some(&name) {
            edge.place = Place::Payload;
        }
        node.members.push(edge);
    }
    let within = |part: Part<Member<'_>>| match part {
        Part::Absent => None,
        part => Some(edge("", part, file, false)),
    };
    node.element = within(table.member).or_else(|| within(table.value));
    node.key = within(table.key);
    with_parts(&mut node, &mut faults);

    let limits = limits(table.min, table.max, kind, &mut faults);
    node.constraints.extend(limits);
    let values = table
        .values
        .take(|why| faults.push(Unread::new("enum", why)));
    node.constraints.extend(values.map(Constraint::Values));
    let pattern = table
        .pattern
        .take(|why| faults.push(Unread::new("pattern", why)));
    node.constraints.extend(pattern.map(Constraint::Pattern));
    node.faults = faults;

    let status = table
        .error
        .ok()
        .and_then(|error| error.http_status_code.ok());
    let status = status.filter(|status| (100..600).contains(status));
    let is_fault = is(table.fault);
    let is_error = is(table.exception) || is_fault || status.is_some();
    let usual = if is_fault { 500 } else { 400 };
    Read {
        fault: is_error.then(|| status.unwrap_or(usual)),
        node,
    }
}

fn unread(why: String) -> Read {
    let mut node = Node::of(ShapeType::Document);
    node.faults.push(Unread::new("shape", why));
    Read { node, fault: None }
}

fn kind(name: &str, is_document: bool, is_union: bool) -> Option<ShapeType> {
    Some(match name {
        _ if is_document => ShapeType::Document,
        "structure" if is_union => ShapeType::Union,
        "structure" => ShapeType::Structure,
        "list" => ShapeType::List,
        "map" => ShapeType::Map,
        "string" | "character" => ShapeType::String,
        "integer" | "short" | "byte" => ShapeType::Integer,
        "long" | "bigInteger" | "biginteger" => ShapeType::Long,
        "float" => ShapeType::Float,
        "double" | "bigDecimal" | "bigdecimal" => ShapeType::Double,
        "boolean" => ShapeType::Boolean,
        "blob" => ShapeType::Blob,
        "timestamp" => ShapeType::Timestamp,
        _ => return None,
    })
}

/// A list without an element, or a map without a key, is any JSON.
fn with_parts(node: &mut Node, faults: &mut Vec<Unread>) {
    let is_whole = match node.kind {
        ShapeType::List => node.element.is_some(),
        ShapeType::Map => node.element.is_some() && node.key.is_some(),
        _ => {
            node.element = None;
            node.key = None;
            true
        }
    };
    if !is_whole {
        let why = format!("a {} without its parts", node.kind.name());
        faults.push(Unread::new("shape", why));
        *node = Node::of(ShapeType::Document);
    }
    if node.kind == ShapeType::List {
        node.key = None;
    }
}

fn limits(
    min: Part<serde_json::Number>,
    max: Part<serde_json::Number>,
    kind: ShapeType,
    faults: &mut Vec<Unread>,
) -> Option<Constraint> {
    use ShapeType::{Double, Float, Integer, Long};
    let is_number = matches!(kind, Double | Float | Integer | Long);
    let what = if is_number { "range" } else { "length" };
    let mut side = |part: Part<serde_json::Number>| {
        let found = part.take(|why| faults.push(Unread::new(what, why)))?;
        let read = number(&found);
        if read.is_none() {
            faults.push(Unread::new(
                what,
                format!("{found} is beyond what numbers hold"),
            ));
        }
        read
    };
    let limits = Limits {
        min: side(min),
        max: side(max),
    };
    let is_empty = limits == Limits::default();
    (!is_empty).then_some(match is_number {
        true => Constraint::Range(limits),
        false => Constraint::Length(limits),
    })
}

fn date(format: Part<String>, faults: &mut Vec<Unread>) -> Option<TimestampFormat> {
    let name = format.take(|why| faults.push(Unread::new("timestamp_format", why)))?;
    let known = match name.as_str() {
        "iso8601" => TimestampFormat::DateTime,
        "unixTimestamp" => TimestampFormat::EpochSeconds,
        "rfc822" => TimestampFormat::HttpDate,
        _ => {
            let why = format!("the form `{}` is not known", shown(&name));
            faults.push(Unread::new("timestamp_format", why));
            return None;
        }
    };
    Some(known)
}

fn edge(name: &str, member: Part<Member<'_>>, file: &Source, with_prose: bool) -> Edge {
    let mut edge = Edge {
        name: name.to_owned(),
        ..Edge::default()
    };
    let mut fault = None;
    let Some(member) = member.take(|why| fault = Some(why)) else {
        edge.faults
            .extend(fault.map(|why| Unread::new("member", why)));
        return edge;
    };

    edge.target = member.shape;
    edge.wire_name = member.location_name.ok();
    edge.is_token = member.idempotency_token.ok() == Some(true);
    edge.is_json_text = member.jsonvalue.ok() == Some(true);
    edge.timestamp = date(member.timestamp_format, &mut edge.faults);
    let place = member.location.ok();
    edge.place = match place.as_deref() {
        None => Place::Body,
        Some("uri") => Place::Label,
        Some("querystring") => Place::Query,
        Some("header") => Place::Header,
        Some("headers") => Place::PrefixHeaders,
        Some("statusCode") => Place::StatusCode,
        Some(other) => {
            let why = format!("its place `{}` is not known", shown(other));
            edge.faults.push(Unread::new("location", why));
            Place::Body
        }
    };
    edge.listed = member.documentation.and_then(listed_in);
    let documentation = member.documentation.filter(|_| with_prose);
    edge.prose = documentation.and_then(|raw| prose(file, raw));
    edge
}
