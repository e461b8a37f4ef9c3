//! Cases of operations that make or remove resources, as sequences.
//!
//! A request to create leaves a resource behind, and one to delete needs a resource that nothing
//! else is about. So each request that a case is about stands in a sequence which makes and removes
//! what it needs:
//!
//! - a valid creation is followed by a read of what it made;
//! - an invalid creation is followed by the same creation without the violation, its control, which
//!   would be refused if something had been made already;
//! - a creation that is compared with another one, its twin, comes after that;
//! - a deletion is of a resource made for it, and followed by reads until that is gone;
//! - an invalid deletion is followed by a read of the resource, which is as it was, and by a valid
//!   deletion, its control.

use super::Plan;
use super::case::{Action, Case, Draft, Expect, Operations, Step, Variant};
use crate::support::template;

/// What tells the name of a sequence's resource from that of the one which a fixture made.
const OWN: &str = "own_";
/// What tells the name of what a twin may make from that of what the case is about.
const TWIN: &str = "twin_of_";

impl Plan {
    /// The cases, each as a sequence where the operation makes or removes resources. What only a
    /// request that is repeated on one resource shows is left out there.
    pub(super) fn in_sequences(&self, cases: Vec<Case>) -> Vec<Case> {
        let is_lived = matches!(self.binding.action(), Some(Action::Create | Action::Delete));
        let builder = self.operations().filter(|_| is_lived);
        match builder.and_then(|operations| Builder::new(self, operations)) {
            Some(builder) => cases
                .into_iter()
                .filter_map(|case| builder.put(case))
                .collect(),
            None => cases,
        }
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    operations: Operations<'a>,
    /// The names of what identifies the resource of a fixture.
    names: Vec<String>,
    /// The name of the resource of the sequence.
    on: String,
}

impl<'a> Builder<'a> {
    fn new(plan: &'a Plan, operations: Operations<'a>) -> Option<Self> {
        let templates = operations.label.values();
        let names: Vec<String> = templates
            .filter_map(|template| template::names(template).ok())
            .flatten()
            .map(str::to_owned)
            .collect();
        let on = format!("{OWN}{}", names.first()?);
        Some(Self {
            plan,
            operations,
            names,
            on,
        })
    }

    /// The case as a sequence. `None` where nothing is left to test.
    fn put(&self, mut case: Case) -> Option<Case> {
        let Some(subject) = case.subject() else {
            return Some(case);
        };
        // A request that is sent again with its token is about the answers to both.
        if case.is_sent_again() {
            return None;
        }
        let steps = match self.operations.subject {
            Action::Create => self.creation(&case, subject)?,
            _ => self.deletion(&case, subject)?,
        };

        case.variant = case.variant.or(|| self.variant());
        case.steps = steps;
        Some(case)
    }

    /// The variant of what a case makes that names none.
    fn variant(&self) -> Variant {
        let made = || self.plan.binding.made().first().map(|made| &made.variant);
        let first = || made().cloned().unwrap_or_default();
        self.plan.binding.variant.or(first)
    }

    fn creation(&self, case: &Case, subject: &Step) -> Option<Vec<Step>> {
        if let (Expect::LikeTwin | Expect::AsTwin, Some(twin)) = (&subject.expect, case.twin()) {
            let twin = Step {
                on: Some(format!("{TWIN}{}", self.on)),
                expect: subject.expect.clone(),
                ..self.part(Action::Create, self.renamed(twin))
            };
            let tested = self.tested(case, subject, subject.expect.clone());
            return Some(vec![twin, tested]);
        }

        let expect = in_a_sequence(&subject.expect)?;
        let tested = self.tested(case, subject, expect);
        let next = match &tested.expect {
            Expect::Accept | Expect::Either(_) => Some(self.step(Action::Read)),
            Expect::Reject(_) => {
                let control = case.given()?.clone();
                Some(self.part(Action::Create, control))
            }
            _ => None,
        };
        Some(std::iter::once(tested).chain(next).collect())
    }

    fn deletion(&self, case: &Case, subject: &Step) -> Option<Vec<Step>> {
        let variant = case.variant.or(|| self.variant());
        let mut all = self.plan.binding.made().iter();
        let made = all.find(|made| made.variant == variant)?;
        let body = Some(made.body.clone());
        let make = self
            .operations
            .step(Action::Create, Some(&self.on), body, None);

        let expect = in_a_sequence(&subject.expect)?;
        let tested = self.tested(case, subject, expect);
        let rest = match &tested.expect {
            Expect::Accept => {
                let list = self.operations.step(Action::List, None, None, None);
                vec![self.step(Action::Gone), list]
            }
            Expect::Reject(_) => {
                let control = self.renamed(case.given()?);
                vec![self.step(Action::Read), self.part(Action::Delete, control)]
            }
            _ => Vec::new(),
        };

        Some([make, tested].into_iter().chain(rest).collect())
    }

    /// The step that the case is about.
    fn tested(&self, case: &Case, subject: &Step, expect: Expect) -> Step {
        Step {
            tested: true,
            breaks: case.atoms.first().cloned(),
            expect,
            ..self.part(self.operations.subject, self.renamed(&subject.request))
        }
    }

    /// A step with that request on the resource of the sequence.
    fn part(&self, action: Action, request: Draft) -> Step {
        Step {
            request,
            ..self.step(action)
        }
    }

    /// A step on the resource of the sequence, without a body.
    fn step(&self, action: Action) -> Step {
        self.operations.step(action, Some(&self.on), None, None)
    }

    /// A request about the resource of a fixture, as one about that of the sequence.
    fn renamed(&self, request: &Draft) -> Draft {
        request.prefixed(OWN, self.names.iter().map(String::as_str))
    }
}

/// What is expected of a request once it stands in a sequence. What is judged beside another answer
/// is only reported there. `None`: only repeated updates show it.
fn in_a_sequence(expect: &Expect) -> Option<Expect> {
    match expect {
        Expect::Accept | Expect::Reject(_) | Expect::Either(_) | Expect::Probe(_) => {
            Some(expect.clone())
        }
        Expect::LikeTwin | Expect::AsTwin | Expect::NoEffect(_) | Expect::Model => {
            Some(Expect::Probe(expect.class().to_owned()))
        }
        Expect::Advances(_) | Expect::Pages(_) => None,
    }
}
