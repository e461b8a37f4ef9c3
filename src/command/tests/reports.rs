//! Machine-readable reports: written whatever happened, and refused before a run where they cannot
//! be.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::process::{check, proofmark, serve};

/// Few cases, since the binary under test is not optimised.
const FEW: &str = "BatchSize::range";

/// A folder for the reports of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("reports-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, file: &str) -> String {
        self.0
            .join(file)
            .to_str()
            .expect("a path of text")
            .to_owned()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).expect(file)
    }

    /// Flags for a report in every format.
    fn every(&self) -> Vec<String> {
        [
            "json", "ndjson", "junit", "markdown", "html", "github", "sarif",
        ]
        .iter()
        .map(|format| format!("--report={format}={}", self.path(format)))
        .collect()
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a folder");
        entries
            .map(|e| {
                e.expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }

    /// Each report is whole.
    fn check_all(&self, headline: &str) {
        assert_eq!(self.files().len(), 7, "{:?}", self.files());
        let report: Value = serde_json::from_str(&self.read("json")).expect("JSON");
        assert!(
            report["headline"]
                .as_str()
                .is_some_and(|h| h.starts_with(headline)),
            "{}",
            report["headline"]
        );
        let events = self.read("ndjson");
        let events: Vec<Value> = events
            .lines()
            .map(|l| serde_json::from_str(l).expect("JSON"))
            .collect();
        assert_eq!(events.first().map(|e| &e["event"]), Some(&"start".into()));
        assert_eq!(
            events.last().map(|e| &e["headline"]),
            Some(&report["headline"])
        );
        assert!(self.read("junit").trim_end().ends_with("</testsuites>"));
        assert!(self.read("markdown").starts_with("# proofmark: "));
        let page = self.read("html");
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
        assert!(
            page.contains(&format!("<h1>{headline}")),
            "no verdict {headline}"
        );
        assert!(
            self.read("github")
                .lines()
                .all(|line| line.starts_with("::"))
        );
        let sarif: Value = serde_json::from_str(&self.read("sarif")).expect("JSON");
        assert_eq!(
            sarif["runs"][0]["invocations"][0]["exitCode"],
            report["exit"]["code"]
        );
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(code: i32, arguments: &[&str], reports: &[String]) -> super::process::Said {
    let mut all = vec!["run"];
    all.extend(arguments);
    all.extend(reports.iter().map(String::as_str));
    check(&all, code, &[])
}

#[test]
fn every_format_is_written() {
    let folder = Folder::new("every");
    run(
        1,
        &[FEW, "--defect", "batch-size-min-zero"],
        &folder.every(),
    );
    folder.check_all("DOES NOT CONFORM");
    // The same run gives the same bytes, also where it is told as it happens.
    let (json, events) = (folder.read("json"), folder.read("ndjson"));
    run(
        1,
        &[FEW, "--defect", "batch-size-min-zero"],
        &folder.every(),
    );
    assert!(
        folder.read("json") == json && folder.read("ndjson") == events,
        "two runs, two reports"
    );
    let shown = check(&["run", FEW, "--report", "github"], 0, &[]).out;
    assert!(
        shown.ends_with("::notice title=proofmark::CONFORMS\n"),
        "{shown}"
    );
}

#[test]
fn a_run_that_is_cut_short_is_reported_whole() {
    let folder = Folder::new("dead");
    run(
        3,
        &[FEW, "--endpoint", "http://127.0.0.1:9"],
        &folder.every(),
    );
    folder.check_all("COULD NOT TELL: the target cannot be reached");
}

/// Ctrl-C in the middle of a run.
#[cfg(unix)]
#[test]
fn an_interrupted_run_is_reported_whole() {
    let folder = Folder::new("interrupted");
    let served = serve(&[]);
    let mut child = proofmark()
        .args(["run", "--rate", "100", "--endpoint", &served.url])
        .args(folder.every())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the binary starts");
    // Events are written as they happen: the first case shows that the run is on its way.
    while !std::fs::read_to_string(folder.0.join("ndjson"))
        .is_ok_and(|text| text.contains("\"event\":\"case\""))
    {
        assert!(
            child.try_wait().is_ok_and(|ended| ended.is_none()),
            "the run ended before its first case"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kill = std::process::Command::new("bash")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.is_ok_and(|s| s.success()));
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    folder.check_all("INTERRUPTED");
}

#[test]
fn reports_that_cannot_be_written_are_refused_first() {
    let folder = Folder::new("refused");
    std::fs::write(folder.path("file"), "").expect("a file");
    let within = format!("--report=json={}", folder.path("file/report.json"));
    let said = check(
        &["run", FEW, &within],
        2,
        &["--report json: ", "cannot be written"],
    );
    assert!(said.out.is_empty(), "nothing was run: {}", said.out);
    check(
        &["run", FEW, &format!("--report=sarif={}", folder.path("."))],
        2,
        &["--report sarif: "],
    );
    check(
        &["run", "--report", "pdf"],
        2,
        &["no format `pdf`", "junit"],
    );
    check(
        &["run", "--report", "json="],
        2,
        &["expected a path after `json=`"],
    );
    let one = folder.path("one");
    let twice = [
        format!("--report=json={one}"),
        format!("--report=junit={one}"),
    ];
    check(
        &["run", FEW, &twice[0], &twice[1]],
        2,
        &["another report goes there"],
    );
    assert_eq!(folder.files(), ["file"], "nothing is left behind");
}

#[test]
fn merging() {
    let folder = Folder::new("merge");
    run(
        0,
        &[FEW],
        &["a.json", "a.html"].map(|file| format!("--report={}={}", &file[2..], folder.path(file))),
    );
    run(
        0,
        &["Enabled"],
        &[format!("--report=json={}", folder.path("b.json"))],
    );
    let (a, b) = (folder.path("a.json"), folder.path("b.json"));
    let report = format!("--report=junit={}", folder.path("junit.xml"));
    let page = format!("--report=html={}", folder.path("merged.html"));
    check(&["merge", &a, &report, &page], 0, &["CONFORMS"]);
    assert!(folder.read("junit.xml").contains("BatchSize"));
    assert!(folder.read("merged.html").contains("<h1>CONFORMS"));
    assert!(
        folder.read("merged.html") == folder.read("a.html"),
        "a report of one run, rendered again, is another"
    );
    check(&["merge", &a, &b], 2, &["are not of one plan"]);
    check(&["merge", &a, &a], 2, &["the case update-", "is in"]);
    check(&["merge", "/no/such/file"], 2, &["/no/such/file"]);
    // The version is told before anything else that another version may have otherwise.
    for (text, found) in [
        ("{\"version\": 1}", "version 1"),
        ("{\"version\": 3, \"tool\": 1}", "version 3"),
        ("{}", "none"),
    ] {
        std::fs::write(folder.path("c.json"), text).expect("a file");
        let message = format!("expected a JSON report of version 2, found {found}");
        check(&["merge", &folder.path("c.json")], 2, &[&message]);
    }
    check(&["schema"], 0, &["\"$schema\"", "ReportedFinding"]);
}

/// A report on standard output is there alone, for a program to read; the text is elsewhere.
#[test]
fn standard_output_is_for_a_report_alone() {
    for format in [
        "json", "ndjson", "junit", "markdown", "html", "sarif", "github",
    ] {
        let report = format!("{format}=-");
        let said = check(&["run", FEW, "--report", &report], 0, &[]);
        assert!(said.err.contains("CONFORMS. "), "{format}: {}", said.err);
        assert!(!said.out.contains("CONFORMS. "), "{format}: {}", said.out);
        if format == "json" {
            serde_json::from_str::<serde_json::Value>(&said.out).expect("JSON and nothing else");
        }
    }
}
