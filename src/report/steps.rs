//! The curl lines that show a finding, in order: no more than are needed.

use super::curl::CurlTarget;
use super::shell::{variable, word};
use crate::judge::{Judge, Observation, Role};
use crate::plan::Plan;
use crate::plan::case::{Action, BodyDraft, Case, Draft, Expect, PathDraft, Purpose, Step};
use crate::plan::fixture::{Call, Capture};

/// One line for each request that leads to an exchange of a case, and for the one of that exchange.
pub(crate) fn lines(
    plan: &Plan,
    case: &Case,
    role: Role,
    seen: &Observation,
    curl: &CurlTarget,
) -> Vec<String> {
    let service = &plan.service.signing_name;
    // The plain names are those of the resource that most cases use.
    let named = |draft: &Draft| match case.variant.prefix() {
        Some(prefix) => draft.prefixed(&prefix, plan.fixtures.names_of(&case.variant)),
        None => draft.clone(),
    };

    // What each request stands on is made again before it.
    let around = &plan.binding.around;
    let before: Vec<String> = around
        .before
        .iter()
        .map(|before| {
            let line = curl.line(&draft_of(&before.call), &before.call.service);
            match before.capture.iter().next() {
                Some((name, Capture::Json(pointer))) => picked(name, member_of(pointer), &line),
                _ => line,
            }
        })
        .collect();

    let mut lines = Vec::new();
    let mut group = None;
    let mut steps = steps(plan, case, role, seen).into_iter().peekable();
    while let Some((step, draft)) = steps.next() {
        let line = curl.line(&named(&draft), service);
        let own = draft == step.request;
        if own && step.purpose != Purpose::Part {
            lines.extend(before.iter().cloned());
        }
        let now = step.together.filter(|_| own);
        let line = match (step.action, &step.on) {
            // The identity of what is made is for the lines after it.
            (Action::Create, Some(on)) if own && steps.peek().is_some() => {
                captured(on, &line, plan)
            }
            _ if now.is_some() => format!("{line} &"),
            _ => line,
        };
        // Those sent at the same time are waited for before the next.
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

/// The requests that show a finding, in order, each with its step: no more than are needed.
pub(crate) fn steps<'a>(
    plan: &Plan,
    case: &'a Case,
    role: Role,
    seen: &Observation,
) -> Vec<(&'a Step, Draft)> {
    let compared = matches!(case.expect(), Expect::LikeTwin | Expect::AsTwin);
    let after_given = matches!(
        case.expect(),
        Expect::Accept | Expect::Advances(_) | Expect::Pages(_)
    ) || case.subject().is_some_and(|step| step.at_once);
    let (sent, read): (&[Purpose], _) = match role {
        Role::Step(at) => return sequence(plan, case, seen, at),
        Role::Twin => (&[Purpose::Twin], None),
        Role::Given => (&[Purpose::Given], None),
        Role::Before => (&[Purpose::Given], Some(Purpose::Given)),
        Role::Subject if compared => (&[Purpose::Twin, Purpose::Subject], None),
        Role::Subject if after_given => (&[Purpose::Given, Purpose::Subject], None),
        Role::Subject => (&[Purpose::Subject], None),
        Role::After => (&[Purpose::Given, Purpose::Subject], Some(Purpose::Given)),
        Role::Named => (&[Purpose::Subject], Some(Purpose::Subject)),
    };

    // What follows a refusal may show what the refusal did.
    let refused = seen.at(Role::Twin).is_some_and(|twin| !twin.accepted());
    let shows_state = matches!(role, Role::Given | Role::Before | Role::After);
    let own = case.steps.iter().filter(|step| {
        let is_twin = step.purpose == Purpose::Twin;
        sent.contains(&step.purpose) || (is_twin && refused && shows_state)
    });
    let mut steps: Vec<_> = own.map(|step| (step, step.request.clone())).collect();
    let of = read.and_then(|of| case.step(of));
    steps.extend(of.and_then(|step| Some((step, plan.read_of(Some(&step.request.path))?))));
    steps
}

/// The requests of a sequence up to that exchange. The reads between them, which wait for the end
/// of transitions, are left out unless one of them is it.
fn sequence<'a>(
    plan: &Plan,
    case: &'a Case,
    seen: &Observation,
    at: usize,
) -> Vec<(&'a Step, Draft)> {
    let mut found = Vec::new();
    for (place, fired) in seen.fired.iter().enumerate().take(at + 1) {
        let Some(step) = case.steps.get(fired.step) else {
            continue;
        };
        if !fired.around {
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
    kept(name, &pick, line)
}

/// The last part of a JSON pointer.
fn member_of(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}

/// The line, and the text or number that its answer has for a member kept in a variable.
fn picked(name: &str, member: &str, line: &str) -> String {
    let value = r#""\{0,1\}\([0-9A-Za-z_~:-][0-9A-Za-z._~:-]*\)"#;
    kept(name, &format!(r#"s/.*"{member}" *: *{value}.*/\1/p"#), line)
}

/// The line, and what `sed` finds in its answer kept in a variable.
fn kept(name: &str, pick: &str, line: &str) -> String {
    format!(
        "{}=$({line} | tee /dev/stderr | sed -n {})",
        variable(name),
        word(pick)
    )
}

/// A request of the files, with what it names still to be filled in.
fn draft_of(call: &Call) -> Draft {
    let headers = call.headers.iter();
    Draft {
        method: call.method.clone(),
        path: PathDraft::Exact(call.path.clone()),
        headers: headers.map(|(n, v)| (n.clone(), v.clone())).collect(),
        body: match call.body.as_str() {
            "" => BodyDraft::None,
            text => BodyDraft::Text(text.to_owned()),
        },
        raw: None,
    }
}
