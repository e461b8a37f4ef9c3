//! Valid values written from a pattern's structure, with one thing about them chosen.

use std::collections::HashMap;

use super::{
    class::{self, Set},
    syntax::{Kind, NodeId, Tree},
};

/// Whether what is optional is left out or put in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    Least,
    Full,
}

/// Where in a run of characters a chosen one stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Start,
    Inside,
    End,
    /// Twice in a row, inside.
    Doubled,
}

/// Choices from which a value is written.
#[derive(Clone)]
pub(super) struct Form<'a> {
    tree: &'a Tree,
    fill: Fill,
    rounds: HashMap<NodeId, u32>,
    branches: HashMap<NodeId, usize>,
    character: Option<(NodeId, Position, char)>,
}

/// How many characters an unbounded class gets where nothing asks for more or fewer.
const TYPICAL_ROUNDS: u32 = 3;

impl<'a> Form<'a> {
    pub(super) fn new(tree: &'a Tree, fill: Fill) -> Self {
        Self {
            tree,
            fill,
            rounds: HashMap::new(),
            branches: HashMap::new(),
            character: None,
        }
    }

    /// Makes a node appear, by way of all that encloses it.
    pub(super) fn show(&mut self, node: NodeId) {
        let mut child = node;
        for ancestor in self.tree.ancestry(node).skip(1) {
            match self.tree.kind(ancestor) {
                Kind::Repeat { .. } => {
                    let rounds = self.rounds(ancestor).max(1);
                    self.rounds.insert(ancestor, rounds);
                }
                Kind::Alternate(branches) => {
                    let branch = branches.iter().position(|&branch| branch == child);
                    self.branches.insert(ancestor, branch.unwrap_or(0));
                }
                _ => {}
            }
            child = ancestor;
        }
    }

    pub(super) fn set_rounds(&mut self, repeat: NodeId, rounds: u32) {
        self.rounds.insert(repeat, rounds);
    }

    pub(super) fn set_branch(&mut self, alternate: NodeId, branch: usize) {
        self.branches.insert(alternate, branch);
    }

    pub(super) fn set_character(&mut self, class: NodeId, position: Position, character: char) {
        self.character = Some((class, position, character));
    }

    /// How often a repetition is repeated.
    pub(super) fn rounds(&self, repeat: NodeId) -> u32 {
        let Kind::Repeat { inner, min, max } = self.tree.kind(repeat) else {
            return 1;
        };
        let typical = match self.fill {
            Fill::Least => *min,
            Fill::Full if self.tree.class_of(*inner).is_some() => TYPICAL_ROUNDS.max(*min),
            Fill::Full => 1.max(*min),
        };
        let typical = max.map_or(typical, |max| typical.min(max));
        self.rounds.get(&repeat).copied().unwrap_or(typical)
    }

    /// The value, if it has no more than `max_len` characters.
    pub(super) fn write(&self, max_len: usize) -> Option<String> {
        self.part(self.tree.root, max_len)
    }

    /// The value, with some repetition repeated more often where it would be shorter than
    /// `min_len`.
    pub(super) fn write_within(&self, min_len: usize, max_len: usize) -> Vec<String> {
        let Some(value) = self.write(max_len) else {
            return Vec::new();
        };
        let Some(missing) = min_len
            .checked_sub(value.chars().count())
            .filter(|&missing| missing > 0)
        else {
            return vec![value];
        };
        let mut order = self.tree.in_order();
        order.reverse();
        let stretched = order
            .into_iter()
            .filter(|repeat| !self.rounds.contains_key(repeat))
            .filter_map(|repeat| {
                let mut form = self.clone();
                form.stretch(repeat, missing, max_len)?;
                form.write(max_len)
                    .filter(|value| value.chars().count() >= min_len)
            });

        stretched.take(3).collect()
    }

    /// Repeats a repetition as often as `room` more characters need or allow.
    pub(super) fn stretch(&mut self, repeat: NodeId, room: usize, max_len: usize) -> Option<()> {
        let Kind::Repeat { inner, max, .. } = self.tree.kind(repeat) else {
            return None;
        };
        let unit = self.part(*inner, max_len)?.chars().count();
        let more = room.div_ceil(unit.max(1));
        let rounds =
            (self.rounds(repeat) as usize + more).min(max.map_or(max_len, |max| max as usize));
        self.rounds.insert(repeat, u32::try_from(rounds).ok()?);
        Some(())
    }

    fn part(&self, node: NodeId, max_len: usize) -> Option<String> {
        let mut text = Text {
            value: String::new(),
            room: max_len,
        };
        self.emit(node, &mut text)?;
        Some(text.value)
    }

    fn emit(&self, node: NodeId, text: &mut Text) -> Option<()> {
        match self.tree.kind(node) {
            Kind::Literal(literal) => literal.chars().try_for_each(|c| text.push(c)),
            Kind::Class(set) => text.push(self.choice(node, set, 0, 1)?),
            Kind::Concat(parts) => parts.iter().try_for_each(|&part| self.emit(part, text)),
            Kind::Alternate(branches) => {
                let branch = self.branches.get(&node).copied().unwrap_or(0);
                self.emit(*branches.get(branch)?, text)
            }
            Kind::Repeat { inner, .. } => self.repeat(*inner, self.rounds(node), text),
            Kind::Group(inner) => self.emit(*inner, text),
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => Some(()),
        }
    }

    fn repeat(&self, inner: NodeId, rounds: u32, text: &mut Text) -> Option<()> {
        if let Some((class, set)) = self.tree.class_of(inner) {
            return (0..rounds)
                .try_for_each(|round| text.push(self.choice(class, set, round, rounds)?));
        }

        for _ in 0..rounds {
            let before = text.room;
            self.emit(inner, text)?;
            if text.room == before {
                // Rounds without characters could go on for ever to no effect.
                break;
            }
        }

        Some(())
    }

    /// The character of a class in one round of its repetition.
    fn choice(&self, node: NodeId, set: &Set, round: u32, rounds: u32) -> Option<char> {
        if let Some((class, position, character)) = self.character
            && class == node
        {
            let inside = rounds / 2;
            let chosen = match position {
                Position::Start => round == 0,
                Position::Inside => round == inside,
                Position::End => round + 1 == rounds,
                Position::Doubled => round == inside || round + 1 == inside,
            };
            if chosen {
                return Some(character);
            }
        }

        typical(set, round as usize)
    }
}

impl Tree {
    /// The class a node consists of, seen through groups.
    pub(super) fn class_of(&self, node: NodeId) -> Option<(NodeId, &Set)> {
        match self.kind(node) {
            Kind::Class(set) => Some((node, set)),
            Kind::Group(inner) => self.class_of(*inner),
            Kind::Concat(parts) => match parts.as_slice() {
                [only] => self.class_of(*only),
                _ => None,
            },
            _ => None,
        }
    }
}

struct Text {
    value: String,
    room: usize,
}

impl Text {
    fn push(&mut self, character: char) -> Option<()> {
        self.room = self.room.checked_sub(1)?;
        self.value.push(character);
        Some(())
    }
}

/// An unremarkable character of a set; neighbours differ where the set allows.
fn typical(set: &Set, ordinal: usize) -> Option<char> {
    for range in [
        'a'..='z',
        '1'..='9',
        'A'..='Z',
        '!'..='~',
        ' '..=' ',
        '\0'..='\u{7f}',
    ] {
        let mut members = range.filter(|&c| class::contains(&set.certain, c));
        let Some(first) = members.next() else {
            continue;
        };
        let few: Vec<char> = std::iter::once(first).chain(members.take(2)).collect();
        return few.get(ordinal % few.len()).copied();
    }

    set.certain.ranges().first().map(|range| range.start())
}
