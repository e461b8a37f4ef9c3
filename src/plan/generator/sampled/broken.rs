//! Requests drawn at random that break the contract in exactly one way.

use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value};

use super::{Drawn, Sampler, list, one_of};
use crate::contract::{Basis, Level};
use crate::plan::case::{Case, Expect, Step};
use crate::plan::generator::shape::overflows;
use crate::plan::generator::weigh::Worth;

/// A value that breaks a promise, and what the table of notations says of it, if it comes from
/// there.
struct Broken {
    value: Value,
    confusion: Option<usize>,
}

/// Characters that documented patterns rarely admit, beside the printable ones of ASCII.
const ODD: [char; 12] = [
    '\u{0}', '\t', '\n', '\u{7f}', 'é', 'ß', '٣', '中', '\u{a0}', '\u{200b}', '😀', '\u{301}',
];

impl Sampler<'_> {
    /// One member broken in one way, beside some of the others with valid values, in any order and
    /// after any state.
    ///
    /// The control is the same request with a good value in place of the broken one.
    pub(super) fn broken(&self, rng: &mut ChaCha8Rng) -> Option<Case> {
        let g = self.generator;
        let member = self.member_to_break(rng)?;
        let broken = self.break_in_one_way(member, rng)?;
        let alone: Map<String, Value> = [(member.name.to_owned(), broken.value.clone())]
            .into_iter()
            .collect();
        let Worth::Breaks { atom, class } = g.weigh(&alone) else {
            return None;
        };
        let confusion = broken
            .confusion
            .and_then(|index| g.oracle.service.confusions.get(index));
        let class = match confusion {
            Some(_) => "type",
            None if overflows(member.shape.kind, &broken.value) => "overflow",
            None => class,
        };

        let mut chosen: Vec<&Drawn<'_>> = self
            .members
            .iter()
            .filter(|m| m.name == member.name || rng.random())
            .collect();

        chosen.shuffle(rng);
        let (mut control, mut members) = (Map::new(), Map::new());
        for other in chosen {
            // Of the integers, too, the plain ones are those that no kind of source refuses.
            let good = one_of(other.plain(), rng).cloned()?;
            let sent = if other.name == member.name {
                broken.value.clone()
            } else {
                good.clone()
            };
            control.insert(other.name.to_owned(), good);
            members.insert(other.name.to_owned(), sent);
        }

        if !matches!(g.weigh(&members), Worth::Breaks { atom: found, .. } if found == atom) {
            return None;
        }
        let (basis, level, why) = confusion.map_or_else(
            || {
                (
                    Basis::Page,
                    Level::Must,
                    g.oracle
                        .contract
                        .atoms
                        .get(&atom)
                        .map(|a| a.says.clone())
                        .unwrap_or_default(),
                )
            },
            |c| (c.basis, c.level, c.why.clone()),
        );

        let path = atom.path();
        let place = path.strip_prefix("request::").unwrap_or(path);
        let told = path.split("::").any(|part| part == class);
        let id = if told {
            format!("broken::{place}")
        } else {
            format!("broken::{place}::{class}")
        };

        let given = self.given(&control, rng);
        Some(Case {
            says: format!("{} with random values, one of them broken", list(&members)),
            atoms: vec![atom],
            basis,
            level,
            why,
            ..self.case(
                id,
                Step::about(
                    g.request(&members),
                    Expect::Reject(class.to_owned()),
                    g.request(&given),
                    Some(g.request(&control)),
                ),
            )
        })
    }

    /// A member; one that can be broken in countless ways is broken more often than one whose ways
    /// are all derived.
    fn member_to_break(&self, rng: &mut ChaCha8Rng) -> Option<&Drawn<'_>> {
        let countless: Vec<&Drawn<'_>> = self
            .members
            .iter()
            .filter(|m| m.range.is_some() || m.reference.is_some())
            .collect();
        if countless.is_empty() || rng.random_range(0..8) == 0 {
            return one_of(&self.members, rng);
        }
        one_of(&countless, rng).copied()
    }

    fn break_in_one_way(&self, member: &Drawn<'_>, rng: &mut ChaCha8Rng) -> Option<Broken> {
        let plain = |value: Value| {
            Some(Broken {
                value,
                confusion: None,
            })
        };

        match (rng.random_range(0..8), member.range, member.reference) {
            (0, ..) | (_, None, None) => self.mistyped(member, rng),
            (_, Some((min, max)), _) => {
                // Every order of magnitude is as likely as any other.
                let more = rng.random::<u64>() >> rng.random_range(1..u64::BITS);
                let more = i128::from(more) + 1;
                // What is too large can be cut, wrapped or rounded in more ways than what is too
                // small.
                let above = rng.random_range(0..4) > 0;
                let value = if above {
                    i128::from(max) + more
                } else {
                    i128::from(min) - more
                };
                plain(Value::Number(value.to_string().parse().ok()?))
            }
            (1 | 2, _, Some(_)) if member.longer.is_some() => {
                plain(member.longer.as_ref()?.sample_any(rng)?.into())
            }
            (_, _, Some(reference)) => {
                let bases: Vec<&String> = reference.bases.values().collect();
                let base = if rng.random() {
                    one_of(&bases, rng)?.to_string()
                } else {
                    member.language.as_ref()?.sample_any(rng)?
                };
                plain(edited(&base, rng)?.into())
            }
        }
    }

    /// A value of another type, from the service's table.
    fn mistyped(&self, member: &Drawn<'_>, rng: &mut ChaCha8Rng) -> Option<Broken> {
        let confusions = &self.generator.oracle.service.confusions;
        let fit: Vec<usize> = (0..confusions.len())
            .filter(|i| confusions[*i].types.contains(&member.shape.kind))
            .collect();
        let index = *one_of(&fit, rng)?;
        Some(Broken {
            value: serde_json::from_str(&confusions[index].text).ok()?,
            confusion: Some(index),
        })
    }
}

/// A template with one character put in, replaced or taken out, at a place that is no name of a
/// binding.
fn edited(template: &str, rng: &mut ChaCha8Rng) -> Option<String> {
    let mut inside = false;
    let mut places = Vec::new();
    for (at, character) in template.char_indices() {
        inside |= template[at..].starts_with("${");
        if !inside {
            places.push((at, character.len_utf8()));
        }
        inside &= character != '}';
    }

    places.push((template.len(), 0));
    let (at, width) = *one_of(&places, rng)?;
    let character = if rng.random_range(0..4) == 0 {
        *one_of(&ODD, rng)?
    } else {
        rng.random_range(' '..='~')
    };

    let mut text = template.to_owned();
    match rng.random_range(0..3) {
        0 => text.insert(at, character),
        1 => text.replace_range(at..at + width, character.encode_utf8(&mut [0; 4])),
        _ => text.replace_range(at..at + width, ""),
    }

    Some(text)
}
