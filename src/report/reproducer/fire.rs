//! Firing a reproduction: what is offered was seen to show its finding on the target, by its own
//! steps.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::{Again, Check, Reproduction, Step, Then, Way};
use crate::contract::Service;
use crate::judge::error_type;
use crate::run::{Budget, send};
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;
use crate::wire::target::Target;

/// The first wait between two tries; each is half as long again as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(5);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// How long a removal is tried again.
const REMOVAL: Duration = Duration::from_secs(5);

impl Reproduction {
    /// Fires it, and notes what came of it and which ways the fixtures took. `token`: what makes
    /// the names of this firing its own; `patience`: the longest wait for a transition; `budget`:
    /// what all of it may take.
    ///
    /// What was made is removed, whatever happens.
    pub(crate) async fn fire(
        &mut self,
        target: &Target,
        service: &Service,
        token: &str,
        patience: Duration,
        budget: &Budget,
    ) {
        let bindings = self.given.clone();
        let mut firing = Firing {
            target,
            service,
            patience,
            budget,
            removing: false,
            bindings,
            kept: None,
        };

        firing.bindings.set("run", token);
        self.again = match self.made(&mut firing).await {
            Ok(()) => firing.steps(&self.steps, &self.check).await,
            Err(why) => Again::Unfired(why),
        };

        firing.removing = true;
        for step in self.undoing() {
            firing.remove(&step).await;
        }
    }

    async fn made(&mut self, firing: &mut Firing<'_>) -> Result<(), String> {
        for preparation in &mut self.fixtures {
            let mut refused = String::new();
            preparation.way = Way::Without;
            for place in 0..preparation.step.make.len() {
                match firing.all(&preparation.making(place)).await {
                    Ok(()) => {
                        preparation.way = Way::Call(place);
                        break;
                    }
                    Err(why) => refused = why,
                }
            }
            if preparation.way != Way::Without {
                continue;
            }
            for (name, template) in &preparation.step.otherwise {
                if let Ok(value) = firing.bindings.fill(template) {
                    firing.bindings.set(name.clone(), value);
                    preparation.way = Way::Otherwise;
                }
            }
            if preparation.way == Way::Without {
                return Err(refused);
            }
        }

        Ok(())
    }
}

struct Firing<'a> {
    target: &'a Target,
    service: &'a Service,
    patience: Duration,
    budget: &'a Budget,
    /// Whether what was made is being removed, after the end of the rest.
    removing: bool,
    bindings: Bindings,
    kept: Option<Value>,
}

impl Firing<'_> {
    /// Every step; the last one's answer is held against the check.
    async fn steps(&mut self, steps: &[Step], check: &Check) -> Again {
        let Some((last, first)) = steps.split_last() else {
            return Again::Unfired("it has no steps".to_owned());
        };
        if let Err(why) = self.all(first).await {
            return Again::Unfired(why);
        }
        let sent = self.send(last).await;
        // What the last step makes is to be removed as well.
        if let Some(answer) = sent.as_ref().ok().and_then(Exchange::answer) {
            for (name, how) in &last.capture {
                how.read(&answer.body)
                    .into_iter()
                    .for_each(|value| self.bindings.set(name.clone(), value));
            }
        }

        match sent {
            Err(why) => Again::Unfired(why),
            Ok(exchange)
                if check.holds(self.service, &exchange, &self.bindings, self.kept.as_ref()) =>
            {
                Again::Hides
            }
            Ok(exchange) => Again::Shows(self.came(&exchange)),
        }
    }

    async fn all(&mut self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            let exchange = self.until(step).await?;
            if step.then == Then::Accepted && !exchange.accepted() {
                let (method, path) = (&exchange.request.method, &exchange.request.path);
                return Err(format!(
                    "{method} {path} was answered with {}",
                    self.came(&exchange)
                ));
            }
            let Some(answer) = exchange.answer() else {
                continue;
            };
            for (name, how) in &step.capture {
                let Some(value) = how.read(&answer.body) else {
                    return Err(format!(
                        "the answer to {} names no {name}",
                        exchange.request.path
                    ));
                };
                self.bindings.set(name.clone(), value);
            }
            if let Some(member) = &step.keep {
                let document: Option<Value> = serde_json::from_slice(&answer.body).ok();
                self.kept = document.and_then(|d| d.get(member).cloned());
            }
        }

        Ok(())
    }

    /// Sends a step, as often as it says.
    async fn until(&self, step: &Step) -> Result<Exchange, String> {
        let (started, mut next) = (Instant::now(), FIRST_WAIT);
        loop {
            let exchange = self.send(step).await?;
            let again = match &step.then {
                Then::Go | Then::Accepted => false,
                Then::UntilRefused => exchange.accepted(),
                Then::While { json, values } => exchange.answer().is_some_and(|answer| {
                    let document: Option<Value> = serde_json::from_slice(&answer.body).ok();
                    let text = document.as_ref().and_then(|d| d.pointer(json)?.as_str());
                    text.is_some_and(|t| values.iter().any(|v| v == t))
                }),
            };
            if !again || started.elapsed() >= self.patience || self.budget.spent().is_some() {
                return Ok(exchange);
            }
            tokio::time::sleep(next).await;
            next = (next * 3 / 2).min(LONGEST_WAIT);
        }
    }

    async fn remove(&self, step: &Step) {
        let (started, mut next) = (Instant::now(), FIRST_WAIT);
        loop {
            let Ok(exchange) = self.send(step).await else {
                return;
            };
            // Only what is in use may be removable later.
            let in_use = exchange.answer().and_then(|a| error_type(self.service, a));
            let in_use = in_use
                .is_some_and(|t| t == "ResourceInUseException" || t == "ResourceConflictException");
            if !in_use || started.elapsed() >= REMOVAL {
                return;
            }
            tokio::time::sleep(next).await;
            next = (next * 3 / 2).min(LONGEST_WAIT);
        }
    }

    async fn send(&self, step: &Step) -> Result<Exchange, String> {
        if let Some(why) = self.budget.spent().filter(|_| !self.removing) {
            return Err(why.to_string());
        }
        let request = step
            .draft
            .bind(&self.bindings, &step.service)
            .map_err(|e| e.to_string())?;
        Ok(send(self.target, request, u32::MAX, self.budget, self.removing).await)
    }

    fn came(&self, exchange: &Exchange) -> String {
        match &exchange.outcome {
            Err(silence) => silence.to_string(),
            Ok(answer) => {
                let named = error_type(self.service, answer).filter(|_| answer.status >= 400);
                format!(
                    "status {}{}",
                    answer.status,
                    named.map(|n| format!(" {n}")).unwrap_or_default()
                )
            }
        }
    }
}
