//! A request in words.

use crate::judge::{Observation, Role};
use crate::plan::case::{BodyDraft, Case, Draft, PathDraft};
use crate::support::template::shown;

/// What was sent for an exchange of that role, in words.
pub(crate) fn sent_text(case: &Case, role: Role, seen: &Observation) -> String {
    let text = |draft: Option<&Draft>| draft.map(draft_text).unwrap_or_default();
    match role {
        Role::Given => format!("{} (the control of: {})", text(case.given()), case.says),
        Role::Twin => format!("{} (compared with: {})", text(case.twin()), case.says),
        Role::Before => format!("a read, after {}", text(case.given())),
        Role::Subject | Role::After | Role::Named => {
            format!("{}: {}", case.says, text(case.request()))
        }
        Role::Step(at) => match seen.fired.get(at).and_then(|f| case.steps.get(f.step)) {
            Some(step) => format!("{}: {} in the end", case.says, draft_text(&step.request)),
            None => case.says.clone(),
        },
    }
}

/// A request in words.
pub(crate) fn draft_text(draft: &Draft) -> String {
    let path = match &draft.path {
        PathDraft::Exact(template) => shown(template),
        PathDraft::Labels { uri, labels } => {
            labels.iter().fold(uri.clone(), |path, (name, value)| {
                // One that keeps slashes is written with a mark.
                let value = shown(value);
                let path = path.replace(&format!("{{{name}}}"), &value);
                path.replace(&format!("{{{name}+}}"), &value)
            })
        }
    };

    let body = match &draft.body {
        BodyDraft::None => "without a body".to_owned(),
        BodyDraft::Text(text) if text.chars().count() > 160 => {
            format!("{}…", shown(text).chars().take(160).collect::<String>())
        }
        BodyDraft::Text(text) => shown(text),
        BodyDraft::Bytes(bytes) => format!("{} bytes that are not text", bytes.len()),
    };

    format!("{} {path} {body}", draft.method)
}
