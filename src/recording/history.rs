//! What happened to one resource, as a sequence: the model of the resource judges each answer by
//! those before it.
//!
//! A recording is taken to hold all that was done to its resources. Where it cannot be known what
//! was done, as by a request whose fate is open or by two under way at the same time, a history
//! ends, and what follows is another one.

use std::collections::BTreeSet;

use super::entry::{Entry, Operation, overlapping};
use super::intent::{Effect, draft};
use super::lines::document;
use crate::contract::{Basis, Contract, Level, RuleKind};
use crate::judge::Observation;
use crate::plan::case::{Action, Case, CaseId, Expect, Operations, Origin, Purpose, Step, Variant};
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

/// An exchange about a resource, with what it does to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    /// Its place among the exchanges of the recording.
    pub(crate) place: usize,
    pub(crate) entry: &'a Entry,
    pub(crate) operation: Operation<'a>,
    pub(crate) label: Option<&'a str>,
    pub(crate) effect: &'a Effect,
}

/// A stretch of what happened to a resource.
#[derive(Debug)]
pub(super) struct History {
    pub(crate) case: Case,
    pub(crate) observation: Observation,
    /// The places of its exchanges in the recording.
    pub(crate) places: Vec<usize>,
}

/// The name that a resource has in its history. No fixture has it.
const NAME: &str = "recorded";

/// The histories of one resource, from its exchanges in order.
/// `strangers`: the lines of writes to it that are none of these.
pub(super) fn histories(
    operations: &Operations<'_>,
    identity: &str,
    links: &[Link<'_>],
    strangers: &[usize],
) -> Vec<History> {
    let entries: Vec<&Entry> = links.iter().map(|link| link.entry).collect();
    let at_once = overlapping(&entries);
    let mut found = Vec::new();
    let mut growing = Growing::new(identity);

    for (at, link) in links.iter().enumerate() {
        let writes = link.operation.action.writes();
        let before = at
            .checked_sub(1)
            .map_or(0, |before| links[before].entry.line);
        if strangers
            .iter()
            .any(|line| (before..=link.entry.line).contains(line))
        {
            found.extend(std::mem::replace(&mut growing, Growing::new(identity)).whole(operations));
        }
        if at_once.contains(&at) || (writes && *link.effect == Effect::Open) {
            found.extend(std::mem::replace(&mut growing, Growing::new(identity)).whole(operations));
            continue;
        }
        growing.add(operations, link);
    }

    found.extend(growing.whole(operations));
    found
}

/// Whether an answer shows a resource in no transition.
pub(super) fn at_rest(update: &Contract, exchange: &Exchange) -> bool {
    let Some(document) = exchange.answer().and_then(|answer| document(&answer.body)) else {
        return false;
    };
    update.rules.iter().all(|rule| match &rule.kind {
        RuleKind::State {
            output,
            transitional,
            ..
        } => {
            let state = document.get(output).and_then(serde_json::Value::as_str);
            state.is_some_and(|state| !transitional.iter().any(|t| t == state))
        }
        _ => true,
    })
}

struct Growing {
    steps: Vec<Step>,
    seen: Observation,
    places: Vec<usize>,
    lines: Vec<usize>,
    /// Whether an answer showed the resource.
    known: bool,
    deleted: bool,
}

impl Growing {
    fn new(identity: &str) -> Self {
        let mut bindings = Bindings::default();
        bindings.set(NAME, identity);
        Self {
            steps: Vec::new(),
            seen: Observation::new(bindings, Variant::ANY),
            places: Vec::new(),
            lines: Vec::new(),
            known: false,
            deleted: false,
        }
    }

    fn add(&mut self, operations: &Operations<'_>, link: &Link<'_>) {
        let exchange = &link.entry.exchange;
        let status = exchange.answer().map_or(0, |answer| answer.status);
        let (action, refused) = match (link.operation.action, link.effect) {
            (Action::List | Action::Gone, _) | (_, Effect::Open) => return,
            // What a read shows in between is neither the old nor the new.
            (Action::Read, Effect::Done) if at_rest(operations.writes(), exchange) => {
                (Action::Read, None)
            }
            (Action::Read, _) if status == 404 && self.deleted => (Action::Gone, None),
            (Action::Read, _) if status == 404 && self.known => (Action::Read, None),
            (Action::Read, _) | (_, Effect::Nothing) => return,
            (action, Effect::Done) => (action, None),
            (action, Effect::Refused(class)) => (action, Some(class.as_str())),
        };

        if link.operation.action == Action::Create && refused.is_some() {
            return;
        }
        self.known |= exchange.accepted();
        self.deleted |= action == Action::Delete && exchange.accepted();
        let on = Some(NAME.to_owned());
        let exchange = exchange.clone();
        let request = draft(link.operation, link.label, &exchange);
        self.seen
            .add_part(self.steps.len(), on.clone(), false, exchange);
        let expect = Expect::of_step(refused);
        self.steps.push(Step {
            on,
            // Nobody knows whether a transition was waited for.
            at_once: true,
            ..Step::new(Purpose::Part, action, request, expect)
        });

        self.places.push(link.place);
        self.lines.push(link.entry.line);
    }

    /// The history, where there is more in it than one exchange.
    fn whole(self, operations: &Operations<'_>) -> Option<History> {
        if self.steps.len() < 2 {
            return None;
        }
        let lines: BTreeSet<usize> = self.lines.iter().copied().collect();
        let shown: Vec<String> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = if lines.len() > SHOWN { ", …" } else { "" };
        let case = Case {
            id: CaseId(String::new()),
            says: format!(
                "{}, as lines {}{more} tell",
                operations.writes().operation,
                shown.join(", ")
            ),
            origin: Origin::Recorded {
                file: String::new(),
                line: self.lines.first().copied().unwrap_or_default(),
            },
            atoms: Vec::new(),
            variant: Variant::ANY,
            steps: self.steps,
            basis: Basis::Inferred,
            level: Level::Must,
            why: "What answers show of a resource follows from what was sent to it before."
                .to_owned(),
        };

        Some(History {
            case,
            observation: self.seen,
            places: self.places,
        })
    }
}

/// So many lines are named.
const SHOWN: usize = 12;
