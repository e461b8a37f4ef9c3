//! The score of a self-check: how many of the defects that follow from contracts were caught, and by
//! what.

use super::Outcome;
use crate::reference::Expected;

/// How many defects came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// Defects, without lawful variations.
    pub(crate) defects: usize,
    /// Those caught by a finding about a promise that they break.
    pub(crate) named: usize,
    /// Those caught by another finding.
    pub(crate) otherwise: usize,
    /// Those that end a run, because what its cases need could not be made.
    pub(crate) ended: usize,
    /// Those that were missed and of which it is known why.
    pub(crate) explained: usize,
    /// Lawful variations.
    pub(crate) lawful: usize,
    /// Those that were flagged.
    pub(crate) flagged: usize,
}

impl Score {
    /// Takes in what became of defects that follow from contracts; others have no part in it.
    pub(crate) fn add(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes
            .iter()
            .filter(|outcome| outcome.defect.is_general())
        {
            if outcome.defect.expected == Expected::LawfulVariation {
                self.lawful += 1;
                self.flagged += usize::from(!outcome.right());
                continue;
            }
            self.defects += 1;
            match (outcome.right(), outcome.named) {
                (false, _) => self.explained += usize::from(outcome.explained()),
                (true, true) => self.named += 1,
                (true, false) if outcome.finding.is_some() || outcome.warning.is_some() => {
                    self.otherwise += 1;
                }
                (true, false) => self.ended += 1,
            }
        }
    }

    /// How many defects were caught.
    pub(crate) fn caught(&self) -> usize {
        self.named + self.otherwise + self.ended
    }

    /// The score in a few lines. None where no defect follows from contracts.
    pub(crate) fn text(&self) -> Option<String> {
        if self.defects + self.lawful == 0 {
            return None;
        }
        let caught = self.caught();
        let share = (caught * 1000).checked_div(self.defects).unwrap_or(1000);
        Some(format!(
            "{caught} of {} defects caught, {}.{} %: {} by the promise that they break, {} by another\n\
             one, {} because what cases need could not be made; {} missed, {} of them explained;\n\
             {} of {} lawful variations flagged\n",
            self.defects,
            share / 10,
            share % 10,
            self.named,
            self.otherwise,
            self.ended,
            self.defects - caught,
            self.explained,
            self.flagged,
            self.lawful
        ))
    }
}
