//! Looking at what is on the target, so that nothing is touched that we did not make, and nothing
//! is left that we did.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Runner;
use super::outcome::no_answer;
use crate::judge::{error_type, not_implemented};
use crate::plan::fixture::{Find, NextTo, Step, is_segment};
use crate::support::percent::percent_encode;
use crate::support::template::Bindings;
use crate::wire::exchange::{Answer, Exchange, Request};

/// What a look at the target shows.
pub(super) enum Sight {
    /// Nothing can be said of what is there.
    Unseen {
        why: String,
        /// Whether the target does not offer such things at all.
        lacks: bool,
        /// Whether it refused the request, for whatever reason.
        refused: bool,
    },
    /// All that is there.
    Things(Vec<Value>),
}

/// So many pages of a list are read at most.
const PAGES: usize = 100;

impl Runner {
    /// Looks at what is there. Says why it is of no use to make a thing where there is one of its
    /// name already.
    pub(super) async fn look_before(
        &self,
        step: &Step,
        known: &Bindings,
    ) -> Result<Option<Sight>, String> {
        let Some(find) = &step.find else {
            return Ok(None);
        };
        let sight = self.look(find, known).await;
        if let Sight::Things(things) = &sight {
            let ours: Vec<&Value> = things
                .iter()
                .filter(|t| find.is_ours(t, known).unwrap_or(false))
                .collect();
            let mut there = !ours.is_empty() && !find.lists();
            for thing in ours {
                there = there || !self.is_gone(step, find, thing, known).await;
            }
            if there {
                let (method, path) = (
                    &find.call.method,
                    known.fill(&find.call.path).unwrap_or_default(),
                );
                return Err(format!(
                    "{method} {path} shows that there is one already, which is not ours; `proofmark clean` removes what \
                     earlier runs left"
                ));
            }
            let identity = step.identity().and_then(|name| step.capture.get(name));
            if self.known.tells_others() {
                self.note_others(identity, things);
            }
        }
        Ok(Some(sight))
    }

    /// Whether a thing that a list shows is not there any more: a target may list for a while, or
    /// for ever, what was deleted.
    async fn is_gone(&self, step: &Step, find: &Find, thing: &Value, known: &Bindings) -> bool {
        let text = thing.to_string();
        let mut own = Bindings::default();
        for (name, how) in &step.capture {
            if let Some(value) = how.read(text.as_bytes()) {
                own.set(name.clone(), value);
            }
        }

        let read = step
            .wait
            .as_ref()
            .and_then(|wait| wait.call.bind(&own.over(known)).ok());

        match read {
            Some(read) => self.says_absent(find, &self.client.send(&read).await),
            None => false,
        }
    }

    /// Remembers what is there: none of it is ours but what names this run.
    pub(super) fn note_others(
        &self,
        identity: Option<&crate::plan::fixture::Capture>,
        things: &[Value],
    ) {
        let Some(identity) = identity else { return };
        let of_others = things
            .iter()
            .map(Value::to_string)
            .filter(|text| !text.contains(&self.options.token));
        self.known
            .note_others(of_others.filter_map(|text| identity.read(text.as_bytes())));
    }

    /// What in an answer that made something says that it names another thing.
    pub(super) fn names_another(
        &self,
        step: &Step,
        captured: &Bindings,
        document: &Value,
        known: &Bindings,
    ) -> Option<String> {
        let fault = step
            .checks
            .iter()
            .find_map(|(name, check)| check.fault(captured.get(name)?, known));

        if fault.is_some() {
            return fault;
        }
        let identity = step.identity().and_then(|name| captured.get(name))?;

        if self.known.is_taken(identity) {
            return Some(format!(
                "calls it {identity:?}, which is the identifier of something that was there before"
            ));
        }

        step.find.as_ref()?.contradiction(document, known)
    }

    /// The things of ours that a look shows, by what is captured of them.
    pub(super) async fn look_for_ours(
        &self,
        step: &Step,
        known: &Bindings,
    ) -> Result<Vec<Bindings>, String> {
        let find = step
            .find
            .as_ref()
            .ok_or_else(|| "there is no way to look".to_owned())?;

        let things = match self.look(find, known).await {
            Sight::Unseen { why, .. } => return Err(why),
            Sight::Things(things) => things,
        };

        let mut ours = Vec::new();
        for thing in things
            .iter()
            .filter(|thing| find.is_ours(thing, known).unwrap_or(false))
        {
            let text = thing.to_string();
            let mut own = Bindings::default();
            for (name, how) in &step.capture {
                let value = how.read(text.as_bytes());
                let good = |v: &String| {
                    step.checks
                        .get(name)
                        .is_none_or(|check| check.fault(v, known).is_none())
                };
                if let Some(value) = value.filter(good) {
                    own.set(name.clone(), value);
                }
            }
            let identity = step
                .identity()
                .map(|name| own.get(name).unwrap_or_default().to_owned());
            if identity
                .is_none_or(|identity| is_segment(&identity) && !self.known.is_of_others(&identity))
            {
                ours.push(own.over(known));
            }
        }

        Ok(ours)
    }

    /// Reads all that is there, page by page.
    pub(super) async fn look(&self, find: &Find, known: &Bindings) -> Sight {
        let mut request = match find.call.bind(known) {
            Ok(request) => request,
            Err(error) => {
                return Sight::Unseen {
                    why: error.to_string(),
                    lacks: false,
                    refused: false,
                };
            }
        };

        let first = Arc::clone(&request);
        let mut things = Vec::new();
        let mut last_page = None;
        for _ in 0..PAGES {
            let exchange = self.client.send(&request).await;
            let Some(answer) = exchange.answer().filter(|_| exchange.accepted()) else {
                return match self.says_absent(find, &exchange) {
                    true => Sight::Things(things),
                    false => self.unseen(&exchange),
                };
            };
            let Some(page) = find.things(&answer.body) else {
                return self.unseen(&exchange);
            };
            things.extend(page);
            let Some(next) = &find.next else { break };
            let Some(page) = next
                .from
                .read(&answer.body)
                .filter(|page| last_page.as_ref() != Some(page))
            else {
                break;
            };
            request = turned(&first, &next.to, &page);
            last_page = Some(page);
        }

        Sight::Things(things)
    }

    fn unseen(&self, exchange: &Exchange) -> Sight {
        let service = &self.plan.service;
        let lacks = exchange.answer().is_some_and(|answer| {
            let refused = matches!(answer.status, 200..=299 | 400 | 404 | 405)
                && !crate::judge::throttles(service, answer);
            refused || not_implemented(service, answer)
        });
        let status = exchange.answer().map(|answer| answer.status);
        Sight::Unseen {
            why: self.said(exchange),
            lacks,
            refused: status.is_some_and(|status| (400..500).contains(&status)),
        }
    }

    /// Whether a refusal says that there is no such thing.
    pub(super) fn says_absent(&self, find: &Find, exchange: &Exchange) -> bool {
        let Some(answer) = exchange.answer() else {
            return false;
        };
        let service = &self.plan.service;
        let refused = (400..500).contains(&answer.status) && no_answer(service, exchange).is_none();
        if !refused || not_implemented(service, answer) {
            return false;
        }
        answer.status == 404 || find.absent.iter().any(|part| says(answer, part))
    }

    /// Whether a request that was answered so may have been carried out all the same.
    pub(super) fn may_be_done(&self, answer: &Answer) -> bool {
        let service = &self.plan.service;
        answer.status >= 500
            && !not_implemented(service, answer)
            && !crate::judge::throttles(service, answer)
    }

    /// Whether the answer refuses something for now, and not for good.
    pub(super) fn refuses_for_now(&self, exchange: &Exchange) -> bool {
        let Some(answer) = exchange.answer().filter(|a| (400..500).contains(&a.status)) else {
            return false;
        };
        let named = error_type(&self.plan.service, answer);
        self.plan
            .fixtures
            .not_yet
            .iter()
            .any(|not_yet| not_yet.is(named.as_deref(), &answer.body))
    }
}

/// The same request, for another page.
fn turned(request: &Request, to: &NextTo, page: &str) -> Arc<Request> {
    let mut turned = request.clone();
    match to {
        NextTo::Query(name) => {
            let between = if turned.path.contains('?') { '&' } else { '?' };
            turned.path = format!("{}{between}{name}={}", turned.path, percent_encode(page));
        }
        NextTo::Field(name) => {
            let body = String::from_utf8_lossy(&turned.body);
            turned.body = format!("{body}&{name}={}", percent_encode(page)).into();
        }
        NextTo::Member(name) => {
            let mut members: Map<String, Value> =
                serde_json::from_slice(&turned.body).unwrap_or_default();
            members.insert(name.clone(), Value::from(page));
            turned.body = Value::Object(members).to_string().into();
        }
    }

    Arc::new(turned)
}

fn says(answer: &Answer, part: &str) -> bool {
    String::from_utf8_lossy(&answer.body).contains(part)
        || answer.headers.iter().any(|(_, value)| value.contains(part))
}
