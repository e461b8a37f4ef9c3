//! What became of each operation: its state, and its promises counted.

use super::document::{OperationState, Report, ReportedOperation, State};

/// One operation, with its promises counted.
pub(super) struct Row<'a> {
    pub(super) operation: &'a ReportedOperation,
    pub(super) kept: usize,
    /// Those that are broken, or that a warning is about.
    pub(super) broken: usize,
    pub(super) warned: usize,
    /// All that a target can show.
    pub(super) of: usize,
}

impl Row<'_> {
    /// The operation in one line.
    pub(super) fn line(&self) -> String {
        let ReportedOperation {
            slug,
            state,
            why,
            cases: _,
        } = self.operation;
        let state = state.name();
        match why {
            Some(why) => format!("{slug}: {state}: {why}"),
            None => format!(
                "{slug}: {state}: {} of {} promises kept, {} broken",
                self.kept, self.of, self.broken
            ),
        }
    }
}

impl Report {
    /// The operations of the report, where there is something to say of them: several of them, or
    /// one that was not judged.
    pub(super) fn scoreboard(&self) -> Vec<Row<'_>> {
        let is_plain = matches!(
            self.operations.as_slice(),
            [] | [ReportedOperation {
                state: OperationState::Judged,
                ..
            }]
        );
        match is_plain {
            true => Vec::new(),
            false => self.operations.iter().map(|one| self.row(one)).collect(),
        }
    }

    fn row<'a>(&self, operation: &'a ReportedOperation) -> Row<'a> {
        let is_of_it = |id: &str| {
            let rest = id.strip_prefix(operation.slug.as_str());
            rest.is_some_and(|rest| rest.starts_with("::"))
        };
        let promises = || self.promises.iter().filter(|p| is_of_it(&p.id));
        let count = |state: State| promises().filter(|p| p.state == state).count();
        let left_out = count(State::Impossible) + count(State::NotOffered);
        Row {
            operation,
            kept: count(State::Kept),
            broken: count(State::Broken),
            warned: count(State::Warned),
            of: promises().count() - left_out,
        }
    }

    /// How many operations came to each state; none where the report is of one.
    pub(super) fn states(&self) -> Option<[(OperationState, usize); 4]> {
        let all = [
            OperationState::Judged,
            OperationState::Masked,
            OperationState::Unreached,
            OperationState::NotImplemented,
        ];
        let count = |state| self.operations.iter().filter(|o| o.state == state).count();
        (self.operations.len() > 1).then(|| all.map(|state| (state, count(state))))
    }
}
