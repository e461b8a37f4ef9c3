//! The members of a request, by the names that the contract gives them.

use http::HeaderMap;
use serde_json::{Map, Value};

use crate::contract::constraint::number::{Decimal, Notation};
use crate::contract::{Contract, Location, Shape, ShapeType};
use crate::reference::call::Call;
use crate::support::percent::percent_decode;
use crate::wire::exchange::Request;
use crate::wire::exchange::json::{self, Document};
use crate::wire::members;

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Its members, those of the path too.
    pub(crate) members: Map<String, Value>,
    /// The labels of its path, as texts.
    pub(crate) labels: Vec<(String, String)>,
    /// Whether its body is no document of the form that the operation takes.
    pub(crate) is_broken: bool,
}

impl Asked {
    /// The text of a label, or of a member of that name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let mut labels = self.labels.iter();
        let label = labels.find_map(|(own, text)| (own == name).then_some(text.as_str()));
        label.or_else(|| self.members.get(name)?.as_str())
    }
}

/// Reads a request of the operation, whose path has these labels.
pub(crate) fn decode(contract: &Contract, call: &Call, labels: Vec<(String, String)>) -> Asked {
    let document = match contract.has_document() && !call.body.is_empty() {
        true => Some(json::read(&call.body)),
        false => None,
    };
    let is_broken = match &document {
        Some(Document::Broken(_)) => true,
        // What the whole body is has a type of its own.
        Some(document) => contract.payload().is_none() && document.object().is_none(),
        None => false,
    };

    let path = match call.query.as_str() {
        "" => call.path.clone(),
        query => format!("{}?{query}", call.path),
    };
    let mut request = Request {
        path,
        headers: fields(&call.headers),
        body: call.body.clone(),
        ..Request::default()
    };
    // Of a member that stands twice, any of its values may count: here it is the last.
    if let Some(Document::Twice { value, .. }) = &document {
        request.body = value.to_string().into();
    }

    let mut members = members::sent(contract, &request);
    for member in contract
        .input
        .iter()
        .filter(|m| m.location == Location::Query)
    {
        if contract.resolve(&member.shape).kind == ShapeType::Map {
            let element = contract.resolve(&member.shape).element.as_deref();
            let has_lists = element.is_some_and(|e| contract.resolve(e).kind == ShapeType::List);
            let entries = entries(contract, &call.query, has_lists);
            members.shift_remove(&member.name);
            members.extend(entries.map(|entries| (member.name.clone(), entries)));
        }
    }
    for (name, text) in &labels {
        members.insert(name.clone(), label_value(contract, name, text));
    }
    for member in contract.input.iter().filter(|m| m.location.is_text()) {
        if let Some(value) = members.get_mut(&member.name) {
            as_whole(contract, &member.shape, value);
        }
    }
    Asked {
        members,
        labels,
        is_broken,
    }
}

/// The parameters of a query that are no member of their own, and none of the path's: those of a map
/// have one for each entry. None where there are none.
fn entries(contract: &Contract, query: &str, has_lists: bool) -> Option<Value> {
    let fixed = contract
        .http
        .uri
        .split_once('?')
        .map_or("", |(_, query)| query);
    let names = |query: &str| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let names = pairs.map(|pair| percent_decode(pair.split('=').next().unwrap_or_default()));
        names.collect::<Vec<String>>()
    };
    let is_own = |name: &str| {
        let mut members = contract
            .input
            .iter()
            .filter(|m| m.location == Location::Query);
        members.any(|member| member.wire_name == name) || names(fixed).iter().any(|own| own == name)
    };

    let mut entries: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (percent_decode(name), Value::from(percent_decode(value)));
        if is_own(&name) {
            continue;
        }
        match entries.get_mut(&name) {
            // A value that is a list has a parameter for each element.
            Some(Value::Array(elements)) => elements.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if has_lists => {
                entries.insert(name, Value::Array(vec![value]));
            }
            None => {
                entries.insert(name, value);
            }
        }
    }
    (!entries.is_empty()).then_some(Value::Object(entries))
}

/// A label as a value of its type. What reads as none stays a text.
fn label_value(contract: &Contract, name: &str, text: &str) -> Value {
    let member = contract
        .input
        .iter()
        .find(|member| member.location == Location::Label && member.name == name);
    let kind = member.map(|member| contract.resolve(&member.shape).kind);
    let value: Option<Value> = match kind {
        Some(ShapeType::Boolean) => text.parse().ok().map(Value::Bool),
        Some(ShapeType::Integer | ShapeType::Long | ShapeType::Float | ShapeType::Double) => {
            serde_json::from_str(text).ok().filter(Value::is_number)
        }
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

/// A number that is not written as a whole one is no integer where everything is text: there is no
/// notation of JSON that it could have.
fn as_whole(contract: &Contract, shape: &Shape, value: &mut Value) {
    let shape = contract.resolve(shape);
    if !matches!(shape.kind, ShapeType::Integer | ShapeType::Long) {
        return;
    }
    if let Value::Number(number) = value
        && Decimal::notation(number.as_str()) != Some(Notation::Plain)
    {
        *value = number.as_str().into();
    }
}

fn fields(headers: &HeaderMap) -> Vec<(String, String)> {
    let fields = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    fields.collect()
}
