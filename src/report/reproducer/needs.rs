//! What a reproduction needs on a target, and the requests that make and remove it.

use std::collections::BTreeSet;

use super::{Preparation, Step, Then, Way};
use crate::plan::case::{BodyDraft, Draft, PathDraft, Variant};
use crate::plan::fixture::{self, Call, Fixtures, Wait};
use crate::support::template::names;

impl Preparation {
    /// The call at that place, and the wait after it.
    pub(super) fn making(&self, place: usize) -> Vec<Step> {
        let Some(call) = self.step.make.get(place) else {
            return Vec::new();
        };
        let mut steps = vec![Step {
            capture: self
                .step
                .capture
                .iter()
                .map(|(name, how)| (name.clone(), how.clone()))
                .collect(),
            then: Then::Accepted,
            ..step(format!("make the {}", self.step.id.replace('-', " ")), call)
        }];

        steps.extend(self.step.wait.as_ref().map(waiting));
        steps
    }

    /// What removes it.
    pub(super) fn removing(&self) -> Vec<Step> {
        let says = format!("remove the {}", self.step.id.replace('-', " "));
        self.step
            .undo
            .iter()
            .filter(|u| !u.prepares)
            .map(|u| step(says.clone(), &u.call))
            .collect()
    }
}

/// The fixtures that give these names, those that they need themselves, and nothing else; in the
/// order they are made.
pub(super) fn needed(
    fixtures: &Fixtures,
    variant: &Variant,
    mut wanted: BTreeSet<String>,
) -> Vec<Preparation> {
    let mut taken = BTreeSet::new();
    // What needs a name comes after what gives it, so that one way back finds all.
    for (place, step) in fixtures.steps.iter().enumerate().rev() {
        let own = step.variant.serves(variant);
        let mut gives = step.capture.keys().chain(step.otherwise.keys()).peekable();
        let needed = match gives.peek() {
            // What gives no name is there for the step after it, which asks for one; or else it
            // changes what the step before it made.
            None if serves(step, fixtures.steps.get(place + 1)) => taken.contains(&(place + 1)),
            None => place
                .checked_sub(1)
                .and_then(|before| fixtures.steps.get(before))
                .is_some_and(|before| before.capture.keys().any(|name| wanted.contains(name))),
            Some(_) => gives.any(|name| wanted.contains(name)),
        };
        if !own || !needed {
            continue;
        }
        taken.insert(place);
        let calls = step
            .make
            .iter()
            .chain(step.wait.iter().map(|w| &w.call))
            .chain(step.undo.iter().map(|u| &u.call));
        let otherwise = step.otherwise.values().map(String::as_str);
        for template in calls.flat_map(Call::templates).chain(otherwise) {
            wanted.extend(
                names(template)
                    .unwrap_or_default()
                    .into_iter()
                    .map(str::to_owned),
            );
        }
    }

    let of = |place: usize| {
        fixtures.steps.get(place).map(|s| Preparation {
            step: s.clone(),
            way: Way::Call(0),
        })
    };

    taken.into_iter().filter_map(of).collect()
}

/// Whether the next step is about what this one is about: it uses all of its names.
fn serves(step: &fixture::Step, next: Option<&fixture::Step>) -> bool {
    let used = |step: &fixture::Step| -> BTreeSet<String> {
        let templates = step.make.iter().flat_map(Call::templates);
        templates
            .flat_map(|t| names(t).unwrap_or_default())
            .map(str::to_owned)
            .collect()
    };
    next.is_some_and(|next| used(step).is_subset(&used(next)))
}

/// The names that templates of a request use.
pub(super) fn names_in(draft: &Draft) -> BTreeSet<String> {
    let mut templates: Vec<&str> = draft
        .headers
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();

    templates.extend(draft.text());
    match &draft.path {
        PathDraft::Exact(path) => templates.push(path),
        PathDraft::Labels { labels, .. } => templates.extend(labels.values().map(String::as_str)),
    }

    templates
        .into_iter()
        .flat_map(|t| names(t).unwrap_or_default())
        .map(str::to_owned)
        .collect()
}

fn waiting(wait: &Wait) -> Step {
    let then = Then::While {
        json: wait.json.clone(),
        values: wait.while_.clone(),
    };
    Step {
        then,
        ..step("wait until it is ready".to_owned(), &wait.call)
    }
}

fn step(says: String, call: &Call) -> Step {
    let draft = Draft {
        method: call.method.clone(),
        path: PathDraft::Exact(call.path.clone()),
        headers: call
            .headers
            .iter()
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect(),
        body: if call.body.is_empty() {
            BodyDraft::None
        } else {
            BodyDraft::Text(call.body.clone())
        },
        raw: None,
    };

    Step {
        says,
        draft,
        service: call.service.clone(),
        capture: Vec::new(),
        keep: None,
        then: Then::Go,
    }
}
