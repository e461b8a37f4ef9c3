//! Valid values that together reach every structural place of a pattern.

use std::collections::HashSet;

use regex_syntax::hir::ClassUnicode;

use super::{
    Anchoring, Pattern, Zone,
    align::align,
    budget::Budget,
    class::{self, Set},
    form::{Fill, Form, Position},
    length::{LONGEST, fits},
    syntax::{Kind, NodeId, Tree},
};

/// A valid value, and the place of the pattern it is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The place and what the value does there: `group-1/absent`. Stable, unique within a pattern,
    /// free of values.
    pub(crate) place: String,
    /// The value: inside the pattern under every reading, of a length that is legal however it is
    /// counted.
    pub(crate) value: String,
}

/// How many ranges of one class are covered.
const MAX_RANGES: usize = 12;

/// Words that some language, store or parser takes for something other than a string.
const WORDS: [(&str, &str); 28] = [
    ("null", "null"),
    ("upper-case-null", "NULL"),
    ("true", "true"),
    ("capital-true", "True"),
    ("false", "false"),
    ("undefined", "undefined"),
    ("nan", "NaN"),
    ("none", "None"),
    ("nil", "nil"),
    ("infinity", "Infinity"),
    ("yaml-no", "no"),
    ("yaml-on", "on"),
    ("zero", "0"),
    ("negative", "-1"),
    ("leading-zeros", "007"),
    ("exponent", "1e5"),
    ("hexadecimal", "0x10"),
    ("date", "2015-03-31"),
    ("prototype", "__proto__"),
    ("constructor", "constructor"),
    ("method", "toString"),
    ("default", "default"),
    ("digits", "123456789012"),
    ("hyphen", "-"),
    ("hyphens", "--"),
    ("underscore", "_"),
    ("function", "function"),
    ("latest", "LATEST"),
];

/// Valid values for each place of a pattern, in the order of its text, always the same.
///
/// Optional parts are present and absent, each alternative is taken, repetitions have their fewest
/// and most rounds as far as the bounds on length (in any unit) allow, and each class shows the
/// ends of its ranges at the start, inside and at the end of its run. A place that no valid value
/// of a legal length reaches is left out. Two places may share one value.
pub(crate) fn covers(pattern: &Pattern, min_len: usize, max_len: usize) -> Vec<Cover> {
    let max_len = max_len.min(LONGEST);
    let mut covers = Covers {
        pattern,
        min_len,
        max_len,
        budget: Budget::new(),
        found: Vec::new(),
    };

    let tree = &pattern.tree;
    for (name, fill) in [("value/least", Fill::Least), ("value/full", Fill::Full)] {
        covers.add(name.to_owned(), &[fill], |_| {});
    }

    for node in tree
        .in_order()
        .into_iter()
        .filter(|&node| !tree.is_aside(node))
    {
        match tree.kind(node) {
            Kind::Repeat { inner, min, max } => covers.repeat(node, *inner, *min, *max),
            Kind::Alternate(branches) => covers.alternatives(node, branches),
            Kind::Class(set) => covers.class(node, set),
            _ => {}
        }
    }

    for (name, word) in WORDS {
        covers.keep(format!("value/word-{name}"), [word.to_owned()]);
    }
    covers.found
}

/// The valid values a violation may start from: everything put in, everything left out, and what
/// neither of them shows.
pub(super) fn bases(pattern: &Pattern, min_len: usize, max_len: usize) -> Vec<String> {
    let tree = &pattern.tree;
    let mut covers = Covers {
        pattern,
        min_len,
        max_len: max_len.min(LONGEST),
        budget: Budget::new(),
        found: Vec::new(),
    };

    let mut shown = HashSet::new();
    let mut values: Vec<String> = Vec::new();
    let mut keep = |covers: &mut Covers<'_>, shown: &mut HashSet<NodeId>| {
        for Cover { value, .. } in covers.found.drain(..) {
            shown.extend(
                align(tree, &value)
                    .unwrap_or_default()
                    .iter()
                    .map(|span| span.node),
            );
            if !values.contains(&value) {
                values.push(value);
            }
        }
    };

    covers.add(String::new(), &[Fill::Full], |_| {});
    covers.add(String::new(), &[Fill::Least], |_| {});
    keep(&mut covers, &mut shown);
    for node in tree
        .in_order()
        .into_iter()
        .filter(|&node| !tree.is_aside(node))
    {
        if matches!(tree.kind(node), Kind::Literal(_) | Kind::Class(_)) && !shown.contains(&node) {
            covers.add(String::new(), &[Fill::Full], |form| form.show(node));
            covers.add(String::new(), &[Fill::Least], |form| form.show(node));
            keep(&mut covers, &mut shown);
        }
    }

    values
}

struct Covers<'a> {
    pattern: &'a Pattern,
    min_len: usize,
    max_len: usize,
    budget: Budget,
    found: Vec<Cover>,
}

impl Covers<'_> {
    fn tree(&self) -> &Tree {
        &self.pattern.tree
    }

    fn place(&self, node: NodeId) -> &str {
        &self.tree().nodes[node].place
    }

    /// Writes a value with one choice made, all else as filled, and keeps the first that is
    /// certainly valid.
    fn add(&mut self, place: String, fills: &[Fill], choose: impl Fn(&mut Form<'_>)) {
        let mut values = Vec::new();
        for &fill in fills {
            let mut form = Form::new(&self.pattern.tree, fill);
            choose(&mut form);
            values.extend(form.write_within(self.min_len, self.max_len));
        }
        self.keep(place, values);
    }

    fn keep(&mut self, place: String, values: impl IntoIterator<Item = String>) {
        let valid = values.into_iter().find(|value| {
            fits(value, self.min_len, self.max_len)
                && self.budget.pays(self.pattern, value)
                && self.pattern.zone(value, Anchoring::Whole) == Zone::Inside
        });
        if let Some(value) = valid {
            self.found.push(Cover { place, value });
        }
    }

    fn repeat(&mut self, node: NodeId, inner: NodeId, min: u32, max: Option<u32>) {
        let place = self.place(node).to_owned();
        let rounds = |rounds: u32| {
            move |form: &mut Form<'_>| {
                form.show(node);
                form.set_rounds(node, rounds);
            }
        };

        if min == 0 {
            self.add(
                format!("{place}/absent"),
                &[Fill::Full, Fill::Least],
                rounds(0),
            );
            self.add(
                format!("{place}/present"),
                &[Fill::Least, Fill::Full],
                |form| form.show(inner),
            );
        } else if max != Some(min) {
            self.add(
                format!("{place}/fewest"),
                &[Fill::Least, Fill::Full],
                rounds(min),
            );
        }

        if max.is_none_or(|max| max > 1 && max > min) {
            let (tree, max_len) = (&self.pattern.tree, self.max_len);
            let mut values = Vec::new();
            for fill in [Fill::Least, Fill::Full] {
                let mut form = Form::new(tree, fill);
                form.show(inner);
                let Some(shown) = form.write(max_len) else {
                    continue;
                };
                let room = max_len - shown.chars().count();
                // A round too many overshoots the length, a round fewer fits.
                if form.stretch(node, room, max_len).is_some() {
                    values.extend(form.write_within(self.min_len, max_len));
                    let rounds = form.rounds(node);
                    form.set_rounds(node, rounds.saturating_sub(1).max(min));
                    values.extend(form.write_within(self.min_len, max_len));
                }
            }
            self.keep(format!("{place}/most"), values);
        }
    }

    fn alternatives(&mut self, node: NodeId, branches: &[NodeId]) {
        for (branch, &child) in branches.iter().enumerate() {
            let place = self.tree().nodes[child].branch.clone().unwrap_or_default();
            self.add(place, &[Fill::Least, Fill::Full], |form| {
                form.show(node);
                form.set_branch(node, branch);
            });
        }
    }

    fn class(&mut self, node: NodeId, set: &Set) {
        let place = self.place(node).to_owned();
        let tree = &self.pattern.tree;
        let runs = tree
            .ancestry(node)
            .skip(1)
            .find(|&run| !matches!(tree.kind(run), Kind::Group(_) | Kind::Concat(_)));

        let run = runs.filter(|&run| match tree.kind(run) {
            Kind::Repeat { inner, .. } => tree
                .class_of(*inner)
                .is_some_and(|(class, _)| class == node),
            _ => false,
        });

        let (min, max) = match run.map(|run| tree.kind(run)) {
            Some(Kind::Repeat { min, max, .. }) => (*min, max.unwrap_or(u32::MAX)),
            _ => (1, 1),
        };

        let near = |rounds: u32| rounds.clamp(min.min(max), max);
        for (name, character) in edges(&set.certain) {
            let mut show = |suffix: &str, position, rounds: u32| {
                self.add(
                    format!("{place}/{name}{suffix}"),
                    &[Fill::Full, Fill::Least],
                    |form| {
                        form.show(node);
                        if let Some(run) = run {
                            form.set_rounds(run, rounds);
                        }
                        form.set_character(node, position, character);
                    },
                );
            };
            match near(3) {
                0 => {}
                1 => show("", Position::Start, 1),
                rounds => {
                    show("/start", Position::Start, rounds);
                    if rounds > 2 {
                        show("/inside", Position::Inside, rounds);
                    }
                    show("/end", Position::End, rounds);
                    if !character.is_alphanumeric() {
                        show("/doubled", Position::Doubled, near(4));
                    }
                }
            }
        }
    }
}

/// The characters at which a class is covered: the ends of its ranges within each kind of
/// character, and, beyond ASCII, one of each width.
fn edges(set: &ClassUnicode) -> Vec<(String, char)> {
    let mut edges = Vec::new();
    let within = |first, last| {
        let mut part = class::range(first, last);
        part.intersect(set);
        part
    };
    let printable = within(' ', '~');
    for (ordinal, range) in printable.ranges().iter().take(MAX_RANGES).enumerate() {
        let name = format!("range-{}", ordinal + 1);
        if range.start() == range.end() {
            edges.push((name, range.start()));
        } else {
            edges.push((format!("{name}-first"), range.start()));
            edges.push((format!("{name}-last"), range.end()));
        }
    }
    let odd = [
        ("null", '\0'),
        ("tab", '\t'),
        ("line-feed", '\n'),
        ("carriage-return", '\r'),
        ("escape", '\u{1b}'),
        ("delete", '\u{7f}'),
        ("latin-letter", 'é'),
        ("combining-mark", '\u{301}'),
        ("arabic-digit", '٣'),
        ("no-break-space", '\u{a0}'),
        ("line-separator", '\u{2028}'),
        ("right-to-left-mark", '\u{200f}'),
        ("ideograph", '漢'),
        ("byte-order-mark", '\u{feff}'),
        ("replacement", '\u{fffd}'),
        ("emoji", '😀'),
        ("last", char::MAX),
    ];
    let odd = odd
        .into_iter()
        .filter(|&(_, character)| class::contains(set, character));
    edges.extend(odd.map(|(name, character)| (name.to_owned(), character)));
    let wide = within('\u{80}', char::MAX);
    if let (Some(first), Some(last)) = (wide.ranges().first(), wide.ranges().last()) {
        edges.push(("beyond-ascii-first".to_owned(), first.start()));
        edges.push(("beyond-ascii-last".to_owned(), last.end()));
    }
    edges
}
