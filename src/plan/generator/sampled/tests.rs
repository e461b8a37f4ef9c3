//! Draws are repeatable, sound, and of every kind; no faithful target fails any.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Sampling;
use crate::contract::constraint::Zone;
use crate::harness::testing::{given_of, plan, request_of};
use crate::plan::case::{self, Action, Case, Draft, Expect, Origin, Step, UNKNOWN};
use crate::plan::{Plan, PlanOptions};
use crate::support::files::Files;

fn sampled(sampling: Sampling) -> Vec<Case> {
    let options = PlanOptions {
        sampling,
        ..PlanOptions::default()
    };
    let plan = Plan::load(&Files::Embedded, &options).expect("a plan");
    plan.cases
        .into_iter()
        .filter(|c| c.origin == Origin::Sampled && c.subject().is_some())
        .collect()
}

fn walks(sampling: Sampling) -> Vec<Case> {
    let options = PlanOptions {
        sampling,
        ..PlanOptions::default()
    };
    let plan = Plan::load(&Files::Embedded, &options).expect("a plan");
    plan.cases
        .into_iter()
        .filter(|c| c.origin == Origin::Sampled && c.subject().is_none())
        .collect()
}

fn shown(cases: &[Case]) -> Vec<String> {
    cases.iter().map(|case| format!("{case:?}")).collect()
}

fn members(draft: &Draft) -> Map<String, Value> {
    let text = draft.text().expect("a body of text");
    let text = plan().sample().fill(text).expect("a template");
    serde_json::from_str(&text).expect("an object")
}

#[test]
fn the_same_seed_draws_the_same() {
    let few = sampled(Sampling {
        samples: 60,
        seed: 3,
        exhaustive: false,
    });
    let more = sampled(Sampling {
        samples: 120,
        seed: 3,
        exhaustive: false,
    });
    let others = sampled(Sampling {
        samples: 60,
        seed: 4,
        exhaustive: false,
    });
    assert_eq!(
        shown(&few),
        shown(&sampled(Sampling {
            samples: 60,
            seed: 3,
            exhaustive: false
        }))
    );
    assert_eq!(shown(&more)[..few.len()], shown(&few));
    assert_ne!(shown(&few), shown(&others));
    assert!(sampled(Sampling::default()).is_empty());
}

#[test]
fn walks_are_the_same_and_many_things_happen_in_them() {
    let few = walks(Sampling {
        samples: 160,
        seed: 3,
        exhaustive: false,
    });
    let more = walks(Sampling {
        samples: 640,
        seed: 3,
        exhaustive: false,
    });
    assert_eq!(shown(&more)[..few.len()], shown(&few));
    assert!(walks(Sampling::default()).is_empty());
    let steps: Vec<&Step> = more.iter().flat_map(|case| &case.steps).collect();
    for action in [
        Action::Create,
        Action::Update,
        Action::Read,
        Action::List,
        Action::Delete,
        Action::Gone,
    ] {
        assert!(steps.iter().any(|step| step.action == action), "{action:?}");
    }
    let classes: BTreeSet<&str> = steps.iter().filter_map(|step| step.refused()).collect();
    for class in ["range", "type", "pattern", "unknown-resource"] {
        assert!(classes.contains(class), "{classes:?}");
    }
    assert!(
        steps.iter().any(|step| step.at_once) && steps.iter().any(|step| step.together.is_some())
    );
}

#[test]
fn shorter_walks_make_sense() {
    for case in walks(Sampling {
        samples: 320,
        seed: 5,
        exhaustive: false,
    }) {
        for steps in case::shorter(&case.steps) {
            assert!(steps.len() < case.steps.len());
            let mut there = BTreeSet::new();
            for step in &steps {
                let Some(on) = &step.on else { continue };
                let alive = there.contains(on);
                match step.action {
                    Action::Create => assert!(there.insert(on.clone()), "{steps:?}"),
                    Action::Delete if alive => drop(there.remove(on)),
                    Action::Update => {
                        assert_eq!(alive, step.refused() != Some(UNKNOWN), "{steps:?}")
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn draws_are_what_they_say() {
    let plan = plan();
    let mut kinds = BTreeSet::new();
    let mut sizes = Vec::new();
    for seed in 0..8 {
        let cases = sampled(Sampling {
            samples: 400,
            seed,
            exhaustive: false,
        });
        assert!(cases.len() > 380, "{}", cases.len());
        for case in &cases {
            kinds.insert(case.id.as_str().to_owned());
            let found = plan.oracle().violations(&members(request_of(case)));
            match case.expect() {
                Expect::Accept | Expect::LikeTwin => {
                    assert!(found.is_empty(), "{case:?}: {found:?}")
                }
                Expect::Reject(_) => {
                    assert_eq!(found.len(), 1, "{case:?}: {found:?}");
                    assert_eq!(
                        (found[0].atom.as_str(), found[0].zone),
                        (case.atoms[0].path(), Zone::Invalid)
                    );
                    let control = plan
                        .oracle()
                        .violations(&members(case.twin().expect("a control")));
                    assert!(control.is_empty(), "{case:?}: {control:?}");
                }
                other => panic!("{other:?}"),
            }
            assert!(
                plan.oracle()
                    .violations(&members(given_of(case)))
                    .is_empty(),
                "{case:?}"
            );
        }
        let sent = cases
            .iter()
            .filter(|c| *c.expect() == Expect::Accept)
            .filter_map(|c| {
                members(request_of(c))
                    .get("BatchSize")
                    .and_then(Value::as_i64)
            });
        let sent: Vec<i64> = sent.collect();
        assert_eq!(
            sent.iter().collect::<BTreeSet<_>>().len(),
            sent.len(),
            "a value was drawn twice"
        );
        sizes.extend(sent);
    }
    assert!(
        sizes.iter().any(|n| *n < 1500) && sizes.iter().any(|n| *n > 8500),
        "{sizes:?}"
    );
    // Seven sets of members, and a break of every promise that can be broken alone.
    assert!(
        kinds.iter().filter(|k| k.contains("::valid::")).count() == 7,
        "{kinds:?}"
    );
    for promise in [
        "BatchSize::range::min",
        "BatchSize::range::max",
        "BatchSize::type",
        "Enabled::type",
    ] {
        assert!(
            kinds.contains(&format!(
                "update-event-source-mapping::sampled::broken::{promise}"
            )),
            "{kinds:?}"
        );
    }
    for promise in ["pattern", "type", "length::max"] {
        let id = format!("update-event-source-mapping::sampled::broken::FunctionName::{promise}");
        assert!(kinds.contains(&id), "{kinds:?}");
    }
    assert!(kinds.contains("update-event-source-mapping::sampled::well-formed::FunctionName"));
}

#[test]
fn every_value_of_a_range() {
    let cases = sampled(Sampling {
        exhaustive: true,
        ..Sampling::default()
    });
    let sent: Vec<i64> = cases
        .iter()
        .filter_map(|c| members(request_of(c))["BatchSize"].as_i64())
        .collect();
    assert!(sent.into_iter().eq(1..=10_000));
    for case in &cases {
        let (given, sent) = (members(given_of(case)), members(request_of(case)));
        assert_ne!(given["BatchSize"], sent["BatchSize"]);
        let above = |m: &Map<String, Value>| m["BatchSize"].as_i64() > Some(10);
        assert_eq!(
            above(&given),
            above(&sent),
            "what a queue refuses is sent only after the like"
        );
    }
}

#[tokio::test]
async fn the_reference_keeps_every_promise() {
    use crate::reference::{Options, Reference};
    use crate::report::{Exit, Report, Summary};
    use crate::run::{RunOptions, Runner};
    use crate::wire::target::{Settings, Target};

    for seed in 0..20 {
        let options = PlanOptions {
            sampling: Sampling {
                samples: 80,
                seed: seed * 0x0123_4567_89ab,
                exhaustive: false,
            },
            ..PlanOptions::default()
        };
        let plan = std::sync::Arc::new(Plan::load(&Files::Embedded, &options).expect("a plan"));
        let places: Vec<usize> = (0..plan.cases.len())
            .filter(|i| plan.cases[*i].origin == Origin::Sampled)
            .collect();
        let target = Target::service(Reference::new(Options::default()), Settings::default())
            .expect("a target");
        let (_sender, stop) = tokio::sync::watch::channel(false);
        let mut summary = Summary::default();
        let runner = Runner::new(plan.clone(), target, RunOptions::default());
        let ended = runner
            .run(&places, stop, |event| summary.add(&plan, event))
            .await;
        summary.end(ended);
        assert_eq!(
            Report::of(&plan, &summary, crate::contract::Level::Should).outcome(),
            Exit::Conforms,
            "seed {seed}: {:?}",
            summary.found
        );
    }
}
