//! A few of many values: of an operation that is planned by its contract alone, both sides of each
//! promise are shown by some values. A service has a hundred such operations, and many of their
//! members are of the same shapes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Proposal;
use crate::contract::{Level, Service};

/// So many strings that a pattern refuses are sent for each place.
const REFUSED: usize = 4;
/// So many values of another type.
const OF_ANOTHER_TYPE: usize = 3;

/// Leaves a few values for each place within the member.
pub(super) fn keep_few(service: &Service, proposed: &mut Vec<Proposal>) {
    let mut edits: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    proposed.retain(|proposal| {
        let id = proposal.id.as_str();
        if let Some(confusion) = proposal.confusion {
            let confusion = service.confusions.get(confusion);
            let count = types.entry(proposal.path.clone()).or_default();
            let is_meant = confusion.is_some_and(|c| c.level == Level::Must);
            let is_meant = is_meant && *count < OF_ANOTHER_TYPE;
            *count += usize::from(is_meant);
            return is_meant;
        }
        if id.starts_with("refuses::") {
            // One value for each kind of edit tells more than many of one kind.
            let edit = id.rsplit("::").next().unwrap_or(id);
            let edits = edits.entry(proposal.path.clone()).or_default();
            return edits.len() < REFUSED && edits.insert(edit.to_owned());
        }
        !id.starts_with("admits::") && !id.starts_with("within::")
    });
}

#[cfg(test)]
mod tests {
    use super::{OF_ANOTHER_TYPE, REFUSED, keep_few};
    use crate::contract::{load_operation, load_service};
    use crate::plan::generator::{Beside, proposals};
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
            let mut few = proposals(&contract, &service, shape, Beside::default());
            let all = few.clone();
            keep_few(&service, &mut few);
            let sides = |list: &[crate::plan::generator::Proposal]| {
                let sides = list.iter().map(|p| format!("{}::{}", p.path, p.side));
                sides.collect::<std::collections::BTreeSet<_>>()
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
