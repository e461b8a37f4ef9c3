//! Firing a sequence: step after step, each on what is at rest, and the removal of what it made.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::observe::unbound;
use super::patient_client::Wait;
use super::waits::Waits;
use super::{Runner, Worker};
use crate::judge::{Fired, Observation, TAKEN};
use crate::plan::case::{Action, Case, Step};
use crate::support::template::{Bindings, names};
use crate::wire::exchange::{Exchange, Request};

/// The reads of a sequence's resources: by name what it stands for, and the request.
#[derive(Debug, Default)]
struct Reads(BTreeMap<String, (String, Arc<Request>)>);

impl Runner {
    /// Fires the steps of a sequence, and tells `each` after every one. `Err` says why it does not
    /// apply to the target.
    pub(super) async fn follow(
        &self,
        worker: &Worker,
        case: &Case,
        each: impl FnMut(&mut Observation) + Send,
    ) -> Result<Observation, String> {
        let (source, bindings) = worker.bindings(case.source)?;
        let mut seen = Observation::new(bindings.clone(), source);
        let outcome = self.steps(worker, &case.sequence, &mut seen, each).await;
        // What stays behind is told at the end of the run, when it is tried once more.
        self.remove_loose(worker).await;
        outcome.map(|()| seen)
    }

    async fn steps(
        &self,
        worker: &Worker,
        steps: &[Step],
        seen: &mut Observation,
        mut each: impl FnMut(&mut Observation) + Send,
    ) -> Result<(), String> {
        let mut next = 0;
        let mut reads = Reads::default();
        while let Some(step) = steps.get(next) {
            let group = match step.together {
                Some(number) => steps[next..]
                    .iter()
                    .take_while(|s| s.together == Some(number))
                    .count(),
                None => 1,
            };
            let fired = match (step.action, group) {
                (Action::Read, _) => {
                    self.rest(next, step.action, step.on.as_deref(), &mut reads, seen)
                        .await
                }
                (Action::Gone, _) => self.until_gone(next, step, seen).await?,
                (Action::Create, _) => self.create(worker, next, step, seen).await?,
                (Action::List, _) => self.list(steps, next, &mut reads, seen).await?,
                (_, 1) => {
                    (step.at_once
                        || self
                            .rest(next, step.action, step.on.as_deref(), &mut reads, seen)
                            .await)
                        && self.one(next, step, seen).await?
                }
                (_, group) => {
                    self.at_the_same_time(&steps[next..next + group], next, &mut reads, seen)
                        .await?
                }
            };
            each(seen);
            if !fired {
                return Ok(());
            }
            next += group;
        }
        Ok(())
    }

    /// Waits until the resource of a step is at rest; `false` if it does not come to it.
    async fn rest(
        &self,
        index: usize,
        action: Action,
        on: Option<&str>,
        reads: &mut Reads,
        seen: &mut Observation,
    ) -> bool {
        let Some(on) = on else { return true };
        let Some(read) = self.read_of(on, reads, &seen.bindings) else {
            return false;
        };
        let (exchange, unsettled) = self.settle_by(&read).await;
        let settled = action != Action::Read;
        let answered = exchange.as_ref().is_some_and(|e| e.answer().is_some());
        seen.steps.extend(exchange.map(|exchange| Fired {
            step: index,
            on: Some(on.to_owned()),
            settled,
            exchange,
        }));
        seen.unsettled = unsettled;
        answered && seen.unsettled.is_none()
    }

    /// Sends one write.
    async fn one(&self, index: usize, step: &Step, seen: &mut Observation) -> Result<bool, String> {
        let request = step
            .request
            .bind(&seen.bindings, &self.plan.service.signing_name)
            .map_err(unbound)?;
        let patient = !step.at_once && step.refused.is_none();
        let exchange = if patient {
            self.update(&request).await
        } else {
            self.client.send(&request).await
        };
        let answered = exchange.answer().is_some();
        seen.steps.push(Fired {
            step: index,
            on: step.on.clone(),
            settled: false,
            exchange,
        });
        Ok(answered)
    }

    /// Sends several writes at once, to resources at rest.
    async fn at_the_same_time(
        &self,
        steps: &[Step],
        first: usize,
        reads: &mut Reads,
        seen: &mut Observation,
    ) -> Result<bool, String> {
        for (offset, step) in steps.iter().enumerate() {
            let first_of_it = steps[..offset].iter().all(|s| s.on != step.on);
            if first_of_it
                && !self
                    .rest(first + offset, step.action, step.on.as_deref(), reads, seen)
                    .await
            {
                return Ok(false);
            }
        }
        let mut sent = tokio::task::JoinSet::new();
        for (offset, step) in steps.iter().enumerate() {
            let request = step
                .request
                .bind(&seen.bindings, &self.plan.service.signing_name)
                .map_err(unbound)?;
            let client = self.client.clone();
            sent.spawn(async move { (first + offset, client.send(&request).await) });
        }
        let mut fired = Vec::new();
        while let Some(done) = sent.join_next().await {
            let (step, exchange) =
                done.map_err(|e| format!("a request of ours ended early: {e}"))?;
            fired.push(Fired {
                step,
                on: steps[step - first].on.clone(),
                settled: false,
                exchange,
            });
        }
        fired.sort_by_key(|f| f.step);
        let answered = fired.iter().all(|f| f.exchange.answer().is_some());
        seen.steps.extend(fired);
        Ok(answered)
    }

    /// Makes a resource, waiting for an earlier one in its place to be gone, and binds its
    /// identity.
    async fn create(
        &self,
        worker: &Worker,
        index: usize,
        step: &Step,
        seen: &mut Observation,
    ) -> Result<bool, String> {
        let mut request = step
            .request
            .bind(&seen.bindings, &self.plan.service.signing_name)
            .map_err(unbound)?;
        let mut waits = Waits::new(
            self.client
                .limit(Wait::Removal, self.options.settle_timeout),
        );
        let on = step.on.as_deref();
        let known = seen.bindings.clone();
        let mut exchange = self.make_loose(worker, &request, on, &known).await;
        if unrouted(&exchange) {
            Arc::make_mut(&mut request).path.push('/');
            let other = self.make_loose(worker, &request, on, &known).await;
            if other.accepted() {
                exchange = other;
            } else {
                Arc::make_mut(&mut request).path.pop();
            }
        }
        // Other faults may have an error type of that class too: only its own status tells it.
        let conflicts = |e: &Exchange| {
            e.answer().is_some_and(|a| a.status == 409) && self.refuses_for("conflict", e)
        };
        let occupied = step.refused.is_none() && conflicts(&exchange);
        while occupied && conflicts(&exchange) && waits.wait().await {
            exchange = self.make_loose(worker, &request, on, &known).await;
        }
        // A place that one mapping never leaves is waited for in full once, and not by every
        // sequence.
        match (occupied, conflicts(&exchange)) {
            (true, true) => self.client.never_came(Wait::Removal),
            (true, false) => self.client.came(Wait::Removal, waits.elapsed()),
            (false, _) => {}
        }
        let identity = self.identity(&exchange);
        let refused_as_expected =
            step.refused.is_some() && !exchange.accepted() && exchange.answer().is_some();
        let foreign = identity.as_deref().is_some_and(|id| self.is_foreign(id));
        seen.steps.push(Fired {
            step: index,
            on: step.on.clone(),
            settled: false,
            exchange,
        });
        let (Some(identity), Some(on)) = (identity, &step.on) else {
            return Ok(refused_as_expected);
        };
        if foreign {
            seen.bindings.set(TAKEN, identity);
            return Ok(false);
        }
        seen.bindings.set(on.clone(), identity);
        Ok(true)
    }

    /// Lists, once everything that was made is at rest.
    async fn list(
        &self,
        steps: &[Step],
        index: usize,
        reads: &mut Reads,
        seen: &mut Observation,
    ) -> Result<bool, String> {
        let mut alive: Vec<&String> = Vec::new();
        for step in &steps[..index] {
            match (step.action, &step.on) {
                (Action::Gone | Action::Delete, Some(on)) => alive.retain(|name| *name != on),
                (_, Some(on)) if !alive.contains(&on) => alive.push(on),
                _ => {}
            }
        }
        for on in alive {
            if !self.rest(index, Action::List, Some(on), reads, seen).await {
                return Ok(false);
            }
        }
        let mut request = steps[index]
            .request
            .bind(&seen.bindings, &self.plan.service.signing_name)
            .map_err(unbound)?;
        let mut exchange = self.client.send(&request).await;
        if unrouted(&exchange) {
            let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
            let path = if query.is_empty() {
                format!("{path}/")
            } else {
                format!("{path}/?{query}")
            };
            Arc::make_mut(&mut request).path = path;
            exchange = self.client.send(&request).await;
        }
        let answered = exchange.answer().is_some();
        seen.steps.push(Fired {
            step: index,
            on: None,
            settled: false,
            exchange,
        });
        Ok(answered)
    }

    /// Reads a resource until it is gone, or the time for it is up.
    async fn until_gone(
        &self,
        index: usize,
        step: &Step,
        seen: &mut Observation,
    ) -> Result<bool, String> {
        let request = step
            .request
            .bind(&seen.bindings, &self.plan.service.signing_name)
            .map_err(unbound)?;
        let mut waits = Waits::new(
            self.client
                .limit(Wait::Removal, self.options.settle_timeout),
        );
        let exchange = loop {
            let exchange = self.client.send(&request).await;
            if !exchange.accepted() {
                self.client.came(Wait::Removal, waits.elapsed());
                break exchange;
            }
            if !waits.wait().await {
                self.client.never_came(Wait::Removal);
                break exchange;
            }
        };
        let gone = exchange.answer().is_some() && !exchange.accepted();
        seen.steps.push(Fired {
            step: index,
            on: step.on.clone(),
            settled: false,
            exchange,
        });
        Ok(gone)
    }

    /// The bindings with the resource of that name in the place of the one that most cases are
    /// about.
    pub(super) fn named(&self, on: &str, bindings: &Bindings) -> Option<Bindings> {
        Some(self.alone(on, bindings)?.over(bindings))
    }

    /// The read of the resource of that name, which is made once for each that the name stood for.
    fn read_of(&self, on: &str, reads: &mut Reads, bindings: &Bindings) -> Option<Arc<Request>> {
        let value = bindings.get(on)?;
        if let Some((of, read)) = reads.0.get(on)
            && of == value
        {
            return Some(Arc::clone(read));
        }
        let read = self.read(&self.alone(on, bindings)?, None)?;
        reads
            .0
            .insert(on.to_owned(), (value.to_owned(), Arc::clone(&read)));
        Some(read)
    }

    /// As [`named`](Self::named), with no other bindings than those: enough for its path.
    fn alone(&self, on: &str, bindings: &Bindings) -> Option<Bindings> {
        let value = bindings.get(on)?;
        let mut own = Bindings::default();
        for template in self.plan.binding.label.values() {
            for name in names(template).ok()? {
                own.set(name, value);
            }
        }
        Some(own)
    }
}

/// Whether the target has no such path: it was published with a slash at its end, and later
/// without.
fn unrouted(exchange: &Exchange) -> bool {
    exchange
        .answer()
        .is_some_and(|a| matches!(a.status, 301 | 307 | 308 | 403 | 404 | 405))
}
