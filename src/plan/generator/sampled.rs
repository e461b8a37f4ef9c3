//! Requests drawn at random: valid ones over all members, orders, values and states, and ones
//! broken in one way.
//!
//! What a draw is worth is decided by the [oracle](crate::contract::oracle), as for derived cases.
//! The draw of a number depends on the seed and that number alone, so that fewer samples are a
//! beginning of more. All draws of a kind share one id: an id holds neither seed, index nor value.

mod broken;
mod permutation;
mod simpler;

use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value};

use super::Generator;
use super::derive::relocated;
use super::weigh::Worth;
use crate::contract::pattern::Language;
use crate::contract::{Basis, Bound, Level, Shape, ShapeType};
use crate::plan::case::{Case, CaseId, Expect, Origin, Step, Variant};
use crate::plan::fixture::Reference;
use permutation::Permutation;
pub(crate) use simpler::CaseTree;

/// How much is drawn at random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sampling {
    /// How many requests.
    pub(crate) samples: usize,
    /// What decides which.
    pub(crate) seed: u64,
    /// Whether every value of every integer range is sent as well.
    pub(crate) exhaustive: bool,
}

/// How many requests the commands draw, unless a flag says otherwise: so many that each of several
/// faults of one value in thirty is found with every seed that was tried, and few enough for a
/// second.
pub(crate) const SAMPLES: usize = 1000;

/// A draw that the oracle has no use for is made again, so many times.
const TRIES: usize = 16;
/// A range of more values than this is not walked whole.
const WALKED: u64 = 1 << 16;
/// The longest string drawn, in characters, where no length is documented.
const LONGEST: usize = 512;

/// Everything that is the same for all draws.
struct Sampler<'a> {
    generator: &'a Generator<'a>,
    seed: u64,
    members: Vec<Drawn<'a>>,
}

/// A member that values are drawn for.
struct Drawn<'a> {
    name: &'a str,
    shape: &'a Shape,
    /// Values that the target must accept.
    good: Vec<Value>,
    /// How many of these are plain: the others are forms of a name, and a target that knows none of
    /// them is to be tested all the same.
    plain: usize,
    /// Integers: the documented range.
    range: Option<(i64, i64)>,
    reference: Option<&'a Reference>,
    /// Names: the strings that the pattern and the length admit.
    language: Option<Language>,
    /// Names: such strings of the pattern that are longer than any revision admits.
    longer: Option<Language>,
}

impl Generator<'_> {
    /// Draws cases at random.
    pub(crate) fn sample(&self, sampling: Sampling) -> Vec<Case> {
        sample(self, sampling)
    }
}

/// Draws the cases.
fn sample(generator: &Generator<'_>, sampling: Sampling) -> Vec<Case> {
    if sampling.samples == 0 && !sampling.exhaustive {
        return Vec::new();
    }
    let sampler = Sampler {
        generator,
        seed: sampling.seed,
        members: drawn(generator),
    };

    if sampler.members.is_empty() {
        return Vec::new();
    }
    let mut cases = if sampling.exhaustive {
        sampler.every()
    } else {
        Vec::new()
    };

    cases.extend(
        (0..sampling.samples).filter_map(|number| sampler.draw(u64::try_from(number).ok()?)),
    );
    cases
}

/// The members of the body that the target has good values for. Of a query or a header, chance shows
/// no more than the values at the edges do.
fn drawn<'a>(g: &'a Generator<'a>) -> Vec<Drawn<'a>> {
    let contract = g.oracle.contract;
    let of = |name: &'a String| {
        let member = contract.member(name).filter(|m| m.location.is_json())?;
        let shape = contract.resolve(&member.shape);
        let whole = matches!(shape.kind, ShapeType::Integer | ShapeType::Long);
        let range = shape
            .range()
            .filter(|_| whole)
            .and_then(|b: Bound| b.min.zip(b.max))
            .filter(|(min, max)| min <= max);
        let reference = g.binding.reference.get(name);
        let mut good = g.good(name).to_vec();
        let plain = good.len();
        good.extend(
            reference
                .iter()
                .flat_map(|r| r.bases.values())
                .map(|base| Value::from(base.as_str())),
        );
        let revisions = g
            .oracle
            .others
            .iter()
            .filter_map(|c| Some(c.resolve(&c.member(name)?.shape)));
        let longest = |shape: &Shape| shape.length().and_then(|l| usize::try_from(l.max?).ok());
        let furthest = revisions.chain([shape]).filter_map(longest).max();
        let language = |min: usize, max: usize| {
            Language::new(shape.pattern()?, min, max)
                .ok()
                .filter(|l| !l.is_empty())
        };
        let least = shape
            .length()
            .and_then(|l| usize::try_from(l.min?).ok())
            .unwrap_or(0);
        Some(Drawn {
            name,
            shape,
            good,
            plain,
            range,
            reference,
            language: reference
                .and_then(|_| language(least, longest(shape).unwrap_or(LONGEST).min(LONGEST))),
            longer: reference
                .and(furthest)
                .filter(|f| *f < LONGEST)
                .and_then(|f| language(f + 1, LONGEST)),
        })
    };

    g.binding.values.keys().filter_map(of).collect()
}

impl Drawn<'_> {
    fn plain(&self) -> &[Value] {
        self.good.get(..self.plain).unwrap_or_default()
    }
}

impl Sampler<'_> {
    fn draw(&self, number: u64) -> Option<Case> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(number);
        (0..TRIES).find_map(|_| match number % 8 {
            3 => self.well_formed(&mut rng).or_else(|| self.broken(&mut rng)),
            1 | 5 | 7 => self.broken(&mut rng),
            _ => self.valid(number, &mut rng),
        })
    }

    /// Most of the members, each with a value that the target must accept, in any order and after
    /// any state: derived cases send each alone, and what takes two of them shows only where there
    /// are two.
    fn valid(&self, number: u64, rng: &mut ChaCha8Rng) -> Option<Case> {
        let mut chosen: Vec<&Drawn<'_>> = self
            .members
            .iter()
            .filter(|_| rng.random_range(0..4) > 0)
            .collect();

        if chosen.is_empty() {
            return None;
        }
        let names = chosen.iter().map(|m| m.name).collect::<Vec<_>>().join("-");
        chosen.shuffle(rng);
        let members: Map<String, Value> = chosen
            .iter()
            .map(|m| (m.name.to_owned(), self.accepted(m, number, rng)))
            .collect();

        let given = self.given(&members, rng);
        let atom = match chosen.as_slice() {
            [one] => format!("request::{}::type", one.name),
            _ => "request::http".to_owned(),
        };

        self.sound(&atom, format!("valid::{names}"), members, given)
    }

    /// A value for the member that the target must accept. No two draws get the same one of a
    /// range, while it lasts.
    fn accepted(&self, member: &Drawn<'_>, number: u64, rng: &mut ChaCha8Rng) -> Value {
        match member.range {
            Some((min, max)) => {
                let permutation = Permutation::new(max.abs_diff(min).saturating_add(1), self.seed);
                min.saturating_add_unsigned(permutation.at(number)).into()
            }
            None => one_of(&member.good, rng).cloned().unwrap_or(Value::Null),
        }
    }

    /// A state before the request. Of values that AWS refuses for one kind of source it has one
    /// exactly where the request has one: whoever refuses these is not held to the rest.
    fn given(&self, request: &Map<String, Value>, rng: &mut ChaCha8Rng) -> Map<String, Value> {
        let mut given = self.generator.given().clone();
        for member in &self.members {
            let value = match member.range {
                Some((min, max)) => {
                    let limit = self
                        .generator
                        .binding
                        .limit
                        .iter()
                        .find(|l| l.member == member.name);
                    let above = |limit: i64| {
                        request
                            .get(member.name)
                            .and_then(Value::as_i64)
                            .is_some_and(|v| v > limit)
                    };
                    let (min, max) = match limit {
                        Some(limit) if above(limit.above) => {
                            (limit.above.saturating_add(1).min(max), max)
                        }
                        Some(limit) => (min, limit.above.clamp(min, max)),
                        None => (min, max),
                    };
                    Some(Value::from(rng.random_range(min..=max)))
                }
                None => one_of(member.plain(), rng).cloned(),
            };
            if let Some(value) = value {
                given.insert(member.name.to_owned(), value);
            }
        }

        given
    }

    fn sound(
        &self,
        atom: &str,
        id: String,
        members: Map<String, Value>,
        given: Map<String, Value>,
    ) -> Option<Case> {
        let g = self.generator;
        if !matches!(g.weigh(&members), Worth::Valid) {
            return None;
        }
        Some(Case {
            atoms: g.about(&members, atom),
            says: format!("{} with random values", list(&members)),
            ..self.case(
                id,
                Step::about(g.request(&members), Expect::Accept, g.request(&given), None),
            )
        })
    }

    /// A case with what all of these have in common.
    fn case(&self, id: String, steps: Vec<Step>) -> Case {
        Case {
            id: CaseId(format!(
                "{}::sampled::{id}",
                self.generator.oracle.contract.slug
            )),
            says: String::new(),
            origin: Origin::Sampled,
            atoms: Vec::new(),
            variant: Variant::ANY,
            steps,
            basis: Basis::Page,
            level: Level::Must,
            why: "Each member is valid by itself, and the page makes none depend on another"
                .to_owned(),
        }
    }

    /// Any name that the pattern and the length admit: a name of nothing, most likely.
    fn well_formed(&self, rng: &mut ChaCha8Rng) -> Option<Case> {
        let g = self.generator;
        let named: Vec<&Drawn<'_>> = self
            .members
            .iter()
            .filter(|m| m.language.is_some())
            .collect();

        let member = one_of(&named, rng)?;
        let (reference, language) = (member.reference?, member.language.as_ref()?);
        let value = relocated(&language.sample_any(rng)?, reference);
        let members: Map<String, Value> = [(member.name.to_owned(), Value::from(value.as_str()))]
            .into_iter()
            .collect();
        if !matches!(g.weigh(&members), Worth::Valid) {
            return None;
        }
        let documented = g
            .sample
            .fill(&value)
            .is_ok_and(|text| reference.documented.is_match(&text));

        let twin = [(
            member.name.to_owned(),
            Value::from(reference.absent.as_str()),
        )]
        .into_iter()
        .collect();

        let given = g.usual();
        Some(Case {
            says: format!("A random well-formed {}", member.name),
            atoms: vec![
                g.oracle
                    .contract
                    .atom_id(&format!("request::{}::pattern", member.name)),
            ],
            level: if documented {
                Level::Must
            } else {
                Level::Should
            },
            why: "The value matches the documented pattern and has a documented length".to_owned(),
            ..self.case(
                format!("well-formed::{}", member.name),
                Step::about(
                    g.request(&members),
                    Expect::LikeTwin,
                    given,
                    Some(g.request(&twin)),
                ),
            )
        })
    }

    /// Every value of every integer range.
    fn every(&self) -> Vec<Case> {
        let g = self.generator;
        let mut cases = Vec::new();
        for member in &self.members {
            let Some((min, max)) = member
                .range
                .filter(|(min, max)| max.abs_diff(*min) < WALKED)
            else {
                continue;
            };
            let limit = g
                .binding
                .limit
                .iter()
                .find(|l| l.member == member.name)
                .map(|l| l.above);
            for value in min..=max {
                // The value before is another one, on the same side of what AWS may refuse.
                let before = match limit {
                    Some(limit) if value > limit && value == limit + 1 => limit + 2,
                    Some(limit) if value > limit => limit + 1,
                    _ if value == min => min + 1,
                    _ => min,
                };
                let mut given = g.given().clone();
                given.insert(member.name.to_owned(), before.clamp(min, max).into());
                let members = [(member.name.to_owned(), value.into())]
                    .into_iter()
                    .collect();
                let atom = format!("request::{}::type", member.name);
                let case = self.sound(&atom, format!("every::{}", member.name), members, given);
                cases.extend(case.map(|c| Case {
                    says: format!("{} {value}", member.name),
                    ..c
                }));
            }
        }

        cases
    }
}

/// The names of members, as a sentence has them.
fn list(members: &Map<String, Value>) -> String {
    members
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn one_of<'v, T>(values: &'v [T], rng: &mut ChaCha8Rng) -> Option<&'v T> {
    values.get(rng.random_range(0..values.len().max(1)))
}

#[cfg(test)]
mod tests;
