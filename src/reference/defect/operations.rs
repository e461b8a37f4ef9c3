//! Defects of the operations beside the update, for the self-checks of these.
//!
//! A defect of an answer to a step of an update's sequences stands with those of the update. What
//! stands here shows in the operation's own cases alone.

mod create;
mod delete;
mod get;
mod list;
mod reply;

use std::sync::LazyLock;

use super::{Defect, Expected, defects};

/// An operation: the folder of its contract, what promises of it begin with where another one
/// breaks them, and its own defects.
const OPERATIONS: &[(&str, &str, &[Defect])] = &[
    ("create-event-source-mapping", "create::", create::DEFECTS),
    ("delete-event-source-mapping", "delete::", delete::DEFECTS),
    ("get-event-source-mapping", "get::", get::DEFECTS),
    ("list-event-source-mappings", "list::", list::DEFECTS),
];

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
const OF_THE_UPDATE_ALONE: [&str; 3] = [
    // No case of a deletion takes away the function.
    "delete-needs-function",
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

/// The defect of that id, of whichever operation it is.
pub(super) fn find(id: &str) -> Option<&'static Defect> {
    let mut all = OPERATIONS.iter().flat_map(|(_, _, own)| own.iter());
    all.find(|defect| defect.id == id)
}
