//! A pattern's tree as one term: anchors and look-around become intersections with what follows or
//! precedes.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::{
    class::{LINE_TERMINATORS, Set},
    error::Unsupported,
    syntax::{Kind, NodeId, Tree},
    term::{ALL, EMPTY, NEVER, Term, Terms},
    zone::Anchoring,
};

/// The most copies written out of a repetition that looks around.
const MAX_COPIES: u32 = 16;

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
    Any,
}

/// What stands before a part of the pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Something,
    Either,
}

/// Writes trees as terms.
pub(super) struct Writer<'a> {
    pub(super) terms: &'a mut Terms,
    pub(super) tree: &'a Tree,
    pub(super) tier: Tier,
    /// A look-around taken to hold everywhere.
    pub(super) granted: Option<NodeId>,
}

impl Writer<'_> {
    /// The strings the pattern admits.
    pub(super) fn language(
        &mut self,
        bound: Bound,
        anchoring: Anchoring,
    ) -> Result<Term, Unsupported> {
        let root = self.tree.root;
        if anchoring == Anchoring::Whole || bound == Bound::Certain {
            return self.before(root, EMPTY, Before::Nothing, bound);
        }
        let at_start = self.before(root, ALL, Before::Nothing, bound)?;
        let later = self.before(root, ALL, Before::Something, bound)?;
        let later = self.terms.concat(ALL, later);
        Ok(self.terms.union(vec![at_start, later]))
    }

    /// The characters a tier leaves of a set: all of it, where it has none of the tier.
    fn leaf(&mut self, set: &Set, bound: Bound) -> Term {
        if bound == Bound::Possible {
            return self.terms.set(set.possible.clone());
        }
        for (tier, first, last) in [(Tier::Printable, ' ', '~'), (Tier::Ascii, '\0', '\u{7f}')] {
            if self.tier <= tier {
                let mut plain = ClassUnicode::new([ClassUnicodeRange::new(first, last)]);
                plain.intersect(&set.certain);
                if !plain.ranges().is_empty() {
                    return self.terms.set(plain);
                }
            }
        }

        self.terms.set(set.certain.clone())
    }

    /// A node that neither looks around nor is anchored.
    fn plain(&mut self, node: NodeId, bound: Bound) -> Term {
        match self.tree.kind(node) {
            Kind::Literal(text) => {
                let mut term = EMPTY;
                for character in text.chars().rev() {
                    let set = self.terms.set(ClassUnicode::new([ClassUnicodeRange::new(
                        character, character,
                    )]));
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
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary => EMPTY,
        }
    }

    /// The strings of a node followed by those of `rest`, which reaches to the end of the value.
    fn before(
        &mut self,
        node: NodeId,
        rest: Term,
        left: Before,
        bound: Bound,
    ) -> Result<Term, Unsupported> {
        if !self.tree.looks(node) {
            let term = self.plain(node, bound);
            return Ok(self.terms.concat(term, rest));
        }

        match self.tree.kind(node) {
            Kind::Concat(parts) => self.sequence(parts, rest, left, bound),
            Kind::Alternate(branches) => {
                let branches: Result<Vec<Term>, _> = branches
                    .iter()
                    .map(|&branch| self.before(branch, rest, left, bound))
                    .collect();
                Ok(self.terms.union(branches?))
            }
            Kind::Repeat { inner, min, max } => self.copies(*inner, *min, *max, rest, left, bound),
            Kind::Group(inner) => self.before(*inner, rest, left, bound),
            Kind::Look { .. } if self.granted == Some(node) => Ok(rest),
            Kind::Look {
                ahead: true,
                negated,
                inner,
            } => {
                let bound = if *negated { bound.flipped() } else { bound };
                let ahead = self.before(*inner, ALL, left, bound)?;
                let ahead = if *negated {
                    self.terms.not(ahead)
                } else {
                    ahead
                };
                Ok(self.terms.intersection(vec![ahead, rest]))
            }
            Kind::Look { .. } => self.sequence(&[node], rest, left, bound),
            Kind::Start => match left {
                Before::Nothing => Ok(rest),
                Before::Something => Ok(NEVER),
                Before::Either => Err(Unsupported::new("an anchor after a part that may be empty")),
            },
            Kind::End { strict } => {
                let end = if *strict || bound == Bound::Certain {
                    EMPTY
                } else {
                    self.final_terminator()
                };
                Ok(self.terms.intersection(vec![end, rest]))
            }
            Kind::Boundary => Err(Unsupported::new("a word boundary")),
            Kind::Literal(_) | Kind::Class(_) => Ok(NEVER),
        }
    }

    fn sequence(
        &mut self,
        parts: &[NodeId],
        rest: Term,
        left: Before,
        bound: Bound,
    ) -> Result<Term, Unsupported> {
        let looks_behind = |part| matches!(self.tree.kind(part), Kind::Look { ahead: false, .. });
        let behind = parts
            .iter()
            .rposition(|&part| looks_behind(part) && self.granted != Some(part));
        let start = behind.map_or(0, |at| at + 1);
        let mut lefts = vec![left];

        for &part in parts {
            let before = lefts.last().copied().unwrap_or(left);
            lefts.push(before.and_then(self.emptiness(part)));
        }

        let mut result = rest;
        for at in (start..parts.len()).rev() {
            result = self.before(parts[at], result, lefts[at], bound)?;
        }
        let Some(behind) = behind else {
            return Ok(result);
        };
        let preceding = self.preceding(&parts[..=behind], left, bound)?;
        Ok(self.terms.concat(preceding, result))
    }

    /// What precedes a look-behind, which stands last in `parts`, as far as it satisfies it.
    fn preceding(
        &mut self,
        parts: &[NodeId],
        left: Before,
        bound: Bound,
    ) -> Result<Term, Unsupported> {
        let Some((&last, parts)) = parts.split_last() else {
            return Ok(EMPTY);
        };
        let Kind::Look { negated, inner, .. } = self.tree.kind(last) else {
            return Ok(EMPTY);
        };

        if left != Before::Nothing {
            return Err(Unsupported::new(
                "a look-behind that may reach beyond its group",
            ));
        }

        if self.tree.looks(*inner) || parts.iter().any(|&part| self.tree.looks(part)) {
            return Err(Unsupported::new("a look-behind after another assertion"));
        }
        let terms: Vec<Term> = parts.iter().map(|&part| self.plain(part, bound)).collect();
        let before = terms
            .into_iter()
            .rev()
            .fold(EMPTY, |rest, term| self.terms.concat(term, rest));

        let inner = self.plain(*inner, if *negated { bound.flipped() } else { bound });
        let inner = self.terms.concat(ALL, inner);
        let inner = if *negated {
            self.terms.not(inner)
        } else {
            inner
        };

        Ok(self.terms.intersection(vec![inner, before]))
    }

    /// A repetition that looks around sees what follows it, so that its rounds must be written out.
    fn copies(
        &mut self,
        inner: NodeId,
        min: u32,
        max: Option<u32>,
        rest: Term,
        left: Before,
        bound: Bound,
    ) -> Result<Term, Unsupported> {
        let Some(max) = max.filter(|&max| max <= MAX_COPIES) else {
            return Err(Unsupported::new(
                "look-around in an unbounded or long repetition",
            ));
        };

        let again = left.and_then(self.emptiness(inner));
        let mut result = rest;
        for round in (0..max).rev() {
            let left = if round == 0 { left } else { again };
            let more = self.before(inner, result, left, bound)?;
            result = if round < min {
                more
            } else {
                self.terms.union(vec![rest, more])
            };
        }

        Ok(result)
    }

    /// Whether a node's strings are never empty, always empty, or neither.
    fn emptiness(&self, node: NodeId) -> Before {
        let all = |parts: &[NodeId]| {
            parts.iter().fold(Before::Nothing, |left, &part| {
                left.and_then(self.emptiness(part))
            })
        };

        match self.tree.kind(node) {
            Kind::Literal(_) | Kind::Class(_) => Before::Something,
            Kind::Concat(parts) => all(parts),
            Kind::Alternate(branches) => {
                let mut each = branches.iter().map(|&branch| self.emptiness(branch));
                let first = each.next().unwrap_or(Before::Nothing);
                if each.all(|other| other == first) {
                    first
                } else {
                    Before::Either
                }
            }
            Kind::Repeat { max: Some(0), .. } => Before::Nothing,
            Kind::Repeat { inner, min, .. } => match self.emptiness(*inner) {
                Before::Something if *min == 0 => Before::Either,
                inner => inner,
            },
            Kind::Group(inner) => self.emptiness(*inner),
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary => Before::Nothing,
        }
    }

    /// The end of the value, or a line terminator before it.
    fn final_terminator(&mut self) -> Term {
        let set = ClassUnicode::new(LINE_TERMINATORS.map(|c| ClassUnicodeRange::new(c, c)));
        let one = self.terms.set(set);
        let two = self.terms.concat(one, one);
        self.terms.union(vec![EMPTY, one, two])
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

impl Before {
    fn and_then(self, part: Self) -> Self {
        match (self, part) {
            (Self::Something, _) | (_, Self::Something) => Self::Something,
            (Self::Either, _) | (_, Self::Either) => Self::Either,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}
