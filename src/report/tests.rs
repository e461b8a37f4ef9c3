//! The report of one fixed run, for review.

#[cfg(unix)]
mod curl_defects;
mod screen;

use crate::contract::Level;
use crate::harness::testing::{cases, options, plan, snapshot};
use crate::reference::{Options, Reference, find_defect};
use crate::report::curl::CurlTarget;
use crate::report::{Facts, Report, Style, Summary, Where, report_text};
use crate::run::Runner;
use crate::wire::target::{Settings, Target};

async fn report_of(defect: &str, verbose: bool) -> String {
    let plan = plan();
    let options_of = Options {
        defect: Some(find_defect(defect).expect(defect)),
        ..Options::default()
    };
    let target =
        Target::service(Reference::new(options_of), Settings::default()).expect("a target");
    let some = cases(
        |c| c.id.as_str().contains("BatchSize") || c.id.as_str().contains("::pairs::"),
        usize::MAX,
    );
    let mut summary = Summary::default();
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let ended = Runner::new(plan.clone(), target, options())
        .run(&some, stop, |event| summary.add(&plan, event))
        .await;
    summary.end(ended);
    let url = "http://127.0.0.1:4566".to_owned();
    let curl = CurlTarget::new(&url, "us-east-1");
    let at = Where {
        curl: Some(&curl),
        flags: format!("--endpoint {url}"),
    };
    report_text(
        &Report::new(&plan, &summary, &Facts::of(&at, Level::Must)),
        Style {
            verbose,
            ..Style::default()
        },
    )
}

#[tokio::test]
async fn one_defect() {
    snapshot(
        "report",
        "batch-size-zero-accepted",
        &report_of("batch-size-min-zero", false).await,
    );
}

#[tokio::test]
async fn one_defect_in_full() {
    snapshot(
        "report",
        "batch-size-zero-accepted-verbose",
        &report_of("batch-size-min-zero", true).await,
    );
}
