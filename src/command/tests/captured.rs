//! What a target answers is data to a shell: in what `proofmark fixtures` prints, in the lines of a
//! report, and in scripts that show a finding. So are the URL of the target and all else that a
//! flag says.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::front::{Front, percent_encode};

use super::process::{Said, proofmark, said, serve};

/// Identifiers that run a command, or are taken for a flag or a file, where a shell or a program
/// reads them as such.
const EVIL: [&str; 6] = [
    "${x:-$(touch PWNED)}$(touch PWNED)`touch PWNED`",
    "';touch PWNED;'\";touch PWNED;\"",
    "\n';touch PWNED;'\n\ntouch PWNED\n",
    "\\';touch PWNED #%s%n",
    "-o PWNED @PWNED ",
    "../../functions/{a,b}[1-9]%0a\u{1b}]0;x\u{7}\u{202e}",
];

/// The shells that there are.
fn shells() -> Vec<&'static str> {
    let is_there = |shell: &&str| {
        let is_there = Command::new(shell).args(["-c", ":"]).output().is_ok();
        if !is_there {
            println!("not tried: there is no {shell}");
        }
        is_there
    };
    ["dash", "bash"].into_iter().filter(is_there).collect()
}

/// An empty folder for what a test runs.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("captured-{name}"));
        // What an earlier run left; there may be nothing.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("bin")).expect("a folder");
        Self(path)
    }

    /// A program of that name for scripts, which has the rest of a script for its text.
    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.0.join("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    }

    /// Carries a script out within the folder.
    fn run(&self, shell: &str, arguments: &[&str], endpoint: &str) -> Said {
        let path = format!(
            "{}:{}",
            self.0.join("bin").display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let mut command = Command::new(shell);
        command
            .args(arguments)
            .current_dir(&self.0)
            .env("PATH", path)
            .env("PROOFMARK_NO_CONFIG", "1");
        command
            .env("PROOFMARK_ENDPOINT", endpoint)
            .env("HOME", &self.0);
        said(command.output().expect("a shell"))
    }

    #[track_caller]
    fn is_untouched(&self, context: &str) {
        let touched = self.0.join("PWNED");
        assert!(
            !touched.exists(),
            "a command of an answer was run: {context}"
        );
    }

    /// The files under a folder with that ending.
    fn files(&self, under: &str, end: &str) -> Vec<PathBuf> {
        let all = std::fs::read_dir(self.0.join(under))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path());
        let mut all: Vec<PathBuf> = all
            .filter(|path| path.to_string_lossy().ends_with(end))
            .collect();
        all.sort();
        all
    }
}

/// The program under test, where a script finds it.
fn with_proofmark(folder: &Folder) {
    folder.program(
        "proofmark",
        &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_proofmark")),
    );
}

#[test]
fn fixtures_are_data_at_eval() {
    let folder = Folder::new("eval");
    with_proofmark(&folder);
    let served = serve(&[]);
    let front = Front::new(&served.url, "");
    for evil in EVIL {
        front.turn(evil);
        for shell in shells() {
            let script = format!(
                "set -u\neval \"$(proofmark fixtures --endpoint {})\" || exit 9\n\
                 printf %s \"$mapping\"\nproofmark_undo",
                front.url
            );
            let said = folder.run(shell, &["-c", &script], "");
            let context = format!("{shell}, {evil:?}\n{}\n{}", said.out, said.err);
            folder.is_untouched(&context);
            // A target whose identifiers are refused is another matter.
            if said.err.contains("proofmark: ") {
                assert!(said.out.is_empty(), "{context}");
                continue;
            }
            let encoded = percent_encode(evil);
            assert!(said.out.starts_with(&encoded), "{context}");
            assert!(!said.err.contains("not found"), "{context}");
        }
    }
}

#[test]
fn a_report_of_evil_answers_holds_no_command() {
    let folder = Folder::new("report");
    with_proofmark(&folder);
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let front = Front::new(&served.url, "");
    for evil in EVIL {
        front.turn(evil);
        let mut command = proofmark();
        command.args([
            "run",
            "BatchSize::range",
            "sequences::deleted-queue",
            "--no-regressions",
            "--samples",
            "0",
            "--verbose",
        ]);
        let report = said(
            command
                .args(["--endpoint", &front.url])
                .output()
                .expect("the binary starts"),
        );
        let lines = report.out.lines().filter_map(|line| {
            ["  curl         ", "  then         "]
                .iter()
                .find_map(|label| line.strip_prefix(label))
        });
        let lines: String = lines.take(12).map(|line| format!("{line}\n")).collect();
        for shell in shells() {
            let fixtures = format!("eval \"$(proofmark fixtures --endpoint {})\"", front.url);
            let script = format!("{fixtures}\n{lines}\nproofmark_undo");
            let said = folder.run(shell, &["-c", &script], "");
            folder.is_untouched(&format!("{shell}, {evil:?}: {script}\n{}", said.err));
            assert!(!said.err.contains("yntax error"), "{script}\n{}", said.err);
        }
    }
}

/// Judges the front and writes reproducers into `folder/files`.
fn written(folder: &Folder, front: &Front, filters: &[&str]) -> Said {
    let files = folder.0.join("files");
    let mut command = proofmark();
    command
        .args([
            "run",
            "--verbose",
            "--endpoint",
            &front.url,
            "--no-regressions",
            "--reproducers",
        ])
        .arg(files)
        .args(filters);
    said(
        command
            .current_dir(&folder.0)
            .output()
            .expect("the binary starts"),
    )
}

#[test]
fn scripts_take_answers_for_data() {
    let folder = Folder::new("scripts");
    // It tells what it was given, and what no request is to come to.
    folder.program("aws", "printf '<%s>' \"$@\" >>arguments; echo '{}'");
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let front = Front::new(&served.url, "");
    let report = written(&folder, &front, &["BatchSize::range::min"]);
    assert_eq!(report.code, Some(1), "{}\n{}", report.out, report.err);
    let scripts = folder.files("files", ".sh");
    assert!(scripts.len() >= 2, "{scripts:?}");
    for script in &scripts {
        let text = std::fs::read_to_string(script).expect("a script");
        assert!(
            !text.contains("orphan"),
            "{script:?} makes what its finding does not need"
        );
    }
    for evil in EVIL {
        front.turn(evil);
        for (shell, script) in shells()
            .into_iter()
            .flat_map(|shell| scripts.iter().map(move |script| (shell, script)))
        {
            let file = script.to_str().expect("a plain path");
            let checked = folder.run(shell, &["-n", file], "");
            assert!(
                checked.code == Some(0) && checked.err.is_empty(),
                "{}",
                checked.err
            );
            let said = folder.run(shell, &[file], &front.url);
            let context = format!("{shell} {file}, {evil:?}\n{}\n{}", said.out, said.err);
            folder.is_untouched(&context);
            assert!(
                !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
                "{context}"
            );
            let by_cli = file.ends_with(".aws.sh");
            assert_eq!(said.code, Some(1), "{context}");
            let arguments = std::fs::read_to_string(folder.0.join("arguments")).unwrap_or_default();
            assert!(
                !by_cli || arguments.contains(&format!("<--uuid={evil}")),
                "{arguments}\n{context}"
            );
            let _ = std::fs::remove_file(folder.0.join("arguments"));
        }
    }
    // The CLI would send what the file holds.
    front.turn("file:///etc/passwd#");
    for script in folder.files("files", ".aws.sh") {
        let said = folder.run("sh", &[script.to_str().expect("a plain path")], &front.url);
        assert_eq!(said.code, Some(2), "{}\n{}", said.out, said.err);
        assert!(!folder.0.join("arguments").exists());
    }
}

#[test]
fn a_url_is_data_in_lines_and_files() {
    for (name, prefix) in [
        ("quote", "/it's"),
        ("command", "/a$(id)b"),
        ("both", "/`id`'$(id)'"),
        ("words", "/;id;&id&"),
    ] {
        let folder = Folder::new(&format!("url-{name}"));
        with_proofmark(&folder);
        folder.program("id", "echo called >PWNED");
        let served = serve(&["--defect", "batch-size-min-zero"]);
        let front = Front::new(&served.url, prefix);
        let report = written(&folder, &front, &["BatchSize::range::min"]);
        assert_eq!(report.code, Some(1), "{}\n{}", report.out, report.err);
        let named = |start: &str| {
            report
                .out
                .lines()
                .find_map(|line| line.trim_start().strip_prefix(start).map(str::trim))
        };
        let eval = report
            .out
            .lines()
            .find(|line| line.trim_start().starts_with("eval "))
            .expect("a line");
        let (curl, replay) = (
            named("curl ").expect("a line"),
            named("replay ").expect("a line"),
        );
        for shell in shells() {
            let script = format!("set -u\n{eval}\n{curl}\nproofmark_undo\n");
            let said = folder.run(shell, &["-c", &script], "");
            let context = format!("{shell}: {script}\n{}\n{}", said.out, said.err);
            folder.is_untouched(&context);
            assert!(
                said.out.contains("HTTP/1.1 202") && said.err.is_empty(),
                "{context}"
            );
            let said = folder.run(shell, &["-c", replay], "");
            folder.is_untouched(replay);
            assert_eq!(said.code, Some(1), "{replay}\n{}\n{}", said.out, said.err);
            for script in folder
                .files("files", ".sh")
                .iter()
                .filter(|file| !file.to_string_lossy().ends_with(".aws.sh"))
            {
                // The default stands in the file.
                let said = folder.run(shell, &[script.to_str().expect("a plain path")], "");
                folder.is_untouched(&said.err);
                assert_eq!(said.code, Some(1), "{}\n{}", said.out, said.err);
            }
            for script in folder.files("files", ".aws.sh") {
                let checked =
                    folder.run(shell, &["-n", script.to_str().expect("a plain path")], "");
                assert!(
                    checked.code == Some(0) && checked.err.is_empty(),
                    "{}",
                    checked.err
                );
            }
        }
        assert_eq!(front.strays(), Vec::<String>::new());
    }
}

#[test]
fn scripts_tell_when_nobody_can_tell() {
    let folder = Folder::new("nobody");
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let front = Front::new(&served.url, "");
    written(&folder, &front, &["BatchSize::range::min"]);
    let script = folder
        .files("files", ".sh")
        .into_iter()
        .find(|file| !file.to_string_lossy().ends_with(".aws.sh"));
    let script = script.expect("a script");
    let script = script.to_str().expect("a plain path");
    for shell in shells() {
        // Nobody listens there, and that is no fault of the target's answers.
        assert_eq!(
            folder.run(shell, &[script], "http://127.0.0.1:1").code,
            Some(2)
        );
        // Nothing of ours stands there.
        assert_eq!(
            folder
                .run(shell, &[script], &format!("{}/elsewhere", served.url))
                .code,
            Some(2)
        );
    }
}
