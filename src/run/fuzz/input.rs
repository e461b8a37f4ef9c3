//! What is fuzzed with: moves over a few resources, as numbers that mean something in every plan.
//!
//! No number is out of place: indices count round, and a number outside a member's range stands for
//! one inside. So bytes of any kind decode to a sequence that makes sense, and two inputs can be
//! spliced anywhere.

use serde::{Deserialize, Serialize};

/// A sequence of moves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Which variant its resources have.
    pub(crate) variant: u8,
    /// What is done, in order.
    pub(crate) moves: Vec<Move>,
}

/// One move. `on` says which of the resources it is about.
///
/// A move on what was never made makes it first; one on what was deleted is to be refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Move {
    /// Makes it, where it is not there.
    Create(u8),
    /// Updates it, again and again where `times` is more than 1: each value moves on by one then.
    Update {
        /// The resource.
        on: u8,
        /// The members.
        set: Vec<Set>,
        /// How often.
        #[serde(default = "once", skip_serializing_if = "is_once")]
        times: u16,
        /// Whether it is sent without waiting for the end of a transition.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_once: bool,
    },
    /// An update that a case of the plan expects to be refused.
    Broken {
        /// The resource.
        on: u8,
        /// Which of these cases.
        case: u16,
    },
    /// An update with any value for one member: what it is worth, the oracle says.
    Wild {
        /// The resource.
        on: u8,
        member: u8,
        value: Wild,
        /// The other members.
        set: Vec<Set>,
    },
    /// Several updates at the same time.
    Together {
        /// The resource.
        on: u8,
        /// The members of each.
        sets: Vec<Vec<Set>>,
        /// How often: each value moves on by one from one time to the next.
        #[serde(default = "once", skip_serializing_if = "is_once")]
        times: u16,
    },
    Read(u8),
    /// Lists all resources.
    List,
    /// Deletes it, and waits until it is gone.
    Delete(u8),
}

/// A member and how its value is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, arbitrary::Arbitrary)]
#[serde(deny_unknown_fields)]
pub(crate) struct Set {
    /// The member, by its place.
    pub(crate) member: u8,
    pub(crate) value: Draw,
}

/// A valid value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, arbitrary::Arbitrary)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Draw {
    /// One of those that are known to be good on the target, by its place.
    Good(u16),
    /// That integer, where the member has a range.
    Number(i64),
}

/// Any value, valid or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, arbitrary::Arbitrary)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Wild {
    /// That integer.
    Number(i64),
    Text(String),
    /// One of the good values, with a character put in at a place, or taken away.
    Edited {
        /// Which of them.
        good: u16,
        at: u16,
        /// The character; none to take one away.
        with: Option<char>,
    },
}

/// No input has more moves.
pub(crate) const MOST_MOVES: usize = 64;
/// No update is repeated more often.
pub(crate) const MOST_TIMES: u16 = 512;
/// So many updates at the same time at most: of more, the model follows only two orders.
pub(crate) const MOST_TOGETHER: usize = 4;

impl Move {
    /// How many requests it stands for, about.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Update { times, .. } => usize::from((*times).clamp(1, MOST_TIMES)) * 2,
            Self::Together { sets, times, .. } => {
                (sets.len().clamp(2, MOST_TOGETHER) + 1)
                    * usize::from((*times).clamp(1, MOST_TIMES))
            }
            _ => 2,
        }
    }
}

impl Input {
    /// How large it is: the less, the clearer.
    pub(crate) fn weight(&self) -> usize {
        self.moves.iter().map(Move::weight).sum()
    }
}

fn once() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_once(times: &u16) -> bool {
    *times == 1
}
