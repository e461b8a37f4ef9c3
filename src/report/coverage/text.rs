//! The table of coverage.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{Cover, Coverage, Exercised, Row};
use crate::contract::AtomId;
use crate::judge::Side;

/// A line for each promise and a column for each side, then the reasons, and what no case tests.
///
/// `verbose`: the other operations' promises too, and which cases test each side.
pub(crate) fn coverage_text(coverage: &Coverage, verbose: bool) -> String {
    let mut text = String::new();
    rows(&coverage.own, verbose, &mut text);
    if verbose {
        rows(&coverage.others, verbose, &mut text);
    }
    let mut reasons: IndexMap<&str, Vec<String>> = IndexMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();

    for (id, row) in &coverage.own {
        for (side, cover) in Side::ALL.into_iter().zip(row) {
            *counts.entry(word(cover)).or_default() += 1;
            if let Cover::Impossible(why) = cover {
                reasons
                    .entry(why)
                    .or_default()
                    .push(format!("{} ({})", id.path(), side.name()));
            }
        }
    }

    let _ = writeln!(text);
    for (why, sides) in &reasons {
        let _ = writeln!(text, "impossible: {why}");
        sides.iter().for_each(|side| {
            let _ = writeln!(text, "  {side}");
        });
    }

    let count = |word: &str| counts.get(word).copied().unwrap_or_default();
    let sides: usize = counts
        .iter()
        .filter(|(word, _)| **word != "-")
        .map(|(_, count)| count)
        .sum();
    let _ = write!(text, "{} promises, {sides} sides: ", coverage.own.len());
    let words: &[&str] = match coverage.fired {
        true => &["exercised", "unshown", "impossible", "masked", "untested"],
        false => &["planned", "by a run", "impossible", "untested"],
    };
    let told: Vec<String> = words
        .iter()
        .map(|word| format!("{} {word}", count(word)))
        .collect();
    let _ = writeln!(text, "{}", told.join(", "));
    if !coverage.fired {
        let _ = writeln!(
            text,
            "nothing was fired: the built-in reference does not serve this operation. `proofmark run` \
             tells what answers and reads show"
        );
    }

    for (id, side) in coverage.untested() {
        let _ = writeln!(text, "NO COVER {} ({})", id.path(), side.name());
    }
    text
}

fn rows(rows: &IndexMap<AtomId, Row>, verbose: bool, text: &mut String) {
    let name = |id: &AtomId| {
        if verbose {
            id.as_str().to_owned()
        } else {
            id.path().to_owned()
        }
    };
    let width = rows
        .keys()
        .map(|id| name(id).len())
        .max()
        .unwrap_or_default();
    let _ = writeln!(
        text,
        "{:<width$}  {:<10}  {:<10}  {:<10}  state",
        "promise", "valid", "invalid", "answer"
    );
    for (id, [valid, invalid, answer, state]) in rows {
        let [valid, invalid, answer, state] = [valid, invalid, answer, state].map(word);
        let _ = writeln!(
            text,
            "{:<width$}  {valid:<10}  {invalid:<10}  {answer:<10}  {state}",
            name(id)
        );
        if !verbose {
            continue;
        }
        for (side, cover) in Side::ALL.into_iter().zip(&rows[id]) {
            if let Cover::Exercised(Exercised { origins: by, .. }) = cover {
                let by = by
                    .iter()
                    .map(|(origin, count)| format!("{origin} {count}"))
                    .collect::<Vec<_>>()
                    .join(", ");
                let _ = writeln!(text, "  {:<7}  {by}", side.name());
            }
        }
    }
}

fn word(cover: &Cover) -> &'static str {
    match cover {
        Cover::Exercised(_) => "exercised",
        Cover::Unshown(_) => "unshown",
        Cover::Masked => "masked",
        Cover::Impossible(_) => "impossible",
        Cover::Untested => "untested",
        Cover::Planned => "planned",
        Cover::ByRun => "by a run",
        Cover::None => "-",
    }
}
