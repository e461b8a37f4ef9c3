//! What is known of one side of a promise.

use std::collections::BTreeMap;

/// What is known of one side of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Tested, and shown to be kept by a case.
    Exercised(Exercised),
    /// Tested, but no case showed it by itself.
    Unshown(Unshown),
    /// Its cases came to no verdict, because their controls were refused.
    Masked,
    /// No request can test it, and why.
    Impossible(String),
    /// No case tests it, though one could.
    Untested,
    /// Cases are planned for it; nothing was fired.
    Planned,
    /// Answers and reads show it, of a target that is there.
    ByRun,
    /// A promise of this kind has no such side.
    None,
}

/// Cases that tested a side of a promise, one of which showed that it is kept there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exercised {
    /// How many of each origin: `derived`, `chance`, or a case file.
    pub(crate) origins: BTreeMap<String, usize>,
    /// The case that showed it.
    pub(crate) shown_by: Showing,
}

/// A case that showed a side of a promise by itself.
///
/// The least of several is told: the one with the least beside it, and of these the first of the
/// plan, so that the order in which cases are fired does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Showing {
    /// How many findings it has, about other promises, which are more than the form of an answer.
    pub(crate) besides: usize,
    /// Its place in the plan.
    pub(crate) place: usize,
}

/// Cases that tested a side of a promise, none of which showed that it is kept there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unshown {
    /// How many of each origin.
    pub(crate) origins: BTreeMap<String, usize>,
    /// The findings that stood in the way, each with the number of cases.
    pub(crate) hindered: BTreeMap<String, usize>,
}

/// What is known of one promise, side by side in the order of [`Side::ALL`].
pub(crate) type Row = [Cover; 4];
