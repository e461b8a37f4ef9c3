//! The condition on the last answer, in the words of a shell: what is no JSON by itself, JSON by jq.

use serde_json::Value;

use super::{Check, Reproduction};
use crate::contract::StatusMatch;
use crate::report::curl::shell;

/// What comes before the lines of curl. A target that hangs shows that within a time.
pub(super) const BEFORE: &str = "\
# Exit code 1: the finding shows. 0: it does not. 2: nobody can tell.
command -v jq >/dev/null || { echo 'jq is needed to tell whether the finding shows' >&2; exit 2; }
answer=$(mktemp) kept=$(mktemp)
trap 'proofmark_undo; rm -f \"$answer\" \"$kept\"' EXIT
curl() { command curl --max-time 10 \"$@\"; }
body() { awk '/^HTTP\\/[0-9.]+ [0-9]/ { head = 1 } !head { print } head && /^\\r?$/ { head = 0 }' \"$1\"; }
field() { tr -d '\\r' <\"$answer\" | sed -n \"s/^$1: *//p\" | tail -n 1; }
json() { body \"$answer\" | jq -e \"$@\" >/dev/null 2>&1; }
shows() { echo 'it shows'; exit 1; }

";

/// What follows the last line, whose exit code is in `code` and whose answer is in the file `answer`. `named` is what a
/// template is called in these lines.
pub(super) fn after(of: &Reproduction, named: &dyn Fn(&str) -> String) -> String {
    let mut text = String::from(
        "[ \"$code\" = 0 ] || shows\n\
         status=$(sed -n 's/^HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' \"$answer\" | tail -n 1)\n\
         [ \"${status:-500}\" -lt 500 ] || shows\n",
    );
    let typed = matches!(of.check, Check::Refused(_) | Check::NotRefused(_) | Check::StatusOf(..) | Check::Typed);
    if typed {
        text.push_str(&error_type(of));
    }
    for line in lines(&of.check, named) {
        text.push_str(&line);
        text.push_str(" || shows\n");
    }
    text.push_str("echo 'it does not show'\n");
    text
}

/// Sets `type` to the error type that the answer names, as the judge reads it.
fn error_type(of: &Reproduction) -> String {
    let (headers, members) = &of.error_types;
    let mut text = String::from("type=\n");
    for header in headers {
        let any_case: String = header
            .chars()
            .map(|c| match c {
                c if c.is_ascii_alphabetic() => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
                c => c.to_string(),
            })
            .collect();
        text.push_str(&format!("type=${{type:-$(field {})}}\n", shell(&any_case)));
    }
    for member in members {
        let filter = format!(".[{}] | strings", quoted(member));
        text.push_str(&format!("type=${{type:-$(body \"$answer\" | jq -r {} 2>/dev/null)}}\n", shell(&filter)));
    }
    text.push_str("type=${type%%:*} type=${type##*#}\n");
    text
}

/// Commands that all succeed where the check holds.
fn lines(check: &Check, named: &dyn Fn(&str) -> String) -> Vec<String> {
    let jq = |filter: String| vec![format!("json {}", shell(&filter))];
    let has = |name: &str, then: &str| jq(format!(".[{}] | {then}", quoted(name)));
    let list = |values: &[String]| serde_json::to_string(values).unwrap_or_default();
    match check {
        Check::Answered => Vec::new(),
        Check::Accepted => vec!["[ \"$status\" -lt 300 ]".to_owned()],
        Check::NotAccepted => vec!["[ \"$status\" -ge 300 ]".to_owned()],
        Check::Status(status) => vec![format!("[ \"$status\" = {status} ]")],
        Check::Refused(family) => vec![format!("case \"$status $type\" in {}) ;; *) false ;; esac", patterns(family))],
        Check::NotRefused(family) => {
            vec![format!("case \"$status $type\" in {}) false ;; esac", patterns(family))]
        }
        Check::StatusOf(name, status) => {
            vec![format!("[ \"$type\" != {} ] || [ \"$status\" = {status} ]", shell(name))]
        }
        Check::Typed => vec!["[ -n \"$type\" ]".to_owned()],
        Check::Media(known) => {
            let known: Vec<String> = known.iter().map(|k| format!("{0}|{0}[\\;\\ ]*", k.to_lowercase())).collect();
            let lower = "$(field '[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt][Yy][Pp][Ee]' | tr A-Z a-z)";
            vec![format!("case \"{lower}\" in {}) ;; *) false ;; esac", known.join("|"))]
        }
        Check::Plain => {
            let coding = "$(field '[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg]' | tr A-Z a-z)";
            vec![format!("case \"{coding}\" in ''|identity) ;; *) false ;; esac")]
        }
        // One document, in UTF-8, and no path to a value twice.
        Check::Document => vec![
            "iconv -f UTF-8 -t UTF-8 \"$answer\" >/dev/null 2>&1".to_owned(),
            "json -s 'length == 1'".to_owned(),
            "json -s --stream '[.[] | select(length == 2) | .[0] | tostring] | length == (unique | length)'".to_owned(),
        ],
        Check::Has(name) => has(name, ". != null"),
        Check::HasNot(name) => has(name, ". == null"),
        Check::Is(name, template) => {
            vec![format!(
                "json --argjson wanted {} {}",
                named(template),
                shell(&format!(".[{}] == $wanted", quoted(name)))
            )]
        }
        Check::EndsWith(name, template) => {
            let filter = format!(".[{}] | strings | endswith($wanted)", quoted(name));
            vec![format!("json --arg wanted {} {}", named(template), shell(&filter))]
        }
        Check::OneOf(name, values) => has(name, &format!("strings | IN({}[])", list(values))),
        Check::NoneOf(name, values) => jq(format!("(.[{}] | IN({}[])) | not", quoted(name), list(values))),
        Check::Type(name, kind) => has(name, &format!("type == {}", quoted(kind))),
        Check::Between(name, least, most) => has(name, &format!("numbers | . >= {least} and . <= {most}")),
        Check::Kept(name) => {
            let member = shell(&format!(".[{}]", quoted(name)));
            vec![format!(
                "[ \"$(body \"$kept\" | jq -c {member} 2>/dev/null)\" = \"$(body \"$answer\" | jq -c {member} 2>/dev/null)\" ]"
            )]
        }
        Check::Entries { list, member, value, count } => {
            let filter = format!(
                "[.[{}] | arrays[] | select(.[{}] == $wanted)] | length == {count}",
                quoted(list),
                quoted(member)
            );
            vec![format!("json --arg wanted {} {}", named(value), shell(&filter))]
        }
    }
}

/// Patterns of `STATUS TYPE`.
fn patterns(family: &[(StatusMatch, Option<String>)]) -> String {
    let one = |(status, name): &(StatusMatch, Option<String>)| {
        let status = match status {
            StatusMatch::Exactly(status) => status.to_string(),
            StatusMatch::Class(class) => format!("{class}??"),
        };
        let name = name.as_deref().map_or_else(|| "*".to_owned(), shell);
        format!("{status}\\ {name}")
    };
    family.iter().map(one).collect::<Vec<_>>().join("|")
}

/// A text as jq and JSON write it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
