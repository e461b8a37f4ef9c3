//! Cases: what is sent, what is expected of the answers, and where both come from.
//!
//! A case is a list of [steps](Step), fired in order. A step is one request with what is expected of
//! its answer, and its [purpose](Purpose) says what it is for. There are two ways to be about
//! something:
//!
//! - A case about one request has one [`Purpose::Subject`]. A valid update before it, the
//!   [`Purpose::Given`], makes the state and is the control, and a [`Purpose::Twin`] is there to
//!   compare answers with. The judge holds the reads before and after the subject against each
//!   other.
//! - A case about a sequence has steps of [`Purpose::Part`] alone. A model of the resource judges
//!   each answer by all that was sent and accepted before it. Where the operation makes or removes
//!   resources, one request of it can be tested in a sequence alone: that step is
//!   [`tested`](Step::tested), and the others are there for it.
//!
//! Both are planned, fired, shrunk, recorded, reproduced and printed as lists of steps. The reads
//! around a step are no steps: whoever fires it makes them, because they wait for the end of a
//! transition.

mod draft;
mod expect;
mod file;
#[cfg(test)]
mod manual;
mod operations;
mod sequence_file;
mod sequence_table;
mod shorter;
mod step;
mod variant;

use std::fmt;

pub(crate) use draft::{BodyDraft, Draft, PathDraft, TOKEN, uuid_of};
pub(crate) use expect::Expect;
pub(crate) use file::{Defaults, load_cases, print_case};
pub(crate) use operations::{Operations, UNKNOWN};
pub(crate) use shorter::shorter;
pub(crate) use step::{Action, Purpose, Step};
pub(crate) use variant::Variant;

use crate::contract::{AtomId, Basis, Level};

/// The stable id of a case: `::`-separated names, never a value, an index or a seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct CaseId(pub(crate) String);

impl CaseId {
    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Requests, what is expected of their answers, and why.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    /// What is sent, in words.
    pub(crate) says: String,
    /// Where the case comes from.
    pub(crate) origin: Origin,
    /// The promises it is about. The first is the one an unfulfilled expectation breaks.
    pub(crate) atoms: Vec<AtomId>,
    /// The variant of the resource that it is about.
    pub(crate) variant: Variant,
    /// What is sent, in order.
    pub(crate) steps: Vec<Step>,
    /// Why the expectations hold.
    pub(crate) basis: Basis,
    /// What an unfulfilled expectation does to a run.
    pub(crate) level: Level,
    /// The reason, in a sentence or two.
    pub(crate) why: String,
}

impl Case {
    /// Gives each request that needs a [`TOKEN`] one of its own, which follows from the seed, the id
    /// and how many cases of that id came before. In a case about a request that is sent again all
    /// have the same.
    pub(crate) fn fill_tokens(&mut self, seed: impl fmt::Display, before: usize) {
        let again = self.is_sent_again();
        for (place, step) in self.steps.iter_mut().enumerate() {
            let place = if again { 0 } else { place };
            let text = format!("{seed}:{}:{before}:{place}", self.id);
            step.request.with_token_of(&text);
        }
    }

    /// Whether the case is about a request that is sent again, with the token that it had.
    pub(crate) fn is_sent_again(&self) -> bool {
        let mut atoms = self.atoms.iter();
        atoms.any(|atom| atom.parts().last() == "again" && self.subject().is_some())
    }

    /// The first step of that purpose.
    pub(crate) fn step(&self, purpose: Purpose) -> Option<&Step> {
        self.steps.iter().find(|step| step.purpose == purpose)
    }

    /// The step that the case is about; none where it is about a sequence of them.
    pub(crate) fn subject(&self) -> Option<&Step> {
        self.step(Purpose::Subject)
    }

    /// The request that the case is about; none where it is about a sequence of them.
    pub(crate) fn request(&self) -> Option<&Draft> {
        self.subject().map(|step| &step.request)
    }

    /// The valid update before the request.
    pub(crate) fn given(&self) -> Option<&Draft> {
        self.step(Purpose::Given).map(|step| &step.request)
    }

    /// The request to compare the answer with.
    pub(crate) fn twin(&self) -> Option<&Draft> {
        self.step(Purpose::Twin).map(|step| &step.request)
    }

    /// The request of the first step of that purpose, to be changed.
    pub(crate) fn request_mut(&mut self, purpose: Purpose) -> Option<&mut Draft> {
        let mut steps = self.steps.iter_mut();
        let step = steps.find(|step| step.purpose == purpose)?;
        Some(&mut step.request)
    }

    /// The place of the step of a sequence that the case is about; none where it is about all of
    /// them.
    pub(crate) fn tested_at(&self) -> Option<usize> {
        self.steps.iter().position(|step| step.tested)
    }

    /// What is expected of the request that it is about, or of the answers of a sequence together.
    pub(crate) fn expect(&self) -> &Expect {
        let tested = || self.steps.get(self.tested_at()?);
        let step = self.subject().or_else(tested);
        step.map_or(&Expect::Model, |step| &step.expect)
    }

    /// Whether it sends its request to where valid updates go.
    pub(crate) fn is_of_usual_path(&self) -> bool {
        self.given()
            .zip(self.request())
            .is_none_or(|(given, request)| given.path == request.path)
    }

    /// How much it sends, in bytes: the less, the clearer.
    pub(crate) fn size(&self) -> usize {
        let own = self.steps.iter().filter(|step| step.is_own());
        own.map(|step| step.request.size()).sum()
    }
}

/// Where a case comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file under `cases/`.
    Written {
        file: String,
        /// The line its id stands on.
        line: usize,
    },
    /// The contract alone.
    Derived,
    /// The contract and chance: all draws of a kind have one id.
    Sampled,
    /// An exchange of a recording that names no case, or several of them.
    Recorded {
        file: String,
        /// The line that the first of them begins on.
        line: usize,
    },
}
