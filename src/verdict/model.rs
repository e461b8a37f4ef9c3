//! The model of a resource, and what it says of the answers of a sequence.
//!
//! The model knows of each resource what was sent to it and accepted, how a read showed it last, and what happened since.
//! What the rules of the contract make of that is what the next answer must show: sent values are stored, unsent ones are
//! kept, refusals and writes to other resources change nothing, and what was deleted is gone.

mod list;
mod reads;
mod writes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::answer::Checks;
use super::judge::Judge;
use super::look::{Look, Seen, look_again};
use super::memo::Memo;
use super::{Fired, Judgement, Observation, Role, Verdict};
use crate::case::{Action, Case, Operations, SourceKind, Step};
use crate::contract::{AtomId, Contract, RuleKind};
use crate::exchange::Exchange;
use crate::violation::Oracle;

/// What is known of one resource.
#[derive(Debug, Default)]
struct Resource<'a> {
    life: Life,
    /// Its identity, as the answer to its creation told it.
    identity: Option<String>,
    /// For each request member the last value accepted. More than one: which of them holds depends on an order that
    /// nobody knows.
    sent: Vec<Map<String, Value>>,
    /// The members sent since it was last read.
    since_read: Map<String, Value>,
    /// How a read showed it last.
    shown: Option<&'a Map<String, Value>>,
    /// The last answer to a write, if that came after the read.
    answered: Option<&'a Map<String, Value>>,
    /// The last answer to an update: what tells the time goes forward from one to the next.
    updated: Option<&'a Map<String, Value>>,
    /// What happened since it was read.
    happened: Happened,
    /// The class of the last write that was refused since it was read.
    refused: Option<String>,
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
    /// It was written to.
    Written,
}

struct Model<'a> {
    judge: &'a Judge<'a>,
    operations: Operations<'a>,
    case: &'a Case,
    seen: &'a Observation,
    judgement: &'a mut Judgement,
    resources: BTreeMap<&'a str, Resource<'a>>,
    memo: Memo<'a>,
    /// Every identity that a creation gave, in order.
    identities: Vec<String>,
    /// The promises that earlier answers broke.
    broken: BTreeSet<AtomId>,
}

impl Judge<'_> {
    /// Judges the exchanges of a sequence.
    pub(super) fn sequence(&self, case: &Case, seen: &Observation, judgement: &mut Judgement) -> Verdict {
        let Some(operations) = self.operations else {
            return Verdict::Error("no fixture file says which operations a sequence is made of".to_owned());
        };
        let mut model = Model {
            judge: self,
            operations,
            case,
            seen,
            judgement,
            resources: BTreeMap::new(),
            memo: Memo::default(),
            identities: Vec::new(),
            broken: BTreeSet::new(),
        };
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
    fn look(&mut self, at: usize, exchange: &'a Exchange, action: Action, meant: bool) -> Seen<'a> {
        let oracle = self.oracle(action);
        let look_at = Look { role: Role::Step(at), source: SourceKind::Any, opaque: false, members: meant };
        look_again(oracle, exchange, look_at, &mut self.memo, self.judgement)
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

    fn resource(&mut self, step: &'a Step) -> Option<&mut Resource<'a>> {
        Some(self.resources.entry(step.on.as_deref()?).or_default())
    }

    /// Keeps nothing of what is known of a resource's state.
    fn forget(&mut self, step: &'a Step) {
        if let Some(resource) = self.resource(step) {
            let (life, identity, tainted) = (resource.life, resource.identity.take(), resource.tainted);
            *resource = Resource { life, identity, tainted, ..Resource::default() };
        }
    }

    /// An invalid write was accepted.
    fn taint(&mut self, step: &'a Step) {
        self.forget(step);
        if let Some(resource) = self.resource(step) {
            resource.tainted = true;
        }
    }

    /// A write was refused, for that class of violation.
    fn refusal(&mut self, step: &'a Step, class: &str) {
        if let Some(resource) = self.resource(step) {
            resource.refused = Some(class.to_owned());
            resource.happened = resource.happened.max(Happened::Refused);
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
        contract.rules.iter().find(|r| is(&r.kind)).map(|r| r.path.clone()).unwrap_or_default()
    }
}

/// The members of an answer that shows none.
fn nothing() -> &'static Map<String, Value> {
    static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    &NOTHING
}

#[cfg(test)]
mod tests;
