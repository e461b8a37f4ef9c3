//! The table of a self-check: what became of the defects, class by class, and each that went wrong.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::Outcome;
use crate::reference::Expected;
use crate::report::Exit;

#[derive(Default)]
struct Row {
    caught: usize,
    warned: usize,
    missed: usize,
    lawful: usize,
    flagged: usize,
    /// Defects that a report tells as more causes than it should.
    split: usize,
    /// The causes of all defects that are told.
    causes: usize,
    requests: Vec<usize>,
}

/// One line for each outcome that is not right, with the promises whose cover is lost, and the
/// table by class.
///
/// The same outcomes give the same text: nothing in it is a measure of time.
pub(crate) fn table(outcomes: &[Outcome]) -> String {
    let mut rows: IndexMap<&str, Row> = IndexMap::new();
    let mut text = String::new();
    for outcome in outcomes {
        if !outcome.right() {
            wrong(outcome, &mut text);
        }
        if !outcome.told() {
            let _ = writeln!(
                text,
                "SPLIT   {}: {} causes: {}",
                outcome.defect.id,
                outcome.causes.len(),
                outcome.causes.join(", ")
            );
        }
        rows.entry(outcome.defect.class).or_default().add(outcome);
    }

    let mut all = Row::default();
    outcomes.iter().for_each(|outcome| all.add(outcome));
    rows.insert("all", all);
    let _ = writeln!(
        text,
        "| {:<17} | {:>6} | {:>6} | {:>6} | {:>6} | {:>7} | {:>8} | {:>6} | {:>5} |\n|{:-<19}|{:->7}:|{:->7}:|{:->7}:|{:->7}:|{:->8}:|{:->9}:|{:->7}:|{:->6}:|",
        "class",
        "caught",
        "warned",
        "missed",
        "lawful",
        "flagged",
        "requests",
        "causes",
        "split",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        ""
    );

    for (class, row) in &mut rows {
        row.requests.sort_unstable();
        let median = row
            .requests
            .get(row.requests.len() / 2)
            .map_or(String::from("-"), usize::to_string);
        let _ = writeln!(
            text,
            "| {class:<17} | {:>6} | {:>6} | {:>6} | {:>6} | {:>7} | {median:>8} | {:>6} | {:>5} |",
            row.caught, row.warned, row.missed, row.lawful, row.flagged, row.causes, row.split
        );
    }

    text
}

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        self.causes += outcome.causes.len();
        self.split += usize::from(!outcome.told());
        let count = match (outcome.defect.expected, outcome.right()) {
            (Expected::MustBeFound, true) => {
                self.requests.push(outcome.requests);
                &mut self.caught
            }
            (Expected::MustBeWarnedOf, true) => &mut self.warned,
            (Expected::LawfulVariation, true) => &mut self.lawful,
            (Expected::MustBeWarnedOf, false) if outcome.finding.is_some() => &mut self.flagged,
            (Expected::MustBeFound | Expected::MustBeWarnedOf, false) => &mut self.missed,
            (Expected::LawfulVariation, false) => &mut self.flagged,
        };

        *count += 1;
    }
}

fn wrong(outcome: &Outcome, text: &mut String) {
    let defect = &outcome.defect;
    let by = outcome
        .finding
        .as_ref()
        .or(outcome.warning.as_ref())
        .map(|f| format!("{} at {}", f.id(), f.role));

    let unsure = if outcome.exit == Exit::CouldNotTell {
        " (could not tell)"
    } else {
        ""
    };

    let lost = defect.breaks.join(", ");
    if let Some(why) = &defect.hidden {
        let _ = writeln!(text, "HIDDEN  {}: {} {why}", defect.id, defect.says);
        return;
    }
    let _ = match (defect.expected, &by) {
        (Expected::LawfulVariation, by) => {
            let by = by.as_deref().unwrap_or("nothing");
            writeln!(
                text,
                "FLAGGED {}: {}{unsure} By {by}",
                defect.id, defect.says
            )
        }
        (Expected::MustBeWarnedOf, Some(by)) if outcome.finding.is_some() => {
            writeln!(
                text,
                "STRICT  {}: {}{unsure} By {by}",
                defect.id, defect.says
            )
        }
        (_, Some(_)) => {
            writeln!(
                text,
                "MISSED  {} (only warned of): {}{unsure} No cover: {lost}",
                defect.id, defect.says
            )
        }
        (_, None) => writeln!(
            text,
            "MISSED  {}: {}{unsure} No cover: {lost}",
            defect.id, defect.says
        ),
    };
}
