//! One step of the fixtures: the request that makes a thing, what it is called, and the wait until
//! it can be used.

use std::sync::Arc;
use std::time::Duration;

use super::leftover::Made;
use super::look::Sight;
use super::outcome::no_answer;
use super::waits::Waits;
use super::{Runner, patient_client};
use crate::judge::{error_type, throttles};
use crate::plan::fixture::{Capture, Step, Wait};
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Phase, Request, Silence};

/// A step that went wrong.
pub(crate) enum Trouble {
    /// The target refused it.
    Refused(String),
    /// The target refused it for now, until the time for it was up.
    NotYet(String),
    /// The target failed, and may have made it all the same.
    Failed(String),
    /// What the target named is not what was asked for, or there is one that we did not make.
    Foreign {
        why: String,
        /// Whether another may have been made.
        made: bool,
    },
    /// A name it needs is not known, because something before it was not made.
    Unbound(String),
    /// The target said that it made it, but not what it is called.
    Unnamed(String),
    /// The target did not answer.
    Silent(Silence),
    /// The target answers nothing but that there are too many requests.
    Throttled(String),
}

/// How long the answer to a request that makes something is waited for, once the run is to end.
const LAST: Duration = Duration::from_secs(2);

impl Trouble {
    /// How sure it is that the thing was made all the same.
    pub(crate) fn made(&self) -> Option<Made> {
        match self {
            Self::Unnamed(_) => Some(Made::Surely),
            Self::Failed(_) | Self::Foreign { made: true, .. } => Some(Made::Perhaps),
            Self::Silent(silence) => {
                let sent = !matches!(silence, Silence::Unreachable(_) | Silence::Ours(_));
                sent.then_some(Made::Perhaps)
            }
            _ => None,
        }
    }

    /// Why, in words.
    pub(crate) fn why(self) -> String {
        match self {
            Self::Silent(silence) => silence.to_string(),
            Self::Refused(why)
            | Self::NotYet(why)
            | Self::Failed(why)
            | Self::Foreign { why, .. }
            | Self::Unbound(why)
            | Self::Unnamed(why)
            | Self::Throttled(why) => why,
        }
    }
}

impl Runner {
    /// Makes one thing, reads what it is called, and waits until it can be used.
    pub(crate) async fn step(&self, step: &Step, known: &Bindings) -> Result<Bindings, Trouble> {
        let captured = self.make_one(step, known).await?;
        if let Some(wait) = &step.wait {
            self.wait(wait, &captured.clone().over(known)).await;
        }
        Ok(captured)
    }

    /// Makes one thing and reads what it is called. It may not be usable yet.
    pub(super) async fn make_one(
        &self,
        step: &Step,
        known: &Bindings,
    ) -> Result<Bindings, Trouble> {
        let before = match self.look_before(step, known).await {
            Ok(before) => before,
            Err(why) => return Err(Trouble::Foreign { why, made: false }),
        };

        let mut trouble = Trouble::Refused("nothing was tried".to_owned());
        for (number, call) in step.make.iter().enumerate() {
            let request = match call.bind(known) {
                Ok(request) => request,
                Err(error) => return Err(Trouble::Unbound(error.to_string())),
            };
            // Whether it was made is worth a wait: it is to be removed again.
            let sent = self
                .budget
                .soon(LAST, self.send_until_usable(&request))
                .await;
            let Some(exchange) = sent else {
                return Err(Trouble::Silent(Silence::TimedOut(Phase::Head)));
            };
            let answer = match &exchange.outcome {
                Ok(answer) if exchange.accepted() => answer,
                Ok(answer) if throttles(&self.plan.service, answer) => {
                    return Err(Trouble::Throttled(
                        no_answer(&self.plan.service, &exchange).unwrap_or_default(),
                    ));
                }
                Ok(_) if self.refuses_for_now(&exchange) => {
                    return Err(Trouble::NotYet(self.said(&exchange)));
                }
                Ok(answer) => {
                    let failed = self.may_be_done(answer);
                    // Were it there, the next request for it would be refused for that.
                    if failed && number + 1 < step.make.len() {
                        self.remove_found(step, known).await;
                    }
                    trouble = match trouble {
                        unnamed @ Trouble::Unnamed(_) => unnamed,
                        Trouble::Failed(_) => Trouble::Failed(self.said(&exchange)),
                        _ if failed => Trouble::Failed(self.said(&exchange)),
                        _ => Trouble::Refused(self.said(&exchange)),
                    };
                    continue;
                }
                Err(silence) => return Err(Trouble::Silent(silence.clone())),
            };
            let captured = match self.captured(step, &exchange, &answer.body) {
                Ok(captured) => captured,
                Err(why) => {
                    trouble = Trouble::Unnamed(why);
                    continue;
                }
            };
            let unseen = matches!(before, Some(Sight::Unseen { .. }));
            if let Some(fault) = self
                .foreign(step, &captured, &answer.body, known, unseen)
                .await
            {
                return Err(Trouble::Foreign {
                    why: format!("{}, which {fault}", self.said(&exchange)),
                    made: true,
                });
            }
            if let Some(identity) = step.identity().and_then(|name| captured.get(name)) {
                self.known.hold(identity);
            }
            return Ok(captured);
        }

        Err(trouble)
    }

    /// Sends a request again and again while it is refused only for now, for no longer than a
    /// transition may take. One that is throttled although the target was waited for is refused for
    /// now as well: nothing can be tested without it.
    async fn send_until_usable(&self, request: &Arc<Request>) -> Exchange {
        let mut waits = Waits::new(
            self.client
                .limit(patient_client::Wait::Usable, self.options.settle_timeout),
        );

        loop {
            let exchange = self.client.send(request).await;
            let throttled = exchange
                .answer()
                .is_some_and(|answer| throttles(&self.plan.service, answer));
            if !throttled && !self.refuses_for_now(&exchange) {
                self.client
                    .came(patient_client::Wait::Usable, waits.elapsed());
                return exchange;
            }
            if self.stopped() {
                return exchange;
            }
            if !waits.wait().await {
                self.client.never_came(patient_client::Wait::Usable);
                return exchange;
            }
        }
    }

    /// What an answer says that the thing is called; else which part of that it does not say.
    fn captured(&self, step: &Step, exchange: &Exchange, body: &[u8]) -> Result<Bindings, String> {
        let mut captured = Bindings::default();
        for (name, how) in &step.capture {
            let Some(value) = how.read(body) else {
                let place = match how {
                    Capture::Json(pointer) => format!(" at {pointer}"),
                    Capture::Text(_) => String::new(),
                };
                return Err(format!(
                    "{}, which names no {}{place}",
                    self.said(exchange),
                    name.replace('_', " ")
                ));
            };
            captured.set(name.clone(), value);
        }

        Ok(captured)
    }

    /// What says that the thing that an answer names is not the one that was asked for. Where
    /// nobody could see what was there before, a read of it is asked as well.
    async fn foreign(
        &self,
        step: &Step,
        captured: &Bindings,
        body: &[u8],
        known: &Bindings,
        unseen: bool,
    ) -> Option<String> {
        let document = serde_json::from_slice(body).unwrap_or_default();
        let fault = self.names_another(step, captured, &document, known);
        let (true, None, Some(_), Some(wait)) = (unseen, &fault, step.identity(), &step.wait)
        else {
            return fault;
        };
        let request = wait.call.bind(&captured.clone().over(known)).ok()?;
        let read = self.client.send(&request).await;
        let document = serde_json::from_slice(&read.answer()?.body).ok()?;
        step.find.as_ref()?.contradiction(&document, known)
    }

    /// Polls until the value is none of those to wait out, or the time for it is up.
    pub(crate) async fn wait(&self, wait: &Wait, bindings: &Bindings) {
        let Ok(request) = wait.call.bind(bindings) else {
            return;
        };
        // Nothing was sent to it yet: whether a transition ends is for the cases to tell.
        let limit = match self.client.never_settles() {
            true => Duration::ZERO,
            false => self.options.settle_timeout,
        };
        let mut waits = self.client.transition(limit);

        loop {
            let exchange = self.client.send(&request).await;
            let value = exchange.answer().and_then(|a| {
                let document: serde_json::Value = serde_json::from_slice(&a.body).ok()?;
                document.pointer(&wait.json)?.as_str().map(str::to_owned)
            });
            if !value.is_some_and(|v| wait.while_.contains(&v)) {
                return self.client.settled(&waits);
            }
            if self.stopped() {
                return;
            }
            if !self.client.wait(&mut waits).await {
                return self.client.never_came(patient_client::Wait::Transition);
            }
        }
    }

    /// What the target answered, in one line.
    pub(crate) fn said(&self, exchange: &Exchange) -> String {
        let answer = match &exchange.outcome {
            Ok(answer) => answer,
            Err(silence) => return silence.to_string(),
        };

        let named = error_type(&self.plan.service, answer)
            .map(|n| format!(" {n}"))
            .unwrap_or_default();
        let body = String::from_utf8_lossy(&answer.body);
        let mut body = body.split_whitespace().collect::<Vec<_>>().join(" ");

        if let Some((cut, _)) = body.char_indices().nth(160) {
            body.truncate(cut);
            body.push('…');
        }

        // We follow no redirect: whoever reads this may have meant its goal.
        let elsewhere = answer
            .header("location")
            .filter(|_| (300..400).contains(&answer.status));

        let elsewhere = elsewhere
            .map(|l| format!(", a redirect to {l} (not followed)"))
            .unwrap_or_default();
        let body = if body.is_empty() {
            "no body".to_owned()
        } else {
            body
        };

        let (method, path) = (&exchange.request.method, &exchange.request.path);
        format!(
            "{method} {path} was answered with status {}{named}{elsewhere}: {body}",
            answer.status
        )
    }
}

/// What to use where the target offers no such thing.
pub(crate) fn otherwise(step: &Step, known: &Bindings) -> Option<Bindings> {
    if step.otherwise.is_empty() {
        return None;
    }
    let mut captured = Bindings::default();
    for (name, template) in &step.otherwise {
        if let Ok(value) = known.fill(template) {
            captured.set(name.clone(), value);
        }
    }
    Some(captured)
}
