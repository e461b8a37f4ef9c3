//! The guide: a page for each thing that users of `proofmark` want to do.
//!
//! `proofmark help TOPIC` prints the same pages. Their Markdown is in `src/guide`, where a forge
//! shows it.

/// A page of the guide.
pub(crate) struct Page {
    /// What `proofmark help` calls it.
    pub(crate) topic: &'static str,
    /// What it is about, in a few words.
    pub(crate) about: &'static str,
    /// The page, in Markdown.
    pub(crate) text: &'static str,
}

/// Where a link to a topic leads in the documentation of the crate.
///
/// A page links to another page by its topic, and its last lines name the file of each topic, for
/// forges. Where a label is defined twice, Markdown takes the first definition: these stand first.
macro_rules! links {
    () => {
        "[install]: crate::guide::install
[running]: crate::guide::running
[targets]: crate::guide::targets
[findings]: crate::guide::findings
[verdicts]: crate::guide::verdicts
[ci]: crate::guide::ci
[cargo-test]: crate::guide::cargo_test
[fuzzing]: crate::guide::fuzzing
[reports]: crate::guide::reports
[recordings]: crate::guide::recordings
[comparing]: crate::guide::comparing
[operations]: crate::guide::operations
[case-files]: crate::guide::case_files
[trust]: crate::guide::trust
[exit-codes]: crate::guide::exit_codes

"
    };
}

macro_rules! pages {
    ($($module:ident, $topic:literal, $file:literal, $about:literal;)*) => {
        $(
            #[doc = links!()]
            #[doc = include_str!($file)]
            pub mod $module {}
        )*

        /// All pages, in the order in which a new user reads them.
        pub(crate) const PAGES: &[Page] = &[
            $(Page { topic: $topic, about: $about, text: include_str!($file) },)*
        ];
    };
}

pages! {
    install, "install", "install.md", "get the program: a binary, a container, or from source";
    running, "running", "running.md", "judge an endpoint, all of it or in part";
    targets, "targets", "targets.md", "name endpoints and their settings in proofmark.toml";
    findings, "findings", "findings.md", "read a finding, and show it again";
    verdicts, "verdicts", "verdicts.md", "what is judged, and what keeps a verdict fair";
    ci, "ci", "ci.md", "run in a CI: known findings, shards, time limits";
    cargo_test, "cargo-test", "cargo-test.md", "test an emulator written in Rust by `cargo test`";
    fuzzing, "fuzzing", "fuzzing.md", "find by chance what no planned case shows";
    reports, "reports", "reports.md", "write JSON, JUnit, SARIF, Markdown and HTML";
    recordings, "recordings", "recordings.md", "record a run, and judge recorded traffic";
    comparing, "comparing", "comparing.md", "compare targets, and revisions of the contract";
    operations, "operations", "operations.md", "judge other operations, and other APIs";
    case_files, "case-files", "../../cases/README.md", "write contracts, cases and fixtures";
    trust, "trust", "trust.md", "what the suite would miss: how it checks itself";
    exit_codes, "exit-codes", "exit-codes.md", "what each exit code means";
}

#[cfg(test)]
mod tests;
