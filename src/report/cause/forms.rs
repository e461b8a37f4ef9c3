//! Faults of form that every answer has, or every refusal.

use super::super::document::CauseKind;
use super::groups::{Groups, Shown, absorb, of_kind, symptom};
use super::key::Key;

/// Puts what answers lack that are no JSON with that: they have no error type and no content type
/// of JSON either.
pub(super) fn no_json(all: &Shown, groups: &mut Groups<'_>) {
    let forms = of_kind(groups, CauseKind::Form);
    let Some(root) = forms.iter().find(|key| symptom(key) == "not-json") else {
        return;
    };
    let Some(cases) = all.get(root) else { return };
    let within = |key: &&Key| {
        matches!(
            symptom(key),
            "content-type" | "no-error-type" | "wrong-status"
        ) && all.get(*key).is_some_and(|those| those.is_subset(cases))
    };

    forms
        .iter()
        .filter(within)
        .for_each(|key| absorb(groups, key, root));
}
