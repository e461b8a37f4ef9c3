//! What is sent before and after each request of an operation: it makes what the request needs, and
//! removes what the request made.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::outcome::unknown;
use super::{Leftover, Runner, Worker, stays};
use crate::contract::Location;
use crate::plan::case::{PathDraft, Step};
use crate::plan::fixture::{Call, Capture, Check};
use crate::support::percent::percent_encode;
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Request};
use crate::wire::members;

impl Runner {
    /// Stand-ins for what is made before each request, and has no name until then.
    pub(super) fn stand_ins(&self) -> Bindings {
        let mut later = Bindings::default();
        let mut names = self.plan.binding.around.names_before().peekable();
        if names.peek().is_none() {
            return later;
        }
        let sample = self.plan.sample();
        for name in names {
            later.set(name.clone(), sample.get(name).unwrap_or_default());
        }
        later
    }

    /// Makes what a request needs, and gives what that is called. What is there already, or is
    /// refused, shows in the answer to the request itself.
    pub(super) async fn make_before(&self, worker: &Worker, known: &Bindings) -> Bindings {
        let mut made = Bindings::default();
        for before in &self.plan.binding.around.before {
            let all = made.clone().over(known);
            let Ok(request) = before.call.bind(&all) else {
                continue;
            };
            // What is cut off has no name, and `clean` finds it.
            let exchange = self.client.send(&request).await;
            let captured = captured(&before.capture, &before.checks, &exchange, &all);
            for (name, value) in captured.iter() {
                made.set(name, value);
            }
            let all = made.clone().over(known);
            for undo in &before.undo {
                if let Ok(request) = undo.bind(&all) {
                    worker.created.to_remove(&request);
                }
            }
        }
        made
    }

    /// Removes what was made before a request, and what the request made.
    pub(super) async fn remove_after(
        &self,
        worker: &Worker,
        step: &Step,
        exchange: &Exchange,
        known: &Bindings,
    ) {
        let around = &self.plan.binding.around;
        if around.is_empty() {
            return;
        }

        if exchange.accepted() || unknown(exchange) {
            let made = captured(&around.capture, &around.checks, exchange, known);
            let all = made.over(known);
            let sent = self.sent_texts(step, exchange, known);
            let calls = around.after.iter();
            let removals: Vec<_> = calls
                .filter_map(|call| self.removal(call, step, &sent, &all, exchange))
                .collect();
            // What belongs to a thing of this run goes with it.
            let belongs = known
                .get("run")
                .is_some_and(|run| exchange.request.path.contains(run));
            let is_due = !around.after.is_empty() && exchange.accepted() && !belongs;
            if removals.is_empty() && is_due {
                worker.created.made_unnamed();
            }
            for request in &removals {
                worker.created.to_remove(request);
            }
        }
        for request in worker.created.removals() {
            // What the request itself removed may be refused in any way.
            let is_gone = exchange.accepted() && is_same(&exchange.request, &request);
            if is_gone {
                self.update(&request).await;
            } else if self.removes(&request).await.is_err() {
                continue;
            }
            worker.created.removed(&request);
        }
    }

    /// Tries once more to remove what stayed, and says what is left.
    pub(super) async fn remove_the_rest(&self, worker: &Worker) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        for request in worker.created.removals() {
            match self.removes(&request).await {
                Ok(()) => worker.created.removed(&request),
                Err(why) => leftovers.push(Leftover {
                    what: format!("{} {}", request.method, request.path),
                    why,
                }),
            }
        }
        leftovers.extend(self.unnamed(worker));
        leftovers
    }

    /// Sends a removal, and says why what it is about is still there where that is so.
    async fn removes(&self, request: &Arc<Request>) -> Result<(), String> {
        let (stays, kind) = (&self.stays, stays::made_by(&self.plan));
        let exchange = match stays.usual(kind) {
            true => self.client.send(request).await,
            false => self.update(request).await,
        };

        if exchange.accepted() || exchange.answer().is_some_and(|a| a.status == 404) {
            stays.removed(kind, request);
            return Ok(());
        }
        let why = self.said(&exchange);
        stays.refused(kind, request, &why);
        Err(why)
    }

    /// What requests may have made whose names cannot stand in the path of a removal.
    fn unnamed(&self, worker: &Worker) -> Option<Leftover> {
        let count = worker.created.unnamed();
        (count > 0).then(|| Leftover {
            what: format!("what {} may have made", self.plan.contract.operation),
            why: format!("invalid requests were accepted that gave it no name: {count}"),
        })
    }

    /// The request that removes what another one made. None where that has no name that can stand in
    /// a path, or a name that need not be of the run.
    fn removal(
        &self,
        call: &Call,
        step: &Step,
        sent: &IndexMap<String, String>,
        known: &Bindings,
        exchange: &Exchange,
    ) -> Option<Arc<Request>> {
        let request = call.bind(known).ok()?;
        let mut path = String::new();
        let mut rest = request.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}')?;
            let value = sent.get(name)?;
            // A target that accepts what breaks the contract made something that nobody else has.
            let of_run = known.get("run").is_some_and(|run| value.contains(run));
            let of_ours = of_run || (step.refused().is_some() && exchange.accepted());
            if !of_ours || matches!(value.as_str(), "" | "." | "..") {
                return None;
            }
            path.push_str(before);
            path.push_str(&percent_encode(value));
            rest = tail;
        }
        path.push_str(rest);
        Some(Arc::new(Request {
            path,
            ..(*request).clone()
        }))
    }

    /// The texts that a request sent, by member, those of its path among them.
    fn sent_texts(
        &self,
        step: &Step,
        exchange: &Exchange,
        known: &Bindings,
    ) -> IndexMap<String, String> {
        let contract = &self.plan.contract;
        let mut sent = IndexMap::new();
        for (name, value) in members::sent(contract, &exchange.request) {
            if let Value::String(text) = value {
                sent.insert(name, text);
            }
        }
        if let PathDraft::Labels { labels, .. } = &step.request.path {
            let is_label = |name: &str| {
                let member = contract.member(name);
                member.is_some_and(|m| m.location == Location::Label)
            };
            for (name, template) in labels.iter().filter(|(name, _)| is_label(name)) {
                if let Ok(text) = known.fill(template) {
                    sent.insert(name.clone(), text);
                }
            }
        }
        sent
    }
}

/// Whether two requests are about the same thing: all but the parameters and header fields is alike.
fn is_same(one: &Request, other: &Request) -> bool {
    let path = |request: &Request| request.path.split('?').next().map(str::to_owned);
    let same = one.method == other.method && path(one) == path(other);
    same && one.body == other.body
}

/// What an answer says that a thing is called, as far as that can be its name.
pub(super) fn captured(
    capture: &IndexMap<String, Capture>,
    checks: &IndexMap<String, Check>,
    exchange: &Exchange,
    known: &Bindings,
) -> Bindings {
    let mut captured = Bindings::default();
    let Some(answer) = exchange.answer().filter(|_| exchange.accepted()) else {
        return captured;
    };
    for (name, how) in capture {
        let Some(value) = how.read(&answer.body) else {
            continue;
        };
        let check = checks.get(name);
        if check.is_none_or(|check| check.fault(&value, known).is_none()) {
            captured.set(name.clone(), value);
        }
    }
    captured
}
