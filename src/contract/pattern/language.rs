//! A pattern within bounds of length, as an automaton that can count, enumerate and sample.

use super::{
    Pattern,
    automaton::{Automaton, DEAD},
    class,
    error::Unsupported,
    length::CEILING,
    look::{Bound, Tier, Writer},
    sample::Paths,
    syntax::NodeId,
    term::{Term, Terms},
    zone::Anchoring,
};

/// The strings that a pattern certainly admits, of a length within bounds, counted in Unicode
/// scalars.
///
/// Where a class leaves the choice, only printable ASCII is used: those are the characters that
/// every reading, encoding and transport agrees on. A class that has none of them keeps its ASCII,
/// or failing that, all its characters.
pub(crate) struct Language {
    automaton: Automaton,
    paths: Paths,
    lengths: Vec<usize>,
}

impl Language {
    /// Builds the automaton of a pattern for lengths from `min_len` to `max_len` scalars, both
    /// included.
    ///
    /// A language without strings is no error: see [`Language::is_empty`].
    ///
    /// # Errors
    ///
    /// Returns the reason where the pattern looks around in a way that has no automaton here, or
    /// where building it would take more than tens of milliseconds or of megabytes.
    pub(crate) fn new(
        pattern: &Pattern,
        min_len: usize,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        // Look-around may contradict the choice of printable characters, so an empty language is
        // tried again without it.
        for tier in [Tier::Printable, Tier::Ascii] {
            let language = Self::certain(pattern, min_len, max_len, tier)?;
            if !language.is_empty() {
                return Ok(language);
            }
        }
        Self::certain(pattern, min_len, max_len, Tier::Any)
    }

    /// Whether no string satisfies both the pattern and the bounds.
    pub(crate) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Every length that at least one string has, in ascending order.
    pub(crate) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// How many strings have this length: exact below 2⁴⁴, within one part in 2³⁰ above, saturating
    /// at the largest number.
    pub(crate) fn count(&self, len: usize) -> u128 {
        match self.lengths.binary_search(&len) {
            Ok(_) => self.paths.weight(0, len).saturating(),
            Err(_) => 0,
        }
    }

    /// Whether the language has this string.
    pub(crate) fn contains(&self, value: &str) -> bool {
        let mut state = 0;
        let mut length = 0;
        for character in value.chars() {
            let letter = if self.is_empty() {
                None
            } else {
                self.automaton.alphabet.letter(character)
            };
            state = letter.map_or(DEAD, |letter| self.automaton.step(state, letter));
            if state == DEAD {
                return false;
            }
            length += 1;
        }

        self.lengths.binary_search(&length).is_ok() && self.automaton.accepts[state as usize]
    }

    /// A string of exactly this length, each with the same probability; none where no string has
    /// it.
    ///
    /// The probability is exact for the characters of a class. Where paths part, it is as exact as
    /// the counts are: to one part in 2⁴⁰ at each character.
    pub(crate) fn sample(&self, len: usize, rng: &mut impl rand::Rng) -> Option<String> {
        let mut value = String::new();
        self.sample_into(len, rng, &mut value).then_some(value)
    }

    /// As [`Language::sample`], replacing the content of `value`; returns whether there was a
    /// string of that length.
    pub(crate) fn sample_into(
        &self,
        len: usize,
        rng: &mut impl rand::Rng,
        value: &mut String,
    ) -> bool {
        value.clear();
        let possible = self.lengths.binary_search(&len).is_ok();
        if possible {
            self.paths.sample(len, rng, value);
        }
        possible
    }

    /// A string of a random length: each length is as probable as any other, then each string of
    /// it.
    pub(crate) fn sample_any(&self, rng: &mut impl rand::Rng) -> Option<String> {
        let len = *self
            .lengths
            .get(rng.random_range(0..self.lengths.len().max(1)))?;
        self.sample(len, rng)
    }

    /// The simplest of the shortest strings.
    pub(crate) fn shortest(&self) -> Option<String> {
        self.at(*self.lengths.first()?)
    }

    /// One string of this length, always the same: at each position the plainest character that can
    /// be completed.
    pub(crate) fn at(&self, len: usize) -> Option<String> {
        self.lengths
            .binary_search(&len)
            .ok()
            .map(|_| self.paths.plainest(len))
    }

    fn certain(
        pattern: &Pattern,
        min_len: usize,
        max_len: usize,
        tier: Tier,
    ) -> Result<Self, Unsupported> {
        let mut terms = Terms::new();
        let mut writer = Writer {
            terms: &mut terms,
            tree: &pattern.tree,
            tier,
            granted: None,
        };
        let term = writer.language(Bound::Certain, Anchoring::Whole)?;
        Self::of(terms, term, min_len, max_len)
    }

    /// The strings that none of the patterns admits under any reading.
    pub(super) fn outside(
        patterns: &[&Pattern],
        anchoring: Anchoring,
        min_len: usize,
        max_len: usize,
        tier: Tier,
    ) -> Result<Self, Unsupported> {
        let mut terms = Terms::new();
        let refused = refused(&mut terms, patterns, anchoring)?;
        let characters = match tier {
            Tier::Printable => class::range(' ', '~'),
            Tier::Ascii => class::range('\0', '\u{7f}'),
            Tier::Any => class::range('\0', char::MAX),
        };
        let characters = terms.set(characters);
        let written = terms.repeat(characters, 0, None);
        let term = terms.intersection(vec![refused, written]);
        Self::of(terms, term, min_len, max_len)
    }

    /// The strings that `pattern` would certainly admit but for one look-around, and none of the
    /// patterns does.
    pub(super) fn but_for(
        pattern: &Pattern,
        look: NodeId,
        patterns: &[&Pattern],
        anchoring: Anchoring,
        min_len: usize,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        let mut terms = Terms::new();
        let refused = refused(&mut terms, patterns, anchoring)?;
        let tier = Tier::Printable;
        let mut writer = Writer {
            terms: &mut terms,
            tree: &pattern.tree,
            tier,
            granted: Some(look),
        };

        let admitted = writer.language(Bound::Certain, Anchoring::Whole)?;
        let term = terms.intersection(vec![refused, admitted]);
        Self::of(terms, term, min_len, max_len)
    }

    fn of(
        mut terms: Terms,
        term: Term,
        min_len: usize,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        let max_len = max_len.min(CEILING);
        let automaton = Automaton::explore(&mut terms, term, max_len)?;
        let paths = Paths::count(&automaton, max_len)?;
        let lengths = (min_len..=max_len)
            .filter(|&len| !paths.weight(0, len).is_zero())
            .collect();
        Ok(Self {
            automaton,
            paths,
            lengths,
        })
    }
}

/// What no reading of any of the patterns admits.
fn refused(
    terms: &mut Terms,
    patterns: &[&Pattern],
    anchoring: Anchoring,
) -> Result<Term, Unsupported> {
    let mut admitted = Vec::new();
    for pattern in patterns {
        let mut writer = Writer {
            terms,
            tree: &pattern.tree,
            tier: Tier::Any,
            granted: None,
        };
        admitted.push(writer.language(Bound::Possible, anchoring)?);
    }

    let admitted = terms.union(admitted);
    Ok(terms.not(admitted))
}
