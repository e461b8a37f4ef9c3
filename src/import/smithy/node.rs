//! Shapes of Smithy as nodes of the graph.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::members::edge;
use super::table::{Member, Table};
use crate::contract::ShapeType;
use crate::import::graph::{Graph, Node, Unread};
use crate::import::json::Part;
use crate::import::shape::Constraint;
use crate::support::files::Source;

/// Shapes that every model has, by their names in the prelude.
const PRELUDE: &[(&str, ShapeType)] = &[
    ("String", ShapeType::String),
    ("Blob", ShapeType::Blob),
    ("Boolean", ShapeType::Boolean),
    ("PrimitiveBoolean", ShapeType::Boolean),
    ("Byte", ShapeType::Integer),
    ("PrimitiveByte", ShapeType::Integer),
    ("Short", ShapeType::Integer),
    ("PrimitiveShort", ShapeType::Integer),
    ("Integer", ShapeType::Integer),
    ("PrimitiveInteger", ShapeType::Integer),
    ("Long", ShapeType::Long),
    ("PrimitiveLong", ShapeType::Long),
    ("BigInteger", ShapeType::Long),
    ("Float", ShapeType::Float),
    ("PrimitiveFloat", ShapeType::Float),
    ("Double", ShapeType::Double),
    ("PrimitiveDouble", ShapeType::Double),
    ("BigDecimal", ShapeType::Double),
    ("Timestamp", ShapeType::Timestamp),
    ("Document", ShapeType::Document),
    ("Unit", ShapeType::Structure),
];

/// How deep mixins stand within each other at most.
const DEEPEST: usize = 32;

/// Adds the shapes that every model has.
pub(super) fn prelude(shapes: &mut HashMap<String, Node>) {
    for (name, kind) in PRELUDE {
        shapes.insert(format!("smithy.api#{name}"), Node::of(*kind));
    }
}

/// A shape as a node; `None` for one that is no value.
pub(super) fn read(
    table: &Table<'_>,
    tables: &IndexMap<&str, Table<'_>>,
    file: &Source,
    with_prose: bool,
) -> Option<Node> {
    let kind = kind(&table.kind)?;
    let mut node = Node::of(kind);
    match &table.traits {
        Part::Absent => {}
        Part::Unread(why) => node.faults.push(Unread::new("traits", why.clone())),
        Part::Read(traits) => {
            let (constraints, faults) = traits.constraints(kind == ShapeType::Enum);
            node.constraints = constraints;
            node.faults.extend(faults);
            node.timestamp = traits.date(&mut node.faults);
            node.is_events = kind == ShapeType::Union && traits.has("streaming");
        }
    }

    match kind {
        ShapeType::Structure | ShapeType::Union => {
            add_members(&mut node, table, tables, file, with_prose, 0);
        }
        ShapeType::List => node.element = Some(edge("", &table.member, file, false)),
        ShapeType::Map => {
            node.key = Some(edge("", &table.key, file, false));
            node.element = Some(edge("", &table.value, file, false));
        }
        // A set of values is a text until its values are known.
        ShapeType::Enum => {
            node.kind = ShapeType::String;
            let values = Constraint::Values(values(table));
            node.constraints.insert(0, values);
        }
        _ => {}
    }
    let is_whole = [&node.element, &node.key]
        .into_iter()
        .flatten()
        .all(|edge| !edge.target.is_empty());
    if !is_whole {
        let why = format!("a {} without its parts", node.kind.name());
        node = Node::of(ShapeType::Document);
        node.faults.push(Unread::new("shape", why));
    }
    Some(node)
}

fn kind(name: &str) -> Option<ShapeType> {
    Some(match name {
        "blob" => ShapeType::Blob,
        "boolean" => ShapeType::Boolean,
        "string" => ShapeType::String,
        "byte" | "short" | "integer" | "intEnum" => ShapeType::Integer,
        "long" | "bigInteger" => ShapeType::Long,
        "float" => ShapeType::Float,
        "double" | "bigDecimal" => ShapeType::Double,
        "timestamp" => ShapeType::Timestamp,
        "enum" => ShapeType::Enum,
        "structure" => ShapeType::Structure,
        "list" | "set" => ShapeType::List,
        "map" => ShapeType::Map,
        "union" => ShapeType::Union,
        "document" => ShapeType::Document,
        _ => return None,
    })
}

/// The members of a structure, after those of its mixins.
fn add_members(
    node: &mut Node,
    table: &Table<'_>,
    tables: &IndexMap<&str, Table<'_>>,
    file: &Source,
    with_prose: bool,
    depth: usize,
) {
    if let (Part::Read(mixins), true) = (&table.mixins, depth < DEEPEST) {
        for mixin in mixins {
            if let Some(table) = tables.get(mixin.target.as_str()) {
                add_members(node, table, tables, file, with_prose, depth + 1);
            }
        }
    }
    match &table.members {
        Part::Absent => {}
        Part::Unread(why) => node.faults.push(Unread::new("member", why.clone())),
        Part::Read(members) => {
            for (name, member) in members {
                node.members.retain(|known| known.name != *name);
                node.members.push(edge(name, member, file, with_prose));
            }
        }
    }
}

/// The values of a shape of type `enum`: that of a trait, else the name of the member.
fn values(table: &Table<'_>) -> Vec<String> {
    let Part::Read(members) = &table.members else {
        return Vec::new();
    };
    let value = |(name, member): (&String, &Part<Member<'_>>)| {
        let traits = match member {
            Part::Read(member) => member.traits.read(),
            _ => None,
        };
        let value = traits.and_then(|traits| traits.text("enumValue"));
        value.unwrap_or_else(|| name.clone())
    };
    members.iter().map(value).collect()
}

/// The name of a shape without its namespace.
pub(super) fn local(id: &str) -> &str {
    id.rsplit_once('#').map_or(id, |(_, name)| name)
}

/// Gives shapes their names without the namespace, where no two have the same.
pub(super) fn with_short_names(graph: &mut Graph) {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for id in graph.shapes.keys() {
        if !seen.insert(local(id).to_owned()) {
            twice.insert(local(id).to_owned());
        }
    }
    let short = |id: &str| match twice.contains(local(id)) {
        true => id.replace('#', "."),
        false => local(id).to_owned(),
    };

    let shapes = std::mem::take(&mut graph.shapes);
    for (id, mut node) in shapes {
        let inner = node.element.iter_mut().chain(&mut node.key);
        for edge in node.members.iter_mut().chain(inner) {
            edge.target = short(&edge.target);
        }
        graph.shapes.insert(short(&id), node);
    }
    for operation in &mut graph.operations {
        for name in [&mut operation.input, &mut operation.output]
            .into_iter()
            .flatten()
        {
            *name = short(name);
        }
    }
}
