//! The defects that the self-check of an operation orders.

use std::sync::LazyLock;

use super::operations::OPERATIONS;
use super::{Defect, Expected, defects};

/// The defects that the self-check of an operation orders, and every lawful variation. `None` for
/// an operation that the reference does not serve.
pub(crate) fn defects_of(operation: &str) -> Option<&'static [Defect]> {
    static ALL: LazyLock<Vec<(&str, Vec<Defect>)>> = LazyLock::new(|| {
        let of = |(slug, prefix, own): &(&'static str, &str, &[Defect])| (*slug, with(own, prefix));
        OPERATIONS.iter().map(of).collect()
    });

    if operation == "update-event-source-mapping" {
        return Some(defects());
    }
    let (_, own) = ALL.iter().find(|(slug, _)| *slug == operation)?;
    Some(own)
}

/// Defects that an operation's own cases cannot show, or that are lawful for another one alone.
const OF_THE_UPDATE_ALONE: [&str; 4] = [
    // No case of a deletion takes away the function.
    "delete-needs-function",
    // List has a defect for each parameter, where this one ignores all of them.
    "list-filter-ignored",
    // A target without lists may be a lawful target of updates.
    "list-not-offered",
    "list-not-implemented",
];

/// An operation's own defects, those of the update's that break a promise of it, and what is
/// lawful.
fn with(own: &[Defect], prefix: &str) -> Vec<Defect> {
    let counts = |defect: &&Defect| {
        let lawful = defect.expected == Expected::LawfulVariation;
        let breaks = || defect.breaks.iter().any(|path| path.starts_with(prefix));
        (lawful || breaks()) && !OF_THE_UPDATE_ALONE.contains(&defect.id)
    };
    let own = own.iter().map(|defect| Defect {
        class: "own",
        ..defect.clone()
    });
    let of_update = defects().iter().filter(counts).map(|defect| Defect {
        twice: Some("It was made for the cases of the update."),
        ..defect.clone()
    });
    own.chain(of_update).collect()
}
