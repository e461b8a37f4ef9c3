//! Which fixtures the cases of a plan use: a service has things that only some of its operations
//! need.

use std::collections::BTreeSet;

use super::Plan;
use super::case::{BodyDraft, Draft, PathDraft};
use super::fixture::{GIVEN_NAMES, Step};
use crate::support::template::names;

/// Names in templates.
type Names = BTreeSet<String>;

impl Plan {
    /// The places of the fixtures that no case uses, neither directly nor by way of another fixture.
    pub(super) fn unneeded_fixtures(&self) -> BTreeSet<usize> {
        // The data plane has cases of its own, and fixtures that stand on these.
        if self.data_plane.is_some() {
            return BTreeSet::new();
        }

        let mut wanted = self.wanted_names();
        let mut named: BTreeSet<&String> = self.binding.needs.iter().collect();
        let steps = &self.fixtures.steps;
        let mut needed = BTreeSet::new();
        loop {
            let more = |(place, step): &(usize, &Step)| {
                let is_needed = named.contains(&step.id) || is_wanted(step, &wanted);
                is_needed && !needed.contains(place)
            };
            let found: Vec<(usize, &Step)> = steps.iter().enumerate().filter(more).collect();
            if found.is_empty() {
                break;
            }
            for (place, step) in found {
                wanted.extend(uses(step));
                named.extend(&step.needs);
                needed.insert(place);
            }
        }
        (0..steps.len()).filter(|place| !needed.contains(place)).collect()
    }

    /// The names that requests of the plan hold, and what else is known to be good in them.
    fn wanted_names(&self) -> Names {
        let mut wanted = Names::new();
        for step in self.cases.iter().flat_map(|case| &case.steps) {
            of_draft(&step.request, &mut wanted);
            step.then.values().for_each(|text| add(text, &mut wanted));
        }

        let binding = &self.binding;
        let texts = binding
            .label
            .values()
            .chain(binding.absent.values())
            .chain(binding.identity().values())
            .chain([&binding.given])
            .chain(binding.values.values().flatten());
        texts.for_each(|text| add(text, &mut wanted));
        for reference in binding.reference.values() {
            add(&reference.absent, &mut wanted);
            add(&reference.stem, &mut wanted);
            reference.bases.values().for_each(|text| add(text, &mut wanted));
            wanted.extend(reference.parts.capture_names().flatten().map(str::to_owned));
        }
        if let Some((_, resource)) = &binding.resource {
            resource.ours.values().for_each(|text| add(text, &mut wanted));
            for made in &resource.made {
                add(&made.body, &mut wanted);
                made.values.values().flatten().for_each(|text| add(text, &mut wanted));
            }
        }
        let around = binding.around.calls().flat_map(|call| call.templates());
        around.for_each(|text| add(text, &mut wanted));
        wanted
    }
}

/// Whether a fixture gives one of those names. One that gives none is there for what it is about.
fn is_wanted(step: &Step, wanted: &Names) -> bool {
    let mut gives = step.capture.keys().chain(step.otherwise.keys()).peekable();
    match gives.peek() {
        Some(_) => gives.any(|name| wanted.contains(name)),
        None => {
            let own = uses(step);
            let own = own.iter().filter(|name| !GIVEN_NAMES.contains(&name.as_str()));
            let own: Vec<&String> = own.collect();
            !own.is_empty() && own.iter().all(|name| wanted.contains(*name))
        }
    }
}

/// The names that a fixture uses itself.
fn uses(step: &Step) -> Names {
    let mut used = Names::new();
    let calls = step.make.iter().chain(step.undo.iter().map(|undo| &undo.call));
    let waits = step.undo.iter().flat_map(|undo| &undo.wait).chain(&step.wait);
    let find = step.find.iter();
    let calls = calls
        .chain(waits.map(|wait| &wait.call))
        .chain(find.clone().map(|find| &find.call));
    calls
        .flat_map(|call| call.templates())
        .for_each(|text| add(text, &mut used));

    find.flat_map(|find| find.ours.values())
        .for_each(|text| add(text, &mut used));
    step.otherwise.values().for_each(|text| add(text, &mut used));
    for name in step.capture.keys() {
        used.remove(name);
    }
    used
}

fn of_draft(draft: &Draft, names: &mut Names) {
    match &draft.path {
        PathDraft::Labels { labels, .. } => labels.values().for_each(|text| add(text, names)),
        PathDraft::Exact(text) => add(text, names),
    }
    draft.headers.iter().for_each(|(_, text)| add(text, names));
    if let BodyDraft::Text(text) = &draft.body {
        add(text, names);
    }
}

fn add(template: &str, to: &mut Names) {
    to.extend(names(template).unwrap_or_default().into_iter().map(str::to_owned));
}
