//! Contract files that are printed, or written into a folder.

use std::path::Path;

use super::super::{Failure, Outcome, complain};
use crate::contract::{Service, check_operation, load_service};
use crate::import::{Document, Operation, folder_of, print as printed, service_file};
use crate::report::Exit;
use crate::support::files::{FileError, Source};

/// Prints the contract of the only operation.
pub(super) fn print(document: &Document, service: &str, revision: &str) -> Outcome {
    service_of(document, service).map_err(Failure::usage)?;
    for operation in &document.operations {
        let text = checked(operation, revision).map_err(Failure::usage)?;
        super::super::print(&text);
        tell(operation);
    }
    Ok(Exit::Conforms)
}

/// Writes the contracts of all operations.
pub(super) fn export(
    documents: &[Document],
    folder: &Path,
    named: &dyn Fn(&Document) -> String,
    revision: &dyn Fn(&Document) -> String,
) -> Outcome {
    let shown = folder.display();
    // Nothing is written over: what is there may be somebody's work.
    if folder.exists() {
        return Err(Failure::usage(format!(
            "--export {shown}: it is there already; expected a folder that is not"
        )));
    }

    let mut files = Vec::new();
    for document in documents
        .iter()
        .filter(|document| !document.operations.is_empty())
    {
        let service = named(document);
        service_of(document, &service).map_err(Failure::usage)?;
        let text = service_file(&service, document.signing_name.as_deref());
        files.push((format!("{service}/service.toml"), text));
        for operation in &document.operations {
            let text = checked(operation, &revision(document)).map_err(Failure::usage)?;
            let slug = folder_of(&operation.name);
            files.push((format!("{service}/{slug}/contract.toml"), text));
        }
    }

    for (path, text) in &files {
        let path = folder.join(path);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, text));
        written.map_err(|e| Failure::unwritten(format!("--export {}: {e}", path.display())))?;
    }
    super::super::print(&format!(
        "{} files in {shown}; `proofmark lint --cases {shown}` checks them, and `proofmark help \
         operations` says what to add\n",
        files.len()
    ));
    Ok(Exit::Conforms)
}

/// The text of a contract, which loads.
pub(super) fn checked(operation: &Operation, revision: &str) -> Result<String, FileError> {
    let text = printed(operation, revision);
    let file = Source {
        name: format!("the contract of {}", operation.name),
        text,
    };
    check_operation(&file, &folder_of(&operation.name))?;
    Ok(file.text)
}

/// The service that contracts are loaded with.
pub(super) fn service_of(document: &Document, name: &str) -> Result<Service, FileError> {
    load_service(&Source {
        name: format!("the file of service {name}"),
        text: service_file(name, document.signing_name.as_deref()),
    })
}

/// How much of the document is not in the contract: the lines at its end say what.
fn tell(operation: &Operation) {
    let (lost, sentences) = (operation.lost.len(), operation.sentences.len());
    if lost + sentences > 0 {
        complain(&format!(
            "{}: {lost} lost promises, and {sentences} sentences to write rules for, are listed at \
             the end",
            operation.name
        ));
    }
}
