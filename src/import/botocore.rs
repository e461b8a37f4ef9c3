//! Service models of botocore: `service-2.json`, with the paginators beside it.

mod paginators;
mod shapes;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::graph::{Graph, OperationNode, Pages, Unread};
use super::json::{Part, line_of, prose};
use super::model::{Model, Protocol, Wanted};
use super::operation::Fault;
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, json_fault};

pub(super) use paginators::paginators;

/// The protocol that contracts describe.
const REST_JSON: &str = "rest-json";

#[derive(Deserialize)]
struct Service<'a> {
    #[serde(default)]
    metadata: Metadata,
    #[serde(borrow, default)]
    operations: IndexMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    shapes: IndexMap<String, &'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    api_version: Part<String>,
    endpoint_prefix: Part<String>,
    protocol: Part<String>,
    protocols: Part<Vec<String>>,
    signing_name: Part<String>,
    service_id: Part<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation<'a> {
    http: Http,
    input: Option<Reference>,
    output: Option<Reference>,
    #[serde(default)]
    errors: Part<Vec<Reference>>,
    #[serde(borrow)]
    documentation: Option<&'a RawValue>,
    #[serde(default)]
    endpoint: Part<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    request_uri: String,
    #[serde(default)]
    response_code: Part<u16>,
}

#[derive(Deserialize)]
struct Reference {
    shape: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    host_prefix: Option<String>,
}

/// Whether the text of a JSON document is a model of this kind.
pub(super) fn is_one(keys: &[String]) -> bool {
    keys.iter().any(|key| key == "metadata") && keys.iter().any(|key| key == "operations")
}

/// Reads a model. Operations that cannot be described are told with their reason.
///
/// # Errors
/// Where the text is no JSON, or not of the form of a model at all.
pub(super) fn read(
    file: &Source,
    pages: &IndexMap<String, Pages>,
    wanted: &Wanted,
) -> Result<Model, FileError> {
    let service: Service<'_> = serde_json::from_str(&file.text)
        .map_err(|e| json_fault(&file.name, 1, "a service model", &e))?;
    let version = service.metadata.api_version.ok().unwrap_or_default();
    let prefix = service.metadata.endpoint_prefix.ok();
    let id = service.metadata.service_id.ok();
    let name = prefix
        .clone()
        .or(id)
        .unwrap_or_else(|| "service".to_owned());

    let mut model = Model {
        service: name.clone(),
        signing_name: service.metadata.signing_name.ok().or(prefix),
        protocol: protocol(
            service.metadata.protocol.ok(),
            service.metadata.protocols.ok(),
        ),
        operations: service.operations.len(),
        ..Model::default()
    };
    if matches!(model.protocol, Protocol::Other(_)) {
        return Ok(model);
    }

    let mut graph = Graph {
        source: format!("API model {name}-{version}"),
        ..Graph::default()
    };
    let mut faults: IndexMap<&str, Fault> = IndexMap::new();
    for (name, raw) in &service.shapes {
        let read = shapes::read(raw, file, wanted.prose);
        faults.extend(read.fault.map(|status| {
            let name_of = name.clone();
            (
                name.as_str(),
                Fault {
                    name: name_of,
                    status,
                },
            )
        }));
        graph.shapes.insert(name.clone(), read.node);
    }
    for (name, raw) in &service.operations {
        if !wanted.has(name) {
            continue;
        }
        match operation(name, raw, file, wanted.prose) {
            Ok((mut node, errors)) => {
                node.errors = errors
                    .iter()
                    .filter_map(|e| faults.get(e.as_str()).cloned())
                    .collect();
                let unknown = errors.iter().filter(|e| !faults.contains_key(e.as_str()));
                node.faults.extend(unknown.map(|name| {
                    Unread::new(
                        "error",
                        format!("`{}` is no error of the model", shown(name)),
                    )
                }));
                node.pagination = pages.get(name).cloned();
                graph.operations.push(node);
            }
            Err(why) => model.refuse(name, Some(line_of(&file.text, raw.get())), why),
        }
    }
    model.graph = graph;
    Ok(model)
}

fn protocol(first: Option<String>, all: Option<Vec<String>>) -> Protocol {
    let first = first.unwrap_or_default();
    let also = all.is_some_and(|all| all.iter().any(|name| name == REST_JSON));
    match first == REST_JSON || also {
        true => Protocol::RestJson,
        false => Protocol::Other(first),
    }
}

/// An operation, and the names of its errors.
fn operation(
    name: &str,
    raw: &RawValue,
    file: &Source,
    with_prose: bool,
) -> Result<(OperationNode, Vec<String>), String> {
    let table: Operation<'_> =
        serde_json::from_str(raw.get()).map_err(|e| format!("it cannot be read: {e}"))?;
    let mut node = OperationNode {
        name: name.to_owned(),
        method: table.http.method,
        uri: table.http.request_uri,
        code: 200,
        input: table.input.map(|reference| reference.shape),
        output: table.output.map(|reference| reference.shape),
        ..OperationNode::default()
    };
    let mut faults = Vec::new();
    let code = table
        .http
        .response_code
        .take(|why| faults.push(Unread::new("status", why)));
    node.code = code.filter(|code| (100..600).contains(code)).unwrap_or(200);

    let errors = table
        .errors
        .take(|why| faults.push(Unread::new("error", why)));
    let endpoint = table
        .endpoint
        .ok()
        .and_then(|endpoint| endpoint.host_prefix);
    if endpoint.is_some() {
        faults.push(Unread::new(
            "host",
            "requests go to a host with a prefix of its own",
        ));
    }
    node.faults = faults;

    let documentation = table.documentation.filter(|_| with_prose);
    node.prose = documentation.and_then(|raw| prose(file, raw));
    let errors = errors.unwrap_or_default();
    Ok((
        node,
        errors
            .into_iter()
            .map(|reference| reference.shape)
            .collect(),
    ))
}
