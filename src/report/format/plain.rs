//! A report of which every text is one line that hides nothing: for formats that have no way to
//! write the rest down.

use crate::report::document::{Report, ReportedFinding, Texts};
use crate::support::sink::one_line;

struct Plain;

/// The report with every text made plain.
pub(crate) fn plain(report: &Report) -> Report {
    let mut report = report.clone();
    report.each(&mut Plain);
    report
}

/// The finding with every text made plain.
pub(crate) fn plain_finding(finding: &ReportedFinding) -> ReportedFinding {
    let mut finding = finding.clone();
    finding.each(&mut Plain);
    finding
}

impl Texts for Plain {
    fn word(&mut self, text: &mut String) {
        if let std::borrow::Cow::Owned(plain) = one_line(text) {
            *text = plain;
        }
    }

    fn ours(&mut self, text: &mut String) {
        self.word(text);
    }

    fn value(&mut self, text: &mut String) {
        self.word(text);
    }
}
