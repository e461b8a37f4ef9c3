//! Firing a case: step after step, each on what is at rest, and the removal of what it made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::observe::unbound;
use super::patient_client::Wait;
use super::waits::Waits;
use super::{Runner, Worker};
use crate::judge::{Fired, Observation, Role, TAKEN};
use crate::plan::case::{Action, Case, Expect, PathDraft, Purpose, Step, UNKNOWN};
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Request};

/// A case that is being fired.
struct Firing<'a> {
    runner: &'a Runner,
    worker: &'a Worker,
    case: &'a Case,
    /// The requests of the steps. Those of a sequence are filled in later: they may name what a
    /// step before them makes.
    ready: Vec<Arc<Request>>,
    /// The reads of a sequence's resources: by name what it stands for, and the request.
    reads: BTreeMap<String, (String, Arc<Request>)>,
    seen: Observation,
    /// Whether a valid request was accepted under the other path of the operation alone.
    served_elsewhere: bool,
}

impl Runner {
    /// Fires a case, and tells `each` after every step. `Err` says why it does not apply to the
    /// target.
    pub(super) async fn observe(
        &self,
        worker: &Worker,
        case: &Case,
        each: impl FnMut(&mut Observation) + Send,
    ) -> Result<Observation, String> {
        let (variant, bindings) = worker.bindings(&case.variant)?;
        let mut firing = Firing {
            runner: self,
            worker,
            case,
            ready: self.ready(case, bindings)?,
            reads: BTreeMap::new(),
            seen: Observation::new(bindings.clone(), variant.clone()),
            served_elsewhere: false,
        };
        let outcome = firing.steps(each).await;
        let seen = firing.seen;

        // What stays behind is told at the end of the run, when it is tried once more.
        if case.steps.iter().any(|step| step.action == Action::Create) {
            self.remove_loose(worker).await;
        }
        outcome.map(|()| seen)
    }

    /// The requests of a case, filled in before any of them is sent; none of a sequence.
    pub(super) fn ready(
        &self,
        case: &Case,
        bindings: &Bindings,
    ) -> Result<Vec<Arc<Request>>, String> {
        let Some(subject) = case.subject() else {
            return Ok(Vec::new());
        };
        let service = &self.plan.service.signing_name;
        // What is made before a request has a name only then.
        let known = self.stand_ins().over(bindings);
        let bound = case.steps.iter().map(|step| {
            let request = step.request.bind(&known, service);
            request.map_err(unbound)
        });
        let ready = bound.collect::<Result<Vec<_>, String>>()?;
        for template in subject.then.values() {
            bindings.fill(template).map_err(unbound)?;
        }

        // Near misses of an identifier are made from what the target gave: one without letters has
        // no upper case.
        let same = || {
            let mut paths = ready.iter().rev().map(|request| &request.path);
            paths.next() == paths.next()
        };
        if subject.refused().is_some() && !case.is_of_usual_path() && same() {
            return Err("of this target's identifiers there is no such near miss".to_owned());
        }
        Ok(ready)
    }
}

impl<'a> Firing<'a> {
    async fn steps(&mut self, mut each: impl FnMut(&mut Observation) + Send) -> Result<(), String> {
        let steps = &self.case.steps;
        let mut next = 0;
        while let Some(step) = steps.get(next) {
            let group = match step.together {
                Some(number) => steps[next..]
                    .iter()
                    .take_while(|s| s.together == Some(number))
                    .count(),
                None => 1,
            };
            let goes_on = match (step.action, group) {
                (Action::Read, _) => self.rest(next, step).await,
                (Action::Gone, _) => self.until_gone(next, step).await?,
                (Action::Create, _) => self.create(next, step).await?,
                (Action::List, _) => self.list(next, step).await?,
                (_, 1) => {
                    (step.at_once || self.rest(next, step).await) && self.one(next, step).await?
                }
                (_, group) => {
                    let group = &steps[next..next + group];
                    self.at_the_same_time(group, next).await?
                }
            };
            each(&mut self.seen);
            if !goes_on {
                return Ok(());
            }
            next += group;
        }

        Ok(())
    }

    /// The request of a step.
    fn request(&self, at: usize, step: &Step) -> Result<Arc<Request>, String> {
        let is_named_later = self
            .runner
            .plan
            .binding
            .around
            .names_before()
            .next()
            .is_some();
        if let Some(ready) = self.ready.get(at).filter(|_| !is_named_later) {
            let other = self
                .served_elsewhere
                .then(|| self.under_other_path(step, ready));
            return Ok(other.flatten().unwrap_or_else(|| Arc::clone(ready)));
        }
        let service = &self.runner.plan.service.signing_name;
        let request = step.request.bind(&self.seen.bindings, service);
        request.map_err(unbound)
    }

    /// Keeps what came of a step of a sequence, and says whether it was answered.
    fn add(&mut self, at: usize, step: &Step, exchange: Exchange) -> bool {
        let answered = exchange.answer().is_some();
        self.seen.add_part(at, step.on.clone(), false, exchange);
        answered
    }

    /// Waits until what a step is about is at rest; `false`: it does not come to it, and there is
    /// no use in going on.
    async fn rest(&mut self, at: usize, step: &Step) -> bool {
        match (step.purpose, &step.on) {
            (Purpose::Part, Some(on)) => self.rest_of(at, step.action, on).await,
            (Purpose::Part, None) => true,
            // The state that a twin leaves is not looked at: the next update makes its own.
            (Purpose::Twin | Purpose::Given, _) => {
                self.runner.settle(&self.seen.bindings).await;
                true
            }
            (Purpose::Subject, _) => {
                self.look(at, Role::Before).await;
                self.seen.unsettled.is_none()
            }
        }
    }

    /// Reads the resource under test once it is at rest.
    async fn look(&mut self, at: usize, role: Role) {
        let Some(read) = self.runner.read(&self.seen.bindings, None) else {
            self.seen.unsettled = None;
            return;
        };
        let (read, unsettled) = self.runner.settle_after(&read, self.begun()).await;
        if let Some(exchange) = read {
            self.seen.add(at, role, exchange);
        }
        self.seen.unsettled = unsettled;
    }

    /// Whether the last answer says that a transition began.
    fn begun(&self) -> bool {
        let last = self.seen.fired.last();
        last.is_some_and(|fired| !fired.around && self.runner.begins(&fired.exchange))
    }

    /// Waits until the resource of that name is at rest, before a step of that action or as one.
    async fn rest_of(&mut self, at: usize, action: Action, on: &str) -> bool {
        if action != Action::Read && self.is_at_rest(on) {
            return true;
        }
        let Some(read) = self.read_of(on) else {
            return false;
        };
        let of_last = self
            .seen
            .fired
            .last()
            .is_some_and(|last| last.on.as_deref() == Some(on));
        let begun = of_last && self.begun();
        let (exchange, unsettled) = self.runner.settle_after(&read, begun).await;
        let around = action != Action::Read;
        let answered = exchange.as_ref().is_some_and(|e| e.answer().is_some());

        if let Some(exchange) = exchange {
            self.seen
                .add_part(at, Some(on.to_owned()), around, exchange);
        }

        self.seen.unsettled = unsettled;
        answered && self.seen.unsettled.is_none()
    }

    /// Whether the last thing that was sent is a read of that resource, which showed it at rest.
    fn is_at_rest(&self, on: &str) -> bool {
        let is_read = |fired: &Fired| {
            let step = self.case.steps.get(fired.step);
            fired.around || step.is_some_and(|step| step.action == Action::Read)
        };
        let last = self.seen.fired.last();
        let shown = last.is_some_and(|last| {
            last.on.as_deref() == Some(on) && is_read(last) && last.exchange.accepted()
        });
        shown && self.seen.unsettled.is_none() && !self.runner.options.thorough
    }

    /// The read of the resource of that name, which is made once for each that the name stood for.
    fn read_of(&mut self, on: &str) -> Option<Arc<Request>> {
        let value = self.seen.bindings.get(on)?;
        if let Some((of, read)) = self.reads.get(on)
            && of == value
        {
            return Some(Arc::clone(read));
        }
        let plan = &self.runner.plan;
        let read = plan.operations()?.draft(Action::Read, Some(on), None);
        let read = read
            .bind(&self.seen.bindings, &plan.service.signing_name)
            .ok()?;
        self.reads
            .insert(on.to_owned(), (value.to_owned(), Arc::clone(&read)));
        Some(read)
    }

    /// Sends one update or deletion; `false`: there is no use in going on.
    async fn one(&mut self, at: usize, step: &Step) -> Result<bool, String> {
        if step.purpose != Purpose::Part {
            self.before_each().await;
        }
        let request = self.request(at, step)?;
        if let Expect::Advances(output) = &step.expect {
            let sent = self
                .runner
                .repeat(&request, output, &self.seen.bindings)
                .await;
            for exchange in sent {
                self.seen.add(at, Role::Subject, exchange);
            }
            // The next case finds the resource at rest, as after any other.
            self.runner.settle(&self.seen.bindings).await;
            return Ok(true);
        }

        if let Expect::Pages(pages) = &step.expect {
            let fetched = self.runner.pages(&request, pages).await;
            let ended = fetched.iter().all(Exchange::accepted);
            for exchange in fetched {
                self.seen.add(at, Role::Subject, exchange);
            }
            // The whole once more: what others made or removed meanwhile is on no page for sure.
            let given = self.case.step(Purpose::Given);
            if let (Some(given), true) = (given, ended) {
                let whole = self.request(at.saturating_sub(1), given)?;
                let exchange = self.runner.client.send(&whole).await;
                self.seen.add(at, Role::After, exchange);
            }
            return Ok(true);
        }

        let mut exchange = self.send(step, &request).await;
        // Whether a target serves the documented path is seen by a valid request.
        if step.purpose == Purpose::Given
            && let Some(other) = self.elsewhere(step, &request, &exchange)
        {
            let answer = self.send(step, &other).await;
            if answer.accepted() {
                (exchange, self.served_elsewhere) = (answer, true);
            }
        }

        let sent = exchange.clone();
        let goes_on = match step.purpose {
            Purpose::Part => return Ok(self.add(at, step, exchange)),
            Purpose::Twin => {
                self.seen.add(at, Role::Twin, exchange);
                true
            }
            Purpose::Given => self.given(at, exchange).await,
            Purpose::Subject => {
                self.seen.add(at, Role::Subject, exchange);
                self.look(at, Role::After).await;
                self.read_named(at, step).await;
                true
            }
        };
        self.after_each(step, &sent).await;

        Ok(goes_on)
    }

    /// Makes what a request needs.
    async fn before_each(&mut self) {
        let made = self
            .runner
            .make_before(self.worker, &self.seen.bindings)
            .await;
        for (name, value) in made.iter() {
            self.seen.bindings.set(name, value);
        }
    }

    /// Removes what was made before a request, and what the request made.
    async fn after_each(&self, step: &Step, exchange: &Exchange) {
        let known = &self.seen.bindings;
        self.runner
            .remove_after(self.worker, step, exchange, known)
            .await;
    }

    async fn send(&self, step: &Step, request: &Arc<Request>) -> Exchange {
        match step.is_patient() {
            true => self.runner.update(request).await,
            false => self.runner.client.send(request).await,
        }
    }

    /// The request under the other path of its operation, where the target does not know the first.
    fn elsewhere(
        &self,
        step: &Step,
        request: &Arc<Request>,
        exchange: &Exchange,
    ) -> Option<Arc<Request>> {
        if !unrouted(exchange) || self.runner.refuses_for(UNKNOWN, exchange) {
            return None;
        }
        self.under_other_path(step, request)
    }

    fn under_other_path(&self, step: &Step, request: &Arc<Request>) -> Option<Arc<Request>> {
        let plan = &self.runner.plan;
        let contract = match (step.purpose, plan.operations()) {
            (Purpose::Part, Some(operations)) => operations.of(step.action),
            _ => &plan.contract,
        };
        let path = contract.http.elsewhere(&request.path)?;
        Some(Arc::new(Request {
            path,
            ..(**request).clone()
        }))
    }

    /// Keeps what came of the update before the subject, which is not sent where that was refused.
    async fn given(&mut self, at: usize, exchange: Exchange) -> bool {
        let accepted = exchange.accepted();
        // A resource that is gone, or stays in transition, refuses everything: later cases need a
        // new one.
        let gone = exchange.answer().is_some_and(|a| a.status == 404);
        let look = !accepted && (gone || self.runner.in_transition(&exchange));
        self.seen.add(at, Role::Given, exchange);
        if look {
            self.look(at + 1, Role::Before).await;
        }
        accepted
    }

    /// Reads what the subject named, where that is another thing than the resource under test.
    async fn read_named(&mut self, at: usize, step: &Step) {
        let PathDraft::Labels { labels, .. } = &step.request.path else {
            return;
        };
        let usual: BTreeSet<_> = self.runner.plan.binding.label.iter().collect();
        let of_path =
            |(name, _): &(&String, &String)| self.runner.plan.binding.label.contains_key(*name);
        if labels.iter().filter(of_path).all(|l| usual.contains(&l))
            || labels.values().any(String::is_empty)
        {
            return;
        }
        let path = Some(&step.request.path);

        if let Some(read) = self.runner.read(&self.seen.bindings, path) {
            let exchange = self.runner.client.send(&read).await;
            self.seen.add(at, Role::Named, exchange);
        }
    }

    /// Sends several writes at once, to resources at rest.
    async fn at_the_same_time(&mut self, steps: &[Step], first: usize) -> Result<bool, String> {
        for (offset, step) in steps.iter().enumerate() {
            let first_of_it = steps[..offset].iter().all(|s| s.on != step.on);
            if first_of_it && !self.rest(first + offset, step).await {
                return Ok(false);
            }
        }

        // One turn for all of them: they are to meet.
        let _turn = self.runner.client.turn().await;
        let mut sent = tokio::task::JoinSet::new();
        for (offset, step) in steps.iter().enumerate() {
            let request = self.request(first + offset, step)?;
            let client = self.runner.client.at_once();
            sent.spawn(async move { (offset, client.send(&request).await) });
        }

        let mut fired = Vec::new();
        while let Some(done) = sent.join_next().await {
            fired.push(done.map_err(|e| format!("a request of ours ended early: {e}"))?);
        }
        fired.sort_by_key(|(offset, _)| *offset);
        let mut answered = true;
        for (offset, exchange) in fired {
            answered &= self.add(first + offset, &steps[offset], exchange);
        }
        Ok(answered)
    }

    /// Makes a resource, waiting for an earlier one in its place to be gone, and binds its
    /// identity.
    async fn create(&mut self, at: usize, step: &Step) -> Result<bool, String> {
        let runner = self.runner;
        let mut request = self.request(at, step)?;
        let limit = runner
            .client
            .limit(Wait::Removal, runner.options.settle_timeout);
        let mut waits = Waits::new(limit);
        let on = step.on.as_deref();
        let known = self.seen.bindings.clone();
        let mut exchange = runner.make_loose(self.worker, &request, on, &known).await;
        if let Some(other) = self.elsewhere(step, &request, &exchange) {
            let answer = runner.make_loose(self.worker, &other, on, &known).await;
            if answer.accepted() {
                (exchange, request) = (answer, other);
            }
        }

        // Other faults may have an error type of that class too: only its own status tells it.
        let conflicts = |e: &Exchange| {
            e.answer().is_some_and(|a| a.status == 409) && runner.refuses_for("conflict", e)
        };
        // What a creation without a clear end may have made stays until somebody looks for it.
        let may_pass = !self.worker.created.is_unclear();
        let occupied = step.refused().is_none() && conflicts(&exchange) && may_pass;
        while occupied && conflicts(&exchange) && waits.wait().await {
            exchange = runner.make_loose(self.worker, &request, on, &known).await;
        }
        // A place that one resource never leaves is waited for in full once, and not by every
        // sequence.
        match (occupied, conflicts(&exchange)) {
            (true, true) => {
                runner.client.never_came(Wait::Removal);
                // The next sequence finds the place taken as well, unless it has another one.
                self.worker.created.unclear(&known);
            }
            (true, false) => runner.client.came(Wait::Removal, waits.elapsed()),
            (false, _) => {}
        }

        let identity = runner.identity(&exchange);
        // What was made against the contract stands where the rest of the sequence would.
        let in_the_way = step.tested && step.refused().is_some() && exchange.accepted();
        let may_be_refused = matches!(
            step.expect,
            Expect::Reject(_) | Expect::LikeTwin | Expect::AsTwin
        );
        let refused_as_expected =
            may_be_refused && !exchange.accepted() && exchange.answer().is_some();
        let foreign = identity.as_deref().is_some_and(|id| runner.is_foreign(id));
        self.add(at, step, exchange);
        let (Some(identity), Some(on)) = (identity, &step.on) else {
            return Ok(refused_as_expected);
        };
        let name = if foreign { TAKEN } else { on };
        self.seen.bindings.set(name, identity);
        Ok(!foreign && !in_the_way)
    }

    /// Lists, once everything that was made is at rest.
    async fn list(&mut self, at: usize, step: &Step) -> Result<bool, String> {
        let case = self.case;
        let mut alive: Vec<&String> = Vec::new();
        for step in &case.steps[..at] {
            match (step.action, &step.on) {
                (Action::Gone | Action::Delete, Some(on)) => alive.retain(|name| *name != on),
                (_, Some(on)) if !alive.contains(&on) => alive.push(on),
                _ => {}
            }
        }

        // One that was refused, as it should be, has no identity.
        alive.retain(|on| self.seen.bindings.get(on).is_some());
        for on in alive {
            if !self.rest_of(at, Action::List, on).await {
                return Ok(false);
            }
        }

        let request = self.request(at, step)?;
        let mut exchange = self.runner.client.send(&request).await;
        if let Some(other) = self.elsewhere(step, &request, &exchange) {
            exchange = self.runner.client.send(&other).await;
        }

        let strangers = self
            .runner
            .strangers(self.worker, &exchange, &self.seen.bindings);
        let place = self.seen.fired.len();
        let strangers = strangers.into_iter().map(|identity| (place, identity));
        self.seen.strangers.extend(strangers);
        Ok(self.add(at, step, exchange))
    }

    /// Reads a resource until it is gone, or the time for it is up.
    async fn until_gone(&mut self, at: usize, step: &Step) -> Result<bool, String> {
        let request = self.request(at, step)?;
        let client = &self.runner.client;
        let limit = client.limit(Wait::Removal, self.runner.options.settle_timeout);
        let mut waits = Waits::new(limit);
        let exchange = loop {
            let exchange = client.send(&request).await;
            if !exchange.accepted() {
                client.came(Wait::Removal, waits.elapsed());
                break exchange;
            }
            if !waits.wait().await {
                client.never_came(Wait::Removal);
                break exchange;
            }
        };

        let refused = !exchange.accepted();
        Ok(self.add(at, step, exchange) && refused)
    }
}

/// Whether the target has no such path.
fn unrouted(exchange: &Exchange) -> bool {
    exchange
        .answer()
        .is_some_and(|a| matches!(a.status, 301 | 307 | 308 | 403 | 404 | 405))
}
