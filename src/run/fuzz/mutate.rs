//! Inputs made up at random, and made of others.
//!
//! Everything depends on the seed and on what was asked of it before: the same seed gives the same
//! stream of inputs.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::Space;
use super::input::{Draw, Input, MOST_MOVES, MOST_TIMES, MOST_TOGETHER, Move, Set, Wild};

/// Makes inputs up.
#[derive(Debug)]
pub(crate) struct Mutator {
    rng: ChaCha8Rng,
    /// Numbers that answers showed: bounds, defaults and what else a target minds.
    seen: Vec<i64>,
}

/// One in so many inputs made up is a long one: one resource updated many times, each time with
/// other values.
const LONG: u32 = 6;
/// Characters that documented patterns rarely admit, beside the printable ones of ASCII.
const ODD: [char; 12] = [
    '\u{0}', '\t', '\n', '\u{7f}', 'é', 'ß', '٣', '中', '\u{a0}', '\u{200b}', '😀', '\u{301}',
];

impl Mutator {
    /// The stream of inputs of a seed; streams of different numbers are apart.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self {
            rng,
            seen: Vec::new(),
        }
    }

    /// Keeps the numbers that answers showed: values near them are drawn more often.
    pub(crate) fn note(&mut self, numbers: &BTreeSet<i64>) {
        if self.seen.len() < numbers.len() {
            self.seen = numbers.iter().copied().collect();
        }
    }

    /// The next input: made up, or made of some of these.
    pub(crate) fn next(&mut self, space: &Space<'_>, corpus: &[&Input]) -> Input {
        match corpus.choose(&mut self.rng) {
            Some(base) if self.rng.random_range(0..5) < 3 => {
                let other = corpus.choose(&mut self.rng).copied();
                self.mutate(space, base, other)
            }
            _ => self.fresh(space),
        }
    }

    /// An input made up from nothing.
    pub(crate) fn fresh(&mut self, space: &Space<'_>) -> Input {
        let variant = self.rng.random();
        let mut moves = Vec::new();
        if self.rng.random_ratio(1, LONG) {
            for _ in 0..self.rng.random_range(1..=2) {
                let (on, times) = (
                    self.on(),
                    self.rng.random_range(MOST_TIMES / 8..=MOST_TIMES),
                );
                let set = self.moving_set(space, variant);
                moves.push(if self.rng.random_ratio(1, 4) {
                    Move::Together {
                        on,
                        sets: vec![set, self.moving_set(space, variant)],
                        times: times / 2 + 1,
                    }
                } else {
                    Move::Update {
                        on,
                        set,
                        times,
                        at_once: self.rng.random_ratio(1, 8),
                    }
                });
            }
        } else {
            for _ in 0..self.rng.random_range(2..=18) {
                moves.push(self.one_move(space, variant));
            }
        }

        Input { variant, moves }
    }

    /// An input a few steps away from that one; `other` is one to take a part from.
    pub(crate) fn mutate(
        &mut self,
        space: &Space<'_>,
        base: &Input,
        other: Option<&Input>,
    ) -> Input {
        let mut input = base.clone();
        for _ in 0..self.rng.random_range(1..=4) {
            self.change(space, &mut input, other);
        }
        input.moves.truncate(MOST_MOVES);
        input
    }

    fn change(&mut self, space: &Space<'_>, input: &mut Input, other: Option<&Input>) {
        let variant = input.variant;
        let count = input.moves.len();
        let place = self.rng.random_range(0..=count);
        let Some(at) = (count > 0).then(|| place.min(count - 1)) else {
            input.moves.push(self.one_move(space, variant));
            return;
        };

        match self.rng.random_range(0..14) {
            0 | 1 => input.moves.insert(place, self.one_move(space, variant)),
            2 => drop(input.moves.remove(at)),
            3 => {
                let again = input.moves[at].clone();
                input.moves.insert(place, again);
            }
            4 => {
                let with = self.rng.random_range(0..count);
                input.moves.swap(at, with);
            }
            5 => {
                if let Some(other) = other {
                    let from = self.rng.random_range(0..=other.moves.len());
                    input.moves.truncate(place);
                    input.moves.extend(other.moves[from..].iter().cloned());
                }
            }
            6 => {
                let on = self.on();
                input
                    .moves
                    .splice(place..place, [Move::Delete(on), Move::Create(on)]);
            }
            7 => {
                if let Move::Update { times, .. } | Move::Together { times, .. } =
                    &mut input.moves[at]
                {
                    *times = self.times();
                }
            }
            8 => {
                if let Move::Update { on, set, .. } = &input.moves[at] {
                    let (on, set) = (*on, set.clone());
                    let more = self.set(space, variant);
                    input.moves[at] = Move::Together {
                        on,
                        sets: vec![set, more],
                        times: 1,
                    };
                }
            }
            9 => {
                if let Move::Update { at_once, .. } = &mut input.moves[at] {
                    *at_once = !*at_once;
                }
            }
            10 => input.variant = self.rng.random(),
            11 => {
                // A member that another input sets, with the value it has there.
                let sets = other.map(|o| {
                    o.moves
                        .iter()
                        .flat_map(sets_of)
                        .flatten()
                        .cloned()
                        .collect::<Vec<_>>()
                });
                let taken = sets.and_then(|sets| sets.choose(&mut self.rng).cloned());
                if let (Some(one), Some(set)) = (taken, self.some_set(&mut input.moves[at])) {
                    set.retain(|s| s.member != one.member);
                    set.push(one);
                }
            }
            _ => {
                let mut moves = std::mem::take(&mut input.moves);
                if let Some(set) = self.some_set(&mut moves[at]) {
                    self.change_set(space, variant, set);
                }
                input.moves = moves;
            }
        }
    }

    /// One of the sets of members of a move.
    fn some_set<'m>(&mut self, of: &'m mut Move) -> Option<&'m mut Vec<Set>> {
        match of {
            Move::Update { set, .. } | Move::Wild { set, .. } => Some(set),
            Move::Together { sets, .. } if !sets.is_empty() => {
                let place = self.rng.random_range(0..sets.len());
                sets.get_mut(place)
            }
            _ => None,
        }
    }

    fn change_set(&mut self, space: &Space<'_>, variant: u8, set: &mut Vec<Set>) {
        let place = self.rng.random_range(0..=set.len());
        match (self.rng.random_range(0..4), set.get_mut(place)) {
            (0, Some(_)) => drop(set.remove(place)),
            (1, Some(one)) => {
                if let Draw::Number(number) = &mut one.value {
                    let step = [1, -1, 16, -16, 256][self.rng.random_range(0..5)];
                    *number = number.saturating_add(step);
                }
            }
            (_, Some(one)) => one.value = self.value(space, variant, one.member),
            (_, None) => set.push(self.one_set(space, variant)),
        }
    }

    fn one_move(&mut self, space: &Space<'_>, variant: u8) -> Move {
        let on = self.on();
        match self.rng.random_range(0..24) {
            0..=9 => {
                let times = if self.rng.random_ratio(1, 24) {
                    self.times()
                } else {
                    1
                };
                Move::Update {
                    on,
                    set: self.set(space, variant),
                    times,
                    at_once: self.rng.random_ratio(1, 8),
                }
            }
            10 | 11 => Move::Broken {
                on,
                case: self.rng.random(),
            },
            12..=14 => {
                let member = self.member(space);
                Move::Wild {
                    on,
                    member,
                    value: self.wild(space, variant, member),
                    set: self.set(space, variant),
                }
            }
            15 | 16 => {
                let count = self.rng.random_range(2..=MOST_TOGETHER);
                let times = if self.rng.random_ratio(1, 24) {
                    self.times()
                } else {
                    1
                };
                Move::Together {
                    on,
                    sets: (0..count).map(|_| self.set(space, variant)).collect(),
                    times,
                }
            }
            17 => Move::List,
            18 | 19 => Move::Delete(on),
            20 | 21 => Move::Create(on),
            _ => Move::Read(on),
        }
    }

    /// Mostly the first: what happens to one resource is where most goes wrong.
    fn on(&mut self) -> u8 {
        self.rng.random_range(0..4_u8).saturating_sub(2)
    }

    /// Every order of magnitude is as likely as any other.
    fn times(&mut self) -> u16 {
        let most = 1 << self.rng.random_range(1..=9);
        self.rng.random_range(1..=MOST_TIMES.min(most))
    }

    fn member(&mut self, space: &Space<'_>) -> u8 {
        u8::try_from(self.rng.random_range(0..space.members().max(1))).unwrap_or(0)
    }

    /// Each member as likely there as not, in any order.
    fn set(&mut self, space: &Space<'_>, variant: u8) -> Vec<Set> {
        let mut set = Vec::new();
        for member in 0..u8::try_from(space.members()).unwrap_or(u8::MAX) {
            if self.rng.random() {
                let place = self.rng.random_range(0..=set.len());
                set.insert(
                    place,
                    Set {
                        member,
                        value: self.value(space, variant, member),
                    },
                );
            }
        }

        set
    }

    /// As [`set`](Self::set), with every member that has a range: where updates are repeated, each
    /// shows other values.
    fn moving_set(&mut self, space: &Space<'_>, variant: u8) -> Vec<Set> {
        let mut set = self.set(space, variant);
        for member in 0..u8::try_from(space.members()).unwrap_or(u8::MAX) {
            let Some(range) = space.range(variant, member) else {
                continue;
            };
            let value = Draw::Number(self.rng.random_range(range));
            match set.iter_mut().find(|one| one.member == member) {
                Some(one) => one.value = value,
                None => set.push(Set { member, value }),
            }
        }

        set
    }

    fn one_set(&mut self, space: &Space<'_>, variant: u8) -> Set {
        let member = self.member(space);
        Set {
            member,
            value: self.value(space, variant, member),
        }
    }

    /// Of a member with a range any value, its edges, and what is near a number that was seen; or
    /// one known to be good.
    fn value(&mut self, space: &Space<'_>, variant: u8, member: u8) -> Draw {
        let Some(range) = space.range(variant, member) else {
            return Draw::Good(self.rng.random());
        };
        match self.rng.random_range(0..8) {
            0 => Draw::Good(self.rng.random()),
            1 => {
                let edge = if self.rng.random() {
                    *range.start()
                } else {
                    *range.end()
                };
                Draw::Number(edge.saturating_add(self.rng.random_range(-1..=1)))
            }
            2 => match self.seen.choose(&mut self.rng) {
                Some(seen) => Draw::Number(seen.saturating_add(self.rng.random_range(-1..=1))),
                None => Draw::Number(self.rng.random_range(range)),
            },
            3 => {
                // Small numbers, and each order of magnitude as likely as any other.
                let width = range.end().abs_diff(*range.start());
                let most = width >> self.rng.random_range(0..=width.max(1).ilog2());
                let more = i64::try_from(self.rng.random_range(0..=most)).unwrap_or(0);
                Draw::Number(range.start().saturating_add(more))
            }
            _ => Draw::Number(self.rng.random_range(range)),
        }
    }

    fn wild(&mut self, space: &Space<'_>, variant: u8, member: u8) -> Wild {
        if let Some(range) = space.range(variant, member) {
            let more =
                i64::try_from(self.rng.random::<u64>() >> self.rng.random_range(1..u64::BITS))
                    .unwrap_or(0);
            let number = match self.rng.random_range(0..4) {
                0 => range.start().saturating_sub(more.saturating_add(1)),
                _ => range.end().saturating_add(more.saturating_add(1)),
            };
            return Wild::Number(number);
        }

        let with = match self.rng.random_range(0..4) {
            0 => None,
            1 => ODD.choose(&mut self.rng).copied(),
            _ => Some(char::from(self.rng.random_range(b' '..=b'~'))),
        };

        Wild::Edited {
            good: self.rng.random(),
            at: self.rng.random(),
            with,
        }
    }
}

/// The sets of members of a move.
fn sets_of(of: &Move) -> Vec<&Vec<Set>> {
    match of {
        Move::Update { set, .. } | Move::Wild { set, .. } => vec![set],
        Move::Together { sets, .. } => sets.iter().collect(),
        _ => Vec::new(),
    }
}
