//! Paths of an automaton: counted by length, then chosen with equal probability.

use std::cmp::Reverse;

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

/// The number of strings from each state to the end, by length, and the steps those strings take.
pub(super) struct Paths {
    states: Vec<State>,
    weights: Vec<Weight>,
    /// Beside each weight: how many of 65,536 draws certainly fall to the state's first edge.
    leads: Vec<u16>,
    edges: Vec<Edge>,
    /// The characters of edges that have ASCII alone.
    ascii: Vec<u8>,
    /// The characters of other edges: how many stand before each range, and its first.
    ranges: Vec<(u32, u32)>,
}

/// A state, whose weights are kept for remaining lengths from `shortest` to `longest` only.
struct State {
    shortest: usize,
    longest: usize,
    weights: usize,
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

impl Paths {
    /// Counts the strings of up to `max_len` letters.
    pub(super) fn count(automaton: &Automaton, max_len: usize) -> Result<Self, Unsupported> {
        let mut paths = Self {
            states: Vec::new(),
            weights: Vec::new(),
            leads: Vec::new(),
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
                weights: counts,
                edges,
            });
            let lengths = (longest + 1).saturating_sub(shortest);
            counts += lengths;
            work += lengths * (edges.1 - edges.0);
        }

        if counts > MAX_COUNTS || work > MAX_WORK {
            return Err(Unsupported::new("its strings are too long to count"));
        }
        paths.weights = vec![Weight::ZERO; counts];
        paths.leads = vec![0; counts];
        // Only the states that have strings of the length at hand are looked at.
        let mut waiting: Vec<usize> = (0..paths.states.len()).collect();
        waiting.sort_unstable_by_key(|&at| Reverse(paths.states[at].shortest));
        let mut active: Vec<usize> = Vec::new();

        for remaining in 0..=max_len {
            while let Some(at) = waiting.pop_if(|&mut at| paths.states[at].shortest <= remaining) {
                active.push(at);
            }
            active.retain(|&at| paths.states[at].longest >= remaining);
            for &at in &active {
                let weight = if remaining == 0 {
                    Weight::ONE
                } else {
                    paths.total(at, remaining)
                };
                let lead = paths.lead(at, remaining, weight);
                let state = &paths.states[at];
                paths.weights[state.weights + remaining - state.shortest] = weight;
                paths.leads[state.weights + remaining - state.shortest] = lead;
            }
        }

        Ok(paths)
    }

    /// How many strings of `remaining` letters lead from a state to the end.
    pub(super) fn weight(&self, state: usize, remaining: usize) -> Weight {
        match self.states.get(state) {
            Some(state) if remaining >= state.shortest && remaining <= state.longest => {
                self.weights[state.weights + remaining - state.shortest]
            }
            _ => Weight::ZERO,
        }
    }

    /// Appends a string of `len` letters, which at least one string has.
    pub(super) fn sample(&self, len: usize, rng: &mut impl rand::Rng, value: &mut String) {
        value.reserve(len);
        let mut bits = Bits::new(rng);
        let mut at = 0;
        for remaining in (1..=len).rev() {
            let Some(state) = self.states.get(at) else {
                return;
            };
            let Some(edge) = self.choose(state, remaining, &mut bits) else {
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
                .filter(|edge| !self.weight(edge.target as usize, remaining - 1).is_zero());
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

    fn total(&self, state: usize, remaining: usize) -> Weight {
        let mut sum = Sum::default();
        for edge in self.edges(state) {
            sum.add(self.weight(edge.target as usize, remaining - 1), edge.size);
        }
        sum.weight()
    }

    /// How many of 65,536 draws certainly fall to the first edge of a state: its share of the
    /// strings, rounded down.
    fn lead(&self, at: usize, remaining: usize, total: Weight) -> u16 {
        let Some(first) = self
            .edges(at)
            .first()
            .filter(|_| remaining > 0 && !total.is_zero())
        else {
            return 0;
        };
        let share = self
            .weight(first.target as usize, remaining - 1)
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
        state: &State,
        remaining: usize,
        bits: &mut Bits<'_, impl rand::Rng>,
    ) -> Option<&Edge> {
        let edges = &self.edges[state.edges.0..state.edges.1];
        if let [only] = edges {
            return Some(only);
        }
        let start = bits.sixteen();
        if start < *self.leads.get(state.weights + remaining - state.shortest)? {
            return edges.first();
        }
        let draw = u64::from(start) << 48 | bits.forty_eight();
        self.choose_by(
            edges,
            self.weights[state.weights + remaining - state.shortest],
            remaining,
            draw,
        )
    }

    /// The edge in whose share of the total a draw lies.
    fn choose_by<'a>(
        &self,
        edges: &'a [Edge],
        total: Weight,
        remaining: usize,
        draw: u64,
    ) -> Option<&'a Edge> {
        let mut left = (u128::from(draw) * u128::from(total.mantissa())) >> 64;
        let mut last = None;
        for edge in edges {
            let weight = self.weight(edge.target as usize, remaining - 1);
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
