//! Shorter sequences: what a sequence that shows a finding is shrunk by.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, PathDraft, Step, UNKNOWN};

/// The sequence with steps left out, the shortest first, where what is left still makes sense.
pub(crate) fn shorter(steps: &[Step]) -> Vec<Vec<Step>> {
    let made: BTreeSet<&str> = steps
        .iter()
        .filter(|s| s.action == Action::Create)
        .filter_map(|s| s.on.as_deref())
        .collect();

    // What a fixture made is in a state of its own until a first update says in which: that one
    // stays.
    let mut first: BTreeMap<&str, &Step> = BTreeMap::new();
    for step in steps
        .iter()
        .filter(|s| s.action == Action::Update && s.refused().is_none())
    {
        if let Some(on) = step.on.as_deref().filter(|on| !made.contains(on)) {
            first.entry(on).or_insert(step);
        }
    }

    let stands = |rest: &[Step]| {
        first.iter().all(|(on, step)| {
            rest.contains(step) || rest.iter().all(|s| s.on.as_deref() != Some(*on))
        })
    };

    let sizes = std::iter::successors(Some(steps.len() / 2), |size| Some(size / 2))
        .take_while(|size| *size > 0);
    let mut found: Vec<Vec<Step>> = Vec::new();
    for size in sizes {
        for at in (0..steps.len()).step_by(size) {
            let rest = steps[..at]
                .iter()
                .chain(&steps[(at + size).min(steps.len())..]);
            let rest = sensible(rest, &made);
            if !rest.is_empty()
                && rest.len() < steps.len()
                && stands(&rest)
                && !found.contains(&rest)
            {
                found.push(rest);
            }
        }
    }

    found
}

/// Without the steps that have lost their sense: about what was not made, or made twice; waiting
/// for what was not deleted; and expecting something to be gone that is there, or there that is
/// gone.
fn sensible<'a>(steps: impl Iterator<Item = &'a Step>, made: &BTreeSet<&str>) -> Vec<Step> {
    let mut alive: BTreeMap<&str, bool> = BTreeMap::new();
    let mut kept = Vec::new();
    for step in steps {
        if let Some(on) = step.on.as_deref() {
            let now = alive.get(on).copied();
            let unknown = step.refused() == Some(UNKNOWN);
            let sense = match step.action {
                Action::Create => now != Some(true),
                // What a fixture made is there.
                _ if now.is_none() && made.contains(on) => false,
                Action::Gone => now == Some(false),
                Action::Read | Action::List => true,
                Action::Update | Action::Delete if now == Some(false) => unknown,
                Action::Update | Action::Delete => !unknown || !names_itself(step, on),
            };
            if !sense {
                continue;
            }
            match step.action {
                Action::Create => drop(alive.insert(on, true)),
                Action::Delete if !unknown => drop(alive.insert(on, false)),
                _ => {}
            }
        }
        kept.push(step.clone());
    }

    kept
}

/// Whether the labels of a step's path are those of the resource it is about.
fn names_itself(step: &Step, on: &str) -> bool {
    let PathDraft::Labels { labels, .. } = &step.request.path else {
        return false;
    };
    labels
        .values()
        .any(|template| *template == format!("${{{on}}}"))
}
