//! The document says what the text report says, and the same run gives the same one.

use crate::contract::Level;
use crate::harness::testing::{cases, options, plan};
use crate::plan::{Shard, shuffled};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::document::{Outcome, SideState, State, schema};
use crate::report::{Facts, Format, Report, Style, Summary, Where, report_text};
use crate::run::{RunOptions, Runner};
use crate::wire::target::{Settings, Target};

/// A short run against a reference that misbehaves in one way, or in none.
pub(crate) async fn ran(defect: Option<&str>, some: &[usize]) -> Summary {
    ran_with(defect, some, options()).await
}

/// As [`ran`], with those options.
pub(crate) async fn ran_with(defect: Option<&str>, some: &[usize], options: RunOptions) -> Summary {
    let defect = defect.map(|id| find_defect(id).expect(id));
    let options_of = Options {
        defect,
        clock: Clock::tokio(),
        ..Options::default()
    };
    let target = Target::service(Reference::new(options_of), Settings::default());
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let mut summary = Summary::default();
    let runner = Runner::new(plan(), target.expect("a target"), options);
    let ended = runner
        .run(some, stop, |event| summary.add(&plan(), event))
        .await;
    summary.end(ended);
    summary
}

/// The document of a run of those cases, and the text.
pub(crate) fn document(summary: &Summary, some: &[usize]) -> (Report, String) {
    let report = shard(summary, some, some.len(), None);
    let text = report_text(&report, Style::default());
    (report, text)
}

/// The document of a run of some of those cases.
pub(crate) fn shard(
    summary: &Summary,
    some: &[usize],
    share: usize,
    shard: Option<Shard>,
) -> Report {
    let at = Where::default();
    let facts = Facts {
        sampling: crate::plan::PlanOptions::default().sampling,
        selected: some,
        share,
        shard,
        ..Facts::of(&at, Level::Must)
    };
    Report::new(&plan(), summary, &facts)
}

#[tokio::test(start_paused = true)]
async fn it_says_what_the_text_says() {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    for defect in [
        None,
        Some("batch-size-min-zero"),
        Some("error-body-html"),
        Some("status-500"),
    ] {
        let summary = ran(defect, &some).await;
        let (report, text) = document(&summary, &some);
        let last = text.lines().last().unwrap_or_default();
        let verdict = format!("{}. ", report.headline);
        assert!(last.starts_with(&verdict), "{defect:?}: {last}");
        let shown: Vec<_> = report.shown().map(|f| &f.id).collect();
        assert_eq!(shown.len(), summary.shown().len(), "{shown:?}");
        assert_eq!(
            report.requests,
            report.cases.iter().map(|c| c.requests).sum::<usize>()
        );
        assert_eq!(
            report.count(Outcome::Fail),
            report
                .cases
                .iter()
                .filter(|c| c.verdict == Outcome::Fail)
                .count()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_finding_has_all_that_shows_it() {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    let (report, _) = document(&ran(Some("batch-size-min-zero"), &some).await, &some);
    let finding = report
        .finding("update-event-source-mapping::request::BatchSize::range::min::range::accepted");
    let finding = finding.expect("the finding of that defect");
    let shown = &finding.exchanges[finding.shown_by.expect("an exchange")];
    assert_eq!(shown.role, "subject");
    assert_eq!(shown.answer.as_ref().map(|a| a.status), Some(202));
    let control = &finding.exchanges[finding.control.expect("a control")];
    assert!(
        control.answer.as_ref().is_some_and(|a| a.status == 202) && control.body.text.is_some()
    );
    assert_eq!(
        finding.count,
        report
            .cases
            .iter()
            .filter(|c| c.findings.contains(&finding.id))
            .count()
    );
    assert!(
        finding.replay.starts_with("proofmark replay update-"),
        "{}",
        finding.replay
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_run_gives_the_same_bytes() {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    let mut texts = Vec::new();
    for _ in 0..2 {
        let summary = ran(Some("batch-size-min-zero"), &some).await;
        texts.push(Format::Json.render(&document(&summary, &some).0));
    }
    assert!(texts[0] == texts[1], "two runs, two documents");
    let read: Report = serde_json::from_str(&texts[0]).expect("a document that can be read");
    assert!(
        Format::Json.render(&read) == texts[0],
        "what is read is what was written"
    );
}

#[tokio::test(start_paused = true)]
async fn the_document_fits_its_schema() {
    let form = serde_json::from_str(&schema()).expect("JSON");
    let form = jsonschema::validator_for(&form).expect("a schema");
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    let (report, _) = document(&ran(Some("batch-size-min-zero"), &some).await, &some);
    let mut document = serde_json::to_value(&report).expect("JSON");
    let faults: Vec<_> = form.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    document["cases"][0]["verdict"] = "maybe".into();
    assert!(!form.is_valid(&document), "a verdict that there is not");
}

/// The order in which cases are fired changes nothing that a report says.
#[tokio::test(start_paused = true)]
async fn orders_change_no_report() {
    let few = cases(
        |c| c.id.as_str().contains("BatchSize") || c.subject().is_none(),
        120,
    );
    for defect in [
        None,
        Some("batch-size-min-zero"),
        Some("refused-for-range-stored"),
        Some("status-500"),
    ] {
        let with = || RunOptions {
            // Where nothing is accepted a run ends early, and has fired what came first.
            thorough: defect == Some("status-500"),
            ..options()
        };
        let plain = document(&ran_with(defect, &few, with()).await, &few);
        for seed in [1, 2] {
            let order = shuffled(few.clone(), seed);
            let other = document(&ran_with(defect, &order, with()).await, &few);
            let (one, two) = (said(&plain.0), said(&other.0));
            assert_eq!(one, two, "{defect:?}, seed {seed}");
        }
    }
}

/// All that a report says of the target, but for identities and times.
fn said(report: &Report) -> Vec<String> {
    let mut lines = vec![report.headline.clone(), format!("{:?}", report.counts)];
    let causes = report
        .causes
        .iter()
        .map(|c| format!("{} {:?} {:?} {}", c.id, c.findings, c.follows, c.shown_by));
    lines.extend(causes);
    lines.extend(
        report
            .findings
            .iter()
            .map(|f| format!("{} {:?} {:?} {}", f.id, f.case, f.sent, f.count)),
    );
    lines.extend(
        report
            .promises
            .iter()
            .map(|p| format!("{} {:?} {:?} {:?}", p.id, p.state, p.why, p.sides())),
    );
    lines.extend(
        report
            .cases
            .iter()
            .map(|c| format!("{} {} {:?} {:?}", c.place, c.id, c.verdict, c.findings)),
    );
    lines
}

/// A promise that is kept names the case that shows it, from each side that was tested.
#[tokio::test(start_paused = true)]
async fn what_is_kept_names_the_case_that_shows_it() {
    let few = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    // Each answer is labelled wrongly, so that no case passes.
    for defect in [None, Some("content-type-html")] {
        let report = document(&ran(defect, &few).await, &few).0;
        let mut shown = 0;
        for promise in report.promises.iter().filter(|p| p.state == State::Kept) {
            let exercised = promise
                .sides()
                .into_iter()
                .filter(|(_, side)| side.state == SideState::Exercised);
            for (name, side) in exercised {
                let by = side
                    .shown_by
                    .as_ref()
                    .unwrap_or_else(|| panic!("{}, {name}: no case", promise.id));
                let case = report
                    .cases
                    .iter()
                    .find(|case| case.place == by.place)
                    .expect("a case that was fired");
                assert_eq!(case.id, by.case, "{}, {name}", promise.id);
                assert_eq!(by.besides, 0, "{}, {name}: {:?}", promise.id, case.findings);
                assert_eq!(case.verdict == Outcome::Pass, case.findings.is_empty());
                shown += 1;
            }
        }
        assert!(shown > 20, "{defect:?}: {shown}");
    }
}
