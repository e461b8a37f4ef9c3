//! A target that answers with commands to whoever reads our output: for terminals, for a CI, for
//! browsers and shells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::evil::EVIL;
use super::process::{Said, proofmark, said, serve};
use super::proxy::proxied;

/// A folder of one test, where nothing may appear that is called so.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("hostile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn say(&self, arguments: &[&str]) -> Said {
        said(
            proofmark()
                .args(arguments)
                .current_dir(&self.0)
                .output()
                .expect("the binary starts"),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        assert!(
            !self.0.join("PWNED").exists(),
            "something that the target answered was carried out"
        );
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Which of the answers are evil.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Evil {
    /// Those to updates, and every reason and header.
    Updates,
    /// Those that make something as well: identifiers.
    Identifiers,
    /// Every reason, so that no answer is one of HTTP.
    Reasons,
}

/// A target whose answers have evil strings wherever HTTP and JSON allow some.
fn hostile(url: &str, evil: Evil) -> String {
    proxied(url, move |request, head, body| {
        let all = EVIL.concat();
        // A header that has controls is none, which is a way to answer of its own.
        let line: String = all.chars().filter(|c| !c.is_ascii_control()).collect();
        let reason = if evil == Evil::Reasons {
            all.replace(['\r', '\n', '\0'], "")
        } else {
            line.clone()
        };
        let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let updates = request.starts_with("PUT ");
        let body = match serde_json::from_str::<Value>(&body) {
            Ok(document)
                if updates || evil == Evil::Identifiers && request.starts_with("POST ") =>
            {
                spoilt(document, &all, evil).to_string()
            }
            _ => body,
        };
        let refused = updates && !status.starts_with('2');
        let kind = if refused {
            format!("\r\nx-amzn-errortype: {line}")
        } else {
            String::new()
        };
        let head = format!(
            "HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\nconnection: close\r\nx-evil: {line}\r\n\
             location: http://127.0.0.1/{line}{kind}"
        );
        (head, body)
    })
}

/// The document with evil in every text. Where only updates are evil a state stays one, or a run
/// waits for its end.
fn spoilt(document: Value, with: &str, evil: Evil) -> Value {
    match document {
        Value::String(text) => Value::String(format!("{with}{text}{with}")),
        Value::Array(items) => items
            .into_iter()
            .map(|item| spoilt(item, with, evil))
            .collect(),
        Value::Object(members) => {
            let keep = |name: &str| evil == Evil::Updates && name == "State";
            let spoil = |(name, value): (String, Value)| match keep(&name) {
                true => (name, value),
                false => (name, spoilt(value, with, evil)),
            };
            Value::Object(members.into_iter().map(spoil).collect())
        }
        other => other,
    }
}

/// What a terminal obeys, a reader does not see, or a CI carries out is not in the text.
#[track_caller]
fn check_log(name: &str, text: &str) {
    let hidden = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if let Some(at) = text.find(hidden) {
        panic!(
            "{name}: {:?}",
            text[at..].chars().take(60).collect::<String>()
        );
    }
    for line in text.lines() {
        let begins = line.trim().starts_with("::") || line.contains("##[");
        assert!(!begins, "{name}: a command: {line}");
        // `CONFORMS` at the beginning of a line is our verdict, and no run here comes to it. A page shows
        // bodies as they are laid out, set off from its own words.
        let verdict = line.trim() == "CONFORMS" || line.starts_with("CONFORMS. ");
        assert!(!verdict || name == "html", "{name}");
    }
}

#[track_caller]
fn check_said(name: &str, said: &Said) {
    check_log(name, &said.out);
    check_log(name, &said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

#[test]
fn every_output_takes_answers_for_text() {
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let url = hostile(&served.url, Evil::Updates);
    let folder = Folder::new("outputs");
    let formats = [
        "json", "ndjson", "junit", "markdown", "html", "github", "sarif",
    ];
    let mut arguments: Vec<String> = [
        "run",
        "-v",
        "BatchSize::range::min",
        "--no-regressions",
        "--confirm",
        "1",
        "--endpoint",
        &url,
    ]
    .map(str::to_owned)
    .into();
    arguments.extend(
        formats
            .iter()
            .map(|format| format!("--report={format}={format}")),
    );
    arguments.extend(["--record", "recording", "--reproducers", "."].map(str::to_owned));
    let ran = folder.say(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.out, ran.err);
    check_said("run", &ran);
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).expect(name);
    for format in formats.iter().filter(|format| **format != "github") {
        check_log(format, &read(format));
    }
    assert!(
        read("github").lines().all(|line| line.starts_with("::")),
        "{}",
        read("github")
    );
    check_log("recording", &read("recording"));
    let whole: Value = serde_json::from_str(&read("json")).expect("JSON");
    assert!(
        whole["findings"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    let python = "import glob, xml.parsers.expat as x\n\
        x.ParserCreate().Parse(open('junit', 'rb').read(), True)\n\
        files = glob.glob('*.py')\nassert files\n\
        for f in files: compile(open(f, 'rb').read(), f, 'exec')";
    carried_out(
        &folder,
        Command::new("python3").args(["-I", "-B", "-c", python]),
    );
    carried_out(
        &folder,
        Command::new("bash").args(["-c", "for f in *.sh; do bash -n \"$f\" || exit 1; done"]),
    );

    // Other commands that show the same answers.
    let id = "update-event-source-mapping::request::BatchSize::range::min::below-min";
    let toml = files(&folder, ".toml");
    let others: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
        ("replay", vec!["replay", id, "--endpoint", &url]),
        (
            "replay a file",
            vec!["replay", &toml[0], "--endpoint", &url],
        ),
        (
            "replay a report",
            vec!["replay", "json.json", "--endpoint", &url],
        ),
        ("judge", vec!["judge", "recording"]),
        ("merge", vec!["merge", "json"]),
        (
            "merge to the output",
            vec!["merge", "json", "--report", "json=-"],
        ),
        ("matrix", vec!["matrix", "--from", "x=json"]),
        (
            "diff",
            vec![
                "diff",
                "--left",
                &url,
                "--right",
                "reference",
                "BatchSize::range::min",
            ],
        ),
        (
            "diff as JSON",
            vec![
                "diff",
                "--json",
                "--left",
                &url,
                "--right",
                "reference",
                "BatchSize::range::min",
            ],
        ),
        (
            "fuzz",
            vec![
                "fuzz",
                "--max-sequences",
                "20",
                "--time",
                "10s",
                "--no-regressions",
                "--corpus",
                "c",
                "--endpoint",
                &url,
            ],
        ),
        ("precedence", vec!["precedence", "--endpoint", &url]),
    ]);
    std::fs::copy(folder.0.join("json"), folder.0.join("json.json")).expect("a copy");
    for (name, arguments) in others {
        let said = folder.say(&arguments);
        check_said(name, &said);
        assert!(
            !said.out.is_empty() || said.code != Some(0),
            "{name} says nothing: {}",
            said.err
        );
        assert_ne!(said.code, Some(2), "{name}: {}", said.err);
    }
}

#[test]
fn identifiers_and_what_is_no_http_are_text() {
    let served = serve(&[]);
    for evil in [Evil::Identifiers, Evil::Reasons] {
        ends(&hostile(&served.url, evil));
    }
}

/// A run comes to no verdict there, and says so.
fn ends(url: &str) {
    let folder = Folder::new("ends");
    for arguments in [
        vec![
            "run",
            "BatchSize::range::min",
            "--no-regressions",
            "--settle-timeout",
            "1s",
            "--endpoint",
            url,
        ],
        vec!["fixtures", "--settle-timeout", "1s", "--endpoint", url],
    ] {
        let said = folder.say(&arguments);
        check_said(arguments[0], &said);
        assert!(
            !said.out.is_empty() || !said.err.is_empty(),
            "{arguments:?}"
        );
    }
}

/// What the files of others say is shown in messages.
#[test]
fn files_are_text() {
    let folder = Folder::new("files");
    let evil = EVIL.concat();
    let text = Value::from(evil.as_str()).to_string();
    std::fs::write(
        folder.0.join("report.json"),
        format!("{{\"version\": 1, {text}: {text}}}"),
    )
    .expect("a file");
    std::fs::write(
        folder.0.join("known.toml"),
        "\"\\u001b]0;x\\u0007\\n::error::x##[error]\" = 1\n",
    )
    .expect("a file");
    std::fs::write(
        folder.0.join("proofmark.toml"),
        "\"\\u001b[2J\\n::error::x\" = 1\n",
    )
    .expect("a file");
    for arguments in [
        vec!["merge", "report.json"],
        vec!["matrix", "--from", "x=report.json"],
        vec!["run", "--reference", "--baseline", "known.toml"],
        vec!["run", "--config", "proofmark.toml"],
        vec!["explain", "\u{1b}[2J\n::error::x"],
        vec![
            "run",
            "--endpoint",
            "http://127.0.0.1:9/\u{1b}[2J\n::error::x",
        ],
        vec!["judge", "\u{1b}[2J\n::error::x"],
    ] {
        let said = folder.say(&arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
        check_said(arguments[0], &said);
    }
}

fn files(folder: &Folder, end: &str) -> Vec<String> {
    let all = std::fs::read_dir(&folder.0)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name());
    let mut all: Vec<_> = all
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.ends_with(end))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "no {end}");
    all
}

#[track_caller]
fn carried_out(folder: &Folder, command: &mut Command) {
    let said = said(command.current_dir(&folder.0).output().expect("a program"));
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
}
