//! The report a person reads in ten seconds, and the explanation of one case.

use std::fmt::Write as _;

use super::again::{again_line, replay_line};
use super::cause::{Told, cause_text, counted_text, example_text, grouped, report};
use super::data_plane::{data_plane_text, note};
use super::ending::{Shown, ending_text};
use super::format::plain;
use super::known::{known_text, outdated_text, retried_text};
use super::promises::promises_text;
use super::request::{draft_text, sent_text};
use super::steps::lines;
use super::{Found, Standing, Style, Summary, Where};
use crate::contract::Level;
use crate::plan::Plan;
use crate::plan::case::{Case, Expect, Origin};
use crate::support::sink::one_line;

/// So many cases without a verdict are named.
const ERRORS: usize = 5;

/// The whole report of a run.
pub(crate) fn summary_text(
    plan: &Plan,
    summary: &Summary,
    at: &Where<'_>,
    gate: Level,
    style: Style,
) -> String {
    let mut text = String::new();
    let shown = summary.shown();
    let of = |standing| {
        shown
            .iter()
            .filter(move |c| summary.standing(&c.finding, gate) == standing)
    };
    let report = plain(&report(plan, summary, at, gate));
    for told in grouped(&report, summary, gate) {
        let found = told.shown;
        let again = again_line(plan, summary, found, at);
        text.push_str(&marked_text(
            plan,
            &told,
            at,
            (summary.standing(&found.finding, gate), again),
            style,
        ));
        if let Some(line) = retried_text(summary, &found.finding) {
            let _ = writeln!(text, "  tried again  {}", one_line(&line));
        }
        text.push('\n');
    }
    text.push_str(&counted_text(&report, summary, gate));
    if at.curl.is_some() && grouped(&report, summary, gate).next().is_some() {
        let _ = writeln!(
            text,
            "To try a curl line: what it names (${{mapping}} and the like) was removed after the run. Make it anew with\n  \
             eval \"$(proofmark fixtures {})\"\nin a shell, paste the line, and remove it all again with\n  \
             proofmark_undo\nA read is to be sent again while it shows a transition.\n",
            one_line(&at.flags)
        );
    }
    data_plane_text(plan, summary, at, gate, style, &mut text);
    known_text(summary, style, &mut text);
    if style.verbose && !summary.probes.is_empty() {
        text.push_str("Where readings of the contract differ, the target answered:\n");
        for (index, outcome) in &summary.probes {
            if let Some(case) = plan.cases.get(*index) {
                let _ = writeln!(text, "  {:<48} {}", one_line(outcome), case.id);
            }
        }
        text.push('\n');
    }
    for (index, why) in summary.errors.iter().take(ERRORS) {
        if let Some(case) = plan.cases.get(*index) {
            let _ = writeln!(
                text,
                "{} {}: {}",
                style.yellow("could not tell"),
                case.id,
                one_line(why)
            );
        }
    }
    if let Some(more) = summary
        .errors
        .len()
        .checked_sub(ERRORS)
        .filter(|more| *more > 0)
    {
        let _ = writeln!(text, "{} {more} more cases", style.yellow("could not tell"));
    }
    promises_text(plan, summary, style, &mut text);
    for note in &summary.notes {
        let _ = writeln!(text, "{} {}", style.dim("note"), one_line(note));
    }
    if let Some(why) = note(summary) {
        let _ = writeln!(text, "{} {}", style.dim("note"), one_line(&why));
    }
    if let Some(ended) = summary.ended() {
        for leftover in &ended.leftovers {
            let _ = writeln!(
                text,
                "{} {}",
                style.yellow("not removed"),
                one_line(&format!("{} ({})", leftover.what, leftover.why))
            );
        }
    }
    outdated_text(summary, style, &mut text);
    let others = summary.data_plane.iter().flat_map(|d| &d.findings);
    let count = |standing| {
        of(standing).count()
            + others
                .clone()
                .filter(|f| summary.standing(f, gate) == standing)
                .count()
    };
    let shown = Shown {
        fails: count(Standing::Fails),
        unstable: count(Standing::Unstable),
        warns: count(Standing::Warns),
        known: count(Standing::Known),
    };
    ending_text(plan, summary, shown, gate, style, &mut text);
    text
}

/// One finding: requirement, expected, actual, and how to see it again.
pub(crate) fn finding_text(
    plan: &Plan,
    found: &Found,
    at: &Where<'_>,
    gate: Level,
    style: Style,
) -> String {
    let standing = if found.finding.level <= gate {
        Standing::Fails
    } else {
        Standing::Warns
    };
    marked_text(
        plan,
        &Told {
            shown: found,
            of: None,
        },
        at,
        (standing, None),
        style,
    )
}

/// `again`: the command that shows it again, where its requests do not without others before or
/// beside them.
fn marked_text(
    plan: &Plan,
    told: &Told<'_>,
    at: &Where<'_>,
    (standing, again): (Standing, Option<String>),
    style: Style,
) -> String {
    let found = told.shown;
    let finding = &found.finding;
    let mut text = String::new();
    let atom = plan.atom(&finding.atom);
    let mark = style.standing(standing);
    let cases = told.of.map_or(found.count, |of| of.cases);
    let times = if cases == 1 {
        String::new()
    } else {
        format!("  ({cases} cases)")
    };
    let _ = writeln!(
        text,
        "{mark} {}{}",
        one_line(&finding.id()),
        style.dim(&times)
    );
    if let Some(atom) = atom {
        let _ = writeln!(
            text,
            "  requirement  {}  {}",
            one_line(&atom.says),
            style.dim(&format!("[{}: {}]", atom.basis, atom.section))
        );
    }
    if let Some(of) = told.of {
        text.push_str(&cause_text(of, style));
    }
    if let Some(example) = told.of.and_then(|of| of.example.as_ref()) {
        text.push_str(&example_text(example));
        return text;
    }
    let Some(case) = found.shown_by(plan) else {
        return text;
    };
    // The case expects more than the promise says by itself.
    if atom.is_some_and(|atom| atom.basis != finding.basis) {
        let _ = writeln!(
            text,
            "  ground       {}: {}",
            finding.basis,
            one_line(&case.why)
        );
    }
    let _ = writeln!(
        text,
        "  sent         {}",
        one_line(&sent_text(case, found.finding.role, &found.observation))
    );
    let _ = writeln!(text, "  expected     {}", one_line(&finding.expected));
    let _ = writeln!(text, "  actual       {}", one_line(&finding.actual));
    if again.is_some() {
        let _ = writeln!(
            text,
            "  curl         none: its requests by themselves do not show it"
        );
    } else if let Some(curl) = at.curl {
        for (number, line) in lines(plan, case, found.finding.role, &found.observation, curl)
            .iter()
            .enumerate()
        {
            let label = if number == 0 { "curl" } else { "then" };
            let _ = writeln!(text, "  {label:<12} {}", one_line(line));
        }
    }
    // Nobody but the recording knows what it was sent to.
    if let Origin::Recorded { file, line } = &case.origin {
        let _ = writeln!(text, "  recorded     {}:{line}", one_line(file));
        return text;
    }
    match again {
        None => writeln!(
            text,
            "  replay       {}",
            one_line(&replay_line(plan, case, found, at))
        ),
        Some(line) => writeln!(text, "  again        {}", one_line(&line)),
    }
    .unwrap_or_default();
    if let Some(file) = &found.written {
        let _ = writeln!(
            text,
            "  written      {}: every run from now on fires it first",
            one_line(file)
        );
    }
    text
}

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
    let source = match case.source {
        crate::plan::case::SourceKind::Any => "any mapping",
        crate::plan::case::SourceKind::Queue => "a mapping of a queue",
        crate::plan::case::SourceKind::Stream => "a mapping of a stream",
    };
    let _ = writeln!(text, "on           {source}");
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
        Expect::Accept => format!("status {}, stored, and read back", plan.contract.http.code),
        Expect::Reject(class) => format!(
            "refused for its {class}, and nothing changed: {}",
            family(class)
        ),
        Expect::Either(class) => format!(
            "status {} and wholly carried out, or refused for its {class} and nothing changed: {}",
            plan.contract.http.code,
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
