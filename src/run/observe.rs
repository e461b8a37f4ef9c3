//! What is seen of a case that is fired, and the waits that are part of it.

use std::sync::Arc;
use std::time::Duration;

use super::Runner;
use super::patient_client::Wait;
use super::waits::Waits;
use crate::contract::Contract;
use crate::judge::{Observation, Role, error_type};
use crate::plan::case::{Case, Expect, PathDraft};
use crate::support::template::{Bindings, TemplateError, names};
use crate::wire::exchange::{Exchange, Request};
use crate::wire::members;

/// How long an update that is refused as in transition, of a resource that reads as settled, is
/// tried again.
const STRAY_TRANSITION: Duration = Duration::from_secs(2);

/// Why a request cannot be filled in, as a reason to leave its case out.
pub(super) fn unbound(error: TemplateError) -> String {
    match error {
        TemplateError::Unbound(name) => format!("the target offers no {}", name.replace('_', " ")),
        other => other.to_string(),
    }
}

/// Whether the resource is of no use to later cases: it is gone, or stays in transition.
pub(super) fn spoilt(seen: &Observation) -> bool {
    let gone = |role| {
        let answer = seen.at(role).and_then(Exchange::answer);
        answer.is_some_and(|a| a.status == 404)
    };
    seen.unsettled.is_some() || gone(Role::After) || gone(Role::Before)
}

/// Whether the target accepted a valid request of a case.
pub(crate) fn accepted_any(case: &Case, seen: &Observation) -> bool {
    let valid = matches!(
        case.expect(),
        Expect::Accept | Expect::Advances(_) | Expect::Pages(_)
    );
    let mut fired = seen.fired.iter();
    fired.any(|fired| {
        let counts = match fired.role {
            Role::Twin | Role::Given | Role::Step(_) => true,
            Role::Subject => valid,
            Role::Before | Role::After | Role::Named => false,
        };
        counts && fired.exchange.accepted()
    })
}

impl Runner {
    /// Sends an update. A resource that reads as settled may still be in transition for a moment:
    /// such a refusal is tried again for a while, and is the outcome only if it stays.
    pub(super) async fn update(&self, request: &Arc<Request>) -> Exchange {
        let mut waits = Waits::new(self.client.limit(Wait::Stray, STRAY_TRANSITION));
        loop {
            let exchange = self.client.send(request).await;
            if !self.in_transition(&exchange) {
                self.client.came(Wait::Stray, waits.elapsed());
                return exchange;
            }
            if !waits.wait().await {
                self.client.never_came(Wait::Stray);
                return exchange;
            }
        }
    }

    /// The same update again and again, until the member has moved or the time for it is up.
    pub(super) async fn repeat(
        &self,
        request: &Arc<Request>,
        output: &str,
        bindings: &Bindings,
    ) -> Vec<Exchange> {
        let contract = &self.plan.contract;
        let value = |e: &Exchange| members::shown(contract, e)?.get(output).cloned();
        let mut waits = Waits::new(self.options.advance_timeout);
        let mut sent = vec![self.update(request).await];
        loop {
            self.settle(bindings).await;
            let more = waits.wait().await;
            let next = self.update(request).await;
            let moved = value(&next) != value(&sent[0]);
            // One update of many is enough to keep: the last.
            sent.truncate(1);
            sent.push(next);
            if moved || !more {
                return sent;
            }
        }
    }

    /// Whether the answer refuses a change of what is in transition.
    pub(super) fn in_transition(&self, exchange: &Exchange) -> bool {
        self.refuses_for("in-transition", exchange)
    }

    /// Whether the answer names an error that refuses a request for that class of violation.
    pub(super) fn refuses_for(&self, class: &str, exchange: &Exchange) -> bool {
        let (Some(answer), Some(family)) = (exchange.answer(), self.plan.service.family(class))
        else {
            return false;
        };
        family.has_status(answer.status) && {
            let named = error_type(&self.plan.service, answer);
            named.is_some() && family.admits(answer.status, named.as_deref())
        }
    }

    /// Reads the resource until it is in no transition, and says in which one it stayed.
    pub(super) async fn settle(&self, bindings: &Bindings) -> (Option<Exchange>, Option<String>) {
        match self.read(bindings, None) {
            Some(read) => self.settle_by(&read).await,
            None => (None, None),
        }
    }

    /// Reads the resource as it is now.
    pub(super) async fn look_once(&self, bindings: &Bindings) -> Option<Exchange> {
        let read = self.read(bindings, None)?;
        Some(self.client.send(&read).await)
    }

    /// As [`settle`](Self::settle), by that read.
    pub(super) async fn settle_by(
        &self,
        read: &Arc<Request>,
    ) -> (Option<Exchange>, Option<String>) {
        self.settle_after(read, false).await
    }

    /// As [`settle_by`](Self::settle_by). `begun`: the transition began just now, so that no read is
    /// of use before it may be over.
    pub(super) async fn settle_after(
        &self,
        read: &Arc<Request>,
        begun: bool,
    ) -> (Option<Exchange>, Option<String>) {
        let mut waits = self.client.transition(self.options.settle_timeout);
        let mut waiting = None;
        if begun && waits.expects() {
            self.client.wait(&mut waits).await;
        }

        loop {
            let exchange = self.client.send(read).await;
            match self.transition(&exchange) {
                None => {
                    self.client.settled(&waits);
                    return (Some(exchange), None);
                }
                Some(state) if !self.client.wait(&mut waits).await => {
                    self.client.never_came(Wait::Transition);
                    return (Some(exchange), Some(state));
                }
                Some(_) => waiting = waiting.or_else(|| Some(self.options.progress.wait())),
            }
        }
    }

    /// The transitional state that a read shows.
    fn transition(&self, exchange: &Exchange) -> Option<String> {
        // A read names the state as the update does.
        let contract = self.plan.read.as_ref().unwrap_or(&self.plan.contract);
        self.transition_in(contract, exchange)
    }

    /// Whether the answer to a request says that what it asked for is under way.
    pub(super) fn begins(&self, exchange: &Exchange) -> bool {
        exchange.accepted() && self.transition_in(&self.plan.contract, exchange).is_some()
    }

    fn transition_in(&self, contract: &Contract, exchange: &Exchange) -> Option<String> {
        let (output, transitional) = self.plan.transitions()?;
        let members = members::shown(contract, exchange)?;
        let state = members.get(output)?.as_str()?;
        transitional.iter().find(|t| *t == state).cloned()
    }

    /// The read of the resource under test, or of what the labels of `path` name.
    pub(super) fn read(
        &self,
        bindings: &Bindings,
        path: Option<&PathDraft>,
    ) -> Option<Arc<Request>> {
        let read = self.plan.read_of(path)?;
        read.bind(bindings, &self.plan.service.signing_name).ok()
    }

    /// The bindings with the resource of that name in the place of the one that most cases are
    /// about.
    pub(super) fn named(&self, on: &str, bindings: &Bindings) -> Option<Bindings> {
        let value = bindings.get(on)?;
        let mut own = Bindings::default();
        for template in self.plan.binding.identity().values() {
            for name in names(template).ok()? {
                own.set(name, value);
            }
        }
        Some(own.over(bindings))
    }
}
