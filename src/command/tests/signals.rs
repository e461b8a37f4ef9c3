//! Signals that ask for an end: heard whatever else goes on, and whether or not anybody reads what
//! is printed.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::config::Project;
use super::process::{Served, free_port, proofmark, serve};
use super::runs::mappings;

const FEW: &str = "BatchSize::range";
/// Whoever waits longer for an end takes SIGKILL.
const SOON: Duration = Duration::from_secs(20);

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("signals-{name}-{}", std::process::id()));
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

    fn report(&self, file: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.0.join(file)).expect("a report"))
            .expect("JSON")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("a process to signal");
}

/// The code that it ends with.
#[track_caller]
fn end(mut child: Child) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        if started.elapsed() > SOON {
            let _ = child.kill();
            panic!("it did not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A pipe that takes no more, and that nobody reads.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut other = writer.try_clone().expect("a pipe");
    // It blocks once the pipe is full, and ends with the test's process.
    let (full, filled) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        while other.write_all(b".").is_ok() {
            let _ = full.send(());
        }
    });
    while filled.recv_timeout(Duration::from_millis(300)).is_ok() {}
    (reader, writer)
}

fn wait_for_mapping(served: &Served, child: &mut Child) {
    while !mappings(&served.url).contains("UUID") {
        assert!(
            child.try_wait().is_ok_and(|ended| ended.is_none()),
            "it ended before its first mapping"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_signal_is_heard_although_nobody_can_read() {
    let served = serve(&[]);
    for (asked, closed) in [
        (Signal::INT, false),
        (Signal::TERM, false),
        (Signal::HUP, false),
        (Signal::INT, true),
    ] {
        let folder = Folder::new(&format!("full-{}-{closed}", asked.as_raw()));
        let report = format!("--report=json={}", folder.path("report.json"));
        let mut command = proofmark();
        command.args([
            "run",
            "--rate",
            "100",
            "--endpoint",
            &served.url,
            "--no-regressions",
            &report,
        ]);
        if closed {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            command
                .stderr(writer.try_clone().expect("a pipe"))
                .stdout(writer);
        } else {
            let full = || {
                File::options()
                    .write(true)
                    .open("/dev/full")
                    .expect("a device")
            };
            command.stderr(full()).stdout(full());
        }
        let mut child = command.spawn().expect("the binary starts");
        wait_for_mapping(&served, &mut child);
        signal(&child, asked);
        assert_eq!(end(child), Some(130), "{asked:?}");
        assert_eq!(
            folder.report("report.json")["stopped"]["kind"],
            "interrupted",
            "{asked:?}"
        );
        assert!(!mappings(&served.url).contains("UUID"), "{asked:?}");
    }
}

/// A campaign has no end of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_campaign_whose_messages_are_lost_is_interrupted() {
    let folder = Folder::new("campaign");
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("a device");
    let mut command = proofmark();
    command.args([
        "fuzz",
        "--reference",
        "--no-regressions",
        "--corpus",
        &folder.path("corpus"),
    ]);
    let child = command
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .expect("the binary starts");
    std::thread::sleep(Duration::from_secs(2));
    signal(&child, Signal::INT);
    assert_eq!(end(child), Some(130));
}

#[test]
fn pipes_that_nobody_reads_delay_no_end() {
    let folder = Folder::new("stuck");
    let (_nobody, stuck) = full_pipe();
    let mut command = proofmark();
    let corpus = folder.path("corpus");
    command.args([
        "fuzz",
        "--reference",
        "--status-every",
        "10ms",
        "--no-regressions",
        "--corpus",
        &corpus,
    ]);
    command
        .stdout(stuck.try_clone().expect("a pipe"))
        .stderr(stuck.try_clone().expect("a pipe"));
    let child = command.spawn().expect("the binary starts");
    std::thread::sleep(Duration::from_secs(2));
    signal(&child, Signal::INT);
    assert_eq!(end(child), Some(130));

    // A run that is over but for its text, which nobody takes: its report is written once an end is
    // asked for.
    let report = format!("--report=json={}", folder.path("report.json"));
    let mut command = proofmark();
    command
        .args(["run", FEW, "--reference", "--no-regressions", &report])
        .stdout(stuck)
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    std::thread::sleep(Duration::from_secs(6));
    assert!(
        child.try_wait().expect("a child").is_none(),
        "it did not wait for its reader"
    );
    signal(&child, Signal::TERM);
    assert_eq!(end(child), Some(130));
    assert_eq!(folder.report("report.json")["exit"]["code"], 0);
}

/// As `timeout` of GNU does: the process is signalled, and right after it its group.
#[test]
fn two_signals_at_once_are_one_request() {
    let served = serve(&[]);
    for (first, second) in [
        (Signal::TERM, Signal::TERM),
        (Signal::INT, Signal::TERM),
        (Signal::INT, Signal::HUP),
    ] {
        let folder = Folder::new(&format!("twice-{}-{}", first.as_raw(), second.as_raw()));
        let report = format!("--report=json={}", folder.path("report.json"));
        let mut command = proofmark();
        command.args([
            "run",
            "--rate",
            "100",
            "--endpoint",
            &served.url,
            "--no-regressions",
            &report,
        ]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        wait_for_mapping(&served, &mut child);
        signal(&child, first);
        std::thread::sleep(Duration::from_millis(30));
        signal(&child, second);
        assert_eq!(end(child), Some(130));
        assert_eq!(
            folder.report("report.json")["stopped"]["kind"],
            "interrupted"
        );
        assert!(!mappings(&served.url).contains("UUID"));
    }
}

/// What is started says that it is not ready, for as long as it likes.
#[test]
fn a_run_whose_target_does_not_come_up_is_reported() {
    let port = free_port();
    let file = format!(
        "default-target = 'own'\n[targets.own]\nendpoint = 'http://127.0.0.1:{port}'\n\
         start = ['bash', '-c', 'echo >started; exec sleep 60']\n"
    );
    let project = Project::new("never-up", &file);
    let mut command = project.command(&["run", FEW, "--report=json=report.json"]);
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    while !project.path().join("started").exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, Signal::HUP);
    assert_eq!(end(child), Some(130));
    let report = std::fs::read_to_string(project.path().join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["stopped"]["kind"], "interrupted");
    let left: Vec<_> = std::fs::read_dir(project.path())
        .expect("a folder")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains(".part")),
        "{left:?}"
    );
}

/// What has nothing to end well ends at once, whatever it reads or writes.
#[test]
fn commands_without_a_target_end_at_once() {
    let (_nobody, stuck) = full_pipe();
    let mut listing = proofmark();
    listing.args(["list"]).stdout(stuck).stderr(Stdio::null());
    let mut serving = proofmark();
    serving
        .args(["serve", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut checking = proofmark();
    checking
        .args(["self-check"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for (mut command, code) in [(listing, 130), (serving, 0), (checking, 130)] {
        for asked in [Signal::INT, Signal::TERM, Signal::HUP] {
            let child = command.spawn().expect("the binary starts");
            std::thread::sleep(Duration::from_millis(1500));
            signal(&child, asked);
            assert_eq!(end(child), Some(code), "{command:?} {asked:?}");
        }
    }
}

/// `nohup` is for what is to go on when the terminal ends.
#[cfg(target_os = "linux")]
#[test]
fn a_hang_up_that_is_ignored_stays_so() {
    let mut command = std::process::Command::new("bash");
    let line = format!(
        "trap '' HUP; exec '{}' serve --port 0",
        env!("CARGO_BIN_EXE_proofmark")
    );
    let mut child = command
        .args(["-c", &line])
        .stdout(Stdio::null())
        .spawn()
        .expect("bash");
    std::thread::sleep(Duration::from_millis(1500));
    signal(&child, Signal::HUP);
    std::thread::sleep(Duration::from_millis(500));
    assert!(child.try_wait().expect("a child").is_none(), "it ended");
    signal(&child, Signal::TERM);
    assert_eq!(end(child), Some(0));
}
