//! A defect or a lawful variation of the reference, whichever part of it has it.

use std::sync::Arc;

use crate::contract::AtomId;
use crate::plan::Plan;
use crate::reference::{Api, Clock, Defect, Expected, General, GeneralDefect, Options, Reference};

/// What the plan is fired at, and what it is to say.
#[derive(Clone, Debug)]
pub(crate) struct Suspect {
    /// What it is about.
    pub(crate) class: &'static str,
    pub(crate) id: String,
    /// What is wrong, or different, in one sentence.
    pub(crate) says: String,
    /// The promises it breaks; none for a lawful variation.
    pub(crate) breaks: Vec<String>,
    /// What the suite is expected to say.
    pub(crate) expected: Expected,
    /// Why a report tells it as two causes, where it does.
    pub(crate) twice: Option<&'static str>,
    /// Why no case can find it, where that is known.
    pub(crate) hidden: Option<String>,
    ordered: Ordered,
}

/// Kinds of defects that cases may not find, where valid requests are made up or where they are not,
/// and why.
const HIDDEN: [(&str, bool, &str); 5] = [
    (
        "token twice",
        false,
        "A creation that is sent again with its token is no case: a sequence takes what it answers \
         for a second resource.",
    ),
    ("too strict", true, MADE_UP),
    ("demanded", true, MADE_UP),
    ("member refused", true, MADE_UP),
    (
        "too strict",
        false,
        "A valid value that no file calls good may not suit what is there: its refusal is reported, \
         and fails no run.",
    ),
];
const MADE_UP: &str = "Valid requests are made up here, so that a refusal of one tells nothing: \
                       [binding.OPERATION] says what a target must accept.";

#[derive(Clone, Debug)]
enum Ordered {
    ByHand(&'static Defect),
    General(Arc<Api>, Box<GeneralDefect>),
}

impl Suspect {
    /// A defect of what is written by hand.
    pub(crate) fn by_hand(defect: &'static Defect) -> Self {
        Self {
            class: defect.class,
            id: defect.id.to_owned(),
            says: defect.says.to_owned(),
            breaks: defect
                .breaks
                .iter()
                .map(|atom| (*atom).to_owned())
                .collect(),
            expected: defect.expected,
            twice: defect.twice,
            hidden: None,
            ordered: Ordered::ByHand(defect),
        }
    }

    /// A defect of what is interpreted. The plan may say that no request can show it.
    pub(crate) fn general(api: &Arc<Api>, defect: GeneralDefect, plan: &Plan) -> Self {
        let promise = defect.promise.as_ref();
        let impossible = promise.and_then(|promise| plan.impossible.get(promise));
        let of_kind = || {
            let is_known = |(kind, made_up, _): &&(&str, bool, &str)| {
                *kind == defect.kind && *made_up == plan.binding.made_up
            };
            let (_, _, why) = HIDDEN.iter().find(is_known)?;
            Some((*why).to_owned())
        };
        let hidden = impossible.cloned().or_else(of_kind);
        Self {
            class: defect.kind,
            id: defect.id.clone(),
            says: defect.says.clone(),
            breaks: promise.map(AtomId::to_string).into_iter().collect(),
            expected: defect.expected,
            twice: None,
            hidden,
            ordered: Ordered::General(Arc::clone(api), Box::new(defect)),
        }
    }

    /// Whether it follows from contracts.
    pub(crate) fn is_general(&self) -> bool {
        matches!(self.ordered, Ordered::General(..))
    }

    /// A reference that has it.
    pub(crate) fn reference(&self, clock: Clock, region: &str) -> Reference {
        let options = Options {
            clock,
            region: region.to_owned(),
            ..Options::default()
        };
        match &self.ordered {
            Ordered::ByHand(defect) => Reference::new(Options {
                defect: Some(defect),
                ..options
            }),
            Ordered::General(api, defect) => {
                let bend = (defect.operation, defect.bend.clone());
                let general = General::new(Arc::clone(api), Some(bend));
                Reference::with_general(options, Some(general))
            }
        }
    }
}
