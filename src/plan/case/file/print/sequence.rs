//! A sequence as a table of a case file.

use std::fmt::Write as _;

use super::words::{quoted, table};
use crate::plan::case::{BodyDraft, Case, Defaults, Draft, PathDraft, Step};

/// Writes a sequence as a `[[sequence]]` table with that id. `None` where a step is none that the
/// format has words for.
pub(super) fn print(case: &Case, id: &str, defaults: &Defaults<'_>) -> Option<String> {
    let atoms = case
        .atoms
        .iter()
        .map(|a| quoted(a.path()))
        .collect::<Vec<_>>()
        .join(", ");

    let mut text = format!(
        "[[sequence]]\nid = {}\nsays = {}\natoms = [{atoms}]\n",
        quoted(id),
        quoted(&case.says)
    );

    let _ = writeln!(text, "basis = {}", quoted(&case.basis.to_string()));
    let _ = writeln!(text, "level = {}", quoted(&case.level.to_string()));
    let _ = writeln!(text, "why = {}", quoted(&case.why));
    let _ = writeln!(text, "variant = {}", quoted(case.variant.as_written()));
    text.push_str("steps = [\n");
    let mut rest = case.steps.as_slice();

    while let Some(first) = rest.first() {
        let count = match first.together {
            Some(group) => rest
                .iter()
                .take_while(|s| s.together == Some(group))
                .count(),
            None => 1,
        };
        let (group, tail) = rest.split_at(count);
        let steps = group
            .iter()
            .map(|s| step(s, defaults))
            .collect::<Option<Vec<_>>>()?;
        let _ = match first.together {
            Some(_) => writeln!(text, "  {{ together = [{}] }},", steps.join(", ")),
            None => writeln!(text, "  {},", steps.concat()),
        };
        rest = tail;
    }

    text.push_str("]\n");
    Some(text)
}

fn step(step: &Step, defaults: &Defaults<'_>) -> Option<String> {
    let operations = defaults.operations?;
    let body = match &step.request.body {
        BodyDraft::Text(text) => Some(text.clone()),
        BodyDraft::None => None,
        BodyDraft::Bytes(_) => return None,
    };

    let usual = operations.draft(step.action, step.on.as_deref(), body.clone());
    let mut pairs: Vec<(&str, String)> = Vec::new();
    match (&step.request.path, &step.on) {
        (PathDraft::Exact(path), None) => {
            pairs.push((
                step.action.name(),
                quoted(path.strip_prefix(operations.list.http.uri.as_str())?),
            ));
        }
        (_, Some(on)) => pairs.push((step.action.name(), quoted(on))),
        _ => return None,
    }

    if let Some(body) = body {
        pairs.push(("body", quoted(&body)));
    }
    if let (PathDraft::Labels { labels, .. }, PathDraft::Labels { labels: known, .. }) =
        (&step.request.path, &usual.path)
        && labels != known
    {
        pairs.push((
            "label",
            table(labels.iter().map(|(n, v)| (n.as_str(), quoted(v)))),
        ));
    }

    let alike = Draft {
        path: step.request.path.clone(),
        ..usual
    };

    if alike != step.request {
        return None;
    }
    if let Some(class) = step.refused() {
        pairs.push(("refused", quoted(class)));
        if let Some(atom) = &step.breaks {
            pairs.push(("breaks", quoted(atom.path())));
        }
    }

    if step.at_once {
        pairs.push(("at-once", "true".to_owned()));
    }
    Some(table(pairs))
}
