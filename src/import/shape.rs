//! The shape of a value as a document describes it, and which constraints it can have.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::contract::pattern::Pattern;
use crate::contract::{ShapeType, TimestampFormat};

/// What values are admitted somewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The named shape that this one stands for.
    pub(crate) target: Option<String>,
    /// The type, where there is no target.
    pub(crate) kind: ShapeType,
    pub(crate) range: Option<Limits>,
    pub(crate) length: Option<Limits>,
    pub(crate) pattern: Option<String>,
    pub(crate) values: Option<Vec<String>>,
    pub(crate) timestamp: Option<TimestampFormat>,
    /// The members of a structure or union.
    pub(crate) members: IndexMap<String, Field>,
    /// The element of a list, or the value of a map.
    pub(crate) element: Option<Box<Shape>>,
    /// The key of a map.
    pub(crate) key: Option<Box<Shape>>,
}

/// One member of a structure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// Its name on the wire, where that is another.
    pub(crate) wire_name: Option<String>,
}

/// A lower and an upper limit, of which one may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
}

/// A number as documents write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Fraction(f64),
}

/// One restriction, as a document says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constraint {
    Range(Limits),
    Length(Limits),
    Pattern(String),
    Values(Vec<String>),
}

impl Constraint {
    /// The word of contracts for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Range(_) => "range",
            Self::Length(_) => "length",
            Self::Pattern(_) => "pattern",
            Self::Values(_) => "enum",
        }
    }
}

/// Which patterns can be read: each is tried once.
#[derive(Debug, Default)]
pub(crate) struct Patterns(HashMap<String, Option<String>>);

impl Patterns {
    /// Why the pattern cannot be read.
    fn fault(&mut self, pattern: &str) -> Option<String> {
        if let Some(known) = self.0.get(pattern) {
            return known.clone();
        }
        let fault = Pattern::parse(pattern).err().map(|e| e.to_string());
        self.0.insert(pattern.to_owned(), fault.clone());
        fault
    }
}

impl Shape {
    pub(crate) fn of(kind: ShapeType) -> Self {
        Self {
            target: None,
            kind,
            range: None,
            length: None,
            pattern: None,
            values: None,
            timestamp: None,
            members: IndexMap::new(),
            element: None,
            key: None,
        }
    }

    pub(crate) fn target(name: impl Into<String>) -> Self {
        Self {
            target: Some(name.into()),
            ..Self::of(ShapeType::Document)
        }
    }

    pub(crate) fn list(element: Self) -> Self {
        Self {
            element: Some(Box::new(element)),
            ..Self::of(ShapeType::List)
        }
    }

    pub(crate) fn map(key: Self, value: Self) -> Self {
        Self {
            key: Some(Box::new(key)),
            element: Some(Box::new(value)),
            ..Self::of(ShapeType::Map)
        }
    }

    /// Whether it is a number.
    pub(crate) fn is_number(&self) -> bool {
        self.is_whole() || matches!(self.kind, ShapeType::Float | ShapeType::Double)
    }

    /// Whether it is a whole number.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.kind, ShapeType::Integer | ShapeType::Long)
    }

    /// Takes a restriction, or says why it cannot have it.
    pub(crate) fn restrict(
        &mut self,
        constraint: Constraint,
        patterns: &mut Patterns,
    ) -> Result<(), String> {
        let unfit = |what: &str| Err(format!("a {what} does not apply to {}", self.name()));
        if self.target.is_some() {
            return unfit("constraint");
        }
        match constraint {
            Constraint::Range(_) if !self.is_number() => unfit("range"),
            Constraint::Range(limits) => {
                self.range = Some(limits.checked(self.is_whole())?);
                Ok(())
            }
            Constraint::Length(_) if !self.has_length() => unfit("length"),
            Constraint::Length(limits) => {
                self.length = Some(limits.checked(true)?.of_length()?);
                Ok(())
            }
            Constraint::Pattern(_) if self.kind == ShapeType::Enum => {
                Err("the values are listed, and the list says more".to_owned())
            }
            Constraint::Pattern(_) if self.kind != ShapeType::String => unfit("pattern"),
            Constraint::Pattern(pattern) => match patterns.fault(&pattern) {
                Some(fault) => Err(format!("the pattern cannot be read: {fault}")),
                None => {
                    self.pattern = Some(pattern);
                    Ok(())
                }
            },
            Constraint::Values(_) if !matches!(self.kind, ShapeType::String | ShapeType::Enum) => {
                unfit("list of values")
            }
            Constraint::Values(values) => self.take_values(values),
        }
    }

    fn take_values(&mut self, values: Vec<String>) -> Result<(), String> {
        let mut once: Vec<String> = Vec::with_capacity(values.len());
        let mut seen = std::collections::HashSet::new();
        for value in values {
            if seen.insert(value.clone()) {
                once.push(value);
            }
        }
        if once.is_empty() {
            return Err("the list of values is empty".to_owned());
        }
        if self.pattern.is_some() {
            return Err("the text has a pattern, and a contract has one of both".to_owned());
        }
        self.kind = ShapeType::Enum;
        self.values = Some(once);
        Ok(())
    }

    fn has_length(&self) -> bool {
        use ShapeType::{Blob, Enum, List, Map, String};
        matches!(self.kind, String | Enum | Blob | List | Map)
    }

    /// The type in words.
    pub(crate) fn name(&self) -> &str {
        match &self.target {
            Some(target) => target,
            None => self.kind.name(),
        }
    }

    /// The named shapes that it leads to at once.
    pub(crate) fn targets<'a>(&'a self, into: &mut Vec<&'a str>) {
        into.extend(self.target.as_deref());
        for field in self.members.values() {
            field.shape.targets(into);
        }
        for inner in [&self.element, &self.key].into_iter().flatten() {
            inner.targets(into);
        }
    }
}

impl Limits {
    /// The limits, where a value can be within.
    fn checked(self, whole: bool) -> Result<Self, String> {
        if self.min.is_none() && self.max.is_none() {
            return Err("it has no limit".to_owned());
        }
        let limits = match whole {
            true => Self {
                min: self.min.map(|n| n.whole(f64::ceil)).transpose()?,
                max: self.max.map(|n| n.whole(f64::floor)).transpose()?,
            },
            false => self,
        };
        match (limits.min, limits.max) {
            (Some(min), Some(max)) if min.value() > max.value() => Err(format!(
                "no value lies within: the least is {min}, the greatest {max}"
            )),
            _ => Ok(limits),
        }
    }

    /// The limits of a length: nothing is shorter than nothing.
    fn of_length(self) -> Result<Self, String> {
        match [self.min, self.max]
            .into_iter()
            .flatten()
            .find(|side| side.value() < 0.0)
        {
            Some(side) => Err(format!("no length is {side}")),
            None => Ok(self),
        }
    }
}

impl Number {
    /// A number that a document writes: `10`, `-1`, `0.5`, `1e-3`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::Whole(whole));
        }
        let starts = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
        let value = text.parse::<f64>().ok().filter(|v| starts && v.is_finite());
        value.map(Self::Fraction)
    }

    /// Its value; beyond 2^53 the nearest that a double holds.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Fraction(value) => value,
        }
    }

    /// The whole number that limits whole numbers alike.
    fn whole(self, rounded: fn(f64) -> f64) -> Result<Self, String> {
        let value = match self {
            Self::Whole(_) => return Ok(self),
            Self::Fraction(value) => rounded(value),
        };
        // Beyond this a double does not tell every whole number.
        if value.abs() > 9_007_199_254_740_992.0 {
            return Err(format!("{value} is beyond the whole numbers of 64 bits"));
        }
        #[allow(clippy::cast_possible_truncation)]
        Ok(Self::Whole(value as i64))
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(value) => write!(f, "{value}"),
            Self::Fraction(value) => write!(f, "{value:?}"),
        }
    }
}
