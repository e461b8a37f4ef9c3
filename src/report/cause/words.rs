//! What a cause is, in words.

use super::super::document::{CauseKind, ReportedFinding};
use super::explained::Group;
use super::key::Key;
use crate::contract::PromisePath;

/// One sentence on what the target does wrong.
pub(super) fn says(key: &Key, shown_by: &ReportedFinding, group: &Group<'_>) -> String {
    let about = |at: usize| key.about.get(at).map(String::as_str).unwrap_or_default();
    let came = || answered(group);
    match key.kind {
        CauseKind::EveryUpdate => format!("Every valid request is {}", outcome(about(0), came())),
        CauseKind::SameAnswer => {
            "Every accepted request gets the same answer, whatever it names".to_owned()
        }
        CauseKind::EveryUpdateWith => {
            format!(
                "Every valid request {} is {}",
                with("names", about(0)),
                outcome(about(1), came())
            )
        }
        CauseKind::Ignored => {
            format!(
                "{} is never read: whatever is sent as it is accepted, and nothing of it is stored",
                about(0)
            )
        }
        CauseKind::EveryRefusal => format!(
            "Nothing is refused as documented, but for example with {}",
            came()
        ),
        CauseKind::Refusals => match key.about.len() {
            1 => format!("{} are refused with {}", broken(about(0)), came()),
            _ => format!(
                "Requests against this promise are refused with {}: {}",
                came(),
                shown_by.requirement
            ),
        },
        CauseKind::Crash => crash(key, shown_by, came()),
        CauseKind::Refused if about(0) == "any" => {
            format!("Some valid requests are refused with {}", came())
        }
        CauseKind::Refused => format!(
            "Some valid requests {} are refused with {}",
            with("name", about(0)),
            came()
        ),
        CauseKind::Accepted if is_wide(about(0)) => format!("{} are accepted", broken(about(0))),
        CauseKind::Accepted => format!(
            "Requests against this promise are accepted: {}",
            shown_by.requirement
        ),
        CauseKind::Stored if about(0) == "members" => {
            "What requests send is not what the resource shows".to_owned()
        }
        CauseKind::Changed if about(0) == "members" => {
            "Members change although no request names them".to_owned()
        }
        CauseKind::Answer if about(0) == "members" => match about(1) {
            "missing" => "Answers lack several members".to_owned(),
            _ => "Several members of answers have a wrong type".to_owned(),
        },
        CauseKind::ChangedByRefusal => {
            "A refused request changes the resource all the same".to_owned()
        }
        CauseKind::Stored => format!(
            "What is sent as {} is not what the resource shows",
            about(0)
        ),
        CauseKind::Changed => format!("{} changes although no request names it", about(0)),
        CauseKind::Answer => format!(
            "Answers have a wrong {} ({})",
            about(0),
            about(1).replace('-', " ")
        ),
        CauseKind::Form | CauseKind::Single => {
            format!(
                "{} ({})",
                shown_by.requirement,
                shown_by.symptom.replace('-', " ")
            )
        }
    }
}

/// Which requests make the service fail.
fn crash(key: &Key, shown_by: &ReportedFinding, came: &str) -> String {
    let about = |at: usize| key.about.get(at).map(String::as_str).unwrap_or_default();
    match (key.about.len(), about(0)) {
        (3, "valid") => format!(
            "Some valid requests {} are answered with {came}",
            with("name", about(1))
        ),
        (_, "valid") => format!("Some valid requests are answered with {came}"),
        (1, class) => {
            format!(
                "Requests that break a promise by their {class} are answered with a failure, such as {came}"
            )
        }
        (_, operation @ ("read" | "create" | "list" | "delete" | "gone")) => {
            format!("Some requests to {operation} are answered with {came}")
        }
        (_, path) if is_wide(path) => format!("{} are answered with {came}", broken(path)),
        (_, path) if path.contains("::") => {
            format!(
                "Requests against this promise are answered with {came}: {}",
                shown_by.requirement
            )
        }
        (_, class) => format!("{} are answered with {came}", broken(class)),
    }
}

/// Whether a cause is about more than one promise.
fn is_wide(about: &str) -> bool {
    let path = PromisePath::new(about);
    path.depth() == 1 || (path.depth() == 2 && path.request_member().is_some())
}

/// Requests that break promises: of any kind, about one member, or of one class.
fn broken(about: &str) -> String {
    match PromisePath::new(about).request_member() {
        _ if about == "any" => "Requests that break promises of several kinds".to_owned(),
        Some(member) if is_wide(about) => format!("Requests with an invalid {member}"),
        Some(_) => "Requests against this promise".to_owned(),
        None => format!("Requests that break a promise of the class {about}"),
    }
}

/// What was answered, in short; of several outcomes the first.
fn answered<'a>(group: &Group<'a>) -> &'a str {
    let followed = |place: &usize| group.follows.contains(place);
    let own = group
        .evidence
        .iter()
        .filter(|(place, _)| !followed(place))
        .flat_map(|(_, of)| of.iter());
    own.map(|e| e.kind.came.as_str())
        .filter(|came| !came.is_empty())
        .min()
        .unwrap_or("another answer")
}

fn outcome(how: &str, came: &str) -> String {
    match how {
        "not-answered" => "left without an answer".to_owned(),
        "redirected" => format!("redirected, with status {came}"),
        "crashed" => format!("answered with a failure of the service, {came}"),
        _ => format!("refused with {came}"),
    }
}

/// Which requests have a trait: those that name a member, or those of a notation.
fn with(verb: &str, of: &str) -> String {
    match of.strip_prefix("body=") {
        Some("chunked") => "in chunks".to_owned(),
        Some("empty") => "of nothing".to_owned(),
        Some("escapes") => "with escapes in the body".to_owned(),
        Some("out-of-order") => "with members out of alphabetical order".to_owned(),
        Some(_) => "with an unknown member".to_owned(),
        None => format!("that {verb} {}", name(of)),
    }
}

/// A member, or a member in a form, in words.
fn name(name: &str) -> String {
    let Some((member, form)) = name.split_once('=') else {
        return name.to_owned();
    };
    let member = if member == "any" { "a member" } else { member };
    match form.split_once('-') {
        Some(("arn", parts)) => format!("{member} as an ARN of {parts} parts"),
        Some(("parts", parts)) => format!("{member} as a name of {parts} parts"),
        _ if form == "arn" => format!("{member} as an ARN"),
        _ if form == "plain" => format!("{member} as a name of one part"),
        _ => format!("{member} as {form}"),
    }
}
