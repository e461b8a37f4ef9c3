//! Shards that partition the cases give what one run gives; anything less says so.

use super::{MergeError, merge};
use crate::harness::testing::{cases, options};
use crate::report::document::tests::{document, ran_with, shard};
use crate::report::document::{Report, ReportedFinding, Shard};
use crate::report::{Exit, Summary};
use crate::run::RunOptions;

fn some() -> Vec<usize> {
    cases(
        |c| c.id.as_str().contains("BatchSize") || c.id.as_str().contains("Enabled"),
        90,
    )
}

/// A run in which each case sends requests of its own: which cases share some depends on the shard.
async fn ran(defect: Option<&str>, some: &[usize]) -> Summary {
    let whole = RunOptions {
        thorough: true,
        ..options()
    };
    ran_with(defect, some, whole).await
}

/// The reports of three runs that share the cases in turns.
async fn shards(defect: Option<&str>) -> Vec<(String, Report)> {
    let some = some();
    let mut reports = Vec::new();
    for number in 1..=3 {
        let share: Vec<_> = some.iter().copied().skip(number - 1).step_by(3).collect();
        let report = shard(
            &ran(defect, &share).await,
            &some,
            share.len(),
            format!("{number}/3").parse().ok(),
        );
        reports.push((format!("{number}.json"), report));
    }
    reports
}

/// What does not depend on when an example was seen.
fn cause(finding: &ReportedFinding) -> (String, usize, String, bool) {
    (
        finding.id.clone(),
        finding.count,
        finding.level.to_string(),
        finding.repeats,
    )
}

#[tokio::test(start_paused = true)]
async fn shards_are_as_one_run() {
    for defect in [None, Some("batch-size-min-zero"), Some("error-body-html")] {
        let (one, _) = document(&ran(defect, &some()).await, &some());
        let mut reports = shards(defect).await;
        reports.reverse();
        let merged = merge(reports).expect("one report");
        assert_eq!((&merged.exit, &merged.headline), (&one.exit, &one.headline));
        assert_eq!(merged.cases, one.cases);
        assert_eq!(merged.counts, one.counts);
        assert_eq!(merged.promises, one.promises);
        let of = |report: &Report| report.findings.iter().map(cause).collect::<Vec<_>>();
        assert_eq!(of(&merged), of(&one));
        assert_eq!(
            (merged.run.merged, merged.run.shard, merged.missing()),
            (Some(3), None, 0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_smallest_example_is_kept() {
    let reports = shards(Some("batch-size-min-zero")).await;
    let sizes: Vec<_> = reports
        .iter()
        .flat_map(|(_, r)| r.findings.first())
        .map(|f| (f.id.clone(), f.size))
        .collect();
    let merged = merge(reports).expect("one report");
    let first = &sizes.first().expect("a finding").0;
    let least = sizes
        .iter()
        .filter(|(id, _)| id == first)
        .map(|(_, size)| *size)
        .min()
        .expect("a size");
    assert_eq!(merged.finding(first).expect("the finding").size, least);
}

#[tokio::test(start_paused = true)]
async fn a_missing_shard_is_no_pass() {
    let mut reports = shards(None).await;
    let (_, gone) = reports.remove(1);
    let merged = merge(reports).expect("one report");
    assert_eq!(merged.outcome(), Exit::CouldNotTell);
    assert_eq!(merged.missing(), gone.cases.len());
    assert_eq!(
        merged.headline,
        format!(
            "COULD NOT TELL: {} cases of the plan are in no report",
            gone.cases.len()
        )
    );
    // Merged with what was missing, it is whole.
    let whole = merge(vec![("a".to_owned(), merged), ("b".to_owned(), gone)]).expect("one report");
    assert_eq!(
        (whole.outcome(), whole.run.merged),
        (Exit::Conforms, Some(3))
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_belong_together_is_refused() {
    let reports = shards(None).await;
    let twice = vec![reports[0].clone(), reports[0].clone()];
    assert!(matches!(merge(twice), Err(MergeError::Shard(..))));
    let mut other = reports[0].clone();
    other.1.run.shard = Some(Shard { number: 2, of: 3 });
    let case = other.1.cases[0].id.clone();
    let refused = merge(vec![reports[0].clone(), other]).expect_err("one case in two reports");
    assert!(refused.to_string().contains(&case), "{refused}");
    for change in [
        |r: &mut Report| r.run.seed = 7,
        |r: &mut Report| r.run.samples = 7,
        |r: &mut Report| r.run.revision = "current".to_owned(),
        |r: &mut Report| r.plan.digest = String::new(),
        |r: &mut Report| r.tool.version = "0.0.1".to_owned(),
    ] {
        let mut other = reports[1].clone();
        change(&mut other.1);
        assert!(matches!(
            merge(vec![reports[0].clone(), other]),
            Err(MergeError::Differ(..))
        ));
    }
    assert!(matches!(merge(Vec::new()), Err(MergeError::None)));
}
