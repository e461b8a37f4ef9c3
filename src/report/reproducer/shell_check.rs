//! The condition on the last answer, in the words of a shell: what is no JSON by itself, JSON by
//! jq.

use serde_json::Value;

use super::words::{Into, filled};
use super::{Check, Reproduction};
use crate::contract::StatusMatch;
use crate::report::shell::word;

/// The function that writes the error type that the answer names, as the judge reads it.
pub(super) fn error_type(of: &Reproduction) -> String {
    let (headers, members) = &of.error_types;
    let mut text =
        String::from("# The error type that the answer names.\nerror_type() {\n    pm_value=''\n");
    for header in headers {
        text.push_str(&format!(
            "    pm_value=${{pm_value:-$(field {})}}\n",
            word(&any_case(header))
        ));
    }

    for member in members {
        let filter = word(&format!(".[{}] | strings", quoted(member)));
        let read = format!("jq -r {filter} <\"$pm_work/answer\" 2>/dev/null");
        text.push_str(&format!("    pm_value=${{pm_value:-$({read})}}\n"));
    }

    text.push_str(
        "    pm_value=${pm_value%%:*}\n    printf '%s\\n' \"${pm_value##*#}\" | sed 's/^ *//; s/ *$//' | head -n 1\n}\n\n",
    );
    text
}

/// A header's name as a pattern of sed.
fn any_case(name: &str) -> String {
    let one = |c: char| match c {
        c if c.is_ascii_alphabetic() => {
            format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
        }
        c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => c.to_string(),
        _ => ".".to_owned(),
    };
    name.chars().map(one).collect()
}

/// Commands that all succeed where the check holds.
pub(super) fn lines(check: &Check) -> Vec<String> {
    let jq = |filter: String| vec![format!("json {}", word(&filter))];
    let has = |name: &str, then: &str| jq(format!(".[{}] | {then}", quoted(name)));
    let list = |values: &[String]| serde_json::to_string(values).unwrap_or_default();
    match check {
        Check::Answered => Vec::new(),
        Check::Accepted => vec!["[ \"$pm_status\" -lt 300 ]".to_owned()],
        Check::NotAccepted => vec!["[ \"$pm_status\" -ge 300 ]".to_owned()],
        Check::Status(status) => vec![format!("[ \"$pm_status\" = {status} ]")],
        Check::Refused(family) => vec![in_case("\"$pm_status $pm_type\"", &patterns(family), true)],
        Check::NotRefused(family) => vec![in_case("\"$pm_status $pm_type\"", &patterns(family), false)],
        Check::StatusOf(name, status) => {
            vec![format!("[ \"$pm_type\" != {} ] || [ \"$pm_status\" = {status} ]", word(name))]
        }
        Check::Typed => vec!["[ -n \"$pm_type\" ]".to_owned()],
        Check::Media(known) => {
            let known: Vec<String> = known.iter().map(|k| word(&k.to_lowercase())).collect();
            let known: Vec<String> = known.iter().map(|k| format!("{k}|{k}[\\;\\ ]*")).collect();
            vec![in_case(&lower_field("content-type"), &known.join("|"), true)]
        }
        Check::Plain => vec![in_case(&lower_field("content-encoding"), "''|identity", true)],
        // One document, in UTF-8, and no path to a value twice.
        Check::Document => vec![
            "iconv -f UTF-8 -t UTF-8 \"$pm_work/answer\" >/dev/null 2>&1".to_owned(),
            "json -s 'length == 1'".to_owned(),
            "json -s --stream '[.[] | select(length == 2) | .[0] | tostring] | length == (unique | length)'".to_owned(),
        ],
        Check::Has(name) => has(name, ". != null"),
        Check::HasNot(name) => has(name, ". == null"),
        Check::Is(name, template) => {
            let filter = word(&format!(".[{}] == $wanted", quoted(name)));
            vec![format!("json --argjson wanted {} {filter}", filled(template, Into::Json))]
        }
        Check::EndsWith(name, template) => {
            let filter = word(&format!(".[{}] | strings | endswith($wanted)", quoted(name)));
            vec![format!("json --arg wanted {} {filter}", filled(template, Into::Plain))]
        }
        Check::OneOf(name, values) => has(name, &format!("strings | IN({}[])", list(values))),
        Check::NoneOf(name, values) => jq(format!("(.[{}] | IN({}[])) | not", quoted(name), list(values))),
        Check::Type(name, kind) => has(name, &format!("type == {}", quoted(kind))),
        Check::Between(name, least, most) => has(name, &format!("numbers | . >= {least} and . <= {most}")),
        Check::Kept(name) => {
            let filter = word(&format!("$kept[0][{0}] == $now[0][{0}]", quoted(name)));
            let files = "--slurpfile kept \"$pm_work/kept\" --slurpfile now \"$pm_work/answer\"";
            vec![format!("jq -ne {files} {filter} >/dev/null 2>&1")]
        }
        Check::Entries { list, member, value, count } => {
            let filter = word(&format!(
                "[.[{}] | arrays[] | select(.[{}] == $wanted)] | length == {count}",
                quoted(list),
                quoted(member)
            ));
            vec![format!("json --arg wanted {} {filter}", filled(value, Into::Plain))]
        }
    }
}

/// A command that succeeds where a word matches one of the patterns, or none.
fn in_case(of: &str, patterns: &str, matches: bool) -> String {
    match matches {
        true => format!("case {of} in {patterns}) ;; *) false ;; esac"),
        false => format!("case {of} in {patterns}) false ;; esac"),
    }
}

/// The value of a header in lower case, as a word.
fn lower_field(name: &str) -> String {
    format!("\"$(field {} | tr A-Z a-z)\"", word(&any_case(name)))
}

/// Patterns of `STATUS TYPE`.
fn patterns(family: &[(StatusMatch, Option<String>)]) -> String {
    let one = |(status, name): &(StatusMatch, Option<String>)| {
        let status = match status {
            StatusMatch::Exactly(status) => status.to_string(),
            StatusMatch::Class(class) => format!("{class}??"),
        };
        let name = name.as_deref().map_or_else(|| "*".to_owned(), word);
        format!("{status}\\ {name}")
    };
    family.iter().map(one).collect::<Vec<_>>().join("|")
}

/// A text as jq and JSON write it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
