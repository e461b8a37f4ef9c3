//! Everything behind one case.

use std::fmt::Write as _;

use super::request::draft_text;
use crate::plan::Plan;
use crate::plan::case::{Case, Expect, Origin};
use crate::support::sink::one_line;

/// The steps of a sequence, one a line; of a long one only the beginning.
fn sequence_text(case: &Case, text: &mut String) {
    const SHOWN: usize = 40;
    for (number, step) in case.steps.iter().take(SHOWN).enumerate() {
        let label = if number == 0 { "steps" } else { "" };
        let more = match (step.refused(), step.at_once, step.together) {
            (Some(class), _, _) => format!("  (refused: {class})"),
            (None, true, _) => "  (at once)".to_owned(),
            (None, false, Some(_)) => "  (at the same time)".to_owned(),
            (None, false, None) => String::new(),
        };
        let _ = writeln!(
            text,
            "{label:<12} {:<7} {}{more}",
            step.action.name(),
            one_line(&draft_text(&step.request))
        );
    }

    if let Some(more) = case.steps.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "{:<12} and {more} more", "");
    }
}

/// Everything about one case: what it is about, what it sends, what is expected and why.
pub(crate) fn explain(plan: &Plan, case: &Case) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", one_line(case.id.as_str()));
    let origin = match &case.origin {
        Origin::Written { file, line } => format!("written in {file}:{line}"),
        Origin::Recorded { file, line } => format!("recorded in {file}:{line}"),
        Origin::Derived => "derived from the contract".to_owned(),
        Origin::Sampled => "drawn at random; so is every case of this id".to_owned(),
    };
    let _ = writeln!(
        text,
        "says         {}\norigin       {}",
        one_line(&case.says),
        one_line(&origin)
    );
    for id in &case.atoms {
        if let Some(atom) = plan.contract.atoms.get(id) {
            let _ = writeln!(
                text,
                "promise      {}\n             {}  [{}: {}]",
                id.path(),
                one_line(&atom.says),
                atom.basis,
                one_line(&atom.section)
            );
        }
    }
    if let Some(variant) = case.variant.name() {
        let _ = writeln!(text, "variant      {}", one_line(variant));
    }
    if let Some(twin) = case.twin() {
        let _ = writeln!(text, "control      {}", one_line(&draft_text(twin)));
    }
    let role = if case.twin().is_none() && matches!(case.expect(), Expect::Reject(_)) {
        "control"
    } else {
        "given"
    };
    if let Some(given) = case.given() {
        let _ = writeln!(text, "{role:<12} {}", one_line(&draft_text(given)));
    }
    match case.request() {
        Some(request) => {
            let _ = writeln!(text, "request      {}", one_line(&draft_text(request)));
        }
        None => sequence_text(case, &mut text),
    }
    let family = |class: &str| -> String {
        let accept = plan
            .service
            .family(class)
            .map(|f| f.accept.iter().map(ToString::to_string).collect::<Vec<_>>());
        accept.map(|a| a.join(", or ")).unwrap_or_default()
    };
    let expected = match case.expect() {
        Expect::Accept => format!(
            "status {}, stored, and read back",
            plan.contract.http.statuses()
        ),
        Expect::Reject(class) => format!(
            "refused for its {class}, and nothing changed: {}",
            family(class)
        ),
        Expect::Either(class) => format!(
            "status {} and wholly carried out, or refused for its {class} and nothing changed: {}",
            plan.contract.http.statuses(),
            family(class)
        ),
        Expect::LikeTwin => "not refused as malformed, where the control is not".to_owned(),
        Expect::AsTwin => {
            "refused as malformed if the control is, and only then: no revision tells them apart"
                .to_owned()
        }
        Expect::Probe(_) => "no expectation: readings differ, the answer is reported".to_owned(),
        Expect::NoEffect(_) => "nothing changed, whatever the answer".to_owned(),
        Expect::Model => {
            "every answer, and the state in between, follows from the steps before".to_owned()
        }
        Expect::Pages(pages) => format!(
            "each item on one page, where {} leads from one page to the next",
            pages.output_token
        ),
        Expect::Advances(output) => format!("a later {output}, within two seconds"),
    };
    let _ = writeln!(text, "expected     {}", one_line(&expected));
    for (member, value) in case.subject().iter().flat_map(|step| &step.then) {
        let _ = writeln!(
            text,
            "             {}: {}",
            one_line(member),
            one_line(value)
        );
    }
    let _ = writeln!(
        text,
        "basis        {}\nlevel        {}\nwhy          {}",
        case.basis,
        case.level,
        one_line(&case.why)
    );
    text
}
