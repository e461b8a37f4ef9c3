//! The syntax blocks of a page: the request line with its labels and its query, header fields, and
//! what the body is. The names of header fields stand nowhere else.

use crate::support::echo::shown;
use crate::support::files::FileError;

use super::markdown::{Line, Page, Section};

/// How a request or an answer looks.
#[derive(Debug)]
pub(super) struct Syntax {
    pub(super) start: Start,
    pub(super) fields: Vec<HeaderLine>,
    pub(super) body: Body,
}

/// The first line.
#[derive(Debug)]
pub(super) enum Start {
    Request {
        method: String,
        path: String,
        query: Vec<(String, Option<String>)>,
        line: usize,
    },
    /// A status, or the name of the member that shows it.
    Answer { status: String, line: usize },
}

/// A header field: its name, and the value or the member it has.
#[derive(Debug)]
pub(super) struct HeaderLine {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) line: usize,
}

/// What stands in the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    None,
    Json,
    Xml,
    /// One member is the whole body.
    Member(String),
}

/// Reads the syntax block of a section. `None`: it has none.
pub(super) fn read(page: &Page<'_>, section: &Section<'_>) -> Result<Option<Syntax>, FileError> {
    let code = section.first_code();
    let mut lines = code.iter().skip_while(|line| line.text.trim().is_empty());
    let Some(first) = lines.next() else {
        return Ok(None);
    };

    let start = start(page, first)?;
    let mut fields = Vec::new();
    for line in lines.by_ref() {
        let text = line.text.trim();
        if text.is_empty() {
            break;
        }
        let (name, value) = field(text).ok_or_else(|| not_a_field(page, line))?;
        fields.push(HeaderLine {
            name: name.to_owned(),
            value: value.to_owned(),
            line: line.number,
        });
    }

    let body: Vec<&Line<'_>> = lines.filter(|line| !line.text.trim().is_empty()).collect();
    Ok(Some(Syntax {
        start,
        fields,
        body: body_of(page, &body)?,
    }))
}

/// How the first line of a syntax block begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// As a request in HTTP/1.1.
    Request,
    /// As a request in HTTP/2, which is a stream of events.
    Stream,
    Other,
}

/// How the syntax block of a section begins.
pub(super) fn beginning(section: &Section<'_>) -> Beginning {
    let code = section.first_code();
    let first = code.iter().find(|line| !line.text.trim().is_empty());
    let text = first.map(|line| line.text.trim()).unwrap_or_default();
    match request(text) {
        Some(_) if text.ends_with("HTTP/2") => Beginning::Stream,
        Some(_) => Beginning::Request,
        None => Beginning::Other,
    }
}

fn start(page: &Page<'_>, line: &Line<'_>) -> Result<Start, FileError> {
    let text = line.text.trim();
    if let Some(status) = text.strip_prefix("HTTP/1.1 ") {
        let status = status.split_whitespace().next().unwrap_or_default();
        return Ok(Start::Answer {
            status: status.to_owned(),
            line: line.number,
        });
    }

    let (method, goal) = request(text).ok_or_else(|| {
        let message = format!(
            "expected a line such as `PUT /path HTTP/1.1` or `HTTP/1.1 200`, found `{}`",
            shown(text)
        );
        page.at(line.number, message)
    })?;
    let (path, query) = goal.split_once('?').unwrap_or((goal, ""));
    let query = query.split('&').filter(|part| !part.is_empty());
    let query = query.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (part.to_owned(), None),
    });
    Ok(Start::Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.collect(),
        line: line.number,
    })
}

/// Method and goal of a request line.
fn request(text: &str) -> Option<(&str, &str)> {
    let (method, rest) = text.split_once(' ')?;
    let goal = ["HTTP/1.1", "HTTP/2"]
        .iter()
        .find_map(|version| rest.strip_suffix(version))
        .unwrap_or(rest)
        .trim();
    let is_method = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    (is_method && goal.starts_with('/') && !goal.contains(' ')).then_some((method, goal))
}

/// Name and value of a header field.
fn field(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_|~".contains(c);
    (!name.is_empty() && name.chars().all(of_token)).then(|| (name, value.trim()))
}

fn not_a_field(page: &Page<'_>, line: &Line<'_>) -> FileError {
    let message = format!(
        "expected a header field such as `Content-type: application/json`, or an empty line before \
         the body, found `{}`",
        shown(line.text.trim())
    );
    page.at(line.number, message)
}

fn body_of(page: &Page<'_>, lines: &[&Line<'_>]) -> Result<Body, FileError> {
    let Some(first) = lines.first() else {
        return Ok(Body::None);
    };
    let text = first.text.trim();
    if text.starts_with(['{', '[']) {
        return Ok(Body::Json);
    }
    if text.starts_with('<') {
        return Ok(Body::Xml);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match lines {
        [_] if text.chars().all(is_name) => Ok(Body::Member(text.to_owned())),
        _ => Err(page.at(
            first.number,
            format!(
                "expected a body of JSON, or the name of the member that is the body, found `{}`",
                shown(text)
            ),
        )),
    }
}
