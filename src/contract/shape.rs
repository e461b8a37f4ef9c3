//! Shapes: the types of values, and the constraints on them.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::contract::constraint::fraction::FractionRange;
use crate::contract::pattern::Pattern;

/// The type of a value, by Smithy's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ShapeType {
    /// Uninterpreted bytes; base64 in JSON.
    Blob,
    /// `true` or `false`.
    Boolean,
    /// Unicode text.
    String,
    /// A 32-bit signed whole number.
    Integer,
    /// A 64-bit signed whole number.
    Long,
    /// A single-precision number.
    Float,
    /// A double-precision number.
    Double,
    /// A point in time; its form on the wire is the shape's [`TimestampFormat`].
    Timestamp,
    /// A string of a fixed set of values.
    Enum,
    /// Named members.
    Structure,
    /// A sequence of one shape.
    List,
    /// String keys to one shape.
    Map,
    /// Exactly one of several members.
    Union,
    /// Any JSON value.
    Document,
}

impl ShapeType {
    /// The name used in contract files and messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Timestamp => "timestamp",
            Self::Enum => "enum",
            Self::Structure => "structure",
            Self::List => "list",
            Self::Map => "map",
            Self::Union => "union",
            Self::Document => "document",
        }
    }
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TimestampFormat {
    /// A JSON number: seconds since 1970, with an optional fraction. The default of REST-JSON
    /// bodies.
    #[default]
    EpochSeconds,
    /// An RFC 3339 string.
    DateTime,
    /// An RFC 9110 date.
    HttpDate,
}

/// Inclusive lower and upper limits; an absent side is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The smallest value admitted.
    pub(crate) min: Option<i64>,
    /// The largest value admitted.
    pub(crate) max: Option<i64>,
}

/// One documented restriction on a value.
#[derive(Clone, Debug)]
pub(crate) enum Constraint {
    /// A whole number.
    Range(Bound),
    /// A number that need not be whole.
    Fraction(FractionRange),
    /// The number of characters, elements or entries.
    Length(Bound),
    /// A regular expression that the whole string matches.
    Pattern(Arc<Pattern>),
    /// The only values admitted.
    Enum(Vec<String>),
}

/// What values are admitted somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The type; of a shape with a target, see [`Contract::resolve`](super::Contract::resolve).
    pub(crate) kind: ShapeType,
    /// The named shape this one stands for.
    pub(crate) target: Option<String>,
    /// The restrictions, in documented order.
    pub(crate) constraints: Vec<Constraint>,
    /// The members of a structure or union.
    pub(crate) members: IndexMap<String, StructureMember>,
    /// The element of a list, or the value of a map.
    pub(crate) element: Option<Box<Shape>>,
    /// The key of a map.
    pub(crate) key: Option<Box<Shape>>,
    /// How a timestamp is written.
    pub(crate) timestamp: TimestampFormat,
}

/// One member of a structure or union shape.
#[derive(Clone, Debug)]
pub(crate) struct StructureMember {
    /// Its key in JSON, where that is not its name.
    pub(crate) wire_name: String,
    /// What values it may take.
    pub(crate) shape: Shape,
    /// Whether a structure without it breaks the contract.
    pub(crate) required: bool,
}

impl ShapeType {
    /// Whether a body that is one value of the type is a JSON document. Any other is opaque bytes.
    pub(crate) fn is_document(self) -> bool {
        matches!(
            self,
            Self::Structure | Self::Union | Self::List | Self::Map | Self::Document
        )
    }
}

impl Shape {
    /// The documented numeric range.
    pub(crate) fn range(&self) -> Option<Bound> {
        self.constraints.iter().find_map(|c| match c {
            Constraint::Range(b) => Some(*b),
            _ => None,
        })
    }

    /// The documented range of a number that need not be whole.
    pub(crate) fn limits(&self) -> Option<&FractionRange> {
        self.constraints.iter().find_map(|c| match c {
            Constraint::Fraction(limits) => Some(limits),
            _ => None,
        })
    }

    /// The documented length, in characters, elements or entries.
    pub(crate) fn length(&self) -> Option<Bound> {
        self.constraints.iter().find_map(|c| match c {
            Constraint::Length(b) => Some(*b),
            _ => None,
        })
    }

    /// The documented pattern.
    pub(crate) fn pattern(&self) -> Option<&Pattern> {
        self.constraints.iter().find_map(|c| match c {
            Constraint::Pattern(p) => Some(&**p),
            _ => None,
        })
    }

    /// The documented set of values.
    pub(crate) fn values(&self) -> Option<&[String]> {
        self.constraints.iter().find_map(|c| match c {
            Constraint::Enum(v) => Some(v.as_slice()),
            _ => None,
        })
    }
}

impl Bound {
    /// Whether the value lies within.
    pub(crate) fn admits(self, value: i128) -> bool {
        self.min.is_none_or(|min| value >= i128::from(min))
            && self.max.is_none_or(|max| value <= i128::from(max))
    }
}
