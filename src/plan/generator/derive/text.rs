//! Values of members that are no JSON: a label of the path, a parameter of the query, a header
//! field, a body that is no document. All of them are text, so that a value of another type is text
//! that reads as none.

use serde_json::Value;

use super::super::proposal::Proposal;
use crate::contract::{Contract, Location, Member, Shape, ShapeType};

/// A name that is longer may not fit into the path of a request.
const MOST: usize = 1024;

/// Whether a value can stand there and means what the contract says.
///
/// What a notation of JSON confuses is no matter of text, and whether an empty text counts as one
/// is open in a query and in a header.
pub(super) fn fits(contract: &Contract, member: &Member, proposal: &Proposal) -> bool {
    let greedy = contract.http.uri.contains(&format!("{{{}+}}", member.name));
    let word = |value: &Value| match value {
        Value::String(text) => !text.is_empty() && stands(member.location, text, greedy),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    // A comma in a header field ends an element of a list.
    let element = |value: &Value| {
        let is_parted = value.as_str().is_some_and(|text| text.contains([',', '"']));
        word(value) && !(member.location == Location::Header && is_parted)
    };

    let is_value = match (&proposal.value, member.location) {
        (Value::Array(elements), Location::Query | Location::Header) => {
            !elements.is_empty() && elements.iter().all(element)
        }
        (Value::Object(fields), Location::PrefixHeaders | Location::Query) => {
            // What names a parameter or a header field has a form of its own.
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let named = |key: &String| !key.is_empty() && key.chars().all(is_name);
            !fields.is_empty()
                && fields.keys().all(named)
                && fields
                    .values()
                    .all(|value| value.is_string() && word(value))
        }
        (value, _) => word(value) && proposal.path.is_empty(),
    };
    is_value && proposal.confusion.is_none()
}

/// Whether what has that name might not be found again by it: a target that makes such a thing could
/// not be told to remove it.
pub(super) fn is_unreachable(name: &Value) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_short = |text: &str| text.chars().count() < MOST;
    name.as_str()
        .is_some_and(|text| text.is_empty() || !text.chars().all(is_plain) || !is_short(text))
}

/// Texts that read as no value of the documented type.
pub(super) fn of_another_type(contract: &Contract, shape: &Shape) -> Vec<Proposal> {
    let texts: &[(&str, &str)] = match contract.resolve(shape).kind {
        ShapeType::Integer | ShapeType::Long => &[("a-word", "seven"), ("a-fraction", "1.5")],
        ShapeType::Float | ShapeType::Double => &[("a-word", "seven")],
        ShapeType::Boolean => &[("a-word", "perhaps")],
        _ => &[],
    };

    let proposal = |(id, text): &(&str, &str)| Proposal {
        path: String::new(),
        side: "type".to_owned(),
        id: (*id).to_owned(),
        value: Value::from(*text),
        confusion: None,
        lenient: false,
        overflows: false,
    };
    texts.iter().map(proposal).collect()
}

/// Whether every client can send that text there, and every server reads it as it was sent. A
/// greedy label has slashes, but no empty parts between them.
fn stands(location: Location, text: &str, greedy: bool) -> bool {
    match location {
        // Clients and servers take `.` and `..` out of paths, and many refuse control characters
        // and an encoded slash before any operation is asked.
        Location::Label => {
            let is_part = |part: &str| !matches!(part, "" | "." | "..");
            let parts = text.split('/').all(is_part) && (greedy || !text.contains('/'));
            parts && !text.contains(char::is_control)
        }
        Location::Header | Location::PrefixHeaders => {
            text.trim() == text && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        }
        Location::Payload => true,
        Location::Query | Location::Body => !text.contains(char::is_control),
    }
}
