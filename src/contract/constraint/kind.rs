//! JSON types against documented types.

use serde_json::Value;

use super::Zone;
use super::number::{Decimal, Notation};
use super::timestamp;
use crate::contract::{Shape, ShapeType, TimestampFormat};

/// Whether a JSON value has the documented type, its restrictions aside.
pub(crate) fn admits(shape: &Shape, value: &Value) -> Zone {
    let is = |ok: bool| if ok { Zone::Valid } else { Zone::Invalid };
    match shape.kind {
        ShapeType::Boolean => is(value.is_boolean()),
        ShapeType::String | ShapeType::Enum | ShapeType::Blob => is(value.is_string()),
        ShapeType::Integer | ShapeType::Long => match value {
            Value::Number(number) => match Decimal::notation(number.as_str()) {
                Some(Notation::Plain) => Zone::Valid,
                Some(Notation::Whole) => {
                    Zone::Depends("whether a whole number may have a fraction or an exponent")
                }
                Some(Notation::Fraction) => {
                    Zone::Depends("whether a fraction is refused or cut off")
                }
                None => Zone::Invalid,
            },
            _ => Zone::Invalid,
        },
        ShapeType::Float | ShapeType::Double => is(value.is_number()),
        ShapeType::Timestamp => match shape.timestamp {
            TimestampFormat::EpochSeconds => is(value.is_number()),
            TimestampFormat::DateTime => timestamp::text(value, timestamp::date_time),
            TimestampFormat::HttpDate => timestamp::text(value, timestamp::http_date),
        },
        ShapeType::Structure | ShapeType::Map | ShapeType::Union => is(value.is_object()),
        ShapeType::List => is(value.is_array()),
        ShapeType::Document => Zone::Valid,
    }
}

/// The JSON type of a value, for messages.
pub(crate) fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
