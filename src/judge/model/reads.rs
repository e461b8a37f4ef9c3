//! What reads must show, by what happened before them.

use serde_json::{Map, Value};

use super::super::answer::{Checks, outcome};
use super::super::blame::unqualified;
use super::super::inspect::refusal_text;
use super::super::{Finding, Judgement, Role, Symptom, json};
use super::{Happened, Life, Model, Resource, Shown, nothing};
use crate::contract::{AtomId, Level, RuleKind};
use crate::plan::case::{Action, Step, UNKNOWN};
use crate::wire::exchange::Exchange;

impl Model<'_, '_> {
    pub(super) fn read(&mut self, at: usize, exchange: &Exchange, on: Option<&str>) {
        let tainted = on
            .and_then(|on| self.resources.get(on))
            .is_some_and(|r| r.tainted);
        let seen = self.inspect(at, exchange, Action::Read, !tainted);
        let (Some(answer), Some(on)) = (exchange.answer().filter(|a| a.status < 500), on) else {
            return;
        };

        match (self.named(on).life, seen.accepted) {
            (Life::Gone, accepted) => return self.stays_gone(at, exchange, accepted),
            (Life::Deleting | Life::Unknown, _) => return,
            (Life::Alive, false) if answer.status == 404 => {
                let action = match self.named(on).new {
                    true => Action::Create,
                    false => Action::Update,
                };
                let path = self.rule(self.operations.of(action), |k| {
                    matches!(k, RuleKind::ReadBack { .. })
                });
                let actual = outcome(self.judge.oracle.service, exchange);
                let broken = (Symptom::Gone, "the resource can be read".to_owned(), actual);
                self.checks(at, action).check(&path, "valid", Some(broken));
                return;
            }
            (Life::Alive, false) => return,
            (Life::Alive, true) => {}
        }

        let object = seen.object().unwrap_or(nothing());
        let mut resource = std::mem::take(self.named(on));
        let earlier = std::mem::take(&mut self.judgement.findings);
        self.broken.extend(earlier.iter().map(|f| f.atom.clone()));
        self.follows(at, &mut resource, object);
        let found = std::mem::replace(&mut self.judgement.findings, earlier);
        // What is wrong is told: from here on what is shown counts.
        if !found.is_empty() {
            resource.sent = Vec::new();
        }

        for finding in found {
            if !self
                .judgement
                .findings
                .iter()
                .any(|f| f.id() == finding.id())
            {
                self.judgement.findings.push(finding);
            }
        }

        resource.shown = Some(Shown::of(exchange, &seen));
        resource.answered = None;
        resource.new = false;
        resource.unqualified = false;
        resource.since_read = Map::new();
        resource.happened = Happened::Nothing;
        resource.refused = None;
        resource.refused_own = false;
        *self.named(on) = resource;
    }

    /// What a read shows follows from what happened since the one before.
    fn follows(&mut self, at: usize, resource: &mut Resource, object: &Map<String, Value>) {
        match resource.happened {
            Happened::Written => self.written(at, resource, object),
            Happened::Refused => {
                if let (Some(shown), Some(class)) = (&resource.shown, &resource.refused) {
                    let before = self.judgement.shown.clone();
                    let action = match self.operations.subject {
                        Action::Delete => Action::Delete,
                        _ => Action::Update,
                    };
                    self.checks(at, action).refusal_kept(class, shown, object);
                    // That refusals change nothing is a promise of one operation: only a refused
                    // request of that one shows it.
                    if !resource.refused_own {
                        self.judgement.shown = before;
                    }
                }
            }
            Happened::Elsewhere => self.apart(at, resource, object),
            Happened::Nothing => {
                self.checks(at, Action::Update)
                    .consistent(None, resource.shown.as_deref(), object);
            }
        }
    }

    /// What was sent is what is read; what was not sent is as it was.
    fn written(&mut self, at: usize, resource: &mut Resource, object: &Map<String, Value>) {
        if resource.sent.len() > 1 && self.no_order(at, resource, object) {
            resource.sent.clear();
        }
        resource.sent.truncate(1);
        let Resource {
            sent,
            shown,
            answered,
            since_read,
            refused,
            new,
            ..
        } = &*resource;

        // What the creation alone decided is the creation's to keep: no update can be blamed for
        // it.
        let mut checks = self.checks(at, if *new { Action::Create } else { Action::Update });
        // After a refusal too, what was sent is stored; the rest may be the refusal's doing, which
        // a read after it shows.
        let sent_since = |state: &Map<String, Value>| -> Map<String, Value> {
            let since = state
                .iter()
                .filter(|(name, _)| refused.is_none() || since_read.contains_key(*name));
            since
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };

        if let Some(state) = sent.first() {
            checks.stored(&sent_since(state), object, true);
            if *new && refused.is_none() {
                checks.defaults(state, object, true);
            }
        }

        checks.consistent(shown.as_deref(), answered.as_deref(), object);
        if let Some(answered) = answered {
            checks.not_before(answered, object);
        }
        if let (Some(shown), None) = (shown, refused) {
            checks.unsent_kept(since_read, shown, object);
        }
    }

    /// Puts the state first that explains most of what is shown, of those that orders of
    /// simultaneous updates lead to: what it leaves is wrong in every order. Where several explain
    /// as much, and what they leave has nothing in common, no single promise is to blame: that no
    /// order explains what is shown is the finding, and `true`.
    fn no_order(
        &mut self,
        at: usize,
        resource: &mut Resource,
        object: &Map<String, Value>,
    ) -> bool {
        let mut left: Vec<(usize, Vec<Finding>)> = Vec::new();
        for (place, state) in resource.sent.iter().enumerate() {
            let mut scratch = Judgement::new();
            Checks::new(self.judge.oracle, Role::Step(at), &mut scratch)
                .stored(state, object, true);
            // A promise that is broken without this explains nothing, whichever the order.
            scratch.findings.retain(|f| !self.broken.contains(&f.atom));
            let explained = scratch.findings.is_empty();
            left.push((place, scratch.findings));
            // No other explains more.
            if explained {
                break;
            }
        }

        let least = left
            .iter()
            .map(|(_, findings)| findings.len())
            .min()
            .unwrap_or_default();

        left.retain(|(_, findings)| findings.len() == least);
        if let Some((place, _)) = left.first() {
            resource.sent.swap(0, *place);
        }
        let best: Vec<Vec<Finding>> = left.into_iter().map(|(_, findings)| findings).collect();
        let (Some(first), true) = (best.first(), best.len() > 1) else {
            return false;
        };
        if resource.unqualified && self.explained_by_a_lost_qualifier(at, resource, object) {
            return false;
        }
        let blamed = |findings: &[Finding], atom: &AtomId| findings.iter().any(|f| f.atom == *atom);

        if first.is_empty()
            || first
                .iter()
                .any(|f| best.iter().all(|other| blamed(other, &f.atom)))
        {
            return false;
        }
        let mut shown: Vec<String> = best.into_iter().flatten().map(|f| f.actual).collect();
        shown.sort();
        shown.dedup();
        let path = self.rule(self.operations.writes(), |k| {
            matches!(k, RuleKind::ReadBack { .. })
        });
        let expected =
            "the resource as some order of the updates leaves it that were sent at the same time"
                .to_owned();
        let broken = (
            Symptom::ReadDisagrees,
            expected,
            format!("{}, which no order explains", shown.join(", ")),
        );

        self.checks(at, Action::Update)
            .check(&path, "valid", Some(broken));
        true
    }

    /// Puts the state first that explains all that is shown once names have lost their qualifiers,
    /// where one does. Their loss is the finding then, and no race.
    fn explained_by_a_lost_qualifier(
        &self,
        at: usize,
        resource: &mut Resource,
        object: &Map<String, Value>,
    ) -> bool {
        let explains = |state: &Map<String, Value>| {
            let mut cut = state.clone();
            for rule in &self.operations.writes().rules {
                let Some(value) = rule.kind.input().and_then(|input| cut.get_mut(input)) else {
                    continue;
                };
                if let Some(short) = unqualified(&rule.kind, value) {
                    *value = short;
                }
            }
            let mut scratch = Judgement::new();
            Checks::new(self.judge.oracle, Role::Step(at), &mut scratch).stored(&cut, object, true);
            scratch
                .findings
                .iter()
                .all(|f| self.broken.contains(&f.atom))
        };

        let place = resource.sent.iter().position(explains);
        if let Some(place) = place {
            resource.sent.swap(0, place);
        }
        place.is_some()
    }

    /// Writes to others changed nothing here.
    fn apart(&mut self, at: usize, resource: &Resource, object: &Map<String, Value>) {
        let Some(shown) = &resource.shown else { return };
        for rule in &self.operations.writes().rules {
            let RuleKind::Apart { outputs } = &rule.kind else {
                continue;
            };
            for output in outputs {
                let (Some(was), Some(is)) = (shown.get(output), object.get(output)) else {
                    continue;
                };
                let broken = (!json::same(was, is)).then(|| {
                    let actual =
                        format!("{output}: {is}, though only another resource was written to");
                    (
                        Symptom::Changed,
                        format!("{output} as before: {was}"),
                        actual,
                    )
                });
                self.checks(at, Action::Update)
                    .check(&rule.path, "valid", broken);
            }
        }
    }

    pub(super) fn gone(&mut self, at: usize, exchange: &Exchange, step: &Step) {
        let seen = self.inspect(at, exchange, Action::Read, true);
        if exchange.answer().is_none_or(|a| a.status >= 500) {
            return;
        }
        let path = self.rule(self.operations.delete, |k| matches!(k, RuleKind::Gone));
        let deleted = step
            .on
            .as_deref()
            .and_then(|on| self.resources.get(on))
            .is_none_or(|r| r.life != Life::Unknown);

        let broken = (seen.accepted && deleted).then(|| {
            let actual = refusal_text(self.judge.oracle.service, exchange);
            (
                Symptom::Lingers,
                "a read of it is refused, within the time limit".to_owned(),
                actual,
            )
        });

        self.checks(at, Action::Delete)
            .check(&path, "valid", broken);
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
            let broken = (
                Symptom::Lingers,
                "a read of it is refused: it was gone already".to_owned(),
                actual,
            );
            self.checks(at, Action::Delete)
                .check(&path, "valid", Some(broken));
        } else {
            self.checks(at, Action::Read)
                .refused_for(&path, UNKNOWN, Level::Must, exchange);
        }
    }
}
