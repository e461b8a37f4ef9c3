//! An operation as a contract file, in the form that `cases/README.md` describes.

use std::fmt::Write as _;

use super::named::with_names;
use super::operation::{Member, Operation, Place};
use super::shape::{Field, Limits, Shape};
use super::toml;
use crate::contract::{ShapeType, TimestampFormat};

/// Lines of the file. Writing to a text does not fail.
macro_rules! line {
    ($into:expr, $($words:tt)*) => {
        let _ = writeln!($into, $($words)*);
    };
}

/// Prints the contract of an operation, as documented at a time of that name.
pub(crate) fn print(operation: &Operation, revision: &str) -> String {
    let operation = with_names(operation);
    let mut file = String::new();
    head(&mut file, &operation, revision);

    if !operation.input.is_empty() {
        heading(&mut file, "Request");
    }
    for member in &operation.input {
        line!(file, "\n[input.{}]", toml::key(&member.name));
        input(&mut file, member);
    }

    if !operation.output.is_empty() {
        heading(&mut file, "Response");
        line!(
            file,
            "# No document says which members stand in every answer: `presence` is for you to judge."
        );
    }
    for member in &operation.output {
        line!(file, "\n[output.{}]", toml::key(&member.name));
        output(&mut file, member);
    }

    if !operation.errors.is_empty() {
        heading(&mut file, "Errors");
    }
    for fault in &operation.errors {
        line!(file, "\n[error.{}]", toml::key(&fault.name));
        line!(file, "status = {}", fault.status);
        if let Some(why) = impossible(fault.status) {
            line!(file, "impossible = {}", toml::text(why));
        }
    }

    if !operation.shapes.is_empty() {
        heading(&mut file, "Shapes");
    }
    shapes(&mut file, &operation);
    left_to_do(&mut file, &operation);
    file
}

/// Prints shapes alone, as they stand in contracts.
pub(crate) fn print_shapes(operation: &Operation) -> String {
    let mut file = String::new();
    line!(
        file,
        "# {}, as {} describes it: tables for contracts.",
        toml::comment(&operation.name),
        toml::comment(&operation.source)
    );
    shapes(&mut file, operation);
    left_to_do(&mut file, operation);
    file
}

fn shapes(file: &mut String, operation: &Operation) {
    for (name, shape) in &operation.shapes {
        let path = format!("shape.{}", toml::key(name));
        line!(file, "\n[{path}]");
        properties(file, shape);
        members(file, &path, shape);
    }
}

fn head(file: &mut String, operation: &Operation, revision: &str) {
    let Operation { name, source, .. } = operation;
    line!(
        file,
        "# {}, as {} describes it.",
        toml::comment(name),
        toml::comment(source)
    );
    line!(file, "operation = {}", toml::text(name));
    line!(file, "revision = {}", toml::text(revision));
    line!(file, "source = {}", toml::text(source));
    line!(file, "\n[http]");
    line!(file, "method = {}", toml::text(&operation.method));
    line!(file, "uri = {}", toml::text(&operation.uri));
    line!(file, "code = {}", operation.code);
    if !operation.also.is_empty() {
        line!(file, "also = {:?}", operation.also);
    }
    line!(file, "section = {}", toml::text(&operation.section));

    let Some(pages) = &operation.pagination else {
        return;
    };
    line!(file, "\n[pagination]");
    for (key, value) in [
        ("input-token", &pages.input_token),
        ("output-token", &pages.output_token),
        ("items", &pages.items),
        ("page-size", &pages.page_size),
    ] {
        if let Some(value) = value {
            line!(file, "{key} = {}", toml::text(value));
        }
    }
}

/// A line that parts the file, as long as those of files written by hand.
fn heading(file: &mut String, words: &str) {
    let begin = format!("# --- {words} ");
    line!(file, "\n{begin:-<120}");
}

fn input(file: &mut String, member: &Member) {
    place(file, member);
    properties(file, &member.shape);
    if member.required {
        line!(file, "required = true");
    }
    if member.idempotency_token {
        line!(file, "idempotency-token = true");
    }
    section(file, member);
}

fn output(file: &mut String, member: &Member) {
    let presence = match member.required {
        true => "always",
        false => "optional",
    };
    line!(file, "presence = \"{presence}\"");
    place(file, member);
    properties(file, &member.shape);
    section(file, member);
}

fn place(file: &mut String, member: &Member) {
    if member.place != Place::Body {
        line!(file, "location = \"{}\"", member.place.word());
    }
    if let Some(name) = &member.wire_name {
        line!(file, "name = {}", toml::text(name));
    }
}

fn section(file: &mut String, member: &Member) {
    if let Some(section) = &member.section {
        line!(file, "section = {}", toml::text(section));
    }
}

/// The type and the constraints, a line each, but for the members of a structure.
fn properties(file: &mut String, shape: &Shape) {
    for (key, value) in pairs(shape) {
        line!(file, "{key} = {value}");
    }
}

/// Structures within structures have tables of their own.
fn members(file: &mut String, path: &str, shape: &Shape) {
    for (name, field) in &shape.members {
        let path = format!("{path}.members.{}", toml::key(name));
        line!(file, "\n[{path}]");
        properties(file, &field.shape);
        for (key, value) in of_field(field) {
            line!(file, "{key} = {value}");
        }
        members(file, &path, &field.shape);
    }
}

fn of_field(field: &Field) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if let Some(name) = &field.wire_name {
        pairs.push(("name", toml::text(name)));
    }
    if field.required {
        pairs.push(("required", "true".to_owned()));
    }
    pairs
}

/// The type and the constraints, but for the members of a structure.
fn pairs(shape: &Shape) -> Vec<(&'static str, String)> {
    if let Some(target) = &shape.target {
        return vec![("target", toml::text(target))];
    }
    let mut pairs = vec![("type", format!("\"{}\"", shape.kind.name()))];
    if let Some(range) = &shape.range {
        pairs.push(("range", limits(range)));
    }
    if let Some(length) = &shape.length {
        pairs.push(("length", limits(length)));
    }
    if let Some(pattern) = &shape.pattern {
        pairs.push(("pattern", toml::text(pattern)));
    }
    if let Some(values) = &shape.values {
        pairs.push(("enum", toml::texts(values)));
    }
    if let Some(format) = shape.timestamp {
        pairs.push(("timestamp_format", format!("\"{}\"", date(format))));
    }
    if let Some(key) = &shape.key {
        pairs.push(("key", inline(key)));
    }
    if let Some(element) = &shape.element {
        let word = match shape.kind {
            ShapeType::Map => "value",
            _ => "member",
        };
        pairs.push((word, inline(element)));
    }
    pairs
}

/// A shape within another one.
fn inline(shape: &Shape) -> String {
    let mut pairs = pairs(shape);
    if !shape.members.is_empty() {
        let members = shape.members.iter().map(|(name, field)| {
            let inside = inline(&field.shape);
            let more = of_field(field).into_iter();
            let more: String = more
                .map(|(key, value)| format!(", {key} = {value}"))
                .collect();
            let inside = inside.trim_end_matches(" }");
            format!("{} = {inside}{more} }}", toml::key(name))
        });
        let members: Vec<String> = members.collect();
        pairs.push(("members", format!("{{ {} }}", members.join(", "))));
    }
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn limits(limits: &Limits) -> String {
    let sides = [("min", limits.min), ("max", limits.max)];
    let sides: Vec<String> = sides
        .into_iter()
        .filter_map(|(side, number)| Some(format!("{side} = {}", number?)))
        .collect();
    format!("{{ {} }}", sides.join(", "))
}

fn date(format: TimestampFormat) -> &'static str {
    match format {
        TimestampFormat::EpochSeconds => "epoch-seconds",
        TimestampFormat::DateTime => "date-time",
        TimestampFormat::HttpDate => "http-date",
    }
}

/// Why no request can bring an error of that status about.
fn impossible(status: u16) -> Option<&'static str> {
    match status {
        500.. => Some(
            "No request may bring it about: every status of 500 or more is a finding of its own",
        ),
        429 => Some(
            "It depends on the load, not on a request: it is waited out, and judged only if it \
             does not end",
        ),
        _ => None,
    }
}

/// What is left to be done by hand, as comments.
fn left_to_do(file: &mut String, operation: &Operation) {
    if !operation.lost.is_empty() {
        heading(file, "Lost");
        line!(
            file,
            "# What the document promises and this contract does not:"
        );
    }
    for lost in &operation.lost {
        let line = lost.line.map(|line| format!(", line {line}"));
        let of = format!("{}{}", lost.of, line.unwrap_or_default());
        line!(
            file,
            "# {}: {}: {}",
            toml::comment(&of),
            lost.what,
            toml::comment(&lost.why)
        );
    }

    if !operation.sentences.is_empty() {
        heading(file, "To do");
        line!(
            file,
            "# Sentences that promise or forbid something. Write a rule for each that can be checked:"
        );
    }
    for sentence in &operation.sentences {
        line!(
            file,
            "# {}, line {}: {}",
            toml::comment(&sentence.section),
            sentence.line,
            sentence.words.join(", ")
        );
    }
}
