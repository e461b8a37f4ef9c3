//! A reproduction as a test for pytest, which a plain `python` runs too. It needs the standard
//! library alone.

use std::fmt::Write as _;

use super::words::{Into, OWN};
use super::{Check, Reproduction, Step, Then};
use crate::contract::StatusMatch;
use crate::plan::case::{BodyDraft, PathDraft};
use crate::plan::fixture::Capture;
use crate::report::curl::{CurlTarget, variable};
use crate::support::sink::source::{comment, python as quoted};
use crate::support::template::{Function, Part, parts};
use crate::wire::exchange::Framing;

/// What every such file begins with, after its constants.
const HELPERS: &str = include_str!("python.py");

pub(super) fn file(of: &Reproduction, at: Option<&CurlTarget>) -> String {
    let name = format!("test_{}", of.name());
    let mut text = String::from("\"\"\"");
    for line in of.told() {
        let _ = writeln!(
            text,
            "{}",
            line.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
        );
    }
    let _ = write!(
        text,
        "\n    pytest {name}.py\n    python {name}.py\n\nPROOFMARK_ENDPOINT names the target.\n\"\"\"\n\n"
    );
    let (imports, helpers) = HELPERS.split_once("\n\n\n").unwrap_or(("", HELPERS));
    let _ = writeln!(text, "{imports}\nimport sys\n");
    let endpoint = at.map_or_else(
        || "os.environ[\"PROOFMARK_ENDPOINT\"]".to_owned(),
        |at| {
            format!(
                "os.environ.get(\"PROOFMARK_ENDPOINT\", {})",
                quoted(&at.url)
            )
        },
    );
    let _ = writeln!(text, "ENDPOINT = {endpoint}");
    let _ = writeln!(
        text,
        "REGION = {}",
        quoted(of.given.get("region").unwrap_or_default())
    );
    let headers: Vec<String> = at
        .iter()
        .flat_map(|at| &at.headers)
        .map(|n| header(n))
        .collect();
    let _ = writeln!(text, "HEADERS = [{}]", headers.join(", "));
    let list = |names: &[String]| {
        names
            .iter()
            .map(|n| quoted(n))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let _ = writeln!(text, "ERROR_HEADERS = [{}]", list(&of.error_types.0));
    let _ = writeln!(text, "ERROR_MEMBERS = [{}]\n\n", list(&of.error_types.1));
    text.push_str(helpers);
    let _ = write!(
        text,
        "\n\ndef {name}():\n    v = {{\"run\": secrets.token_hex(4)"
    );
    for (name, value) in of.given.iter() {
        let _ = write!(text, ", {}: {}", quoted(name), quoted(value));
    }
    text.push_str("}\n");
    for (name, template) in of.otherwise() {
        let _ = writeln!(text, "    v[{}] = {}", quoted(name), expression(template));
    }
    text.push_str("    try:\n");
    for step in of.preparing() {
        text.push_str(&statement(&step));
    }
    if let Some((last, first)) = of.steps.split_last() {
        first
            .iter()
            .for_each(|step| text.push_str(&statement(step)));
        let _ = writeln!(text, "        # {}", comment(&last.says));
        let _ = writeln!(text, "        answer = {}", sent(last));
        for (name, how) in &last.capture {
            if let Capture::Json(pointer) = how {
                let _ = writeln!(
                    text,
                    "        v[{}] = str(at(answer, {}))",
                    quoted(name),
                    quoted(pointer)
                );
            }
        }
        let _ = writeln!(text, "        assert answer.status < 500, answer");
        if let Some(condition) = condition(&of.check) {
            let _ = writeln!(text, "        assert {condition}, answer");
        }
    }
    text.push_str("    finally:\n");
    let undoing = of.undoing();
    if undoing.is_empty() {
        text.push_str("        pass\n");
    }
    for step in undoing {
        let _ = writeln!(text, "        remove(lambda: {})", sent(&step));
    }
    let _ = write!(
        text,
        "\n\nif __name__ == \"__main__\":\n    try:\n        {name}()\n    except AssertionError as finding:\n        sys.exit(f\"it shows: {{finding}}\")\n    print(\"it does not show\")\n"
    );
    text
}

fn header(name: &str) -> String {
    format!(
        "({}, os.environ[{}])",
        quoted(name),
        quoted(&variable(name))
    )
}

/// A step before the last one.
fn statement(step: &Step) -> String {
    let mut text = format!("        # {}\n", comment(&step.says));
    let ask = sent(step);
    let _ = match &step.then {
        Then::Go => writeln!(text, "        answer = {ask}"),
        Then::Accepted => writeln!(text, "        answer = accepted({ask})"),
        Then::UntilRefused => {
            writeln!(
                text,
                "        until(lambda answer: not 200 <= answer.status < 300, lambda: {ask})"
            )
        }
        Then::While { json, values } => {
            let values = values
                .iter()
                .map(|v| quoted(v))
                .collect::<Vec<_>>()
                .join(", ");
            writeln!(
                text,
                "        until(lambda answer: at(answer, {}) not in [{values}], lambda: {ask})",
                quoted(json)
            )
        }
    };

    for (name, how) in &step.capture {
        let value = match how {
            Capture::Json(pointer) => format!("str(at(answer, {}))", quoted(pointer)),
            Capture::Text(regex) => {
                format!(
                    "re.search({}, answer.body.decode()).group(1)",
                    quoted(regex.as_str())
                )
            }
        };
        let _ = writeln!(text, "        v[{}] = {value}", quoted(name));
    }

    if let Some(member) = &step.keep {
        let _ = writeln!(text, "        kept = answer.member({})", quoted(member));
    }
    text
}

/// The call that sends a step.
fn sent(step: &Step) -> String {
    let draft = &step.draft;
    let path = match &draft.path {
        PathDraft::Exact(path) => path.as_str(),
        PathDraft::Labels { uri, .. } => uri.as_str(),
    };

    let mut text = format!(
        "send({}, {}, {}",
        quoted(&step.service),
        quoted(&draft.method),
        encoded(path, Into::Segment)
    );

    let headers: Vec<String> = draft
        .headers
        .iter()
        .map(|(n, v)| format!("({}, {})", quoted(n), expression(v)))
        .collect();

    if !headers.is_empty() {
        let _ = write!(text, ", [{}]", headers.join(", "));
    }
    match &draft.body {
        BodyDraft::None => {}
        BodyDraft::Text(template) => {
            let _ = write!(
                text,
                ", body=({}).encode()",
                encoded(template, Into::body(draft))
            );
        }
        BodyDraft::Bytes(bytes) => {
            let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            let _ = write!(text, ", body=bytes.fromhex(\"{hex}\")");
        }
    }

    match draft.raw {
        Some(Framing::Chunked(size)) => {
            let _ = write!(text, ", chunk={size}");
        }
        Some(Framing::None) => text.push_str(", bare=True"),
        Some(Framing::Length) | None => {}
    }

    text.push(')');
    text
}

/// What must hold of the answer, beside that there is one.
fn condition(check: &Check) -> Option<String> {
    let member = |name: &str| format!("answer.member({})", quoted(name));
    let list = |values: &[String]| {
        values
            .iter()
            .map(|v| quoted(v))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Some(match check {
        Check::Answered => return None,
        Check::Accepted => "200 <= answer.status < 300".to_owned(),
        Check::NotAccepted => "not 200 <= answer.status < 300".to_owned(),
        Check::Status(status) => format!("answer.status == {status}"),
        Check::Refused(of) => format!("refused(answer, [{}])", family(of)),
        Check::NotRefused(of) => format!("not refused(answer, [{}])", family(of)),
        Check::StatusOf(name, status) => format!(
            "error(answer) != {} or answer.status == {status}",
            quoted(name)
        ),
        Check::Typed => "error(answer)".to_owned(),
        Check::Media(known) => {
            format!(
                "answer.headers.get(\"content-type\", \"\").split(\";\")[0].strip().lower() in [{}]",
                list(known)
            )
        }
        Check::Plain => {
            "answer.headers.get(\"content-encoding\", \"identity\").lower() == \"identity\""
                .to_owned()
        }
        Check::Document => "is_document(answer.body)".to_owned(),
        Check::Has(name) => format!("{} is not None", member(name)),
        Check::HasNot(name) => format!("{} is None", member(name)),
        Check::Is(name, template) => format!(
            "same({}, json.loads({}))",
            member(name),
            expression(template)
        ),
        Check::EndsWith(name, template) => {
            format!("str({}).endswith({})", member(name), expression(template))
        }
        Check::OneOf(name, values) => format!("{} in [{}]", member(name), list(values)),
        Check::NoneOf(name, values) => format!("{} not in [{}]", member(name), list(values)),
        Check::Type(name, kind) => {
            let python = match *kind {
                "boolean" => "bool",
                "number" => "(int, float)",
                "string" => "str",
                "array" => "list",
                _ => "dict",
            };
            let number = if *kind == "number" {
                format!(" and not isinstance({}, bool)", member(name))
            } else {
                String::new()
            };
            format!("isinstance({}, {python}){number}", member(name))
        }
        Check::Between(name, least, most) => format!("{least} <= {} <= {most}", member(name)),
        Check::Kept(name) => format!("same({}, kept)", member(name)),
        Check::Entries {
            list,
            member: name,
            value,
            count,
        } => {
            format!(
                "[e.get({}) for e in {}].count({}) == {count}",
                quoted(name),
                member(list),
                expression(value)
            )
        }
    })
}

fn family(of: &[(StatusMatch, Option<String>)]) -> String {
    let one = |(status, name): &(StatusMatch, Option<String>)| {
        let status = match status {
            StatusMatch::Exactly(status) => format!("[{status}]"),
            StatusMatch::Class(class) => format!("range({}, {})", class * 100, class * 100 + 100),
        };
        format!(
            "({status}, {})",
            name.as_ref().map_or("None".to_owned(), |n| quoted(n))
        )
    };
    of.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A template as an expression of a text.
fn expression(template: &str) -> String {
    encoded(template, Into::Plain)
}

/// The same, with what names stand for encoded for what it is put into.
fn encoded(template: &str, into: Into) -> String {
    let value = |value: String| match into {
        Into::Plain => value,
        Into::Segment => format!("segment({value})"),
        Into::Json => format!("inside({value})"),
    };

    let mut all = Vec::new();
    for part in parts(template).flatten() {
        all.push(match part {
            Part::Text(text) => quoted(text),
            Part::Name(name) if OWN.contains(&name) => format!("v[{}]", quoted(name)),
            Part::Name(name) => value(format!("v[{}]", quoted(name))),
            Part::Repeat { count, text } => format!("{} * {count}", quoted(text)),
            Part::Changed { function, name } => {
                let of = format!("v[{}]", quoted(name));
                match function {
                    Function::Upper => value(format!("{of}.upper()")),
                    Function::Cut => value(format!("{of}[:-1]")),
                    Function::Undashed => value(format!("{of}.replace(\"-\", \"\")")),
                    Function::Encoded => {
                        format!("\"\".join(\"%%%02X\" % b for b in {of}.encode())")
                    }
                    Function::EncodedTwice => {
                        format!("\"\".join(\"%%25%02X\" % b for b in {of}.encode())")
                    }
                }
            }
        });
    }

    if all.is_empty() {
        "\"\"".to_owned()
    } else {
        all.join(" + ")
    }
}
