//! The defects: every way to make the reference misbehave, one place each.
//!
//! A defect that must be found breaks a promise of the page or of the protocols under it; a suite that does not see
//! it is blind there. A lawful variation is a difference that the page and AWS allow; a suite that objects to it
//! raises false alarms.

mod bounds;
mod chance;
mod creation;
mod deletion;
mod delivery;
mod error_bodies;
mod errors;
mod form;
mod fuzzed;
mod hostile;
mod identity;
mod keeping;
mod lawful_answers;
mod lawful_rules;
mod lifecycle;
mod loosened;
mod loosened_name;
mod members;
mod neighbours;
mod notation;
mod orders;
mod pairs;
mod rare;
mod rare_names;
mod storage;
#[cfg(test)]
mod tests;
mod text;
mod tightened;
mod today;
mod types;
mod values;
mod wire;

use std::fmt;
use std::sync::LazyLock;

use super::behaviour::Behaviour;

/// What the suite is expected to say of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// A suite that finds nothing is blind.
    MustBeFound,
    /// Readings of the page leave room: a suite that says nothing is blind, one that fails a run over it too strict.
    MustBeWarnedOf,
    /// A suite that finds something raises a false alarm.
    LawfulVariation,
}

/// One way in which the reference can differ from itself.
#[derive(Clone)]
pub struct Defect {
    /// What it is about, such as `bounds` or `state`.
    pub class: &'static str,
    /// Its name, in kebab case.
    pub id: &'static str,
    /// What is wrong, or different, in one sentence.
    pub says: &'static str,
    /// The atoms it breaks; empty for a lawful variation.
    pub breaks: &'static [&'static str],
    /// What the suite is expected to say.
    pub expected: Expected,
    /// Why a report tells it as two causes, where it does.
    pub twice: Option<&'static str>,
    order: fn(&mut Behaviour),
}

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
            defects.iter().map(|defect| Defect { class, ..defect.clone() }).collect::<Vec<_>>()
        };
        CLASSES.iter().flat_map(of_class).collect()
    });
    &ALL
}

/// Defects so rare that the cases of a run show them by luck or not at all: what fuzzing is for. They are no part of
/// [`defects`], which a run is expected to find every time.
#[must_use]
pub(crate) fn rare_defects() -> &'static [Defect] {
    fuzzed::DEFECTS
}

/// Defects that no promise is about: they try what a run that trusts its target would do to what is not its own, and
/// whether it waits where it should. They are no part of [`defects`] either.
#[must_use]
pub(crate) fn hostile_defects() -> &'static [Defect] {
    hostile::DEFECTS
}

/// Defects of what only today's API knows. They are no part of [`defects`], since the page of 2018 promises nothing of it:
/// revision `current` judges them, by the cases that are written for it alone.
#[must_use]
pub(crate) fn todays_defects() -> &'static [Defect] {
    static ALL: LazyLock<Vec<Defect>> =
        LazyLock::new(|| today::DEFECTS.iter().map(|defect| Defect { class: "today", ..defect.clone() }).collect());
    &ALL
}

/// The defect of that id.
#[must_use]
pub fn find_defect(id: &str) -> Option<&'static Defect> {
    let beside = [rare_defects(), hostile_defects(), todays_defects()];
    defects().iter().chain(beside.into_iter().flatten()).find(|defect| defect.id == id)
}

impl Defect {
    /// Makes a behaviour misbehave.
    pub(crate) fn order(&self, behaviour: &mut Behaviour) {
        (self.order)(behaviour);
    }

    const fn must(
        id: &'static str,
        says: &'static str,
        breaks: &'static [&'static str],
        order: fn(&mut Behaviour),
    ) -> Self {
        Self { class: "", id, says, breaks, expected: Expected::MustBeFound, twice: None, order }
    }

    const fn warned(
        id: &'static str,
        says: &'static str,
        breaks: &'static [&'static str],
        order: fn(&mut Behaviour),
    ) -> Self {
        Self { class: "", id, says, breaks, expected: Expected::MustBeWarnedOf, twice: None, order }
    }

    /// Why a report tells it as two causes.
    const fn twice(self, why: &'static str) -> Self {
        Self { twice: Some(why), ..self }
    }

    const fn lawful(id: &'static str, says: &'static str, order: fn(&mut Behaviour)) -> Self {
        Self { class: "", id, says, breaks: &[], expected: Expected::LawfulVariation, twice: None, order }
    }
}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defect").field("id", &self.id).field("expected", &self.expected).finish_non_exhaustive()
    }
}
