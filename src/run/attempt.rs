//! One trial of what was inferred: its fixtures are made, its request is sent, and everything is
//! removed again, as a run would.

use std::time::Duration;

use serde_json::Value;

use super::around::captured;
use super::look::Sight;
use super::{Leftover, Runner, Stop, Worker};
use crate::judge::{error_type, knows_no_route, not_implemented, throttles};
use crate::plan::case::{Action, Expect, Purpose, Step, Variant};
use crate::plan::infer::Outcome;
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Silence};

/// What is removed is looked for so often, after these pauses.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(400),
];
/// Words of states of what is gone or going.
const OVER: [&str; 5] = ["delet", "inactive", "deregister", "terminat", "deprovision"];

/// What a trial came to.
#[derive(Clone, Debug)]
pub(crate) struct Attempted {
    pub(crate) outcome: Outcome,
    /// What the target said where it refused.
    pub(crate) why: Option<String>,
    /// What could not be removed.
    pub(crate) leftovers: Vec<Leftover>,
    /// Why nothing more is to be tried, where that is so.
    pub(crate) stop: Option<Stop>,
}

impl Runner {
    /// Makes the fixtures of the plan and sends its usual request, unless only the fixtures are
    /// tried; then removes everything. `number` tells the trial from others of the run.
    pub(crate) async fn attempt(&self, only_fixtures: bool, number: usize) -> Attempted {
        let (worker, made) = self.prepare(number, None).await;
        let mut attempted = match made {
            Err(stop) => without_fixtures(stop),
            Ok(()) if only_fixtures => Attempted::of(Outcome::Accepted),
            Ok(()) => self.try_request(&worker, number).await,
        };
        let known = worker.shared().clone();
        let places: Vec<usize> = worker.made.iter().map(|(place, _, _)| *place).collect();
        attempted.leftovers.extend(self.undo(worker).await);
        for place in places {
            attempted
                .leftovers
                .extend(self.still_there(place, &known).await);
        }
        let made = matches!(attempted.outcome, Outcome::Accepted | Outcome::NoFixture);
        if made && !attempted.leftovers.is_empty() {
            attempted.outcome = Outcome::Left;
        }
        if let Some(stop) = self.budget.spent() {
            attempted.stop = Some(stop);
        }
        attempted
    }

    /// What a fixture made and a look still shows, though its removal was accepted.
    async fn still_there(&self, place: usize, known: &Bindings) -> Option<Leftover> {
        let step = self.plan.fixtures.steps.get(place)?;
        let find = step.find.as_ref()?;
        let removes = step.undo.iter().any(|undo| !undo.prepares);
        for pause in LOOKS {
            tokio::time::sleep(pause).await;
            let Sight::Things(things) = self.look(find, known).await else {
                return None;
            };
            let is_there =
                |thing: &&Value| find.is_ours(thing, known).unwrap_or(false) && !is_over(thing);
            if !removes || !things.iter().any(|thing| is_there(&thing)) {
                return None;
            }
        }
        Some(Leftover {
            what: format!("fixture {}", step.id),
            why: "its removal was accepted, and it is still shown".to_owned(),
        })
    }

    async fn try_request(&self, worker: &Worker, number: usize) -> Attempted {
        let nothing = Bindings::default();
        let known = match worker.bindings(&Variant::ANY) {
            Ok((_, known)) => known,
            Err(_) => &nothing,
        };
        let before = self.make_before(worker, known).await;
        let around = &self.plan.binding.around;
        let unnamed = around.names_before().any(|name| before.get(name).is_none());
        let known = before.over(known);

        let sample = self.plan.sample();
        let mut draft = self.plan.generator(&sample).usual();
        draft.with_token_of(&format!("{} {number}", self.options.token));
        let request = match draft.bind(&known, &self.plan.service.signing_name) {
            Ok(request) => request,
            Err(error) => {
                let mut attempted = Attempted::of(Outcome::NoFixture);
                attempted.why = Some(error.to_string());
                if unnamed {
                    let calls = around.before.iter().map(|before| &before.call);
                    attempted.leftovers.extend(calls.map(|call| Leftover {
                        what: format!("what {} {} made, if anything", call.method, call.path),
                        why: "no answer said what it is called".to_owned(),
                    }));
                }
                return attempted;
            }
        };
        let exchange = self.client.send(&request).await;
        let step = Step::new(Purpose::Subject, Action::Update, draft, Expect::Accept);
        self.remove_after(worker, &step, &exchange, &known).await;

        let mut attempted = self.attempted(&exchange);
        let own = captured(&around.capture, &around.checks, &exchange, &known);
        let mut names = around.capture.keys();
        if exchange.accepted() && names.any(|name| own.get(name).is_none()) {
            attempted.leftovers.push(Leftover {
                what: format!("what {} {} made", request.method, request.path),
                why: "its answer does not say what that is called".to_owned(),
            });
        }
        attempted
    }

    fn attempted(&self, exchange: &Exchange) -> Attempted {
        let service = &self.plan.service;
        let answer = match &exchange.outcome {
            Ok(answer) => answer,
            Err(silence) => {
                let mut attempted = Attempted::of(Outcome::Silent);
                attempted.why = Some(silence.to_string());
                attempted.stop = match silence {
                    Silence::Ours(why) => Some(Stop::Failed(why.clone())),
                    Silence::Unreachable(why) => Some(Stop::Unreachable(format!(
                        "the target cannot be reached: {why}"
                    ))),
                    _ => None,
                };
                return attempted;
            }
        };
        if exchange.accepted() {
            return Attempted::of(Outcome::Accepted);
        }
        let is_unknown = not_implemented(service, answer) || knows_no_route(service, answer);
        let mut attempted = Attempted::of(match is_unknown {
            true => Outcome::NotImplemented,
            false if throttles(service, answer) => Outcome::Silent,
            false => Outcome::Refused {
                status: answer.status,
                named: error_type(service, answer),
            },
        });
        attempted.why = Some(self.said(exchange));
        attempted
    }
}

impl Attempted {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            why: None,
            leftovers: Vec::new(),
            stop: None,
        }
    }
}

/// Whether a thing says of itself that it is gone, or going: many are shown for a while.
fn is_over(thing: &Value) -> bool {
    let says = |(name, value): (&String, &Value)| {
        let name = name.to_ascii_lowercase();
        let is_state = name.ends_with("state") || name.ends_with("status");
        let value = value.as_str().unwrap_or_default().to_ascii_lowercase();
        is_state && OVER.iter().any(|over| value.contains(over))
    };
    thing
        .as_object()
        .is_some_and(|members| members.iter().any(says))
}

fn without_fixtures(stop: Stop) -> Attempted {
    let mut attempted = Attempted::of(Outcome::NoFixture);
    match stop {
        Stop::NoFixture(why) => attempted.why = Some(why),
        stop => attempted.stop = Some(stop),
    }
    attempted
}
