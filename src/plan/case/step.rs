//! A step of a case: one request, what it is for, and what is expected of its answer.

use indexmap::IndexMap;

use super::{Draft, Expect};
use crate::contract::AtomId;

/// One request of a case, and what is expected of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// What it does.
    pub(crate) action: Action,
    /// The name, in templates, of the resource it is about, where the case is about several; a list
    /// is about none.
    pub(crate) on: Option<String>,
    pub(crate) request: Draft,
    /// What is expected of its answer, and of the state that it leaves.
    pub(crate) expect: Expect,
    /// Members of the answer and of a later read, where an update is accepted: JSON texts, as
    /// templates.
    pub(crate) then: IndexMap<String, String>,
    /// The promise it breaks where it is refused; the first of the case's where it says none.
    pub(crate) breaks: Option<AtomId>,
    /// Whether a sequence is about this step, and the others are there for it.
    pub(crate) tested: bool,
    /// Whether it is sent without waiting for the end of a transition.
    pub(crate) at_once: bool,
    /// Steps in a row with the same number are sent at the same time.
    pub(crate) together: Option<usize>,
}

/// What a step is for in its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// Its answer is what that to the subject is compared with. For an invalid subject it is a
    /// control: the same request without the violation.
    Twin,
    /// A valid update that makes the state before the subject. It is the control of every case that
    /// has one.
    Given,
    /// The request that the case is about.
    Subject,
    /// The case is about this step as about all others: a model of the resource judges each answer
    /// by the steps before.
    Part,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Makes a resource, and binds its identity to the step's name.
    Create,
    /// Updates it: the operation under test, or what is sent in its place.
    Update,
    /// Reads it, once it is in no transition.
    Read,
    /// Lists resources.
    List,
    /// Deletes it.
    Delete,
    /// Reads it until it is gone.
    Gone,
}

impl Step {
    /// A step of that purpose and action, which waits for the end of a transition and stands alone.
    pub(crate) fn new(purpose: Purpose, action: Action, request: Draft, expect: Expect) -> Self {
        Self {
            purpose,
            action,
            on: None,
            request,
            expect,
            then: IndexMap::new(),
            breaks: None,
            tested: false,
            at_once: false,
            together: None,
        }
    }

    /// The steps of a case about one update: that one, behind a valid one that makes its state, and
    /// perhaps one to compare it with, which is sent first.
    pub(crate) fn about(
        request: Draft,
        expect: Expect,
        given: Draft,
        twin: Option<Draft>,
    ) -> Vec<Self> {
        let at_rest = twin.is_none();
        // Of two values that must be treated alike neither need be accepted.
        let of_twin = match expect {
            Expect::LikeTwin | Expect::AsTwin => expect.clone(),
            _ => Expect::Accept,
        };

        let update = |purpose, request, expect| Self::new(purpose, Action::Update, request, expect);
        // Each case leaves the resource at rest: there is nothing to wait for before the first.
        let first = twin.map(|twin| Self {
            at_once: true,
            ..update(Purpose::Twin, twin, of_twin)
        });

        let given = Self {
            at_once: at_rest,
            ..update(Purpose::Given, given, Expect::Accept)
        };

        let subject = update(Purpose::Subject, request, expect);
        first.into_iter().chain([given, subject]).collect()
    }

    /// The class of violation that it is refused for, if it is.
    pub(crate) fn refused(&self) -> Option<&str> {
        match &self.expect {
            Expect::Reject(class) => Some(class),
            _ => None,
        }
    }

    /// Whether the case is about it, and it is not only there for another step.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.purpose, Purpose::Subject | Purpose::Part)
    }

    /// Whether it waits while the resource is in a transition, though it reads as settled: what
    /// must be accepted is not judged by a refusal that only says "later".
    pub(crate) fn is_patient(&self) -> bool {
        let valid = matches!(self.expect, Expect::Accept | Expect::Model);
        !self.is_own() || (valid && !self.at_once)
    }
}

impl Action {
    /// The key of a step in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Read => "read",
            Self::List => "list",
            Self::Delete => "delete",
            Self::Gone => "gone",
        }
    }

    /// Whether it changes what it is about.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }
}
