//! Shapes side by side: types, constraints, and what is within them.

use super::super::operation::Operation;
use super::super::shape::{Field, Limits, Number, Shape};
use super::members::yes;
use super::{Comparing, NOTHING};
use crate::contract::{ShapeType, TimestampFormat};

impl<'a> Comparing<'a> {
    /// Compares two shapes. `unsaid`: why one document says no type.
    pub(super) fn shape(
        &mut self,
        of: &str,
        here: &'a Shape,
        there: &'a Shape,
        unsaid: Option<&str>,
    ) {
        if let (Some(here), Some(there)) = (&here.target, &there.target)
            && !self.seen.insert((here, there))
        {
            return;
        }
        let here = resolve(self.here, here);
        let there = resolve(self.there, there);
        let unsaid = unsaid.map(str::to_owned);
        self.fact(of, "type", (kind(here), kind(there)), unsaid.clone());
        if !is_same_kind(here, there) {
            return;
        }

        let range = |shape: &Shape| limits(shape.range.as_ref());
        self.fact(of, "range", (range(here), range(there)), None);
        let length = |shape: &Shape| limits(shape.length.as_ref());
        self.fact(of, "length", (length(here), length(there)), None);
        let pattern = |shape: &Shape| shape.pattern.clone().unwrap_or_else(|| NOTHING.to_owned());
        let anchored = is_anchored_alike(here, there).then(|| {
            "one document writes the anchors that the other means: patterns hold for the whole value"
                .to_owned()
        });
        self.fact(of, "pattern", (pattern(here), pattern(there)), anchored);
        let by_prose = (self.is_silent(|silent| silent.prose)
            && [here, there]
                .iter()
                .filter(|shape| shape.values.is_some())
                .count()
                == 1
            && of.starts_with("answer"))
        .then(|| "a sentence lists the values, and a model has none".to_owned());
        self.fact(of, "enum", values(here, there), by_prose);
        if here.kind == ShapeType::Timestamp && !self.is_silent(|silent| silent.timestamps) {
            self.fact(of, "timestamp_format", (date(here), date(there)), None);
        }
        self.within(of, here, there);
    }

    /// What is within lists, maps and structures.
    fn within(&mut self, of: &str, here: &'a Shape, there: &'a Shape) {
        if let (Some(here), Some(there)) = (&here.key, &there.key) {
            self.shape(&format!("{of} / key"), here, there, None);
        }
        if let (Some(here), Some(there)) = (&here.element, &there.element) {
            self.shape(&format!("{of} / element"), here, there, None);
        }

        let wire = |(name, field): (&'a String, &'a Field)| -> &'a str {
            field.wire_name.as_deref().unwrap_or(name)
        };
        for (name, field) in &here.members {
            let of = format!("{of} / {name}");
            let own = wire((name, field));
            let other = there
                .members
                .iter()
                .find(|(name, field)| wire((name, field)) == own);
            let Some((_, other)) = other else {
                self.fact(&of, "member", ("member", NOTHING), None);
                continue;
            };
            self.fact(&of, "member", ("member", "member"), None);
            self.fact(
                &of,
                "required",
                (yes(field.required), yes(other.required)),
                None,
            );
            self.shape(&of, &field.shape, &other.shape, None);
        }
        for (name, field) in &there.members {
            let own = wire((name, field));
            if !here
                .members
                .iter()
                .any(|(name, field)| wire((name, field)) == own)
            {
                self.fact(
                    &format!("{of} / {name}"),
                    "member",
                    (NOTHING, "member"),
                    None,
                );
            }
        }
    }
}

/// Whether two patterns are the same but for the anchors around them.
fn is_anchored_alike(here: &Shape, there: &Shape) -> bool {
    let bare = |shape: &Shape| {
        let pattern = shape.pattern.as_deref()?;
        let bare = pattern.strip_prefix('^').unwrap_or(pattern);
        Some(bare.strip_suffix('$').unwrap_or(bare).to_owned())
    };
    let (here, there) = (bare(here), bare(there));
    here.is_some() && here == there
}

/// The shape that is meant.
fn resolve<'a>(operation: &'a Operation, shape: &'a Shape) -> &'a Shape {
    let mut at = shape;
    // A target leads to a shape with parts, or by way of a few names.
    for _ in 0..64 {
        match at
            .target
            .as_ref()
            .and_then(|target| operation.shapes.get(target))
        {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// The type in words. A text with a list of values is of one type, by either name.
fn kind(shape: &Shape) -> &'static str {
    match shape.kind {
        ShapeType::Enum => ShapeType::String.name(),
        kind => kind.name(),
    }
}

fn is_same_kind(here: &Shape, there: &Shape) -> bool {
    kind(here) == kind(there) || (here.is_number() && there.is_number())
}

fn limits(limits: Option<&Limits>) -> String {
    let Some(Limits { min, max }) = limits else {
        return NOTHING.to_owned();
    };
    let side = |number: &Option<Number>| match number {
        // 1 and 1.0 are one limit.
        Some(number) if number.value().fract() == 0.0 => format!("{:.0}", number.value()),
        Some(number) => number.to_string(),
        None => String::new(),
    };
    format!("{}..{}", side(min), side(max))
}

/// The lists of values. Where both have one, what each has alone: lists are long.
fn values(here: &Shape, there: &Shape) -> (String, String) {
    let alone = |own: &Shape, other: &Shape| match (&own.values, &other.values) {
        (None, _) => NOTHING.to_owned(),
        (Some(own), None) => own.join(" "),
        (Some(own), Some(other)) => {
            let alone = own.iter().filter(|value| !other.contains(value));
            let alone: Vec<&str> = alone.map(String::as_str).collect();
            match alone.is_empty() {
                true => "no other value".to_owned(),
                false => alone.join(" "),
            }
        }
    };
    (alone(here, there), alone(there, here))
}

fn date(shape: &Shape) -> &'static str {
    match shape.timestamp {
        None | Some(TimestampFormat::EpochSeconds) => "epoch-seconds",
        Some(TimestampFormat::DateTime) => "date-time",
        Some(TimestampFormat::HttpDate) => "http-date",
    }
}
