//! Single function names, and single lengths of them, that are mishandled.

use serde_json::{Map, Value};

use super::Defect;
use super::rare::refuse_if;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "name-140-crashes",
        "A FunctionName of 140 characters is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::length::max",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| n.chars().count() == 140));
        },
    ),
    Defect::must(
        "name-97-refused",
        "A FunctionName of exactly 97 characters is refused.",
        &["request::FunctionName::length::max"],
        |b| {
            refuse_if(b, |sent| {
                name(sent).is_some_and(|n| n.chars().count() == 97)
            });
        },
    ),
    Defect::must(
        "name-66-refused",
        "A FunctionName of exactly 66 characters is refused.",
        &["request::FunctionName::length::max"],
        |b| {
            refuse_if(b, |sent| {
                name(sent).is_some_and(|n| n.chars().count() == 66)
            });
        },
    ),
    Defect::must(
        "name-yaml-word-refused",
        "A function name that YAML takes for a boolean, such as `no`, is refused.",
        &["request::FunctionName::pattern"],
        |b| {
            refuse_if(b, |sent| {
                name(sent).is_some_and(|n| matches!(n, "yes" | "no" | "on" | "off"))
            });
        },
    ),
    Defect::must(
        "name-method-crashes",
        "A function name that objects of the target's language have as a method is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| matches!(n, "toString" | "valueOf")));
        },
    ),
    Defect::must(
        "name-only-hyphens-crashes",
        "A function name of hyphens alone is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| {
            b.crash_on(|sent| {
                name(sent).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b == b'-'))
            });
        },
    ),
    Defect::must(
        "name-very-long-crashes",
        "A FunctionName of more than 1000 characters is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::length::max",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| n.chars().count() > 1000));
        },
    ),
    Defect::must(
        "name-non-ascii-crashes",
        "A FunctionName with a letter outside ASCII is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| !n.is_ascii()));
        },
    ),
    Defect::must(
        "name-nul-crashes",
        "A FunctionName with a control character is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| n.contains(char::is_control)));
        },
    ),
    Defect::must(
        "name-quote-crashes",
        "A FunctionName with a quotation mark is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| {
            b.crash_on(|sent| name(sent).is_some_and(|n| n.contains(['\'', '"'])));
        },
    ),
];

fn name(sent: &Map<String, Value>) -> Option<&str> {
    sent.get("FunctionName").and_then(Value::as_str)
}
