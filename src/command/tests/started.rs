//! Targets that a run starts: waited for, told of where they fail, and stopped with all that they
//! started.

use std::process::Stdio;
use std::time::Duration;

use super::config::Project;
use super::process::{check, free_port, proofmark, said};

const FEW: &str = "BatchSize::range";

/// A file whose target is started by these commands of a shell.
fn file(port: u16, script: &str, more: &str) -> String {
    format!(
        "default-target = 'own'\n[targets.own]\nendpoint = 'http://127.0.0.1:{port}'\n\
         start = ['bash', '-c', '''{script}''']\n{more}\n"
    )
}

fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn started_and_stopped() {
    let port = free_port();
    // The shell is the process that is started, and what it starts in turn must end too.
    let script = format!(
        "echo up >started; '{}' serve --port {port} & wait",
        env!("CARGO_BIN_EXE_proofmark")
    );
    let project = Project::new("started", &file(port, &script, ""));
    project.check(&["run", FEW], &[], 0, &["CONFORMS"]);
    assert!(
        project.path().join("started").exists(),
        "it was not started in the folder of the file"
    );
    assert!(!listens(port), "it is still there");
    let id = "update-event-source-mapping::request::BatchSize::range::min::below-min";
    project.check(&["replay", id], &[], 0, &["verdict      pass"]);
    assert!(!listens(port));
    // It is for the file's endpoint alone, and `fixtures` would take away what it made.
    std::fs::remove_file(project.path().join("started")).expect("a file");
    project.check(
        &[
            "run",
            FEW,
            "--endpoint",
            &format!("http://127.0.0.1:{port}"),
        ],
        &[],
        3,
        &[],
    );
    project.check(&["fixtures"], &[], 3, &["cannot be reached"]);
    assert!(!project.path().join("started").exists());
}

/// The target of a CI job may still be starting when the job comes to the suite.
#[test]
fn waited_for() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let run = ["run", FEW, "--no-regressions", "--endpoint", &url, "--wait"];
    let message = format!("{url} did not answer within 200ms: ");
    check(&[&run[..], &["200ms"]].concat(), 3, &[&message, "refused"]);

    let waiting = proofmark()
        .args(run)
        .arg("60s")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut served = proofmark();
    let port = url.rsplit(':').next().expect("a port");
    served.args(["serve", "--port", port]).stdout(Stdio::null());
    let mut served = served.spawn().expect("the binary starts");
    let said = said(waiting.wait_with_output().expect("an end"));
    served.kill().expect("it runs");
    served.wait().expect("an end");
    assert_eq!(said.code, Some(0), "{}", said.out);
}

#[test]
fn one_that_will_not_be_ready() {
    let dead = Project::new(
        "dead",
        &file(free_port(), "echo one; echo two >&2; exit 7", ""),
    );
    dead.check(
        &["run", FEW],
        &[],
        3,
        &[
            "bash ended before it was ready: exit status: 7",
            "  | one\n  | two",
        ],
    );
    let slow = Project::new(
        "slow",
        &file(free_port(), "sleep 60", "ready-timeout = 0.3"),
    );
    slow.check(
        &["run", FEW],
        &[],
        3,
        &["bash was not ready after 300ms", "(it wrote nothing)"],
    );
    let absent = file(free_port(), "", "").replace("'bash'", "'/no/such/program'");
    Project::new("absent", &absent).check(
        &["run", FEW],
        &[],
        3,
        &["start: /no/such/program: No such file"],
    );
    // The reference answers 404 there.
    let port = free_port();
    let script = format!(
        "exec '{}' serve --port {port}",
        env!("CARGO_BIN_EXE_proofmark")
    );
    let unready = Project::new(
        "unready",
        &file(port, &script, "ready = '/health'\nready-timeout = 0.5"),
    );
    unready.check(
        &["run", FEW],
        &[],
        3,
        &[
            "was not ready after 500ms",
            "/health",
            "  | http://127.0.0.1",
        ],
    );
    assert!(!listens(port));
    let served = super::process::serve(&[]);
    let taken = served
        .url
        .rsplit(':')
        .next()
        .and_then(|p| p.parse().ok())
        .expect("a port");
    Project::new("taken", &file(taken, "sleep 60", "")).check(
        &["run", FEW],
        &[],
        3,
        &["answers already"],
    );
}

#[test]
fn stopped_after_an_interrupt() {
    let port = free_port();
    let script = format!(
        "exec '{}' serve --port {port}",
        env!("CARGO_BIN_EXE_proofmark")
    );
    for interrupts in [1, 2] {
        // It takes the end badly, as some do.
        let stubborn = format!("trap '' TERM; ({script}); sleep 60");
        let project = Project::new(
            &format!("interrupt-{interrupts}"),
            &file(port, &stubborn, ""),
        );
        let mut command = project.command(&["run", "--rate", "100/s"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        while !listens(port) {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        for _ in 0..interrupts {
            let id = child.id().to_string();
            let sent = std::process::Command::new("kill")
                .args(["-INT", &id])
                .status();
            assert!(sent.is_ok_and(|s| s.success()));
            // What comes within a second of the first is the same request.
            std::thread::sleep(Duration::from_millis(1200));
        }
        assert_eq!(child.wait().expect("an end").code(), Some(130));
        assert!(!listens(port), "it is still there");
    }
}

#[test]
fn interrupted_before_it_is_ready() {
    let port = free_port();
    let project = Project::new("early", &file(port, "echo $$ >id; exec sleep 60", ""));
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let id = project.path().join("id");
    while !std::fs::read_to_string(&id).is_ok_and(|text| text.ends_with('\n')) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|s| s.success()));
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    let id = std::fs::read_to_string(&id).expect("a number");
    let alive = std::process::Command::new("kill")
        .args(["-0", id.trim()])
        .stderr(Stdio::null())
        .status();
    assert!(alive.is_ok_and(|s| !s.success()), "it is still there");
}
