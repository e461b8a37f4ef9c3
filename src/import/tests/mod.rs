//! The same made-up operation as a page, as a model of botocore and as one of Smithy, and what
//! becomes of each part that is broken.

mod documents;
mod models;
mod pages;
mod robust;
mod shared;

use std::path::{Path, PathBuf};

use super::installed::Surroundings;
use super::model::Wanted;
use super::open::{Document, open};
use super::operation::Operation;
use crate::contract::{Contract, load_operation, load_service};
use crate::support::files::{FileError, Source};

/// A folder of documents that is gone once the test is over.
struct Folder(PathBuf);

impl Folder {
    fn of(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = format!("proofmark-import-{name}-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(folder));
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, bytes).expect("a file is written");
    }

    fn open(&self, path: &str) -> Result<Vec<Document>, FileError> {
        opened(&self.0.join(path))
    }

    /// The only operation of a document.
    fn operation(&self, path: &str) -> Operation {
        let documents = self.open(path).expect("a document");
        let faults: Vec<_> = documents.iter().flat_map(|d| &d.faults).collect();
        assert!(faults.is_empty(), "{faults:?}");
        let mut all = documents
            .into_iter()
            .flat_map(|document| document.operations);
        all.next().expect("an operation")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn opened(path: &Path) -> Result<Vec<Document>, FileError> {
    let wanted = Wanted {
        prose: true,
        ..Wanted::default()
    };
    open(path, &wanted, &nowhere())
}

/// Surroundings without any botocore.
fn nowhere() -> Surroundings {
    Surroundings {
        named: None,
        variable: |_| None,
    }
}

/// The contract that an operation is printed as.
#[track_caller]
fn contract(operation: &Operation) -> Contract {
    let service = Source {
        name: "service.toml".to_owned(),
        text: super::service_file("shelves", None),
    };
    let service = load_service(&service).expect("a service");
    let text = super::print(operation, "now");
    let file = Source {
        name: "contract.toml".to_owned(),
        text,
    };
    match load_operation(&file, "operation", &service) {
        Ok(contract) => contract,
        Err(error) => panic!("{error}\n{}", file.text),
    }
}

/// What two descriptions tell differently, a line each.
fn differences(here: &Operation, there: &Operation) -> Vec<String> {
    let comparison = super::compare(here, there);
    assert!(comparison.facts.values().sum::<usize>() > 5);
    let lines = comparison.differences.into_iter().map(|d| {
        let reason = d
            .reason
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        format!("{}: {}: {} / {}{reason}", d.of, d.what, d.here, d.there)
    });
    lines.collect()
}
