//! The exchanges of one case, in the order they were fired.

use std::fmt;

use crate::plan::case::{Case, Variant};
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

/// The name under which an [`Observation`] holds the identifier that a creation gave and something
/// else had before.
pub(crate) const TAKEN: &str = "taken";

/// The exchanges of one case, in the order they were fired.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// What the names in the case's templates stood for.
    pub(crate) bindings: Bindings,
    /// The kind of event variant the resource had.
    pub(crate) variant: Variant,
    pub(crate) fired: Vec<Fired>,
    /// Entries of lists that are like what sequences make, and that nothing made: the place of the
    /// list, and the identity.
    pub(crate) strangers: Vec<(usize, String)>,
    /// The state that was still transitional when the time for it was up.
    pub(crate) unsettled: Option<String>,
    /// How many requests were sent for it, where it shares exchanges with other cases.
    pub(crate) requests: Option<usize>,
}

/// One exchange of a case.
#[derive(Clone, Debug)]
pub(crate) struct Fired {
    /// The place of its step in the case.
    pub(crate) step: usize,
    pub(crate) role: Role,
    /// The name of the resource it is about; none for a list, and where the case is about one alone.
    pub(crate) on: Option<String>,
    /// Whether it is a read around the step, and not what the step sends.
    pub(crate) around: bool,
    pub(crate) exchange: Exchange,
}

/// The part an exchange plays in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The request to compare with.
    Twin,
    /// The valid update fired first.
    Given,
    /// The read before.
    Before,
    /// The request the case is about.
    Subject,
    /// The read after.
    After,
    /// The read of what the request named.
    Named,
    /// An exchange of a sequence, by its place in the observation.
    Step(usize),
}

impl Observation {
    /// Nothing seen yet.
    pub(crate) fn new(bindings: Bindings, variant: Variant) -> Self {
        Self {
            bindings,
            variant,
            fired: Vec::new(),
            strangers: Vec::new(),
            unsettled: None,
            requests: None,
        }
    }

    /// How many requests were sent for it.
    pub(crate) fn requests(&self) -> usize {
        self.requests.unwrap_or(self.fired.len())
    }

    /// Adds the next exchange of that part, which is of the step at that place, or around it.
    pub(crate) fn add(&mut self, step: usize, role: Role, exchange: Exchange) {
        self.fired.push(Fired {
            step,
            role,
            on: None,
            around: matches!(role, Role::Before | Role::After | Role::Named),
            exchange,
        });
    }

    /// Adds the next exchange of a sequence.
    pub(crate) fn add_part(
        &mut self,
        step: usize,
        on: Option<String>,
        around: bool,
        exchange: Exchange,
    ) {
        self.fired.push(Fired {
            step,
            role: Role::Step(self.fired.len()),
            on,
            around,
            exchange,
        });
    }

    /// Every exchange, in the order they were fired.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.fired.iter().map(|fired| &fired.exchange)
    }

    /// The place of the exchange that plays that part, of repetitions the last.
    pub(crate) fn place(&self, role: Role) -> Option<usize> {
        match role {
            Role::Step(at) => Some(at),
            role => self.fired.iter().rposition(|fired| fired.role == role),
        }
    }

    /// The exchange that plays that part, of repetitions the last.
    pub(crate) fn at(&self, role: Role) -> Option<&Exchange> {
        let fired = self.fired.get(self.place(role)?)?;
        Some(&fired.exchange)
    }

    /// The exchange that plays that part, to be changed.
    #[cfg(test)]
    pub(crate) fn at_mut(&mut self, role: Role) -> Option<&mut Exchange> {
        let place = self.place(role)?;
        let fired = self.fired.get_mut(place)?;
        Some(&mut fired.exchange)
    }

    /// The exchanges that play that part: the request that a case is about may be repeated.
    pub(crate) fn all(&self, role: Role) -> impl Iterator<Item = &Exchange> {
        let fired = self.fired.iter().filter(move |fired| fired.role == role);
        fired.map(|fired| &fired.exchange)
    }

    /// The exchange of the step that the case is about.
    pub(crate) fn tested(&self, case: &Case) -> Option<&Exchange> {
        let Some(at) = case.tested_at() else {
            return self.at(Role::Subject);
        };
        let sent = self.sent().filter(|fired| fired.step == at);
        sent.last().map(|fired| &fired.exchange)
    }

    /// How much was sent until that exchange showed something, in bytes: of a sequence everything,
    /// of another case the request that it follows from.
    pub(crate) fn size(&self, role: Role) -> usize {
        let of = |exchange: &Exchange| exchange.request.body.len() + exchange.request.path.len();
        let sent = match role {
            Role::Step(at) => return self.exchanges().take(at + 1).map(of).sum(),
            Role::Given | Role::Before => Role::Given,
            Role::Twin => Role::Twin,
            Role::Subject | Role::After | Role::Named => Role::Subject,
        };
        self.at(sent).map_or(usize::MAX, of)
    }

    /// The exchanges of what the steps send, without the reads around them.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Fired> {
        self.fired.iter().filter(|fired| !fired.around)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Twin => "twin",
            Self::Given => "given",
            Self::Before => "before",
            Self::Subject => "subject",
            Self::After => "after",
            Self::Named => "named",
            Self::Step(_) => "step",
        })
    }
}
