//! The cases of a run that nobody fires yet.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::plan::Plan;
use crate::plan::case::Case;

/// The cases of a worker that it did not fire yet, in order.
pub(super) type Todo = VecDeque<usize>;

/// The cases of a run, of which each worker takes the next.
#[derive(Debug)]
pub(super) struct CaseQueue(Mutex<Left>);

#[derive(Debug)]
struct Left {
    /// All that nobody took yet, in order.
    cases: VecDeque<usize>,
    /// Those of them that write often, the longest first.
    long: VecDeque<usize>,
    /// Those that a worker gave back: each is fired by itself.
    single: VecDeque<usize>,
}

/// What a worker takes.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) cases: Todo,
    /// Whether they are to be fired by themselves.
    pub(super) single: bool,
}

/// A case with so many writes is begun early where each of them is waited for.
const LONG: usize = 6;

impl CaseQueue {
    pub(super) fn new(plan: &Plan, cases: &[usize]) -> Self {
        let writes_of = |place: &usize| plan.cases.get(*place).map_or(0, writes);
        let long = cases.iter().copied();
        let mut long: Vec<usize> = long.filter(|place| writes_of(place) >= LONG).collect();
        long.sort_by_key(|place| Reverse(writes_of(place)));
        Self(Mutex::new(Left {
            cases: cases.iter().copied().collect(),
            long: long.into(),
            single: VecDeque::new(),
        }))
    }

    /// The next cases: one, or as many of the next as `length` says. `longest`: the longest of all
    /// that are left comes first, since what is begun last keeps a run waiting.
    pub(super) fn take(&self, longest: bool, length: impl FnOnce(&[usize]) -> usize) -> Taken {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = left.single.pop_front() {
            return Taken::one(place);
        }
        if longest && let Some(place) = left.long.pop_front() {
            left.cases.retain(|other| *other != place);
            return Taken::one(place);
        }

        let count = length(left.cases.make_contiguous()).max(1);
        let count = count.min(left.cases.len());
        let cases: Todo = left.cases.drain(..count).collect();
        left.long.retain(|place| !cases.contains(place));
        Taken {
            cases,
            single: false,
        }
    }

    /// Gives cases back that are to be fired by themselves.
    pub(super) fn give_back(&self, cases: impl IntoIterator<Item = usize>) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.single.extend(cases);
    }

    /// How many cases nobody took yet.
    pub(super) fn left(&self) -> usize {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.cases.len() + left.single.len()
    }
}

impl Taken {
    fn one(place: usize) -> Self {
        Self {
            cases: Todo::from([place]),
            single: true,
        }
    }
}

/// How many requests of a case change something.
pub(super) fn writes(case: &Case) -> usize {
    let writes = case.steps.iter().filter(|step| step.action.writes());
    writes.count()
}
