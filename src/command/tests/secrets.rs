//! A target that repeats what it was sent, in every encoding: no output of the binary holds a
//! secret.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::process::{Said, proofmark, said, serve};
use super::proxy::proxied;

const KEY: &str = "AKIASENTINELKEY00001";
const SECRET: &str = "sentinel/secret+key/0123456789abcdefghij";
const TOKEN: &str = "sentinel-session-token-0123456789==";
const VALUE: &str = "sentinel-header-value-0123456789";
/// A part of it is a word that reports use.
const MODE: &str = "protocol-x";

const SECRETS: [&str; 5] = [KEY, SECRET, TOKEN, VALUE, MODE];

/// A folder for the files of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("secrets-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn say(&self, arguments: &[&str]) -> Said {
        let mut command = proofmark();
        command.args(arguments).current_dir(&self.0);
        if arguments.contains(&"--config") {
            command.env_remove("PROOFMARK_NO_CONFIG");
        }
        command
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        said(command.output().expect("the binary starts"))
    }

    /// Every file, by its name.
    fn read(&self) -> Vec<(String, String)> {
        let entries = std::fs::read_dir(&self.0)
            .expect("a folder")
            .map(|e| e.expect("an entry").path());
        let files = entries.filter(|path| path.is_file());
        files
            .map(|path| {
                (
                    path.display().to_string(),
                    std::fs::read_to_string(&path).expect("text"),
                )
            })
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A text as it may be repeated.
fn forms(text: &str) -> Vec<String> {
    let each = |form: &dyn Fn(u8) -> String| text.bytes().map(form).collect::<String>();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let percent = |b: u8| {
        if plain(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    let mut forms = vec![
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        text.replace('/', "\\/"),
        each(&|b| format!("{b:02x}")),
        each(&|b| format!("{b:02X}")),
        each(&percent),
        each(&percent).to_lowercase(),
        each(&|b| format!("%{b:02x}")),
        each(&|b| format!("%25{b:02x}")),
        each(&|b| format!("\\u{b:04x}")),
        each(&|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("\\u{b:04X}")
            }
        }),
        each(&|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("&#{b};")
            }
        }),
    ];
    forms.extend(base64(text));
    forms
}

/// A text in Base64, after nothing and after others.
fn base64(text: &str) -> Vec<String> {
    let all = ["", "a", "ab"].iter().flat_map(|before| {
        [
            STANDARD.encode(format!("{before}{text}")),
            URL_SAFE_NO_PAD.encode(format!("{before}{text}:b")),
        ]
    });
    all.collect()
}

/// A target that repeats in every answer, in a header and in the body, what it was sent.
fn echoing(url: &str) -> String {
    proxied(url, |request, head, body| {
        let line = |name: &str| {
            request
                .lines()
                .find(|l| l.to_lowercase().starts_with(name))
                .unwrap_or_default()
        };
        let signed = line("authorization");
        let all: Vec<String> = SECRETS.iter().flat_map(|secret| forms(secret)).collect();
        let sent = format!("{signed} {}", all.join(" "));
        // It comes first: of a long answer some reports show the beginning only. Escapes of JSON
        // stand there as they are.
        let escaped = format!("\"{}\"", all.join(" ").replace("\\/", "/").replace('"', ""));
        let body = match body.strip_prefix('{') {
            Some(rest) if rest.len() > 1 => {
                format!(
                    "{{\"sent\":{},\"escaped\":{escaped},{rest}",
                    Value::from(sent.as_str())
                )
            }
            _ => body,
        };
        (format!("{head}\r\nx-sent: {sent}"), body)
    })
}

/// Neither a secret nor enough of a form of one is in the text, in any letter case.
#[track_caller]
fn check(name: &str, text: &str) {
    let lower = text.to_lowercase();
    for secret in SECRETS {
        let digits = [
            secret.to_owned(),
            secret.to_lowercase(),
            secret.to_uppercase(),
        ];
        let digits = digits.iter().flat_map(|secret| base64(secret)).map(|form| {
            // Its ends are those of other texts too.
            form.trim_end_matches('=')
                .get(4..form.len() - 6)
                .expect("ASCII")
                .to_owned()
        });
        for form in forms(secret)
            .into_iter()
            .chain(digits)
            .map(|form| form.to_lowercase())
        {
            if let Some(at) = lower.find(&form) {
                let from = lower.floor_char_boundary(at.saturating_sub(80));
                let to = lower.ceil_char_boundary((at + 120).min(lower.len()));
                panic!("{name}: {secret} as {form} in: {}", &lower[from..to]);
            }
        }
    }
    assert!(!lower.contains("sentinel"), "{name}: {text}");
}

#[track_caller]
fn check_said(name: &str, said: &Said) {
    check(name, &said.out);
    check(name, &said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert!(
        !said.out.is_empty() || said.code != Some(0),
        "{name} says nothing"
    );
}

#[test]
fn no_output_holds_a_secret() {
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let url = echoing(&served.url);
    let folder = Folder::new("outputs");
    let (api, mode) = (format!("X-Api-Key: {VALUE}"), format!("X-Mode: {MODE}"));
    let target = [
        "--endpoint",
        &url,
        "--header",
        &api,
        "--header",
        &mode,
        "--no-regressions",
    ];
    let formats = [
        "json", "ndjson", "junit", "markdown", "html", "github", "sarif",
    ];
    let reports: Vec<String> = formats
        .iter()
        .map(|format| format!("--report={format}={format}"))
        .collect();
    let mut arguments = vec!["run", "-v", "BatchSize::range::min"];
    arguments.extend(target);
    arguments.extend(reports.iter().map(String::as_str));
    arguments.extend(["--record", "recording", "--reproducers", "."]);
    let ran = folder.say(&arguments);
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.out, ran.err);
    check_said("run", &ran);
    let files = folder.read();
    let ends = |end: &str| files.iter().any(|(name, _)| name.ends_with(end));
    assert!(
        formats.iter().all(|format| ends(&format!("/{format}")))
            && ends(".sh")
            && ends(".toml")
            && ends("README.md")
    );
    for (name, text) in &files {
        check(name, text);
    }
    // What the target repeats was there to be found.
    let holds = files
        .iter()
        .filter(|(_, text)| text.contains("[redacted]"))
        .count();
    assert!(holds >= 4 && ran.out.contains("[redacted]"), "{}", ran.out);
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).expect(name);
    assert!(
        read("recording")
            .matches(r#"{\"sent\":\"authorization: "#)
            .count()
            > 1,
        "{}",
        read("recording")
    );
    // A curl line says where to put what it cannot say.
    assert!(
        ran.out.contains("-H \"X-Api-Key: ${X_API_KEY}\""),
        "{}",
        ran.out
    );
    // The words of the form stay as they are, though one of them is the beginning of a secret.
    let report: Value = serde_json::from_str(&read("json")).expect("JSON");
    let bases = |key: &str| {
        report[key]
            .as_array()
            .expect("a list")
            .iter()
            .any(|of| of["basis"] == "protocol")
    };
    assert!(bases("promises"), "no promise with the basis `protocol`");
    check_others(&folder, &url, &target);
}

/// The other commands that show answers.
fn check_others(folder: &Folder, url: &str, target: &[&str]) {
    let id = "update-event-source-mapping::request::BatchSize::range::min::below-min";
    let with = |arguments: &[&'static str]| -> Vec<String> {
        arguments
            .iter()
            .chain(target.iter())
            .map(|argument| (*argument).to_owned())
            .collect()
    };
    let aimed = [&target[2..], &["--left", url, "--right", "reference"]].concat();
    let diff = |first: &[&str]| -> Vec<String> {
        [first, &aimed[..]]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    for arguments in [
        with(&["replay", id]),
        with(&[
            "fuzz",
            "--max-sequences",
            "20",
            "--time",
            "10s",
            "--corpus",
            "corpus",
        ]),
        with(&["precedence"]),
        with(&["fixtures"]),
        diff(&["diff", "BatchSize::range::min"]),
        diff(&["diff", "--json", "BatchSize::range::min"]),
        ["judge", "recording"].map(str::to_owned).into(),
        ["merge", "json", "--report", "json=-"]
            .map(str::to_owned)
            .into(),
        ["matrix", "--from", "x=json", "--report", "json=-"]
            .map(str::to_owned)
            .into(),
    ] {
        let said = folder.say(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_ne!(said.code, Some(2), "{arguments:?}: {}", said.err);
        check_said(&arguments[0], &said);
    }
}

/// A command that starts a target writes what it likes, and has the same environment.
#[cfg(unix)]
#[test]
fn what_a_start_command_writes_holds_none() {
    let folder = Folder::new("started");
    let all: Vec<String> = SECRETS[..3]
        .iter()
        .flat_map(|secret| forms(secret))
        .collect();
    std::fs::write(folder.0.join("said"), all.join("\n")).expect("a file");
    std::fs::write(
        folder.0.join("proofmark.toml"),
        "[targets.x]\nendpoint = \"http://127.0.0.1:9\"\nstart = [\"sh\", \"-c\", \"cat said; exit 1\"]\n",
    )
    .expect("a file");
    let said = folder.say(&["run", "--config", "proofmark.toml", "--target", "x"]);
    assert!(
        said.code == Some(3) && said.err.contains("[redacted]"),
        "{}\n{}",
        said.out,
        said.err
    );
    check_said("run", &said);
    let said = folder.say(&["matrix", "--config", "proofmark.toml", "--report", "json=-"]);
    assert!(
        said.code == Some(3) && said.out.contains("[redacted]"),
        "{}\n{}",
        said.out,
        said.err
    );
    check_said("matrix", &said);
}
