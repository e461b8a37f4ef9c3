//! Values of another JSON type than the documented one, for services that list none of their own.
//!
//! Whoever documents a type promises to take values of that type: what is sent here is of another
//! under every reading. Notations that readings differ about are for a service to list.

use super::super::{Basis, Confusion, Level, ShapeType};

/// The values: a name in ids, the documented types, the JSON text, and what it is.
const VALUES: [(&str, &[ShapeType], &str, &str); 8] = [
    ("word", NUMBERS, r#""seven""#, "A word is no number"),
    ("empty-text", NUMBERS, r#""""#, "An empty text is no number"),
    (
        "word",
        &[ShapeType::Boolean],
        r#""yes""#,
        "A word is no boolean",
    ),
    ("number", TEXTS, "7", "A number is no text"),
    ("number", &[ShapeType::Blob], "7", "A number is no blob"),
    ("object", TEXTS, "{}", "An object is no text"),
    ("object", &[ShapeType::List], "{}", "An object is no list"),
    ("array", OBJECTS, "[]", "An array is no object"),
];

const NUMBERS: &[ShapeType] = &[
    ShapeType::Integer,
    ShapeType::Long,
    ShapeType::Float,
    ShapeType::Double,
];
const TEXTS: &[ShapeType] = &[ShapeType::String, ShapeType::Enum];
const OBJECTS: &[ShapeType] = &[ShapeType::Structure, ShapeType::Map, ShapeType::Union];

/// These values as a service would list them.
pub(super) fn usual() -> Vec<Confusion> {
    let values = VALUES.iter();
    values
        .map(|(id, types, text, why)| Confusion {
            id: (*id).to_owned(),
            types: types.to_vec(),
            text: (*text).to_owned(),
            basis: Basis::Page,
            level: Level::Must,
            why: (*why).to_owned(),
        })
        .collect()
}
