//! What a defect is: what it changes, what it breaks by that, and what the suite is expected to
//! say.

use std::fmt;

use crate::reference::behaviour::Behaviour;

/// What the suite is expected to say of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// A suite that finds nothing is blind.
    MustBeFound,
    /// Readings of the page leave room: a suite that says nothing is blind, one that fails a run
    /// over it too strict.
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
    pub(super) order: fn(&mut Behaviour),
}

impl Defect {
    /// Makes a behaviour misbehave.
    pub(crate) fn order(&self, behaviour: &mut Behaviour) {
        (self.order)(behaviour);
    }

    pub(super) const fn must(
        id: &'static str,
        says: &'static str,
        breaks: &'static [&'static str],
        order: fn(&mut Behaviour),
    ) -> Self {
        Self {
            class: "",
            id,
            says,
            breaks,
            expected: Expected::MustBeFound,
            twice: None,
            order,
        }
    }

    pub(super) const fn warned(
        id: &'static str,
        says: &'static str,
        breaks: &'static [&'static str],
        order: fn(&mut Behaviour),
    ) -> Self {
        Self {
            class: "",
            id,
            says,
            breaks,
            expected: Expected::MustBeWarnedOf,
            twice: None,
            order,
        }
    }

    /// Why a report tells it as two causes.
    pub(super) const fn twice(self, why: &'static str) -> Self {
        Self {
            twice: Some(why),
            ..self
        }
    }

    pub(super) const fn lawful(
        id: &'static str,
        says: &'static str,
        order: fn(&mut Behaviour),
    ) -> Self {
        Self {
            class: "",
            id,
            says,
            breaks: &[],
            expected: Expected::LawfulVariation,
            twice: None,
            order,
        }
    }
}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defect")
            .field("id", &self.id)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
