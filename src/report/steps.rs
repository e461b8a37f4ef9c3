//! The curl lines that show a finding, in order: no more than are needed.

use super::curl::CurlTarget;
use super::shell::{variable, word};
use crate::judge::{Judge, Observation, Role};
use crate::plan::Plan;
use crate::plan::case::{Action, BodyDraft, Case, Draft, Expect, PathDraft, Step};

/// One line for each request that leads to an exchange of a case, and for the one of that exchange.
pub(crate) fn lines(
    plan: &Plan,
    case: &Case,
    role: Role,
    seen: &Observation,
    curl: &CurlTarget,
) -> Vec<String> {
    let service = &plan.service.signing_name;
    // The plain names are those of the mapping that most cases use.
    let named = |draft: &Draft| match case.source.prefix() {
        Some(prefix) => draft.prefixed(prefix, plan.fixtures.names_of(case.source)),
        None => draft.clone(),
    };
    match role {
        Role::Step(at) => {
            let mut lines = Vec::new();
            let mut group = None;
            for (step, draft) in sequence(plan, case, seen, at) {
                let line = curl.line(&named(&draft), service);
                let line = match step {
                    Step {
                        action: Action::Create,
                        on: Some(on),
                        ..
                    } if draft.method == step.request.method => captured(on, &line, plan),
                    Step {
                        together: Some(_), ..
                    } if draft == step.request => format!("{line} &"),
                    _ => line,
                };
                // Those sent at the same time are waited for before the next.
                let now = step.together.filter(|_| line.ends_with('&'));
                let wait = if group.is_some() && now != group {
                    "wait; "
                } else {
                    ""
                };
                lines.push(format!("{wait}{line}"));
                group = now;
            }
            lines
        }
        role => steps(plan, case, role)
            .iter()
            .map(|draft| curl.line(&named(draft), service))
            .collect(),
    }
}

/// The requests of a sequence up to that exchange. The reads between them, which wait for the end
/// of transitions, are left out unless one of them is it.
pub(crate) fn sequence<'a>(
    plan: &Plan,
    case: &'a Case,
    seen: &Observation,
    at: usize,
) -> Vec<(&'a Step, Draft)> {
    let mut found = Vec::new();
    for (place, fired) in seen.steps.iter().enumerate().take(at + 1) {
        let Some(step) = case.sequence.get(fired.step) else {
            continue;
        };
        if !fired.settled {
            found.push((step, step.request.clone()));
        } else if place == at
            && let Some(operations) = plan.operations()
        {
            found.push((
                step,
                operations.draft(Action::Read, fired.on.as_deref(), None),
            ));
        }
    }
    found
}

/// The line, and the identity its answer gives kept in a variable: only one that is a single
/// segment of a path.
fn captured(name: &str, line: &str, plan: &Plan) -> String {
    let judge = Judge::of(plan);
    let identity = judge.identity().unwrap_or_default();
    let pick = format!(r#"s/.*"{identity}" *: *"\([0-9A-Za-z_~:-][0-9A-Za-z._~:-]*\)".*/\1/p"#);
    format!(
        "{}=$({line} | tee /dev/stderr | sed -n {})",
        variable(name),
        word(&pick)
    )
}

/// The requests that show a finding, in order: no more than are needed.
pub(crate) fn steps(plan: &Plan, case: &Case, role: Role) -> Vec<Draft> {
    let read = |path: &PathDraft| -> Option<Draft> {
        let contract = plan.read.as_ref()?;
        let labels = match path {
            PathDraft::Labels { labels, .. } => labels.clone(),
            PathDraft::Exact(_) => plan.binding.label.clone(),
        };
        let path = PathDraft::Labels {
            uri: contract.http.uri.clone(),
            labels,
        };
        Some(Draft {
            method: contract.http.method.clone(),
            path,
            headers: Vec::new(),
            body: BodyDraft::None,
            raw: None,
        })
    };
    let mut steps = Vec::new();
    match role {
        Role::Twin => steps.extend(case.twin.clone()),
        Role::Given => steps.push(case.given.clone()),
        Role::Before => {
            steps.push(case.given.clone());
            steps.extend(read(&case.given.path));
        }
        Role::Subject => {
            if let (Expect::LikeTwin | Expect::AsTwin, Some(twin)) = (&case.expect, &case.twin) {
                steps.push(twin.clone());
            } else if matches!(case.expect, Expect::Accept | Expect::Advances(_)) || !case.settle {
                steps.push(case.given.clone());
            }
            steps.push(case.request.clone());
        }
        Role::After => {
            steps.push(case.given.clone());
            steps.push(case.request.clone());
            steps.extend(read(&case.given.path));
        }
        Role::Step(_) => {}
        Role::Named => {
            steps.push(case.request.clone());
            steps.extend(read(&case.request.path));
        }
    }
    steps
}
