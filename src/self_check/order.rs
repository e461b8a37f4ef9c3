//! The order in which cases are fired at what must be found: in turns, so that every kind of case is tried early.

use indexmap::IndexMap;

use crate::plan::Plan;

/// The places of the plan's cases, so that cases about the same promise and of the same class take turns with the others.
///
/// Groups come in the order of the plan, and so do the cases of each: the same plan, the same order.
#[must_use]
pub fn interleaved(plan: &Plan) -> Vec<usize> {
    let mut groups: IndexMap<(&str, &str), Vec<usize>> = IndexMap::new();
    for (index, case) in plan.cases.iter().enumerate() {
        let promise = case.atoms.first().map_or("", |atom| atom.as_str());
        groups.entry((promise, case.expect.class())).or_default().push(index);
    }
    let longest = groups.values().map(Vec::len).max().unwrap_or_default();
    (0..longest).flat_map(|turn| groups.values().filter_map(move |group| group.get(turn).copied())).collect()
}
