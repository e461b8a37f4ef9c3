//! Documented regular expressions: which strings they certainly admit, which they certainly refuse,
//! and how to write such strings exactly.
//!
//! A documentation page prints a regular expression without saying which dialect it is written in
//! or whether it must match the whole value. A verdict is only fair where all readings agree, so
//! every question here has three answers ([`Zone`]): inside under every reading, outside under
//! every reading, or dependent on a reading.
//!
//! The flow is one way:
//!
//! ```text
//! text ─► tokens ─► engines (regex, fancy-regex) ─────────────► zone: the independent oracle
//!            └────► tree ─► terms ─► automaton ─► Language ───► counts, samples, shrinking
//!                      └──► alignment with a value ───────────► covers, violations
//! ```
//!
//! The oracle shares only the tokens with the generators: structure (precedence, groups,
//! repetition, look-around) is read once by our parser and once by the engines, so that a mistake
//! in one shows as a disagreement.
//!
//! Automata are built by derivatives over Unicode scalars rather than from bytes: intersection and
//! complement, which look-around and certain violations need, are then ordinary operators, lengths
//! are counted in scalars without decoding, and one counter of work bounds time and memory for any
//! input.

use std::fmt;
use std::sync::Arc;

use self::{syntax::Tree, token::Token, zone::Engines};
use crate::support::known::Known;

mod align;
mod alphabet;
mod automaton;
mod bits;
mod bracket;
mod budget;
mod character;
mod class;
mod cover;
mod cursor;
mod edit;
mod error;
mod escape;
mod form;
mod language;
mod left;
mod length;
mod letters;
mod look;
mod parser;
mod place;
mod recent;
mod sample;
mod shrink;
mod site;
mod surrogate;
mod syntax;
mod term;
mod token;
mod violation;
mod weight;
mod zone;

pub(crate) use self::{
    cover::{Cover, covers},
    error::PatternError,
    language::Language,
    length::{LONGEST, fits},
    shrink::shrink,
    violation::{Broken, NoViolation, probes, violations},
    zone::{Anchoring, Reading, Zone},
};

/// A regular expression as an API's documentation prints it, in the common subset of the Java and
/// ECMAScript dialects.
///
/// Read beyond what those dialects share: a hyphen after a range (`[0-9-_]`), needless escapes
/// (`\/`, `\_`), `\u0020` escapes with surrogate pairs, POSIX and `\p` classes, look-ahead and
/// look-behind, and braces that are no quantifier. Back-references, possessive quantifiers, atomic
/// groups and inline flags are refused by name.
pub(crate) struct Pattern {
    source: String,
    tree: Tree,
    engines: Engines,
}

impl Pattern {
    /// Reads a pattern as documented.
    ///
    /// # Errors
    ///
    /// Returns where and why the text cannot be used; the value names a feature rather than
    /// guessing at its meaning.
    pub(crate) fn parse(source: &str) -> Result<Self, PatternError> {
        let tokens = token::tokens(source)?;
        let tree = Tree::parse(&tokens)?;
        let tokens: Vec<Token> = tokens.into_iter().map(|placed| placed.token).collect();
        Ok(Self {
            source: source.to_owned(),
            tree,
            engines: Engines::new(tokens),
        })
    }

    /// The same, read once for all that name it: the operations of a service share their patterns,
    /// and what is compiled for one takes longer than to read it.
    ///
    /// # Errors
    ///
    /// As [`Pattern::parse`].
    pub(crate) fn shared(source: &str) -> Result<Arc<Self>, PatternError> {
        static KNOWN: Known<String, Arc<Pattern>> = Known::new(512);
        if let Some(pattern) = KNOWN.get(source) {
            return Ok(pattern);
        }
        let pattern = Arc::new(Self::parse(source)?);
        KNOWN.add(source.to_owned(), Arc::clone(&pattern));
        Ok(pattern)
    }

    /// The text the pattern was read from.
    #[cfg(test)]
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Where a value stands, judged by the `regex` and `fancy-regex` engines under every reading of
    /// the dialect.
    ///
    /// The readings are those of [`Reading`]; `anchoring` says whether "matches" may also mean
    /// "contains a match".
    pub(crate) fn zone(&self, value: &str, anchoring: Anchoring) -> Zone {
        self.engines.zone(value, anchoring)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.source).finish()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
