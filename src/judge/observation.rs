//! The exchanges of one case, by the part they play.

use std::fmt;

use crate::plan::case::SourceKind;
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

/// The name under which an [`Observation`] holds the identifier that a creation gave and something
/// else had before.
pub(crate) const TAKEN: &str = "taken";

/// The exchanges of one case, by the part they play.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// What the names in the case's templates stood for.
    pub(crate) bindings: Bindings,
    /// The kind of event source the mapping had.
    pub(crate) source: SourceKind,
    /// The request to compare with.
    pub(crate) twin: Option<Exchange>,
    /// The valid update fired first.
    pub(crate) given: Option<Exchange>,
    /// A read of the settled state before the request.
    pub(crate) before: Option<Exchange>,
    /// The request the case is about, and its repetitions where it has any.
    pub(crate) subject: Vec<Exchange>,
    /// A read of the settled state after it.
    pub(crate) after: Option<Exchange>,
    /// A read of what the request named, where that is not the mapping under test.
    pub(crate) named: Option<Exchange>,
    /// The exchanges of a sequence, in the order they were fired.
    pub(crate) steps: Vec<Fired>,
    /// The state that was still transitional when the time for it was up.
    pub(crate) unsettled: Option<String>,
}

impl Observation {
    /// Nothing seen yet.
    pub(crate) fn new(bindings: Bindings, source: SourceKind) -> Self {
        Self {
            bindings,
            source,
            twin: None,
            given: None,
            before: None,
            subject: Vec::new(),
            after: None,
            named: None,
            steps: Vec::new(),
            unsettled: None,
        }
    }

    /// Every exchange, part by part.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        let around = [
            &self.twin,
            &self.given,
            &self.before,
            &self.after,
            &self.named,
        ];
        around
            .into_iter()
            .flatten()
            .chain(&self.subject)
            .chain(self.steps.iter().map(|f| &f.exchange))
    }

    /// The exchange that plays that part.
    pub(crate) fn at(&self, role: Role) -> Option<&Exchange> {
        match role {
            Role::Twin => self.twin.as_ref(),
            Role::Given => self.given.as_ref(),
            Role::Before => self.before.as_ref(),
            Role::Subject => self.subject.last(),
            Role::After => self.after.as_ref(),
            Role::Named => self.named.as_ref(),
            Role::Step(at) => self.steps.get(at).map(|fired| &fired.exchange),
        }
    }
}

/// One exchange of a sequence.
#[derive(Clone, Debug)]
pub(crate) struct Fired {
    /// The place of its step in the sequence.
    pub(crate) step: usize,
    /// The name of the resource it is about; none for a list.
    pub(crate) on: Option<String>,
    /// Whether it is the read before the step, which waits for the end of a transition.
    pub(crate) settled: bool,
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
