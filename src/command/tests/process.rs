//! Running the binary, in an environment of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

/// What a finished process said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// `proofmark serve` on a free port, for as long as this lives.
pub struct Served {
    child: Child,
    pub url: String,
}

/// The binary under test.
pub fn proofmark() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
    // Whoever runs the tests may have an endpoint and credentials of his own in the environment.
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| {
        name.to_str()
            .is_some_and(|name| name.starts_with("PROOFMARK_"))
    }) {
        command.env_remove(name);
    }
    // Nor is a file that lies further up, or where the tests run, what they are about.
    command.env("PROOFMARK_NO_CONFIG", "1");
    for name in [
        "CI",
        "GITHUB_WORKFLOW_REF",
        "AWS_ENDPOINT_URL_LAMBDA",
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_CA_BUNDLE",
        "AWS_REGION",
        "PROOFMARK_BASELINE",
        "PROOFMARK_TODAY",
        "NO_COLOR",
    ] {
        command.env_remove(name);
    }
    // What is found by chance is kept in the folder a run is started from.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.stdin(Stdio::null());
    command
}

/// What the binary says to these arguments.
pub fn say(arguments: &[&str]) -> Said {
    said(
        proofmark()
            .args(arguments)
            .output()
            .expect("the binary starts"),
    )
}

pub fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The exit code, and words that both streams together hold.
#[track_caller]
pub fn check(arguments: &[&str], code: i32, words: &[&str]) -> Said {
    let said = say(arguments);
    assert_eq!(
        said.code,
        Some(code),
        "{arguments:?}\n{}\n{}",
        said.out,
        said.err
    );
    let all = format!("{}\n{}", said.out, said.err);
    for word in words {
        assert!(
            all.contains(word),
            "`{word}` is not in what {arguments:?} says:\n{all}"
        );
    }
    assert!(!all.contains("panicked"), "{all}");
    said
}

/// Serves the reference with these arguments.
pub fn serve(arguments: &[&str]) -> Served {
    let mut command = proofmark();
    command
        .args(["serve", "--port", "0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let mut child = command.spawn().expect("the binary starts");
    let mut line = String::new();
    let out = child.stdout.take().expect("a pipe");
    BufReader::new(out).read_line(&mut line).expect("a line");
    Served {
        child,
        url: line.trim().to_owned(),
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is gone already, or goes now: a test that is over has no use for either answer.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one request of a connection, and gives its first line.
pub fn request_line(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut first = String::new();
    let _ = reader.read_line(&mut first);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }

    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    first
}

/// A port on which nobody listens, for a server that is yet to start.
///
/// No other test of this process or of another is given it: the UDP port of the same number is held
/// until the process ends. It is below the ports that the system gives to connections.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(port < 24_000, "every port is taken");
        if let Ok(held) = UdpSocket::bind(("127.0.0.1", port))
            && TcpListener::bind(("127.0.0.1", port)).is_ok()
        {
            std::mem::forget(held);
            return port;
        }
    }
}
