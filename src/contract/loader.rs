//! From TOML text to a checked [`Contract`]. Whatever is wrong is said with file, line and what was
//! expected.

mod inferred;
mod notations;
mod rules;
mod service;
mod shapes;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use toml::Spanned;

use super::document as toml_form;
use super::{Contract, ErrorShape, Http, Location, Member, OutputMember, Service, Shape};
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
    let table: toml_form::Operation = file.parse()?;
    let reader = Reader {
        file,
        shapes: table.shape.keys().map(|k| k.get_ref().clone()).collect(),
    };

    let mut shapes = IndexMap::new();
    for (name, shape) in &table.shape {
        shapes.insert(name.get_ref().clone(), reader.shape(shape, name.span())?);
    }
    reader.no_circular_targets(&table.shape)?;

    let mut input = Vec::new();
    for (name, m) in &table.input {
        if m.location == Location::Label && !m.required {
            let text = format!(
                "expected `required = true`: without {} there is no path",
                name.get_ref()
            );
            return Err(file.at(name.span(), text));
        }
        if let Some(wire_name) = &m.name
            && !matches!(m.location, Location::Query | Location::Header)
        {
            let text = "`name` is the name of a query parameter or of a header field: \
                        expected location = \"query\" or location = \"header\"";
            return Err(file.at(wire_name.span(), text));
        }
        let wire_name = m.name.as_ref().unwrap_or(name);
        if !fits_on_wire(m.location, wire_name.get_ref()) {
            let text = format!(
                "`{}` is no name of a {}: expected one without spaces and separators",
                shown(wire_name.get_ref()),
                if m.location == Location::Header {
                    "header field"
                } else {
                    "parameter"
                }
            );
            return Err(file.at(wire_name.span(), text));
        }
        input.push(Member {
            name: name.get_ref().clone(),
            wire_name: wire_name.get_ref().clone(),
            shape: reader.shape(&m.into(), name.span())?,
            location: m.location,
            required: m.required,
            section: m
                .section
                .clone()
                .unwrap_or_else(|| format!("Request Body / {}", name.get_ref())),
        });
    }
    let mut output = Vec::new();
    for (name, m) in &table.output {
        output.push(OutputMember {
            name: name.get_ref().clone(),
            shape: reader.shape(&m.into(), name.span())?,
            presence: m.presence,
            section: m
                .section
                .clone()
                .unwrap_or_else(|| format!("Response Elements / {}", name.get_ref())),
        });
    }
    reader.every_shape_targeted(&table)?;
    reader.method(&table.http.method)?;
    reader.labels_match(&table.http.uri, &input)?;
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
    rules.extend(inferred::stored(&input, &output, &rules));

    let contract = Contract {
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
        atoms: IndexMap::new(),
        places: HashMap::new(),
        answered: HashMap::new(),
    };
    let atoms = super::atoms::atoms(&contract, service);
    Ok(contract.with_atoms(atoms))
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

/// Whether a query parameter or a header field can have that name. A query is percent-encoded; the
/// name of a header field is a token of RFC 9110.
fn fits_on_wire(location: Location, name: &str) -> bool {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match location {
        Location::Header => !name.is_empty() && name.chars().all(of_token),
        Location::Query => !name.is_empty() && !name.contains(char::is_control),
        Location::Label | Location::Body | Location::Payload => true,
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

    fn labels_match(&self, uri: &Spanned<String>, input: &[Member]) -> Result<(), FileError> {
        if !uri.get_ref().starts_with('/') {
            return Err(self.file.at(
                uri.span(),
                format!(
                    "expected a path that starts with `/`, found `{}`",
                    uri.get_ref()
                ),
            ));
        }

        let labels: BTreeSet<&str> = uri
            .get_ref()
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(label, _)| label))
            .collect();

        let members: BTreeSet<&str> = input
            .iter()
            .filter(|m| m.location == Location::Label)
            .map(|m| m.name.as_str())
            .collect();

        if labels == members {
            return Ok(());
        }
        let text = format!(
            "the labels of the uri are {labels:?}, the members with location `label` are {members:?}"
        );
        Err(self.file.at(uri.span(), text))
    }
}
