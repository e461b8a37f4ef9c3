//! The difference in lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Change, Drift, Reading, VerdictDrift};
use crate::support::sink::{json, one_line};

/// The difference in lines: changed promises with both texts, then removed and added ones, then the
/// cases.
pub(crate) fn text(drift: &Drift) -> String {
    let mut text = differences(drift);
    only(&mut text, &drift.from, &drift.only_from);
    only(&mut text, &drift.to, &drift.only_to);
    text
}

/// The same without the cases that only one of the plans has.
pub(super) fn differences(drift: &Drift) -> String {
    let Drift { from, to, .. } = drift;
    let count = |change: Change| drift.promises.iter().filter(|p| p.change == change).count();
    let mut text = format!(
        "{} from {from} to {to}: {} promises changed, {} removed, {} added; {} are the same\n",
        drift.operation,
        count(Change::Changed),
        count(Change::Removed),
        count(Change::Added),
        drift.same
    );

    let width = from.len().max(to.len());
    for (change, word) in [
        (Change::Changed, "changed"),
        (Change::Removed, "removed"),
        (Change::Added, "added"),
    ] {
        for promise in drift.promises.iter().filter(|p| p.change == change) {
            let _ = writeln!(text, "\n{word:<8} {}", promise.id);
            for (revision, says) in [(from, &promise.from), (to, &promise.to)] {
                if let Some(says) = says {
                    let _ = writeln!(text, "  {revision:width$}  {}", one_line(says));
                }
            }
        }
    }

    let cases: usize = drift.verdicts.iter().map(|v| v.cases.len()).sum();
    let _ = writeln!(
        text,
        "\n{cases} cases change their verdict, in {} ways",
        drift.verdicts.len()
    );

    for VerdictDrift {
        from: one,
        to: other,
        cases,
        sent,
    } in &drift.verdicts
    {
        let times = if cases.len() == 1 { "case" } else { "cases" };
        let _ = writeln!(
            text,
            "\nverdict  {} {times}, such as {}",
            cases.len(),
            one_line(sent)
        );
        let _ = writeln!(text, "  {from:width$}  {}", one.words());
        let _ = writeln!(text, "  {to:width$}  {}", other.words());
    }

    text
}

impl Drift {
    /// The difference as JSON.
    pub(crate) fn json(&self) -> String {
        json::pretty(self)
    }
}

fn only(text: &mut String, revision: &str, cases: &BTreeMap<String, usize>) {
    let all: usize = cases.values().sum();
    let _ = writeln!(
        text,
        "\n{all} cases only in the plan of {revision}, by promise"
    );
    for (promise, count) in cases {
        let _ = writeln!(text, "  {count:>5}  {promise}");
    }
}

impl Reading {
    fn words(&self) -> String {
        match self {
            Self::Valid => "valid".to_owned(),
            Self::Invalid { promise } => format!("refused: it breaks {promise}"),
            Self::Open { promise } => format!("no verdict: readings of {promise} differ"),
        }
    }
}
