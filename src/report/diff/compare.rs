//! Comparing two observations of one case, exchange by exchange in the order they were made.
//!
//! What follows from a difference is not told beside it: one exchange that the targets take in
//! another way leaves them in different states, which every exchange after it would show again.

use crate::contract::PromisePath;
use std::collections::BTreeMap;

use super::kind::{Came, Kind, Side};
use super::members::Members;
use super::pairs::{Pair, pairs};
use super::request_key::RequestKey;
use super::seen::{Body, Member, Reader, Seen};
use crate::judge::{Judge, Observation, Role};
use crate::plan::Plan;
use crate::plan::case::{Case, Purpose};

/// A difference in one exchange of a case.
#[derive(Debug)]
pub(super) struct Found {
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    /// What the request of that exchange is meant to be: the class of violation, or `valid`.
    pub(crate) class: String,
    /// The operation whose answer shows it.
    pub(crate) operation: String,
    /// What was seen on the left, in words.
    pub(crate) left: String,
    /// And on the right.
    pub(crate) right: String,
    /// What was asked there; none for what only reads.
    pub(crate) asked: Option<RequestKey>,
}

/// A case, as far as it is compared.
struct Comparison<'a> {
    case: &'a Case,
    found: Vec<Found>,
    members: Members<'a>,
    /// Whether answers before the case's own had bodies of different forms: then its own has for
    /// that reason too.
    bodies_apart: bool,
}

/// What two targets did differently in a case.
pub(super) fn compare(
    plan: &Plan,
    case: &Case,
    left: &Observation,
    right: &Observation,
) -> Vec<Found> {
    let identity = Judge::of(plan).identity();
    let reader = |contract, bindings| Reader {
        service: &plan.service,
        contract,
        entry: plan.read.as_ref(),
        identity,
        bindings,
    };

    let mut comparison = Comparison {
        case,
        found: Vec::new(),
        members: Members::new(&plan.contract),
        bodies_apart: false,
    };

    for pair in pairs(plan, case, left, right) {
        let (Some(l), Some(r)) = (pair.left, pair.right) else {
            break;
        };
        let seen = (
            reader(pair.contract, &left.bindings).read(l),
            reader(pair.contract, &right.bindings).read(r),
        );
        if !comparison.one(&pair, &seen.0, &seen.1) {
            return comparison.found;
        }
    }

    if comparison.found.is_empty() && left.unsettled.is_some() != right.unsettled.is_some() {
        let only = if left.unsettled.is_some() {
            Side::Right
        } else {
            Side::Left
        };
        let said = |seen: &Observation| match &seen.unsettled {
            Some(state) => format!("{state} does not end"),
            None => "at rest".to_owned(),
        };
        comparison.found.push(Found {
            kind: Kind::Settles { only },
            role: Role::Subject,
            class: "valid".to_owned(),
            operation: plan.contract.slug.clone(),
            left: said(left),
            right: said(right),
            asked: case.subject().map(|step| RequestKey::of(case, step)),
        });
    }

    comparison.found
}

impl<'a> Comparison<'a> {
    /// Compares one exchange. `false`: what comes after it follows from what it shows.
    fn one(&mut self, pair: &Pair<'a>, left: &Seen, right: &Seen) -> bool {
        let (l, r) = (left.status.clone(), right.status.clone());
        if left.came != right.came {
            let mut kind = Kind::of_outcome(pair.about(), left.came, right.came);
            if let Kind::Failure { promise, .. } = &mut kind
                && let Some(part) = self.part(pair)
            {
                *promise = part;
            }
            self.tell(pair, kind, l, r);
            return false;
        }

        match left.came {
            Came::Silent | Came::NotImplemented => false,
            Came::Accepted => self.accepted(pair, left, right),
            Came::Refused | Came::Failed => {
                if let Some(on) = pair.on
                    && let Some(step) = pair.step
                {
                    self.members.refuse(on, &RequestKey::of(self.case, step));
                }
                if l != r {
                    self.tell(
                        pair,
                        Kind::Refusal {
                            left: l.clone(),
                            right: r.clone(),
                        },
                        l,
                        r,
                    );
                } else if left.came == Came::Refused {
                    // Where one gives another error, that its body has another form is no second
                    // difference.
                    self.media(pair, left, right);
                }
                true
            }
        }
    }

    /// Compares two answers that accept.
    fn accepted(&mut self, pair: &Pair<'a>, left: &Seen, right: &Seen) -> bool {
        let forms = forms(pair, &left.body, &right.body);
        if let Some((l, r)) = forms {
            self.tell(
                pair,
                Kind::Body {
                    left: l.to_owned(),
                    right: r.to_owned(),
                },
                l.to_owned(),
                r.to_owned(),
            );
            // Answers to anything have these forms, or those to this request alone: then it was
            // taken in another way.
            if !self.bodies_apart && pair.is_own() {
                return false;
            }
            self.bodies_apart = true;
        }

        let (l, r) = (left.status.clone(), right.status.clone());
        if l != r {
            self.tell(
                pair,
                Kind::Status {
                    left: l.clone(),
                    right: r.clone(),
                },
                l,
                r,
            );
        }

        self.media(pair, left, right);
        let (Body::Object(l), Body::Object(r)) = (&left.body, &right.body) else {
            return true;
        };
        if forms.is_some() {
            return true;
        }
        let step = match pair.role {
            Role::Before => self.case.step(Purpose::Given),
            _ => pair.step,
        };

        let asked = step.map(|step| RequestKey::of(self.case, step));
        let control = self.control();
        let told = self.members.compare(pair, asked.as_ref(), &control, (l, r));
        let taken = told
            .iter()
            .any(|(kind, ..)| matches!(kind, Kind::Taken { .. }));
        for (kind, left, right) in told {
            self.tell(pair, kind, left, right);
        }
        !taken
    }

    /// The part of the request that a target may fail on, in whichever way it breaks which promise:
    /// a member, or a body that is no object.
    fn part(&self, pair: &Pair<'_>) -> Option<String> {
        let contract = pair.contract.filter(|_| pair.is_own())?;
        let asked = RequestKey::of(self.case, pair.step?);
        let of_promise = pair
            .promise
            .as_deref()
            .and_then(|promise| PromisePath::of_id(promise).request_member());

        let of_promise = of_promise.filter(|name| contract.member(name).is_some());
        let control = self.control();
        let part = match (
            asked.is_no_object(&control),
            of_promise,
            asked.differs_in(&control),
        ) {
            (true, ..) => "body",
            (false, Some(name), _) => name,
            (false, None, Some(name)) => name.as_str(),
            (false, None, None) => return None,
        };

        Some(format!("{}::{part}", contract.slug))
    }

    /// The request that the exchange's own is held against; one that asks nothing, in a sequence.
    fn control(&self) -> RequestKey {
        match self.case.step(Purpose::Given) {
            Some(given) => RequestKey::of(self.case, given),
            None => RequestKey::nothing(),
        }
    }

    fn media(&mut self, pair: &Pair<'_>, left: &Seen, right: &Seen) {
        // An answer without a body, as one to HEAD, has no type of one.
        if let (Some(l), Some(r)) = (&left.media, &right.media)
            && l != r
        {
            self.tell(
                pair,
                Kind::ContentType {
                    left: l.clone(),
                    right: r.clone(),
                },
                l.clone(),
                r.clone(),
            );
        }
    }

    /// Takes in a difference. What an answer before the case's own shows is told of its own, where
    /// that shows it too.
    fn tell(&mut self, pair: &Pair<'_>, kind: Kind, left: String, right: String) {
        let found = Found {
            kind,
            role: pair.role,
            class: pair.class.to_owned(),
            operation: pair
                .contract
                .map_or_else(String::new, |contract| contract.slug.clone()),
            left,
            right,
            asked: pair.step.map(|step| RequestKey::of(self.case, step)),
        };

        match self.found.iter_mut().find(|known| known.kind == found.kind) {
            Some(known) if is_before(known.role) && pair.role == Role::Subject => *known = found,
            Some(_) => {}
            None => self.found.push(found),
        }
    }
}

/// Whether an exchange of that role only leads to what a case is about.
pub(super) fn is_before(role: Role) -> bool {
    matches!(role, Role::Twin | Role::Given | Role::Before)
}

/// The forms of two bodies, where they differ. One that shows nothing at all is one difference, not
/// one for each member.
fn forms(pair: &Pair<'_>, left: &Body, right: &Body) -> Option<(&'static str, &'static str)> {
    match (left, right) {
        (Body::Object(l), Body::Object(r)) => {
            let word = |members: &BTreeMap<String, Member>| match pair.shows(members) {
                true => "members of the contract",
                false => "none of them",
            };
            (word(l) != word(r)).then(|| (word(l), word(r)))
        }
        (left, right) => (left.word() != right.word()).then(|| (left.word(), right.word())),
    }
}

impl Body {
    fn word(&self) -> &'static str {
        match self {
            Self::Object(_) => "a JSON object",
            Self::Other(word) => word,
        }
    }
}
