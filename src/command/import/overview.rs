//! What documents hold, as tables: operations with the size of their contracts, or services; what is
//! refused, and what is lost.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{Failure, Outcome};
use super::contracts::{checked, service_of};
use super::losses::Losses;
use crate::import::Document;
use crate::report::Exit;
use crate::support::echo::shown;

/// Shows the tables.
pub(super) fn show(documents: &[Document], with_each_loss: bool) -> Outcome {
    let mut text = String::new();
    let mut unloadable = Vec::new();
    let mut contracts = 0;
    for document in documents {
        service_of(document, &document.service).map_err(Failure::usage)?;
        for operation in &document.operations {
            match checked(operation, document.revision) {
                Ok(_) => contracts += 1,
                Err(error) => unloadable.push(error.to_string()),
            }
        }
    }

    match documents {
        [document] => operations(&mut text, document),
        _ => services(&mut text, documents),
    }
    refusals(&mut text, documents);
    if with_each_loss {
        each_loss(&mut text, documents);
    }
    let losses = Losses::of(documents).text();
    if !losses.is_empty() {
        text.push_str("\nLost promises, each once for a service:\n\n");
        text.push_str(&losses);
    }

    let types: usize = documents.iter().map(|document| document.types).sum();
    let all: usize = documents.iter().map(|document| document.all).sum();
    let _ = writeln!(
        text,
        "\n{contracts} contracts of {all} operations{}",
        match types {
            0 => String::new(),
            types => format!(", {types} pages of types; no line that is not understood"),
        }
    );
    if let [_] = documents {
        text.push_str("--operation NAME prints one of them, --export DIR writes all\n");
    }
    super::super::print(&text);

    match unloadable.is_empty() {
        true => Ok(Exit::Conforms),
        false => Err(Failure::usage(unloadable.join("\n"))),
    }
}

/// The operations of a document, a line each.
fn operations(text: &mut String, document: &Document) {
    let width = document
        .operations
        .iter()
        .map(|operation| operation.name.chars().count())
        .max()
        .unwrap_or(0);

    let _ = writeln!(
        text,
        "{:<width$}  {:<6} {:>6} {:>7} {:>7} {:>7} {:>7} {:>5}",
        "operation", "method", "status", "request", "answer", "errors", "shapes", "lost"
    );

    for operation in &document.operations {
        let _ = writeln!(
            text,
            "{:<width$}  {:<6} {:>6} {:>7} {:>7} {:>7} {:>7} {:>5}",
            shown(&operation.name),
            operation.method,
            operation.code,
            operation.input.len(),
            operation.output.len(),
            operation.errors.len(),
            operation.shapes.len(),
            operation.lost.len()
        );
    }
}

/// The services of a folder, a line each.
fn services(text: &mut String, documents: &[Document]) {
    let _ = writeln!(
        text,
        "{:<36} {:>10} {:>9} {:>7} {:>5}",
        "service", "operations", "contracts", "refused", "lost"
    );

    for document in documents {
        let lost = Losses::distinct(document);
        let _ = writeln!(
            text,
            "{:<36} {:>10} {:>9} {:>7} {:>5}{}",
            shown(&document.service),
            document.all,
            document.operations.len(),
            document.all.saturating_sub(document.operations.len()),
            lost,
            match &document.refused_whole {
                Some(why) => format!("  {why}"),
                None => String::new(),
            }
        );
    }
}

/// The operations that are refused, by the reason.
fn refusals(text: &mut String, documents: &[Document]) {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for document in documents {
        for refusal in &document.refused {
            let line = refusal
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            let name = format!("{}{line}", shown(&refusal.operation));
            by_reason.entry(&refusal.why).or_default().push(name);
        }
    }
    for (why, names) in by_reason {
        let _ = writeln!(text, "\nRefused: {why}:\n  {}", names.join(", "));
    }
}

fn each_loss(text: &mut String, documents: &[Document]) {
    text.push('\n');
    for document in documents {
        let mut seen = std::collections::HashSet::new();
        for operation in &document.operations {
            for lost in operation.lost.iter().filter(|lost| seen.insert(*lost)) {
                let line = lost
                    .line
                    .map(|line| format!(", line {line}"))
                    .unwrap_or_default();
                let _ = writeln!(
                    text,
                    "{} {}: {}{line}: {}: {}",
                    document.service, operation.name, lost.of, lost.what, lost.why
                );
            }
        }
    }
}

impl Losses {
    /// How many promises a document loses, each once.
    fn distinct(document: &Document) -> usize {
        let all = document
            .operations
            .iter()
            .flat_map(|operation| &operation.lost);
        all.collect::<std::collections::HashSet<_>>().len()
    }
}
