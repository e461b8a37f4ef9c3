//! Nothing is no success: a command that had nothing to look at says so, and its exit code too.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::process::{check, proofmark, said, say, serve};

const FEW: &str = "BatchSize::range";

/// A folder of this test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("nothing-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn folder(&self, name: &str) -> String {
        std::fs::create_dir_all(self.0.join(name)).expect("a folder");
        self.0.join(name).display().to_string()
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).expect("a file");
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A target that takes what it is sent and never answers; its threads end with the process.
fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).is_ok_and(|read| read > 0) {}
            });
        }
    });
    url
}

#[test]
fn two_targets_of_which_one_is_silent_are_not_alike() {
    let silent = silent();
    let ways = [
        ["reference", silent.as_str()],
        [silent.as_str(), "reference"],
        [silent.as_str(), silent.as_str()],
    ];
    for [left, right] in ways {
        let arguments = [
            "diff",
            FEW,
            "--left",
            left,
            "--right",
            right,
            "--timeout",
            "200ms",
            "--samples",
            "0",
        ];
        let said = check(&arguments, 3, &["NOTHING WAS COMPARED"]);
        assert!(!said.out.contains("ALIKE"), "{}", said.out);
    }
    check(
        &[
            "diff",
            FEW,
            "--left",
            "reference",
            "--right",
            "reference",
            "--samples",
            "0",
        ],
        0,
        &["ALIKE: "],
    );
}

#[test]
fn a_recording_without_what_is_meant() {
    let folder = Folder::new("recorded");
    let file = folder.file("run.ndjson", "");
    check(
        &[
            "run",
            FEW,
            "--reference",
            "--no-regressions",
            "--samples",
            "0",
            "--record",
            &file,
        ],
        0,
        &[],
    );
    let arguments = [
        "diff",
        "FunctionName",
        "--left",
        "reference",
        "--right",
        &file,
        "--samples",
        "0",
    ];
    check(
        &arguments,
        4,
        &["the recording holds no case that is meant"],
    );
}

#[test]
fn recordings_of_nothing() {
    let folder = Folder::new("recordings");
    let file = folder.file("run.ndjson", "");
    check(
        &[
            "run",
            FEW,
            "--reference",
            "--no-regressions",
            "--samples",
            "0",
            "--record",
            &file,
        ],
        0,
        &[],
    );
    let text = std::fs::read_to_string(&file).expect("a recording");
    let header = text.lines().next().expect("a line");
    let throttled = "{\"request\": {\"method\": \"PUT\", \"path\": \"/2015-03-31/event-source-mappings/a\"}, \
                     \"answer\": {\"status\": 429, \"json\": {}, \"headers\": {\"content-type\": \"application/json\", \
                     \"x-amzn-errortype\": \"TooManyRequestsException\"}}}\n";
    for (name, text) in [
        ("empty.ndjson", "\n \n".to_owned()),
        ("header.ndjson", format!("{header}\n")),
        ("ended.ndjson", format!("{header}\n{{\"end\":{{}}}}\n")),
        (
            "notes.ndjson",
            format!("{header}\n{{\"notes\":[]}}\n{{\"end\":{{}}}}\n"),
        ),
        (
            "empty.har",
            "{\"log\": {\"version\": \"1.2\", \"entries\": []}}".to_owned(),
        ),
        (
            "other.ndjson",
            throttled.replace("event-source-mappings", "others"),
        ),
        ("throttled.ndjson", throttled.to_owned()),
    ] {
        let file = folder.file(name, &text);
        let said = check(&["judge", &file], 4, &["NOTHING WAS TESTED"]);
        assert!(!said.out.contains("CONFORMS"), "{name}: {}", said.out);
    }
}

#[test]
fn reports_of_nothing() {
    let folder = Folder::new("reports");
    let report = folder.0.join("report.json").display().to_string();
    let written = format!("json={report}");
    check(
        &[
            "run",
            FEW,
            "--reference",
            "--no-regressions",
            "--samples",
            "0",
            "--report",
            &written,
        ],
        0,
        &[],
    );
    let text = std::fs::read_to_string(&report).expect("a report");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    document["cases"] = serde_json::json!([]);
    for key in ["selected", "share", "cases"] {
        document["plan"][key] = 0.into();
    }
    let nothing = folder.file("nothing.json", &document.to_string());
    check(&["merge", &nothing], 4, &["NOTHING WAS TESTED"]);
    let column = format!("a={nothing}");
    check(&["matrix", "--from", &column], 3, &["no case was fired"]);
    check(
        &["replay", &nothing, "--reference"],
        2,
        &["the report has no finding"],
    );
    check(&["merge"], 2, &[]);
}

#[test]
fn folders_of_nothing() {
    let folder = Folder::new("folders");
    let empty = folder.folder("empty");
    check(
        &["lint", "--cases", &empty],
        2,
        &["empty: there is nothing to check", "contract.toml"],
    );
    for command in ["list", "run", "coverage", "drift"] {
        check(&[command, "--cases", &empty], 2, &["service.toml"]);
    }
    check(
        &["fuzz", "merge", &empty, "--into", &folder.folder("all")],
        4,
        &["nothing to merge"],
    );
    // Cases of which nothing says what is promised, and a folder that is one too deep.
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let service = folder.folder("cases/lambda");
    std::fs::copy(
        format!("{cases}/lambda/service.toml"),
        format!("{service}/service.toml"),
    )
    .expect("a copy");
    check(
        &["lint", "--cases", &folder.folder("cases")],
        2,
        &["there is nothing to check"],
    );
    let operation = folder.folder("cases/lambda/update-shelf");
    std::fs::write(format!("{operation}/cases.toml"), "").expect("a file");
    check(
        &["lint", "--cases", &folder.folder("cases")],
        2,
        &["update-shelf/contract.toml: "],
    );
    check(
        &["lint", "--cases", &format!("{cases}/lambda")],
        2,
        &["service.toml: ", "SERVICE/OPERATION"],
    );
}

#[test]
fn filters_that_leave_nothing() {
    check(
        &["list", "no-such"],
        4,
        &["no case has an id that contains `no-such`"],
    );
    check(&["run", "no-such"], 4, &["no case"]);
    check(&["rum"], 4, &["did you mean `run`?"]);
    check(&["self-chek"], 4, &["did you mean `self-check`?"]);
    check(
        &[
            "diff",
            "no-such",
            "--left",
            "reference",
            "--right",
            "reference",
        ],
        4,
        &["no case"],
    );
    check(&["self-check", "no-such"], 2, &["no defect"]);
    check(
        &["drift", "--from", "page", "--to", "2018"],
        2,
        &["expected two revisions, found `2018` twice"],
    );
    check(
        &["drift", "--from", "current", "--to", "current"],
        2,
        &["expected two revisions"],
    );
}

#[test]
fn patterns_of_which_none_is_checked() {
    let folder = Folder::new("patterns");
    let of = |pattern: &str| {
        format!("{{\"shapes\": {{\"A\": {{\"type\": \"string\", \"pattern\": \"{pattern}\"}}}}}}")
    };
    let good = folder.file("good.json", &of("[a-c]{2}"));
    check(
        &["patterns", &good, "--samples", "5"],
        0,
        &["5 of 5 samples"],
    );
    check(
        &["patterns", &good, "--samples", "0"],
        2,
        &["--samples: expected at least 1"],
    );
    let back = folder.file("back.json", &of("(a)\\\\1"));
    check(&["patterns", &back], 4, &["nothing was checked"]);
    check(
        &["patterns", &folder.file("none.json", "{\"shapes\": {}}")],
        2,
        &["none.json:1: ", "nothing to check"],
    );
}

#[test]
fn a_target_without_an_order_of_checks() {
    check(&["precedence", "--reference"], 0, &["the target reports"]);
    let served = serve(&["--defect", "status-501"]);
    let said = say(&["precedence", "--endpoint", &served.url]);
    assert!(
        matches!(said.code, Some(3 | 4)),
        "{:?}\n{}\n{}",
        said.code,
        said.out,
        said.err
    );
    let silent = silent();
    check(
        &["precedence", "--endpoint", &silent, "--timeout", "200ms"],
        3,
        &["no answer within the time limit"],
    );
}

#[test]
fn a_terminal_that_is_dumb_gets_text_alone() {
    let binary = env!("CARGO_BIN_EXE_proofmark");
    // `script` gives the process a terminal; what it writes there comes back.
    let on = |variables: &[(&str, &str)], arguments: &str| {
        let line = format!("{binary} {arguments}");
        let mut command = proofmark();
        let own: Vec<_> = command
            .get_envs()
            .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
            .collect();
        command = std::process::Command::new("script");
        for (name, value) in own {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .args(["-qec", &line, "/dev/null"])
            .env_remove("CLICOLOR_FORCE")
            .envs(variables.iter().copied());
        command
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .stdin(std::process::Stdio::null());
        said(command.output().expect("script, of util-linux"))
    };
    let run = format!("run {FEW} --reference --no-regressions --samples 0");
    let fuzz = "fuzz --reference --max-sequences 300 --no-regressions --corpus dumb-corpus --status-every 50ms";
    for arguments in [run.as_str(), fuzz] {
        let coloured = on(&[("TERM", "xterm")], arguments);
        assert!(
            coloured.out.contains('\x1b'),
            "{arguments}: {}",
            coloured.out
        );
        let dumb = on(&[("TERM", "dumb")], arguments);
        assert_eq!(dumb.code, Some(0), "{}", dumb.out);
        assert!(
            !dumb.out.contains('\x1b') && !dumb.out.trim_end().replace("\r\n", "").contains('\r'),
            "{}",
            dumb.out
        );
    }
    let plain = on(&[("TERM", "xterm"), ("NO_COLOR", "1")], &run);
    assert!(!plain.out.contains("\x1b[3"), "{}", plain.out);
    let forced = on(&[("TERM", "dumb")], &format!("{run} --color always"));
    assert!(forced.out.contains("\x1b["), "{}", forced.out);
    let piped = |variables: &[(&str, &str)]| {
        let mut command = proofmark();
        command.args(run.split(' ')).envs(variables.iter().copied());
        said(command.output().expect("the binary starts"))
            .out
            .contains('\x1b')
    };
    assert!(piped(&[("CLICOLOR_FORCE", "1")]) && !piped(&[("CLICOLOR_FORCE", "0")]));
    assert!(!piped(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}
