//! What became of the promises: counted, and those that were not tested with the reason.

use indexmap::IndexMap;

use super::page::Page;
use super::{Report, Style};
use crate::report::document::{ReportedPromise, State};

/// So many promises that share a state and a reason are named; of more only the number is told.
const NAMED: usize = 6;

/// So many reasons for one state are told; of more only the one that most promises share.
const REASONS: usize = 6;

/// The promises of the contract of which there is more to say than their number. What no request
/// can test is the same in every run.
pub(super) fn promises(report: &Report, page: &mut Page) {
    // Where no case was fired there is nothing to say of each.
    if report.cases.is_empty() {
        return;
    }
    let constant = |state: State| matches!(state, State::Impossible | State::NotOffered);
    let told = report
        .promises
        .iter()
        .filter(|promise| page.style.verbose || !constant(promise.state));

    let mut groups: IndexMap<(State, &str), Vec<&ReportedPromise>> = IndexMap::new();
    for promise in told {
        let why = match &promise.why {
            Some(why) => why,
            None if page.style.verbose => &promise.says,
            None => continue,
        };
        groups
            .entry((promise.state, why))
            .or_default()
            .push(promise);
    }
    let named = if groups.len() > 2 { 1 } else { NAMED };
    let crowded = match page.style.verbose {
        true => IndexMap::new(),
        false => crowded(&groups),
    };
    for (state, told) in &crowded {
        let mark = page.style.state(*state);
        let why = page.style.dim(&format!("mostly: {}", told.most));
        let (promises, reasons) = (told.promises, told.reasons);
        page.line(
            &format!("  {mark} {promises} promises, for {reasons} reasons (-v tells all)  {why}"),
            14,
        );
    }

    for ((state, why), promises) in &groups {
        if crowded.contains_key(state) {
            continue;
        }
        let (mark, why) = (page.style.state(*state), page.style.dim(why));
        if promises.len() > named && !page.style.verbose {
            page.line(
                &format!(
                    "  {mark} {} promises (-v names them)  {why}",
                    promises.len()
                ),
                14,
            );
            continue;
        }
        for promise in promises {
            page.line(&format!("  {mark} {}  {why}", promise.path()), 14);
        }
    }
}

/// A state that promises are in for more reasons than are told.
struct Crowded<'a> {
    promises: usize,
    reasons: usize,
    /// The reason that most of them share, of several the first.
    most: &'a str,
}

/// The states that promises are in for many reasons.
fn crowded<'a>(
    groups: &IndexMap<(State, &'a str), Vec<&ReportedPromise>>,
) -> IndexMap<State, Crowded<'a>> {
    let mut states: IndexMap<State, Vec<(&'a str, usize)>> = IndexMap::new();
    for ((state, why), promises) in groups {
        states
            .entry(*state)
            .or_default()
            .push((why, promises.len()));
    }

    states.retain(|_, reasons| reasons.len() > REASONS);
    let told = states.into_iter().map(|(state, reasons)| {
        let most = reasons.iter().rev().max_by_key(|(_, count)| count);
        let crowded = Crowded {
            promises: reasons.iter().map(|(_, count)| count).sum(),
            reasons: reasons.len(),
            most: most.map_or("", |(why, _)| why),
        };
        (state, crowded)
    });
    told.collect()
}

impl Style {
    /// The word of a state, in its colour, as a column.
    fn state(self, state: State) -> String {
        let word = match state {
            State::Impossible => "impossible",
            State::Warned => "warning",
            other => other.name(),
        };

        let column = format!("{word:<11}");
        match state {
            State::Kept => self.green(&column),
            State::Broken => self.red(&column),
            State::Impossible | State::NotOffered => self.dim(&column),
            _ => self.yellow(&column),
        }
    }
}
