//! Extended regular expressions as hash-consed terms, and their derivatives.
//!
//! Union, intersection and complement are operators like any other, which is what look-around and
//! "certainly outside" ask for. Terms are kept in a normal form (sorted unions without repeats,
//! concatenations leaning right), under which the derivatives of a term are finitely many; after
//! Brzozowski (1964) and Owens, Reppy and Turon (2009).

use std::collections::HashMap;

use foldhash::fast::FixedState;
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::alphabet::Alphabet;

pub(super) type Term = u32;

/// The empty language, the language of the empty string, and the language of all strings.
pub(super) const NEVER: Term = 0;
pub(super) const EMPTY: Term = 1;
pub(super) const ALL: Term = 2;

/// The set of all characters, which is always the first.
const ANY: u32 = 0;

/// How much work, counted in parts of terms touched, one automaton may take: tens of milliseconds.
const MAX_WORK: usize = 400_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Shape {
    Never,
    Empty,
    Set(u32),
    Concat(Term, Term),
    Union(Box<[Term]>),
    Intersection(Box<[Term]>),
    Not(Term),
    Repeat {
        inner: Term,
        min: u32,
        max: Option<u32>,
    },
}

pub(super) struct Terms {
    shapes: Vec<(Shape, bool)>,
    known: HashMap<Shape, Term, FixedState>,
    derived: HashMap<(Term, u32), Term, FixedState>,
    pub(super) sets: Vec<ClassUnicode>,
    /// The greatest length that is asked about: terms may differ in longer strings.
    longest: usize,
    work: usize,
}

impl Terms {
    pub(super) fn new(longest: usize) -> Self {
        let any = ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]);
        let mut terms = Self {
            shapes: Vec::new(),
            known: HashMap::default(),
            derived: HashMap::default(),
            sets: vec![any],
            longest,
            work: 0,
        };

        terms.add(Shape::Never, false);
        terms.add(Shape::Empty, true);
        // The set of all characters becomes the term after the three constants, so that `ALL` may
        // refer to it.
        terms.add(
            Shape::Repeat {
                inner: 3,
                min: 0,
                max: None,
            },
            true,
        );

        terms.add(Shape::Set(ANY), false);
        terms
    }

    /// The greatest length that is asked about.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Whether the work spent so far is more than any one pattern may take. Terms built since then
    /// mean nothing.
    pub(super) fn exhausted(&self) -> bool {
        self.work > MAX_WORK
    }

    pub(super) fn set(&mut self, set: ClassUnicode) -> Term {
        if set.ranges().is_empty() {
            return NEVER;
        }
        let index = self
            .sets
            .iter()
            .position(|known| *known == set)
            .unwrap_or_else(|| {
                self.sets.push(set);
                self.sets.len() - 1
            });

        self.add(Shape::Set(index as u32), false)
    }

    pub(super) fn concat(&mut self, first: Term, rest: Term) -> Term {
        // Lean right: take the first apart along its spine, then put all of it before the rest.
        let mut spine = Vec::new();
        let mut end = first;
        while let Shape::Concat(head, tail) = self.shapes[end as usize].0 {
            spine.push(head);
            end = tail;
        }

        spine.push(end);
        let mut result = rest;
        for head in spine.into_iter().rev() {
            result = match (head, result) {
                (NEVER, _) | (_, NEVER) => NEVER,
                (EMPTY, term) | (term, EMPTY) => term,
                (ALL, ALL) => ALL,
                (head, tail) => {
                    let nullable = self.nullable(head) && self.nullable(tail);
                    self.add(Shape::Concat(head, tail), nullable)
                }
            };
        }

        result
    }

    pub(super) fn union(&mut self, parts: Vec<Term>) -> Term {
        let mut flat = Vec::new();
        for part in parts {
            match &self.shapes[part as usize].0 {
                Shape::Union(inner) => flat.extend_from_slice(inner),
                Shape::Never => {}
                _ => flat.push(part),
            }
        }

        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => NEVER,
            [only] => *only,
            _ if flat.contains(&ALL) => ALL,
            _ => {
                let nullable = flat.iter().any(|&part| self.nullable(part));
                self.add(Shape::Union(flat.into()), nullable)
            }
        }
    }

    pub(super) fn intersection(&mut self, parts: Vec<Term>) -> Term {
        let mut flat = Vec::new();
        for part in parts {
            match &self.shapes[part as usize].0 {
                Shape::Intersection(inner) => flat.extend_from_slice(inner),
                _ if part == ALL => {}
                _ => flat.push(part),
            }
        }

        flat.sort_unstable();
        flat.dedup();
        let nullable = flat.iter().all(|&part| self.nullable(part));
        match flat.as_slice() {
            [] => ALL,
            [only] => *only,
            _ if flat.contains(&NEVER) => NEVER,
            _ if flat.contains(&EMPTY) => {
                if nullable {
                    EMPTY
                } else {
                    NEVER
                }
            }
            _ => self.add(Shape::Intersection(flat.into()), nullable),
        }
    }

    pub(super) fn not(&mut self, inner: Term) -> Term {
        match self.shapes[inner as usize].0 {
            Shape::Never => ALL,
            Shape::Not(inner) => inner,
            _ if inner == ALL => NEVER,
            _ => {
                let nullable = !self.nullable(inner);
                self.add(Shape::Not(inner), nullable)
            }
        }
    }

    pub(super) fn repeat(&mut self, inner: Term, min: u32, max: Option<u32>) -> Term {
        // Where one round may be empty, fewer rounds say the same.
        let min = if self.nullable(inner) { 0 } else { min };
        // A bound that only longer strings reach is none: `.{1,65535}` in at most 4,096 characters.
        let reached = |max: &u32| (*max as usize) < self.longest || self.nullable(inner);
        let max = max.filter(reached);
        match (inner, min, max) {
            (EMPTY, ..) | (_, _, Some(0)) | (NEVER, 0, _) => EMPTY,
            (NEVER, ..) => NEVER,
            (inner, 1, Some(1)) => inner,
            (inner, 0, Some(1)) if self.nullable(inner) => inner,
            (inner, min, max) => match self.shapes[inner as usize].0 {
                Shape::Repeat {
                    min: 0, max: None, ..
                } => inner,
                _ => self.add(Shape::Repeat { inner, min, max }, min == 0),
            },
        }
    }

    pub(super) fn nullable(&self, term: Term) -> bool {
        self.shapes[term as usize].1
    }

    /// What may follow a letter of the alphabet in the term's strings.
    pub(super) fn derivative(&mut self, term: Term, letter: usize, alphabet: &Alphabet) -> Term {
        match self.shapes[term as usize].0 {
            Shape::Never | Shape::Empty => return NEVER,
            Shape::Set(set) => {
                return if alphabet.members[set as usize][letter] {
                    EMPTY
                } else {
                    NEVER
                };
            }
            _ if self.exhausted() => return NEVER,
            _ => {}
        }

        self.work += 1;
        if let Some(&known) = self.derived.get(&(term, letter as u32)) {
            return known;
        }
        let result = match self.shapes[term as usize].0.clone() {
            Shape::Never | Shape::Empty | Shape::Set(_) => NEVER,
            Shape::Concat(..) => self.derive_spine(term, letter, alphabet),
            Shape::Union(parts) => {
                let parts = parts
                    .iter()
                    .map(|&part| self.derivative(part, letter, alphabet))
                    .collect();
                self.union(parts)
            }
            Shape::Intersection(parts) => {
                let parts = parts
                    .iter()
                    .map(|&part| self.derivative(part, letter, alphabet))
                    .collect();
                self.intersection(parts)
            }
            Shape::Not(inner) => {
                let inner = self.derivative(inner, letter, alphabet);
                self.not(inner)
            }
            Shape::Repeat { inner, min, max } => {
                let first = self.derivative(inner, letter, alphabet);
                if first == NEVER {
                    NEVER
                } else {
                    let rest = self.repeat(inner, min.saturating_sub(1), max.map(|max| max - 1));
                    self.concat(first, rest)
                }
            }
        };

        self.derived.insert((term, letter as u32), result);
        result
    }

    /// A loop rather than recursion, because a pattern may have thousands of optional parts in a
    /// row.
    fn derive_spine(&mut self, term: Term, letter: usize, alphabet: &Alphabet) -> Term {
        let mut parts = Vec::new();
        let mut rest = term;
        while let Shape::Concat(head, tail) = self.shapes[rest as usize].0 {
            self.work += 1;
            let first = self.derivative(head, letter, alphabet);
            parts.push(self.concat(first, tail));
            rest = tail;
            if !self.nullable(head) {
                return self.union(parts);
            }
        }

        parts.push(self.derivative(rest, letter, alphabet));
        self.union(parts)
    }

    fn add(&mut self, shape: Shape, nullable: bool) -> Term {
        self.work += match &shape {
            Shape::Union(parts) | Shape::Intersection(parts) => 1 + parts.len(),
            _ => 1,
        };
        if let Some(&known) = self.known.get(&shape) {
            return known;
        }
        let term = self.shapes.len() as Term;
        self.shapes.push((shape.clone(), nullable));
        self.known.insert(shape, term);
        term
    }
}
