//! What the target refuses to remove, so that a run makes no more of it than it has to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::plan::Plan;
use crate::plan::fixture::{Call, Scope};
use crate::wire::exchange::Request;

/// What one target refused to remove, by its kind. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stays(Arc<Mutex<BTreeMap<String, Stay>>>);

#[derive(Debug, Default)]
struct Stay {
    /// The paths and bodies of the removals that were refused.
    things: BTreeSet<String>,
    /// What the target answered to the last removal.
    why: String,
}

/// Once so many things of a kind stay, the removal of another one is not tried again.
const PATIENCE: usize = 3;
/// Once so many things of a kind stay, no more of them are made than a worker needs.
const MOST: usize = 16;

impl Stays {
    /// Notes that the target refused a removal, and why.
    pub(super) fn refused(&self, kind: &str, removal: &Request, why: &str) {
        let mut all = self.all();
        let stay = all.entry(kind.to_owned()).or_default();
        stay.things.insert(thing(removal));
        why.clone_into(&mut stay.why);
    }

    /// Notes that what a removal is about is gone.
    pub(super) fn removed(&self, kind: &str, removal: &Request) {
        if let Some(stay) = self.all().get_mut(kind) {
            stay.things.remove(&thing(removal));
        }
    }

    /// Whether things of that kind stay as a rule.
    pub(super) fn usual(&self, kind: &str) -> bool {
        let all = self.all();
        all.get(kind)
            .is_some_and(|stay| stay.things.len() >= PATIENCE)
    }

    /// Why no case of the plan is fired any more: what its requests make stays.
    pub(super) fn enough_of_cases(&self, plan: &Plan) -> Option<String> {
        self.too_many(std::iter::once(made_by(plan)))
    }

    /// Why no further worker is made: what is made for each of them stays.
    pub(super) fn enough_of_workers(&self, plan: &Plan) -> Option<String> {
        let steps = plan.fixtures.steps.iter().enumerate();
        let own = steps
            .filter(|(index, step)| step.scope != Scope::Run && !plan.unneeded.contains(index));
        let removals = own.flat_map(|(_, step)| step.undo.iter().filter(|undo| !undo.prepares));
        self.too_many(removals.map(|undo| kind(&undo.call)))
    }

    fn too_many(&self, mut kinds: impl Iterator<Item = impl AsRef<str>>) -> Option<String> {
        let all = self.all();
        kinds.find_map(|kind| {
            let stay = all.get(kind.as_ref())?;
            if stay.things.len() < MOST {
                return None;
            }
            Some(format!(
                "{} things of one kind could not be removed; the last: {}",
                stay.things.len(),
                stay.why
            ))
        })
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Stay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The kind of what requests of the plan's operation make.
pub(super) fn made_by(plan: &Plan) -> &str {
    &plan.contract.operation
}

fn thing(removal: &Request) -> String {
    format!(
        "{} {}",
        removal.path,
        String::from_utf8_lossy(&removal.body)
    )
}

/// The kind of what a request removes: the request without the names in its path.
pub(super) fn kind(call: &Call) -> String {
    let path = call.path.split('?').next().unwrap_or_default();
    let segments = path.split('/').map(|segment| match segment.contains('{') {
        true => "*",
        false => segment,
    });
    let path: Vec<&str> = segments.collect();
    format!("{} {} {}", call.service, call.method, path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::exchange::Wire;

    fn call(path: &str) -> Call {
        Call {
            method: "DELETE".to_owned(),
            path: path.to_owned(),
            ..Call::default()
        }
    }

    #[test]
    fn removals_of_a_kind_are_counted_together_whatever_their_files_call_the_name() {
        let stays = Stays::default();
        let (fixture, clean) = (kind(&call("/things/${it}")), kind(&call("/things/{Name}")));
        let too_many = || stays.too_many([clean.clone()].into_iter());
        let named = |number: usize| Request {
            method: "DELETE".to_owned(),
            path: format!("/things/{number}"),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: String::new(),
            wire: Wire::Client,
        };
        for number in 0..MOST {
            assert_eq!(stays.usual(&clean), number >= PATIENCE);
            assert_eq!(too_many(), None);
            stays.refused(&fixture, &named(number), "status 500");
            stays.refused(&clean, &named(number), "status 500");
        }
        let why = too_many();
        assert!(why.is_some_and(|why| why.starts_with("16 ") && why.ends_with("status 500")));
        assert!(!stays.usual(&kind(&call("/others/${it}"))));

        stays.removed(&clean, &named(7));
        assert_eq!(too_many(), None);
    }
}
