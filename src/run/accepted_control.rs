//! What a worker keeps from one chain of cases for the next.

use std::sync::Arc;

use crate::plan::case::Variant;
use crate::wire::exchange::{Exchange, Request};

/// A state in which a control was accepted, and after which nothing was sent.
#[derive(Clone, Debug)]
pub(super) struct AcceptedControl {
    pub(super) variant: Variant,
    /// The control.
    pub(super) request: Arc<Request>,
    pub(super) given: Exchange,
    /// The read after it.
    pub(super) before: Exchange,
}

/// How many cases a worker puts into one chain: fewer after a chain that broke, and more again
/// where cases come through.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChainLimit(usize);

/// No chain is longer. An odd number: what each refusal turns on or off is the other way round
/// after all of them.
const LONGEST: usize = 15;

impl Default for ChainLimit {
    fn default() -> Self {
        Self(3)
    }
}

impl ChainLimit {
    pub(super) fn most(self) -> usize {
        self.0
    }

    pub(super) fn came_through(&mut self, did: bool) {
        self.0 = if did {
            (self.0 * 2 + 1).min(LONGEST)
        } else {
            1
        };
    }
}
