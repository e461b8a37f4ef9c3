//! What a plan makes of an input: the resources, members, values and invalid requests that its
//! numbers stand for.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::input::{Draw, Input, MOST_MOVES, MOST_TIMES, MOST_TOGETHER, Move, Set, Wild};
use crate::plan::Plan;
use crate::plan::case::{Action, Case, Draft, Operations, Step, UNKNOWN, Variant};
use crate::plan::fixture::Made;
use crate::plan::generator::{Breaks, refusing};
use crate::support::digest::Digest;
use crate::support::template::Bindings;

/// What the numbers of inputs stand for.
#[derive(Debug)]
pub(crate) struct Space<'a> {
    plan: &'a Plan,
    operations: Operations<'a>,
    sample: Bindings,
    kinds: Vec<Kind<'a>>,
    /// Cases whose requests are to be refused.
    invalid: Vec<&'a Case>,
}

/// The resources of one variant.
#[derive(Debug)]
struct Kind<'a> {
    variant: Variant,
    made: Vec<Resource<'a>>,
    /// For each member that values are known for, the integers that it may have.
    ranges: Vec<Option<RangeInclusive<i64>>>,
}

#[derive(Debug)]
struct Resource<'a> {
    made: &'a Made,
    /// For each member, the values that are good for this resource.
    good: Vec<Vec<Value>>,
}

/// No case has more steps than this and what one more move makes of it.
const MOST_STEPS: usize = 1200;

/// The steps of an input as they come to be.
struct Steps<'a, 's> {
    space: &'s Space<'a>,
    kind: &'s Kind<'a>,
    /// Of each resource whether it is there; `None` before it was ever made.
    alive: Vec<Option<bool>>,
    steps: Vec<Step>,
}

impl<'a> Space<'a> {
    /// The space of the plan of an operation that [fuzzes](Plan::fuzzed_by) its resource; none where
    /// its fixtures name no operations to make and remove resources, or no resource.
    pub(crate) fn new(plan: &'a Plan) -> Option<Self> {
        let operations = plan.operations()?;
        let binding = &plan.binding;
        let mut kinds: Vec<Kind<'a>> = Vec::new();
        for made in binding.made() {
            let good = |(member, values): (&String, &'a Vec<String>)| -> Vec<Value> {
                let values = made.values.get(member).unwrap_or(values);
                values
                    .iter()
                    .filter_map(|text| serde_json::from_str(text).ok())
                    .collect()
            };
            let resource = Resource {
                made,
                good: binding.values.iter().map(good).collect(),
            };
            match kinds.iter_mut().find(|kind| kind.variant == made.variant) {
                Some(kind) => kind.made.push(resource),
                None => {
                    let members = binding.values.keys();
                    let ranges = members
                        .map(|m| operations.range(binding, m, &made.variant))
                        .collect();
                    kinds.push(Kind {
                        variant: made.variant.clone(),
                        made: vec![resource],
                        ranges,
                    });
                }
            }
        }

        let invalid = refusing(operations, &plan.cases);
        (!kinds.is_empty()).then(|| Self {
            plan,
            operations,
            sample: plan.sample(),
            kinds,
            invalid,
        })
    }

    /// How many members values are known for.
    pub(crate) fn members(&self) -> usize {
        self.plan.binding.values.len()
    }

    /// The integers that a member may have on that variant.
    pub(crate) fn range(&self, variant: u8, member: u8) -> Option<RangeInclusive<i64>> {
        let kind = round(&self.kinds, usize::from(variant))?;
        round(&kind.ranges, usize::from(member))?.clone()
    }

    /// The case that an input stands for: a sequence whose answers the model judges. `None` where
    /// nothing is left of it.
    pub(crate) fn case(&self, input: &Input) -> Option<Case> {
        let kind = round(&self.kinds, usize::from(input.variant))?;
        let mut steps = Steps {
            space: self,
            kind,
            alive: vec![None; kind.made.len()],
            steps: Vec::new(),
        };

        for one in input.moves.iter().take(MOST_MOVES) {
            if steps.steps.len() >= MOST_STEPS {
                break;
            }
            steps.add(one);
        }

        steps.end();
        let says = "A sequence found by fuzzing,";
        let mut case = self
            .operations
            .drawn("fuzz", says, &kind.variant, steps.steps)?;
        // Another sequence has other tokens.
        let of = [self.operations.create, self.operations.writes()];
        if of.iter().any(|contract| contract.token().is_some()) {
            let texts = case.steps.iter().filter_map(|step| step.request.text());
            case.fill_tokens(Digest::of(&texts.collect::<String>()), 0);
        }
        Some(case)
    }

    /// What a body with these members is worth, by the oracle.
    fn worth(&self, members: &Map<String, Value>) -> Breaks {
        let generator = self.plan.generator(&self.sample);
        generator.breaks(members)
    }

    fn member(&self, member: u8) -> Option<(usize, &'a str)> {
        let count = self.members();
        let place = usize::from(member).checked_rem(count)?;
        Some((place, self.plan.binding.values.get_index(place)?.0))
    }
}

impl<'a> Steps<'a, '_> {
    fn add(&mut self, one: &Move) {
        let writes = matches!(
            one,
            Move::Update { .. } | Move::Broken { .. } | Move::Wild { .. } | Move::Together { .. }
        );
        // What is never changed is made, read, listed and removed all the same.
        if writes && self.space.operations.update.is_none() {
            return;
        }

        match one {
            Move::Create(on) => {
                let place = self.place(*on);
                if self.alive.get(place) != Some(&Some(true)) {
                    self.create(place);
                }
            }
            Move::Update {
                on,
                set,
                times,
                at_once,
            } => {
                let place = self.there(*on);
                // What is gone is refused every time in the same way.
                let times = if self.lives(place) {
                    (*times).clamp(1, MOST_TIMES)
                } else {
                    1
                };
                for turn in 0..times {
                    let body = self.body(place, set, turn);
                    self.write(Action::Update, place, Some(body));
                    if let Some(last) = self.steps.last_mut() {
                        last.at_once = *at_once && last.refused().is_none();
                    }
                }
            }
            Move::Broken { on, case } => {
                let place = self.there(*on);
                let Some(case) = round(&self.space.invalid, usize::from(*case)) else {
                    return;
                };
                let Some(body) = case.request().and_then(Draft::text) else {
                    return;
                };
                if self.lives(place) {
                    self.refused(
                        place,
                        body.to_owned(),
                        case.expect().class(),
                        case.atoms.first().cloned(),
                    );
                }
            }
            Move::Wild {
                on,
                member,
                value,
                set,
            } => {
                let place = self.there(*on);
                if self.lives(place) {
                    self.wild(place, *member, value, set);
                }
            }
            Move::Together { on, sets, times } => {
                let place = self.there(*on);
                let times = if self.lives(place) {
                    (*times).clamp(1, MOST_TIMES)
                } else {
                    0
                };
                for turn in 0..times {
                    if self.steps.len() >= MOST_STEPS {
                        break;
                    }
                    self.together(place, sets, turn);
                }
            }
            Move::Read(on) => {
                let place = self.there(*on);
                self.push(Action::Read, place, None, None);
            }
            Move::List => {
                self.steps
                    .push(self.space.operations.step(Action::List, None, None, None))
            }
            Move::Delete(on) => {
                let place = self.there(*on);
                let lived = self.lives(place);
                self.write(Action::Delete, place, None);
                if lived {
                    self.push(Action::Gone, place, None, None);
                    self.alive[place] = Some(false);
                }
            }
        }
    }

    /// Several updates at the same time.
    fn together(&mut self, place: usize, sets: &[Vec<Set>], turn: u16) {
        let group = self.steps.len();
        for set in sets.iter().take(MOST_TOGETHER) {
            let body = self.body(place, set, turn);
            self.write(Action::Update, place, Some(body));
            if let Some(last) = self.steps.last_mut() {
                last.together = Some(group);
            }
        }

        // One alone is not at the same time as another.
        if let [last] = self.steps.get_mut(group..).unwrap_or_default() {
            last.together = None;
        }
    }

    /// What is there in the end is read once more.
    fn end(&mut self) {
        for place in 0..self.alive.len() {
            let name = self.kind.made.get(place).map(|r| r.made.name.as_str());
            let read = self
                .steps
                .iter()
                .rev()
                .find(|s| s.on.as_deref() == name)
                .is_some_and(|s| s.action == Action::Read);
            if self.lives(place) && !read {
                self.push(Action::Read, place, None, None);
            }
        }
    }

    fn place(&self, on: u8) -> usize {
        usize::from(on)
            .checked_rem(self.alive.len())
            .unwrap_or_default()
    }

    /// A resource that was made at some time.
    fn there(&mut self, on: u8) -> usize {
        let place = self.place(on);
        if self.alive.get(place) == Some(&None) {
            self.create(place);
        }
        place
    }

    fn lives(&self, place: usize) -> bool {
        self.alive.get(place) == Some(&Some(true))
    }

    fn create(&mut self, place: usize) {
        let Some(resource) = self.kind.made.get(place) else {
            return;
        };
        self.push(
            Action::Create,
            place,
            Some(resource.made.body.clone()),
            None,
        );
        self.alive[place] = Some(true);
    }

    /// A write, which is refused where the resource is gone.
    fn write(&mut self, action: Action, place: usize, body: Option<String>) {
        let refused = (!self.lives(place)).then_some(UNKNOWN);
        self.push(action, place, body, refused);
    }

    fn refused(
        &mut self,
        place: usize,
        body: String,
        class: &str,
        breaks: Option<crate::contract::AtomId>,
    ) {
        self.push(Action::Update, place, Some(body), Some(class));
        if let Some(step) = self.steps.last_mut() {
            step.breaks = breaks;
        }
    }

    fn push(&mut self, action: Action, place: usize, body: Option<String>, refused: Option<&str>) {
        let Some(resource) = self.kind.made.get(place) else {
            return;
        };
        self.steps.push(self.space.operations.step(
            action,
            Some(&resource.made.name),
            body,
            refused,
        ));
    }

    fn body(&self, place: usize, set: &[Set], turn: u16) -> String {
        let members = self.members(place, set, turn, None);
        self.space.operations.writes().text_of(members)
    }

    /// The members of an update, each once, but for one that has another value.
    fn members(
        &self,
        place: usize,
        set: &[Set],
        turn: u16,
        without: Option<usize>,
    ) -> Map<String, Value> {
        let mut members = Map::new();
        for one in set {
            let Some((index, name)) = self.space.member(one.member) else {
                continue;
            };
            if Some(index) == without || members.contains_key(name) {
                continue;
            }
            if let Some(value) = self.value(place, index, one.value, turn) {
                members.insert(name.to_owned(), value);
            }
        }

        members
    }

    /// A valid value, so many further on.
    fn value(&self, place: usize, member: usize, value: Draw, turn: u16) -> Option<Value> {
        let good = self.kind.made.get(place)?.good.get(member)?;
        let range = self.kind.ranges.get(member)?.as_ref();
        match (value, range) {
            (Draw::Number(number), Some(range)) => {
                Some(within(range, i128::from(number) + i128::from(turn)).into())
            }
            (Draw::Number(number), None) => round(
                good,
                usize::try_from(number.rem_euclid(1 << 16)).ok()? + usize::from(turn),
            )
            .cloned(),
            (Draw::Good(index), _) => round(good, usize::from(index) + usize::from(turn)).cloned(),
        }
    }

    /// An update with any value for a member: sent where the oracle knows for sure what it is
    /// worth.
    fn wild(&mut self, place: usize, member: u8, value: &Wild, set: &[Set]) {
        let Some((index, name)) = self.space.member(member) else {
            return;
        };
        let Some(good) = self.kind.made.get(place).and_then(|r| r.good.get(index)) else {
            return;
        };
        let value = match value {
            Wild::Number(number) => Value::from(*number),
            // What starts a template is no text.
            Wild::Text(text) => Value::from(text.replace("${", "$")),
            Wild::Edited {
                good: index,
                at,
                with,
            } => {
                let Some(Value::String(text)) = round(good, usize::from(*index)) else {
                    return;
                };
                let Ok(text) = self.space.sample.fill(text) else {
                    return;
                };
                Value::from(edited(&text, usize::from(*at), *with).replace("${", "$"))
            }
        };

        let mut members = self.members(place, set, 0, Some(index));
        members.insert(name.to_owned(), value.clone());
        match self.space.worth(&members) {
            // Which other types a target may read as the member's, the service's table says:
            // derived cases send those.
            Breaks::One { class: "type", .. } => {}
            Breaks::One { atom, class } => {
                let alone: Map<String, Value> = [(name.to_owned(), value)].into_iter().collect();
                if matches!(self.space.worth(&alone), Breaks::One { atom: of_it, .. } if of_it == atom)
                {
                    let body = self.space.operations.writes().text_of(members);
                    self.refused(place, body, class, Some(atom));
                }
            }
            // A name that is well-formed names something that is not there, and an integer may be
            // too much for the variant.
            Breaks::Nothing => {
                let range = self.kind.ranges.get(index).and_then(Option::as_ref);
                if value
                    .as_i64()
                    .zip(range)
                    .is_some_and(|(number, range)| range.contains(&number))
                {
                    let body = self.space.operations.writes().text_of(members);
                    self.write(Action::Update, place, Some(body));
                }
            }
            Breaks::Unclear => {}
        }
    }
}

/// The element at that place, counted round.
fn round<T>(all: &[T], place: usize) -> Option<&T> {
    all.get(place.checked_rem(all.len())?)
}

/// The integer, or the one in the range that it comes to when it is counted round.
fn within(range: &RangeInclusive<i64>, number: i128) -> i64 {
    let (min, max) = (i128::from(*range.start()), i128::from(*range.end()));
    if (min..=max).contains(&number) {
        return i64::try_from(number).unwrap_or(*range.start());
    }
    i64::try_from(min + (number - min).rem_euclid(max - min + 1)).unwrap_or(*range.start())
}

fn edited(text: &str, at: usize, with: Option<char>) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    match with {
        Some(character) => characters.insert(at % (characters.len() + 1), character),
        None if characters.is_empty() => {}
        None => drop(characters.remove(at % characters.len())),
    }
    characters.into_iter().collect()
}
