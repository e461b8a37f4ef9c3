//! What reads must show, by what happened before them.

use serde_json::{Map, Value};

use super::super::answer::{Checks, outcome};
use super::super::look::refusal_text;
use super::super::{Judgement, Role, Symptom, json};
use super::{Happened, Life, Model, Resource, nothing};
use crate::case::{Action, Step, UNKNOWN};
use crate::contract::{Level, RuleKind};
use crate::exchange::Exchange;

impl<'a> Model<'a> {
    pub(super) fn read(&mut self, at: usize, exchange: &'a Exchange, on: Option<&'a str>) {
        let tainted = on.and_then(|on| self.resources.get(on)).is_some_and(|r| r.tainted);
        let seen = self.look(at, exchange, Action::Read, !tainted);
        let (Some(answer), Some(on)) = (exchange.answer().filter(|a| a.status < 500), on) else { return };
        match (self.resources.entry(on).or_default().life, seen.accepted) {
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
        let object = seen.object.unwrap_or(nothing());
        let mut resource = self.resources.remove(on).unwrap_or_default();
        let earlier = std::mem::take(&mut self.judgement.findings);
        self.broken.extend(earlier.iter().map(|f| f.atom.clone()));
        self.follows(at, &mut resource, object);
        let found = std::mem::replace(&mut self.judgement.findings, earlier);
        // What is wrong is told: from here on what is shown counts.
        if !found.is_empty() {
            resource.sent = Vec::new();
        }
        for finding in found {
            if !self.judgement.findings.iter().any(|f| f.id() == finding.id()) {
                self.judgement.findings.push(finding);
            }
        }
        resource.shown = Some(object);
        resource.answered = None;
        resource.since_read = Map::new();
        resource.happened = Happened::Nothing;
        resource.refused = None;
        self.resources.insert(on, resource);
    }

    /// What a read shows follows from what happened since the one before.
    fn follows(&mut self, at: usize, resource: &mut Resource<'a>, object: &Map<String, Value>) {
        match resource.happened {
            Happened::Written => self.written(at, resource, object),
            Happened::Refused => {
                if let (Some(shown), Some(class)) = (resource.shown, &resource.refused) {
                    self.checks(at, Action::Update).refusal_kept(class, shown, object);
                }
            }
            Happened::Elsewhere => self.apart(at, resource, object),
            Happened::Nothing => {
                self.checks(at, Action::Update).consistent(None, resource.shown, object);
            }
        }
    }

    /// What was sent is what is read; what was not sent is as it was.
    fn written(&mut self, at: usize, resource: &mut Resource<'a>, object: &Map<String, Value>) {
        // Of the states that some order leads to, the one that explains most: what is left is wrong in every order.
        let unexplained = |state: &Map<String, Value>| {
            let mut scratch = Judgement::new();
            Checks::new(self.judge.oracle, Role::Step(at), &mut scratch).stored(state, object, true);
            // A promise that is broken without this explains nothing, whichever the order.
            scratch.findings.iter().filter(|f| !self.broken.contains(&f.atom)).count()
        };
        if resource.sent.len() > 1 {
            let mut best: Option<(usize, usize)> = None;
            for (place, state) in resource.sent.iter().enumerate() {
                let left = unexplained(state);
                if best.is_none_or(|(least, _)| left < least) {
                    best = Some((left, place));
                }
                // No other explains more.
                if left == 0 {
                    break;
                }
            }
            resource.sent.swap(0, best.map_or(0, |(_, place)| place));
        }
        resource.sent.truncate(1);
        let Resource { sent, shown, answered, since_read, refused, .. } = &*resource;
        let mut checks = self.checks(at, Action::Update);
        // After a refusal too, what was sent is stored; the rest may be the refusal's doing, which a read after it shows.
        let sent_since = |state: &Map<String, Value>| -> Map<String, Value> {
            let since = state.iter().filter(|(name, _)| refused.is_none() || since_read.contains_key(*name));
            since.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        if let Some(state) = sent.first() {
            checks.stored(&sent_since(state), object, true);
        }
        checks.consistent(*shown, *answered, object);
        if let (Some(shown), None) = (shown, refused) {
            checks.unsent_kept(since_read, shown, object);
        }
    }

    /// Writes to others changed nothing here.
    fn apart(&mut self, at: usize, resource: &Resource<'a>, object: &Map<String, Value>) {
        let Some(shown) = resource.shown else { return };
        for rule in &self.operations.update.rules {
            let RuleKind::Apart { outputs } = &rule.kind else { continue };
            for output in outputs {
                let (Some(was), Some(is)) = (shown.get(output), object.get(output)) else { continue };
                let broken = (!json::same(was, is)).then(|| {
                    let actual = format!("{output}: {is}, though only another mapping was written to");
                    (Symptom::Changed, format!("{output} as before: {was}"), actual)
                });
                self.checks(at, Action::Update).check(&rule.path, "valid", broken);
            }
        }
    }

    pub(super) fn gone(&mut self, at: usize, exchange: &'a Exchange, step: &'a Step) {
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
            self.checks(at, Action::Read).refused_for(&path, UNKNOWN, Level::Must, exchange);
        }
    }
}
