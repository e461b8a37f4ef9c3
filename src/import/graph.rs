//! A service model as a graph of shapes, whatever its format: the readers of models give it, and one
//! place makes operations of it.

use std::collections::HashMap;

use super::operation::{Fault, Pagination, Place};
use super::shape::Constraint;
use crate::contract::{ShapeType, TimestampFormat};

/// A service, by its operations and shapes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) shapes: HashMap<String, Node>,
    pub(super) operations: Vec<OperationNode>,
    /// The model, as contracts name their source.
    pub(super) source: String,
}

/// A named shape.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: ShapeType,
    /// Members of a structure or union.
    pub(super) members: Vec<Edge>,
    /// The element of a list, or the value of a map.
    pub(super) element: Option<Edge>,
    pub(super) key: Option<Edge>,
    pub(super) constraints: Vec<Constraint>,
    /// What the model says of it that could not be read.
    pub(super) faults: Vec<Unread>,
    pub(super) timestamp: Option<TimestampFormat>,
    /// A stream of events.
    pub(super) is_events: bool,
}

/// A member, or what a list or a map holds.
#[derive(Debug, Default)]
pub(super) struct Edge {
    pub(super) name: String,
    /// The shape that it has.
    pub(super) target: String,
    pub(super) place: Place,
    /// Parameters of the query with any name.
    pub(super) is_any_query: bool,
    pub(super) wire_name: Option<String>,
    pub(super) is_required: bool,
    pub(super) is_token: bool,
    /// A text that holds a JSON document, in Base64.
    pub(super) is_json_text: bool,
    pub(super) timestamp: Option<TimestampFormat>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) faults: Vec<Unread>,
    pub(super) prose: Option<Prose>,
    /// Values that a sentence lists: what an answer may show.
    pub(super) listed: Option<Vec<String>>,
}

/// An operation.
#[derive(Debug, Default)]
pub(super) struct OperationNode {
    pub(super) name: String,
    pub(super) method: String,
    /// The path. Labels have the names that they have there.
    pub(super) uri: String,
    pub(super) code: u16,
    pub(super) input: Option<String>,
    pub(super) output: Option<String>,
    pub(super) errors: Vec<Fault>,
    pub(super) pagination: Option<Pages>,
    pub(super) faults: Vec<Unread>,
    pub(super) prose: Option<Prose>,
}

/// How a model says that lists go on.
#[derive(Clone, Debug)]
pub(super) enum Pages {
    By(Pagination),
    /// In a way that is more than the names of members.
    Otherwise(String),
}

/// A promise that could not be read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) what: &'static str,
    pub(super) why: String,
}

/// Documentation: its text, and the line where it stands.
#[derive(Clone, Debug)]
pub(super) struct Prose {
    pub(super) text: String,
    pub(super) line: usize,
}

impl Node {
    pub(super) fn of(kind: ShapeType) -> Self {
        Self {
            kind,
            members: Vec::new(),
            element: None,
            key: None,
            constraints: Vec::new(),
            faults: Vec::new(),
            timestamp: None,
            is_events: false,
        }
    }

    /// Whether it has parts, so that contracts name it.
    pub(super) fn has_parts(&self) -> bool {
        matches!(
            self.kind,
            ShapeType::Structure | ShapeType::Union | ShapeType::List | ShapeType::Map
        )
    }
}

impl Unread {
    pub(super) fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self {
            what,
            why: why.into(),
        }
    }
}
