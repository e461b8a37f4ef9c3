//! Sequences drawn at random: operations on a few resources of their own, one after another.
//!
//! A walk makes its resources, then updates, reads, lists, deletes and makes them again. Its
//! invalid updates are the requests of planned cases. What each answer must show is the model's to
//! say, so a walk needs no expectations but the class of what it breaks. As with other draws, a
//! walk depends on the seed and its number alone.

use std::ops::RangeInclusive;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value};

use super::Sampling;
use crate::contract::{Level, ShapeType};
use crate::plan::case::{Action, Case, Draft, Operations, Origin, Step, UNKNOWN, Variant};
use crate::plan::fixture::{Made, OperationBinding};

/// One walk for so many requests drawn otherwise.
const SHARE: usize = 16;
/// Steps of a walk, beside those that make its resources.
const STEPS: usize = 14;
/// The stream of random numbers that the first walk takes: the other draws take those below.
const STREAM: u64 = 1 << 32;

/// A resource of a walk.
struct Walked<'a> {
    made: &'a Made,
    alive: bool,
}

struct Walker<'a> {
    operations: Operations<'a>,
    binding: &'a OperationBinding,
    /// Cases whose requests are to be refused.
    invalid: &'a [&'a Case],
    rng: ChaCha8Rng,
    steps: Vec<Step>,
}

/// Draws the walks. `planned` are the cases whose invalid requests they send.
pub(crate) fn walks(
    operations: Operations<'_>,
    binding: &OperationBinding,
    planned: &[Case],
    sampling: Sampling,
) -> Vec<Case> {
    let invalid = refusing(operations, planned);
    let mut kinds: Vec<_> = binding.made().iter().map(|made| &made.variant).collect();
    kinds.dedup();
    let walk = |number: usize| {
        let variant = *kinds.get(number % kinds.len().max(1))?;
        let mut rng = ChaCha8Rng::seed_from_u64(sampling.seed);
        rng.set_stream(STREAM + u64::try_from(number).ok()?);
        let made: Vec<&Made> = binding
            .made()
            .iter()
            .filter(|made| &made.variant == variant)
            .collect();
        let mut walker = Walker {
            operations,
            binding,
            invalid: &invalid,
            rng,
            steps: Vec::new(),
        };
        walker.walk(&made);
        operations.drawn("walk", "A random walk", variant, walker.steps)
    };

    (0..sampling.samples / SHARE).filter_map(walk).collect()
}

/// The planned cases whose requests sequences send to be refused.
pub(crate) fn refusing<'a>(operations: Operations<'_>, planned: &'a [Case]) -> Vec<&'a Case> {
    planned
        .iter()
        .filter(|case| refuses(case, operations))
        .collect()
}

/// Whether a case is an invalid request to the resource itself, of which nothing but a refusal may
/// come.
fn refuses(case: &Case, operations: Operations<'_>) -> bool {
    let plain = operations.draft(Action::Update, None, Some(String::new()));
    let Some(subject) = case.subject() else {
        return false;
    };
    let request = &subject.request;
    subject.refused().is_some()
        && case.level == Level::Must
        && !subject.at_once
        && case.origin != Origin::Sampled
        && request.raw.is_none()
        && case.is_of_usual_path()
        && (&request.method, &request.headers) == (&plain.method, &plain.headers)
        && request.text().is_some_and(|text| text.len() < 512)
}

impl Walker<'_> {
    fn walk(&mut self, made: &[&Made]) {
        let mut walked: Vec<Walked<'_>> = made
            .iter()
            .map(|made| Walked { made, alive: false })
            .collect();

        for one in &mut walked {
            self.create(one);
        }
        for _ in 0..STEPS {
            let Some(which) = walked.len().checked_sub(1) else {
                return;
            };
            let one = &mut walked[self.rng.random_range(0..=which)];
            match self.rng.random_range(0..20) {
                _ if !one.alive => match self.rng.random_range(0..3) {
                    0 => self.of_gone(one),
                    _ => self.create(one),
                },
                0..=7 => self.update(one, false),
                8 => self.update(one, true),
                9..=12 => self.broken(one),
                13..=14 => self.push(Action::Read, one, None, None),
                15..=16 => self.list(),
                17 => self.together(one),
                _ => self.delete(one),
            }
        }

        for one in &walked {
            if one.alive {
                self.push(Action::Read, one, None, None);
            }
        }

        self.list();
    }

    fn push(
        &mut self,
        action: Action,
        one: &Walked<'_>,
        body: Option<String>,
        refused: Option<&str>,
    ) {
        self.steps.push(
            self.operations
                .step(action, Some(&one.made.name), body, refused),
        );
    }

    fn create(&mut self, one: &mut Walked<'_>) {
        self.push(Action::Create, one, Some(one.made.body.clone()), None);
        one.alive = true;
    }

    /// What was deleted is refused, and stays gone.
    fn of_gone(&mut self, one: &Walked<'_>) {
        let body = self.operations.writes().text_of(self.members(one));
        match self.rng.random_range(0..3) {
            0 => self.push(Action::Read, one, None, None),
            1 => self.push(Action::Delete, one, None, Some(UNKNOWN)),
            _ => self.push(Action::Update, one, Some(body), Some(UNKNOWN)),
        }
    }

    fn update(&mut self, one: &Walked<'_>, at_once: bool) {
        let body = self.operations.writes().text_of(self.members(one));
        self.push(Action::Update, one, Some(body), None);
        if let Some(last) = self.steps.last_mut() {
            last.at_once = at_once;
        }
    }

    /// An update that a planned case expects to be refused.
    fn broken(&mut self, one: &Walked<'_>) {
        let Some(last) = self.invalid.len().checked_sub(1) else {
            return;
        };
        let case = self.invalid[self.rng.random_range(0..=last)];
        let Some(body) = case.request().and_then(Draft::text) else {
            return;
        };
        self.push(
            Action::Update,
            one,
            Some(body.to_owned()),
            Some(case.expect().class()),
        );

        if let Some(step) = self.steps.last_mut() {
            step.breaks = case.atoms.first().cloned();
        }
    }

    fn list(&mut self) {
        self.steps
            .push(self.operations.step(Action::List, None, None, None));
    }

    /// Two or three updates at the same time.
    fn together(&mut self, one: &Walked<'_>) {
        let group = self.steps.len();
        for _ in 0..self.rng.random_range(2..=3) {
            self.update(one, false);
            if let Some(step) = self.steps.last_mut() {
                step.together = Some(group);
            }
        }
        self.push(Action::Read, one, None, None);
    }

    fn delete(&mut self, one: &mut Walked<'_>) {
        self.push(Action::Delete, one, None, None);
        self.push(Action::Gone, one, None, None);
        one.alive = false;
    }

    /// Some of the members, each with a value that the target must accept for this resource.
    fn members(&mut self, one: &Walked<'_>) -> Map<String, Value> {
        let given: Map<String, Value> =
            serde_json::from_str(&self.binding.given).unwrap_or_default();
        let mut members = Map::new();
        for (member, values) in &self.binding.values {
            let values = one.made.values.get(member).unwrap_or(values);
            let Some(last) = values.len().checked_sub(1) else {
                continue;
            };
            let text = &values[self.rng.random_range(0..=last)];
            let within = self
                .operations
                .range(self.binding, member, &one.made.variant);
            if self.rng.random_range(0..3) == 0 {
                let contract = self.operations.writes();
                let required = contract.member(member).is_some_and(|m| m.required);
                let usual = given.get(member).filter(|_| required);
                members.extend(usual.map(|value| (member.clone(), value.clone())));
                continue;
            }
            match within {
                Some(within) if self.rng.random() => {
                    members.insert(member.clone(), self.rng.random_range(within).into());
                }
                _ => {
                    if let Ok(value) = serde_json::from_str(text) {
                        members.insert(member.clone(), value);
                    }
                }
            }
        }

        members
    }
}

impl Operations<'_> {
    /// The integers that a member of an update may have for that variant.
    pub(crate) fn range(
        &self,
        binding: &OperationBinding,
        member: &str,
        variant: &Variant,
    ) -> Option<RangeInclusive<i64>> {
        let contract = self.writes();
        let shape = contract.resolve(&contract.member(member)?.shape);
        let bound = shape
            .range()
            .filter(|_| matches!(shape.kind, ShapeType::Integer | ShapeType::Long))?;
        let limit = binding
            .limit
            .iter()
            .find(|l| l.member == member && l.variant.serves(variant));

        let (min, max) = (bound.min?, bound.max?);
        let max = limit.map_or(max, |l| l.above.min(max));
        (min <= max).then_some(min..=max)
    }
}
