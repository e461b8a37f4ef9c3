//! What happens in a run as it happens, one JSON document a line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::plan::Plan;
use crate::report::build::{Facts, case, of_cases, of_data_plane, run};
use crate::report::document::{DataPlane, Report, ReportedFinding, VERSION};
use crate::report::records::Record;
use crate::report::{Found, Secrets};
use crate::run::{CaseResult, Confirmation, Event};
use crate::support::sink::json;

/// Tells of a run while it goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    told: BTreeSet<String>,
}

impl Stream {
    /// The line before everything else.
    pub(crate) fn start(plan: &Plan, facts: &Facts<'_>, secrets: &Secrets) -> String {
        let start = json!({
            "event": "start",
            "version": VERSION,
            "tool": {"name": "proofmark", "version": env!("CARGO_PKG_VERSION")},
            "run": secrets.redact_run(run(plan, facts)),
            "cases": facts.share,
        });
        lines([start])
    }

    /// The lines of what just happened. A finding is told in full where the first case shows it.
    pub(crate) fn event(
        &mut self,
        plan: &Plan,
        event: &Event,
        facts: &Facts<'_>,
        secrets: &Secrets,
    ) -> String {
        let mut values = Vec::new();
        let told = |finding: ReportedFinding| told(&secrets.redact_finding(finding));
        match event {
            Event::Prepared { notes } => {
                let notes: Vec<_> = notes.iter().map(|note| secrets.redact(note)).collect();
                values.push(json!({"event": "prepared", "notes": notes}));
            }
            Event::Judged(result) => {
                let case = case(plan, &Record::of(result)).map(|case| secrets.redact_case(case));
                values.extend(case.map(|case| json!({"event": "case", "case": case})));
                values.extend(self.found(plan, result, facts).into_iter().map(told));
            }
            Event::Spoilt(spoilt) => {
                let by = spoilt
                    .by
                    .and_then(|place| plan.cases.get(place))
                    .map(|case| case.id.as_str());
                values
                    .push(json!({"event": "spoilt", "by": by, "why": secrets.redact(&spoilt.why)}));
                let overtaken = spoilt.overtaken.iter();
                values.extend(
                    overtaken
                        .flat_map(|first| self.found(plan, first, facts))
                        .map(told),
                );
            }
            Event::Shrunk(shrunk) => {
                let shown = Found {
                    finding: shrunk.finding.clone(),
                    count: 1,
                    case: usize::MAX,
                    observation: shrunk.observation.clone(),
                    shrunk: Some(Box::new(shrunk.case.clone())),
                    written: None,
                };
                let finding = ReportedFinding {
                    place: None,
                    ..of_cases(plan, &shown, facts)
                };
                let finding = secrets.redact_finding(finding);
                values.push(json!({"event": "shrunk", "of": shrunk.of, "finding": finding}));
            }
            Event::Retried(retried) => {
                let came_to = match &retried.confirmation {
                    Confirmation::Confirmed => "confirmed",
                    Confirmation::Untried(_) => "untried",
                    Confirmation::Unstable => "unstable",
                    Confirmation::AfterOthers(_) => "after-others",
                    Confirmation::AtTheSameTime(_) => "at-the-same-time",
                };
                values.push(json!({"event": "retried", "id": retried.id, "tries": retried.tries, "came_to": came_to}));
            }
            Event::DataPlane(judgement) => {
                let plane = DataPlane {
                    not_offered: judgement
                        .not_offered
                        .as_ref()
                        .map(|why| secrets.redact(why)),
                };
                values.push(json!({"event": "data-plane", "data_plane": plane}));
                values.extend(
                    judgement
                        .findings
                        .iter()
                        .map(|f| told(of_data_plane(plan, f, facts))),
                );
            }
        }

        lines(values)
    }

    /// What a case shows that none did before.
    fn found(
        &mut self,
        plan: &Plan,
        result: &CaseResult,
        facts: &Facts<'_>,
    ) -> Vec<ReportedFinding> {
        let mut found = Vec::new();
        for (finding, seen) in result
            .judgement
            .findings
            .iter()
            .zip(std::iter::repeat(&result.observation))
        {
            let Some(seen) = seen.as_ref().filter(|_| self.told.insert(finding.id())) else {
                continue;
            };
            let shown = Found {
                finding: finding.clone(),
                count: 1,
                case: result.index,
                observation: seen.clone(),
                shrunk: None,
                written: None,
            };
            found.push(of_cases(plan, &shown, facts));
        }

        found
    }

    /// The line after everything else.
    pub(crate) fn end(report: &Report) -> String {
        lines([end(report)])
    }
}

/// A run that is over, or several merged into one: the same lines, in the order of the document.
pub(super) fn render(report: &Report) -> String {
    let start = json!({
        "event": "start",
        "version": report.version,
        "tool": report.tool,
        "run": report.run,
        "cases": report.plan.share,
    });

    let mut values = vec![start, json!({"event": "prepared", "notes": report.notes})];
    values.extend(
        report
            .cases
            .iter()
            .map(|case| json!({"event": "case", "case": case})),
    );

    values.extend(
        report
            .data_plane
            .iter()
            .map(|plane| json!({"event": "data-plane", "data_plane": plane})),
    );

    values.extend(report.findings.iter().map(told));
    values.push(end(report));
    lines(values)
}

fn told(finding: &ReportedFinding) -> Value {
    json!({"event": "finding", "finding": finding})
}

fn end(report: &Report) -> Value {
    let counts: Vec<_> = report
        .findings
        .iter()
        .map(|f| json!({"id": f.id, "count": f.count}))
        .collect();

    json!({
        "event": "end",
        "exit": report.exit,
        "headline": report.headline,
        "stopped": report.stopped,
        "counts": report.counts,
        "requests": report.requests,
        "leftovers": report.leftovers,
        "findings": counts,
        "causes": report.causes,
    })
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values
        .into_iter()
        .map(|value| json::escaped(value.to_string()) + "\n")
        .collect()
}
