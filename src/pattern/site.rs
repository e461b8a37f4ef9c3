//! The stretches of a value at which it may be edited, found by aligning it with its pattern.

use std::collections::HashSet;

use regex_syntax::hir::ClassUnicode;

use super::{
    align::{Span, align},
    class,
    syntax::{Kind, Tree},
};

/// How many ranges of one class are sites of their own.
pub(super) const MAX_RANGES: usize = 12;

/// What an edit works on: a stretch of a value, and what the pattern says of it.
pub(super) struct Site {
    pub(super) place: String,
    pub(super) stretch: Stretch,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a stretch of a value is to its pattern.
pub(super) enum Stretch {
    /// The whole value.
    Value,
    /// Characters written out in the pattern.
    Literal,
    /// Characters of one class, and how few and many there may be.
    Run { certain: ClassUnicode, min: usize, max: Option<usize> },
    /// One range of a class, shown on the run of that class.
    Range { certain: ClassUnicode, first: char, last: char },
    /// A group, by the ends of its rounds, and how few and many of those there may be.
    Part { rounds: Vec<usize>, min: usize, max: Option<usize> },
}

/// The stretches of a value that edits may work on.
pub(super) fn sites(tree: &Tree, base: &str) -> Vec<Site> {
    let length = base.chars().count();
    let mut sites = vec![Site { place: "value".to_owned(), stretch: Stretch::Value, start: 0, end: length }];
    let spans = align(tree, base).unwrap_or_default();
    let mut seen = HashSet::new();
    for span in &spans {
        if span.start == span.end || !seen.insert(span.node) {
            continue;
        }
        let place = &tree.nodes[span.node].place;
        let mut add = |place: String, stretch| sites.push(Site { place, stretch, start: span.start, end: span.end });
        let repeated =
            tree.nodes[span.node].parent.is_some_and(|parent| matches!(tree.kind(parent), Kind::Repeat { .. }));
        let run = match tree.kind(span.node) {
            Kind::Literal(_) => {
                add(place.clone(), Stretch::Literal);
                None
            }
            Kind::Repeat { inner, min, max } => {
                let max = max.map(|max| max as usize);
                let class = tree.class_of(*inner).map(|(node, set)| (node, set, *min as usize, max));
                if class.is_none() {
                    let rounds = rounds(&spans, *span, *inner);
                    add(place.clone(), Stretch::Part { rounds, min: *min as usize, max });
                }
                class
            }
            Kind::Class(set) if !in_run(tree, span.node) => Some((span.node, set, 1, Some(1))),
            Kind::Group(inner) if !repeated && tree.class_of(*inner).is_none() => {
                add(place.clone(), Stretch::Part { rounds: vec![span.end - span.start], min: 1, max: Some(1) });
                None
            }
            _ => None,
        };
        let Some((node, set, min, max)) = run else { continue };
        let place = &tree.nodes[node].place;
        add(place.clone(), Stretch::Run { certain: set.certain.clone(), min, max });
        let mut printable = class::range(' ', '~');
        printable.intersect(&set.certain);
        for (ordinal, range) in printable.ranges().iter().take(MAX_RANGES).enumerate() {
            let (first, last) = (range.start(), range.end());
            let stretch = Stretch::Range { certain: set.certain.clone(), first, last };
            add(format!("{place}/range-{}", ordinal + 1), stretch);
        }
    }
    sites
}

/// Whether a class is all that some repetition around it repeats.
fn in_run(tree: &Tree, class: usize) -> bool {
    tree.ancestry(class).any(|node| match tree.kind(node) {
        Kind::Repeat { inner, .. } => tree.class_of(*inner).is_some_and(|(node, _)| node == class),
        _ => false,
    })
}

/// Where the rounds of a repetition end, counted from its start.
fn rounds(spans: &[Span], whole: Span, inner: usize) -> Vec<usize> {
    let within = |span: &&Span| span.node == inner && span.start >= whole.start && span.end <= whole.end;
    spans.iter().filter(within).map(|span| span.end - whole.start).collect()
}
