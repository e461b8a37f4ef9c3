//! Sets of values.

use super::{Candidate, Zone};

/// Whether the set holds a value.
pub(crate) fn admits(values: &[String], text: &str) -> Zone {
    if values.iter().any(|v| v == text) {
        Zone::Valid
    } else {
        Zone::Invalid
    }
}

/// Every value of the set.
pub(crate) fn satisfy(values: &[String]) -> Vec<Candidate> {
    values
        .iter()
        .map(|v| {
            Candidate::new(
                format!("is-{}", v.to_lowercase().replace('_', "-")),
                "enum",
                v.as_str(),
            )
        })
        .collect()
}

/// Values that only look like one of the set.
pub(crate) fn breaks(values: &[String]) -> Vec<Candidate> {
    let Some(first) = values.first() else {
        return Vec::new();
    };
    let tries = [
        ("unknown", "proofmark".to_owned()),
        ("empty", String::new()),
        ("lower-case", first.to_lowercase()),
        ("upper-case", first.to_uppercase()),
        ("cut", first.chars().skip(1).collect()),
        ("space-before", format!(" {first}")),
        ("space-after", format!("{first} ")),
        ("list", values.join(",")),
    ];
    let mut candidates: Vec<Candidate> = Vec::new();
    for (id, text) in tries {
        if admits(values, &text) == Zone::Invalid && !candidates.iter().any(|c| c.value == text) {
            candidates.push(Candidate::new(id, "enum", text));
        }
    }
    candidates
}
