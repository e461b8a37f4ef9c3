//! Names for lists, maps and structures that a document describes in place: the member of a contract
//! targets a shape by its name.

use indexmap::IndexMap;

use super::operation::{Member, Operation, Place};
use super::shape::Shape;
use crate::contract::{ShapeType, TimestampFormat};

/// The operation with a name for every shape that has parts.
pub(super) fn with_names(operation: &Operation) -> Operation {
    let mut named = with_dates(operation);
    for member in named.input.iter_mut().chain(&mut named.output) {
        hoist(member, &mut named.shapes);
    }
    named
}

/// The operation with the form of every timestamp outside of a body.
pub(super) fn with_dates(operation: &Operation) -> Operation {
    let mut dated = operation.clone();
    let members = dated.input.iter_mut().chain(&mut dated.output);
    members.for_each(date_of_place);
    dated
}

/// Outside of a body a timestamp has another form, where the document does not say more.
fn date_of_place(member: &mut Member) {
    let usual = match member.place {
        Place::Label | Place::Query => TimestampFormat::DateTime,
        Place::Header | Place::PrefixHeaders => TimestampFormat::HttpDate,
        Place::Body | Place::Payload | Place::StatusCode => return,
    };
    let mut shape = &mut member.shape;
    while shape.element.is_some() {
        let Some(inner) = shape.element.as_deref_mut() else {
            return;
        };
        shape = inner;
    }
    if shape.kind == ShapeType::Timestamp && shape.target.is_none() {
        shape.timestamp.get_or_insert(usual);
    }
}

fn hoist(member: &mut Member, shapes: &mut IndexMap<String, Shape>) {
    use ShapeType::{List, Map, Structure, Union};
    let shape = &member.shape;
    let has_parts = matches!(shape.kind, List | Map | Structure | Union);
    if shape.target.is_some() || !has_parts {
        return;
    }

    let ending = match shape.kind {
        List => "List",
        Map => "Map",
        _ => "Structure",
    };
    let plain = format!("{}{ending}", member.name);
    let numbered = (2..).map(|number| format!("{plain}{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    let free = names.find(|name| shapes.get(name).is_none_or(|known| known == shape));
    let name = free.unwrap_or(plain);
    let shape = std::mem::replace(&mut member.shape, Shape::target(&name));
    shapes.insert(name, shape);
}
