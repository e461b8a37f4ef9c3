//! Which of two revisions a target follows, where they disagree about a promise.

use std::collections::BTreeSet;

use super::{Cell, Column, Following, Follows, Mark, Row, Standing};

/// What each revision says of a promise, where they disagree, is in the row already: says which of
/// them each target follows.
///
/// A revision that makes no such promise allows what breaks it. So a target that breaks what only
/// one revision promises follows the other, and one that keeps it is right by both.
pub(super) fn follows(columns: &[Column], row: &Row) -> Vec<Following> {
    let targets: Vec<&str> = columns.iter().map(|c| c.target.as_str()).collect();
    let mut seen = BTreeSet::new();
    let each = targets.into_iter().filter(|target| seen.insert(*target));
    let cells = |target: &str| -> Vec<(&Column, Option<&Cell>)> {
        let of = columns
            .iter()
            .zip(&row.cells)
            .filter(|(column, _)| column.target == target);
        of.map(|(column, cell)| (column, cell.as_ref())).collect()
    };

    each.map(|target| (target, cells(target)))
        .filter(|(_, cells)| cells.len() > 1)
        .map(|(target, cells)| Following {
            target: target.to_owned(),
            follows: told(&cells),
        })
        .collect()
}

fn told(cells: &[(&Column, Option<&Cell>)]) -> Follows {
    let mut right = Vec::new();
    let mut kept = false;
    for (column, cell) in cells {
        match cell.map(|cell| cell.mark) {
            // What holds until a run stops may be broken after it.
            Some(Mark::Holds | Mark::Warned) if column.standing != Standing::Judged => {
                return Follows::Untold;
            }
            Some(Mark::Holds | Mark::Warned) => {
                kept = true;
                right.push(&column.revision);
            }
            Some(Mark::Broken) => {}
            Some(Mark::NotImplemented | Mark::Masked | Mark::Untested) => return Follows::Untold,
            // Nothing was promised, or nothing was judged at all.
            None if column.cases == 0 => return Follows::Untold,
            None => right.push(&column.revision),
        }
    }

    match right.as_slice() {
        [] => Follows::None,
        [one] => Follows::Revision((*one).clone()),
        _ if kept && right.len() == cells.len() => Follows::All,
        _ => Follows::Untold,
    }
}
