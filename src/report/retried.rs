//! What further tries of a finding came to, for a report.

use super::Summary;
use crate::contract::Level;
use crate::judge::Finding;
use crate::run::Confirmation;

/// So many characters of an answer are shown.
const PREVIEW: usize = 160;

/// What further tries of a finding came to, where it is worth a line: it came back, and that is all
/// there is to say.
pub(super) fn retried_text(summary: &Summary, finding: &Finding) -> Option<String> {
    let retried = summary.retried.get(&finding.id())?;
    let times = if retried.tries == 1 {
        "once".to_owned()
    } else {
        format!("{} times", retried.tries)
    };

    match &retried.confirmation {
        Confirmation::Confirmed => None,
        Confirmation::AfterOthers(before) => Some(format!(
            "not by itself: it came back after {}",
            before.join(", ")
        )),
        Confirmation::AtTheSameTime(jobs) => Some(format!(
            "not by itself: it came back with {jobs} workers that fired at the same time"
        )),
        // A warning counts for nothing either way.
        Confirmation::Untried(_) if finding.level == Level::Should => None,
        Confirmation::Untried(why) => Some(format!("it could not be, so that it counts: {why}")),
        Confirmation::Unstable => {
            let exchange = retried
                .observation
                .as_ref()
                .and_then(|seen| seen.at(finding.role));
            let answer = match exchange.map(|e| &e.outcome) {
                Some(Ok(answer)) => {
                    let body = String::from_utf8_lossy(&answer.body);
                    let short: String = body.chars().take(PREVIEW).collect();
                    let cut = if short.len() < body.len() { "…" } else { "" };
                    format!("; then: status {}: {short}{cut}", answer.status)
                }
                Some(Err(silence)) => format!("; then: {silence}"),
                None => String::new(),
            };
            let counts = match summary.intermittent(finding) {
                Some(seen) if finding.level == Level::Must => {
                    format!(" ({seen}; it was answered, so that it counts)")
                }
                Some(seen) => format!(" ({seen})"),
                None => String::new(),
            };
            Some(format!("{times}, and it did not come back{counts}{answer}"))
        }
    }
}
