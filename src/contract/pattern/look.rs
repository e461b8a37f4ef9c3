//! A pattern's tree as one term: anchors and look-around become intersections with what follows or
//! precedes.
//!
//! What a part may be followed by depends on what stands to its left, as far as assertions ask for
//! that. So each step has one term for each left of [`Lefts`]: the strings from here to the end of
//! the value.
//!
//! Where no term says exactly what an assertion asks, the nearest one on the safe side is taken:
//! fewer strings where all of them must be admitted, more where all that are admitted are wanted.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::{
    class::{self, LINE_TERMINATORS, Set},
    error::Unsupported,
    left::{Holds, Lefts, one_character},
    syntax::{Kind, NodeId, Tree},
    term::{ALL, EMPTY, NEVER, Term, Terms},
    zone::Anchoring,
};

/// The most copies written out of a repetition that looks around.
const MAX_COPIES: u32 = 64;

/// Which strings a term shall have, where readings differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Only what every reading admits.
    Certain,
    /// All that some reading admits.
    Possible,
}

/// Which characters a term may use where a class leaves the choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Tier {
    Printable,
    Ascii,
    /// Those that count once in UTF-16.
    Basic,
    Any,
}

/// The strings from a place to the end of the value, by what stands to its left.
type Rests = Vec<Term>;

/// Writes trees as terms.
pub(super) struct Writer<'a> {
    pub(super) terms: &'a mut Terms,
    tree: &'a Tree,
    tier: Tier,
    /// A look-around taken to hold everywhere.
    granted: Option<NodeId>,
    lefts: Lefts,
    /// Whether a match may begin after the start of the value.
    floats: bool,
    /// Why the term does not say exactly what the pattern does, if it does not.
    pub(super) inexact: Option<&'static str>,
}

impl Tier {
    pub(super) const ALL: [Self; 4] = [Self::Printable, Self::Ascii, Self::Basic, Self::Any];

    pub(super) fn characters(self) -> ClassUnicode {
        match self {
            Self::Printable => class::range(' ', '~'),
            Self::Ascii => class::range('\0', '\u{7f}'),
            Self::Basic => class::range('\0', '\u{ffff}'),
            Self::Any => class::range('\0', char::MAX),
        }
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(terms: &'a mut Terms, tree: &'a Tree, tier: Tier) -> Self {
        Self {
            terms,
            tree,
            tier,
            granted: None,
            lefts: Lefts::of(tree),
            floats: false,
            inexact: None,
        }
    }

    /// The same, with one look-around taken to hold everywhere.
    pub(super) fn granting(mut self, look: NodeId) -> Self {
        self.granted = Some(look);
        self
    }

    /// The strings the pattern admits.
    pub(super) fn language(
        &mut self,
        bound: Bound,
        anchoring: Anchoring,
    ) -> Result<Term, Unsupported> {
        let root = self.tree.root;
        self.floats = anchoring == Anchoring::Either && bound == Bound::Possible;
        let rest = if self.floats { ALL } else { EMPTY };
        let rests = self.before(root, &self.alike(rest), bound)?;
        if !self.floats {
            return Ok(at_start(&rests));
        }

        let mut ways = vec![at_start(&rests)];
        for (set, rest) in self.by_rest(&rests) {
            let last = self.terms.set(set);
            let passed = self.terms.concat(ALL, last);
            ways.push(self.terms.concat(passed, rest));
        }
        Ok(self.terms.union(ways))
    }

    fn alike(&self, rest: Term) -> Rests {
        vec![rest; self.lefts.len()]
    }

    /// The characters a tier leaves of a set: all of it, where it has none of the tier.
    fn leaf(&mut self, set: &Set, bound: Bound) -> Term {
        if bound == Bound::Possible {
            return self.terms.set(set.possible.clone());
        }
        for tier in Tier::ALL {
            if self.tier <= tier {
                let mut plain = tier.characters();
                plain.intersect(&set.certain);
                if !plain.ranges().is_empty() {
                    return self.terms.set(plain);
                }
            }
        }

        NEVER
    }

    /// A node's strings, without what its assertions ask.
    fn plain(&mut self, node: NodeId, bound: Bound) -> Term {
        match self.tree.kind(node) {
            Kind::Literal(text) => {
                let mut term = EMPTY;
                for character in text.chars().rev() {
                    let set = self.terms.set(class::range(character, character));
                    term = self.terms.concat(set, term);
                }
                term
            }
            Kind::Class(set) => self.leaf(set, bound),
            Kind::Concat(parts) => {
                let terms: Vec<Term> = parts.iter().map(|&part| self.plain(part, bound)).collect();
                terms
                    .into_iter()
                    .rev()
                    .fold(EMPTY, |rest, term| self.terms.concat(term, rest))
            }
            Kind::Alternate(branches) => {
                let terms = branches
                    .iter()
                    .map(|&branch| self.plain(branch, bound))
                    .collect();
                self.terms.union(terms)
            }
            Kind::Repeat { inner, min, max } => {
                let inner = self.plain(*inner, bound);
                self.terms.repeat(inner, *min, *max)
            }
            Kind::Group(inner) => self.plain(*inner, bound),
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => EMPTY,
        }
    }

    /// The strings of a node followed by those of `rests`, which reach to the end of the value.
    fn before(&mut self, node: NodeId, rests: &Rests, bound: Bound) -> Result<Rests, Unsupported> {
        if self.terms.exhausted() {
            return Err(Unsupported::new("its automaton grows too large"));
        }
        if !self.tree.looks(node) {
            let term = self.plain(node, bound);
            return Ok(self.followed(term, rests));
        }

        match self.tree.kind(node) {
            Kind::Concat(parts) => self.sequence(node, parts, rests, bound),
            Kind::Alternate(branches) => {
                let mut ways: Vec<Vec<Term>> = vec![Vec::new(); rests.len()];
                for &branch in branches {
                    let branch = self.before(branch, rests, bound)?;
                    for (way, term) in ways.iter_mut().zip(branch) {
                        way.push(term);
                    }
                }
                Ok(ways.into_iter().map(|way| self.terms.union(way)).collect())
            }
            Kind::Repeat { inner, min, max } => self.copies(*inner, *min, *max, rests, bound),
            Kind::Group(inner) => self.before(*inner, rests, bound),
            Kind::Look { .. } if self.granted == Some(node) => Ok(rests.clone()),
            Kind::Look {
                ahead: true,
                negated,
                inner,
            } => {
                let bound = if *negated { bound.flipped() } else { bound };
                let ahead = self.before(*inner, &self.alike(ALL), bound)?;
                let both = ahead.into_iter().zip(rests).map(|(ahead, &rest)| {
                    let ahead = if *negated {
                        self.terms.not(ahead)
                    } else {
                        ahead
                    };
                    self.terms.intersection(vec![ahead, rest])
                });
                Ok(both.collect())
            }
            Kind::Look { negated, inner, .. } => match one_character(self.tree, *inner) {
                Some(set) => {
                    let holds = |left| self.lefts.is_of(left, &set).negated_if(*negated);
                    let kept = rests.iter().enumerate();
                    Ok(kept
                        .map(|(left, &rest)| holds(left).keep(rest, bound))
                        .collect())
                }
                None => self.sequence(node, &[node], rests, bound),
            },
            Kind::Start => {
                let mut all = self.alike(NEVER);
                all[..1].copy_from_slice(&rests[..1]);
                Ok(all)
            }
            Kind::End { strict } => {
                let end = if *strict || bound == Bound::Certain {
                    EMPTY
                } else {
                    self.final_terminator()
                };
                let both = rests
                    .iter()
                    .map(|&rest| self.terms.intersection(vec![end, rest]));
                Ok(both.collect())
            }
            Kind::Boundary { negated } => Ok(self.boundary(*negated, rests, bound)),
            Kind::Literal(_) | Kind::Class(_) => Ok(self.alike(NEVER)),
        }
    }

    /// A term without assertions, followed by what its last character leaves.
    fn followed(&mut self, term: Term, rests: &Rests) -> Rests {
        let first = at_start(rests);
        if rests.iter().all(|&rest| rest == first) {
            let all = self.terms.concat(term, first);
            return self.alike(all);
        }

        let by_rest = self.by_rest(rests);
        let nullable = self.terms.nullable(term);
        let mut ways = Vec::new();
        for (set, rest) in by_rest {
            let every = set.ranges() == class::range('\0', char::MAX).ranges();
            let part = if every && !nullable {
                term
            } else {
                let last = self.terms.set(set);
                let ending = self.terms.concat(ALL, last);
                self.terms.intersection(vec![term, ending])
            };
            ways.push(self.terms.concat(part, rest));
        }

        let passed = self.terms.union(ways);
        rests
            .iter()
            .map(|&rest| match nullable {
                true => self.terms.union(vec![rest, passed]),
                false => passed,
            })
            .collect()
    }

    /// What may follow a character, with the characters after which it may.
    fn by_rest(&self, rests: &Rests) -> Vec<(ClassUnicode, Term)> {
        let mut found: Vec<(ClassUnicode, Term)> = Vec::new();
        for (cell, &rest) in self.lefts.cells().iter().zip(rests.iter().skip(1)) {
            match found.iter_mut().find(|(_, known)| *known == rest) {
                _ if rest == NEVER => {}
                Some((set, _)) => set.union(cell),
                None => found.push((cell.clone(), rest)),
            }
        }
        found
    }

    fn boundary(&mut self, negated: bool, rests: &Rests, bound: Bound) -> Rests {
        // A word begins here certainly, or possibly.
        let [certain, possible] = [
            self.lefts.word.certain.clone(),
            self.lefts.word.possible.clone(),
        ]
        .map(|set| {
            let set = self.terms.set(set);
            self.terms.concat(set, ALL)
        });

        let (word, none) = match bound {
            Bound::Certain => (certain, self.terms.not(possible)),
            Bound::Possible => (possible, self.terms.not(certain)),
        };
        let mut found = Vec::new();
        for (left, &rest) in rests.iter().enumerate() {
            let after_word = self.lefts.is_of(left, &self.lefts.word);
            let ahead = match after_word.negated_if(negated) {
                Holds::Always => none,
                Holds::Never => word,
                Holds::Perhaps if bound == Bound::Possible => ALL,
                Holds::Perhaps => NEVER,
            };
            found.push(self.terms.intersection(vec![ahead, rest]));
        }
        found
    }

    fn sequence(
        &mut self,
        node: NodeId,
        parts: &[NodeId],
        rests: &Rests,
        bound: Bound,
    ) -> Result<Rests, Unsupported> {
        let behind = parts.iter().rposition(|&part| self.is_long_behind(part));
        let start = behind.map_or(0, |at| at + 1);
        let mut result = rests.clone();
        for &part in parts[start..].iter().rev() {
            result = self.before(part, &result, bound)?;
        }
        match behind {
            Some(at) => self.behind(node, &parts[..at], parts[at], &result, bound),
            None => Ok(result),
        }
    }

    /// Whether a part looks behind for more than one character.
    fn is_long_behind(&self, part: NodeId) -> bool {
        match self.tree.kind(part) {
            Kind::Look {
                ahead: false,
                inner,
                ..
            } => self.granted != Some(part) && one_character(self.tree, *inner).is_none(),
            _ => false,
        }
    }

    /// The parts of a sequence up to a look-behind for more than one character, as far as they
    /// satisfy it. They are exact where they begin at the start of the value.
    fn behind(
        &mut self,
        node: NodeId,
        parts: &[NodeId],
        look: NodeId,
        rests: &Rests,
        bound: Bound,
    ) -> Result<Rests, Unsupported> {
        let Kind::Look { negated, inner, .. } = self.tree.kind(look) else {
            return Ok(rests.clone());
        };
        let without = match bound {
            Bound::Certain => self.alike(NEVER),
            Bound::Possible => self.sequence(node, parts, rests, bound)?,
        };
        let reach = [&[*inner], parts].concat();
        if reach.iter().any(|&part| self.looks_ahead(part)) || self.tree.looks(*inner) {
            self.inexact = Some("a look-behind after a look-ahead");
            return Ok(without);
        }
        if self.floats || !self.opens(node) {
            self.inexact = Some("a look-behind that may reach beyond its group");
        }

        let before = at_start(&self.sequence(node, parts, &self.alike(EMPTY), bound)?);
        let seen = self.plain(*inner, if *negated { bound.flipped() } else { bound });
        let seen = self.terms.concat(ALL, seen);
        let seen = if *negated { self.terms.not(seen) } else { seen };
        let before = self.terms.intersection(vec![seen, before]);
        let mut all = without;
        all[..1].copy_from_slice(&self.followed(before, rests)[..1]);
        Ok(all)
    }

    /// Whether a node asks something about what follows it.
    fn looks_ahead(&self, node: NodeId) -> bool {
        match self.tree.kind(node) {
            Kind::Look { ahead: true, .. } | Kind::End { .. } | Kind::Boundary { .. } => true,
            _ => {
                let mut children = self.tree.children(node).iter();
                children.any(|&child| self.looks_ahead(child))
            }
        }
    }

    /// Whether a node always begins where the pattern does.
    fn opens(&self, node: NodeId) -> bool {
        let chain: Vec<NodeId> = self.tree.ancestry(node).collect();
        chain.windows(2).all(|pair| match self.tree.kind(pair[1]) {
            Kind::Concat(parts) => parts.first() == Some(&pair[0]),
            Kind::Group(_) | Kind::Alternate(_) => true,
            _ => false,
        })
    }

    /// A repetition that looks around sees what follows it, so that its rounds must be written out.
    fn copies(
        &mut self,
        inner: NodeId,
        min: u32,
        max: Option<u32>,
        rests: &Rests,
        bound: Bound,
    ) -> Result<Rests, Unsupported> {
        // Each round that counts has a character, or is asked for.
        let longest = u32::try_from(self.terms.longest()).unwrap_or(u32::MAX);
        let enough = longest.max(min);
        let rounds = match max.map_or(enough, |max| max.min(enough)) {
            few if few <= MAX_COPIES => few,
            _ => {
                if let Some(found) = self.tempered(inner, min, max, rests, bound) {
                    return Ok(found);
                }
                self.inexact = Some("look-around in an unbounded or long repetition");
                if bound == Bound::Possible {
                    let inner = self.plain(inner, bound);
                    let term = self.terms.repeat(inner, min, max);
                    return Ok(self.followed(term, rests));
                }
                if min > MAX_COPIES {
                    return Ok(self.alike(NEVER));
                }
                MAX_COPIES
            }
        };

        let mut result = rests.clone();
        for round in (0..rounds).rev() {
            let more = self.before(inner, &result, bound)?;
            result = if round < min {
                more
            } else {
                let both = rests.iter().zip(more);
                both.map(|(&rest, more)| self.terms.union(vec![rest, more]))
                    .collect()
            };
        }

        Ok(result)
    }

    /// A character at which something else may not begin, again and again: `((?!</)[^ ])*`. What
    /// must not begin must not be there at all.
    fn tempered(
        &mut self,
        node: NodeId,
        min: u32,
        max: Option<u32>,
        rests: &Rests,
        bound: Bound,
    ) -> Option<Rests> {
        let mut node = node;
        let parts = loop {
            match self.tree.kind(node) {
                Kind::Group(inner) => node = *inner,
                Kind::Concat(parts) if parts.len() == 1 => node = *parts.first()?,
                Kind::Concat(parts) => break parts,
                _ => return None,
            }
        };
        let [look, character] = parts.as_slice() else {
            return None;
        };
        let Kind::Look {
            ahead: true,
            negated: true,
            inner,
        } = self.tree.kind(*look)
        else {
            return None;
        };
        let set = one_character(self.tree, *character)?;
        if self.tree.looks(*inner) || self.granted == Some(*look) {
            return None;
        }

        // Where something follows the repetition, it could be there after all.
        let exact = rests.iter().all(|&rest| rest == EMPTY);
        if !exact {
            if bound == Bound::Possible {
                return None;
            }
            self.inexact = Some("look-around in an unbounded or long repetition");
        }
        let round = self.leaf(&set, bound);
        let rounds = self.terms.repeat(round, min, max);
        let found = self.followed(rounds, rests);
        let refused = self.plain(*inner, bound.flipped());
        let refused = self.terms.concat(refused, ALL);
        let refused = self.terms.concat(ALL, refused);
        let free = self.terms.not(refused);
        let free = found
            .into_iter()
            .map(|rest| self.terms.intersection(vec![free, rest]));
        Some(free.collect())
    }

    /// The end of the value, or a line terminator before it.
    fn final_terminator(&mut self) -> Term {
        let set = ClassUnicode::new(LINE_TERMINATORS.map(|c| ClassUnicodeRange::new(c, c)));
        let one = self.terms.set(set);
        let two = self.terms.concat(one, one);
        self.terms.union(vec![EMPTY, one, two])
    }
}

/// What may follow at the start of the value.
fn at_start(rests: &Rests) -> Term {
    rests.first().copied().unwrap_or(NEVER)
}

impl Holds {
    /// What may follow where an assertion holds, holds not, or may hold.
    fn keep(self, rest: Term, bound: Bound) -> Term {
        match (self, bound) {
            (Self::Always, _) | (Self::Perhaps, Bound::Possible) => rest,
            (Self::Never, _) | (Self::Perhaps, Bound::Certain) => NEVER,
        }
    }
}

impl Bound {
    /// Less of what is refused is more of what is admitted.
    fn flipped(self) -> Self {
        match self {
            Self::Certain => Self::Possible,
            Self::Possible => Self::Certain,
        }
    }
}
