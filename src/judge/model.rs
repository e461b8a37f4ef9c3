//! The model of a resource, and what it says of the answers of a sequence.
//!
//! The model knows of each resource what was sent to it and accepted, how a read showed it last,
//! and what happened since. What the rules of the contract make of that is what the next answer
//! must show: sent values are stored, unsent ones are kept, refusals and writes to other resources
//! change nothing, and what was deleted is gone.

mod list;
mod reads;
mod writes;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::answer::Checks;
use super::criteria::Judge;
use super::inspect::{Inspection, Seen, inspect};
use super::memo::Memo;
use super::twins::Twins;
use super::{Fired, Judgement, Observation, Role, Side, Verdict};
use crate::contract::oracle::Oracle;
use crate::contract::{AtomId, Contract, RuleKind};
use crate::plan::case::{Action, Case, Expect, Operations, Step};
use crate::wire::exchange::{Exchange, ParsedBody};

/// What is known of one resource.
#[derive(Debug, Default)]
struct Resource {
    life: Life,
    /// Its identity, as the answer to its creation told it.
    identity: Option<String>,
    /// For each request member the last value accepted. More than one: which of them holds depends
    /// on an order that nobody knows.
    sent: Vec<Map<String, Value>>,
    /// The members sent since it was last read.
    since_read: Map<String, Value>,
    /// How a read showed it last.
    shown: Option<Shown>,
    /// The last answer to a write, if that came after the read.
    answered: Option<Shown>,
    /// The last answer to an update: what tells the time goes forward from one to the next.
    updated: Option<Shown>,
    /// What happened since it was read.
    happened: Happened,
    /// The class of the last write that was refused since it was read.
    refused: Option<String>,
    /// Whether a request of the operation under test, or an update, is among what was refused.
    refused_own: bool,
    /// Whether nothing but its creation decides what it shows: it was not updated since, nor read.
    new: bool,
    /// Whether updates that were sent at the same time named something by a qualifier, and each was
    /// answered without it.
    unqualified: bool,
    /// Whether an invalid write was accepted: what it shows since is that one's fault.
    tainted: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Alive,
    /// Deleted, and perhaps still shown.
    Deleting,
    Gone,
    /// The answer to its deletion did not say whether it was carried out: it may be there, and it
    /// may not.
    Unknown,
}

/// What happened to a resource since it was read, the weightiest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    #[default]
    Nothing,
    /// Others were written to.
    Elsewhere,
    /// A write to it was refused.
    Refused,
    Written,
}

/// The members that an answer showed, kept apart from the answer.
#[derive(Clone, Debug)]
struct Shown(Option<Said>);

/// The members of an answer: those of its document, or such as stand elsewhere too.
#[derive(Clone, Debug)]
enum Said {
    Body(ParsedBody),
    Members(Arc<Map<String, Value>>),
}

/// What the answers to a sequence came to so far.
///
/// It borrows none of them, so that a sequence can be judged as it is fired, while what its last
/// answers said is at hand and what they take in memory can be given back.
#[derive(Debug)]
pub(crate) struct Model<'c, 'a> {
    judge: Judge<'c>,
    operations: Operations<'c>,
    case: &'a Case,
    judgement: Judgement,
    resources: BTreeMap<String, Resource>,
    memo: Memo<'c>,
    /// Every identity that a creation gave, in order.
    identities: Vec<String>,
    /// The promises that earlier answers broke.
    broken: BTreeSet<AtomId>,
    /// The side of promises about answers that the exchange at hand shows.
    side: Side,
    /// The first exchange that was not looked at.
    next: usize,
    /// What the sequence came to before its end.
    verdict: Option<Verdict>,
}

impl<'c> Judge<'c> {
    /// What follows a sequence while it is fired; `None` for other cases, and where no fixture file
    /// says which operations sequences are made of.
    pub(crate) fn model<'a>(&self, case: &'a Case, memo: Memo<'c>) -> Option<Model<'c, 'a>> {
        let operations = self.operations.filter(|_| case.subject().is_none())?;
        Some(Model {
            judge: *self,
            operations,
            case,
            judgement: Judgement::new(),
            resources: BTreeMap::new(),
            memo,
            identities: Vec::new(),
            broken: BTreeSet::new(),
            side: Side::State,
            next: 0,
            verdict: None,
        })
    }
}

impl Judge<'_> {
    /// Judges the exchanges of a sequence, those that the model has not followed as well.
    pub(super) fn sequence(
        &self,
        case: &Case,
        seen: &Observation,
        model: Option<&mut Model<'_, '_>>,
        judgement: &mut Judgement,
    ) -> Verdict {
        let Some(model) = model else {
            return Verdict::Error(
                "no fixture file says which operations a sequence is made of".to_owned(),
            );
        };

        model.follow(seen);
        *judgement = std::mem::replace(&mut model.judgement, Judgement::new());
        if let Some(verdict) = model.verdict.take() {
            return verdict;
        }

        if let Some(state) = &seen.unsettled {
            return self.unsettled_at(
                state,
                Role::Step(seen.fired.len().saturating_sub(1)),
                judgement,
            );
        }

        // Nothing is said of what was not fired: only a whole sequence passes.
        let fired = seen
            .fired
            .last()
            .map_or(0, |f| f.step + usize::from(!f.around));

        match case.steps.len().checked_sub(fired) {
            Some(left) if left > 0 => {
                Verdict::Error(format!("its last {left} steps were not fired"))
            }
            _ => Verdict::Pass,
        }
    }
}

impl<'c, 'a> Model<'c, 'a> {
    /// What was right in the answers it followed.
    pub(crate) fn into_memo(self) -> Memo<'c> {
        self.memo
    }

    /// Looks at what was fired since it last did, and says whether anything was wrong that had not
    /// been before. Writes that were sent at the same time must have been answered together.
    pub(crate) fn follow(&mut self, seen: &Observation) -> bool {
        let before = self.judgement.findings.len();
        while let (Some(fired), None) = (seen.fired.get(self.next), &self.verdict) {
            let case = self.case;
            let Some(step) = case.steps.get(fired.step) else {
                break;
            };
            let group = match step.together.filter(|_| !fired.around) {
                Some(number) => {
                    let of_group = |f: &&Fired| {
                        !f.around
                            && case
                                .steps
                                .get(f.step)
                                .is_some_and(|s| s.together == Some(number))
                    };
                    seen.fired[self.next..].iter().take_while(of_group).count()
                }
                None => 1,
            };
            self.side = self.side_of(fired, step);
            if group > 1 {
                self.at_the_same_time(self.next, group, seen);
            } else {
                self.verdict = self.step(self.next, fired, step, seen);
            }
            self.next += group;
        }

        self.judgement.findings.len() > before || self.verdict.is_some()
    }

    /// The side that an exchange shows. In sequences of updates, and where requests are sent at the
    /// same time, an answer shows what the state has become.
    fn side_of(&self, fired: &Fired, step: &Step) -> Side {
        let subject = self.operations.subject;
        let is_own = !fired.around && step.action == subject && step.together.is_none();
        match is_own && subject != Action::Update {
            true => Side::Answer,
            false => Side::State,
        }
    }

    fn step(
        &mut self,
        at: usize,
        fired: &Fired,
        step: &'a Step,
        seen: &Observation,
    ) -> Option<Verdict> {
        let exchange = &fired.exchange;
        match (fired.around, step.action) {
            (true, _) | (false, Action::Read) => self.read(at, exchange, fired.on.as_deref()),
            (false, Action::Gone) => self.gone(at, exchange, step),
            (false, Action::Create) if is_compared(step) => {
                return self.compared(at, exchange, step, seen);
            }
            (false, Action::Create) => return self.created(at, exchange, step, &seen.bindings),
            (false, Action::List) => {
                self.listed(at, exchange, &seen.bindings);
                self.made_by_refusals(at, fired, seen);
            }
            (false, Action::Update | Action::Delete) => {
                return self.write(at, exchange, step, &seen.bindings);
            }
        }
        None
    }

    /// A creation that is judged beside the one before it. Whether either is accepted is open.
    fn compared(
        &mut self,
        at: usize,
        exchange: &Exchange,
        step: &'a Step,
        seen: &Observation,
    ) -> Option<Verdict> {
        let meant = self.inspect_step(at, exchange, step, false);
        if !step.tested {
            return None;
        }
        let case = self.case;
        let is_twin = |fired: &&Fired| {
            let other = case.steps.get(fired.step);
            other.is_some_and(|other| is_compared(other) && !other.tested)
        };
        let twins = Twins {
            expect: &step.expect,
            main: &self.main(),
            level: case.level,
            twin: seen.fired.iter().find(is_twin).map(|fired| &fired.exchange),
            subject: exchange,
            role: Role::Step(at),
            accepted: meant.accepted,
        };
        Some(self.judge.twins(&twins, &mut self.judgement))
    }

    /// What holds for every answer of the operation, whatever happened before.
    fn inspect<'e>(
        &mut self,
        at: usize,
        exchange: &'e Exchange,
        action: Action,
        meant: bool,
    ) -> Seen<'e> {
        self.inspect_as(at, exchange, action, meant, false)
    }

    /// As [`inspect`](Self::inspect), of a step: of what a server in front of the service may
    /// refuse, only the status counts.
    fn inspect_step<'e>(
        &mut self,
        at: usize,
        exchange: &'e Exchange,
        step: &Step,
        meant: bool,
    ) -> Seen<'e> {
        let family = self.judge.oracle.service.family(step.expect.class());
        let opaque = family.is_some_and(|family| family.opaque);
        self.inspect_as(at, exchange, step.action, meant, opaque)
    }

    fn inspect_as<'e>(
        &mut self,
        at: usize,
        exchange: &'e Exchange,
        action: Action,
        meant: bool,
        opaque: bool,
    ) -> Seen<'e> {
        let oracle = self.oracle(action);
        let inspection = Inspection {
            side: self.side,
            opaque,
            members: meant,
            ..Inspection::of(Role::Step(at), &self.case.variant)
        };

        inspect(
            oracle,
            exchange,
            inspection,
            Some(&mut self.memo),
            &mut self.judgement,
        )
    }

    fn oracle(&self, action: Action) -> Oracle<'c> {
        match action == self.operations.subject {
            true => self.judge.oracle,
            false => Oracle::of(self.operations.of(action), self.judge.oracle.service),
        }
    }

    fn checks(&mut self, at: usize, action: Action) -> Checks<'_> {
        Checks::new(self.oracle(action), Role::Step(at), &mut self.judgement)
            .with_floor(self.case.level)
            .with_side(self.side)
    }

    /// The promise that the sequence is about.
    fn main(&self) -> String {
        self.case
            .atoms
            .first()
            .map(|a| a.path().to_owned())
            .unwrap_or_default()
    }

    fn resource(&mut self, step: &Step) -> Option<&mut Resource> {
        Some(self.named(step.on.as_deref()?))
    }

    fn named(&mut self, name: &str) -> &mut Resource {
        self.resources.entry(name.to_owned()).or_default()
    }

    /// Keeps nothing of what is known of a resource's state.
    fn forget(&mut self, step: &Step) {
        if let Some(resource) = self.resource(step) {
            let (life, identity, tainted) =
                (resource.life, resource.identity.take(), resource.tainted);
            *resource = Resource {
                life,
                identity,
                tainted,
                ..Resource::default()
            };
        }
    }

    /// An invalid write was accepted, or nobody knows what a write did.
    fn taint(&mut self, step: &Step) {
        self.forget(step);
        if let Some(resource) = self.resource(step) {
            resource.tainted = true;
            if step.action == Action::Delete && resource.life != Life::Gone {
                resource.life = Life::Unknown;
            }
        }
    }

    /// A write was refused, for that class of violation.
    fn refusal(&mut self, step: &Step, class: &str) {
        let own = self.operations.subject;
        if let Some(resource) = self.resource(step) {
            resource.refused = Some(class.to_owned());
            resource.refused_own |= step.action == own || step.action == Action::Update;
            resource.happened = resource.happened.max(Happened::Refused);
        }
    }

    /// Something was written to: whatever else is known was not.
    fn elsewhere(&mut self, on: Option<&str>) {
        for (name, resource) in &mut self.resources {
            if Some(name.as_str()) != on && resource.happened == Happened::Nothing {
                resource.happened = Happened::Elsewhere;
            }
        }
    }

    fn rule(&self, contract: &Contract, is: impl Fn(&RuleKind) -> bool) -> String {
        contract
            .rules
            .iter()
            .find(|r| is(&r.kind))
            .map_or_else(|| "request::http".to_owned(), |r| r.path.clone())
    }
}

impl Shown {
    /// What the answer of an exchange showed, as it was looked at.
    fn of(exchange: &Exchange, seen: &Seen<'_>) -> Self {
        Self(match (seen.is_plain(), seen.object(), exchange.answer()) {
            (true, Some(_), Some(answer)) => Some(Said::Body(answer.body.said())),
            (false, Some(members), _) => Some(Said::Members(Arc::new(members.clone()))),
            _ => None,
        })
    }
}

impl Deref for Shown {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        match &self.0 {
            Some(Said::Body(body)) => body.object().unwrap_or(nothing()),
            Some(Said::Members(members)) => members,
            None => nothing(),
        }
    }
}

/// The members of an answer that shows none.
fn nothing() -> &'static Map<String, Value> {
    static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    &NOTHING
}

#[cfg(test)]
mod tests;

/// Whether a step is one of two whose answers are compared.
fn is_compared(step: &Step) -> bool {
    matches!(step.expect, Expect::LikeTwin | Expect::AsTwin)
}
