//! Causes in the text report: what each explains besides the finding that shows it best.

use std::fmt::Write as _;

use super::super::build::Facts;
use super::super::document::{Example, Report, ReportedCause};
use super::super::{Found, Standing, Style, Summary, Where, plural};
use crate::contract::Level;
use crate::plan::Plan;
use crate::plan::generator::Sampling;

/// So many findings of one cause are named.
const NAMED: usize = 12;

/// A cause, with the finding that shows it best.
pub(crate) struct Told<'a> {
    /// The finding, as a run found it.
    pub(crate) shown: &'a Found,
    /// The cause; none where the finding is told by itself.
    pub(crate) of: Option<&'a ReportedCause>,
}

/// The document of a run, for its causes.
pub(crate) fn report(plan: &Plan, summary: &Summary, at: &Where<'_>, gate: Level) -> Report {
    let sampling = Sampling::default();
    Report::new(
        plan,
        summary,
        &Facts {
            at,
            url: None,
            gate,
            sampling,
            selected: &[],
            share: 0,
            shard: None,
        },
    )
}

/// The causes of a run to be told: those that fail it first, and none that is known. Those of the
/// data plane are told apart.
pub(crate) fn grouped<'a>(
    report: &'a Report,
    summary: &'a Summary,
    gate: Level,
) -> impl Iterator<Item = Told<'a>> {
    let of = move |standing: Standing| {
        let told = move |cause: &'a ReportedCause| {
            let shown = summary.found.get(&cause.shown_by)?;
            (summary.standing(&shown.finding, gate) == standing).then_some(Told {
                shown,
                of: Some(cause),
            })
        };
        report.causes.iter().filter_map(told)
    };
    [Standing::Fails, Standing::Unstable, Standing::Warns]
        .into_iter()
        .flat_map(of)
}

/// What a cause is, and what else it explains.
pub(crate) fn cause_text(cause: &ReportedCause, style: Style) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "  cause        {}  {}",
        cause.says,
        style.dim(&format!("[{}]", cause.id))
    );
    let others = cause.findings.iter().filter(|id| **id != cause.shown_by);
    let (follows, breaks): (Vec<&String>, Vec<&String>) =
        others.partition(|id| cause.follows.contains(id));
    lines("also breaks", &breaks, style, &mut text);
    lines("so that", &follows, style, &mut text);
    text
}

fn lines(label: &str, ids: &[&String], style: Style, text: &mut String) {
    let most = if style.verbose { ids.len() } else { NAMED };
    for (number, id) in ids.iter().take(most).enumerate() {
        let _ = writeln!(text, "  {:<12} {id}", if number == 0 { label } else { "" });
    }
    if let Some(more) = ids.len().checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(text, "  {:<12} and {more} more (-v names them)", "");
    }
}

/// The request that shows a cause, where the finding's own shows another.
pub(crate) fn example_text(example: &Example) -> String {
    let mut text = String::new();
    let Example {
        sent,
        expected,
        actual,
        curl,
        replay,
        ..
    } = example;
    let _ = writeln!(
        text,
        "  sent         {sent}\n  expected     {expected}\n  actual       {actual}"
    );
    for (number, line) in curl.iter().enumerate() {
        let label = if number == 0 { "curl" } else { "then" };
        let _ = writeln!(text, "  {label:<12} {line}");
    }
    let _ = writeln!(text, "  replay       {replay}");
    text
}

/// How many causes there are, where they are fewer than what they explain.
pub(crate) fn counted_text(report: &Report, summary: &Summary, gate: Level) -> String {
    let told: Vec<Told<'_>> = grouped(report, summary, gate).collect();
    let findings: std::collections::BTreeSet<&String> = told
        .iter()
        .filter_map(|told| told.of)
        .flat_map(|cause| &cause.findings)
        .collect();
    match told.len() < findings.len() {
        true => format!(
            "{} of what is wrong: {}\n\n",
            plural(told.len(), "cause"),
            plural(findings.len(), "finding")
        ),
        false => String::new(),
    }
}
