//! The operations of a service: its own, and those of its resources.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::node::local;
use super::table::{Reference, Table};
use super::traits::{Http, Paginated, Traits};
use crate::import::graph::{OperationNode, Pages, Unread};
use crate::import::json::Part;
use crate::import::model::Wanted;
use crate::import::operation::{Fault, Pagination};
use crate::support::echo::shown;
use crate::support::files::Source;

pub(super) struct Operations<'a> {
    pub(super) file: &'a Source,
    pub(super) tables: &'a IndexMap<&'a str, Table<'a>>,
    pub(super) wanted: &'a Wanted,
}

impl Operations<'_> {
    /// The ids of all operations of a service, each once.
    pub(super) fn of(&self, service: (&str, &Table<'_>)) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut left = vec![service.0.to_owned()];
        while let Some(id) = left.pop() {
            let Some(table) = self.tables.get(id.as_str()) else {
                continue;
            };
            if !seen.insert(id.clone()) {
                continue;
            }
            let several = [&table.operations, &table.collection_operations];
            let several = several.into_iter().filter_map(read).flatten();
            let single = [
                &table.create,
                &table.put,
                &table.read,
                &table.update,
                &table.delete,
                &table.list,
            ];
            let single = single.into_iter().filter_map(read);
            for reference in several.chain(single) {
                if !found.contains(&reference.target) {
                    found.push(reference.target.clone());
                }
            }
            let resources = read(&table.resources).into_iter().flatten();
            left.extend(resources.rev().map(|reference| reference.target.clone()));
        }
        found
    }

    /// Reads an operation.
    pub(super) fn read(
        &self,
        id: &str,
        (_, service): (&str, &Table<'_>),
    ) -> Result<OperationNode, String> {
        let table = self.tables.get(id);
        let table = table.ok_or_else(|| format!("the model has no shape `{}`", shown(id)))?;
        let traits = table.traits.read();
        let http: Http = traits
            .and_then(|traits| traits.api("http"))
            .ok_or_else(|| {
                "it has no trait `smithy.api#http`, which says how requests are sent".to_owned()
            })?;

        let target = |part: &Part<Reference>| {
            let target = read(part).map(|reference| reference.target.clone());
            target.filter(|target| target != "smithy.api#Unit")
        };
        let mut node = OperationNode {
            name: local(id).to_owned(),
            method: http.method,
            uri: http.uri,
            code: http
                .code
                .filter(|code| (100..600).contains(code))
                .unwrap_or(200),
            input: target(&table.input),
            output: target(&table.output),
            ..OperationNode::default()
        };

        // Errors of the service are those of each of its operations.
        let own = read(&table.errors).into_iter().flatten();
        for reference in own.chain(read(&service.errors).into_iter().flatten()) {
            match self.fault(&reference.target) {
                Some(fault) if node.errors.contains(&fault) => {}
                Some(fault) => node.errors.push(fault),
                None => node.faults.push(Unread::new(
                    "error",
                    format!("`{}` is no error of the model", shown(&reference.target)),
                )),
            }
        }
        if traits.is_some_and(|traits| traits.has("endpoint")) {
            let why = "requests go to a host with a prefix of its own";
            node.faults.push(Unread::new("host", why));
        }
        node.pagination = traits.and_then(|traits| pages(traits, service.traits.read()));
        if self.wanted.prose {
            node.prose = traits.and_then(|traits| traits.prose(self.file));
        }
        Ok(node)
    }

    /// The error that a shape is.
    fn fault(&self, id: &str) -> Option<Fault> {
        let traits = self.tables.get(id)?.traits.read()?;
        let usual = match traits.text("error")?.as_str() {
            "server" => 500,
            _ => 400,
        };
        let status = traits.api::<u16>("httpError");
        let status = status.filter(|status| (100..600).contains(status));
        Some(Fault {
            name: local(id).to_owned(),
            status: status.unwrap_or(usual),
        })
    }
}

fn read<T>(part: &Part<T>) -> Option<&T> {
    match part {
        Part::Read(value) => Some(value),
        _ => None,
    }
}

/// How lists go on: what the operation does not say, the service may.
fn pages(own: &Traits<'_>, of_service: Option<&Traits<'_>>) -> Option<Pages> {
    if !own.has("paginated") {
        return None;
    }
    let own: Paginated = own.api("paginated")?;
    let service: Paginated = of_service
        .and_then(|traits| traits.api("paginated"))
        .unwrap_or_default();
    let pagination = Pagination {
        input_token: own.input_token.or(service.input_token),
        output_token: own.output_token.or(service.output_token),
        items: own.items.or(service.items),
        page_size: own.page_size.or(service.page_size),
    };
    let is_nested = pagination
        .output_token
        .as_ref()
        .is_some_and(|name| name.contains('.'));
    Some(match is_nested {
        true => Pages::Otherwise("its token stands within a structure".to_owned()),
        false => Pages::By(pagination),
    })
}
