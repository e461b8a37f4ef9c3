//! Where each URI parameter of a page goes: its name stands in the path, in the query, or as the value
//! of a header field of the syntax block.

use std::collections::HashMap;

use crate::import::operation::Place;
use crate::support::echo::shown;
use crate::support::files::FileError;

use super::entries::Entry;
use super::markdown::Page;
use super::syntax::{HeaderLine, Start, Syntax};

/// The path with labels in braces, and where the parameters go: by name, with the name on the wire.
pub(super) struct Placed {
    pub(super) uri: String,
    pub(super) places: HashMap<String, (Place, Option<String>)>,
}

/// Finds the place of every parameter.
pub(super) fn place(
    page: &Page<'_>,
    syntax: &Syntax,
    parameters: &[Entry<'_>],
) -> Result<Placed, FileError> {
    let Start::Request {
        path, query, line, ..
    } = &syntax.start
    else {
        return Err(page.at(
            page.title_line,
            "expected a request line in the request syntax",
        ));
    };
    let mut places = HashMap::new();
    let names: Vec<&str> = parameters.iter().map(|entry| entry.name.as_str()).collect();

    for field in &syntax.fields {
        let name = without_braces(&field.value);
        if names.contains(&name) {
            let wire = (field.name != name).then(|| field.name.clone());
            places.insert(name.to_owned(), (Place::Header, wire));
        } else if !is_fixed(field) {
            let message = format!(
                "the header field `{}` has the value `{}`, and no URI parameter has that name: \
                 expected an entry for it under `URI Request Parameters`",
                shown(&field.name),
                shown(&field.value)
            );
            return Err(page.at(field.line, message));
        }
    }

    let mut fixed = Vec::new();
    for (key, value) in query {
        let value_name = value.as_deref().map(without_braces);
        let by_value = value_name.filter(|name| names.contains(name));
        match by_value.or_else(|| names.contains(&key.as_str()).then_some(key.as_str())) {
            Some(name) if !places.contains_key(name) => {
                let wire = (key != name).then(|| key.clone());
                places.insert(name.to_owned(), (Place::Query, wire));
            }
            _ => fixed.push(match value {
                Some(value) => format!("{key}={value}"),
                None => key.clone(),
            }),
        }
    }

    let left: Vec<&str> = names
        .into_iter()
        .filter(|name| !places.contains_key(*name))
        .collect();
    let (mut uri, labels) = labels(page, path, *line, &left)?;
    if !fixed.is_empty() {
        uri = format!("{uri}?{}", fixed.join("&"));
    }
    for name in &left {
        if !labels.contains(name) {
            let at = parameters.iter().find(|entry| entry.name == *name);
            let message = format!(
                "the URI parameter `{name}` stands neither in the path nor in the query nor in a \
                 header field of the request syntax"
            );
            return Err(page.at(at.map_or(*line, |entry| entry.line), message));
        }
        places.insert((*name).to_owned(), (Place::Label, None));
    }
    Ok(Placed { uri, places })
}

/// Whether a header field has the same value in every request.
fn is_fixed(field: &HeaderLine) -> bool {
    let name = field.name.to_ascii_lowercase();
    [
        "host",
        "content-type",
        "content-length",
        "authorization",
        "x-amz-date",
        "date",
        "accept",
    ]
    .contains(&name.as_str())
        || field.value.contains(['/', '"'])
}

fn without_braces(text: &str) -> &str {
    let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    inside.unwrap_or(text)
}

/// The path with labels in braces, and the names of those.
fn labels<'n>(
    page: &Page<'_>,
    path: &str,
    line: usize,
    names: &[&'n str],
) -> Result<(String, Vec<&'n str>), FileError> {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let mut found = Vec::new();

    for part in &parts {
        for inside in part.split('{').skip(1) {
            let label = inside.split('}').next().unwrap_or_default();
            let label = label.trim_end_matches('+');
            match names.iter().find(|name| **name == label) {
                Some(name) => found.push(*name),
                None => {
                    let message = format!(
                        "the path has the label `{}`, and no URI parameter has that name",
                        shown(label)
                    );
                    return Err(page.at(line, message));
                }
            }
        }
    }

    // A word of the path may be that of a parameter as well; the label stands behind it.
    let mut take = |is: &dyn Fn(&str, &str) -> bool, found: &mut Vec<&'n str>| {
        for name in names {
            if found.contains(name) {
                continue;
            }
            let free = |part: &&mut String| !part.contains('{') && is(part, name);
            if let Some(part) = parts.iter_mut().rev().find(free) {
                *part = format!("{{{name}}}");
                found.push(name);
            }
        }
    };
    take(&|part, name| part == name, &mut found);
    take(&|part, name| part.eq_ignore_ascii_case(name), &mut found);

    // The one that is left may stand there by another name: `/tags/ARN` for `Resource`.
    let left = names.iter().filter(|name| !found.contains(name)).count();
    let is_free = |part: &String| {
        part.chars().all(|c| c.is_ascii_alphanumeric())
            && part.contains(|c: char| c.is_ascii_uppercase())
    };
    if left == 1 && parts.iter().filter(|part| is_free(part)).count() == 1 {
        let mut take_free = |found: &mut Vec<&'n str>| {
            let name = names.iter().find(|name| !found.contains(name));
            if let (Some(name), Some(part)) = (name, parts.iter_mut().find(|part| is_free(part))) {
                *part = format!("{{{name}}}");
                found.push(name);
            }
        };
        take_free(&mut found);
    }
    Ok((parts.join("/"), found))
}
