//! The documents that contracts were taken from: what is written by hand equals the import in
//! everything but rules and presence. A document that is not there is not compared.

use std::path::{Path, PathBuf};

use super::{differences, opened};
use crate::contract::{Contract, load_operation, load_service};
use crate::import::installed::find;
use crate::import::operation::Operation;
use crate::import::{Surroundings, Wanted, from_contract, open};
use crate::support::files::Files;

/// The folder of documents beside the repository, where it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared", "../../shared"].map(|folder| root.join(folder).join(path));
    places.into_iter().find(|place| place.exists())
}

fn written(operation: &str, file: &str) -> Contract {
    let read = |path: &str| Files::Embedded.read(path).expect("a file");
    let service = load_service(&read("lambda/service.toml")).expect("a service");
    load_operation(
        &read(&format!("lambda/{operation}/{file}")),
        operation,
        &service,
    )
    .expect("a contract")
}

fn operations(path: &Path) -> Vec<Operation> {
    let documents = opened(path).expect("a document");
    let faults: Vec<_> = documents.iter().flat_map(|d| &d.faults).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    documents
        .into_iter()
        .flat_map(|document| document.operations)
        .collect()
}

#[test]
fn the_contract_of_the_page_is_the_import_of_the_page() {
    let Some(page) = shared("API_UpdateEventSourceMapping.md") else {
        return;
    };
    let operations = operations(&page);
    let [documented] = operations.as_slice() else {
        panic!("expected one operation");
    };
    let written = written("update-event-source-mapping", "contract.toml");
    let told = differences(documented, &from_contract(&written));
    assert_eq!(told, [""; 0]);

    // Where the page describes a member, the contract says so.
    let sections = |operation: &Operation| -> Vec<(String, Option<String>)> {
        let labels = operation
            .input
            .iter()
            .filter(|member| member.place == crate::import::operation::Place::Label);
        labels
            .map(|member| (member.name.clone(), member.section.clone()))
            .collect()
    };
    assert_eq!(sections(documented), sections(&from_contract(&written)));
    assert_eq!(
        (&documented.section, &documented.source),
        (&written.http.section, &written.source)
    );
}

#[test]
fn the_other_contracts_of_mappings_are_the_import_of_their_pages() {
    // The types of a page stand on pages of their own.
    let Some(pages) = shared("pages/lambda-2018") else {
        return;
    };
    let operations = operations(&pages);
    for (name, folder) in [
        ("CreateEventSourceMapping", "create-event-source-mapping"),
        ("DeleteEventSourceMapping", "delete-event-source-mapping"),
        ("GetEventSourceMapping", "get-event-source-mapping"),
        ("ListEventSourceMappings", "list-event-source-mappings"),
    ] {
        let documented = operations.iter().find(|operation| operation.name == name);
        let documented = documented.expect("the operation of the page");
        let written = written(folder, "contract.toml");
        let told = differences(documented, &from_contract(&written));
        assert_eq!(told, [""; 0], "{folder}");
    }
}

/// The contract of today, and that of the model of a botocore that `PROOFMARK_BOTOCORE` names, or
/// that is installed. One that is older than the contract says something else.
#[test]
fn the_contract_of_today_is_the_import_of_the_model() {
    let around = Surroundings {
        named: std::env::var_os("PROOFMARK_BOTOCORE").map(PathBuf::from),
        variable: |name| std::env::var_os(name),
    };
    let written = written("update-event-source-mapping", "contract.current.toml");
    let (_, taken_from) = written.source.split_once("botocore ").expect("a version");
    let Ok(model) = find("lambda", &around) else {
        return;
    };
    if version_of(&model).is_none_or(|version| version < numbers(taken_from)) {
        return;
    }

    let wanted = Wanted {
        operations: vec![written.operation.clone()],
        prose: false,
    };
    let documents = open(&model, &wanted, &around).expect("a model");
    let mut all = documents.iter().flat_map(|document| &document.operations);
    let documented = all.next().expect("the operation");
    assert_eq!(differences(documented, &from_contract(&written)), [""; 0]);
}

/// The version of the botocore that a model is of.
fn version_of(model: &Path) -> Option<Vec<u32>> {
    let text = std::fs::read_to_string(model.ancestors().nth(4)?.join("__init__.py")).ok()?;
    let line = text.lines().find(|line| line.starts_with("__version__"))?;
    Some(numbers(line))
}

fn numbers(text: &str) -> Vec<u32> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.filter_map(|number| number.parse().ok()).collect()
}

#[test]
fn every_line_of_the_pages_of_2018_is_understood() {
    let Some(pages) = shared("pages/lambda-2018") else {
        return;
    };
    let all = operations(&pages);
    assert_eq!(all.len(), 38);
    for operation in &all {
        assert_eq!(operation.lost, [], "{}", operation.name);
        super::contract(operation);
    }
}
