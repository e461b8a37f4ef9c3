//! A few of many values: of an operation that is planned by its contract alone, both sides of each
//! promise are shown by some values. A service has a hundred such operations, and many of their
//! members are of the same shapes.

use std::collections::BTreeSet;

/// How many values are proposed for each promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Much {
    /// A few on either side.
    Few,
    /// All that reach the promise in a way of their own.
    #[default]
    Each,
    /// These, and a string of every length within the bounds.
    EachLength,
}

/// So many strings that a pattern refuses are sent for each place.
const REFUSED: usize = 4;
/// So many values of another type.
pub(super) const OF_ANOTHER_TYPE: usize = 3;

/// Chooses a few of the strings that a pattern refuses: one for each kind of edit tells more than
/// many of one kind.
#[derive(Default)]
pub(super) struct Kinds(BTreeSet<String>);

impl Kinds {
    /// Whether a string of that id is one more that is sent.
    pub(super) fn lacks(&self, id: &str) -> bool {
        self.0.len() < REFUSED && !self.0.contains(kind(id))
    }

    /// Counts it.
    pub(super) fn take(&mut self, id: &str) {
        self.0.insert(kind(id).to_owned());
    }
}

/// The kind of edit, which ends the id of a string.
fn kind(id: &str) -> &str {
    id.rsplit("::").next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Much, OF_ANOTHER_TYPE, REFUSED};
    use crate::contract::{load_operation, load_service};
    use crate::plan::generator::proposal::{Beside, Proposal, proposals};
    use crate::support::files::Files;

    #[test]
    fn each_promise_keeps_values_on_both_sides() {
        let read = |path: &str| Files::Embedded.read(path).expect("a file");
        let service = load_service(&read("lambda/service.toml")).expect("a service");
        let slug = "update-event-source-mapping";
        let file = read(&format!("lambda/{slug}/contract.current.toml"));
        let contract = load_operation(&file, slug, &service).expect("a contract");
        for name in ["FunctionName", "BatchSize", "DestinationConfig"] {
            let shape = &contract.member(name).expect("a member").shape;
            let of = |much| {
                let beside = Beside {
                    much,
                    ..Beside::default()
                };
                proposals(&contract, &service, shape, beside)
            };
            let (few, all) = (of(Much::Few), of(Much::EachLength));
            let sides = |list: &[Proposal]| {
                let sides = list.iter().map(|p| format!("{}::{}", p.path, p.side));
                sides.collect::<BTreeSet<_>>()
            };
            assert_eq!(sides(&few), sides(&all), "{name}");
            let refused = few
                .iter()
                .filter(|p| p.path.is_empty() && p.id.starts_with("refuses::"));
            assert!(refused.count() <= REFUSED, "{name}");
            let types = few
                .iter()
                .filter(|p| p.path.is_empty() && p.confusion.is_some());
            assert!(types.count() <= OF_ANOTHER_TYPE, "{name}");
        }
    }
}
