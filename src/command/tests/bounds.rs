//! What is asked of the program and what it reads is bounded: more is told at once, with exit code
//! 2.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::process::{Said, proofmark, said};

/// Whoever waits longer for a message has stopped waiting.
const SOON: Duration = Duration::from_secs(20);

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("bounds-{name}-{}", std::process::id()));
        // It is there only if an earlier process had the same number.
        let _ = std::fs::remove_dir_all(&path);
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

    /// A pipe that nobody writes to.
    fn pipe(&self, name: &str) -> String {
        let path = self.path(name);
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&path)
                .status()
                .expect("mkfifo")
                .success()
        );
        path
    }

    /// A file of that size that takes no room on the disk.
    fn large(&self, name: &str, size: u64) -> String {
        let path = self.path(name);
        std::fs::File::create(&path)
            .and_then(|file| file.set_len(size))
            .expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the binary says, if it does so soon.
#[track_caller]
fn at_once(arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let mut command = proofmark();
    command
        .args(arguments)
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let started = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if started.elapsed() > SOON {
            let _ = child.kill();
            panic!("{arguments:?} reads on and on");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    said(child.wait_with_output().expect("its output"))
}

/// Ways to name a file, each as arguments before and after the name, and the end that the name must
/// have.
const READERS: [(&[&str], &[&str], &str); 10] = [
    (&["judge"], &[], ".ndjson"),
    (&["merge"], &[], ".json"),
    (&["patterns"], &[], ".json"),
    (&["replay"], &["--reference"], ".toml"),
    (&["replay"], &["--reference"], ".json"),
    (&["list", "--config"], &[], ".toml"),
    (&["list", "--regressions"], &[], ".toml"),
    (
        &[
            "run",
            "BatchSize::range",
            "--reference",
            "--no-regressions",
            "--baseline",
        ],
        &[],
        ".toml",
    ),
    (
        &["run", "BatchSize::range", "--reference", "--config"],
        &[],
        ".toml",
    ),
    (&["matrix", "--from"], &[], ".json"),
];

#[cfg(unix)]
#[test]
fn only_files_are_read() {
    let folder = Folder::new("kinds");
    std::fs::create_dir(folder.path("folder")).expect("a folder");
    for end in [".ndjson", ".json", ".toml"] {
        folder.pipe(&format!("pipe{end}"));
        std::os::unix::fs::symlink("/dev/zero", folder.path(&format!("device{end}")))
            .expect("a link");
        std::os::unix::fs::symlink(folder.path("folder"), folder.path(&format!("folder{end}")))
            .expect("a link");
    }
    for (before, after, end) in READERS {
        for (kind, word) in [
            ("pipe", "a pipe"),
            ("device", "a device"),
            ("folder", "a folder"),
        ] {
            // Models may stand in a folder.
            if kind == "folder" && before[0] == "patterns" {
                continue;
            }
            let path = folder.path(&format!("{kind}{end}"));
            let name = if before[0] == "matrix" {
                format!("name={path}")
            } else {
                path.clone()
            };
            let said = at_once(&[before, &[name.as_str()][..], after].concat(), &[]);
            assert_eq!(
                said.code,
                Some(2),
                "{before:?} {kind}: {}{}",
                said.out,
                said.err
            );
            let words = format!("{path}: expected a file, found {word}");
            assert!(said.err.contains(&words), "{before:?} {kind}: {}", said.err);
        }
    }
    let bundle = [("AWS_CA_BUNDLE", "/dev/zero")];
    let said = at_once(&["run", "--endpoint", "https://127.0.0.1:9"], &bundle);
    assert!(
        said.code == Some(2) && said.err.contains("found a device"),
        "{}",
        said.err
    );
}

/// Folders of files hold files.
#[cfg(unix)]
#[test]
fn only_files_are_read_of_folders() {
    let folder = Folder::new("folders");
    std::fs::create_dir_all(folder.path("corpus")).expect("a folder");
    folder.pipe("corpus/input.json");
    let fuzz = [
        "fuzz",
        "--reference",
        "--time",
        "1",
        "--no-regressions",
        "--corpus",
        &folder.path("corpus"),
    ];
    let said = at_once(&fuzz, &[]);
    assert!(
        said.code == Some(2) && said.err.contains("input.json: expected a file"),
        "{}",
        said.err
    );

    std::fs::create_dir_all(folder.path("cases/lambda")).expect("a folder");
    folder.pipe("cases/lambda/service.toml");
    let said = at_once(&["lint", "--cases", &folder.path("cases")], &[]);
    assert!(
        said.code == Some(2) && said.err.contains("service.toml: expected a file"),
        "{}",
        said.err
    );
}

#[test]
fn files_have_a_greatest_size() {
    let folder = Folder::new("sizes");
    for (before, after, end) in READERS {
        let path = folder.large(&format!("large{end}"), 8 << 30);
        let name = if before[0] == "matrix" {
            format!("name={path}")
        } else {
            path
        };
        let said = at_once(&[before, &[name.as_str()][..], after].concat(), &[]);
        assert_eq!(said.code, Some(2), "{before:?}: {}{}", said.out, said.err);
        assert!(
            said.err.contains("expected a file of at most "),
            "{before:?}: {}",
            said.err
        );
    }
}

/// What a shell gives in place of a file is read as before.
#[cfg(unix)]
#[test]
fn a_pipe_of_the_shell_is_read() {
    let program = env!("CARGO_BIN_EXE_proofmark");
    for line in [
        format!("'{program}' judge <(echo x)"),
        format!("echo x | '{program}' judge /dev/stdin"),
    ] {
        let output = std::process::Command::new("bash")
            .args(["-c", &line])
            .output()
            .expect("bash");
        let said = said(output);
        assert!(
            said.code == Some(2) && said.err.contains("expected a recording"),
            "{line}: {}",
            said.err
        );
    }
    // It may be endless too.
    let line =
        format!("ulimit -v 8000000; cat /dev/zero | timeout 60 '{program}' patterns /dev/stdin");
    let said = said(
        std::process::Command::new("bash")
            .args(["-c", &line])
            .output()
            .expect("bash"),
    );
    assert!(
        said.code == Some(2) && said.err.contains("found more"),
        "{}",
        said.err
    );
}

#[test]
fn counts_have_limits() {
    for arguments in [
        &["run", "--reference", "--jobs", "100000000"][..],
        &["run", "--reference", "--jobs", "0"],
        &["fuzz", "--reference", "--jobs", "513"],
        &[
            "diff",
            "--left",
            "reference",
            "--right",
            "reference",
            "--jobs",
            "1000000",
        ],
        &["self-check", "--jobs", "1000000"],
        &["matrix", "--parallel", "1000000"],
        &["list", "--samples", "100000000000"],
        &["matrix", "--samples", "100000000000"],
        &["patterns", "x", "--samples", "100000000000"],
        &["run", "--reference", "--confirm", "1000000"],
    ] {
        let said = at_once(arguments, &[]);
        assert_eq!(
            said.code,
            Some(2),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        assert!(
            said.err.contains(" is not in "),
            "{arguments:?}: {}",
            said.err
        );
    }
    let said = at_once(&["run", "--reference"], &[("PROOFMARK_JOBS", "100000")]);
    assert!(
        said.code == Some(2) && said.err.contains("100000 is not in 1..=512"),
        "{}",
        said.err
    );
    let project = super::config::Project::new(
        "jobs",
        "[targets.one]\nendpoint = 'http://127.0.0.1:9'\njobs = 100000\n",
    );
    let words = ["proofmark.toml:3: expected a whole number from 1 to 512, found `100000`"];
    project.check(&["run", "--target", "one"], &[], 2, &words);
}
