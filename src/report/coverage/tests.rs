use std::sync::Arc;

use super::*;
use crate::harness::testing::built_in_plan;
use crate::plan::PlanOptions;
use crate::plan::case::Case;
use crate::plan::generator::Sampling;

fn plan(revision: Option<&str>, samples: usize) -> Plan {
    let options = PlanOptions {
        revision: revision.map(str::to_owned),
        sampling: Sampling {
            samples,
            ..Sampling::default()
        },
        ..PlanOptions::default()
    };
    built_in_plan(&options).expect("a plan")
}

fn of(plan: Plan) -> Coverage {
    coverage(&Arc::new(plan)).expect("a target in this process")
}

#[test]
fn every_promise_is_tested_from_every_side() {
    // Without chance too: what is drawn is no ground to leave a promise without a case of its own.
    let coverage = of(plan(None, 0));
    let untested: Vec<_> = coverage.untested().collect();
    assert!(untested.is_empty(), "{untested:?}");
    let row = &coverage.own[&AtomId::new(
        "update-event-source-mapping",
        "request::BatchSize::range::max",
    )];
    assert!(
        matches!(
            row,
            [Cover::Exercised(_), Cover::Exercised(_), Cover::None, _]
        ),
        "{row:?}"
    );
    let lists = AtomId::new("list-event-source-mappings", "rule::shows-each-once");
    assert!(matches!(
        coverage.others[&lists][Side::State as usize],
        Cover::Exercised(_)
    ));
}

#[test]
fn one_side_alone_is_not_enough() {
    let mut plan = plan(None, 0);
    let id = plan.contract.atom_id("request::BatchSize::range::min");
    // Sequences hold refused updates of every kind.
    let tests_it = |case: &Case| case.atoms.contains(&id) && Side::of_case(case) == Side::Invalid;
    plan.cases
        .retain(|case| case.subject().is_some() && !tests_it(case));
    let coverage = of(plan);
    assert!(
        coverage
            .untested()
            .any(|found| found == (&id, Side::Invalid))
    );
    let text = coverage_text(&coverage, false);
    assert!(
        text.contains("NO COVER request::BatchSize::range::min (invalid)\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_tested_says_why() {
    let text = coverage_text(&of(plan(None, 0)), true);
    for line in [
        "impossible: It shows only in the records a function receives: `run --data-plane` tests it",
        "  rule::polling-stops (state)",
        "list-event-source-mappings::rule::shows-each-once",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
