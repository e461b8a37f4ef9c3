//! The simplest valid value of a shape, and what the machine integer of a type holds.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::shortest::shortest;
use crate::contract::{Bound, Contract, Shape, ShapeType, TimestampFormat};

/// Deeper than this a shape is not explored; documented shapes are shallow, and a shape may hold
/// itself.
pub(super) const MAX_DEPTH: usize = 8;

/// The simplest valid value of a shape, if one can be made.
pub(crate) fn simplest(contract: &Contract, shape: &Shape, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let shape = contract.resolve(shape);
    let length = shape.length();
    let least = usize::try_from(length.and_then(|l| l.min).unwrap_or(0).max(0)).ok()?;
    Some(match shape.kind {
        ShapeType::Boolean => Value::Bool(true),
        ShapeType::Float | ShapeType::Double if shape.limits().is_some() => {
            let inside = shape.limits()?.satisfy().into_iter().next_back()?;
            inside.value
        }
        ShapeType::Integer | ShapeType::Long | ShapeType::Float | ShapeType::Double => {
            let bound = shape.range().unwrap_or(Bound {
                min: None,
                max: None,
            });
            [1, 0]
                .into_iter()
                .chain(bound.min)
                .chain(bound.max)
                .find(|v| bound.admits(i128::from(*v)))?
                .into()
        }
        ShapeType::String | ShapeType::Enum => match (shape.values(), shape.pattern()) {
            (Some(values), _) => values.first()?.as_str().into(),
            (None, Some(pattern)) => {
                let top = length
                    .and_then(|l| l.max)
                    .map_or(256, |m| usize::try_from(m.max(0)).unwrap_or(256).min(256));
                shortest(pattern, least, top)?.into()
            }
            (None, None) => "a".repeat(least.max(1)).into(),
        },
        ShapeType::Blob if least > 0 => blob(least).into(),
        ShapeType::Blob => "cHJvb2ZtYXJr".into(),
        ShapeType::Timestamp => match shape.timestamp {
            TimestampFormat::EpochSeconds => 1_700_000_000.into(),
            TimestampFormat::DateTime => "2023-11-14T22:13:20Z".into(),
            TimestampFormat::HttpDate => "Tue, 14 Nov 2023 22:13:20 GMT".into(),
        },
        ShapeType::Structure => {
            let mut object = Map::new();
            for member in shape.members.values().filter(|m| m.required) {
                let name = &member.wire_name;
                object.insert(name.clone(), simplest(contract, &member.shape, depth + 1)?);
            }
            Value::Object(object)
        }
        ShapeType::Union => {
            let mut members = shape.members.values();
            let (name, value) = members.find_map(|member| {
                let value = simplest(contract, &member.shape, depth + 1)?;
                Some((member.wire_name.clone(), value))
            })?;
            Value::Object(Map::from_iter([(name, value)]))
        }
        ShapeType::List => {
            let element = shape.element.as_deref()?;
            let element = if least > 0 {
                Some(simplest(contract, element, depth + 1)?)
            } else {
                None
            };
            Value::Array(element.into_iter().cycle().take(least).collect())
        }
        ShapeType::Map => Value::Object(entries(contract, shape, least, depth)?),
        ShapeType::Document => Value::Object(Map::new()),
    })
}

/// The simplest entries of a map that has so many.
pub(super) fn entries(
    contract: &Contract,
    shape: &Shape,
    count: usize,
    depth: usize,
) -> Option<Map<String, Value>> {
    let mut entries = Map::new();
    if count == 0 {
        return Some(entries);
    }
    let key = simplest(contract, shape.key.as_deref()?, depth + 1)?;
    let value = simplest(contract, shape.element.as_deref()?, depth + 1)?;
    let key = key.as_str()?;
    entries.insert(key.to_owned(), value.clone());
    // Whether a longer key is one as well, the oracle says.
    entries.extend((1..count).map(|number| (format!("{key}{number}"), value.clone())));
    Some(entries)
}

/// Whether a machine integer of that type cannot hold the value.
pub(crate) fn overflows(kind: ShapeType, value: &Value) -> bool {
    let Value::Number(number) = value else {
        return false;
    };
    let Ok(value) = number.as_str().parse::<i128>() else {
        return false;
    };
    match kind {
        ShapeType::Integer => i32::try_from(value).is_err(),
        ShapeType::Long => i64::try_from(value).is_err(),
        _ => false,
    }
}

/// That many bytes, in base64.
pub(super) fn blob(size: usize) -> String {
    BASE64_STANDARD.encode("a".repeat(size))
}
