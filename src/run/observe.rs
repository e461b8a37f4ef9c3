//! Firing one case: the requests around it, in order, and the waits between them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::patient_client::Wait;
use super::waits::Waits;
use super::{Runner, Worker};
use crate::contract::RuleKind;
use crate::judge::{Observation, error_type};
use crate::plan::case::{Case, Draft, Expect, PathDraft, fill_labels};
use crate::support::template::{Bindings, TemplateError};
use crate::wire::exchange::{Exchange, Request, Wire};

/// How long an update that is refused as in transition, of a mapping that reads as settled, is
/// tried again.
const STRAY_TRANSITION: Duration = Duration::from_secs(2);

/// Why a request cannot be filled in, as a reason to leave its case out.
pub(super) fn unbound(error: TemplateError) -> String {
    match error {
        TemplateError::Unbound(name) => format!("the target offers no {}", name.replace('_', " ")),
        other => other.to_string(),
    }
}

/// Whether the mapping is of no use to later cases: it is gone, or stays in transition.
pub(super) fn spoilt(seen: &Observation) -> bool {
    let gone = |e: &Option<Exchange>| {
        e.as_ref()
            .and_then(Exchange::answer)
            .is_some_and(|a| a.status == 404)
    };
    seen.unsettled.is_some() || gone(&seen.after) || gone(&seen.before)
}

/// Whether the target accepted a valid request of a case.
pub(crate) fn accepted_any(case: &Case, seen: &Observation) -> bool {
    let valid = matches!(case.expect, Expect::Accept | Expect::Advances(_));
    let before = seen
        .given
        .iter()
        .chain(&seen.twin)
        .chain(seen.steps.iter().map(|f| &f.exchange));
    before.into_iter().any(Exchange::accepted)
        || (valid && seen.subject.iter().any(Exchange::accepted))
}

impl Runner {
    /// Fires a case. `Err` says why it does not apply to the target. `each` is told after each step
    /// of a sequence.
    pub(super) async fn observe(
        &self,
        worker: &Worker,
        case: &Case,
        each: impl FnMut(&mut Observation) + Send,
    ) -> Result<Observation, String> {
        if case.expect == Expect::Model {
            return self.follow(worker, case, each).await;
        }
        let (source, bindings) = worker.bindings(case.source)?;
        let service = &self.plan.service.signing_name;
        let bind = |draft: &Draft| draft.bind(bindings, service).map_err(unbound);
        let (given, subject) = (bind(&case.given)?, bind(&case.request)?);
        let twin = case.twin.as_ref().map(bind).transpose()?;
        for template in case.then.values() {
            bindings.fill(template).map_err(unbound)?;
        }
        // Near misses of an identifier are made from what the target gave: one without letters has
        // no upper case.
        let refused = matches!(case.expect, Expect::Reject(_));
        if refused && case.request.path != case.given.path && subject.path == given.path {
            return Err("of this target's identifiers there is no such near miss".to_owned());
        }
        let mut seen = Observation::new(bindings.clone(), source);
        if let Some(twin) = &twin {
            seen.twin = Some(self.update(twin).await);
            self.settle(bindings).await;
        }
        let sent = self.update(&given).await;
        let accepted = sent.accepted();
        // A mapping that is gone, or stays in transition, refuses everything: later cases need a
        // new one.
        let look = self.in_transition(&sent) || sent.answer().is_some_and(|a| a.status == 404);
        seen.given = Some(sent);
        if !accepted {
            if look {
                (seen.before, seen.unsettled) = self.settle(bindings).await;
            }
            return Ok(seen);
        }
        if case.settle {
            (seen.before, seen.unsettled) = self.settle(bindings).await;
            if seen.unsettled.is_some() {
                return Ok(seen);
            }
        }
        if let Expect::Advances(output) = &case.expect {
            seen.subject = self.repeat(&subject, output, bindings).await;
            // The next case finds the mapping at rest, as after any other.
            self.settle(bindings).await;
            return Ok(seen);
        }
        seen.subject
            .push(if case.settle && case.expect == Expect::Accept {
                self.update(&subject).await
            } else {
                self.client.send(&subject).await
            });
        (seen.after, seen.unsettled) = self.settle(bindings).await;
        seen.named = self.read_named(case, bindings).await;
        Ok(seen)
    }

    /// Sends an update. A mapping that reads as settled may still be in transition for a moment:
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

    /// Whether the answer refuses a change of what is in transition.
    fn in_transition(&self, exchange: &Exchange) -> bool {
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

    /// Reads the mapping until it is in no transition, and says in which one it stayed.
    pub(super) async fn settle(&self, bindings: &Bindings) -> (Option<Exchange>, Option<String>) {
        match self.read(bindings, None) {
            Some(read) => self.settle_by(&read).await,
            None => (None, None),
        }
    }

    /// As [`settle`](Self::settle), by that read.
    pub(super) async fn settle_by(
        &self,
        read: &Arc<Request>,
    ) -> (Option<Exchange>, Option<String>) {
        let mut waits = Waits::new(
            self.client
                .limit(Wait::Transition, self.options.settle_timeout),
        );
        loop {
            let exchange = self.client.send(read).await;
            match self.transition(&exchange) {
                None => {
                    self.client.came(Wait::Transition, waits.elapsed());
                    return (Some(exchange), None);
                }
                Some(state) if !waits.wait().await => {
                    self.client.never_came(Wait::Transition);
                    return (Some(exchange), Some(state));
                }
                Some(_) => {}
            }
        }
    }

    /// The transitional state that an answer shows.
    fn transition(&self, exchange: &Exchange) -> Option<String> {
        let (output, transitional) =
            self.plan
                .contract
                .rules
                .iter()
                .find_map(|r| match &r.kind {
                    RuleKind::State {
                        output,
                        transitional,
                        ..
                    } => Some((output, transitional)),
                    _ => None,
                })?;
        let state = exchange.answer()?.body.value()?.get(output)?.as_str()?;
        transitional.iter().find(|t| *t == state).cloned()
    }

    /// The same update again and again, until the member has moved or the time for it is up.
    async fn repeat(
        &self,
        request: &Arc<Request>,
        output: &str,
        bindings: &Bindings,
    ) -> Vec<Exchange> {
        let value = |e: &Exchange| e.answer()?.body.value()?.get(output).cloned();
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

    /// A read of what the request named, where that is another thing than the mapping under test.
    async fn read_named(&self, case: &Case, bindings: &Bindings) -> Option<Exchange> {
        let PathDraft::Labels { labels, .. } = &case.request.path else {
            return None;
        };
        let of_binding: BTreeSet<_> = self.plan.binding.label.iter().collect();
        if labels.iter().all(|l| of_binding.contains(&l)) || labels.values().any(String::is_empty) {
            return None;
        }
        let read = self.read(bindings, Some(&case.request.path))?;
        Some(self.client.send(&read).await)
    }

    /// The read of the mapping under test, or of what the labels of `path` name.
    pub(super) fn read(
        &self,
        bindings: &Bindings,
        path: Option<&PathDraft>,
    ) -> Option<Arc<Request>> {
        let contract = self.plan.read.as_ref()?;
        let labels = match path {
            Some(PathDraft::Labels { labels, .. }) => labels,
            _ => &self.plan.binding.label,
        };
        Some(Arc::new(Request {
            method: contract.http.method.clone(),
            path: fill_labels(&contract.http.uri, labels, bindings).ok()?,
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: self.plan.service.signing_name.clone(),
            wire: Wire::Client,
        }))
    }
}
