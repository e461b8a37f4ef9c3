//! What two documents, or a document and a contract, tell differently, as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::super::{Failure, Outcome};
use super::contracts::service_of;
use crate::contract::{Service, load_operation, load_service};
use crate::import::{Comparison, Difference, Document, Operation, compare, from_contract};
use crate::report::{Exit, plural};
use crate::support::echo::shown;
use crate::support::files::Source;

/// The longest cell, in characters: patterns are longer than a line.
const WIDEST: usize = 48;

/// Compares a document with a contract file.
pub(super) fn check(documents: &[Document], path: &Path) -> Outcome {
    let file = Source::open(path).map_err(Failure::usage)?;
    let service = service_beside(path, documents)?;
    let slug = path.parent().and_then(Path::file_name);
    let slug = slug.map_or("operation".into(), |name| name.to_string_lossy());
    let contract = load_operation(&file, &slug, &service).map_err(Failure::usage)?;

    let mut all = documents.iter().flat_map(|document| &document.operations);
    let Some(documented) = all.find(|operation| operation.name == contract.operation) else {
        return Err(Failure::usage(format!(
            "{}: it is the contract of {}, and the document has no such operation",
            path.display(),
            contract.operation
        )));
    };
    let comparison = compare(documented, &from_contract(&contract));
    let told = Table {
        head: ["document", "contract"],
        comparison,
        only: Vec::new(),
        operations: 1,
    };
    Ok(told.show(true))
}

/// The service that a contract is of: the file beside its folder, or what services have in common.
fn service_beside(path: &Path, documents: &[Document]) -> Result<Service, Failure> {
    let beside = path.parent().and_then(Path::parent);
    let beside = beside
        .map(|folder| folder.join("service.toml"))
        .filter(|file| file.is_file());
    match (beside, documents.first()) {
        (Some(file), _) => load_service(&Source::open(&file).map_err(Failure::usage)?),
        (None, Some(document)) => service_of(document, &document.service),
        (None, None) => service_of(&Document::default(), "service"),
    }
    .map_err(Failure::usage)
}

/// Compares the operations that two documents share.
pub(super) fn against(here: &[Document], there: &[Document]) -> Outcome {
    let by_name = |documents: &'_ [Document]| -> BTreeMap<String, Operation> {
        let all = documents
            .iter()
            .flat_map(|document| document.operations.clone());
        all.map(|operation| (operation.name.clone(), operation))
            .collect()
    };
    let (here, there) = (by_name(here), by_name(there));

    let mut told = Table {
        head: ["here", "there"],
        comparison: Comparison::default(),
        only: Vec::new(),
        operations: 0,
    };

    for (name, operation) in &here {
        let Some(other) = there.get(name) else {
            told.only.push((name.clone(), "here"));
            continue;
        };
        told.operations += 1;
        let Comparison { differences, facts } = compare(operation, other);
        told.comparison.differences.extend(differences);
        for (kind, count) in facts {
            *told.comparison.facts.entry(kind).or_default() += count;
        }
    }

    let new = there.keys().filter(|name| !here.contains_key(*name));
    told.only.extend(new.map(|name| (name.clone(), "there")));

    if told.operations == 0 {
        return Err(Failure {
            exit: Exit::NothingTested,
            message: "the documents have no operation in common".to_owned(),
        });
    }
    Ok(told.show(false))
}

/// Differences, and how many facts are told alike.
struct Table {
    head: [&'static str; 2],
    comparison: Comparison,
    /// Operations of one document alone.
    only: Vec<(String, &'static str)>,
    operations: usize,
}

impl Table {
    /// Shows the table. `strict`: a difference counts, whatever its reason.
    fn show(&self, strict: bool) -> Exit {
        let differences = &self.comparison.differences;
        let mut text = String::new();
        if !differences.is_empty() {
            self.rows(&mut text);
            text.push('\n');
        }
        for side in self.head {
            let names = self.only.iter().filter(|(_, only)| *only == side);
            let names: Vec<_> = names.map(|(name, _)| shown(name)).collect();
            if !names.is_empty() {
                let _ = writeln!(
                    text,
                    "{} operations only {side}: {}\n",
                    names.len(),
                    names.join(", ")
                );
            }
        }
        self.facts(&mut text);

        let bare = differences
            .iter()
            .filter(|d| strict || d.reason.is_none())
            .count();
        let _ = writeln!(
            text,
            "{}, {}, {} of them {}",
            plural(self.operations, "operation"),
            plural(differences.len(), "difference"),
            bare,
            if strict { "count" } else { "without a reason" }
        );
        super::super::print(&text);
        match bare {
            0 => Exit::Conforms,
            _ => Exit::Findings,
        }
    }

    fn rows(&self, text: &mut String) {
        let [here, there] = self.head;
        let head = ["operation", "of", "what", here, there, "reason"].map(str::to_owned);
        let rows = self.comparison.differences.iter().map(|difference| {
            let Difference {
                operation,
                of,
                what,
                here,
                there,
                reason,
            } = difference;
            let reason = reason.clone().unwrap_or_else(|| "-".to_owned());
            let cells = [operation.as_str(), of, what, here, there].map(cut);
            let [operation, of, what, here, there] = cells;
            [operation, of, what, here, there, reason]
        });
        let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();

        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..6).map(width).collect();
        for row in &rows {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            let _ = writeln!(text, "{}", cells.join("  ").trim_end());
        }
    }

    /// How many facts of each kind are told alike.
    fn facts(&self, text: &mut String) {
        for (kind, count) in &self.comparison.facts {
            let differ = self
                .comparison
                .differences
                .iter()
                .filter(|d| d.what == *kind)
                .count();
            let _ = writeln!(text, "{kind:<18} {:>6} of {count} alike", count - differ);
        }
    }
}

/// A cell that is not wider than others.
fn cut(cell: &str) -> String {
    match cell.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
        None => cell.to_owned(),
    }
}
