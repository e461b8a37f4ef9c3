//! A reproduction as a Rust test that needs the standard library alone: `rustc --test` is enough.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::needs::names_in;
use super::words::{Into, OWN};
use super::{Check, Reproduction, Step, Then};
use crate::contract::StatusMatch;
use crate::plan::case::{BodyDraft, PathDraft};
use crate::plan::fixture::Capture;
use crate::report::curl::{CurlTarget, variable};
use crate::support::sink::source::{self, comment};
use crate::support::template::{Function, Part, names, parts};
use crate::wire::exchange::Framing;

/// What every such file ends with.
const HELPERS: &str = include_str!("rust_helpers.rs");

/// The file. `None`: a value that is needed is captured by an expression that takes more than the
/// standard library.
pub(super) fn file(of: &Reproduction, at: Option<&CurlTarget>) -> Option<String> {
    let name = of.name();
    let mut text: String = of
        .told()
        .iter()
        .map(|line| format!("//! {line}").trim_end().to_owned() + "\n")
        .collect();
    let _ = write!(
        text,
        "//!\n//!     rustc --edition 2021 --test {name}.rs && ./{name}\n//!\n//! PROOFMARK_ENDPOINT names the target.\n\n"
    );
    let (imports, helpers) = HELPERS.split_once("\n\ntype ").unwrap_or(("", HELPERS));
    let list = |names: &[String]| {
        names
            .iter()
            .map(|n| format!("{n:?}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let headers: Vec<String> = at
        .iter()
        .flat_map(|at| &at.headers)
        .map(|n| format!("({n:?}, {:?})", variable(n)))
        .collect();
    let _ = write!(
        text,
        "{imports}\n\nconst ENDPOINT: Option<&str> = {:?};\nconst REGION: &str = {:?};\n\
         const HEADERS: &[(&str, &str)] = &[{}];\nconst ERROR_HEADERS: &[&str] = &[{}];\n\
         const ERROR_MEMBERS: &[&str] = &[{}];\n\n",
        at.map(|at| at.url.as_str()),
        of.given.get("region").unwrap_or_default(),
        headers.join(", "),
        list(&of.error_types.0),
        list(&of.error_types.1),
    );
    let _ = writeln!(
        text,
        "#[test]\nfn {name}() {{\n    let mut v = BTreeMap::from([(\"run\", token())]);"
    );
    for (name, value) in of.given.iter() {
        let _ = writeln!(text, "    v.insert({name:?}, {value:?}.to_owned());");
    }
    for (name, template) in of.otherwise() {
        let _ = writeln!(text, "    v.insert({name:?}, {});", expression(template));
    }
    text.push_str(
        "    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| shows(&mut v)));\n    undo(&v);\n    \
         if let Err(finding) = outcome {\n        std::panic::resume_unwind(finding);\n    }\n}\n\n\
         fn shows(v: &mut BTreeMap<&'static str, String>) {\n",
    );
    let wanted = wanted(of);
    for step in of.preparing() {
        text.push_str(&statement(&step, &wanted)?);
    }
    let (last, first) = of.steps.split_last()?;
    for step in first {
        text.push_str(&statement(step, &wanted)?);
    }
    let _ = writeln!(
        text,
        "    // {}\n    let answer = answered(send(&{}));",
        comment(&last.says),
        ask(last)
    );
    for (name, how) in &last.capture {
        if let Capture::Json(pointer) = how {
            let made = format!("if let Json::String(text) = answer.at({})", path(pointer));
            let _ = writeln!(
                text,
                "    {made} {{\n        v.insert({name:?}, text);\n    }}"
            );
        }
    }
    let _ = writeln!(
        text,
        "    assert!(answer.status < 500, \"{{}}\", answer.told());"
    );
    if let Some(condition) = condition(&of.check) {
        let _ = writeln!(text, "    assert!({condition}, \"{{}}\", answer.told());");
    }
    text.push_str("}\n\nfn undo(v: &BTreeMap<&'static str, String>) {\n");
    for step in of.undoing() {
        let named: Vec<String> = names_in(&step.draft)
            .iter()
            .map(|n| format!("{n:?}"))
            .collect();
        let _ = writeln!(
            text,
            "    if [{}].iter().all(|n: &&str| v.contains_key(n)) {{\n        remove(&{});\n    }}",
            named.join(", "),
            ask(&step)
        );
    }
    let _ = write!(text, "}}\n\ntype {helpers}");
    Some(source::rust(&text))
}

/// Every name that something after its capture uses.
fn wanted(of: &Reproduction) -> BTreeSet<String> {
    let steps = of
        .preparing()
        .into_iter()
        .chain(of.steps.iter().cloned())
        .chain(of.undoing());

    let mut wanted: BTreeSet<String> = steps.flat_map(|s| names_in(&s.draft)).collect();
    let rest = of
        .check
        .templates()
        .chain(of.otherwise().into_iter().map(|(_, template)| template));

    wanted.extend(
        rest.flat_map(|t| names(t).unwrap_or_default())
            .map(str::to_owned),
    );

    wanted
}

/// A step before the last one.
fn statement(step: &Step, wanted: &BTreeSet<String>) -> Option<String> {
    let mut text = format!("    // {}\n", comment(&step.says));
    let ask = ask(step);
    let _ = match &step.then {
        Then::Go => writeln!(text, "    let answer = answered(send(&{ask}));"),
        Then::Accepted => writeln!(text, "    let answer = accepted(send(&{ask}));"),
        Then::UntilRefused => writeln!(
            text,
            "    let answer = answered(until(|answer| !answer.accepted(), &{ask}));"
        ),
        Then::While { json, values } => {
            let values: Vec<String> = values
                .iter()
                .map(|v| format!("Json::String({v:?}.to_owned())"))
                .collect();
            writeln!(
                text,
                "    let answer = answered(until(|answer| ![{}].contains(&answer.at({})), &{ask}));",
                values.join(", "),
                path(json)
            )
        }
    };

    for (name, how) in step
        .capture
        .iter()
        .filter(|(name, _)| wanted.contains(name))
    {
        let value = match how {
            Capture::Json(pointer) => format!("answer.text({})", path(pointer)),
            Capture::Text(regex) => between(regex.as_str())?,
        };
        let _ = writeln!(text, "    v.insert({name:?}, {value});");
    }

    if let Some(member) = &step.keep {
        let _ = writeln!(text, "    let kept = answer.at(&[{member:?}]);");
    }
    let _ = writeln!(text, "    let _ = answer;");
    Some(text)
}

/// `LITERAL([^x]+)LITERAL`, without an engine for expressions.
fn between(regex: &str) -> Option<String> {
    let (start, rest) = regex.split_once("([^")?;
    let (stop, end) = rest.split_once("]+)")?;
    let literal = |text: &str| regex_syntax::escape(text) == text && !text.is_empty();
    (literal(start) && literal(end) && end.starts_with(stop))
        .then(|| format!("between(&answer, {start:?}, {end:?})"))
}

/// The request of a step.
fn ask(step: &Step) -> String {
    let draft = &step.draft;
    let path = match &draft.path {
        PathDraft::Exact(path) => path.as_str(),
        PathDraft::Labels { uri, .. } => uri.as_str(),
    };

    let headers: Vec<String> = draft
        .headers
        .iter()
        .map(|(n, v)| format!("({n:?}, {})", expression(v)))
        .collect();

    let body = match &draft.body {
        BodyDraft::None => "Vec::new()".to_owned(),
        BodyDraft::Text(template) => {
            format!("{}.into_bytes()", encoded(template, Into::body(draft)))
        }
        BodyDraft::Bytes(bytes) => format!("vec!{bytes:?}"),
    };

    let chunk = match draft.raw {
        Some(Framing::Chunked(size)) => Some(size),
        _ => None,
    };

    format!(
        "Ask {{ service: {:?}, method: {:?}, path: {}, headers: vec![{}], body: {body}, chunk: {chunk:?}, bare: {} }}",
        step.service,
        draft.method,
        encoded(path, Into::Segment),
        headers.join(", "),
        draft.raw == Some(Framing::None)
    )
}

/// What must hold of the answer, beside that there is one.
fn condition(check: &Check) -> Option<String> {
    let at = |name: &str| format!("answer.at(&[{name:?}])");
    let texts = |values: &[String]| {
        let values: Vec<String> = values
            .iter()
            .map(|v| format!("Json::String({v:?}.to_owned())"))
            .collect();
        format!("[{}]", values.join(", "))
    };
    Some(match check {
        Check::Answered => return None,
        Check::Accepted => "answer.accepted()".to_owned(),
        Check::NotAccepted => "!answer.accepted()".to_owned(),
        Check::Status(status) => format!("answer.status == {status}"),
        Check::Refused(of) => format!("answer.refused(&[{}])", family(of)),
        Check::NotRefused(of) => format!("!answer.refused(&[{}])", family(of)),
        Check::StatusOf(name, status) => {
            format!("answer.error().as_deref() != Some({name:?}) || answer.status == {status}")
        }
        Check::Typed => "answer.error().is_some()".to_owned(),
        Check::Media(known) => {
            let first =
                "answer.header(\"content-type\").and_then(|h| h.split(';').next()).map(|h| h.trim().to_lowercase())";
            format!("{first}.is_some_and(|h| {known:?}.contains(&h.as_str()))")
        }
        Check::Plain => {
            "answer.header(\"content-encoding\").is_none_or(|c| c.eq_ignore_ascii_case(\"identity\"))".to_owned()
        }
        Check::Document => "answer.document().is_some_and(|d| d.is_once())".to_owned(),
        Check::Has(name) => format!("{} != Json::Null", at(name)),
        Check::HasNot(name) => format!("{} == Json::Null", at(name)),
        Check::Is(name, template) => format!("Some({}) == json(&{})", at(name), expression(template)),
        Check::EndsWith(name, template) => {
            format!("answer.text(&[{name:?}]).ends_with(&{})", expression(template))
        }
        Check::OneOf(name, values) => format!("{}.contains(&{})", texts(values), at(name)),
        Check::NoneOf(name, values) => format!("!{}.contains(&{})", texts(values), at(name)),
        Check::Type(name, kind) => {
            let pattern = match *kind {
                "boolean" => "Bool(_)",
                "number" => "Number(_)",
                "string" => "String(_)",
                "array" => "Array(_)",
                _ => "Object(_)",
            };
            format!("matches!({}, Json::{pattern})", at(name))
        }
        Check::Between(name, least, most) => {
            format!("matches!({}, Json::Number(n) if n >= {least} as f64 && n <= {most} as f64)", at(name))
        }
        Check::Kept(name) => format!("{} == kept", at(name)),
        Check::Entries { list, member, value, count } => format!(
            "matches!({}, Json::Array(all) if all.iter().filter(|e| e.get({member:?}) == Json::String({})).count() == {count})",
            at(list),
            expression(value)
        ),
    })
}

fn family(of: &[(StatusMatch, Option<String>)]) -> String {
    let one = |(status, name): &(StatusMatch, Option<String>)| {
        let (from, to) = match status {
            StatusMatch::Exactly(status) => (*status, *status),
            StatusMatch::Class(class) => (class * 100, class * 100 + 99),
        };
        format!("({from}, {to}, {name:?})")
    };
    of.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A JSON pointer as a list of names.
fn path(pointer: &str) -> String {
    let parts: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|p| format!("{p:?}"))
        .collect();
    format!("&[{}]", parts.join(", "))
}

/// A template as an expression of a `String`.
fn expression(template: &str) -> String {
    encoded(template, Into::Plain)
}

/// The same, with what names stand for encoded for what it is put into.
fn encoded(template: &str, into: Into) -> String {
    let changed = |value: String| match into {
        Into::Plain => format!("{value}.as_str()"),
        Into::Segment => format!("segment(&{value}).as_str()"),
        Into::Json => format!("inside(&{value}).as_str()"),
    };

    let mut all = Vec::new();
    for part in parts(template).flatten() {
        all.push(match part {
            Part::Text(text) => format!("{text:?}"),
            Part::Name(name) if OWN.contains(&name) => format!("v[{name:?}].as_str()"),
            Part::Name(name) => changed(format!("v[{name:?}]")),
            Part::Repeat { count, text } => format!("{text:?}.repeat({count}).as_str()"),
            Part::Changed { function, name } => match function {
                Function::Upper => changed(format!("v[{name:?}].to_uppercase()")),
                Function::Cut if into == Into::Plain => {
                    format!("&v[{name:?}][..v[{name:?}].len() - 1]")
                }
                Function::Cut => changed(format!("v[{name:?}][..v[{name:?}].len() - 1]")),
                Function::Undashed => changed(format!("v[{name:?}].replace('-', \"\")")),
                Function::Encoded => format!("encoded(\"%\", &v[{name:?}]).as_str()"),
                Function::EncodedTwice => format!("encoded(\"%25\", &v[{name:?}]).as_str()"),
            },
        });
    }

    match all.as_slice() {
        [] => "String::new()".to_owned(),
        [one] => format!(
            "{}.to_owned()",
            one.strip_prefix('&')
                .map_or(one.clone(), |o| format!("({o})"))
        ),
        _ => format!("[{}].concat()", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_the_standard_library_can_do() {
        assert_eq!(
            between("<Arn>([^<]+)</Arn>").as_deref(),
            Some("between(&answer, \"<Arn>\", \"</Arn>\")")
        );

        assert_eq!(between("\"Arn\" *: *\"([^:]+):"), None);
        assert_eq!(
            expression("a${cut mapping}"),
            "[\"a\", &v[\"mapping\"][..v[\"mapping\"].len() - 1]].concat()"
        );

        assert_eq!(
            encoded("/${mapping}", Into::Segment),
            "[\"/\", segment(&v[\"mapping\"]).as_str()].concat()"
        );

        assert_eq!(
            expression("${cut mapping}"),
            "(v[\"mapping\"][..v[\"mapping\"].len() - 1]).to_owned()"
        );
    }
}
