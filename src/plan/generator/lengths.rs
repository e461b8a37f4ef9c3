//! Values of lengths at the edges of what a shape admits.

use std::cell::LazyCell;

use serde_json::Value;

use super::few::Much;
use super::shape::{blob, entries, simplest};
use super::shortest::of_length;
use crate::contract::constraint::string::{LONGEST, Strings};
use crate::contract::{Bound, Contract, Shape, ShapeType};

/// No more lengths than this are walked one by one.
const MOST_LENGTHS: i64 = 512;

/// No more bytes than this are sent to see a length refused.
const MOST_BYTES: usize = 1 << 16;

/// Lengths at and just beyond each edge, and beyond the edges of every other revision.
pub(super) fn lengths(
    contract: &Contract,
    shape: &Shape,
    length: Bound,
    others: &[&Shape],
    much: Much,
    push: &mut dyn FnMut(&str, String, Value),
) {
    let furthest = others
        .iter()
        .filter_map(|s| s.length()?.max)
        .max()
        .filter(|other| length.max < Some(*other));

    let greatest = furthest.or(length.max);
    // One automaton serves all lengths but the one far off, which needs a larger one.
    let near = [greatest, length.min]
        .into_iter()
        .flatten()
        .filter_map(|bound| usize::try_from(bound).ok());

    let near = near
        .map(|bound| bound + 1)
        .find(|near| *near <= LONGEST)
        .unwrap_or(0);

    let strings = LazyCell::new(|| Strings::new(shape.pattern(), near));
    let make = |size: i64| -> Option<Value> {
        let size = usize::try_from(size).ok()?;
        match shape.kind {
            ShapeType::String => match shape.pattern() {
                Some(pattern) => of_length(pattern, near, size, || strings.of_length(size)),
                None => strings.of_length(size),
            }
            .map(Value::from),
            ShapeType::Blob if size <= MOST_BYTES => Some(blob(size).into()),
            ShapeType::List if size <= 64 => {
                let element = simplest(contract, shape.element.as_deref()?, 0)?;
                Some(Value::Array(vec![element; size]))
            }
            ShapeType::Map if size <= 64 => {
                let entries = entries(contract, shape, size, 0)?;
                Some(Value::Object(entries))
            }
            _ => None,
        }
    };

    let mut add = |side: &str, id: &str, size: Option<i64>| {
        let value = size.filter(|s| *s >= 0).and_then(make);
        let is_there = value.is_some();
        if let Some(value) = value {
            push(side, id.to_owned(), value);
        }
        is_there
    };

    if let Some(min) = length.min {
        add("length::min", "at-min", Some(min));
        add("length::min", "below-min", min.checked_sub(1));
    }

    if let Some(max) = length.max {
        add("length::max", "at-max", Some(max));
        let is_above = add("length::max", "above-max", max.checked_add(1));
        add(
            "length::max",
            "above-max-of-every-revision",
            furthest.and_then(|f| f.checked_add(1)),
        );
        if !(is_above && much == Much::Few) {
            add(
                "length::max",
                "ten-times-max",
                furthest.unwrap_or(max).checked_mul(10),
            );
        }
    }

    // A buffer, a column or a block cipher may draw a line that no documentation has.
    if let (ShapeType::String, Some(min), Some(max)) = (shape.kind, length.min, length.max)
        && much == Much::EachLength
        && max.saturating_sub(min) <= MOST_LENGTHS
    {
        for size in min + 1..max {
            // One automaton serves them all, so that none is remembered.
            let text = usize::try_from(size).ok().filter(|size| *size <= near);
            if let Some(text) = text.and_then(|size| strings.of_length(size)) {
                push("length::max", format!("within::{size}"), text.into());
            }
        }
    }
}
