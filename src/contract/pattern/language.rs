//! A pattern within bounds of length, as an automaton that can count, enumerate and sample.

use super::{
    Pattern,
    automaton::{Automaton, DEAD},
    class,
    error::Unsupported,
    length::LONGEST,
    look::{Bound, Tier, Writer},
    sample::Paths,
    syntax::NodeId,
    term::{Term, Terms},
    zone::Anchoring,
};

/// Strings that a pattern certainly admits, of a length within bounds, counted in Unicode scalars:
/// all of them, where that can be said by an automaton of a bounded size.
///
/// Where a class leaves the choice, only printable ASCII is used: those are the characters that
/// every reading, encoding and transport agrees on. A class that has none of them keeps its ASCII,
/// or failing that, all its characters.
pub(crate) struct Language {
    automaton: Automaton,
    paths: Paths,
    lengths: Vec<usize>,
    /// Why it has not all strings of the pattern, if it has not.
    inexact: Option<&'static str>,
}

/// The greatest lengths that are tried where an automaton for longer strings grows too large.
const SHORTER: usize = 512;
const SHORTEST: usize = 96;

/// Why a string may be there that is not made.
const TOO_LONG: &str = "its strings are longer than any that is made";

impl Language {
    /// Builds the automaton of a pattern for lengths from `min_len` to `max_len` scalars, both
    /// included. Of a pattern whose automaton grows too large, or that looks around in a way that
    /// has none, it has some of the strings.
    ///
    /// A language without strings is no error: then there is none of any legal length, however
    /// long. See [`Language::is_empty`].
    ///
    /// # Errors
    ///
    /// Returns the reason where no string is found, and there may be some.
    pub(crate) fn new(
        pattern: &Pattern,
        min_len: usize,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        let mut first = None;
        for longest in [LONGEST, SHORTER, SHORTEST].map(|most| most.min(max_len)) {
            match Self::up_to(pattern, min_len, longest) {
                Ok(language) if !language.is_empty() => return Ok(language),
                Ok(language) if first.is_none() => {
                    return language.proven_empty(|| {
                        Self::certain(pattern, min_len, max_len, Tier::Any, Self::is_there)
                    });
                }
                Ok(_) => {}
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        Err(first.unwrap_or(Unsupported::new(TOO_LONG)))
    }

    fn up_to(pattern: &Pattern, min_len: usize, max_len: usize) -> Result<Self, Unsupported> {
        // Look-around may contradict the choice of printable characters, so an empty language is
        // tried again without it.
        let mut language = Self::certain(pattern, min_len, max_len, Tier::Printable, Self::of)?;
        for tier in [Tier::Ascii, Tier::Basic, Tier::Any] {
            if language.is_empty() {
                language = Self::certain(pattern, min_len, max_len, tier, Self::of)?;
            }
        }
        Ok(language)
    }

    /// The language, if it is empty however long its strings may be.
    pub(super) fn proven_empty(
        self,
        is_there: impl FnOnce() -> Result<bool, Unsupported>,
    ) -> Result<Self, Unsupported> {
        match self.inexact {
            Some(reason) => Err(Unsupported::new(reason)),
            None if is_there()? => Err(Unsupported::new(TOO_LONG)),
            None => Ok(self),
        }
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
            Ok(_) => self.paths.count(len).saturating(),
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

    fn certain<T>(
        pattern: &Pattern,
        min_len: usize,
        max_len: usize,
        tier: Tier,
        make: fn(Terms, Written, usize, usize) -> Result<T, Unsupported>,
    ) -> Result<T, Unsupported> {
        let mut terms = Terms::new(max_len);
        let mut writer = Writer::new(&mut terms, &pattern.tree, tier);
        let term = writer.language(Bound::Certain, Anchoring::Whole)?;
        let written = Written {
            term,
            inexact: writer.inexact,
        };
        make(terms, written, min_len, max_len)
    }

    /// The strings that none of the patterns admits under any reading. One without strings is
    /// proven to have none of any legal length.
    pub(super) fn outside(
        patterns: &[&Pattern],
        anchoring: Anchoring,
        min_len: usize,
        max_len: usize,
        tier: Tier,
    ) -> Result<Self, Unsupported> {
        let found = Self::refused(patterns, anchoring, min_len, max_len, tier, Self::of)?;
        if !found.is_empty() {
            return Ok(found);
        }
        found.proven_empty(|| {
            Self::refused(patterns, anchoring, min_len, max_len, tier, Self::is_there)
        })
    }

    fn refused<T>(
        patterns: &[&Pattern],
        anchoring: Anchoring,
        min_len: usize,
        max_len: usize,
        tier: Tier,
        make: fn(Terms, Written, usize, usize) -> Result<T, Unsupported>,
    ) -> Result<T, Unsupported> {
        let mut terms = Terms::new(max_len);
        let refused = refused(&mut terms, patterns, anchoring)?;
        let characters = terms.set(tier.characters());
        let characters = terms.repeat(characters, 0, None);
        let written = Written {
            term: terms.intersection(vec![refused.term, characters]),
            inexact: refused.inexact,
        };
        make(terms, written, min_len, max_len)
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
        let mut terms = Terms::new(max_len);
        let refused = refused(&mut terms, patterns, anchoring)?;
        let mut writer = Writer::new(&mut terms, &pattern.tree, Tier::Printable).granting(look);
        let admitted = writer.language(Bound::Certain, Anchoring::Whole)?;
        let written = Written {
            inexact: refused.inexact.or(writer.inexact),
            term: terms.intersection(vec![refused.term, admitted]),
        };
        Self::of(terms, written, min_len, max_len)
    }

    fn of(
        mut terms: Terms,
        written: Written,
        min_len: usize,
        max_len: usize,
    ) -> Result<Self, Unsupported> {
        let max_len = max_len.min(LONGEST);
        let automaton = Automaton::explore(&mut terms, written.term, max_len)?;
        let paths = Paths::of(&automaton, max_len)?;
        let lengths = (min_len..=max_len)
            .filter(|&len| paths.is_open(0, len))
            .collect();
        Ok(Self {
            automaton,
            paths,
            lengths,
            inexact: written.inexact,
        })
    }

    /// Whether there may be a string of at least the least length. Only those beyond the greatest
    /// length that is made are of interest.
    fn is_there(
        mut terms: Terms,
        written: Written,
        min_len: usize,
        max_len: usize,
    ) -> Result<bool, Unsupported> {
        if max_len <= LONGEST {
            return Ok(false);
        }
        let any = terms.set(class::range('\0', char::MAX));
        let least = u32::try_from(min_len).map_err(|_| Unsupported::new(TOO_LONG))?;
        let long = terms.repeat(any, least, None);
        let term = terms.intersection(vec![written.term, long]);
        Ok(Automaton::explore(&mut terms, term, max_len)?.len() > 0)
    }
}

/// A term of a pattern.
struct Written {
    term: Term,
    /// Why it has not all that the pattern has, if it has not.
    inexact: Option<&'static str>,
}

/// What no reading of any of the patterns admits.
fn refused(
    terms: &mut Terms,
    patterns: &[&Pattern],
    anchoring: Anchoring,
) -> Result<Written, Unsupported> {
    let mut admitted = Vec::new();
    let mut inexact = None;
    for pattern in patterns {
        let mut writer = Writer::new(terms, &pattern.tree, Tier::Any);
        admitted.push(writer.language(Bound::Possible, anchoring)?);
        inexact = inexact.or(writer.inexact);
    }

    let admitted = terms.union(admitted);
    Ok(Written {
        term: terms.not(admitted),
        inexact,
    })
}
