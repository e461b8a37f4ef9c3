//! From the tables of members and shapes to checked [`Shape`]s.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use toml::Spanned;

use super::super::shape::StructureMember;
use super::super::{Bound, Constraint, Shape, ShapeType, TimestampFormat, document as toml_form};
use super::{FileError, Reader, Span};
use crate::contract::constraint::fraction::{FractionLimit, FractionRange};
use crate::contract::document::NumberValue;
use crate::contract::pattern::Pattern;
use crate::support::echo::{did_you_mean, shown};

impl Reader<'_> {
    pub(super) fn shape(
        &self,
        table: &toml_form::ShapeTable,
        span: Span,
    ) -> Result<Shape, FileError> {
        if let Some(target) = &table.target {
            if !self.shapes.contains(target.get_ref()) {
                let known = self.shapes.iter().cloned().collect::<Vec<_>>().join(", ");
                let known = if known.is_empty() {
                    "this file defines none".to_owned()
                } else {
                    known
                };
                let hint = did_you_mean(target.get_ref(), self.shapes.iter().map(String::as_str));
                let target_name = shown(target.get_ref());
                let text = format!(
                    "unknown target `{target_name}`: expected the name of a shape ({known}){hint}"
                );
                return Err(self.file.at(target.span(), text));
            }
            if table.kind.is_some() {
                return Err(self.file.at(
                    target.span(),
                    "expected either `type` or `target`, found both",
                ));
            }
        }

        let kind = match (&table.kind, &table.target) {
            (Some(kind), _) => *kind.get_ref(),
            (None, Some(_)) => ShapeType::Document,
            (None, None) => return Err(self.file.at(span, "expected `type` or `target`")),
        };

        let mut constraints = Vec::new();
        if let Some(range) = &table.range {
            self.fits(
                kind,
                &[
                    ShapeType::Integer,
                    ShapeType::Long,
                    ShapeType::Float,
                    ShapeType::Double,
                ],
                range,
                "range",
            )?;
            constraints.push(match kind {
                ShapeType::Float | ShapeType::Double => Constraint::Fraction(self.limits(range)?),
                _ => Constraint::Range(self.range(range)?),
            });
        }

        if let Some(length) = &table.length {
            let sized = [
                ShapeType::String,
                ShapeType::Enum,
                ShapeType::Blob,
                ShapeType::List,
                ShapeType::Map,
            ];
            self.fits(kind, &sized, length, "length")?;
            constraints.push(Constraint::Length(self.length(length)?));
        }

        if let Some(pattern) = &table.pattern {
            self.fits(kind, &[ShapeType::String], pattern, "pattern")?;
            let compiled = Pattern::shared(pattern.get_ref()).map_err(|e| {
                self.file
                    .at(pattern.span(), format!("pattern cannot be compiled: {e}"))
            })?;
            constraints.push(Constraint::Pattern(compiled));
        }

        match (&table.values, kind) {
            (Some(values), ShapeType::String | ShapeType::Enum) => {
                if values.get_ref().is_empty() {
                    return Err(self.file.at(values.span(), "expected at least one value"));
                }
                if values.get_ref().iter().collect::<BTreeSet<_>>().len() != values.get_ref().len()
                {
                    return Err(self.file.at(values.span(), "expected each value once"));
                }
                constraints.push(Constraint::Enum(values.get_ref().clone()));
            }
            (Some(values), _) => {
                return Err(self.file.at(
                    values.span(),
                    format!("`enum` does not apply to type {}", kind.name()),
                ));
            }
            (None, ShapeType::Enum) => {
                return Err(self.file.at(span, "type enum: expected `enum = [values]`"));
            }
            (None, _) => {}
        }

        let mut members = IndexMap::new();
        for (name, member) in &table.members {
            let shape = self.shape(member, name.span())?;
            let key = member.name.as_ref().unwrap_or(name);
            let taken = |m: &StructureMember| m.wire_name == *key.get_ref();
            if members.values().any(taken) {
                let text = format!(
                    "`{}` is the name of another member of the same structure",
                    shown(key.get_ref())
                );
                return Err(self.file.at(key.span(), text));
            }
            members.insert(
                name.get_ref().clone(),
                StructureMember {
                    wire_name: key.get_ref().clone(),
                    shape,
                    required: member.required,
                },
            );
        }

        let inner = |t: &Option<Spanned<Box<toml_form::ShapeTable>>>| -> Result<Option<Box<Shape>>, FileError> {
            t.as_ref().map(|t| self.unnamed(t.get_ref(), t.span()).map(Box::new)).transpose()
        };
        let (element, key, value) = (
            inner(&table.member)?,
            inner(&table.key)?,
            inner(&table.value)?,
        );

        let structured = matches!(kind, ShapeType::Structure | ShapeType::Union);
        if !members.is_empty() && !structured {
            return Err(self.file.at(
                span,
                format!("`members` does not apply to type {}", kind.name()),
            ));
        }

        if element.is_some() != (kind == ShapeType::List) {
            return Err(self
                .file
                .at(span, "expected `member` for a list, and only there"));
        }

        if (key.is_some() && value.is_some()) != (kind == ShapeType::Map)
            || key.is_some() != value.is_some()
        {
            return Err(self
                .file
                .at(span, "expected `key` and `value` for a map, and only there"));
        }

        if table.timestamp_format.is_some() && kind != ShapeType::Timestamp {
            return Err(self
                .file
                .at(span, "`timestamp_format` applies to timestamps only"));
        }

        Ok(Shape {
            kind,
            target: table.target.as_ref().map(|t| t.get_ref().clone()),
            constraints,
            members,
            element: element.or(value),
            key,
            timestamp: table
                .timestamp_format
                .unwrap_or(TimestampFormat::EpochSeconds),
        })
    }

    /// A shape that is no member of a structure: nothing is called by a name of its own there.
    pub(super) fn unnamed(
        &self,
        table: &toml_form::ShapeTable,
        span: Span,
    ) -> Result<Shape, FileError> {
        match &table.name {
            Some(name) => Err(self.file.at(
                name.span(),
                "`name` is the key of a member: expected it within `members` alone",
            )),
            None => self.shape(table, span),
        }
    }

    /// The range of an integer.
    fn range(&self, table: &Spanned<toml_form::RangeTable>) -> Result<Bound, FileError> {
        let whole = |side: Option<NumberValue>| match side {
            Some(NumberValue::Fraction(value)) => Err(self.file.at(
                table.span(),
                format!("expected whole numbers, as an integer is one, found {value}"),
            )),
            Some(NumberValue::Whole(value)) => Ok(Some(value)),
            None => Ok(None),
        };

        let toml_form::RangeTable { min, max } = *table.get_ref();
        let (min, max) = (whole(min)?, whole(max)?);
        self.bound(&Spanned::new(
            table.span(),
            toml_form::BoundTable { min, max },
        ))
    }

    /// The range of a number that need not be whole.
    fn limits(&self, table: &Spanned<toml_form::RangeTable>) -> Result<FractionRange, FileError> {
        let at = |message: String| self.file.at(table.span(), message);
        let limit = |side: Option<NumberValue>| {
            // No documented limit has more digits than a double holds.
            #[allow(clippy::cast_precision_loss)]
            let value = match side {
                Some(NumberValue::Whole(value)) => value as f64,
                Some(NumberValue::Fraction(value)) => value,
                None => return Ok(None),
            };
            let limit = FractionLimit::new(value);
            let wrong = || at(format!("expected a finite number, found {value}"));
            limit.map(Some).ok_or_else(wrong)
        };

        let toml_form::RangeTable { min, max } = *table.get_ref();
        let limits = FractionRange {
            min: limit(min)?,
            max: limit(max)?,
        };
        match (&limits.min, &limits.max) {
            (None, None) => Err(at("expected `min`, `max` or both".to_owned())),
            (Some(min), Some(max)) if limits.is_empty() => Err(at(format!(
                "empty range: expected min ≤ max, found min {min}, max {max}"
            ))),
            _ => Ok(limits),
        }
    }

    pub(super) fn bound(&self, table: &Spanned<toml_form::BoundTable>) -> Result<Bound, FileError> {
        let toml_form::BoundTable { min, max } = *table.get_ref();
        match (min, max) {
            (None, None) => Err(self.file.at(table.span(), "expected `min`, `max` or both")),
            (Some(min), Some(max)) if min > max => {
                let text = format!("empty range: expected min ≤ max, found min {min}, max {max}");
                Err(self.file.at(table.span(), text))
            }
            _ => Ok(Bound { min, max }),
        }
    }

    /// A bound of a length: nothing is shorter than nothing.
    pub(super) fn length(
        &self,
        table: &Spanned<toml_form::BoundTable>,
    ) -> Result<Bound, FileError> {
        let bound = self.bound(table)?;
        match [bound.min, bound.max]
            .into_iter()
            .flatten()
            .find(|side| *side < 0)
        {
            Some(side) => Err(self.file.at(
                table.span(),
                format!("expected lengths of at least 0, found {side}"),
            )),
            None => Ok(bound),
        }
    }

    /// A shape that nothing targets promises nothing: a name was misspelt, or a target forgotten.
    pub(super) fn every_shape_targeted(
        &self,
        table: &toml_form::Operation,
    ) -> Result<(), FileError> {
        let mut targets = BTreeSet::new();
        let of_members = table.input.values().filter_map(|m| m.target.as_ref());
        let of_answers = table.output.values().filter_map(|m| m.target.as_ref());
        targets.extend(of_members.chain(of_answers).map(|t| t.get_ref().as_str()));
        for shape in table.shape.values() {
            targets_within(shape, &mut targets);
        }

        match table
            .shape
            .keys()
            .find(|name| !targets.contains(name.get_ref().as_str()))
        {
            Some(name) => Err(self.file.at(
                name.span(),
                format!("nothing targets shape `{}`", name.get_ref()),
            )),
            None => Ok(()),
        }
    }

    /// A target may lead to a shape with a target, but not back to itself: such a shape would be
    /// nothing.
    pub(super) fn no_circular_targets(
        &self,
        shapes: &IndexMap<Spanned<String>, toml_form::ShapeTable>,
    ) -> Result<(), FileError> {
        let targets: HashMap<&str, Option<&str>> = shapes
            .iter()
            .map(|(name, shape)| {
                let target = shape.target.as_ref().map(|t| t.get_ref().as_str());
                (name.get_ref().as_str(), target)
            })
            .collect();
        let next = |name: &str| targets.get(name).copied().flatten();

        for name in shapes.keys() {
            let mut at = name.get_ref().as_str();
            for _ in 0..=shapes.len() {
                match next(at) {
                    Some(target) => at = target,
                    None => break,
                }
            }
            if next(at).is_some() {
                return Err(self.file.at(
                    name.span(),
                    format!("shape `{}` targets itself", name.get_ref()),
                ));
            }
        }

        Ok(())
    }

    fn fits<T>(
        &self,
        kind: ShapeType,
        of: &[ShapeType],
        at: &Spanned<T>,
        what: &str,
    ) -> Result<(), FileError> {
        if of.contains(&kind) {
            return Ok(());
        }
        let names = of.iter().map(|k| k.name()).collect::<Vec<_>>().join(", ");
        let text = format!(
            "`{what}` does not apply to type {}: expected one of {names}",
            kind.name()
        );
        Err(self.file.at(at.span(), text))
    }
}

fn targets_within<'a>(shape: &'a toml_form::ShapeTable, targets: &mut BTreeSet<&'a str>) {
    targets.extend(shape.target.as_ref().map(|t| t.get_ref().as_str()));
    let boxed = [&shape.member, &shape.key, &shape.value]
        .into_iter()
        .flatten()
        .map(|t| &**t.get_ref());
    for inner in shape.members.values().chain(boxed) {
        targets_within(inner, targets);
    }
}

impl From<&toml_form::InputTable> for toml_form::ShapeTable {
    fn from(m: &toml_form::InputTable) -> Self {
        Self {
            target: m.target.clone(),
            kind: m.kind.clone(),
            range: m.range.clone(),
            length: m.length.clone(),
            pattern: m.pattern.clone(),
            values: m.values.clone(),
            timestamp_format: m.timestamp_format,
            ..Self::default()
        }
    }
}

impl From<&toml_form::OutputTable> for toml_form::ShapeTable {
    fn from(m: &toml_form::OutputTable) -> Self {
        Self {
            target: m.target.clone(),
            kind: m.kind.clone(),
            range: m.range.clone(),
            length: m.length.clone(),
            pattern: m.pattern.clone(),
            values: m.values.clone(),
            timestamp_format: m.timestamp_format,
            ..Self::default()
        }
    }
}
