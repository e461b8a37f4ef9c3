//! Which part of a value belongs to which place of its pattern.

use super::{
    class,
    syntax::{Kind, NodeId, Tree},
};

/// A stretch of a value, in characters, that a node of the pattern accounts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) node: NodeId,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The most instructions a pattern is written out in.
const MAX_PROGRAM: usize = 50_000;

/// The most combinations of instruction and position looked at: one bit each.
const MAX_WORK: usize = 8_000_000;

enum Step {
    Literal(char),
    Class(NodeId),
    /// Try the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Enter(NodeId),
    Leave(NodeId),
    Match,
}

/// Aligns a value with a pattern the way a backtracking engine would, greedily and from left to
/// right.
///
/// Returns the spans of all nodes in the order in which they begin, enclosing ones first; none
/// where the value does not fit the structure or is too long for the limits. Look-around and
/// anchors consume nothing and are passed over, which is sound because the value is known to be
/// valid.
pub(super) fn align(tree: &Tree, value: &str) -> Option<Vec<Span>> {
    let mut program = Vec::new();
    write(tree, tree.root, &mut program)?;
    program.push(Step::Match);
    let characters: Vec<char> = value.chars().collect();
    let positions = characters.len() + 1;
    if program.len().checked_mul(positions)? > MAX_WORK {
        return None;
    }
    let mut seen = vec![0_u64; (program.len() * positions).div_ceil(64)];
    // Each pending branch remembers how much of the trail it shares with the one before it.
    let mut pending = vec![(0, 0, 0)];
    let mut trail: Vec<(bool, NodeId, usize)> = Vec::new();

    while let Some((mut at, mut position, kept)) = pending.pop() {
        trail.truncate(kept);
        loop {
            let bit = at * positions + position;
            if seen[bit / 64] >> (bit % 64) & 1 == 1 {
                break;
            }
            seen[bit / 64] |= 1 << (bit % 64);
            let next = characters.get(position).copied();
            match program[at] {
                Step::Match if next.is_none() => return Some(spans(&trail)),
                Step::Match => break,
                Step::Jump(to) => at = to,
                Step::Split(first, second) => {
                    pending.push((second, position, trail.len()));
                    at = first;
                }
                Step::Enter(node) | Step::Leave(node) => {
                    trail.push((matches!(program[at], Step::Enter(_)), node, position));
                    at += 1;
                }
                Step::Literal(expected) if next == Some(expected) => {
                    (at, position) = (at + 1, position + 1)
                }
                Step::Class(node) if next.is_some_and(|c| admits(tree, node, c)) => {
                    (at, position) = (at + 1, position + 1);
                }
                Step::Literal(_) | Step::Class(_) => break,
            }
        }
    }

    None
}

fn admits(tree: &Tree, node: NodeId, character: char) -> bool {
    matches!(tree.kind(node), Kind::Class(set) if class::contains(&set.possible, character))
}

fn write(tree: &Tree, node: NodeId, program: &mut Vec<Step>) -> Option<()> {
    match tree.kind(node) {
        Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => {
            return Some(());
        }
        _ if program.len() > MAX_PROGRAM => return None,
        _ => program.push(Step::Enter(node)),
    }

    match tree.kind(node) {
        Kind::Concat(parts) => parts
            .iter()
            .try_for_each(|&part| write(tree, part, program))?,
        Kind::Alternate(branches) => alternate(tree, branches, program)?,
        Kind::Literal(text) => program.extend(text.chars().map(Step::Literal)),
        Kind::Class(_) => program.push(Step::Class(node)),
        Kind::Repeat { inner, min, max } => repeat(tree, *inner, *min, *max, program)?,
        Kind::Group(inner) => write(tree, *inner, program)?,
        _ => {}
    }

    program.push(Step::Leave(node));
    Some(())
}

fn alternate(tree: &Tree, branches: &[NodeId], program: &mut Vec<Step>) -> Option<()> {
    let mut jumps = Vec::new();
    for (ordinal, &branch) in branches.iter().enumerate() {
        let split = program.len();
        if ordinal + 1 < branches.len() {
            program.push(Step::Split(split + 1, 0));
        }
        write(tree, branch, program)?;
        if ordinal + 1 < branches.len() {
            jumps.push(program.len());
            program.push(Step::Jump(0));
            program[split] = Step::Split(split + 1, program.len());
        }
    }

    let end = program.len();
    jumps
        .into_iter()
        .for_each(|jump| program[jump] = Step::Jump(end));
    Some(())
}

fn repeat(
    tree: &Tree,
    inner: NodeId,
    min: u32,
    max: Option<u32>,
    program: &mut Vec<Step>,
) -> Option<()> {
    for _ in 0..min {
        write(tree, inner, program)?;
    }
    let mut splits = Vec::new();

    match max {
        None => {
            let split = program.len();
            program.push(Step::Split(split + 1, 0));
            write(tree, inner, program)?;
            program.push(Step::Jump(split));
            splits.push(split);
        }
        Some(max) => {
            for _ in min..max {
                splits.push(program.len());
                program.push(Step::Split(program.len() + 1, 0));
                write(tree, inner, program)?;
            }
        }
    }

    let end = program.len();
    splits
        .into_iter()
        .for_each(|split| program[split] = Step::Split(split + 1, end));
    Some(())
}

/// Pairs the places entered and left.
fn spans(trail: &[(bool, NodeId, usize)]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for &(enters, node, position) in trail {
        if enters {
            open.push(spans.len());
            spans.push(Span {
                node,
                start: position,
                end: position,
            });
        } else if let Some(span) = open.pop() {
            spans[span].end = position;
        }
    }

    spans
}
