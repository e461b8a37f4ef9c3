//! Runs against the reference, stripped of their cases: as bare exchanges, too, what is lawful
//! shows no finding.

use std::sync::Arc;

use super::{judge, report};
use crate::contract::Level;
use tokio::sync::watch;

use crate::harness::testing::plan;
use crate::plan::case::Case;
use crate::recording::form::ExchangeForm;
use crate::reference::{Defect, Expected, Options, defects};
use crate::report::{Exit, Secrets};
use crate::run::rehearsal::rehearse;
use crate::run::{Event, RunOptions};

/// Every exchange of a run, in order, one a line.
fn bare(defect: Option<&'static Defect>, meant: impl Fn(usize, &Case) -> bool) -> String {
    let plan = plan();
    // Requests sent at the same time have no order, and a line has one.
    let together = |case: &Case| case.steps.iter().any(|step| step.together.is_some());
    let cases: Vec<usize> = (0..plan.cases.len())
        .filter(|at| !together(&plan.cases[*at]) && meant(*at, &plan.cases[*at]))
        .collect();
    let mut lines = Vec::new();
    let options = Options {
        defect,
        region: plan.region.clone(),
        ..Options::default()
    };
    let run = RunOptions {
        max_failures: Some(1),
        // Each exchange is seen once, in its order.
        thorough: true,
        ..RunOptions::default()
    };
    rehearse(
        &Arc::clone(&plan),
        &cases,
        options,
        run,
        watch::channel(false).1,
        |event| {
            if let Event::Judged(result) = event {
                let Some(seen) = result.observation else {
                    return;
                };
                for exchange in seen.exchanges() {
                    let form = ExchangeForm::of(exchange, &Secrets::default());
                    lines.push(serde_json::to_string(&form).expect("JSON"));
                }
            }
        },
    )
    .expect("a target")
    .expect("a runtime");
    lines.join("\n")
}

fn check(defect: Option<&'static Defect>, meant: impl Fn(usize, &Case) -> bool) -> Vec<String> {
    let judged = judge("bare", &bare(defect, meant)).unwrap_or_else(|e| panic!("{e}"));
    let causes = judged
        .summary
        .found
        .values()
        .filter(|found| found.finding.level == Level::Must);
    causes
        .map(|found| {
            let finding = &found.finding;
            let at = judged
                .plan
                .cases
                .get(found.case)
                .map(|case| format!("{:?}", case.origin))
                .unwrap_or_default();
            format!(
                "{}: expected {}, found {} {at}",
                finding.id(),
                finding.expected,
                finding.actual
            )
        })
        .collect()
}

#[test]
fn the_reference() {
    assert_eq!(check(None, |_, _| true), [""; 0]);
}

#[test]
fn lawful_variations() {
    let mut wrong = Vec::new();
    for (number, defect) in defects()
        .iter()
        .filter(|d| d.expected == Expected::LawfulVariation)
        .enumerate()
    {
        // Another part of the plan for each; sequences for all.
        let meant = |at: usize, case: &Case| at % 8 == number % 8 || case.subject().is_none();
        wrong.extend(
            check(Some(defect), meant)
                .into_iter()
                .map(|finding| format!("{}: {finding}", defect.id)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a run tells of a target, its bare exchanges tell as well, where no control is needed for
/// it.
#[test]
fn defects_show_in_bare_exchanges() {
    let exit = |id: &str| {
        let defect = crate::reference::find_defect(id).expect(id);
        let text = bare(Some(defect), |at, case| {
            at % 4 == 0 || case.id.as_str().contains("BatchSize")
        });
        report(&judge("bare", &text).expect("a recording")).0
    };
    for id in [
        "batch-size-min-zero",
        "update-not-stored",
        "batch-size-reset",
        "status-200",
        "last-modified-goes-back",
    ] {
        assert_eq!(exit(id), Exit::Findings, "{id}");
    }
}
