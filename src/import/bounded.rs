//! Shapes that hold each other in more ways than anybody can list: a contract has a promise for each
//! place that a constraint is reached at, and a few shapes that all hold each other have billions.
//! What lies deepest is left out, as any JSON, until the rest can be listed.

use std::collections::{HashMap, VecDeque};

use super::loss::{Losses, Lost};
use super::operation::Operation;
use super::shape::Shape;
use crate::contract::ShapeType;

/// So many places a contract has at most. The largest of AWS have more than 30,000.
const MOST_PLACES: usize = 100_000;
/// So deep a place stands at most.
const DEEPEST: usize = 96;

/// Leaves out what lies deepest, where there is too much.
pub(super) fn bound(operation: &mut Operation, losses: &mut Losses) {
    if fits(operation) {
        return;
    }
    let levels = levels(operation);
    let deepest = levels.values().copied().max().unwrap_or(0);
    let mut keep = deepest.min(DEEPEST) / 2;
    let whole = std::mem::take(&mut operation.shapes);
    loop {
        operation.shapes = whole
            .iter()
            .filter_map(|(name, shape)| {
                let level = *levels.get(name)?;
                // What is one level deeper is named, and is anything.
                let kept = (level <= keep).then(|| shape.clone());
                let any = (level == keep + 1).then(|| Shape::of(ShapeType::Document));
                Some((name.clone(), kept.or(any)?))
            })
            .collect();
        if keep == 0 || fits(operation) {
            break;
        }
        keep /= 2;
    }

    let cut = levels.values().filter(|level| **level > keep).count();
    losses.add(Lost {
        of: operation.name.clone(),
        line: None,
        what: "shape",
        why: format!(
            "{cut} shapes that lie deepest are any JSON: there are too many places to list"
        ),
    });
}

/// How far each shape is from the members of request and answer.
fn levels(operation: &Operation) -> HashMap<String, usize> {
    let mut levels = HashMap::new();
    let mut left: VecDeque<(String, usize)> = VecDeque::new();
    let mut targets = Vec::new();
    let members = operation.input.iter().chain(&operation.output);
    members.for_each(|member| member.shape.targets(&mut targets));
    left.extend(targets.into_iter().map(|name| (name.to_owned(), 1)));

    while let Some((name, level)) = left.pop_front() {
        let Some(shape) = operation.shapes.get(&name) else {
            continue;
        };
        if levels.contains_key(&name) {
            continue;
        }
        levels.insert(name, level);
        let mut targets = Vec::new();
        shape.targets(&mut targets);
        left.extend(targets.into_iter().map(|name| (name.to_owned(), level + 1)));
    }
    levels
}

/// Whether the places of an operation can be listed.
fn fits(operation: &Operation) -> bool {
    let mut walk = Walk {
        operation,
        left: MOST_PLACES,
        way: Vec::new(),
    };
    let mut members = operation.input.iter().chain(&operation.output);
    members.all(|member| walk.passes(&member.shape))
}

/// A walk over all places, as the promises of a contract are listed.
struct Walk<'a> {
    operation: &'a Operation,
    left: usize,
    /// The named shapes on the way down. One that holds itself is listed once.
    way: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn passes(&mut self, shape: &'a Shape) -> bool {
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        let Some(target) = shape.target.as_deref() else {
            return self.within(shape);
        };
        if self.way.contains(&target) {
            return true;
        }
        let Some(named) = self.operation.shapes.get(target) else {
            return true;
        };
        if self.way.len() >= DEEPEST {
            return false;
        }
        self.way.push(target);
        let passes = self.within(named);
        self.way.pop();
        passes
    }

    fn within(&mut self, shape: &'a Shape) -> bool {
        let inner = [&shape.element, &shape.key].into_iter().flatten();
        shape
            .members
            .values()
            .all(|field| self.passes(&field.shape))
            && inner.into_iter().all(|inner| self.passes(inner))
    }
}
