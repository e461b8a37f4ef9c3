//! All defects, class by class.

use std::sync::LazyLock;

use super::{
    Defect, bounds, chance, creation, deletion, delivery, error_bodies, errors, form, fuzzed,
    hostile, identity, keeping, lawful_answers, lawful_rules, lifecycle, loosened, loosened_name,
    members, neighbours, notation, operations, pairs, rare, rare_names, storage, tightened, today,
    types, values, wire,
};

/// Every class, in the order of the table.
const CLASSES: &[(&str, &[Defect])] = &[
    ("bounds", bounds::DEFECTS),
    ("types", types::DEFECTS),
    ("pattern loosened", loosened::DEFECTS),
    ("name loosened", loosened_name::DEFECTS),
    ("pattern tightened", tightened::DEFECTS),
    ("errors", errors::DEFECTS),
    ("error bodies", error_bodies::DEFECTS),
    ("answer members", members::DEFECTS),
    ("answer values", values::DEFECTS),
    ("wire", wire::DEFECTS),
    ("storage", storage::DEFECTS),
    ("keeping", keeping::DEFECTS),
    ("identity", identity::DEFECTS),
    ("lifecycle", lifecycle::DEFECTS),
    ("deletion", deletion::DEFECTS),
    ("creation", creation::DEFECTS),
    ("delivery", delivery::DEFECTS),
    ("rare", rare::DEFECTS),
    ("pairs", pairs::DEFECTS),
    ("rare names", rare_names::DEFECTS),
    ("chance", chance::DEFECTS),
    ("request form", form::DEFECTS),
    ("request notation", notation::DEFECTS),
    ("neighbours", neighbours::DEFECTS),
    ("lawful answers", lawful_answers::DEFECTS),
    ("lawful rules", lawful_rules::DEFECTS),
];

/// Every defect and lawful variation, class by class.
#[must_use]
pub fn defects() -> &'static [Defect] {
    static ALL: LazyLock<Vec<Defect>> = LazyLock::new(|| {
        let of_class = |(class, defects): &(&'static str, &[Defect])| {
            defects
                .iter()
                .map(|defect| Defect {
                    class,
                    ..defect.clone()
                })
                .collect::<Vec<_>>()
        };
        CLASSES.iter().flat_map(of_class).collect()
    });

    &ALL
}

/// Defects so rare that the cases of a run show them by luck or not at all: what fuzzing is for.
/// They are no part of [`defects`], which a run is expected to find every time.
pub(crate) fn rare_defects() -> &'static [Defect] {
    fuzzed::DEFECTS
}

/// Defects that no promise is about: they try what a run that trusts its target would do to what is
/// not its own, and whether it waits where it should. They are no part of [`defects`] either.
pub(crate) fn hostile_defects() -> &'static [Defect] {
    hostile::DEFECTS
}

/// Defects of what only today's API knows. They are no part of [`defects`], since the page of 2018
/// promises nothing of it: revision `current` judges them, by the cases that are written for it
/// alone.
pub(crate) fn todays_defects() -> &'static [Defect] {
    static ALL: LazyLock<Vec<Defect>> = LazyLock::new(|| {
        today::DEFECTS
            .iter()
            .map(|defect| Defect {
                class: "today",
                ..defect.clone()
            })
            .collect()
    });
    &ALL
}

/// The defect of that id.
#[must_use]
pub fn find_defect(id: &str) -> Option<&'static Defect> {
    let beside = [rare_defects(), hostile_defects(), todays_defects()];
    defects()
        .iter()
        .chain(beside.into_iter().flatten())
        .find(|defect| defect.id == id)
        .or_else(|| operations::find(id))
}
