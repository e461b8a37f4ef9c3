//! What the answers to creations, updates and deletions say, and what they make of the resources.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::answer::{error_type, not_implemented, outcome, throttles};
use super::super::blame::unqualified;
use super::super::inspect::refusal_text;
use super::super::{Observation, Symptom, TAKEN, Verdict, json, shown};
use super::{Happened, Life, Model, Resource, Shown, nothing};
use crate::contract::constraint::Zone;
use crate::contract::{Contract, Location, RuleKind};
use crate::plan::case::{Action, Expect, Step, UNKNOWN};
use crate::plan::fixture::is_segment;
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

impl<'a> Model<'_, 'a> {
    pub(super) fn created(
        &mut self,
        at: usize,
        exchange: &Exchange,
        step: &Step,
        bindings: &Bindings,
    ) -> Option<Verdict> {
        let seen = self.inspect_step(at, exchange, step, step.refused().is_none());
        // Nobody knows whether something was made by what failed.
        if step.tested && self.failed(exchange, step) {
            self.crashed(at, exchange, step);
            self.taint(step);
            let goes_on = step.refused().is_some() && exchange.answer().is_some();
            return (!goes_on).then_some(Verdict::Fail);
        }

        match &step.expect {
            Expect::Reject(class) => {
                self.refused(at, exchange, step, class, seen.accepted);
                return seen.accepted.then_some(Verdict::Fail);
            }
            Expect::Either(class) if !seen.accepted => {
                self.refused(at, exchange, step, class, false);
                return Some(Verdict::Pass);
            }
            Expect::Probe(_) => return Some(self.probed(exchange)),
            _ => {}
        }

        if !seen.accepted {
            let why = outcome(self.judge.oracle.service, exchange);
            let in_the_way = self.in_the_way(exchange);
            let broken = exchange
                .answer()
                .filter(|a| a.status < 500 && !in_the_way)
                .map(|_| {
                    let expected = format!(
                        "status {}: the request is valid",
                        self.operations.create.http.statuses()
                    );
                    (
                        Symptom::Refused,
                        expected,
                        refusal_text(self.judge.oracle.service, exchange),
                    )
                });
            let path = match step.tested {
                true => self.broken_by(exchange, step, "valid"),
                false => "request::http".to_owned(),
            };
            self.checks(at, Action::Create)
                .check(&path, "valid", broken);
            return Some(match step.tested {
                true => Verdict::Fail,
                false => Verdict::Masked(format!("what the sequence is about was not made: {why}")),
            });
        }

        let mut sent = sent_in(self.operations.create, exchange);
        // What the revision that is judged by does not show need not be shown: there is one
        // contract of creations for all.
        let shown = |name: &str| self.operations.writes().output_member(name).is_some();
        sent.retain(|name, _| shown(name) || self.operations.create.output_member(name).is_none());
        let object = seen.object().unwrap_or(nothing());
        let mut checks = self.checks(at, Action::Create);
        checks.stored(&sent, object, false);
        checks.defaults(&sent, object, false);
        let identity = self.fresh(at, object, bindings);
        // Nothing more was sent to what it names.
        if identity.is_some() && identity.as_deref() == bindings.get(TAKEN) {
            return Some(Verdict::Fail);
        }

        self.elsewhere(step.on.as_deref());
        if let Some(resource) = self.resource(step) {
            *resource = Resource {
                identity,
                since_read: sent.clone(),
                sent: vec![sent],
                answered: Some(Shown::of(exchange, &seen)),
                happened: Happened::Written,
                new: true,
                ..Resource::default()
            };
        }

        None
    }

    /// A new resource is no other one.
    fn fresh(
        &mut self,
        at: usize,
        object: &Map<String, Value>,
        bindings: &Bindings,
    ) -> Option<String> {
        let (path, output) =
            self.operations
                .create
                .rules
                .iter()
                .find_map(|rule| match &rule.kind {
                    RuleKind::Fresh { output } => Some((rule.path.clone(), output)),
                    _ => None,
                })?;

        let identity = object.get(output)?.as_str()?.to_owned();
        let others = bindings
            .iter()
            .filter(|(name, _)| self.operations_name(name))
            .map(|(_, v)| v.to_owned());

        let known = others
            .chain(self.identities.iter().cloned())
            .any(|other| other == identity);
        let fault = match (known, bindings.get(TAKEN) == Some(&identity)) {
            _ if !is_segment(&identity) => Some("which is not one segment of a path"),
            (true, _) => Some("which was given before"),
            (false, true) => Some("which something had that was there before"),
            (false, false) => None,
        };

        let broken = fault.map(|fault| {
            let expected = format!("a {output} that no other has");
            (
                Symptom::Inconsistent,
                expected,
                format!("{output}: {identity}, {fault}"),
            )
        });

        self.checks(at, Action::Create)
            .check(&path, "valid", broken);
        self.identities.push(identity.clone());
        Some(identity)
    }

    /// Whether a binding is the identity of a resource that a fixture made.
    fn operations_name(&self, name: &str) -> bool {
        self.operations
            .label
            .values()
            .any(|template| template == &format!("${{{name}}}"))
    }

    /// Whether the service failed, or nobody knows what it did. That it does not implement a method
    /// which no operation has is a refusal.
    fn failed(&self, exchange: &Exchange, step: &Step) -> bool {
        let service = self.judge.oracle.service;
        let family = service.family(step.expect.class());
        let may_lack = family.is_some_and(|family| family.opaque);
        exchange.answer().is_none_or(|answer| {
            answer.status >= 500 && !(may_lack && not_implemented(service, answer))
        })
    }

    /// An update or a deletion by itself.
    pub(super) fn write(
        &mut self,
        at: usize,
        exchange: &Exchange,
        step: &Step,
        bindings: &Bindings,
    ) -> Option<Verdict> {
        let (life, tainted) = self
            .resource(step)
            .map_or((Life::Alive, false), |r| (r.life, r.tainted));
        let meant = step.refused().is_none() && life == Life::Alive && !tainted;
        let seen = self.inspect_step(at, exchange, step, meant);
        // After a failure of the service, or of what should have been refused, nobody knows what
        // was carried out.
        if self.failed(exchange, step) {
            self.crashed(at, exchange, step);
            self.taint(step);
            return step.tested.then_some(Verdict::Fail);
        }
        if let Expect::Probe(_) = step.expect {
            return Some(self.probed(exchange));
        }

        if let Some(class) = step.refused() {
            // It is unknown only where its deletion was carried out.
            if class == UNKNOWN && life == Life::Unknown {
                return None;
            }
            self.refused(at, exchange, step, class, seen.accepted);
            match seen.accepted {
                true => self.taint(step),
                false => self.refusal(step, class),
            }
            return None;
        }
        if let (Expect::Either(class), false) = (&step.expect, seen.accepted) {
            self.refused(at, exchange, step, class, false);
            self.refusal(step, class);
            return None;
        }

        if !seen.accepted {
            let of = |class| self.is_of(exchange, class);
            // What is being deleted is in transition, and then unknown.
            let may = match life {
                Life::Alive => (step.at_once && of("in-transition")) || self.in_the_way(exchange),
                Life::Deleting | Life::Gone | Life::Unknown => {
                    of("in-transition") || of("unknown-resource")
                }
            };
            if !may {
                let path = match step.action {
                    _ if step.tested => self.broken_by(exchange, step, "valid"),
                    Action::Update => self.path_of_update(exchange, bindings),
                    _ => "request::http".to_owned(),
                };
                self.refused_though_valid(at, exchange, step.action, &path);
            }
            self.refusal(step, if may { "in-transition" } else { "valid" });
            return (step.tested && !may).then_some(Verdict::Fail);
        }

        let object = seen.object().unwrap_or(nothing());
        self.elsewhere(step.on.as_deref());
        if step.action == Action::Delete {
            self.names_it(at, step, bindings, object);
            if let Some(resource) = self.resource(step) {
                resource.life = Life::Deleting;
            }
            return None;
        }

        let sent = sent_in(self.operations.writes(), exchange);
        let mut checks = self.checks(at, Action::Update);
        checks.stored(&sent, object, false);
        checks.defaults(&sent, object, false);
        let sent = with_defaults(self.operations.writes(), sent);
        self.names_it(at, step, bindings, object);
        let keeps = self.keeps_unsent();
        let resource = self.resource(step)?;
        let shown = Shown::of(exchange, &seen);
        resource.new = false;
        let earlier = resource.updated.replace(shown.clone());
        for known in &mut resource.sent {
            write(known, sent.clone(), keeps);
        }
        if resource.sent.is_empty() {
            resource.sent.push(sent.clone());
        }

        write(&mut resource.since_read, sent, keeps);

        resource.answered = Some(shown);
        resource.happened = Happened::Written;
        if let Some(earlier) = earlier {
            self.checks(at, Action::Update).forward(&earlier, object);
        }
        None
    }

    /// What the answer to a request was of which readings differ: it is reported, and nothing
    /// after it is judged.
    fn probed(&self, exchange: &Exchange) -> Verdict {
        Verdict::Probe(outcome(self.judge.oracle.service, exchange))
    }

    /// What the refusal of a valid update breaks: the promise of the form in which it names
    /// something, where one says so, or the one that the sequence is about.
    fn path_of_update(&self, exchange: &Exchange, bindings: &Bindings) -> String {
        self.judge
            .form(exchange, bindings)
            .map_or_else(|| self.main(), str::to_owned)
    }

    /// The answer to a write is about the resource that the path names.
    fn names_it(
        &mut self,
        at: usize,
        step: &Step,
        bindings: &Bindings,
        object: &Map<String, Value>,
    ) {
        if let Some((label, identity)) = self.identity_of(step, bindings) {
            let sent = Map::from_iter([(label, identity)]);
            self.checks(at, step.action).stored(&sent, object, false);
        }
    }

    /// The label of a step that is about the resource itself, with its value.
    fn identity_of(&self, step: &Step, bindings: &Bindings) -> Option<(String, Value)> {
        let on = step.on.as_deref()?;
        let label = self.operations.label.keys().next()?;
        // A name that was made twice stands for the later one in the end.
        let made = self.resources.get(on).and_then(|r| r.identity.as_deref());
        Some((
            label.clone(),
            Value::from(made.or_else(|| bindings.get(on))?),
        ))
    }

    /// Writes that were sent at the same time: some order of those accepted explains what follows.
    pub(super) fn at_the_same_time(&mut self, first: usize, count: usize, seen: &Observation) {
        let case = self.case;
        let fired = |at: usize| {
            let fired = seen.fired.get(at)?;
            Some((&fired.exchange, case.steps.get(fired.step)?))
        };

        let group: Vec<(usize, &Exchange, &'a Step)> = (first..first + count)
            .filter_map(|at| fired(at).map(|(exchange, step)| (at, exchange, step)))
            .collect();
        // Where one failed, or was accepted that should not have been, nobody knows what was
        // carried out.
        let mut unknown: Vec<Option<&str>> = Vec::new();

        for (_, exchange, step) in &group {
            if exchange.answer().is_none_or(|a| a.status >= 500)
                || (step.refused().is_some() && exchange.accepted())
            {
                self.taint(step);
                unknown.push(step.on.as_deref());
            }
        }

        let mut accepted: BTreeMap<&'a str, Vec<Map<String, Value>>> = BTreeMap::new();
        let mut cut: BTreeMap<&'a str, bool> = BTreeMap::new();
        for (at, exchange, step) in group {
            let tainted = self.resource(step).is_some_and(|r| r.tainted);
            let inspected = self.inspect(
                at,
                exchange,
                step.action,
                step.refused().is_none() && !tainted,
            );
            let Some(answer) = exchange.answer().filter(|a| a.status < 500) else {
                continue;
            };
            if let Some(class) = step.refused() {
                self.refused(at, exchange, step, class, inspected.accepted);
            } else if unknown.contains(&step.on.as_deref()) {
                self.forget(step);
            } else if inspected.accepted && step.action == Action::Update {
                let update = self.operations.writes();
                let sent = with_defaults(update, sent_in(update, exchange));
                let on = step.on.as_deref().unwrap_or_default();
                if let Some(lost) =
                    self.loses_qualifier(&sent, inspected.object().unwrap_or(nothing()))
                {
                    *cut.entry(on).or_insert(true) &= lost;
                }
                accepted.entry(on).or_default().push(sent);
            } else if !inspected.accepted
                && !throttles(self.judge.oracle.service, answer)
                && !self.is_of(exchange, "in-transition")
                && !self.in_the_way(exchange)
            {
                let expected = "an update carried out, or refused as in use".to_owned();
                let broken = (
                    Symptom::Refused,
                    expected,
                    refusal_text(self.judge.oracle.service, exchange),
                );
                let path = self.path_of_update(exchange, &seen.bindings);
                self.checks(at, step.action)
                    .check(&path, "valid", Some(broken));
            }
        }

        let keeps = self.keeps_unsent();
        for (on, writes) in accepted {
            self.elsewhere(Some(on));
            let resource = self.named(on);
            resource.new = false;
            resource.unqualified = cut.get(on).copied().unwrap_or_default();
            let known = if resource.sent.is_empty() {
                vec![Map::new()]
            } else {
                std::mem::take(&mut resource.sent)
            };
            for order in orders(&writes) {
                for base in &known {
                    let mut state = base.clone();
                    order
                        .iter()
                        .for_each(|sent| write(&mut state, (*sent).clone(), keeps));
                    if !resource.sent.contains(&state) {
                        resource.sent.push(state);
                    }
                }
            }
            writes
                .into_iter()
                .for_each(|sent| write(&mut resource.since_read, sent, keeps));
            resource.answered = None;
            resource.updated = None;
            resource.happened = Happened::Written;
        }
    }

    /// Whether an update keeps what it does not name.
    fn keeps_unsent(&self) -> bool {
        let mut rules = self.operations.writes().rules.iter();
        rules.any(|rule| matches!(rule.kind, RuleKind::UnsentUnchanged))
    }

    /// A request was refused that the state and the contract admit.
    pub(super) fn refused_though_valid(
        &mut self,
        at: usize,
        exchange: &Exchange,
        action: Action,
        path: &str,
    ) {
        let expected = format!(
            "status {}: the request is valid",
            self.operations.of(action).http.statuses()
        );
        let broken = (
            Symptom::Refused,
            expected,
            refusal_text(self.judge.oracle.service, exchange),
        );
        self.checks(at, action).check(path, "valid", Some(broken));
    }

    /// A step that is to be refused for a class of violation was answered with a failure of the
    /// service.
    fn crashed(&mut self, at: usize, exchange: &Exchange, step: &Step) {
        let class = match &step.expect {
            Expect::Reject(class) | Expect::Either(class) => class,
            Expect::Accept | Expect::Model if step.tested => "valid",
            _ => return,
        };
        if step.action != self.operations.subject {
            return;
        }
        let Some(answer) = exchange
            .answer()
            .filter(|a| !not_implemented(self.judge.oracle.service, a))
        else {
            return;
        };
        let path = self.broken_by(exchange, step, class);
        let level = self.case.level;
        let mut checks = self.checks(at, step.action);
        let broken = checks.crash(class, answer);
        checks.check_at(&path, class, level, Some(broken));
    }

    /// The promise that a step breaks which is to be refused for that class of violation.
    fn broken_by(&self, exchange: &Exchange, step: &Step, class: &str) -> String {
        let path = step.breaks.as_ref().map(|atom| atom.path().to_owned());
        path.or_else(|| self.broken(exchange, class))
            .unwrap_or_else(|| self.main())
    }

    /// A step that is to be refused for a class of violation.
    fn refused(
        &mut self,
        at: usize,
        exchange: &Exchange,
        step: &Step,
        class: &str,
        accepted: bool,
    ) {
        let path = self.broken_by(exchange, step, class);
        let level = self.case.level;
        let own = step.action == self.operations.subject;
        // Another operation may make the same promise; if it does not, that one request of it is
        // refused is all there is.
        let makes = |path: &str| {
            path.starts_with("rule::") && self.operations.of(step.action).atom(path).is_some()
        };

        let (reported, of) = match own {
            true => self.judge.reported(exchange, &path, class),
            false if makes(&path) => (path.clone(), class.to_owned()),
            false => ("request::http".to_owned(), class.to_owned()),
        };

        let mut checks = self.checks(at, step.action);
        if accepted {
            let service = checks.oracle.service;
            let expected = service
                .family(class)
                .map(|f| checks.expected(f))
                .unwrap_or_default();
            let actual = refusal_text(service, exchange);
            let path = if own {
                path.as_str()
            } else {
                reported.as_str()
            };
            checks.check_at(
                path,
                class,
                level,
                Some((Symptom::Accepted, expected, actual)),
            );
        } else {
            checks.refused_for(&reported, &of, level, exchange);
        }
    }

    /// The promise of that class that a body certainly breaks, by the oracle.
    fn broken(&self, exchange: &Exchange, class: &str) -> Option<String> {
        let document = json::read(&exchange.request.body);
        let found = self.judge.oracle.violations(document.object()?);
        let wanted = if class == "overflow" { "range" } else { class };
        found
            .into_iter()
            .find(|v| v.class == wanted && v.zone == Zone::Invalid)
            .map(|v| v.atom)
    }

    /// Of an update that names something by a qualifier, whether its answer shows the name without
    /// it.
    fn loses_qualifier(
        &self,
        sent: &Map<String, Value>,
        object: &Map<String, Value>,
    ) -> Option<bool> {
        self.operations.writes().rules.iter().find_map(|rule| {
            let value = sent.get(rule.kind.input()?)?;
            let short = unqualified(&rule.kind, value)?;
            let kept = shown::told(&rule.kind, value, object, false)?.is_none();
            let lost = shown::told(&rule.kind, &short, object, false)?.is_none();
            Some(lost && !kept)
        })
    }

    /// Whether the answer refuses a request as a conflict, rightly: with what a failed deletion left
    /// in its place, or with what another resource was given that should have been refused.
    fn in_the_way(&self, exchange: &Exchange) -> bool {
        let mut resources = self.resources.values();
        let may_be = resources.any(|resource| resource.life == Life::Unknown || resource.tainted);
        may_be && self.is_of(exchange, "conflict")
    }

    /// Whether the answer refuses a request for that class of violation.
    fn is_of(&self, exchange: &Exchange, class: &str) -> bool {
        let service = self.judge.oracle.service;
        exchange.answer().is_some_and(|answer| {
            let named = error_type(service, answer);
            service
                .family(class)
                .is_some_and(|f| f.admits(answer.status, named.as_deref()))
        })
    }
}

/// The members of a request's body that its contract knows there, and that are not null.
fn sent_in(contract: &Contract, exchange: &Exchange) -> Map<String, Value> {
    let document = json::read(&exchange.request.body)
        .into_object()
        .unwrap_or_default();
    let mut members = contract.members_in(Cow::Owned(document)).into_owned();
    let is_sent = |name: &str, value: &Value| {
        !value.is_null()
            && contract
                .member(name)
                .is_some_and(|member| member.location == Location::Body)
    };
    members.retain(|name, value| is_sent(name, value));
    members
}

/// Carries out a write on what is known of a resource. Of what a write does not name, nothing is
/// known after it where the operation does not keep it.
fn write(state: &mut Map<String, Value>, sent: Map<String, Value>, keeps: bool) {
    match keeps && !state.is_empty() {
        true => state.extend(sent),
        false => *state = sent,
    }
}

/// What a write comes to: the members that were sent, and the defaults of those that were not.
fn with_defaults(contract: &Contract, mut sent: Map<String, Value>) -> Map<String, Value> {
    let defaults: Vec<_> = contract.defaults(&sent).collect();
    for (_, input, value) in defaults {
        sent.insert(input.clone(), value.clone());
    }
    sent
}

/// Every order of a few writes, the order sent first: where several explain as much, it is the
/// likeliest. Of more than five only the order sent and its reverse: nobody reads a longer list.
pub(super) fn orders<T>(writes: &[T]) -> Vec<Vec<&T>> {
    if writes.len() > 5 {
        return vec![writes.iter().collect(), writes.iter().rev().collect()];
    }
    let mut all: Vec<Vec<&T>> = vec![Vec::new()];

    for write in writes {
        let mut longer = Vec::new();
        for order in &all {
            for place in (0..=order.len()).rev() {
                let mut order = order.clone();
                order.insert(place, write);
                longer.push(order);
            }
        }
        all = longer;
    }

    all
}
