//! What became of one promise, and from which sides it was tested.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contract::{Basis, Level, PromisePath};

/// A promise of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedPromise {
    /// Its id.
    pub(crate) id: String,
    /// What is promised, in words.
    pub(crate) says: String,
    /// The section of the page that makes it.
    pub(crate) section: String,
    /// Why we expect it.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// What became of it.
    pub(crate) state: State,
    /// Why it came to no verdict, where that is so.
    pub(crate) why: Option<String>,
    /// Whether a valid request that keeps it was accepted.
    pub(crate) valid: ReportedSide,
    /// Whether an invalid request that breaks it was refused.
    pub(crate) invalid: ReportedSide,
    /// Whether the answer to a request showed it.
    pub(crate) answer: ReportedSide,
    /// Whether a read, or a later step of a sequence, showed it.
    pub(crate) in_state: ReportedSide,
    /// What the state is concluded from.
    pub(crate) facts: Facts,
}

/// What is known of a promise, whichever way it is concluded from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// Whether a case, or the data plane, tested it.
    pub(crate) tested: bool,
    /// Whether a case about it came to no verdict, because its control was refused.
    pub(crate) masked: bool,
    /// Why a case about it did not apply to the target.
    pub(crate) skipped: Option<String>,
    /// Why no case can test it.
    pub(crate) untestable: Option<String>,
    /// Why none of the cases planned can.
    pub(crate) unplanned: Option<String>,
    /// Why a target need not show it.
    pub(crate) optional: Option<String>,
    /// Why nothing that a case shows of it counts in this run.
    pub(crate) uncounted: Option<String>,
}

impl Facts {
    /// What became of the promise, and why where that is not plain; `broken`: the severest finding
    /// about it; `sides`: what is known of each.
    pub(crate) fn state(
        &self,
        broken: Option<Level>,
        sides: [(&str, &ReportedSide); 4],
    ) -> (State, Option<String>) {
        let offered = |why: &String| (State::NotOffered, Some(why.clone()));
        match broken {
            Some(Level::Must) => return (State::Broken, None),
            Some(Level::Should) => return (State::Warned, None),
            None if self.tested => return open(sides).unwrap_or((State::Kept, None)),
            None => {}
        }

        if let Some(why) = &self.uncounted {
            return offered(why);
        }
        match (&self.untestable, &self.unplanned, &self.skipped) {
            // The data plane tells more than that no case can test it.
            (Some(_), _, Some(why)) => offered(why),
            (Some(why), ..) | (_, Some(why), _) => (State::Impossible, Some(why.clone())),
            _ if self.masked => (State::Masked, Some(MASKED.to_owned())),
            _ => match self.skipped.as_ref().or(self.optional.as_ref()) {
                Some(why) => offered(why),
                None => (
                    State::Untested,
                    Some("no case came to a verdict about it".to_owned()),
                ),
            },
        }
    }
}

/// Why a promise is masked, where its cases had nothing to compare with.
const MASKED: &str = "the valid request to compare with was refused";

/// Why a promise is not kept although no finding is about it: on one of its sides no case showed
/// it.
fn open(sides: [(&str, &ReportedSide); 4]) -> Option<(State, Option<String>)> {
    let of = |state: SideState| sides.into_iter().find(|(_, side)| side.state == state);
    if let Some((name, side)) = of(SideState::Unshown) {
        let state = if side.cases > 0 {
            State::Masked
        } else {
            State::Untested
        };
        return Some((state, Some(side.unshown(name))));
    }
    of(SideState::Masked).map(|(name, _)| (State::Masked, Some(format!("{MASKED} ({name} side)"))))
}

impl ReportedSide {
    /// Why no case showed the side of that name.
    fn unshown(&self, name: &str) -> String {
        // The one that stood there most often; of several the first by name.
        let most = self
            .hindered
            .iter()
            .max_by_key(|(id, count)| (**count, std::cmp::Reverse(*id)));

        match most {
            Some((id, count)) => {
                let cases = if self.cases == 1 {
                    "its one case".to_owned()
                } else {
                    format!("any of its {} cases", self.cases)
                };
                format!("not shown on its {name} side by {cases}: {id} stood in the way of {count}")
            }
            None => format!("no case on its {name} side came to a verdict"),
        }
    }
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Tested, and shown on every side that has cases.
    Kept,
    /// A finding that fails the run breaks it.
    Broken,
    /// A finding that is a warning breaks it.
    Warned,
    /// Its cases came to no verdict, because their controls were refused, or each of them failed
    /// for another reason.
    Masked,
    /// No request can test it.
    Impossible,
    /// Its cases did not apply to this target.
    NotOffered,
    /// No case tested it.
    Untested,
}

/// What is known of one side of a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedSide {
    /// In one word.
    pub(crate) state: SideState,
    /// How many cases tested it.
    pub(crate) cases: usize,
    /// How many of each origin: `derived`, `chance`, or a case file.
    pub(crate) origins: BTreeMap<String, usize>,
    /// The case that showed it, where one did. Reports of older versions name none.
    #[serde(default)]
    pub(crate) shown_by: Option<ShowingCase>,
    /// The findings that kept cases from showing it, each with their number.
    pub(crate) hindered: BTreeMap<String, usize>,
    /// Why no request can test it, where that is so.
    pub(crate) why: Option<String>,
}

/// A case that showed one side of a promise by itself: of several the one with the least beside it,
/// and of these the first of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowingCase {
    /// Its id.
    pub(crate) case: String,
    /// Its place in the plan.
    pub(crate) place: usize,
    /// How many findings it has all the same, about other promises, which are more than the form of
    /// an answer.
    pub(crate) besides: usize,
}

/// What is known of one side of a promise, in one word; what outweighs the others comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SideState {
    /// No case of the run tested it, though one could.
    Untested,
    /// No request can test it.
    Impossible,
    /// Its cases came to no verdict, because their controls were refused.
    Masked,
    /// A promise of this kind has no such side, or another side does.
    None,
    /// Tested, but no case showed by itself that it is kept.
    Unshown,
    /// Tested, and shown to be kept by a case; whether others break it is another matter.
    Exercised,
}

impl ReportedPromise {
    /// Its id without the operation.
    pub(crate) fn path(&self) -> &str {
        PromisePath::of_id(&self.id).as_str()
    }

    /// The promise and its sides, each with the name of the side in tables.
    pub(crate) fn sides(&self) -> [(&'static str, &ReportedSide); 4] {
        [
            ("valid", &self.valid),
            ("invalid", &self.invalid),
            ("answer", &self.answer),
            ("state", &self.in_state),
        ]
    }
}

impl State {
    /// The state in words, as in the text report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Warned => "with warnings",
            Self::Masked => "masked",
            Self::Impossible => "impossible to test",
            Self::NotOffered => "not offered",
            Self::Untested => "untested",
        }
    }
}
