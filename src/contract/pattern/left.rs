//! What stands directly before a place in a value, as far as assertions tell it apart.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::{
    class::{self, Set},
    syntax::{Kind, NodeId, Tree},
};

/// How many look-behinds tell characters apart; what more of them ask is left open.
const MAX_BEHINDS: usize = 4;

/// The start of the value, or the last character before a place, by the sets that assertions ask
/// for: the characters of one cell are alike to all of them.
pub(super) struct Lefts {
    cells: Vec<ClassUnicode>,
    pub(super) word: Set,
}

/// Whether an assertion about the left side holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Always,
    Never,
    /// Readings differ, or nobody looked closely enough.
    Perhaps,
}

impl Lefts {
    pub(super) fn of(tree: &Tree) -> Self {
        let word = word();
        let mut sets: Vec<Set> = Vec::new();
        let nodes = tree.in_order();

        if nodes
            .iter()
            .any(|&node| matches!(tree.kind(node), Kind::Boundary { .. }))
        {
            sets.push(word.clone());
        }
        let behinds = nodes.iter().filter_map(|&node| match tree.kind(node) {
            Kind::Look {
                ahead: false,
                inner,
                ..
            } => one_character(tree, *inner),
            _ => None,
        });
        sets.extend(behinds.take(MAX_BEHINDS));

        let mut cells = vec![class::range('\0', char::MAX)];
        for set in sets {
            for part in [set.certain, set.possible] {
                cells = cells.iter().flat_map(|cell| split(cell, &part)).collect();
            }
        }
        Self { cells, word }
    }

    /// How many lefts there are: the start of the value, then one for each cell.
    pub(super) fn len(&self) -> usize {
        self.cells.len() + 1
    }

    /// The last characters that lefts after the first have.
    pub(super) fn cells(&self) -> &[ClassUnicode] {
        &self.cells
    }

    /// Whether the character before the place is of a set.
    pub(super) fn is_of(&self, left: usize, set: &Set) -> Holds {
        let Some(cell) = left.checked_sub(1).and_then(|at| self.cells.get(at)) else {
            return Holds::Never;
        };
        let mut outside = cell.clone();
        outside.difference(&set.certain);
        if outside.ranges().is_empty() {
            return Holds::Always;
        }
        let mut inside = cell.clone();
        inside.intersect(&set.possible);
        match inside.ranges().is_empty() {
            true => Holds::Never,
            false => Holds::Perhaps,
        }
    }
}

impl Holds {
    pub(super) fn negated_if(self, negated: bool) -> Self {
        match self {
            Self::Always if negated => Self::Never,
            Self::Never if negated => Self::Always,
            other => other,
        }
    }
}

/// The set of a node that always stands for one character.
pub(super) fn one_character(tree: &Tree, node: NodeId) -> Option<Set> {
    match tree.kind(node) {
        Kind::Class(set) => Some(set.clone()),
        Kind::Literal(text) => {
            let mut characters = text.chars();
            let only = characters.next()?;
            let set = class::range(only, only);
            characters.next().is_none().then(|| Set {
                certain: set.clone(),
                possible: set,
            })
        }
        Kind::Group(inner) => one_character(tree, *inner),
        Kind::Concat(parts) => match parts.as_slice() {
            [only] => one_character(tree, *only),
            _ => None,
        },
        Kind::Alternate(branches) => {
            let mut all = Set {
                certain: ClassUnicode::empty(),
                possible: ClassUnicode::empty(),
            };
            for &branch in branches {
                let set = one_character(tree, branch)?;
                all.certain.union(&set.certain);
                all.possible.union(&set.possible);
            }
            Some(all)
        }
        _ => None,
    }
}

/// The characters that `\b` takes for parts of words.
fn word() -> Set {
    let ascii = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    let ascii = ClassUnicode::new(ascii.map(|(a, z)| ClassUnicodeRange::new(a, z)));
    Set::of(&class::shorthand('w')).unwrap_or_else(|| Set {
        certain: ascii,
        possible: class::range('\0', char::MAX),
    })
}

/// The parts of a cell that are of a set and that are not.
fn split(cell: &ClassUnicode, set: &ClassUnicode) -> Vec<ClassUnicode> {
    let (mut inside, mut outside) = (cell.clone(), cell.clone());
    inside.intersect(set);
    outside.difference(set);
    [inside, outside]
        .into_iter()
        .filter(|part| !part.ranges().is_empty())
        .collect()
}
