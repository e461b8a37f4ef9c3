//! Reproducers: a finding as steps of its own, from an empty target to the answer that shows it.
//!
//! A [`Reproduction`] is neutral: what is sent, what is captured from the answers, and what the
//! last answer must be. It is fired once more before it is offered ([`Reproduction::fire`]), and
//! written in the languages of those who are to fix what was found ([`files`]): each file needs the
//! target's URL and nothing of ours.

mod aws;
mod check;
mod derive;
pub(crate) mod files;
mod fire;
mod hurl;
mod index;
mod needs;
mod python;
mod rust;
mod shell;
mod shell_check;
mod sign;
mod words;
mod written;

use crate::judge::Symptom;
use crate::plan::case::Draft;
use crate::plan::fixture::{self, Capture};
use crate::report::Secrets;
use crate::support::template::Bindings;

pub(crate) use check::Check;
pub(crate) use derive::reproduction;

/// How a finding is shown on a target that holds nothing yet.
#[derive(Clone, Debug)]
pub(crate) struct Reproduction {
    /// What it shows.
    pub(crate) finding: Told,
    /// What is made first.
    pub(crate) fixtures: Vec<Preparation>,
    /// The requests, in order; the last one's answer shows the finding.
    pub(crate) steps: Vec<Step>,
    /// What the last answer must be. It is not where the finding shows.
    pub(crate) check: Check,
    /// Removes what the steps made.
    pub(crate) undo: Vec<Step>,
    /// What every template may use, but for the token of the names: the worker's number, the region
    /// and the account.
    pub(crate) given: Bindings,
    /// The headers that may name the error type of an answer, and then the members of its body that
    /// may.
    pub(crate) error_types: (Vec<String>, Vec<String>),
    /// Which of these headers the answer had that showed the finding.
    pub(crate) type_header: Option<String>,
    /// What came of firing it once more.
    pub(crate) again: Again,
}

/// The finding in words.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Its identity.
    pub(crate) id: String,
    /// How it shows.
    pub(crate) symptom: Symptom,
    /// The promise in words.
    pub(crate) requirement: String,
    /// The section of the page that makes it.
    pub(crate) section: String,
    /// What that case sends.
    pub(crate) says: String,
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
}

/// A fixture, and how the target came by it.
#[derive(Clone, Debug)]
pub(crate) struct Preparation {
    /// What makes it.
    pub(crate) step: fixture::Step,
    /// Which of its ways was taken. Files say that way alone, so that they need no decisions.
    pub(crate) way: Way,
}

/// How a fixture came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The call at that place was accepted.
    Call(usize),
    /// The target offers no such thing, and names are taken from what the fixture says instead.
    Otherwise,
    /// It is not there.
    Without,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What it does, in a few words.
    pub(crate) says: String,
    /// What is sent; its path is [exact](crate::plan::case::PathDraft::Exact).
    pub(crate) draft: Draft,
    /// The service in the credential scope.
    pub(crate) service: String,
    /// Names, and where in the answer their values stand.
    pub(crate) capture: Vec<(String, Capture)>,
    /// A member of the answer that the last one is compared with.
    pub(crate) keep: Option<String>,
    /// What the answer is to be.
    pub(crate) then: Then,
}

/// What is done with the answer to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: it may be anything.
    Go,
    /// It is accepted, or what follows shows nothing.
    Accepted,
    /// The step is sent again while the text at that JSON pointer is one of these.
    While {
        json: String,
        /// The values to wait out.
        values: Vec<String>,
    },
    /// The step is sent again until it is refused.
    UntilRefused,
}

/// What came of firing a reproduction once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// The finding showed, and how.
    Shows(String),
    /// It did not.
    Hides,
    /// It could not be fired, and why.
    Unfired(String),
}

impl Reproduction {
    /// A name for its files: the finding's id in letters, digits and underscores.
    pub(crate) fn name(&self) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        };

        let mut name = String::new();
        for c in self.finding.id.chars().map(plain) {
            if c != '_' || !name.ends_with('_') {
                name.push(c);
            }
        }

        name
    }

    /// The requests that make what is needed, as steps.
    pub(crate) fn preparing(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for preparation in &self.fixtures {
            if let Way::Call(place) = preparation.way {
                steps.extend(preparation.making(place));
            }
        }
        steps
    }

    /// The names that stand for what the target does not offer, each with its template, in order.
    pub(crate) fn otherwise(&self) -> Vec<(&str, &str)> {
        let without = self.fixtures.iter().filter(|f| f.way == Way::Otherwise);
        without
            .flat_map(|f| {
                f.step
                    .otherwise
                    .iter()
                    .map(|(n, t)| (n.as_str(), t.as_str()))
            })
            .collect()
    }

    /// Everything that removes what was made, the last made first.
    pub(crate) fn undoing(&self) -> Vec<Step> {
        let made = self
            .fixtures
            .iter()
            .filter(|f| matches!(f.way, Way::Call(_)))
            .rev();
        self.undo
            .iter()
            .cloned()
            .chain(made.flat_map(|f| f.removing()))
            .collect()
    }

    /// The same without secrets, in what stems from the target. The rest is of the plan, whose
    /// words stay as they are.
    pub(crate) fn redacted(mut self, secrets: &Secrets) -> Self {
        let Told {
            expected, actual, ..
        } = &mut self.finding;
        for text in [expected, actual] {
            *text = secrets.redact(text);
        }
        match &mut self.again {
            Again::Shows(how) | Again::Unfired(how) => *how = secrets.redact(how),
            Again::Hides => {}
        }
        self
    }

    /// The line that a file has where the finding did not show again.
    pub(crate) fn label(&self) -> Option<String> {
        match &self.again {
            Again::Shows(_) => None,
            Again::Hides => Some("did not reproduce when it was written".to_owned()),
            Again::Unfired(why) => Some(format!("was not tried when it was written: {why}")),
        }
    }
}
