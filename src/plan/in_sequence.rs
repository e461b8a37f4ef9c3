//! Cases of operations that make or remove resources, as sequences.
//!
//! A request to create leaves a resource behind, and one to delete needs a resource that nothing
//! else is about. So each request that a case is about stands in a sequence which makes and removes
//! what it needs:
//!
//! - a valid creation is followed by a read of what it made;
//! - an invalid creation is followed by the same creation without the violation, its control, which
//!   would be refused if something had been made already;
//! - a deletion is of a resource made for it, and followed by reads until that is gone;
//! - an invalid deletion is followed by a read of the resource, which is as it was, and by a valid
//!   deletion, its control.

use super::Plan;
use super::case::{Action, BodyDraft, Case, Draft, Expect, Operations, Purpose, SourceKind, Step};
use crate::support::template;

/// What tells the name of a sequence's resource from that of the one which a fixture made.
const OWN: &str = "own_";

impl Plan {
    /// The case as a sequence, where the operation makes or removes resources. `None` where nothing
    /// is left to test: an operation that makes resources repeats nothing on one of them.
    pub(super) fn in_sequence(&self, mut case: Case) -> Option<Case> {
        let (Some(operations), Some(subject)) = (self.operations(), case.subject()) else {
            return Some(case);
        };
        let in_sequences = matches!(operations.subject, Action::Create | Action::Delete);
        // A request that is sent again with its token is about the answers to both.
        if in_sequences && case.is_sent_again() {
            return None;
        }
        let builder = Builder::new(self, operations)?;
        let steps = match operations.subject {
            Action::Create => builder.creation(&case, subject)?,
            Action::Delete => builder.deletion(&case, subject)?,
            _ => return Some(case),
        };

        if case.source == SourceKind::Any {
            case.source = builder.source();
        }
        case.steps = steps;
        Some(case)
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

    /// The kind of source of what a case makes that names none.
    fn source(&self) -> SourceKind {
        let made = || self.plan.binding.made().first().map(|made| made.source);
        match self.plan.binding.source {
            SourceKind::Any => made().unwrap_or_default(),
            source => source,
        }
    }

    fn creation(&self, case: &Case, subject: &Step) -> Option<Vec<Step>> {
        let expect = in_a_sequence(&subject.expect)?;
        let tested = self.tested(case, subject, expect);
        let next = match &tested.expect {
            Expect::Accept | Expect::Either(_) => Some(self.read()),
            Expect::Reject(_) => {
                let control = case.given()?.clone();
                Some(self.part(Action::Create, control))
            }
            _ => None,
        };
        Some(std::iter::once(tested).chain(next).collect())
    }

    fn deletion(&self, case: &Case, subject: &Step) -> Option<Vec<Step>> {
        let source = match case.source {
            SourceKind::Any => self.source(),
            source => source,
        };
        let mut all = self.plan.binding.made().iter();
        let made = all.find(|made| made.source == source)?;
        let body = Some(made.body.clone());
        let make = self.operations.draft(Action::Create, Some(&self.on), body);

        let expect = in_a_sequence(&subject.expect)?;
        let tested = self.tested(case, subject, expect);
        let rest = match &tested.expect {
            Expect::Accept => vec![self.gone(), self.list()],
            Expect::Reject(_) => {
                let control = self.renamed(case.given()?);
                vec![self.read(), self.part(Action::Delete, control)]
            }
            _ => Vec::new(),
        };

        let first = [self.part(Action::Create, make), tested];
        Some(first.into_iter().chain(rest).collect())
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

    fn part(&self, action: Action, request: Draft) -> Step {
        Step {
            on: Some(self.on.clone()),
            ..Step::new(Purpose::Part, action, request, Expect::Model)
        }
    }

    fn read(&self) -> Step {
        let request = self.operations.draft(Action::Read, Some(&self.on), None);
        self.part(Action::Read, request)
    }

    fn gone(&self) -> Step {
        let request = self.operations.draft(Action::Gone, Some(&self.on), None);
        self.part(Action::Gone, request)
    }

    fn list(&self) -> Step {
        let mut request = self.operations.draft(Action::List, None, None);
        request.body = BodyDraft::None;
        Step::new(Purpose::Part, Action::List, request, Expect::Model)
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
