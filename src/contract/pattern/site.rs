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
    Value,
    /// Characters written out in the pattern.
    Literal,
    /// Letters and digits within a literal: `arn`, `aws` and `s3` each can be another word.
    Word,
    /// One character within a literal that is neither letter nor digit.
    Mark,
    /// Characters of one class, and how few and many there may be.
    Run {
        certain: ClassUnicode,
        min: usize,
        max: Option<usize>,
    },
    /// One range of a class, shown on the run of that class.
    Range {
        certain: ClassUnicode,
        first: char,
        last: char,
    },
    /// A group, by the ends of its rounds, and how few and many of those there may be.
    Part {
        rounds: Vec<usize>,
        min: usize,
        max: Option<usize>,
    },
}

/// The stretches of a value that edits may work on.
pub(super) fn sites(tree: &Tree, base: &str) -> Vec<Site> {
    let length = base.chars().count();
    let mut sites = vec![Site {
        place: "value".to_owned(),
        stretch: Stretch::Value,
        start: 0,
        end: length,
    }];

    let spans = align(tree, base).unwrap_or_default();
    let mut seen = HashSet::new();
    for span in &spans {
        if span.start == span.end || !seen.insert(span.node) {
            continue;
        }
        let place = &tree.nodes[span.node].place;
        let mut put = |place: String, stretch, start, end| {
            sites.push(Site {
                place,
                stretch,
                start,
                end,
            })
        };
        let repeated = tree.nodes[span.node]
            .parent
            .is_some_and(|parent| matches!(tree.kind(parent), Kind::Repeat { .. }));
        let run = match tree.kind(span.node) {
            Kind::Literal(text) => {
                put(place.clone(), Stretch::Literal, span.start, span.end);
                for (name, stretch, from, to) in pieces(text) {
                    let (start, end) = (span.start + from, span.start + to);
                    put(format!("{place}/{name}"), stretch, start, end);
                }
                None
            }
            Kind::Repeat { inner, min, max } => {
                let max = max.map(|max| max as usize);
                let class = tree
                    .class_of(*inner)
                    .map(|(node, set)| (node, set, *min as usize, max));
                if class.is_none() {
                    let rounds = rounds(&spans, *span, *inner);
                    put(
                        place.clone(),
                        Stretch::Part {
                            rounds,
                            min: *min as usize,
                            max,
                        },
                        span.start,
                        span.end,
                    );
                }
                class
            }
            Kind::Class(set) if !in_run(tree, span.node) => Some((span.node, set, 1, Some(1))),
            Kind::Group(inner) if !repeated && tree.class_of(*inner).is_none() => {
                put(
                    place.clone(),
                    Stretch::Part {
                        rounds: vec![span.end - span.start],
                        min: 1,
                        max: Some(1),
                    },
                    span.start,
                    span.end,
                );
                None
            }
            _ => None,
        };
        let Some((node, set, min, max)) = run else {
            continue;
        };
        let place = &tree.nodes[node].place;
        put(
            place.clone(),
            Stretch::Run {
                certain: set.certain.clone(),
                min,
                max,
            },
            span.start,
            span.end,
        );
        let mut printable = class::range(' ', '~');
        printable.intersect(&set.certain);
        for (ordinal, range) in printable.ranges().iter().take(MAX_RANGES).enumerate() {
            let (first, last) = (range.start(), range.end());
            let stretch = Stretch::Range {
                certain: set.certain.clone(),
                first,
                last,
            };
            put(
                format!("{place}/range-{}", ordinal + 1),
                stretch,
                span.start,
                span.end,
            );
        }
    }

    sites
}

/// The words and marks of a literal, each with its name and where it stands; none where it is all
/// one word or mark.
pub(super) fn pieces(text: &str) -> Vec<(String, Stretch, usize, usize)> {
    let characters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut marks = 0;

    while at < characters.len() && pieces.len() < MAX_RANGES {
        let word = characters[at..]
            .iter()
            .take_while(|c| c.is_ascii_alphanumeric())
            .count();
        if word > 0 {
            let name: String = characters[at..at + word].iter().collect();
            pieces.push((format!("word-{name}"), Stretch::Word, at, at + word));
        } else {
            marks += 1;
            pieces.push((format!("mark-{marks}"), Stretch::Mark, at, at + 1));
        }
        at += word.max(1);
    }

    if pieces.len() < 2 { Vec::new() } else { pieces }
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
    let within =
        |span: &&Span| span.node == inner && span.start >= whole.start && span.end <= whole.end;
    spans
        .iter()
        .filter(within)
        .map(|span| span.end - whole.start)
        .collect()
}
