//! What a report comes to, in one line.

use super::document::OperationState;
use super::{Exit, plural};

/// How many findings a report shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(crate) fails: usize,
    pub(crate) unstable: usize,
    pub(crate) warns: usize,
    pub(crate) known: usize,
}

/// How many cases came to no verdict, and nothing known says why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Untold {
    pub(crate) errors: usize,
    pub(crate) lacking: usize,
    pub(crate) masked: usize,
}

/// What the verdict on a target follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(crate) exit: Exit,
    pub(crate) shown: Shown,
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<&'a str>,
    pub(crate) untold: Untold,
    /// How many of several operations came to each state, where not all were judged.
    pub(crate) states: Option<[(OperationState, usize); 4]>,
    /// How many operations were implemented before and are not judged now.
    pub(crate) lost: usize,
    /// The file of the baseline, and how many of its entries are to be removed.
    pub(crate) baseline: Option<(&'a str, usize)>,
}

/// The verdict on the target in one line.
pub(super) fn headline(facts: &Facts<'_>) -> String {
    let of_findings = of_findings(facts);
    match &facts.states {
        Some(states) if !of_findings.is_empty() => {
            format!("{of_findings}; {}", counted_states(states))
        }
        _ => of_findings,
    }
}

/// How many operations were judged, and what became of the others.
fn counted_states(states: &[(OperationState, usize); 4]) -> String {
    let all: usize = states.iter().map(|(_, count)| count).sum();
    let mut judged = 0;
    let mut others = Vec::new();
    for (state, count) in states {
        match state {
            OperationState::Judged => judged = *count,
            _ if *count > 0 => others.push(format!("{count} {}", state.name())),
            _ => {}
        }
    }
    format!("{judged} of {all} operations judged, {}", others.join(", "))
}

fn of_findings(facts: &Facts<'_>) -> String {
    let shown = facts.shown;
    match (facts.exit, facts.stopped) {
        (Exit::Conforms, Some(why)) => format!("{} as far as it was tested: {why}", conforms(shown)),
        (Exit::Conforms, None) => conforms(shown),
        (Exit::Outdated, _) => {
            let (file, count) = facts.baseline.unwrap_or(("", 0));
            let has = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
            format!("THE BASELINE IS OUT OF DATE: {file} has {has} to remove; --baseline-prune removes them")
        }
        (Exit::Findings, stopped) => {
            let cut = stopped.map(|why| format!("; the run was cut short: {why}")).unwrap_or_default();
            let lost = (facts.lost > 0)
                .then(|| format!("{} no longer implemented", plural(facts.lost, "operation")));
            let findings = (shown.fails > 0 || lost.is_none()).then(|| counted(shown));
            let wrong: Vec<String> = findings.into_iter().chain(lost).collect();
            format!("DOES NOT CONFORM: {}{cut}", wrong.join("; "))
        }
        (Exit::CouldNotTell, stopped) => {
            let why = stopped.map_or_else(|| no_verdict(facts.untold), str::to_owned);
            let so_far = if shown.fails > 0 { format!("; until then {}", counted(shown)) } else { String::new() };
            format!("COULD NOT TELL: {why}{so_far}")
        }
        (Exit::NothingTested, Some(why)) => format!("NOTHING WAS TESTED: {why}"),
        (Exit::NothingTested, None) => {
            "NOTHING WAS TESTED: the target accepted not one valid request, so its refusals mean nothing".to_owned()
        }
        (Exit::Interrupted, _) => "INTERRUPTED: this is the report of what was done until then".to_owned(),
        (Exit::Usage, _) => String::new(),
    }
}

/// Why a whole run without a finding is no pass.
fn no_verdict(untold: Untold) -> String {
    match (untold.errors, untold.lacking, untold.masked) {
        (0, 0, 0) => "not every operation was judged".to_owned(),
        (0, 0, masked) => format!(
            "the valid request to compare with was refused in {}",
            plural(masked, "case")
        ),
        (0, lacking, _) => format!(
            "the target says that it does not implement what {} need",
            plural(lacking, "case")
        ),
        (errors, _, _) => format!("{} came to no verdict", plural(errors, "case")),
    }
}

fn counted(shown: Shown) -> String {
    let others = [(shown.unstable, " unstable"), (shown.known, " known")];
    let others = others
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count}{what}"));
    let warnings = (shown.warns > 0).then(|| plural(shown.warns, "warning"));
    std::iter::once(plural(shown.fails, "finding"))
        .chain(others)
        .chain(warnings)
        .collect::<Vec<_>>()
        .join(", ")
}

fn conforms(shown: Shown) -> String {
    let known =
        (shown.known > 0).then(|| format!(", but for {}", plural(shown.known, "known finding")));
    let with = [
        (shown.unstable, "unstable finding"),
        (shown.warns, "warning"),
    ];

    let with: Vec<String> = with
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(c, what)| plural(c, what))
        .collect();

    let with = if with.is_empty() {
        String::new()
    } else {
        format!(", with {}", with.join(" and "))
    };

    format!("CONFORMS{}{with}", known.unwrap_or_default())
}
