//! One cause, or one finding, whole: what was promised, sent, expected and answered, and how to see
//! it again.

use crate::report::document::{Report, ReportedCause, ReportedFinding, Told};

use super::page::Page;

/// So many findings of one cause are named.
const NAMED: usize = 12;

/// One cause, with the request that shows it.
pub(super) fn detail(report: &Report, told: &Told<'_>, page: &mut Page) {
    let finding = told.finding;
    let mark = page.style.standing(finding.standing(report.run.gate));
    let times = match told.cases() {
        1 => String::new(),
        cases => page.style.dim(&format!("  ({cases} cases)")),
    };
    page.whole(&format!("{mark} {}{times}", finding.id));

    let basis = promised(report, finding);
    let section = page.style.dim(&format!("[{basis}: {}]", finding.section));
    page.field(
        "requirement",
        &format!("{}  {section}", finding.requirement),
    );
    if let Some(cause) = told.cause {
        explained(cause, page);
    }
    shown(told, page);
}

/// The ground of the promise itself. That of the finding may be another: its case expects more.
fn promised(report: &Report, finding: &ReportedFinding) -> crate::contract::Basis {
    let promise = report.promises.iter().find(|p| p.id == finding.promise);
    promise.map_or(finding.basis, |promise| promise.basis)
}

/// What a cause is, and what else it explains.
fn explained(cause: &ReportedCause, page: &mut Page) {
    let id = page.style.dim(&format!("[{}]", cause.id));
    page.field("cause", &format!("{}  {id}", cause.says));
    let others = cause.findings.iter().filter(|id| **id != cause.shown_by);
    let (follows, breaks): (Vec<&String>, Vec<&String>) =
        others.partition(|id| cause.follows.contains(id));
    ids("also breaks", &breaks, page);
    ids("so that", &follows, page);
}

fn ids(label: &str, ids: &[&String], page: &mut Page) {
    let most = if page.style.verbose { ids.len() } else { NAMED };
    for (number, id) in ids.iter().take(most).enumerate() {
        page.copied(if number == 0 { label } else { "" }, id);
    }
    if let Some(more) = ids.len().checked_sub(most).filter(|more| *more > 0) {
        page.field("", &format!("and {more} more (-v names them)"));
    }
}

/// The request that shows it, and how to see it again.
fn shown(told: &Told<'_>, page: &mut Page) {
    let finding = told.finding;
    // Where the request is another than the finding's, the case is another too.
    let own = !told.is_example();
    if let Some(why) = finding.ground.as_ref().filter(|_| own) {
        page.field("ground", &format!("{}: {why}", finding.basis));
    }
    if let Some(sent) = told.sent() {
        page.field("sent", sent);
    }
    page.field("expected", told.expected());
    page.field("actual", told.actual());

    for (number, line) in told.curl().iter().enumerate() {
        page.copied(if number == 0 { "curl" } else { "then" }, line);
    }
    if finding.data_plane {
        page.field(
            "curl",
            "none: it shows in the records that functions receive, and in no answer",
        );
    } else if finding.after_others && own {
        page.field("curl", "none: its requests by themselves do not show it");
    }

    let others = (finding.after_others && own) || finding.data_plane;
    match (told.replay(), &finding.file, finding.line) {
        ("", Some(file), Some(line)) => page.copied("recorded", &format!("{file}:{line}")),
        (replay, ..) => page.copied(if others { "again" } else { "replay" }, replay),
    }
    if let Some(file) = finding.written.as_ref().filter(|_| own) {
        page.field(
            "written",
            &format!("{file}: every run from now on fires it first"),
        );
    }
    if let Some(how) = &finding.retried {
        page.field("tried again", how);
    }
}
