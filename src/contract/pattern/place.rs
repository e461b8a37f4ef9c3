//! Names for the places of a pattern: stable between runs, read off its structure, free of any
//! value.

use std::collections::HashMap;

use super::syntax::{Kind, NodeId, Tree};

/// Names every node, and links it to what encloses it.
///
/// A capturing group is called by its number; anything else by the nearest numbered group or
/// alternative around it, its kind, and, where several would share that name, its ordinal.
pub(super) fn name(tree: &mut Tree) {
    let mut names = Names {
        groups: 0,
        used: HashMap::new(),
    };
    names.visit(tree, tree.root, "");
}

struct Names {
    groups: usize,
    used: HashMap<String, usize>,
}

impl Names {
    fn visit(&mut self, tree: &mut Tree, node: NodeId, prefix: &str) {
        let children = tree.children(node).to_vec();
        for &child in &children {
            tree.nodes[child].parent = Some(node);
        }
        let mut inner = prefix.to_owned();
        let place = match tree.kind(node) {
            Kind::Group(_) => {
                self.groups += 1;
                inner = format!("group-{}", self.groups);
                inner.clone()
            }
            Kind::Literal(text) => self.unique(prefix, &format!("literal-{}", slug(text))),
            Kind::Class(_) => self.unique(prefix, "class"),
            Kind::Look { ahead, negated, .. } => {
                let not = if *negated { "not-" } else { "" };
                inner = self.unique(
                    prefix,
                    &format!("{not}{}", if *ahead { "ahead" } else { "behind" }),
                );
                inner.clone()
            }
            // What is repeated gives the repetition its name, once it has one.
            Kind::Repeat { .. } | Kind::Concat(_) | Kind::Alternate(_) if !prefix.is_empty() => {
                prefix.to_owned()
            }
            Kind::Repeat { .. } | Kind::Concat(_) | Kind::Alternate(_) => "value".to_owned(),
            Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => self.unique(prefix, "anchor"),
        };
        let branches = matches!(tree.kind(node), Kind::Alternate(_));
        let repeats_part = match tree.kind(node) {
            Kind::Repeat { inner, .. } => {
                matches!(tree.kind(*inner), Kind::Concat(_) | Kind::Alternate(_))
            }
            _ => false,
        };
        if repeats_part {
            inner = self.unique(prefix, "part");
        }
        for (ordinal, &child) in children.iter().enumerate() {
            if branches {
                let branch = self.unique(prefix, &format!("alternative-{}", ordinal + 1));
                self.visit(tree, child, &branch);
                tree.nodes[child].branch = Some(branch);
            } else {
                self.visit(tree, child, &inner);
            }
        }
        tree.nodes[node].place = match tree.kind(node) {
            Kind::Repeat { inner, .. } => tree.nodes[*inner].place.clone(),
            _ => place,
        };
    }

    fn unique(&mut self, prefix: &str, name: &str) -> String {
        let separator = if prefix.is_empty() { "" } else { "/" };
        let full = format!("{prefix}{separator}{name}");
        let times = self
            .used
            .entry(full.clone())
            .and_modify(|times| *times += 1)
            .or_insert(1);

        if *times == 1 {
            full
        } else {
            format!("{full}-{times}")
        }
    }
}

/// A literal's letters and digits, or the names of its other characters where it has none.
fn slug(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if !words.is_empty() {
        return words.join("-");
    }
    let names: Vec<&str> = text.chars().take(4).map(called).collect();
    names.join("-")
}

fn called(character: char) -> &'static str {
    match character {
        ':' => "colon",
        '-' => "hyphen",
        '/' => "slash",
        '.' => "dot",
        '_' => "underscore",
        '$' => "dollar",
        '*' => "asterisk",
        '=' => "equals",
        '@' => "at",
        '+' => "plus",
        ',' => "comma",
        ' ' => "space",
        '#' => "hash",
        _ => "character",
    }
}
