//! How timestamps in the head of a message are written, where a contract does not say.

use super::super::{Shape, ShapeType, TimestampFormat, document as toml_form};
use super::targets::{Shapes, resolve, resolved_table};

/// The shape with that format in its timestamps, where the contract says none: in the head of a
/// message the usual one is not that of a document.
pub(super) fn with_format(
    of: &toml_form::ShapeTable,
    shape: Shape,
    format: TimestampFormat,
    table: &toml_form::Operation,
    shapes: &Shapes,
) -> Shape {
    let resolved = resolve(&shape, shapes);
    match resolved.kind {
        ShapeType::Timestamp if !says_format(of, table) => Shape {
            timestamp: format,
            target: None,
            ..resolved.clone()
        },
        ShapeType::List => {
            let list = resolved_table(of, table);
            let (Some(element), Some(inner)) = (&list.member, &resolved.element) else {
                return shape;
            };
            if resolve(inner, shapes).kind != ShapeType::Timestamp {
                return shape;
            }
            let element = with_format(element.get_ref(), (**inner).clone(), format, table, shapes);
            Shape {
                element: Some(Box::new(element)),
                target: None,
                ..resolved.clone()
            }
        }
        _ => shape,
    }
}

/// Whether a member, or a shape on the way to its own, says how a timestamp is written.
fn says_format(of: &toml_form::ShapeTable, table: &toml_form::Operation) -> bool {
    of.timestamp_format.is_some() || resolved_table(of, table).timestamp_format.is_some()
}
