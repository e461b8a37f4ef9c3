//! What became of the promises: counted, and those that were not tested with the reason.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{State, Style, Summary};
use crate::contract::AtomId;
use crate::plan::Plan;

/// So many promises that share a state and a reason are named; of more only the number is told.
const NAMED: usize = 6;

/// The promises of the contract and what became of them.
pub(super) fn promises_text(plan: &Plan, summary: &Summary, style: Style, text: &mut String) {
    let atoms = summary.atoms(plan);
    let mut counts: IndexMap<&str, usize> = ["kept", "broken"]
        .into_iter()
        .map(|word| (word, 0))
        .collect();
    for (state, _) in atoms.values() {
        *counts.entry(word(*state)).or_default() += 1;
    }
    let counted = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect::<Vec<_>>()
        .join(", ");
    let contract = &plan.contract;
    let _ = writeln!(
        text,
        "{} promises of {} ({}): {counted}",
        atoms.len(),
        contract.operation,
        contract.revision
    );
    // Where no case was fired there is nothing to say of each.
    if summary.verdicts.is_empty() {
        return;
    }
    let mut groups: IndexMap<(&str, String), Vec<&AtomId>> = IndexMap::new();
    for (id, (state, why)) in &atoms {
        let why = match why {
            Some(why) => why.clone(),
            None if style.verbose => plan
                .contract
                .atoms
                .get(id)
                .map(|a| a.says.clone())
                .unwrap_or_default(),
            None => continue,
        };
        groups.entry((word(*state), why)).or_default().push(id);
    }
    for ((word, why), ids) in &groups {
        let mark = style.mark(word);
        if ids.len() > NAMED && !style.verbose {
            let _ = writeln!(
                text,
                "  {mark} {} promises (-v names them)  {}",
                ids.len(),
                style.dim(why)
            );
            continue;
        }
        for id in ids {
            let _ = writeln!(text, "  {mark} {}  {}", id.path(), style.dim(why));
        }
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Kept => "kept",
        State::Broken => "broken",
        State::Warned => "with warnings",
        State::Masked => "masked",
        State::Impossible => "impossible to test",
        State::NotOffered => "not offered",
        State::Untested => "untested",
    }
}

impl Style {
    /// The word of a state, in its colour, as a column.
    fn mark(self, word: &str) -> String {
        let short = match word {
            "impossible to test" => "impossible",
            "with warnings" => "warning",
            other => other,
        };
        let column = format!("{short:<11}");
        match word {
            "kept" => self.green(&column),
            "broken" => self.red(&column),
            "impossible to test" | "not offered" => self.dim(&column),
            _ => self.yellow(&column),
        }
    }
}
