//! The stream of inputs, and what counts as new in the answers to them.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::harness::testing::plan;
use crate::judge::Observation;
use crate::plan::case::Variant;
use crate::run::fuzz::input::Move;
use crate::run::fuzz::novelty::{Novelty, Signatures};
use crate::run::fuzz::{Input, Mutator, Space, simpler};
use crate::support::template::Bindings;
use crate::wire::exchange::{Answer, Exchange, Request, Wire};

#[test]
fn the_same_seed_makes_the_same_inputs() {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let stream = |seed, number| -> Vec<Input> {
        let mut mutator = Mutator::new(seed, number);
        let base = mutator.fresh(&space);
        (0..100).map(|_| mutator.next(&space, &[&base])).collect()
    };
    assert_eq!(stream(1, 0), stream(1, 0));
    assert_ne!(stream(1, 0), stream(2, 0));
    assert_ne!(stream(1, 0), stream(1, 1));
}

#[test]
fn simpler_inputs_are_others() {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let mut mutator = Mutator::new(5, 0);
    for _ in 0..50 {
        let input = mutator.fresh(&space);
        assert!(
            simpler(&input)
                .iter()
                .all(|simpler| simpler != &input && !simpler.moves.is_empty())
        );
    }
}

/// What reads of one resource in a row showed.
fn seen(answers: &[(u16, serde_json::Value, u64)]) -> Observation {
    let mut seen = Observation::new(Bindings::default(), Variant::named("queue"));
    for (status, body, millis) in answers {
        let request = Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            service: "lambda".to_owned(),
            wire: Wire::Client,
        };
        let answer = Answer {
            status: *status,
            headers: Vec::new(),
            body: body.to_string().into(),
        };
        let exchange = Exchange {
            request: request.into(),
            outcome: Ok(answer),
            elapsed: Duration::from_millis(*millis),
            throttled: 0,
        };
        seen.add_part(1, Some("one".to_owned()), false, exchange);
    }
    seen
}

/// Whether the second shows something that the first did not.
fn is_new(
    first: &[(u16, serde_json::Value, u64)],
    second: &[(u16, serde_json::Value, u64)],
) -> bool {
    let mut novelty = Novelty::default();
    novelty.add(&found(first).0);
    novelty.add(&found(second).0) > 0
}

/// The signatures and the numbers of these reads.
fn found(answers: &[(u16, serde_json::Value, u64)]) -> (BTreeSet<u64>, BTreeSet<i64>) {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let case = space
        .case(&Input {
            variant: 0,
            moves: vec![Move::Read(0)],
        })
        .expect("a case");
    let mut signatures = Signatures::new(&plan.service, &case);
    signatures.follow(&seen(answers));
    (signatures.found().clone(), signatures.numbers())
}

#[test]
fn values_are_not_new_and_forms_are() {
    let (a, b) = (
        (200, json!({"A": 1, "B": "x"}), 1),
        (200, json!({"A": 2, "B": "y"}), 9),
    );
    assert!(!is_new(std::slice::from_ref(&a), std::slice::from_ref(&b)));
    assert!(
        is_new(
            std::slice::from_ref(&a),
            &[(202, json!({"A": 1, "B": "x"}), 1)]
        ),
        "the status"
    );
    assert!(
        is_new(std::slice::from_ref(&a), &[(200, json!({"A": 1}), 1)]),
        "the members"
    );
    assert!(
        is_new(
            std::slice::from_ref(&a),
            &[(200, json!({"A": "1", "B": "x"}), 1)]
        ),
        "a type"
    );
    assert!(
        is_new(
            std::slice::from_ref(&a),
            &[(200, json!({"A": 1, "B": "x"}), 1500)]
        ),
        "a slow answer"
    );
    assert!(
        is_new(&[a.clone(), a.clone()], &[a.clone(), b]),
        "what changed between two reads"
    );
    assert!(
        !is_new(&[a.clone(), a.clone()], &[a.clone(), a.clone(), a]),
        "more of the same"
    );
}

#[test]
fn numbers_of_answers_are_no_part_of_identifiers() {
    let body = json!({"BatchSize": 17, "UUID": "7a1b-4242", "arn": "a:123:b", "Message": "at most 10000."});
    assert_eq!(
        found(&[(200, body, 1)]).1.into_iter().collect::<Vec<_>>(),
        [17, 10000]
    );
}
