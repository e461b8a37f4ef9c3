//! Simpler requests that are worth the same: what a failing draw is shrunk by.

use proptest::strategy::ValueTree;
use serde_json::{Map, Value};

use super::{Drawn, Sampler, drawn};
use crate::contract::Level;
use crate::contract::pattern;
use crate::plan::case::{self, Case, Draft, Expect, Step};
use crate::plan::generator::Generator;
use crate::plan::generator::derive::relocated;
use crate::plan::generator::shape::overflows;
use crate::plan::generator::weigh::Worth;

/// A case, and every simpler one of the same worth: fewer members, the usual state, the order of
/// the page, smaller numbers, shorter names.
///
/// The [oracle](crate::contract::oracle) judges each anew: a valid one breaks nothing, a broken one
/// breaks the same promise in the same class and nothing else, and its control is valid.
pub(crate) struct CaseTree<'a> {
    sampler: Sampler<'a>,
    /// The simplest so far that still shows what is looked for.
    best: Case,
    current: Case,
    /// Simpler than the best, the simplest first.
    waiting: std::vec::IntoIter<Simpler>,
}

/// What makes a case simpler.
#[derive(Clone, Debug)]
enum Simpler {
    /// Of a request: other members.
    Bodies(Bodies),
    /// Of a sequence: fewer steps.
    Steps(Vec<Step>),
}

/// The members of the three requests of a case.
#[derive(Clone, Debug, PartialEq)]
struct Bodies {
    given: Map<String, Value>,
    control: Option<Map<String, Value>>,
    request: Map<String, Value>,
}

/// So many simpler strings are tried for one.
const STRINGS: usize = 48;

impl<'a> CaseTree<'a> {
    /// The tree of a case that was drawn at random, or of a sequence.
    pub(crate) fn new(generator: &'a Generator<'a>, case: Case) -> Self {
        let sampler = Sampler {
            generator,
            seed: 0,
            members: drawn(generator),
        };
        Self {
            sampler,
            current: case.clone(),
            best: case,
            waiting: Vec::new().into_iter(),
        }
    }

    /// Takes the next simpler case; the best again where there is none.
    fn next(&mut self) -> bool {
        for simpler in self.waiting.by_ref() {
            let case = match simpler {
                Simpler::Bodies(bodies) => self.sampler.relabelled(&self.best, bodies),
                Simpler::Steps(steps) => Some(Case {
                    steps,
                    ..self.best.clone()
                }),
            };
            if let Some(case) = case {
                self.current = case;
                return true;
            }
        }

        self.current = self.best.clone();
        false
    }
}

impl ValueTree for CaseTree<'_> {
    type Value = Case;

    fn current(&self) -> Case {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.best = self.current.clone();
        let simpler: Vec<Simpler> = match Bodies::of(self.sampler.generator, &self.best) {
            _ if self.best.subject().is_none() => case::shorter(&self.best.steps)
                .into_iter()
                .map(Simpler::Steps)
                .collect(),
            Some(bodies) => self
                .sampler
                .simpler(&self.best, &bodies)
                .into_iter()
                .map(Simpler::Bodies)
                .collect(),
            None => Vec::new(),
        };

        self.waiting = simpler.into_iter();
        self.next()
    }

    fn complicate(&mut self) -> bool {
        self.next()
    }
}

impl Bodies {
    fn of(generator: &Generator<'_>, case: &Case) -> Option<Self> {
        let members = |draft: &Draft| generator.members_of(draft);
        let control = case
            .twin()
            .filter(|_| matches!(case.expect(), Expect::Reject(_)));
        let control = control
            .map(|twin| members(twin).ok_or(()))
            .transpose()
            .ok()?;

        Some(Self {
            given: members(case.given()?)?,
            control,
            request: members(case.request()?)?,
        })
    }

    /// The broken member: the one in which the control differs.
    fn broken(&self) -> Option<&str> {
        let control = self.control.as_ref()?;
        self.request
            .iter()
            .find(|(name, value)| control.get(*name) != Some(*value))
            .map(|(name, _)| name.as_str())
    }

    /// The same with another value for a member, and for the valid ones in the control too.
    fn with(&self, member: &str, value: Value) -> Self {
        let mut other = self.clone();
        if self.broken() != Some(member)
            && let Some(control) = &mut other.control
        {
            control.insert(member.to_owned(), value.clone());
        }
        other.request.insert(member.to_owned(), value);
        other
    }
}

impl Sampler<'_> {
    /// The case with other bodies, if they are worth the same.
    fn relabelled(&self, case: &Case, bodies: Bodies) -> Option<Case> {
        let g = self.generator;
        let valid = |members: &Map<String, Value>| matches!(g.weigh(members), Worth::Valid);
        if !valid(&bodies.given) || bodies.control.as_ref().is_some_and(|c| !valid(c)) {
            return None;
        }

        match (case.expect(), g.weigh(&bodies.request)) {
            (Expect::Accept, Worth::Valid) => {}
            (Expect::LikeTwin, Worth::Valid) if self.level(&bodies.request) == Some(case.level) => {
            }
            (Expect::Reject(class), Worth::Breaks { atom, class: found })
                if case.atoms.first() == Some(&atom) =>
            {
                let broken = self
                    .members
                    .iter()
                    .find(|m| Some(m.name) == bodies.broken())?;
                let value = bodies.request.get(broken.name)?;
                let beyond = overflows(broken.shape.kind, value);
                if (beyond && class != "type") != (class == "overflow")
                    || (!beyond && class != "type" && class != found)
                {
                    return None;
                }
            }
            _ => return None,
        }

        let says = bodies.request.iter().map(|(name, value)| {
            let text = value.to_string();
            match text.char_indices().nth(72) {
                Some((cut, _)) => format!("{name} {}…", &text[..cut]),
                None => format!("{name} {text}"),
            }
        });

        let control = bodies.control.as_ref().map(|c| g.request(c));
        let twin = control.or_else(|| case.twin().cloned());
        let (given, request) = (g.request(&bodies.given), g.request(&bodies.request));
        let mut simpler = Case {
            says: says.collect::<Vec<_>>().join(", "),
            steps: Step::about(request, case.expect().clone(), given, twin),
            ..case.clone()
        };
        simpler.fill_tokens(self.seed, 0);
        Some(simpler)
    }

    /// The level of a request that names nothing.
    fn level(&self, request: &Map<String, Value>) -> Option<Level> {
        let (name, value) = request.iter().next()?;
        let text = self.generator.sample.fill(value.as_str()?).ok()?;
        let documented = self
            .generator
            .binding
            .reference
            .get(name)?
            .documented
            .is_match(&text);

        Some(if documented {
            Level::Must
        } else {
            Level::Should
        })
    }

    /// Simpler bodies, the simplest first. What they are worth is looked at later.
    fn simpler(&self, case: &Case, of: &Bodies) -> Vec<Bodies> {
        let mut found = Vec::new();
        let broken = of.broken();
        for member in self.members.iter().map(|m| m.name) {
            if of.request.len() > 1 && of.request.contains_key(member) && broken != Some(member) {
                let mut less = of.clone();
                less.request.shift_remove(member);
                less.control.as_mut().map(|c| c.shift_remove(member));
                found.push(less);
            }
        }

        let usual = self.usual(&of.request);
        found.push(Bodies {
            given: usual.clone(),
            ..of.clone()
        });

        for (member, value) in &usual {
            let mut given = of.given.clone();
            given.insert(member.clone(), value.clone());
            found.push(Bodies {
                given,
                ..of.clone()
            });
        }

        let sorted = |members: &Map<String, Value>| -> Map<String, Value> {
            let known = self
                .members
                .iter()
                .filter_map(|m| Some((m.name.to_owned(), members.get(m.name)?.clone())));
            known.collect()
        };

        found.push(Bodies {
            given: of.given.clone(),
            control: of.control.as_ref().map(sorted),
            request: sorted(&of.request),
        });

        for member in &self.members {
            let Some(value) = of.request.get(member.name) else {
                continue;
            };
            let values = if broken == Some(member.name) {
                self.simpler_broken(member, value)
            } else {
                self.simpler_valid(member, value, case.expect())
            };
            found.extend(values.into_iter().map(|value| of.with(member.name, value)));
        }

        // Objects are equal in any order of their members, and the order is what this is about.
        let order = |b: &Bodies| b.request.keys().cloned().collect::<Vec<_>>();
        found.retain(|b| b != of || order(b) != order(of));
        found
    }

    /// The usual state, within what [`Sampler::given`] keeps to.
    fn usual(&self, request: &Map<String, Value>) -> Map<String, Value> {
        let mut usual = self.generator.given().clone();
        for limit in &self.generator.binding.limit {
            let value = request
                .get(&limit.member)
                .and_then(Value::as_i64)
                .filter(|v| *v > limit.above);
            if let Some(value) = value {
                let other = if value == limit.above + 1 {
                    limit.above + 2
                } else {
                    limit.above + 1
                };
                usual.insert(limit.member.clone(), other.into());
            }
        }

        usual
    }

    fn simpler_valid(&self, member: &Drawn<'_>, value: &Value, expect: &Expect) -> Vec<Value> {
        match (member.range, value.as_i64(), value.as_str()) {
            (Some((min, _)), Some(number), _) => towards(i128::from(number), i128::from(min)),
            (_, _, Some(text)) if *expect == Expect::LikeTwin => {
                let (Some(language), Some(reference)) = (&member.language, member.reference) else {
                    return Vec::new();
                };
                let Ok(text) = self.generator.sample.fill(text) else {
                    return Vec::new();
                };
                let simpler = pattern::shrink(language, &text).take(STRINGS);
                simpler
                    .map(|text| relocated(&text, reference).into())
                    .collect()
            }
            _ => member
                .good
                .iter()
                .take_while(|good| *good != value)
                .cloned()
                .collect(),
        }
    }

    fn simpler_broken(&self, member: &Drawn<'_>, value: &Value) -> Vec<Value> {
        match (member.range, value) {
            (Some((min, max)), Value::Number(number)) => {
                let Ok(number) = number.as_str().parse::<i128>() else {
                    return Vec::new();
                };
                let (min, max) = (i128::from(min), i128::from(max));
                // The first number that the documented type cannot hold is another class than the
                // first out of range.
                let edges = if number > max {
                    [max + 1, i128::from(i32::MAX) + 1]
                } else {
                    [min - 1, i128::from(i32::MIN) - 1]
                };
                let beyond = |edge: &i128| {
                    (number > max && *edge < number) || (number < min && *edge > number)
                };
                edges
                    .into_iter()
                    .filter(beyond)
                    .flat_map(|edge| towards(number, edge))
                    .collect()
            }
            (_, Value::String(text)) => shorter(text).into_iter().map(Value::from).collect(),
            _ => Vec::new(),
        }
    }
}

/// Numbers between a number and a simpler one: that one first, then ever closer to the number,
/// first with the last digit kept, then what is left of its digits where some are taken away, and
/// its quotients.
fn towards(number: i128, simplest: i128) -> Vec<Value> {
    let halves = |size: i128| {
        let steps = std::iter::successors(Some((number - simplest) / size), |step| Some(step / 2));
        steps
            .take_while(|step| *step != 0)
            .map(move |step| step * size)
    };

    let steps = std::iter::once(number - simplest)
        .chain(halves(10))
        .chain(halves(1));
    let powers = || std::iter::successors(Some(10_i128), |power| power.checked_mul(10)).take(18);
    let parts = powers()
        .map(|p| number % p)
        .chain(powers().map(|p| number / p));
    let quotients = [2, 3, 5, 7].map(|divisor| number / divisor);
    let near = (1..=8).map(|step| number - step * (number - simplest).signum());
    let numbers = steps
        .map(|step| number - step)
        .chain(parts)
        .chain(quotients)
        .chain(near);

    let mut found: Vec<i128> = Vec::new();
    for other in numbers.filter(|other| (other - simplest).abs() < (number - simplest).abs()) {
        if !found.contains(&other) {
            found.push(other);
        }
    }

    found
        .into_iter()
        .filter_map(|number| number.to_string().parse().ok().map(Value::Number))
        .collect()
}

/// A template with pieces taken out, large ones first, and with plain letters in place of others.
fn shorter(template: &str) -> Vec<String> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let name = rest
            .starts_with("${")
            .then(|| rest.find('}'))
            .flatten()
            .map(|end| end + 1);
        let (part, tail) = rest.split_at(name.unwrap_or(first.len_utf8()));
        parts.push(part);
        rest = tail;
    }

    let sizes = std::iter::successors(Some(parts.len() / 2), |size| Some(size / 2))
        .take_while(|size| *size > 0);
    let mut found: Vec<String> = Vec::new();
    for size in sizes {
        for at in (0..=parts.len() - size).step_by(size.div_ceil(4)) {
            found.push([&parts[..at], &parts[at + size..]].concat().concat());
        }
    }

    // Letters and names of bindings only: what is odd is what it may be about.
    for at in 0..parts.len() {
        let plain = parts[at].starts_with("${") || parts[at].chars().all(char::is_alphanumeric);
        if plain && parts[at] != "a" {
            found.push([&parts[..at], &["a"], &parts[at + 1..]].concat().concat());
        }
    }

    found
}
