//! From TOML text to a checked [`Contract`]. Whatever is wrong is said with file, line and what was
//! expected.

mod inferred;
mod members;
mod notations;
mod pages;
mod place;
mod rules;
mod service;
mod shapes;
mod targets;
#[cfg(test)]
mod tests;
mod times;
mod uri;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use toml::Spanned;

use super::atom::Atoms;
use super::document as toml_form;
use super::{Contract, ErrorShape, Http, Member, OutputMember, Service, Shape};
use crate::support::echo::shown;
use crate::support::files::FileError;
use crate::support::files::Source;
pub(crate) use service::load_service;

/// Reads one revision of one operation. `slug` is the folder it stands in.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, names a member, shape or label
/// that is not there, has an empty range, a pattern that cannot be compiled, or the same id twice.
pub(crate) fn load_operation(
    file: &Source,
    slug: &str,
    service: &Service,
) -> Result<Contract, FileError> {
    let contract = read(file, slug)?;
    let atoms = super::atoms::atoms(&contract, service);
    Ok(contract.with_atoms(atoms))
}

/// Whether [`load_operation`] gives a contract. Its promises are not listed, of which some
/// operations have a hundred thousand.
///
/// # Errors
/// As [`load_operation`].
pub(crate) fn check_operation(file: &Source, slug: &str) -> Result<(), FileError> {
    read(file, slug).map(|_| ())
}

/// A contract whose promises are not listed yet.
fn read(file: &Source, slug: &str) -> Result<Contract, FileError> {
    let table: toml_form::Operation = file.parse()?;
    let reader = Reader {
        file,
        shapes: table.shape.keys().map(|k| k.get_ref().clone()).collect(),
    };

    let mut shapes = IndexMap::new();
    for (name, shape) in &table.shape {
        shapes.insert(name.get_ref().clone(), reader.unnamed(shape, name.span())?);
    }
    reader.no_circular_targets(&table.shape)?;

    let input = reader.input(&table, &shapes)?;
    let output = reader.output(&table, &shapes)?;
    reader.every_shape_targeted(&table)?;
    reader.method(&table.http.method)?;
    reader.uri(&table.http.uri, &input)?;
    let other_uri = table.http.other_uri.clone();
    let other_uri = other_uri.map(|uri| reader.plain_path(&uri)).transpose()?;
    let code = reader.status(&table.http.code)?;
    let also = table.http.also.iter().map(|code| reader.status(code));
    let also = also.collect::<Result<Vec<u16>, FileError>>()?;

    let mut errors = Vec::new();
    for (name, e) in table.error {
        let status = reader.status(&e.status)?;
        errors.push(ErrorShape {
            name: name.into_inner(),
            status,
            section: e.section.unwrap_or_else(|| "Errors".to_owned()),
            impossible: e.impossible,
        });
    }
    let known = Known {
        input: &input,
        output: &output,
        shapes: &shapes,
    };
    let mut rules = Vec::new();
    for (id, rule) in table.rule {
        rules.push(reader.rule(id, rule, &known)?);
    }
    let pages = table.pagination.as_ref();
    let pages = pages.map(|table| reader.pagination(table, &known, &rules));
    let pages = pages.transpose()?;
    rules.extend(inferred::stored(&input, &output, &rules, pages.as_ref()));
    rules.extend(pages);

    Ok(Contract {
        operation: table.operation.into_inner(),
        slug: slug.to_owned(),
        revision: table.revision,
        source: table.source,
        file: file.name.clone(),
        http: Http {
            method: table.http.method.into_inner(),
            uri: table.http.uri.into_inner(),
            other_uri,
            code,
            also,
            section: table.http.section,
        },
        input,
        output,
        errors,
        rules,
        shapes,
        atoms: Atoms::default(),
        places: HashMap::default(),
        answered: HashMap::new(),
        plain_answers: true,
    })
}

type Span = std::ops::Range<usize>;

struct Reader<'a> {
    file: &'a Source,
    shapes: BTreeSet<String>,
}

/// What rules may speak of.
struct Known<'a> {
    input: &'a [Member],
    output: &'a [OutputMember],
    shapes: &'a IndexMap<String, Shape>,
}

impl Known<'_> {
    fn resolve<'b>(&'b self, mut shape: &'b Shape) -> &'b Shape {
        while let Some(next) = shape.target.as_ref().and_then(|t| self.shapes.get(t)) {
            shape = next;
        }
        shape
    }
}

impl Reader<'_> {
    fn method(&self, method: &Spanned<String>) -> Result<(), FileError> {
        // HTTP knows more tokens than these, but no API documents them.
        if !method.get_ref().is_empty() && method.get_ref().bytes().all(|b| b.is_ascii_uppercase())
        {
            return Ok(());
        }
        Err(self.file.at(
            method.span(),
            format!(
                "expected a method such as PUT, found `{}`",
                method.get_ref()
            ),
        ))
    }

    fn status(&self, status: &Spanned<i64>) -> Result<u16, FileError> {
        let known = u16::try_from(*status.get_ref())
            .ok()
            .filter(|s| (100..600).contains(s));
        let wrong = || {
            format!(
                "expected an HTTP status (100 to 599), found {}",
                status.get_ref()
            )
        };
        known.ok_or_else(|| self.file.at(status.span(), wrong()))
    }

    /// Another path of the operation: one without labels, as it follows the first where that ends.
    fn plain_path(&self, uri: &Spanned<String>) -> Result<String, FileError> {
        let text = uri.get_ref();
        if text.starts_with('/') && !text.contains(['{', '?']) {
            return Ok(text.clone());
        }
        let message = format!(
            "other-uri: expected a path that starts with `/` and has no label and no query, found \
             `{}`",
            shown(text)
        );
        Err(self.file.at(uri.span(), message))
    }
}
