//! Models of Smithy in JSON: services of the protocol `aws.protocols#restJson1`.

mod members;
mod node;
mod operations;
mod table;
mod traits;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::graph::Graph;
use super::json::{Part, line_of};
use super::model::{Model, Protocol, Wanted};
use crate::support::files::{FileError, Source, json_fault};
use operations::Operations;
use table::Table;
use traits::Traits;

/// The protocol that contracts describe.
const REST_JSON: &str = "aws.protocols#restJson1";

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    shapes: IndexMap<String, &'a RawValue>,
}

/// Whether the text of a JSON document is a model of this kind.
pub(super) fn is_one(keys: &[String]) -> bool {
    keys.iter().any(|key| key == "smithy")
}

/// Reads the services of a model.
///
/// # Errors
/// Where the text is no JSON, not of the form of a model at all, or has no service.
pub(super) fn read(file: &Source, wanted: &Wanted) -> Result<Vec<Model>, FileError> {
    let document: Document<'_> = serde_json::from_str(&file.text)
        .map_err(|e| json_fault(&file.name, 1, "a model of Smithy", &e))?;

    let mut tables: IndexMap<&str, Table<'_>> = IndexMap::new();
    let mut unread = Vec::new();
    for (id, raw) in &document.shapes {
        match serde_json::from_str::<Table<'_>>(raw.get()) {
            // Traits of a shape may stand apart from it.
            Ok(table) if table.kind == "apply" => {}
            Ok(table) => {
                tables.insert(id, table);
            }
            Err(error) => unread.push((
                id.as_str(),
                line_of(&file.text, raw.get()),
                error.to_string(),
            )),
        }
    }
    for (id, raw) in &document.shapes {
        if let Ok(table) = serde_json::from_str::<Table<'_>>(raw.get())
            && table.kind == "apply"
        {
            apply(&mut tables, id, table.traits.ok());
        }
    }

    let services = tables.iter().filter(|(_, table)| table.kind == "service");
    let mut models = Vec::new();
    for (id, table) in services {
        models.push(service(file, (id, table), &tables, &unread, wanted));
    }
    match models.is_empty() {
        true => Err(FileError {
            file: file.name.clone(),
            line: None,
            message: "the model has no shape of type `service`: expected the model of a service"
                .to_owned(),
        }),
        false => Ok(models),
    }
}

/// Adds traits that stand apart from their shape, which the id names, or a member of it.
fn apply<'a>(tables: &mut IndexMap<&'a str, Table<'a>>, id: &'a str, traits: Option<Traits<'a>>) {
    let Some(traits) = traits else { return };
    let (shape, member) = match id.split_once('$') {
        Some((shape, member)) => (shape, Some(member)),
        None => (id, None),
    };
    let Some(table) = tables.get_mut(shape) else {
        return;
    };
    let Some(member) = member else {
        table.traits.merge(traits);
        return;
    };
    let part = match (member, &mut table.members) {
        (_, Part::Read(members)) => members.get_mut(member),
        ("member", _) => Some(&mut table.member),
        ("key", _) => Some(&mut table.key),
        ("value", _) => Some(&mut table.value),
        _ => None,
    };
    if let Some(Part::Read(member)) = part {
        member.traits.merge(traits);
    }
}

fn service(
    file: &Source,
    (id, table): (&str, &Table<'_>),
    tables: &IndexMap<&str, Table<'_>>,
    unread: &[(&str, usize, String)],
    wanted: &Wanted,
) -> Model {
    let traits = table.traits.read();
    let of_aws = traits.and_then(Traits::service);
    let version = match &table.version {
        Part::Read(version) => version.as_str(),
        _ => "",
    };
    let name = of_aws
        .as_ref()
        .and_then(|service| service.endpoint_prefix.clone());
    let name = name.unwrap_or_else(|| node::local(id).to_ascii_lowercase());
    let protocols = traits.map(Traits::protocols).unwrap_or_default();
    let is_known = protocols.is_empty() || protocols.contains(&REST_JSON);

    let mut model = Model {
        service: name.clone(),
        signing_name: traits
            .and_then(Traits::signing_name)
            .or_else(|| Some(name.clone())),
        protocol: match is_known {
            true => Protocol::RestJson,
            false => Protocol::Other(protocols.join(", ")),
        },
        ..Model::default()
    };
    let operations = Operations {
        file,
        tables,
        wanted,
    };
    let ids = operations.of((id, table));
    model.operations = ids.len();
    if !is_known {
        return model;
    }

    let mut graph = Graph {
        source: format!("API model {name}-{version}"),
        ..Graph::default()
    };
    for (id, table) in tables {
        if let Some(node) = node::read(table, tables, file, wanted.prose) {
            graph.shapes.insert((*id).to_owned(), node);
        }
    }
    node::prelude(&mut graph.shapes);
    for id in ids {
        let name = node::local(&id);
        if !wanted.has(name) {
            continue;
        }
        match operations.read(&id, (id.as_str(), table)) {
            Ok(node) => graph.operations.push(node),
            Err(why) => {
                let fault = unread.iter().find(|(other, _, _)| *other == id);
                let line = fault.map(|(_, line, _)| *line);
                let why = fault.map_or(why, |(_, _, why)| format!("it cannot be read: {why}"));
                model.refuse(name, line, why);
            }
        }
    }
    node::with_short_names(&mut graph);
    model.graph = graph;
    model
}
