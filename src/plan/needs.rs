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
    /// The places of the fixtures that some operations need and no case of this one uses, neither
    /// directly nor by way of another fixture.
    pub(super) fn unneeded_fixtures(&self) -> BTreeSet<usize> {
        let mut wanted = self.wanted_names();
        let mut named: BTreeSet<&String> = self.binding.needs.iter().collect();
        let steps = &self.fixtures.steps;
        let bindings = self.fixtures.bindings.values();
        let mut of_some: BTreeSet<&String> = bindings.flat_map(|b| &b.needs).collect();
        of_some.extend(steps.iter().flat_map(|step| &step.needs));

        let mut needed = BTreeSet::new();
        loop {
            let more = |(place, step): &(usize, &Step)| {
                // What nothing is said to need is there for every operation.
                let is_needed = !of_some.contains(&step.id)
                    || named.contains(&step.id)
                    || is_wanted(step, &wanted);
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

        let places = 0..steps.len();
        places.filter(|place| !needed.contains(place)).collect()
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
            reference
                .bases
                .values()
                .for_each(|text| add(text, &mut wanted));
            wanted.extend(reference.parts.capture_names().flatten().map(str::to_owned));
        }
        if let Some((_, resource)) = &binding.resource {
            // Lists show it, and creations stand beside it, though no request names it.
            let texts = resource.identity.values().chain(resource.ours.values());
            texts.for_each(|text| add(text, &mut wanted));
            for made in &resource.made {
                add(&made.body, &mut wanted);
                made.values
                    .values()
                    .flatten()
                    .for_each(|text| add(text, &mut wanted));
            }
        }
        let around = binding.around.calls().flat_map(|call| call.templates());
        around.for_each(|text| add(text, &mut wanted));

        // The data plane has steps of its own, which stand on these.
        if let Some(plane) = &self.data_plane {
            plane
                .steps
                .iter()
                .for_each(|step| wanted.extend(uses(step)));
            plane.texts().for_each(|text| add(text, &mut wanted));
        }
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
            let own = own
                .iter()
                .filter(|name| !GIVEN_NAMES.contains(&name.as_str()));
            let own: Vec<&String> = own.collect();
            !own.is_empty() && own.iter().all(|name| wanted.contains(*name))
        }
    }
}

/// The names that a fixture uses itself.
fn uses(step: &Step) -> Names {
    let mut used = Names::new();
    let calls = step
        .make
        .iter()
        .chain(step.undo.iter().map(|undo| &undo.call));
    let waits = step
        .undo
        .iter()
        .flat_map(|undo| &undo.wait)
        .chain(&step.wait);
    let find = step.find.iter();
    let calls = calls
        .chain(waits.map(|wait| &wait.call))
        .chain(find.clone().map(|find| &find.call));
    calls
        .flat_map(|call| call.templates())
        .for_each(|text| add(text, &mut used));

    find.flat_map(|find| find.ours.values())
        .for_each(|text| add(text, &mut used));
    step.otherwise
        .values()
        .for_each(|text| add(text, &mut used));
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
    to.extend(
        names(template)
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned),
    );
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, PlanOptions};
    use crate::support::files::{Files, Source};

    /// The fixtures that a plan leaves out, by their ids.
    fn left_out(plan: &Plan) -> Vec<&str> {
        let steps = plan
            .unneeded
            .iter()
            .map(|place| &plan.fixtures.steps[*place]);
        steps.map(|step| step.id.as_str()).collect()
    }

    #[test]
    fn the_usual_operation_makes_nothing_that_others_need() {
        let plan = Plan::load(&Files::Embedded, &PlanOptions::default()).expect("a plan");
        assert_eq!(
            left_out(&plan),
            [
                "own-function",
                "own-version",
                "own-alias",
                "second-alias",
                "own-url",
                "own-event-invoke-configuration",
                "own-permission",
                "layer",
                "other-layer",
                "second-layer-version",
                "layer-permission",
            ]
        );
    }

    #[test]
    fn what_a_fixture_stands_on_is_made_with_it() {
        let read = |path: &str| Files::Embedded.read(path).expect("a file");
        let mut file = read("todo/fixtures.toml");
        let make = "make = [{ service = \"\", method = \"GET\", path = \"/${run}\" }]";
        file.text.insert_str(
            0,
            &format!(
                "[[fixture]]\nid = \"ground\"\n{make}\n\n[[fixture]]\nid = \"house\"\nneeds = [\"ground\"]\n{make}\n\n\
                 [[fixture]]\nid = \"soil\"\n{make}\n\n\
                 [[fixture]]\nid = \"street\"\nneeds = [\"soil\"]\n{make}\n\n"
            ),
        );
        file.text = file.text.replace(
            "[binding.list-todos.values]",
            "[binding.list-todos]\nneeds = [\"house\"]\n\n[binding.list-todos.values]",
        );
        let layer = crate::support::files::Layer {
            files: [("todo/fixtures.toml".to_owned(), file)].into(),
            ..Default::default()
        };
        let files = Files::Embedded.under(layer);
        let plan = |operation: &str| {
            let options = PlanOptions {
                operation: format!("todo/{operation}").parse().expect("a name"),
                ..PlanOptions::default()
            };
            Plan::load(&files, &options).expect("a plan")
        };
        assert_eq!(left_out(&plan("list-todos")), [""; 0]);
        // Nothing is said to need the street: all operations have it, and what it stands on.
        assert_eq!(left_out(&plan("get-todo")), ["ground", "house"]);
    }

    #[test]
    fn a_binding_says_what_is_good_in_requests_of_operations_without_a_contract_too() {
        let file: Source = Files::Embedded
            .read("lambda/fixtures.toml")
            .expect("a file");
        let fixtures = crate::plan::fixture::load_fixtures(&file).expect("fixtures");
        let known = fixtures.names();
        for (operation, binding) in &fixtures.bindings {
            let given: Result<serde_json::Map<_, _>, _> = serde_json::from_str(&binding.given);
            assert!(given.is_ok(), "{operation}");
            let texts = binding.label.values().chain([&binding.given]);
            for name in texts.flat_map(|text| super::names(text).expect("a template")) {
                assert!(known.contains(name), "{operation}: {name}");
            }
        }
        assert!(fixtures.bindings.len() > 50);
    }
}
