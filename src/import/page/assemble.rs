//! From what an entry says to a shape: which part of it each constraint restricts.

use crate::contract::ShapeType;
use crate::import::loss::Lost;
use crate::import::shape::{self, Limits, Number, Patterns, Shape};

use super::kind::{Scalar, Worded};
use super::said::{Constraint, Of, Said, Stated};

/// A type that has a page of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) name: String,
    pub(super) page: String,
}

/// The shape of an entry, and which of its constraints it cannot have.
pub(super) fn shape(said: &Said<'_>, of: &str, patterns: &mut Patterns) -> (Shape, Vec<Lost>) {
    let mut shape = match &said.kind {
        Some(kind) => worded(kind),
        None => concluded(said),
    };

    let mut lost = Vec::new();
    let mut lose = |line: usize, what, why| {
        lost.push(Lost {
            of: of.to_owned(),
            line: Some(line),
            what,
            why,
        });
    };
    if let Some(line) = said.again {
        let why = "the page describes it for one case and another: the last description holds";
        lose(line, "description", why.to_owned());
    }
    // A list of values says more than a pattern does, wherever it stands.
    let is_list = |stated: &&Stated| matches!(stated.constraint, Constraint::Values(..));
    let lists = said.constraints.iter().filter(is_list);
    let others = said.constraints.iter().filter(|stated| !is_list(stated));
    for stated in lists.chain(others) {
        let (what, taken) = restrict(&mut shape, stated, patterns);
        if let Err(why) = taken {
            lose(stated.line, what, why);
        }
    }
    (shape, lost)
}

/// The types with a page of their own that an entry names.
pub(super) fn needed(said: &Said<'_>) -> Vec<Needed> {
    let mut found = Vec::new();
    let mut left: Vec<&Worded> = said.kind.iter().collect();
    while let Some(kind) = left.pop() {
        match kind {
            Worded::Scalar(_) => {}
            Worded::Named { name, page } => found.push(Needed {
                name: name.clone(),
                page: page.clone(),
            }),
            Worded::Array(element) => left.push(element),
            Worded::Map(key, value) => left.extend([&**key, &**value]),
        }
    }
    found
}

fn worded(kind: &Worded) -> Shape {
    match kind {
        Worded::Scalar(scalar) => Shape::of(match scalar {
            Scalar::String => ShapeType::String,
            Scalar::Integer => ShapeType::Integer,
            Scalar::Long => ShapeType::Long,
            Scalar::Float => ShapeType::Float,
            Scalar::Double => ShapeType::Double,
            Scalar::Boolean => ShapeType::Boolean,
            Scalar::Timestamp => ShapeType::Timestamp,
            Scalar::Blob => ShapeType::Blob,
            Scalar::Document => ShapeType::Document,
        }),
        Worded::Named { name, .. } => Shape::target(name),
        Worded::Array(element) => Shape::list(worded(element)),
        Worded::Map(key, value) => Shape::map(worded(key), worded(value)),
    }
}

/// The type of an entry that names none: that which has its constraints.
fn concluded(said: &Said<'_>) -> Shape {
    let has = |is: fn(&Constraint) -> bool| said.constraints.iter().any(|c| is(&c.constraint));
    let is_fraction = |limits: &Limits| {
        let sides = [limits.min, limits.max];
        let mut sides = sides.into_iter().flatten();
        sides.any(|side| matches!(side, Number::Fraction(_)))
    };

    let range = said.constraints.iter().find_map(|c| match &c.constraint {
        Constraint::Range(limits) => Some(limits),
        _ => None,
    });
    let element = match range {
        Some(limits) if is_fraction(limits) => Shape::of(ShapeType::Double),
        Some(_) => Shape::of(ShapeType::Integer),
        None => Shape::of(ShapeType::String),
    };
    match has(|c| matches!(c, Constraint::Elements(_))) {
        true => Shape::list(element),
        false => element,
    }
}

/// Restricts the part of a shape that a constraint is about. Says what kind of promise it is.
fn restrict(
    shape: &mut Shape,
    stated: &Stated,
    patterns: &mut Patterns,
) -> (&'static str, Result<(), String>) {
    let (what, of, constraint) = match stated.constraint.clone() {
        Constraint::Length(of, limits) => {
            ("length", Part::from(of), shape::Constraint::Length(limits))
        }
        Constraint::Range(limits) => ("range", Part::Innermost, shape::Constraint::Range(limits)),
        Constraint::Pattern(of, text) => {
            ("pattern", Part::from(of), shape::Constraint::Pattern(text))
        }
        Constraint::Values(of, values) => {
            ("enum", Part::from(of), shape::Constraint::Values(values))
        }
        Constraint::Elements(limits) => ("length", Part::List, shape::Constraint::Length(limits)),
        Constraint::Entries(limits) => ("length", Part::Map, shape::Constraint::Length(limits)),
        Constraint::Numberless(what) => {
            return (what, Err("the page leaves out the number".to_owned()));
        }
    };
    let Some(part) = part(shape, of, stated.level) else {
        let why = format!("{} has no part that it is about", shape.name());
        return (what, Err(why));
    };
    (what, part.restrict(constraint, patterns))
}

/// A part of a shape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is within all arrays and maps.
    Innermost,
    Key,
    List,
    Map,
}

impl From<Of> for Part {
    fn from(of: Of) -> Self {
        match of {
            Of::Value => Self::Innermost,
            Of::Key => Self::Key,
        }
    }
}

/// The part of a shape that is meant: of several arrays or maps, that of the level.
fn part(shape: &mut Shape, of: Part, level: usize) -> Option<&mut Shape> {
    let is_it = matches!(
        (of, shape.kind),
        (Part::List, ShapeType::List) | (Part::Map | Part::Key, ShapeType::Map)
    );
    if is_it && level == 0 {
        return match of {
            Part::Key => shape.key.as_deref_mut(),
            _ => Some(shape),
        };
    }
    let level = if is_it { level.checked_sub(1)? } else { level };
    match (of, shape.kind) {
        (_, ShapeType::List | ShapeType::Map) => part(shape.element.as_deref_mut()?, of, level),
        (Part::Innermost, _) => Some(shape),
        _ => None,
    }
}
