//! The order in which cases are fired at what must be found: in turns, so that every kind of case
//! is tried early.

use indexmap::IndexMap;

use crate::plan::Plan;
use crate::plan::case::Origin;

/// The places of the plan's cases, so that cases about the same promise, of the same class and
/// origin take turns with the others.
///
/// Groups come in the order of the plan. Neighbours in a group are alike, so that it is halved, and
/// the halves are halved: the same plan, the same order.
pub(crate) fn interleaved(plan: &Plan) -> Vec<usize> {
    let mut groups: IndexMap<(&str, &str, &str), Vec<usize>> = IndexMap::new();
    for (index, case) in plan.cases.iter().enumerate() {
        let promise = case.atoms.first().map_or("", |atom| atom.as_str());
        let origin = match &case.origin {
            Origin::Written { file, .. } | Origin::Recorded { file, .. } => file.as_str(),
            Origin::Derived => "derived",
            Origin::Sampled => "sampled",
        };
        groups
            .entry((promise, case.expect().class(), origin))
            .or_default()
            .push(index);
    }

    for group in groups.values_mut() {
        *group = halved(group.len())
            .filter_map(|place| group.get(place).copied())
            .collect();
    }

    let longest = groups.values().map(Vec::len).max().unwrap_or_default();
    (0..longest)
        .flat_map(|turn| {
            groups
                .values()
                .filter_map(move |group| group.get(turn).copied())
        })
        .collect()
}

/// The places of the plan's cases, those about one of these promises first.
pub(crate) fn about_first(plan: &Plan, all: &[usize], promises: &[String]) -> Vec<usize> {
    let is_about = |index: &usize| {
        let atoms = plan.cases.get(*index).map(|case| case.atoms.as_slice());
        let mut atoms = atoms.unwrap_or_default().iter();
        atoms.any(|atom| promises.iter().any(|promise| *promise == atom.as_str()))
    };
    let (mut own, others): (Vec<usize>, Vec<usize>) = all.iter().partition(|index| is_about(index));
    own.extend(others);
    own
}

/// The numbers below `count`, the first one, the middle one, the middles of the halves, and so on:
/// those below the next power of two with their bits reversed.
fn halved(count: usize) -> impl Iterator<Item = usize> {
    let all = count.next_power_of_two();
    let bits = all.trailing_zeros();
    let reversed = move |n: usize| {
        if bits == 0 {
            n
        } else {
            n.reverse_bits() >> (usize::BITS - bits)
        }
    };
    (0..all).map(reversed).filter(move |n| *n < count)
}

#[cfg(test)]
mod tests {
    #[test]
    fn halving_leaves_nothing_out() {
        assert_eq!(
            super::halved(8).collect::<Vec<_>>(),
            [0, 4, 2, 6, 1, 5, 3, 7]
        );
        assert_eq!(super::halved(5).collect::<Vec<_>>(), [0, 4, 2, 1, 3]);
        for count in [0, 1, 2, 3, 100] {
            let mut all: Vec<_> = super::halved(count).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..count), "{count}");
        }
    }
}
