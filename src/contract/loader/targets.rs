//! Targets, followed to the shape that is meant.

use indexmap::IndexMap;

use super::super::{Shape, document as toml_form};

/// The named shapes of a file.
pub(super) type Shapes = IndexMap<String, Shape>;

/// Follows targets to the shape that is meant.
pub(super) fn resolve<'a>(mut shape: &'a Shape, shapes: &'a Shapes) -> &'a Shape {
    while let Some(next) = shape.target.as_ref().and_then(|t| shapes.get(t)) {
        shape = next;
    }
    shape
}

/// The same in the file.
pub(super) fn resolved_table<'a>(
    mut of: &'a toml_form::ShapeTable,
    table: &'a toml_form::Operation,
) -> &'a toml_form::ShapeTable {
    let named = |name: &str| {
        let (_, shape) = table.shape.iter().find(|(key, _)| key.get_ref() == name)?;
        Some(shape)
    };
    while let Some(next) = of.target.as_ref().and_then(|t| named(t.get_ref())) {
        of = next;
    }
    of
}
