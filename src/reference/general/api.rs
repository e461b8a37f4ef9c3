//! What a general reference serves: the operations of services, and the resources that they are
//! about.

use super::template::Template;
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location, Service};
use crate::plan::case::Action;
use crate::plan::fixture::ResourceBinding;
use crate::plan::{OperationContracts, ServiceContracts};

/// The operations of one or several services.
#[derive(Debug, Default)]
pub(crate) struct Api {
    services: Vec<ServiceContracts>,
    operations: Vec<Operation>,
    /// Each with the place of its service.
    resources: Vec<(usize, ResourceBinding)>,
    /// How many kinds of records there are beside the resources.
    records: usize,
}

/// One operation that is served.
#[derive(Debug)]
pub(crate) struct Operation {
    service: usize,
    /// Its place among those of the service.
    place: usize,
    template: Template,
    /// Whether somebody else answers its requests, who may know an earlier revision alone.
    pub(crate) is_of_others: bool,
    /// What it does, and the place of the resource that it does it to.
    pub(crate) part: Option<(Action, usize)>,
    /// The place of a resource that its path names, where the operation is none of those that the
    /// resource is made of.
    pub(crate) about: Option<usize>,
    /// The kind of what it writes or reads, where that is no resource: what labels of the operation
    /// that reads it name.
    pub(crate) record: Option<Record>,
}

/// What an operation does to something that is written and read, and no resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) kind: usize,
    pub(crate) is_written: bool,
    /// The place, among the operations of the service, of the one that reads it.
    reader: usize,
}

/// What the method and the path of a request name.
pub(crate) enum Found {
    /// The place of the operation, and the labels of the path.
    Operation(usize, Vec<(String, String)>),
    /// The place of an operation at that path, which has another method.
    OtherMethod(usize),
    Nothing,
}

/// An operation that a path names: its place, and its labels.
type Named<'a> = (usize, &'a Operation, Vec<(String, String)>);

impl Api {
    /// Serves these services. Of some operations somebody else answers the requests.
    pub(crate) fn of(
        services: Vec<ServiceContracts>,
        is_of_others: impl Fn(&str, &str) -> bool,
    ) -> Self {
        let mut api = Self::default();
        for (number, service) in services.iter().enumerate() {
            let first = api.resources.len();
            let resources = service.resources.iter().cloned();
            api.resources
                .extend(resources.map(|resource| (number, resource)));
            let own = api.resources.get(first..).unwrap_or_default();

            let mut operations = Vec::new();
            for (place, operation) in service.operations.iter().enumerate() {
                let contract = &operation.contract;
                let is_of_others = is_of_others(&service.service.name, &contract.slug);
                let template = Template::parse(&contract.http.uri);
                let part = own.iter().enumerate().find_map(|(at, (_, resource))| {
                    Some((resource.action_of(&contract.slug)?, first + at))
                });
                let is_named = |(_, resource): &(usize, ResourceBinding)| {
                    let mut labels = resource.identity.keys();
                    labels.all(|label| contract.http.uri.contains(&format!("{{{label}}}")))
                };
                let about = own.iter().position(is_named).map(|at| first + at);
                operations.push(Operation {
                    service: number,
                    place,
                    template,
                    about: about.filter(|_| part.is_none()),
                    part: part.filter(|_| !is_of_others),
                    is_of_others,
                    record: None,
                });
            }
            api.operations.extend(operations);
        }
        api.services = services;
        api.find_records();
        api
    }

    /// Gives what is written and read, and no resource, a kind.
    fn find_records(&mut self) {
        let mut readers: Vec<(usize, usize)> = Vec::new();
        let mut records = Vec::new();
        for (at, operation) in self.operations.iter().enumerate() {
            let service = &self.services[operation.service];
            let slug = &self.contract(operation).slug;
            let mut reads = service.reads.iter();
            let own = reads.find(|(writer, reader)| writer == slug || reader == slug);
            let (Some((writer, reader)), None) = (own, operation.part) else {
                continue;
            };
            let is_reader = |one: &OperationContracts| one.contract.slug == *reader;
            let Some(reader) = service.operations.iter().position(is_reader) else {
                continue;
            };
            let key = (operation.service, reader);
            let known = readers.iter().position(|known| *known == key);
            let kind = known.unwrap_or(readers.len());
            if known.is_none() {
                readers.push(key);
            }
            records.push((at, kind, writer == slug, reader));
        }

        let first = self.resources.len();
        for (at, kind, is_written, reader) in records {
            if let Some(operation) = self.operations.get_mut(at) {
                operation.record = Some(Record {
                    kind: first + kind,
                    is_written,
                    reader,
                });
            }
        }
        self.records = readers.len();
    }

    /// The labels that name a record.
    pub(crate) fn labels_of(&self, operation: &Operation, record: Record) -> Vec<&str> {
        let reader = &self.services[operation.service].operations[record.reader].contract;
        let labels = reader
            .input
            .iter()
            .filter(|m| m.location == Location::Label);
        labels.map(|member| member.name.as_str()).collect()
    }

    /// The operation that a method and a path name.
    pub(crate) fn find(&self, method: &str, path: &str, query: &str) -> Found {
        let here = self
            .operations
            .iter()
            .enumerate()
            .filter_map(|(place, operation)| {
                let labels = operation.template.labels(path, query)?;
                Some((place, operation, labels))
            });
        let mut best: Option<Named<'_>> = None;
        let mut other = None;
        for (place, operation, labels) in here {
            let is_same = self.contract(operation).http.method == method;
            if !is_same {
                other.get_or_insert(place);
                continue;
            }
            let rank = |operation: &Operation| operation.template.rank();
            if best
                .as_ref()
                .is_none_or(|(_, known, _)| rank(operation) > rank(known))
            {
                best = Some((place, operation, labels));
            }
        }
        match (best, other) {
            (Some((place, _, labels)), _) => Found::Operation(place, labels),
            (None, Some(place)) => Found::OtherMethod(place),
            (None, None) => Found::Nothing,
        }
    }

    /// Whether that service is one of them.
    pub(crate) fn has(&self, service: &str) -> bool {
        self.services.iter().any(|own| own.service.name == service)
    }

    /// The operations whose requests are answered, each with its place.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (usize, &Operation)> {
        let all = self.operations.iter().enumerate();
        all.filter(|(_, operation)| !operation.is_of_others)
    }

    /// Each of them by the folders of its service and of its own.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operations().map(|(_, operation)| {
            let service = self.service(operation).name.as_str();
            (service, self.contract(operation).slug.as_str())
        })
    }

    /// The operation at that place.
    pub(crate) fn operation(&self, place: usize) -> Option<&Operation> {
        self.operations.get(place)
    }

    /// The contract of an operation.
    pub(crate) fn contract(&self, operation: &Operation) -> &Contract {
        &self.services[operation.service].operations[operation.place].contract
    }

    /// What the operations of its service share.
    pub(crate) fn service(&self, operation: &Operation) -> &Service {
        &self.services[operation.service].service
    }

    /// What says which requests of an operation are valid.
    pub(crate) fn oracle(&self, operation: &Operation) -> Oracle<'_> {
        Oracle {
            contract: self.contract(operation),
            others: &self.services[operation.service].operations[operation.place].others,
            service: self.service(operation),
        }
    }

    /// The resource at that place.
    pub(crate) fn resource(&self, place: usize) -> Option<&ResourceBinding> {
        self.resources.get(place).map(|(_, resource)| resource)
    }

    /// How many kinds of resources there are.
    pub(crate) fn kinds(&self) -> usize {
        self.resources.len() + self.records
    }

    /// The operations that a resource is made of, with what they do to it.
    pub(crate) fn operations_on(&self, kind: usize) -> impl Iterator<Item = (Action, &Operation)> {
        self.operations.iter().filter_map(move |operation| {
            let (action, of) = operation.part?;
            (of == kind).then_some((action, operation))
        })
    }
}
