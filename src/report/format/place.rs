//! The file of the user's repository that a finding points to. Most case files are within the
//! program, and are none of these.

use std::path::Path;

use crate::report::document::{Report, ReportedFinding};

/// A file of the user's repository, and a line of it where one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: Option<usize>,
}

/// The case that shows the finding, where its file is there; else the baseline, which it may be
/// added to; else the workflow that runs this.
pub(super) fn of(report: &Report, finding: &ReportedFinding) -> Option<Place> {
    let here = |file: &&String| Path::new(file.as_str()).exists();
    if let Some(file) = finding
        .written
        .as_ref()
        .or(finding.file.as_ref())
        .filter(here)
    {
        let line = finding.line.filter(|_| finding.written.is_none());
        let file = file.clone();
        return Some(Place { file, line });
    }

    let baseline = report.baseline.as_ref().map(|held| held.file.clone());
    let file = baseline.filter(|file| here(&file)).or_else(workflow)?;
    Some(Place { file, line: None })
}

/// The file of the workflow, as GitHub tells it: `OWNER/REPOSITORY/PATH@REF`.
fn workflow() -> Option<String> {
    // Tests say the same wherever they run.
    if cfg!(test) {
        return None;
    }
    let told = std::env::var("GITHUB_WORKFLOW_REF").ok()?;
    path_of_workflow(&told).map(str::to_owned)
}

fn path_of_workflow(told: &str) -> Option<&str> {
    let (path, _) = told.split_once('@')?;
    path.splitn(3, '/').nth(2).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::path_of_workflow;

    #[test]
    fn workflows() {
        let told = "me/mine/.github/workflows/ci.yml@refs/heads/main";
        assert_eq!(path_of_workflow(told), Some(".github/workflows/ci.yml"));
        assert_eq!(path_of_workflow("me/mine@main"), None);
        assert_eq!(path_of_workflow(""), None);
    }
}
