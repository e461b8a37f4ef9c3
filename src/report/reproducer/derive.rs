//! From a finding to the steps that show it: no more of the case than is needed.

use std::collections::BTreeSet;

use super::needs::{names_in, needed};
use super::sign::{check, variant};
use super::{Again, Reproduction, Step, Then, Told};
use crate::judge::{Judge, Role, Symptom};
use crate::plan::Plan;
use crate::plan::case::{self, Action, Case, Draft, PathDraft};
use crate::plan::fixture::Capture;
use crate::report::curl::labelled;
use crate::report::{Found, steps};
use crate::support::template::{Bindings, names};

/// The reproduction of a finding.
///
/// # Errors
/// Why there is none: the finding is about more than one answer, or about requests sent at the same
/// time.
pub(crate) fn reproduction(plan: &Plan, found: &Found) -> Result<Reproduction, &'static str> {
    let case = found.shown_by(plan).ok_or("it is shown by no case")?;
    let check = check(plan, case, found).ok_or("no condition on one answer tells it")?;
    let maker = Maker { plan, case, found };
    let mut steps = match found.finding.role {
        Role::Step(at) => maker.sequence(at)?,
        role => maker.around(role),
    };
    let last = steps.len().checked_sub(1).ok_or("no request shows it")?;
    if let (super::Check::Kept(member), Some(wrote)) =
        (&check, steps.iter_mut().rev().skip(1).find(|s| writes(s)))
    {
        wrote.keep = Some(member.clone());
    }
    steps[last].then = Then::Go;
    let captured: BTreeSet<String> = steps
        .iter()
        .flat_map(|s| s.capture.iter().map(|(n, _)| n.clone()))
        .collect();
    let undo = captured
        .iter()
        .filter_map(|name| maker.removal(name))
        .collect();
    let mut wanted: BTreeSet<String> = steps.iter().flat_map(|s| names_in(&s.draft)).collect();
    wanted.extend(
        check
            .templates()
            .flat_map(|t| names(t).unwrap_or_default())
            .map(str::to_owned),
    );
    let wanted = wanted.difference(&captured).cloned().collect();
    let mut given = Bindings::default();
    given.set("worker", "0");
    given.set("region", plan.region.clone());
    given.set("account", "123456789012");
    let finding = &found.finding;
    let atom = plan.atom(&finding.atom);
    let protocol = &plan.service.protocol;
    Ok(Reproduction {
        finding: Told {
            id: finding.id(),
            symptom: finding.symptom,
            requirement: atom.map(|a| a.says.clone()).unwrap_or_default(),
            section: atom.map(|a| a.section.to_string()).unwrap_or_default(),
            says: case.says.clone(),
            // What is a run's own, such as names and times, says nothing in a file that is kept.
            expected: found.observation.bindings.named(&finding.expected),
            actual: found.observation.bindings.named(bodiless(&finding.actual)),
        },
        fixtures: needed(&plan.fixtures, variant(found), wanted),
        steps,
        check,
        undo,
        given,
        error_types: (
            protocol.error_type_headers.clone(),
            protocol.error_type_members.clone(),
        ),
        type_header: maker.type_header(),
        again: Again::Unfired("nobody did so".to_owned()),
    })
}

struct Maker<'a> {
    plan: &'a Plan,
    case: &'a Case,
    found: &'a Found,
}

impl Maker<'_> {
    /// The requests of a case that is no sequence.
    fn around(&self, role: Role) -> Vec<Step> {
        let mut made = Vec::new();
        let sent = steps::steps(self.plan, self.case, role, &self.found.observation);
        let drafts: Vec<Draft> = sent.into_iter().map(|(_, draft)| draft).collect();
        let usual = self.case.given();
        let read = || self.plan.read_of(Some(&usual?.path));
        let settles = self.case.subject().is_some_and(|step| !step.at_once);

        for (place, draft) in drafts.iter().enumerate() {
            let given = Some(draft) == usual;
            let says = match () {
                () if given && place == 0 => "a valid update",
                () if draft.method == "GET" => "read it",
                () => self.case.says.as_str(),
            };
            let step = self.step(says, draft.clone());
            let then = if given && place + 1 < drafts.len() {
                Then::Accepted
            } else {
                Then::Go
            };
            made.push(Step { then, ..step });
            let last = place + 1 == drafts.len();
            let at_once = given && !settles && role == Role::Subject;
            let stuck = self.found.finding.symptom == Symptom::NeverSettles;
            if draft.method != "GET" && !at_once && role != Role::Named && (!last || stuck) {
                made.extend(self.settled(read()));
            }
        }

        if self.found.finding.symptom == Symptom::NeverSettles {
            made.extend(read().map(|draft| self.step("read it", draft)));
        }
        made
    }

    /// The steps of a sequence up to the one that shows the finding. Before each comes the wait for
    /// rest that the sequence has there.
    fn sequence(&self, at: usize) -> Result<Vec<Step>, &'static str> {
        let operations = self.plan.operations().ok_or("the plan has no sequences")?;
        let identity = Judge::of(self.plan).identity().unwrap_or_default();
        let mut made: Vec<Step> = Vec::new();
        for (place, fired) in self.found.observation.fired.iter().enumerate().take(at + 1) {
            let step = self
                .case
                .steps
                .get(fired.step)
                .ok_or("the case has no such step")?;
            let shows = place == at;
            if fired.around || step.action == Action::Read {
                let draft = operations.draft(Action::Read, fired.on.as_deref(), None);
                made.extend(self.settled(Some(draft.clone())));
                if shows || step.action == Action::Read && !fired.around {
                    made.push(self.step(&says(Action::Read, fired.on.as_deref()), draft));
                }
                continue;
            }
            let mut draft = step.request.clone();
            self.with_slash(&mut draft, &fired.exchange.request.path);
            let mut next = self.step(&says(step.action, step.on.as_deref()), draft);
            match (step.action, &step.on) {
                (Action::Create, Some(on)) if fired.exchange.accepted() => {
                    next.capture
                        .push((on.clone(), Capture::Json(format!("/{identity}"))));
                    next.then = Then::Accepted;
                }
                (Action::Gone, _) if !shows => next.then = Then::UntilRefused,
                (Action::Gone, _) => {
                    made.push(Step {
                        then: Then::UntilRefused,
                        ..next.clone()
                    });
                }
                _ => {}
            }
            made.push(next);
        }

        Ok(made)
    }

    /// The header that names the error type of the answer that shows the finding.
    fn type_header(&self) -> Option<String> {
        let answer = self
            .found
            .observation
            .at(self.found.finding.role)?
            .answer()?;
        let headers = &self.plan.service.protocol.error_type_headers;
        headers.iter().find(|h| answer.header(h).is_some()).cloned()
    }

    /// Some servers know collections by a path with a slash at its end only.
    fn with_slash(&self, draft: &mut Draft, sent: &str) {
        let path = |p: &str| p.split('?').next().unwrap_or_default().to_owned();
        if let PathDraft::Exact(own) = &mut draft.path
            && path(sent).ends_with('/')
            && !path(own).ends_with('/')
        {
            let end = path(own).len();
            own.insert(end, '/');
        }
    }

    fn step(&self, says: &str, draft: Draft) -> Step {
        let path = match &draft.path {
            PathDraft::Exact(path) => path.clone(),
            PathDraft::Labels { uri, labels } => labelled(uri, labels),
        };

        Step {
            says: says.to_owned(),
            draft: Draft {
                path: PathDraft::Exact(path),
                ..draft
            },
            service: self.plan.service.signing_name.clone(),
            capture: Vec::new(),
            keep: None,
            then: Then::Go,
        }
    }

    /// A read that is repeated until the state is one that stays.
    fn settled(&self, read: Option<Draft>) -> Option<Step> {
        let (output, transitional) = self.plan.transitions()?;
        let then = Then::While {
            json: format!("/{output}"),
            values: transitional.to_vec(),
        };
        Some(Step {
            then,
            ..self.step("wait for the end of the transition", read?)
        })
    }

    fn removal(&self, name: &str) -> Option<Step> {
        let operations = self.plan.operations()?;
        let draft = operations.draft(Action::Delete, Some(name), None);
        Some(self.step(&format!("remove {name}"), draft))
    }
}

/// What came, without the beginning of a body.
fn bodiless(actual: &str) -> &str {
    actual.split(": {").next().unwrap_or(actual)
}

fn writes(step: &Step) -> bool {
    step.draft.method != "GET"
}

fn says(action: case::Action, on: Option<&str>) -> String {
    match (action, on) {
        (Action::Read, Some(on)) => format!("read {on}"),
        (Action::Gone, Some(on)) => format!("read {on} until it is gone"),
        (action, Some(on)) => format!("{} {on}", action.name()),
        (action, None) => action.name().to_owned(),
    }
}
