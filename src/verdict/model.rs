//! The model of a resource, and what it says of the answers of a sequence.
//!
//! The model knows of each resource what was sent to it and accepted, how a read showed it last, and what happened since.
//! What the rules of the contract make of that is what the next answer must show: sent values are stored, unsent ones are
//! kept, refusals and writes to other resources change nothing, and what was deleted is gone.

mod list;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::answer::{Checks, error_type, outcome};
use super::judge::{Judge, Look, Seen, look, refusal_text};
use super::{Fired, Judgement, Observation, Role, Symptom, Verdict, json};
use crate::case::{Action, Case, Operations, SourceKind, Step};
use crate::contract::{Contract, RuleKind};
use crate::exchange::Exchange;
use crate::violation::Oracle;

/// What is known of one resource.
#[derive(Clone, Debug, Default)]
struct Resource {
    life: Life,
    /// Its identity, as the answer to its creation told it.
    identity: Option<String>,
    /// For each request member the last value accepted. More than one: which of them holds depends on an order that
    /// nobody knows.
    sent: Vec<Map<String, Value>>,
    /// The members sent since it was last read.
    since_read: Map<String, Value>,
    /// How a read showed it last.
    shown: Option<Map<String, Value>>,
    /// The last answer to a write, if that came after the read.
    answered: Option<Map<String, Value>>,
    /// The last answer to an update: what tells the time goes forward from one to the next.
    updated: Option<Map<String, Value>>,
    /// What happened since it was read.
    happened: Happened,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Alive,
    /// Deleted, and perhaps still shown.
    Deleting,
    Gone,
}

/// What happened to a resource since it was read, the weightiest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    #[default]
    Nothing,
    /// Others were written to.
    Elsewhere,
    /// A write to it was refused, for that class of violation.
    Refused(String),
    /// It was written to.
    Written,
}

struct Model<'a> {
    judge: &'a Judge<'a>,
    operations: Operations<'a>,
    case: &'a Case,
    seen: &'a Observation,
    judgement: &'a mut Judgement,
    resources: BTreeMap<&'a str, Resource>,
    /// Every identity that a creation gave, in order.
    identities: Vec<String>,
}

impl Judge<'_> {
    /// Judges the exchanges of a sequence.
    pub(super) fn sequence(&self, case: &Case, seen: &Observation, judgement: &mut Judgement) -> Verdict {
        let Some(operations) = self.operations else {
            return Verdict::Error("no fixture file says which operations a sequence is made of".to_owned());
        };
        let (resources, identities) = (BTreeMap::new(), Vec::new());
        let mut model = Model { judge: self, operations, case, seen, judgement, resources, identities };
        let verdict = model.follow();
        if verdict != Verdict::Pass {
            return verdict;
        }
        if let Some(state) = &seen.unsettled {
            return self.unsettled_at(state, Role::Step(seen.steps.len().saturating_sub(1)), judgement);
        }
        // Nothing is said of what was not fired: only a whole sequence passes.
        let fired = seen.steps.last().map_or(0, |f| f.step + usize::from(!f.settled));
        match case.sequence.len().checked_sub(fired) {
            Some(left) if left > 0 => Verdict::Error(format!("its last {left} steps were not fired")),
            _ => Verdict::Pass,
        }
    }
}

impl<'a> Model<'a> {
    fn follow(&mut self) -> Verdict {
        let mut next = 0;
        while let Some(fired) = self.seen.steps.get(next) {
            let Some(step) = self.case.sequence.get(fired.step) else { break };
            let group = match step.together.filter(|_| !fired.settled) {
                Some(number) => {
                    let of_group = |f: &&Fired| {
                        !f.settled && self.case.sequence.get(f.step).is_some_and(|s| s.together == Some(number))
                    };
                    self.seen.steps[next..].iter().take_while(of_group).count()
                }
                None => 1,
            };
            if group > 1 {
                self.at_the_same_time(next, group);
            } else if let Some(verdict) = self.step(next, fired, step) {
                return verdict;
            }
            next += group;
        }
        Verdict::Pass
    }

    fn step(&mut self, at: usize, fired: &'a Fired, step: &'a Step) -> Option<Verdict> {
        let exchange = &fired.exchange;
        match (fired.settled, step.action) {
            (true, _) | (false, Action::Read) => self.read(at, exchange, fired.on.as_deref()),
            (false, Action::Gone) => self.gone(at, exchange, step),
            (false, Action::Create) => return self.created(at, exchange, step),
            (false, Action::List) => self.listed(at, exchange),
            (false, Action::Update | Action::Delete) => self.write(at, exchange, step),
        }
        None
    }

    /// What holds for every answer of the operation, whatever happened before.
    fn look(&mut self, at: usize, exchange: &Exchange, action: Action, meant: bool) -> Seen {
        let oracle = self.oracle(action);
        let look_at = Look { role: Role::Step(at), source: SourceKind::Any, opaque: false, members: meant };
        look(oracle, exchange, look_at, self.judgement)
    }

    fn oracle(&self, action: Action) -> Oracle<'a> {
        match action {
            Action::Update => self.judge.oracle,
            _ => Oracle { contract: self.operations.of(action), others: &[], service: self.judge.oracle.service },
        }
    }

    fn checks(&mut self, at: usize, action: Action) -> Checks<'_> {
        Checks::new(self.oracle(action), Role::Step(at), self.judgement).with_floor(self.case.level)
    }

    /// The promise that the sequence is about.
    fn main(&self) -> String {
        self.case.atoms.first().map(|a| a.path().to_owned()).unwrap_or_default()
    }

    fn resource(&mut self, step: &'a Step) -> Option<&mut Resource> {
        Some(self.resources.entry(step.on.as_deref()?).or_default())
    }

    fn created(&mut self, at: usize, exchange: &Exchange, step: &'a Step) -> Option<Verdict> {
        let seen = self.look(at, exchange, Action::Create, step.refused.is_none());
        if let Some(class) = &step.refused {
            self.refused(at, exchange, step, class, seen.accepted);
            return seen.accepted.then_some(Verdict::Fail);
        }
        if !seen.accepted {
            let why = outcome(self.judge.oracle.service, exchange);
            let broken = exchange.answer().filter(|a| a.status < 500).map(|_| {
                let expected = format!("status {}: the request is valid", self.operations.create.http.code);
                (Symptom::Refused, expected, refusal_text(self.judge.oracle.service, exchange))
            });
            self.checks(at, Action::Create).check("request::http", "valid", broken);
            return Some(Verdict::Masked(format!("what the sequence is about was not made: {why}")));
        }
        let sent = sent_in(self.operations.create, exchange);
        let object = seen.object.unwrap_or_default();
        self.checks(at, Action::Create).stored(&sent, &object, false);
        let identity = self.fresh(at, &object);
        self.elsewhere(step.on.as_deref());
        if let Some(resource) = self.resource(step) {
            *resource = Resource {
                identity,
                since_read: sent.clone(),
                sent: vec![sent],
                answered: Some(object),
                happened: Happened::Written,
                ..Resource::default()
            };
        }
        None
    }

    /// A new resource is no other one.
    fn fresh(&mut self, at: usize, object: &Map<String, Value>) -> Option<String> {
        let (path, output) = self.operations.create.rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::Fresh { output } => Some((format!("rule::{}", rule.id), output)),
            _ => None,
        })?;
        let identity = object.get(output)?.as_str()?.to_owned();
        let others =
            self.seen.bindings.iter().filter(|(name, _)| self.operations_name(name)).map(|(_, v)| v.to_owned());
        let known = others.chain(self.identities.iter().cloned()).any(|other| other == identity);
        let broken = known.then(|| {
            let expected = format!("a {output} that no other has");
            (Symptom::Inconsistent, expected, format!("{output}: {identity}, which was given before"))
        });
        self.checks(at, Action::Create).check(&path, "valid", broken);
        self.identities.push(identity.clone());
        Some(identity)
    }

    /// Whether a binding is the identity of a resource that a fixture made.
    fn operations_name(&self, name: &str) -> bool {
        self.operations.label.values().any(|template| template == &format!("${{{name}}}"))
    }

    /// An update or a deletion by itself.
    fn write(&mut self, at: usize, exchange: &Exchange, step: &'a Step) {
        let seen = self.look(at, exchange, step.action, step.refused.is_none());
        if exchange.answer().is_none_or(|a| a.status >= 500) {
            self.happens(step, Happened::Refused("failure".to_owned()));
            return;
        }
        if let Some(class) = &step.refused {
            self.refused(at, exchange, step, class, seen.accepted);
            let what = if seen.accepted { Happened::Written } else { Happened::Refused(class.clone()) };
            self.happens(step, what);
            return;
        }
        if !seen.accepted {
            let life = self.resource(step).map_or(Life::Alive, |r| r.life);
            let of = |class| self.is_of(exchange, class);
            // What is being deleted is in transition, and then unknown.
            let may = match life {
                Life::Alive => step.at_once && of("in-transition"),
                Life::Deleting | Life::Gone => of("in-transition") || of("unknown-resource"),
            };
            if !may {
                let contract = self.operations.of(step.action);
                let expected = format!("status {}: the request is valid", contract.http.code);
                let broken = (Symptom::Refused, expected, refusal_text(self.judge.oracle.service, exchange));
                let (path, level) = match step.action {
                    Action::Update => (self.main(), self.case.level),
                    _ => ("request::http".to_owned(), self.case.level),
                };
                self.checks(at, step.action).check_at(&path, "valid", level, Some(broken));
            }
            self.happens(step, Happened::Refused("in-transition".to_owned()));
            return;
        }
        let object = seen.object.unwrap_or_default();
        self.elsewhere(step.on.as_deref());
        if step.action == Action::Delete {
            if let Some(resource) = self.resource(step) {
                resource.life = Life::Deleting;
            }
            return;
        }
        let sent = sent_in(self.operations.update, exchange);
        let identity = self.identity_of(step);
        let mut echoed = sent.clone();
        echoed.extend(identity);
        self.checks(at, Action::Update).stored(&echoed, &object, false);
        let Some(resource) = self.resource(step) else { return };
        let earlier = resource.updated.replace(object.clone());
        for known in &mut resource.sent {
            known.extend(sent.clone());
        }
        if resource.sent.is_empty() {
            resource.sent.push(sent.clone());
        }
        resource.since_read.extend(sent);
        resource.answered = Some(object.clone());
        resource.happened = Happened::Written;
        if let Some(earlier) = earlier {
            self.checks(at, Action::Update).forward(&earlier, &object);
        }
    }

    /// The label of a step that is about the resource itself, with its value.
    fn identity_of(&self, step: &Step) -> Option<(String, Value)> {
        let on = step.on.as_deref()?;
        let label = self.operations.label.keys().next()?;
        // A name that was made twice stands for the later one in the end.
        let made = self.resources.get(on).and_then(|r| r.identity.as_deref());
        Some((label.clone(), Value::from(made.or_else(|| self.seen.bindings.get(on))?)))
    }

    /// Writes that were sent at the same time: some order of those accepted explains what follows.
    fn at_the_same_time(&mut self, first: usize, count: usize) {
        let mut accepted: BTreeMap<&'a str, Vec<Map<String, Value>>> = BTreeMap::new();
        for at in first..first + count {
            let Some(fired) = self.seen.steps.get(at) else { return };
            let Some(step) = self.case.sequence.get(fired.step) else { return };
            let seen = self.look(at, &fired.exchange, step.action, step.refused.is_none());
            let Some(answer) = fired.exchange.answer().filter(|a| a.status < 500) else { continue };
            if let Some(class) = &step.refused {
                self.refused(at, &fired.exchange, step, class, seen.accepted);
            } else if seen.accepted && step.action == Action::Update {
                let sent = sent_in(self.operations.update, &fired.exchange);
                accepted.entry(step.on.as_deref().unwrap_or_default()).or_default().push(sent);
            } else if !seen.accepted && answer.status != 429 && !self.is_of(&fired.exchange, "in-transition") {
                let expected = "an update carried out, or refused as in use".to_owned();
                let broken = (Symptom::Refused, expected, refusal_text(self.judge.oracle.service, &fired.exchange));
                let path = self.main();
                self.checks(at, step.action).check(&path, "valid", Some(broken));
            }
        }
        for (on, writes) in accepted {
            self.elsewhere(Some(on));
            let resource = self.resources.entry(on).or_default();
            let known = if resource.sent.is_empty() { vec![Map::new()] } else { std::mem::take(&mut resource.sent) };
            for order in orders(&writes) {
                for base in &known {
                    let mut state = base.clone();
                    order.iter().for_each(|write| state.extend((*write).clone()));
                    if !resource.sent.contains(&state) {
                        resource.sent.push(state);
                    }
                }
            }
            writes.into_iter().for_each(|write| resource.since_read.extend(write));
            resource.answered = None;
            resource.updated = None;
            resource.happened = Happened::Written;
        }
    }

    fn read(&mut self, at: usize, exchange: &Exchange, on: Option<&'a str>) {
        let seen = self.look(at, exchange, Action::Read, true);
        let (Some(answer), Some(on)) = (exchange.answer().filter(|a| a.status < 500), on) else { return };
        let mut resource = self.resources.entry(on).or_default().clone();
        match (resource.life, seen.accepted) {
            (Life::Gone, accepted) => return self.stays_gone(at, exchange, accepted),
            (Life::Deleting, _) => return,
            (Life::Alive, false) if answer.status == 404 => {
                let path = self.rule(self.operations.update, |k| matches!(k, RuleKind::ReadBack { .. }));
                let actual = outcome(self.judge.oracle.service, exchange);
                let broken = (Symptom::Gone, "the mapping can be read".to_owned(), actual);
                self.checks(at, Action::Update).check(&path, "valid", Some(broken));
                return;
            }
            (Life::Alive, false) => return,
            (Life::Alive, true) => {}
        }
        let object = seen.object.unwrap_or_default();
        match &resource.happened {
            Happened::Written => self.written(at, &mut resource, &object),
            Happened::Refused(class) => {
                if let Some(shown) = &resource.shown {
                    self.checks(at, Action::Update).refusal_kept(class, shown, &object);
                }
            }
            Happened::Elsewhere => self.apart(at, &resource, &object),
            Happened::Nothing => {
                let shown = resource.shown.clone();
                self.checks(at, Action::Update).consistent(None, shown.as_ref(), &object);
            }
        }
        resource.shown = Some(object);
        resource.answered = None;
        resource.since_read = Map::new();
        resource.happened = Happened::Nothing;
        self.resources.insert(on, resource);
    }

    /// What was sent is what is read; what was not sent is as it was.
    fn written(&mut self, at: usize, resource: &mut Resource, object: &Map<String, Value>) {
        let explains = |state: &Map<String, Value>| {
            let mut scratch = Judgement::new();
            Checks::new(self.judge.oracle, Role::Step(at), &mut scratch).stored(state, object, true);
            scratch.findings.is_empty()
        };
        let explained: Vec<Map<String, Value>> = resource.sent.iter().filter(|s| explains(s)).cloned().collect();
        if !explained.is_empty() {
            resource.sent = explained;
        }
        resource.sent.truncate(1);
        let Resource { sent, shown, answered, since_read, .. } = &*resource;
        let mut checks = self.checks(at, Action::Update);
        if let Some(state) = sent.first() {
            checks.stored(state, object, true);
        }
        checks.consistent(shown.as_ref(), answered.as_ref(), object);
        if let Some(shown) = shown {
            checks.unsent_kept(since_read, shown, object);
        }
    }

    /// Writes to others changed nothing here.
    fn apart(&mut self, at: usize, resource: &Resource, object: &Map<String, Value>) {
        let Some(shown) = &resource.shown else { return };
        for rule in &self.operations.update.rules {
            let RuleKind::Apart { outputs } = &rule.kind else { continue };
            for output in outputs {
                let (Some(was), Some(is)) = (shown.get(output), object.get(output)) else { continue };
                let broken = (!json::same(was, is)).then(|| {
                    let actual = format!("{output}: {is}, though only another mapping was written to");
                    (Symptom::Changed, format!("{output} as before: {was}"), actual)
                });
                self.checks(at, Action::Update).check(&format!("rule::{}", rule.id), "valid", broken);
            }
        }
    }

    fn gone(&mut self, at: usize, exchange: &Exchange, step: &'a Step) {
        let seen = self.look(at, exchange, Action::Read, true);
        if exchange.answer().is_none_or(|a| a.status >= 500) {
            return;
        }
        let path = self.rule(self.operations.delete, |k| matches!(k, RuleKind::Gone));
        let broken = seen.accepted.then(|| {
            let actual = refusal_text(self.judge.oracle.service, exchange);
            (Symptom::Lingers, "a read of it is refused, within the time limit".to_owned(), actual)
        });
        self.checks(at, Action::Delete).check(&path, "valid", broken);
        if !seen.accepted {
            self.stays_gone(at, exchange, false);
            if let Some(resource) = self.resource(step) {
                resource.life = Life::Gone;
            }
        }
    }

    /// A read of what is gone is refused as of something unknown.
    fn stays_gone(&mut self, at: usize, exchange: &Exchange, accepted: bool) {
        let path = self.rule(self.operations.delete, |k| matches!(k, RuleKind::Gone));
        let actual = refusal_text(self.judge.oracle.service, exchange);
        if accepted {
            let broken = (Symptom::Lingers, "a read of it is refused: it was gone already".to_owned(), actual);
            self.checks(at, Action::Delete).check(&path, "valid", Some(broken));
        } else {
            self.checks(at, Action::Read).refused_for(
                &path,
                "unknown-resource",
                crate::contract::Level::Must,
                exchange,
            );
        }
    }

    /// A step that is to be refused for a class of violation.
    fn refused(&mut self, at: usize, exchange: &Exchange, step: &Step, class: &str, accepted: bool) {
        let path = step.breaks.as_ref().map_or_else(|| self.main(), |atom| atom.path().to_owned());
        let level = self.case.level;
        let own = step.action == Action::Update;
        let mut checks = self.checks(at, step.action);
        if accepted {
            let service = checks.oracle.service;
            let expected = service.family(class).map(|f| checks.expected(f)).unwrap_or_default();
            let actual = refusal_text(service, exchange);
            let path = if own { path.as_str() } else { "request::http" };
            checks.check_at(path, class, level, Some((Symptom::Accepted, expected, actual)));
        } else {
            checks.refused_for(if own { &path } else { "request::http" }, class, level, exchange);
        }
    }

    /// Whether the answer refuses a request for that class of violation.
    fn is_of(&self, exchange: &Exchange, class: &str) -> bool {
        let service = self.judge.oracle.service;
        exchange.answer().is_some_and(|answer| {
            let named = error_type(service, answer);
            service.family(class).is_some_and(|f| f.admits(answer.status, named.as_deref()))
        })
    }

    fn happens(&mut self, step: &'a Step, what: Happened) {
        if let Some(resource) = self.resource(step)
            && resource.happened < what
        {
            resource.happened = what;
        }
    }

    /// Something was written to: whatever else is known was not.
    fn elsewhere(&mut self, on: Option<&str>) {
        for (name, resource) in &mut self.resources {
            if Some(*name) != on && resource.happened == Happened::Nothing {
                resource.happened = Happened::Elsewhere;
            }
        }
    }

    fn rule(&self, contract: &Contract, is: impl Fn(&RuleKind) -> bool) -> String {
        contract.rules.iter().find(|r| is(&r.kind)).map(|r| format!("rule::{}", r.id)).unwrap_or_default()
    }
}

/// The members of a request's body that its contract knows and that are not null.
fn sent_in(contract: &Contract, exchange: &Exchange) -> Map<String, Value> {
    let document = json::read(&exchange.request.body);
    let members = document.object().cloned().unwrap_or_default();
    members.into_iter().filter(|(name, value)| !value.is_null() && contract.member(name).is_some()).collect()
}

/// Every order of a few writes. Of more than five only the order sent and its reverse: nobody reads a longer list.
fn orders<T>(writes: &[T]) -> Vec<Vec<&T>> {
    if writes.len() > 5 {
        return vec![writes.iter().collect(), writes.iter().rev().collect()];
    }
    let mut all: Vec<Vec<&T>> = vec![Vec::new()];
    for write in writes {
        let mut longer = Vec::new();
        for order in &all {
            for place in 0..=order.len() {
                let mut order = order.clone();
                order.insert(place, write);
                longer.push(order);
            }
        }
        all = longer;
    }
    all
}

#[cfg(test)]
mod tests;
