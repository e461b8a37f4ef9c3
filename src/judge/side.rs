//! The sides from which a promise can be tested.

use super::Role;
use crate::plan::case::{Case, Expect};

/// One side of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    /// A request that keeps it is accepted.
    Valid,
    /// A request that breaks it is refused.
    Invalid,
    /// The answer to a request shows it.
    Answer,
    /// A read before or after shows it, or a later step of a sequence.
    State,
}

/// A set of sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides(u8);

impl Side {
    /// Every side, in the order of tables.
    pub(crate) const ALL: [Self; 4] = [Self::Valid, Self::Invalid, Self::Answer, Self::State];

    /// The side in one word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Answer => "answer",
            Self::State => "state",
        }
    }

    /// The side from which a case tests the promises it names.
    pub(crate) fn of_case(case: &Case) -> Self {
        match case.expect() {
            Expect::Model | Expect::NoEffect(_) => Self::State,
            expect => Self::of_class(expect.class()),
        }
    }

    /// The side of a promise about requests that a class of violation is about.
    pub(super) fn of_class(class: &str) -> Self {
        if matches!(class, "valid" | "well-formed" | "any-revision") {
            Self::Valid
        } else {
            Self::Invalid
        }
    }

    /// The side that an exchange of that role shows.
    pub(super) fn of_exchange(role: Role) -> Self {
        match role {
            Role::Twin | Role::Given | Role::Subject => Self::Answer,
            Role::Before | Role::After | Role::Named | Role::Step(_) => Self::State,
        }
    }
}

impl Sides {
    /// Whether the side is among them.
    pub(crate) fn has(self, side: Side) -> bool {
        self.0 & (1 << side as u8) != 0
    }

    /// Adds a side.
    pub(crate) fn add(&mut self, side: Side) {
        self.0 |= 1 << side as u8;
    }

    /// Adds the sides of another set.
    pub(super) fn add_all(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

impl From<Side> for Sides {
    fn from(side: Side) -> Self {
        Self(1 << side as u8)
    }
}

impl FromIterator<Side> for Sides {
    fn from_iter<I: IntoIterator<Item = Side>>(sides: I) -> Self {
        let mut all = Self::default();
        sides.into_iter().for_each(|side| all.add(side));
        all
    }
}
