//! Values of members that are no JSON: a label of the path, a parameter of the query, a header
//! field. All of them are text, so that a value of another type is text that reads as none.

use serde_json::Value;

use super::super::Proposal;
use crate::contract::{Contract, Location, Member, Shape, ShapeType};

/// Keeps the values that can stand there and mean what the contract says.
///
/// What a notation of JSON confuses is no matter of text, and whether an empty text counts as one
/// is open in a query and in a header.
pub(super) fn keep(member: &Member, proposed: &mut Vec<Proposal>) {
    proposed.retain(|proposal| {
        let fits = match &proposal.value {
            Value::String(text) => !text.is_empty() && stands(member.location, text),
            Value::Number(_) | Value::Bool(_) => true,
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        };
        fits && proposal.confusion.is_none() && proposal.path.is_empty()
    });
}

/// Texts that read as no value of the documented type.
pub(super) fn of_another_type(contract: &Contract, shape: &Shape) -> Vec<Proposal> {
    let texts: &[(&str, &str)] = match contract.resolve(shape).kind {
        ShapeType::Integer | ShapeType::Long => &[("a-word", "seven"), ("a-fraction", "1.5")],
        ShapeType::Float | ShapeType::Double => &[("a-word", "seven")],
        ShapeType::Boolean => &[("a-word", "perhaps")],
        ShapeType::Timestamp => &[("a-word", "yesterday")],
        _ => &[],
    };

    let proposal = |(id, text): &(&str, &str)| Proposal {
        path: String::new(),
        side: "type".to_owned(),
        id: (*id).to_owned(),
        value: Value::from(*text),
        confusion: None,
        overflows: false,
    };
    texts.iter().map(proposal).collect()
}

/// Whether every client can send that text there, and every server reads it as it was sent.
fn stands(location: Location, text: &str) -> bool {
    match location {
        // Clients and servers take `.` and `..` out of paths, and many refuse control characters
        // and an encoded slash before any operation is asked.
        Location::Label => {
            !matches!(text, "." | "..") && !text.contains(|c: char| c.is_control() || c == '/')
        }
        Location::Header => {
            text.trim() == text && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        }
        _ => !text.contains(char::is_control),
    }
}
