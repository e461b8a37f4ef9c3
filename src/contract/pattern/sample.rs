//! Paths of an automaton: found by length, counted where they are chosen with equal probability.

use std::cmp::Reverse;
use std::sync::OnceLock;

use super::{
    automaton::{Automaton, DEAD},
    bits::Bits,
    character::oddness,
    error::Unsupported,
    weight::{Sum, Weight},
};

/// The most counts kept: 32 MiB.
const MAX_COUNTS: usize = 4 << 20;

/// The most additions made to count.
const MAX_WORK: usize = 8_000_000;

/// The strings from each state to the end, by length, and the steps those strings take.
pub(super) struct Paths {
    states: Vec<State>,
    max_len: usize,
    /// Whether there is a string, by state and length. It takes a tenth of the time that counting
    /// takes, and is all that a string needs which is always the same.
    open: Open,
    /// How many there are, once a string is to be drawn.
    counts: OnceLock<Counts>,
    edges: Vec<Edge>,
    /// The characters of edges that have ASCII alone.
    ascii: Vec<u8>,
    /// The characters of other edges: how many stand before each range, and its first.
    ranges: Vec<(u32, u32)>,
}

/// A bit for each state and length.
struct Open(Vec<u64>);

/// The number of strings from each state to the end, by length.
struct Counts {
    weights: Vec<Weight>,
    /// Beside each weight: how many of 65,536 draws certainly fall to the state's first edge.
    leads: Vec<u16>,
}

/// A state, of which something is kept for remaining lengths from `shortest` to `longest` only.
struct State {
    shortest: usize,
    longest: usize,
    /// Where that begins.
    first: usize,
    edges: (usize, usize),
}

/// All letters that lead from one state to one other.
struct Edge {
    target: u32,
    size: u32,
    /// The plainest character, for strings that shall always be the same.
    plainest: char,
    characters: Characters,
}

#[derive(Clone, Copy)]
enum Characters {
    Ascii(usize),
    Ranges(usize, usize),
}

impl Open {
    fn new(bits: usize) -> Self {
        Self(vec![0; bits.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        let word = self.0.get(at / 64);
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

impl State {
    /// Where it is kept how the strings of that length go on.
    #[inline]
    fn at(&self, remaining: usize) -> Option<usize> {
        let is_kept = remaining >= self.shortest && remaining <= self.longest;
        is_kept.then(|| self.first + remaining - self.shortest)
    }
}

impl Paths {
    /// The strings of up to `max_len` letters.
    pub(super) fn of(automaton: &Automaton, max_len: usize) -> Result<Self, Unsupported> {
        let mut paths = Self {
            states: Vec::new(),
            max_len,
            open: Open::new(0),
            counts: OnceLock::new(),
            edges: Vec::new(),
            ascii: Vec::new(),
            ranges: Vec::new(),
        };

        let (mut counts, mut work) = (0, 0);
        for (state, (shortest, longest)) in spans(automaton).into_iter().enumerate() {
            let longest = longest.min(max_len.saturating_sub(automaton.depth[state]));
            let first = paths.edges.len();
            paths.add_edges(automaton, state);
            let edges = (first, paths.edges.len());
            paths.states.push(State {
                shortest,
                longest,
                first: counts,
                edges,
            });
            let lengths = (longest + 1).saturating_sub(shortest);
            counts += lengths;
            work += lengths * (edges.1 - edges.0);
        }

        if counts > MAX_COUNTS || work > MAX_WORK {
            return Err(Unsupported::new("its strings are too long to count"));
        }
        let mut open = Open::new(counts);
        paths.by_length(|at, place, remaining| {
            let leads_on = |edge: &Edge| {
                let next = paths.states[edge.target as usize].at(remaining - 1);
                next.is_some_and(|next| open.has(next))
            };
            if remaining == 0 || paths.edges(at).iter().any(leads_on) {
                open.set(place);
            }
        });
        paths.open = open;
        Ok(paths)
    }

    /// Looks at the states that have strings of a length, from the shortest to the longest: at which
    /// state, the place where something is kept of it, and the length.
    fn by_length(&self, mut look: impl FnMut(usize, usize, usize)) {
        let mut waiting: Vec<usize> = (0..self.states.len()).collect();
        waiting.sort_unstable_by_key(|&at| Reverse(self.states[at].shortest));
        let mut active: Vec<usize> = Vec::new();

        for remaining in 0..=self.max_len {
            while let Some(at) = waiting.pop_if(|&mut at| self.states[at].shortest <= remaining) {
                active.push(at);
            }
            active.retain(|&at| self.states[at].longest >= remaining);
            for &at in &active {
                if let Some(place) = self.states[at].at(remaining) {
                    look(at, place, remaining);
                }
            }
        }
    }

    fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| {
            let last = self.states.last();
            let size = last.map_or(0, |s| s.first + (s.longest + 1).saturating_sub(s.shortest));
            let mut counts = Counts {
                weights: vec![Weight::ZERO; size],
                leads: vec![0; size],
            };
            self.by_length(|at, place, remaining| {
                let weight = match remaining {
                    0 => Weight::ONE,
                    _ => self.total(&counts, at, remaining),
                };
                counts.weights[place] = weight;
                counts.leads[place] = self.lead(&counts, at, remaining, weight);
            });
            counts
        })
    }

    /// Whether a string of `remaining` letters leads from a state to the end.
    pub(super) fn is_open(&self, state: usize, remaining: usize) -> bool {
        let place = self.states.get(state).and_then(|state| state.at(remaining));
        place.is_some_and(|place| self.open.has(place))
    }

    /// How many strings have `len` letters.
    pub(super) fn count(&self, len: usize) -> Weight {
        self.weight(self.counts(), 0, len)
    }

    /// How many strings of `remaining` letters lead from a state to the end.
    fn weight(&self, counts: &Counts, state: usize, remaining: usize) -> Weight {
        let place = self.states.get(state).and_then(|state| state.at(remaining));
        place.map_or(Weight::ZERO, |place| counts.weights[place])
    }

    /// Appends a string of `len` letters, which at least one string has.
    pub(super) fn sample(&self, len: usize, rng: &mut impl rand::Rng, value: &mut String) {
        value.reserve(len);
        let counts = self.counts();
        let mut bits = Bits::new(rng);
        let mut at = 0;
        for remaining in (1..=len).rev() {
            let Some(state) = self.states.get(at) else {
                return;
            };
            let Some(edge) = self.choose(counts, state, remaining, &mut bits) else {
                return;
            };
            value.push(self.character(edge, &mut bits));
            at = edge.target as usize;
        }
    }

    /// The string of `len` letters that is plainest from left to right.
    pub(super) fn plainest(&self, len: usize) -> String {
        let mut value = String::with_capacity(len);
        let mut state = 0;
        for remaining in (1..=len).rev() {
            let open = self
                .edges(state)
                .iter()
                .filter(|edge| self.is_open(edge.target as usize, remaining - 1));
            let Some(edge) = open.min_by_key(|edge| oddness(edge.plainest)) else {
                break;
            };
            value.push(edge.plainest);
            state = edge.target as usize;
        }

        value
    }

    fn edges(&self, state: usize) -> &[Edge] {
        self.states
            .get(state)
            .map_or(&[], |state| &self.edges[state.edges.0..state.edges.1])
    }

    fn total(&self, counts: &Counts, state: usize, remaining: usize) -> Weight {
        let mut sum = Sum::default();
        for edge in self.edges(state) {
            let weight = self.weight(counts, edge.target as usize, remaining - 1);
            sum.add(weight, edge.size);
        }
        sum.weight()
    }

    /// How many of 65,536 draws certainly fall to the first edge of a state: its share of the
    /// strings, rounded down.
    fn lead(&self, counts: &Counts, at: usize, remaining: usize, total: Weight) -> u16 {
        let Some(first) = self
            .edges(at)
            .first()
            .filter(|_| remaining > 0 && !total.is_zero())
        else {
            return 0;
        };
        let share = self
            .weight(counts, first.target as usize, remaining - 1)
            .scaled(first.size, total.exponent());
        // A share is at most the total, which has 44 bits.
        let share = u64::try_from(share)
            .unwrap_or(u64::MAX)
            .min(total.mantissa());

        u16::try_from((share << 16) / total.mantissa()).unwrap_or(u16::MAX)
    }

    /// One edge, with the probability that a string chosen uniformly takes it.
    ///
    /// A draw is a fraction of 64 bits. Most are decided by the first 16 of them; the rest is drawn
    /// where they are not.
    #[inline]
    fn choose(
        &self,
        counts: &Counts,
        state: &State,
        remaining: usize,
        bits: &mut Bits<'_, impl rand::Rng>,
    ) -> Option<&Edge> {
        let edges = &self.edges[state.edges.0..state.edges.1];
        if let [only] = edges {
            return Some(only);
        }
        let place = state.at(remaining)?;
        let start = bits.sixteen();
        if start < *counts.leads.get(place)? {
            return edges.first();
        }
        let draw = u64::from(start) << 48 | bits.forty_eight();
        self.choose_by(counts, edges, counts.weights[place], remaining, draw)
    }

    /// The edge in whose share of the total a draw lies.
    fn choose_by<'a>(
        &self,
        counts: &Counts,
        edges: &'a [Edge],
        total: Weight,
        remaining: usize,
        draw: u64,
    ) -> Option<&'a Edge> {
        let mut left = (u128::from(draw) * u128::from(total.mantissa())) >> 64;
        let mut last = None;
        for edge in edges {
            let weight = self.weight(counts, edge.target as usize, remaining - 1);
            if weight.is_zero() {
                continue;
            }
            let share = weight.scaled(edge.size, total.exponent());
            if left < share {
                return Some(edge);
            }
            left -= share;
            last = Some(edge);
        }

        // Rounding may leave a remainder of a few parts in 2⁴⁴, which falls to the last edge.
        last
    }

    #[inline]
    fn character(&self, edge: &Edge, bits: &mut Bits<'_, impl rand::Rng>) -> char {
        match edge.characters {
            Characters::Ascii(start) => {
                let at = bits.below(edge.size as u16);
                char::from(self.ascii[start + usize::from(at)])
            }
            Characters::Ranges(start, end) => {
                let at = bits.below_large(edge.size);
                let ranges = &self.ranges[start..end];
                let (before, first) =
                    ranges[ranges.partition_point(|&(before, _)| before <= at) - 1];
                char::from_u32(first + at - before).unwrap_or(edge.plainest)
            }
        }
    }

    fn add_edges(&mut self, automaton: &Automaton, state: usize) {
        let letters = &automaton.alphabet.letters;
        let mut steps: Vec<(u32, usize)> = (0..letters.len())
            .map(|letter| (automaton.step(state as u32, letter), letter))
            .filter(|&(target, _)| target != DEAD)
            .collect();

        steps.sort_unstable();
        let first = self.edges.len();
        for group in steps.chunk_by(|one, other| one.0 == other.0) {
            let ranges = || group.iter().flat_map(|&(_, letter)| &letters[letter]);
            let size = ranges().map(|&(first, last)| last - first + 1).sum();
            let plainest = ranges()
                .filter_map(|&range| plainest(range))
                .min_by_key(|&c| oddness(c))
                .unwrap_or('\0');
            let characters = if ranges().all(|&(_, last)| last < 0x80) {
                let start = self.ascii.len();
                self.ascii
                    .extend(ranges().flat_map(|&(first, last)| first as u8..=last as u8));
                Characters::Ascii(start)
            } else {
                let start = self.ranges.len();
                let mut before = 0;
                for &(first, last) in ranges() {
                    self.ranges.push((before, first));
                    before += last - first + 1;
                }
                Characters::Ranges(start, self.ranges.len())
            };
            self.edges.push(Edge {
                target: group[0].0,
                size,
                plainest,
                characters,
            });
        }

        // The likeliest come first, where a choice most often ends.
        self.edges[first..].sort_by_key(|edge| Reverse(edge.size));
    }
}

/// The plainest character of a range.
fn plainest((first, last): (u32, u32)) -> Option<char> {
    let starts = [
        u32::from('a'),
        u32::from('0'),
        u32::from('A'),
        u32::from('!'),
        first,
    ];

    let within = starts
        .into_iter()
        .filter(|start| (first..=last).contains(start))
        .filter_map(char::from_u32);

    within.min_by_key(|&c| oddness(c))
}

/// The fewest and most letters from each state to an end.
fn spans(automaton: &Automaton) -> Vec<(usize, usize)> {
    let predecessors = automaton.predecessors();
    let mut shortest = vec![usize::MAX; automaton.len()];
    let mut queue: std::collections::VecDeque<usize> = (0..automaton.len())
        .filter(|&state| automaton.accepts[state])
        .collect();
    queue.iter().for_each(|&state| shortest[state] = 0);

    while let Some(state) = queue.pop_front() {
        for &before in &predecessors[state] {
            if shortest[before as usize] == usize::MAX {
                shortest[before as usize] = shortest[state] + 1;
                queue.push_back(before as usize);
            }
        }
    }

    // A state's longest is known once that of all its successors is; on a cycle it never is.
    let mut longest = vec![usize::MAX; automaton.len()];
    let mut open: Vec<usize> = (0..automaton.len())
        .map(|state| automaton.successors(state).count())
        .collect();
    let mut ready: Vec<usize> = (0..automaton.len())
        .filter(|&state| open[state] == 0)
        .collect();

    while let Some(state) = ready.pop() {
        longest[state] = automaton
            .successors(state)
            .map(|next| longest[next] + 1)
            .max()
            .unwrap_or(0);
        for &before in &predecessors[state] {
            let edges = automaton
                .successors(before as usize)
                .filter(|&next| next == state)
                .count();
            open[before as usize] -= edges;
            if open[before as usize] == 0 {
                ready.push(before as usize);
            }
        }
    }

    shortest.into_iter().zip(longest).collect()
}
