//! What an input's numbers stand for.

mod campaign;
mod corpus;
mod stream;

use arbitrary::{Arbitrary as _, Unstructured};
use rand::RngCore as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::Space;
use super::input::{Draw, Input, Move, Set};
use crate::harness::testing::plan;
use crate::plan::case::{Action, BodyDraft};

fn bodies(input: &Input) -> Vec<String> {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let case = space.case(input).expect("a case");
    let body = |step: &crate::plan::case::Step| match &step.request.body {
        BodyDraft::Text(text) => Some(format!("{} {text}", step.action.name())),
        _ => Some(step.action.name().to_owned()),
    };
    case.steps.iter().filter_map(body).skip(1).collect()
}

fn number(number: i64) -> Vec<Set> {
    vec![Set {
        member: 0,
        value: Draw::Number(number),
    }]
}

/// Where the members stand in the plan, the tests below say by number.
#[test]
fn members_are_in_the_order_of_the_fixtures() {
    assert_eq!(
        plan().binding.values.keys().collect::<Vec<_>>(),
        ["BatchSize", "Enabled", "FunctionName"]
    );
}

#[test]
fn a_repeated_update_moves_on_and_stays_in_range() {
    let update = Move::Update {
        on: 0,
        set: number(9999),
        times: 3,
        at_once: false,
    };
    let sent = bodies(&Input {
        variant: 1,
        moves: vec![update],
    });
    let expected = [
        r#"{"BatchSize":9999}"#,
        r#"{"BatchSize":10000}"#,
        r#"{"BatchSize":1}"#,
    ]
    .map(|b| format!("update {b}"));
    assert_eq!(sent[..3], expected);
    assert_eq!(sent[3..], ["read"]);
}

#[test]
fn a_queue_has_a_range_of_its_own() {
    let sent = bodies(&Input {
        variant: 0,
        moves: vec![Move::Update {
            on: 0,
            set: number(11),
            times: 1,
            at_once: false,
        }],
    });
    assert_eq!(sent, [r#"update {"BatchSize":1}"#, "read"]);
}

#[test]
fn what_is_gone_is_refused() {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let update = Move::Update {
        on: 0,
        set: number(5),
        times: 9,
        at_once: true,
    };
    let case = space.case(&Input {
        variant: 0,
        moves: vec![Move::Delete(0), update, Move::Create(0), Move::Create(0)],
    });
    let steps: Vec<_> = case
        .expect("a case")
        .steps
        .into_iter()
        .map(|s| (s.action, s.refused().is_some()))
        .collect();
    let expected = [
        (Action::Create, false),
        (Action::Delete, false),
        (Action::Gone, false),
        (Action::Update, true),
    ];
    assert_eq!(steps[..4], expected);
    assert_eq!(steps[4..], [(Action::Create, false), (Action::Read, false)]);
}

/// Any bytes lead to a sequence, or to none: never to one whose invalid requests break two
/// promises.
#[test]
fn any_bytes_make_sense() {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut cases, mut refused) = (0, 0);
    for _ in 0..200 {
        let mut bytes = [0; 512];
        rng.fill_bytes(&mut bytes);
        let input = Input::arbitrary(&mut Unstructured::new(&bytes)).expect("an input");
        let Some(case) = space.case(&input) else {
            continue;
        };
        cases += 1;
        for step in case
            .steps
            .iter()
            .filter(|s| s.refused().is_some() && s.breaks.is_some())
        {
            refused += usize::from(step.action == Action::Update);
        }
    }
    assert!(cases > 150 && refused > 50, "{cases} {refused}");
}
