//! From the reports of targets to columns, rows and findings.

use std::collections::{BTreeMap, HashMap};

use super::stable::stable;
use super::{
    Causes, Cell, Column, Mark, Matrix, MatrixFinding, Row, Score, Shown, Standing, VERSION,
    follows,
};
use crate::report::document::{
    OperationState, Report, ReportedFinding, ReportedOperation, ReportedPromise, StopKind, Tool,
};
use crate::report::plural;

/// One target and what became of it under one revision.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// The target's name.
    pub(crate) target: String,
    /// The target's own version.
    pub(crate) release: Option<String>,
    /// The revision of the contract.
    pub(crate) revision: String,
    /// The report, or why there is none.
    pub(crate) source: Source,
}

/// What a column is made of.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The report of a run.
    Report(Box<Report>),
    /// The report of a run during which the target ended, and how it ended.
    Died(Box<Report>, String),
    /// Nothing was judged: the target did not start, or could not be reached, and why.
    NotStarted(String),
}

impl Matrix {
    /// The scoreboard of those targets, as of that day.
    pub(crate) fn new(judged: &[Judged], date: &str) -> Self {
        let reports: Vec<Option<&Report>> = judged.iter().map(Judged::report).collect();
        let columns: Vec<Column> = judged.iter().map(column).collect();
        let rows = rows(&columns, &reports);
        let findings = findings(&reports, &rows);
        let operation = reports
            .iter()
            .flatten()
            .map(|r| r.run.subject().into_owned())
            .next();

        Self {
            version: VERSION,
            tool: Tool {
                name: "proofmark".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            date: date.to_owned(),
            operation: operation.unwrap_or_default(),
            columns,
            rows,
            findings,
        }
    }
}

impl Judged {
    /// The report, where there is one.
    pub(crate) fn report(&self) -> Option<&Report> {
        match &self.source {
            Source::Report(report) | Source::Died(report, _) => Some(report),
            Source::NotStarted(_) => None,
        }
    }
}

fn column(judged: &Judged) -> Column {
    let (standing, why) = standing(&judged.source);
    let mut column = Column {
        target: judged.target.clone(),
        release: judged.release.clone(),
        revision: judged.revision.clone(),
        standing,
        why,
        headline: None,
        cases: 0,
        planned: 0,
        counts: BTreeMap::new(),
        causes: None,
        score: None,
        open: Vec::new(),
    };

    let Some(report) = judged.report() else {
        return column;
    };
    column.headline = Some(report.headline.clone());
    let is_open = |one: &&ReportedOperation| one.state != OperationState::Judged;
    column.open = report.operations.iter().filter(is_open).cloned().collect();
    column.cases = report.cases.len();
    column.planned = report.plan.cases;
    column.causes = Some(Causes {
        all: report.causes.len(),
        fail: report.causes.iter().filter(|cause| cause.fails).count(),
    });

    for promise in &report.promises {
        *column.counts.entry(Mark::of(promise)).or_default() += 1;
    }
    let count = |mark: Mark| column.counts.get(&mark).copied().unwrap_or_default();
    let score = Score {
        holds: count(Mark::Holds) + count(Mark::Warned),
        of: report.promises.len() - count(Mark::Untested),
    };

    column.score = (standing == Standing::Judged).then_some(score);
    column
}

/// Whether the whole plan was fired at a target that accepts anything at all.
fn standing(source: &Source) -> (Standing, Option<String>) {
    let report = match source {
        Source::NotStarted(why) => return (Standing::NotStarted, Some(why.clone())),
        Source::Died(_, how) => return (Standing::Died, Some(how.clone())),
        Source::Report(report) => report,
    };

    match &report.stopped {
        Some(stopped) if stopped.enough => (Standing::Judged, None),
        Some(stopped) => match stopped.kind {
            StopKind::Unreachable if report.cases.is_empty() => {
                (Standing::NotStarted, Some(stopped.why.clone()))
            }
            StopKind::Unreachable => (Standing::Died, Some(stopped.why.clone())),
            _ => (Standing::Stopped, Some(stopped.why.clone())),
        },
        None if report.cases.is_empty() => {
            (Standing::Stopped, Some("no case was fired".to_owned()))
        }
        None if !report.accepted_any => (
            Standing::Stopped,
            Some("it accepted no valid request".to_owned()),
        ),
        None if report.cases.len() < report.plan.selected => {
            let why = format!(
                "{} of {} were fired",
                report.cases.len(),
                plural(report.plan.selected, "case")
            );
            (Standing::Stopped, Some(why))
        }
        None => (Standing::Judged, None),
    }
}

fn rows(columns: &[Column], reports: &[Option<&Report>]) -> Vec<Row> {
    // The longest report of a revision names its promises as any other of that revision does.
    let mut order: Vec<&ReportedPromise> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for promise in reports.iter().flatten().flat_map(|report| &report.promises) {
        places.entry(&promise.id).or_insert_with(|| {
            order.push(promise);
            order.len() - 1
        });
    }

    let mut rows: Vec<Row> = order
        .iter()
        .map(|promise| row(promise, columns.len()))
        .collect();

    for (at, report) in reports.iter().enumerate() {
        let (Some(report), Some(column)) = (report, columns.get(at)) else {
            continue;
        };
        for promise in &report.promises {
            let Some(row) = places
                .get(promise.id.as_str())
                .and_then(|place| rows.get_mut(*place))
            else {
                continue;
            };
            if let Some(cell) = row.cells.get_mut(at) {
                *cell = Some(self::cell(promise));
            }
            row.texts
                .entry(column.revision.clone())
                .or_insert_with(|| promise.says.clone());
        }
    }

    // A revision that nothing was judged by says nothing, and disagrees with none.
    let judged = columns
        .iter()
        .zip(reports)
        .filter(|(_, report)| report.is_some());

    let mut revisions: Vec<&str> = judged.map(|(column, _)| column.revision.as_str()).collect();
    revisions.sort_unstable();
    revisions.dedup();
    for row in &mut rows {
        let agreed =
            row.texts.len() == revisions.len() && row.texts.values().all(|says| *says == row.says);
        if agreed {
            row.texts.clear();
        } else {
            row.follows = follows::follows(columns, row);
        }
    }

    rows
}

fn cell(promise: &ReportedPromise) -> Cell {
    let mark = Mark::of(promise);
    let sides = promise.sides().into_iter().filter(|_| mark == Mark::Holds);
    let mut shown_by = Vec::new();
    for showing in sides.filter_map(|(_, side)| side.shown_by.as_ref()) {
        if !shown_by.contains(&showing.case) {
            shown_by.push(showing.case.clone());
        }
    }

    Cell {
        mark,
        why: promise.why.clone(),
        shown_by,
    }
}

fn row(promise: &ReportedPromise, columns: usize) -> Row {
    Row {
        id: promise.id.clone(),
        says: promise.says.clone(),
        section: promise.section.clone(),
        basis: promise.basis,
        level: promise.level,
        cells: vec![None; columns],
        texts: BTreeMap::new(),
        follows: Vec::new(),
    }
}

fn findings(reports: &[Option<&Report>], rows: &[Row]) -> Vec<MatrixFinding> {
    let mut findings: Vec<MatrixFinding> = Vec::new();
    let mut places: HashMap<(&str, bool), usize> = HashMap::new();
    for (column, report) in reports.iter().enumerate() {
        for finding in report
            .iter()
            .flat_map(|report| &report.findings)
            .filter(|f| !f.repeats)
        {
            let place = *places
                .entry((&finding.id, finding.data_plane))
                .or_insert_with(|| {
                    findings.push(new(finding));
                    findings.len() - 1
                });
            if let Some(known) = findings.get_mut(place) {
                known.level = known.level.min(finding.level);
                known.shown.push(shown(column, finding));
            }
        }
    }

    let order: HashMap<&str, usize> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| (row.id.as_str(), place))
        .collect();

    findings.sort_by_key(|f| order.get(f.promise.as_str()).copied().unwrap_or(usize::MAX));
    findings
}

fn new(finding: &ReportedFinding) -> MatrixFinding {
    MatrixFinding {
        id: finding.id.clone(),
        promise: finding.promise.clone(),
        requirement: finding.requirement.clone(),
        section: finding.section.clone(),
        basis: finding.basis,
        level: finding.level,
        symptom: finding.symptom.clone(),
        shown: Vec::new(),
    }
}

fn shown(column: usize, finding: &ReportedFinding) -> Shown {
    Shown {
        column,
        sent: finding.sent.clone(),
        expected: stable(&finding.expected),
        actual: stable(&finding.actual),
        cases: finding.count,
        curl: finding.curl.clone(),
        replay: finding.replay.clone(),
        unstable: finding.unstable,
    }
}
