//! What two targets do differently, for a person.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::{Diff, Difference, Support, Variant};
use crate::judge::{Observation, Role};
use crate::report::curl::CurlTarget;
use crate::report::{Style, draft_text, exchange_lines, plural, sent_text};
use crate::support::sink::one_line;

/// What the two targets are called, and how curl reaches them.
#[derive(Clone, Debug)]
pub(crate) struct DiffTargets<'a> {
    /// Their names, the left one first.
    pub(crate) names: [String; 2],
    /// How curl reaches each; none for one that listens nowhere.
    pub(crate) curl: [Option<&'a CurlTarget>; 2],
}

/// The whole report. `whole`: whether all cases that were meant were fired.
pub(crate) fn diff_text(
    diff: &Diff,
    targets: &DiffTargets<'_>,
    whole: bool,
    style: Style,
) -> String {
    let mut text = String::new();
    let all = diff.differences();
    for difference in all.iter().filter(|d| d.counts()) {
        difference_text(difference, targets, style, &mut text);
        text.push('\n');
    }
    // Where the targets are in different states, the next case may differ too: by itself it does
    // not.
    let alone: Vec<String> = all
        .iter()
        .filter(|d| !d.counts())
        .map(|d| d.kind.to_string())
        .collect();
    if !alone.is_empty() {
        let _ = writeln!(
            text,
            "{} seen after others, not when fired alone: {}",
            style.dim("note"),
            one_line(&alone.join(", "))
        );
    }
    for (why, cases) in &diff.left_out {
        let _ = writeln!(
            text,
            "{} {}: {}",
            style.dim("not compared"),
            plural(*cases, "case"),
            one_line(why)
        );
    }
    let of =
        |test: &dyn Fn(&Difference) -> bool| all.iter().filter(|d| d.counts() && test(d)).count();
    let (counted, faults) = (
        of(&|_| true),
        of(&|d| matches!(d.shown.support, Support::One { .. })),
    );
    let [left, right] = [0, 1].map(|side| one_line(&targets.names[side]));
    if diff.compared == 0 {
        let _ = writeln!(
            text,
            "{}: {left} and {right}: no case was answered by both",
            style.red("NOTHING WAS COMPARED")
        );
        return text;
    }
    let verdict = match (counted, whole) {
        (0, true) => style.green("ALIKE"),
        (0, false) => style.yellow("ALIKE AS FAR AS COMPARED"),
        _ => style.yellow("DIFFERENT"),
    };
    let _ = writeln!(
        text,
        "{verdict}: {left} and {right}: {} of difference; the contract decides {faults}; {} of {} cases \
         show any",
        plural(counted, "kind"),
        diff.differing,
        diff.compared
    );
    text
}

fn difference_text(
    difference: &Difference,
    targets: &DiffTargets<'_>,
    style: Style,
    text: &mut String,
) {
    let times = if difference.count == 1 {
        String::new()
    } else {
        format!("  ({})", plural(difference.count, "case"))
    };
    let _ = writeln!(
        text,
        "{} {}{}",
        style.red("DIFF"),
        one_line(&difference.kind.to_string()),
        style.dim(&times)
    );
    let [left, right] = &targets.names;
    if let Some(case) = difference.case() {
        let sent = match difference.shown.role {
            Role::Twin => case.twin().map(draft_text).unwrap_or_default(),
            Role::Given => case.given().map(draft_text).unwrap_or_default(),
            role @ (Role::After | Role::Named) => {
                let sent = sent_text(case, role, &difference.shown.left_seen);
                format!("a read, after {sent}")
            }
            role => sent_text(case, role, &difference.shown.left_seen),
        };
        let _ = writeln!(text, "  sent         {}", one_line(&sent));
    }
    if difference.operations.len() > 1 {
        let operations: Vec<&str> = difference.operations.iter().map(String::as_str).collect();
        let _ = writeln!(text, "  answers of   {}", operations.join(", "));
    }
    let _ = writeln!(
        text,
        "  left         {}  {}",
        one_line(&difference.shown.left),
        style.dim(left)
    );
    let _ = writeln!(
        text,
        "  right        {}  {}",
        one_line(&difference.shown.right),
        style.dim(right)
    );
    for line in variants_text(difference) {
        let _ = writeln!(text, "  {}", one_line(&line));
    }
    let _ = match &difference.shown.support {
        Support::One {
            side,
            promise,
            says,
            ..
        } => {
            let plan = &difference.shown.plan;
            let atom = plan.atom(promise);
            let ground = atom.map_or_else(String::new, |atom| {
                format!("[{}: {}]", atom.basis, atom.section)
            });
            writeln!(
                text,
                "  contract     supports {side}: {}  {}",
                one_line(says),
                style.dim(&ground)
            )
        }
        Support::Neither => writeln!(text, "  contract     supports neither"),
        Support::Either => writeln!(text, "  contract     allows both, or does not say"),
    };
    for (label, seen, curl) in [
        ("left", &difference.shown.left_seen, targets.curl[0]),
        ("right", &difference.shown.right_seen, targets.curl[1]),
    ] {
        if let (Some(curl), Some(case)) = (curl, difference.case()) {
            curl_text(difference, case, seen, curl, label, text);
        }
    }
    if let Some(case) = difference.case() {
        let _ = writeln!(text, "  case         {}", case.id);
    }
}

/// In which ways it shows, where it does in several: the class of the requests, what came of them,
/// how often.
fn variants_text(difference: &Difference) -> Vec<String> {
    const SHOWN: usize = 6;
    if difference.variants.len() < 2 {
        return Vec::new();
    }
    let mut all: Vec<_> = difference.variants.iter().collect();
    all.sort_by_key(|(variant, cases)| (Reverse(**cases), *variant));
    let said = |(number, (variant, cases)): (usize, (&Variant, &usize))| {
        let label = if number == 0 { "shown by" } else { "" };
        let answers = match (variant.left.as_str(), variant.right.as_str()) {
            ("", "") => String::new(),
            (left, right) => format!("{left} / {right}, "),
        };
        format!(
            "{label:<12} {}: {answers}{}",
            variant.class,
            plural(*cases, "case")
        )
    };

    let more = all.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> = all.into_iter().take(SHOWN).enumerate().map(said).collect();
    lines.extend((more > 0).then(|| format!("{:<12} and {more} more", "")));
    lines
}

fn curl_text(
    difference: &Difference,
    case: &crate::plan::case::Case,
    seen: &Observation,
    curl: &CurlTarget,
    label: &str,
    text: &mut String,
) {
    for (number, line) in exchange_lines(
        &difference.shown.plan,
        case,
        difference.shown.role,
        seen,
        curl,
    )
    .iter()
    .enumerate()
    {
        let label = if number == 0 {
            format!("curl {label}")
        } else {
            "then".to_owned()
        };
        let _ = writeln!(text, "  {label:<12} {}", one_line(line));
    }
}
