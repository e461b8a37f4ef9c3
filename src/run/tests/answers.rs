//! What the reference answers to each class of case, for review.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::harness::testing::{Bent, options, plan, snapshot};
use crate::judge::{Fired, Role, error_type};
use crate::plan::case::Expect;
use crate::reference::{Clock, Options, Reference};
use crate::run::{Event, RunOptions, Runner};
use crate::wire::exchange::Exchange;

/// A value without what differs from case to case: names and JSON types are left.
fn form(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(n) if n.as_str().contains('.') => "number with a fraction".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(list) => format!("[{}]", list.first().map(form).unwrap_or_default()),
        Value::Object(object) => {
            let members: Vec<String> = object
                .iter()
                .map(|(name, value)| format!("{name}: {}", form(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn normalised(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Err(silence) => format!("no answer: {silence:?}"),
        Ok(answer) => {
            let named = error_type(&plan().service, answer)
                .map(|n| format!(" {n}"))
                .unwrap_or_default();
            let media = answer
                .header("content-type")
                .map(|t| format!(" {t}"))
                .unwrap_or_default();
            let body = match serde_json::from_slice::<Value>(&answer.body) {
                _ if answer.body.is_empty() => "no body".to_owned(),
                Ok(value) => form(&value),
                Err(_) => "no JSON".to_owned(),
            };
            format!("{}{named}{media} {body}", answer.status)
        }
    }
}

fn class(expect: &Expect) -> String {
    let verb = match expect {
        Expect::Accept => "accept",
        Expect::Reject(_) => "reject",
        Expect::Either(_) => "either",
        Expect::LikeTwin => "like twin",
        Expect::AsTwin => "as twin",
        Expect::Probe(_) => "probe",
        Expect::NoEffect(_) => "no effect",
        Expect::Model => "model",
        Expect::Advances(_) => "advances",
        Expect::Pages(_) => "pages",
    };
    format!("{verb} {}", expect.class())
}

#[tokio::test]
async fn answers_of_the_reference() {
    // Its clock stands at a whole second, so that no fraction comes and goes.
    let (clock, hands) = Clock::manual(Duration::from_secs(1_449_844_011));
    let service = Bent::new(
        Reference::new(Options {
            clock,
            ..Options::default()
        }),
        move |_, _, _| {
            hands.advance(Duration::from_millis(50));
            None
        },
    );
    let cases: Vec<usize> = (0..plan().cases.len()).collect();
    let mut answers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (_sender, stop) = watch::channel(false);
    let runner = Runner::new(
        plan(),
        service.target(),
        RunOptions {
            advance_timeout: Duration::from_secs(60),
            ..options()
        },
    );
    runner
        .run(&cases, stop, |event| {
            let Event::Judged(result) = event else { return };
            let Some(seen) = &result.observation else {
                return;
            };
            let of = answers
                .entry(class(plan().cases[result.index].expect()))
                .or_default();
            let own = |fired: &&Fired| matches!(fired.role, Role::Subject | Role::Step(_));
            let own = seen.fired.iter().filter(own);
            of.extend(own.map(|fired| normalised(&fired.exchange)));
            for (part, role) in [
                ("given", Role::Given),
                ("read", Role::After),
                ("read of another", Role::Named),
            ] {
                let answer = seen.at(role).map(|e| format!("{part}: {}", normalised(e)));
                answers
                    .entry("around".to_owned())
                    .or_default()
                    .extend(answer);
            }
        })
        .await;
    let mut text = String::new();
    for (class, of) in &answers {
        let of: Vec<String> = of.iter().map(|answer| format!("    {answer}\n")).collect();
        let _ = write!(text, "{class}\n{}", of.concat());
    }
    snapshot("answers", "reference", &text);
}
