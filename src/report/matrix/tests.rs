//! Scoreboards of short runs against the reference, conforming and not.

use insta::assert_snapshot;

use super::Follows;
use super::{Format, Judged, Mark, Matrix, Score, Source, Standing, badge, schema, text};
use crate::harness::testing::cases;
use crate::plan::case::Case;
use crate::report::document::tests::{document, ran};
use crate::report::document::{ReportedFinding, StopKind, Stopped};
use crate::report::{Report, State};

pub(super) async fn report_of(defect: Option<&str>) -> Report {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    document(&ran(defect, &some).await, &some).0
}

pub(super) fn judged(target: &str, source: Source) -> Judged {
    let revision = match &source {
        Source::Report(report) | Source::Died(report, _) => report.run.revision.clone(),
        Source::NotStarted(_) => "2018".to_owned(),
    };
    Judged {
        target: target.to_owned(),
        release: Some("1.0".to_owned()),
        revision,
        source,
    }
}

/// A target for each of these defects, `t0`, `t1` and so on.
pub(super) async fn matrix_of(defects: &[Option<&str>]) -> Matrix {
    let mut all = Vec::new();
    for (at, defect) in defects.iter().enumerate() {
        all.push(judged(
            &format!("t{at}"),
            Source::Report(Box::new(report_of(*defect).await)),
        ));
    }
    Matrix::new(&all, "2026-11-23")
}

fn mark(matrix: &Matrix, path: &str, column: usize) -> Option<Mark> {
    let row = matrix
        .rows
        .iter()
        .find(|row| row.path() == path)
        .expect("a promise");
    row.cells[column].as_ref().map(|cell| cell.mark)
}

#[tokio::test(start_paused = true)]
async fn promises_and_targets() {
    const MIN: &str = "request::BatchSize::range::min";
    let matrix = matrix_of(&[None, Some("batch-size-min-zero")]).await;
    assert_eq!(mark(&matrix, MIN, 0), Some(Mark::Holds));
    assert_eq!(mark(&matrix, MIN, 1), Some(Mark::Broken));
    for (at, column) in matrix.columns.iter().enumerate() {
        assert_eq!(column.standing, Standing::Judged, "{:?}", column.why);
        let score = column.score.expect("a score");
        let cells: Vec<_> = matrix
            .rows
            .iter()
            .filter_map(|row| row.cells[at].as_ref())
            .collect();
        assert_eq!(
            score.of,
            cells
                .iter()
                .filter(|cell| cell.mark != Mark::Untested)
                .count()
        );
        assert_eq!(
            score.holds,
            cells
                .iter()
                .filter(|c| matches!(c.mark, Mark::Holds | Mark::Warned))
                .count()
        );
        assert_eq!(column.counts.values().sum::<usize>(), matrix.rows.len());
    }
    let holds = |at: usize| matrix.columns[at].score.map(|score| score.holds);
    assert!(holds(0) > holds(1), "{:?} {:?}", holds(0), holds(1));
    assert!(matrix.complete() && matrix.broken());
    assert_eq!(
        matrix.shared().count(),
        0,
        "the reference has no findings to share"
    );
    let twice = matrix_of(&[
        Some("batch-size-min-zero"),
        None,
        Some("batch-size-min-zero"),
    ])
    .await;
    let (finding, targets) = twice.shared().next().expect("a finding of both");
    assert_eq!(targets, ["t0", "t2"]);
    assert_eq!(
        finding.shown.iter().map(|s| s.column).collect::<Vec<_>>(),
        [0, 2]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_control_that_is_told_already_breaks_no_other_promise() {
    const PARTIAL: &str = "rule::partial-arn";
    let about = |c: &Case, path: &str| c.atoms.iter().any(|atom| atom.path() == path);
    let mut some = cases(|c| c.id.as_str().contains("account-and-name"), 60);
    some.extend(cases(|c| about(c, PARTIAL), usize::MAX));
    some.sort_unstable();
    some.dedup();
    let mut report = document(&ran(Some("partial-arn-unsupported"), &some).await, &some).0;
    // A control in that form breaks the promise of the form, and none that its case is about.
    assert!(report.findings.iter().all(|f| f.role != "given"));
    let refused = report
        .findings
        .iter()
        .find(|f| f.symptom == "refused" && f.promise.ends_with(PARTIAL));
    let refused = refused.expect("a form that is refused").clone();
    // Where no promise says so of the form, the control stands with the promise of its case.
    let other = report
        .promises
        .iter()
        .find(|p| p.id.ends_with("FunctionName::optional"))
        .expect("a promise")
        .id
        .clone();
    let id = format!("{other}::valid::refused");
    let repeated = ReportedFinding {
        id: id.clone(),
        promise: other,
        repeats: true,
        ..refused
    };
    report.findings.push(repeated.clone());
    let matrix = Matrix::new(
        &[judged("own", Source::Report(Box::new(report)))],
        "2026-11-23",
    );
    assert_eq!(mark(&matrix, PARTIAL, 0), Some(Mark::Broken));
    assert!(matrix.findings.iter().all(|f| f.id != id));
    let row = matrix
        .rows
        .iter()
        .find(|row| row.id == repeated.promise)
        .expect("a promise");
    assert_ne!(
        row.cells[0].as_ref().map(|cell| cell.mark),
        Some(Mark::Broken),
        "{}",
        repeated.id
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_reports_give_the_same_bytes() {
    let (one, other) = (
        matrix_of(&[Some("status-500")]).await,
        matrix_of(&[Some("status-500")]).await,
    );
    for format in Format::ALL {
        assert!(
            format.render(&one) == format.render(&other),
            "{}",
            format.name()
        );
    }
    let json = Format::Json.render(&one);
    let read: Matrix = serde_json::from_str(&json).expect("a document that can be read");
    assert!(
        Format::Json.render(&read) == json,
        "what is read is what was written"
    );
    let form = jsonschema::validator_for(&serde_json::from_str(&schema()).expect("JSON"))
        .expect("a schema");
    let mut document = serde_json::to_value(&one).expect("JSON");
    let faults: Vec<_> = form.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    document["columns"][0]["standing"] = "maybe".into();
    assert!(!form.is_valid(&document), "a standing that there is not");
}

#[tokio::test(start_paused = true)]
async fn who_was_not_judged_has_no_score() {
    let report = report_of(None).await;
    let stopped = |kind: StopKind, why: &str| {
        let stopped = Some(Stopped {
            kind,
            why: why.to_owned(),
            enough: false,
        });
        Source::Report(Box::new(Report {
            stopped,
            ..report.clone()
        }))
    };
    let all = [
        judged(
            "absent",
            Source::NotStarted("start: no such program".to_owned()),
        ),
        judged(
            "dead",
            Source::Died(Box::new(report.clone()), "exit status: 7".to_owned()),
        ),
        judged("gone", stopped(StopKind::Unreachable, "connection refused")),
        judged(
            "slow",
            stopped(StopKind::Hangs, "it leaves too many requests unanswered"),
        ),
        judged(
            "closed",
            Source::Report(Box::new(Report {
                accepted_any: false,
                ..report.clone()
            })),
        ),
    ];
    let matrix = Matrix::new(&all, "2026-11-23");
    let standings = matrix.columns.iter().map(|c| c.standing);
    let expected = [
        Standing::NotStarted,
        Standing::Died,
        Standing::Died,
        Standing::Stopped,
        Standing::Stopped,
    ];
    assert_eq!(standings.collect::<Vec<_>>(), expected);
    assert!(
        matrix
            .columns
            .iter()
            .all(|c| c.score.is_none() && c.why.is_some())
            && !matrix.complete()
    );
    let told = text(&matrix);
    for column in &matrix.columns {
        let line = told
            .lines()
            .find(|l| l.starts_with(&column.target))
            .unwrap_or_default();
        assert!(line.contains(column.standing.word()), "{line}");
        assert!(badge(column).contains(column.standing.word()));
    }
    assert_eq!(mark(&matrix, "request::BatchSize::range::min", 0), None);
}

#[tokio::test(start_paused = true)]
async fn where_revisions_disagree() {
    const MIN: &str = "request::BatchSize::range::min";
    const MAX: &str = "request::BatchSize::range::max";
    let page = report_of(None).await;
    let mut current = report_of(Some("batch-size-min-zero")).await;
    current.run.revision = "current".to_owned();
    for promise in current.promises.iter_mut().filter(|p| p.id.ends_with(MIN)) {
        promise.says = "BatchSize is at least 5".to_owned();
    }
    current.promises.retain(|p| !p.id.ends_with(MAX));
    let both = |target: &str, one: &Report, other: &Report| {
        [
            judged(target, Source::Report(Box::new(one.clone()))),
            judged(target, Source::Report(Box::new(other.clone()))),
        ]
    };
    let matrix = Matrix::new(&both("own", &page, &current), "2026-11-23");
    let row = |path: &str| {
        matrix
            .rows
            .iter()
            .find(|row| row.path() == path)
            .expect("a promise")
    };
    assert_eq!(row(MIN).texts.len(), 2);
    let follows = |path: &str| {
        row(path)
            .follows
            .iter()
            .map(|f| f.follows.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        follows(MIN),
        [Follows::Revision("2018".to_owned())],
        "it breaks what today's model says"
    );
    assert_eq!(
        follows(MAX),
        [Follows::All],
        "what it keeps, the other revision does not forbid"
    );
    assert_eq!(row(MAX).cells[1], None);
    assert!(row("response::status").texts.is_empty() && follows("response::status").is_empty());
    assert_eq!(matrix.names(), ["own (2018)", "own (current)"]);
    assert!(
        Format::Markdown
            .render(&matrix)
            .contains("## Where the revisions disagree")
    );
    assert!(text(&matrix).contains("follows  own: 2018"));
    let stopped = Stopped {
        kind: StopKind::Hangs,
        why: "it hangs".to_owned(),
        enough: false,
    };
    let cut_off = both(
        "own",
        &Report {
            stopped: Some(stopped),
            ..page.clone()
        },
        &current,
    );
    let cut_off = Matrix::new(&cut_off, "2026-11-23");
    let row = cut_off
        .rows
        .iter()
        .find(|row| row.path() == MIN)
        .expect("a promise");
    assert_eq!(
        row.follows[0].follows,
        Follows::Untold,
        "it may break what the page says after all"
    );
    // One of them alone disagrees with nobody.
    let alone = Matrix::new(&both("own", &page, &page)[..1], "2026-11-23");
    assert!(
        alone
            .rows
            .iter()
            .all(|row| row.texts.is_empty() && row.follows.is_empty())
    );
}

#[tokio::test(start_paused = true)]
async fn what_need_not_show_is_not_held_against_a_target() {
    let promise = report_of(None).await.promises.swap_remove(0);
    let not_offered = |skipped: Option<&str>| {
        let mut promise = promise.clone();
        promise.state = State::NotOffered;
        promise.facts.skipped = skipped.map(str::to_owned);
        Mark::of(&promise)
    };
    assert_eq!(
        not_offered(None),
        Mark::Untested,
        "no answer has to show it"
    );
    assert_eq!(not_offered(Some("it was throttled")), Mark::Untested);
    assert_eq!(
        not_offered(Some("the target offers no mapping of a stream")),
        Mark::NotImplemented
    );
    assert_eq!(
        not_offered(Some("the target says it does not implement this")),
        Mark::NotImplemented
    );
}

#[test]
fn a_score_is_whole_only_where_every_promise_holds() {
    assert_eq!(
        Score {
            holds: 199,
            of: 200
        }
        .percent(),
        99
    );
    assert_eq!(
        Score {
            holds: 200,
            of: 200
        }
        .to_string(),
        "200 of 200 (100 %)"
    );
    assert_eq!(Score { holds: 0, of: 0 }.percent(), 0);
}

#[tokio::test(start_paused = true)]
async fn as_markdown_and_as_a_badge() {
    let mut all = Vec::new();
    for (name, defect) in [("sound", None), ("zero", Some("batch-size-min-zero"))] {
        all.push(judged(
            name,
            Source::Report(Box::new(report_of(defect).await)),
        ));
    }
    all.push(judged(
        "absent",
        Source::NotStarted("start: no|such: No such file\n  | more".to_owned()),
    ));
    let mut matrix = Matrix::new(&all, "2026-11-23");
    // The version of this tool is no part of what is compared.
    matrix.tool.version = "0.0.0".to_owned();
    insta::with_settings!({ snapshot_path => "../../../snapshots/matrix", prepend_module_to_snapshot => false, omit_expression => true }, {
        assert_snapshot!("markdown", Format::Markdown.render(&matrix));
        assert_snapshot!("text", text(&matrix));
        assert_snapshot!("badge", badge(&matrix.columns[1]));
    });
}
