//! `paginators-1.json`: how lists go on.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::import::graph::Pages;
use crate::import::json::Part;
use crate::import::operation::Pagination;
use crate::support::files::{FileError, Source, json_fault};

#[derive(Deserialize)]
struct Paginators {
    #[serde(default)]
    pagination: IndexMap<String, Part<Paginator>>,
}

#[derive(Deserialize)]
struct Paginator {
    #[serde(default)]
    input_token: Part<Names>,
    #[serde(default)]
    output_token: Part<Names>,
    #[serde(default)]
    result_key: Part<Names>,
    #[serde(default)]
    limit_key: Part<String>,
}

/// One name, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// Reads how lists go on, by operation.
///
/// # Errors
/// Where the text is no JSON of that form.
pub(in crate::import) fn paginators(file: &Source) -> Result<IndexMap<String, Pages>, FileError> {
    let read: Paginators = serde_json::from_str(&file.text)
        .map_err(|e| json_fault(&file.name, 1, "the paginators of a service", &e))?;
    let pages = read.pagination.into_iter();
    Ok(pages
        .map(|(name, paginator)| (name, pages_of(paginator)))
        .collect())
}

fn pages_of(paginator: Part<Paginator>) -> Pages {
    let mut fault = None;
    let Some(paginator) = paginator.take(|why| fault = Some(why)) else {
        return Pages::Otherwise(fault.unwrap_or_else(|| "the paginator is empty".to_owned()));
    };

    // The first of several lists is the one that pages are counted by.
    let items = match paginator.result_key.ok() {
        Some(Names::One(name)) => Some(name),
        Some(Names::Several(names)) => names.into_iter().next(),
        None => None,
    };
    let (Some(Names::One(input)), Some(Names::One(output))) =
        (paginator.input_token.ok(), paginator.output_token.ok())
    else {
        return Pages::Otherwise("several tokens lead to the next page".to_owned());
    };
    Pages::By(Pagination {
        input_token: Some(input),
        output_token: Some(output),
        items,
        page_size: paginator.limit_key.ok(),
    })
}
