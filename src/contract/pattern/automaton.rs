//! Deterministic automata over letters, explored from a term by its derivatives.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{
    alphabet::Alphabet,
    error::Unsupported,
    term::{NEVER, Term, Terms},
};

/// The most states explored, dead ones included.
const MAX_STATES: usize = 20_000;

/// The most entries of a transition table: 8 MiB.
const MAX_TRANSITIONS: usize = 2_000_000;

/// No state: the string read so far cannot become one of the language's.
pub(super) const DEAD: u32 = u32::MAX;

/// An automaton without dead states. State 0 is the first, if there is any.
pub(super) struct Automaton {
    pub(super) alphabet: Alphabet,
    /// The next state, by state and letter.
    pub(super) next: Vec<u32>,
    pub(super) accepts: Vec<bool>,
    /// The length of the shortest string that leads to each state.
    pub(super) depth: Vec<usize>,
}

impl Automaton {
    /// Explores a term as far as strings of `max_len` letters reach.
    pub(super) fn explore(
        terms: &mut Terms,
        start: Term,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        #[cfg(test)]
        crate::contract::counted::count(&crate::contract::counted::AUTOMATA);
        let alphabet =
            Alphabet::of(&terms.sets).ok_or(Unsupported::new("too many character ranges"))?;
        let mut automaton = Self {
            alphabet,
            next: Vec::new(),
            accepts: Vec::new(),
            depth: Vec::new(),
        };

        let letters = automaton.alphabet.len();
        let mut states: Vec<Term> = vec![start];
        let mut known: HashMap<Term, u32, FixedState> = HashMap::from_iter([(start, 0)]);
        automaton.depth.push(0);
        let mut at = 0;

        while let Some(&term) = states.get(at) {
            automaton.accepts.push(terms.nullable(term));
            for letter in 0..letters {
                let next = if automaton.depth[at] < max_len {
                    terms.derivative(term, letter, &automaton.alphabet)
                } else {
                    NEVER
                };
                if next == NEVER {
                    automaton.next.push(DEAD);
                    continue;
                }
                let state = *known.entry(next).or_insert_with(|| {
                    states.push(next);
                    automaton.depth.push(automaton.depth[at] + 1);
                    states.len() as u32 - 1
                });
                automaton.next.push(state);
            }
            if terms.exhausted()
                || states.len() > MAX_STATES
                || automaton.next.len() > MAX_TRANSITIONS
            {
                return Err(Unsupported::new("its automaton grows too large"));
            }
            at += 1;
        }

        automaton.trim();
        Ok(automaton)
    }

    pub(super) fn len(&self) -> usize {
        self.accepts.len()
    }

    pub(super) fn step(&self, state: u32, letter: usize) -> u32 {
        self.next[state as usize * self.alphabet.len() + letter]
    }

    /// The distinct states that follow a state.
    pub(super) fn successors(&self, state: usize) -> impl Iterator<Item = usize> + '_ {
        let letters = self.alphabet.len();
        let row = &self.next[state * letters..(state + 1) * letters];
        row.iter()
            .filter(|&&next| next != DEAD)
            .map(|&next| next as usize)
    }

    /// The states that lead to each state, each once per letter.
    pub(super) fn predecessors(&self) -> Vec<Vec<u32>> {
        let mut predecessors = vec![Vec::new(); self.len()];
        for state in 0..self.len() {
            for next in self.successors(state) {
                predecessors[next].push(state as u32);
            }
        }
        predecessors.iter_mut().for_each(Vec::dedup);
        predecessors
    }

    /// Removes the states from which no string is accepted.
    fn trim(&mut self) {
        let predecessors = self.predecessors();
        let mut alive = self.accepts.clone();
        let mut pending: Vec<usize> = (0..self.len()).filter(|&state| alive[state]).collect();
        while let Some(state) = pending.pop() {
            for &before in &predecessors[state] {
                if !std::mem::replace(&mut alive[before as usize], true) {
                    pending.push(before as usize);
                }
            }
        }

        let mut renamed = vec![DEAD; self.len()];
        let kept: Vec<usize> = (0..self.len()).filter(|&state| alive[state]).collect();
        for (new, &old) in kept.iter().enumerate() {
            renamed[old] = new as u32;
        }
        // Exploration is breadth first, so that the first state, if it is alive, stays first.
        let letters = self.alphabet.len();
        let rename = |&next: &u32| {
            if next == DEAD {
                DEAD
            } else {
                renamed[next as usize]
            }
        };

        self.next = kept
            .iter()
            .flat_map(|&old| &self.next[old * letters..(old + 1) * letters])
            .map(rename)
            .collect();

        self.accepts = kept.iter().map(|&old| self.accepts[old]).collect();
        self.depth = kept.iter().map(|&old| self.depth[old]).collect();
    }
}
