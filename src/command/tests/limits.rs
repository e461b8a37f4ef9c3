//! Limits of our own process: they are no fault of a target, and end nothing that could go on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use super::process::{Said, free_port, proofmark, said, serve};

/// The binary with these arguments, and no more than so many open files.
fn with_files(files: u32, arguments: &[&str]) -> Said {
    let own = proofmark();
    let mut command = Command::new("sh");
    command.env_clear().envs(
        std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("PROOFMARK_")),
    );
    command.envs(
        own.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    for (name, _) in own.get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(name);
    }
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
        .args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")])
        .arg(own.get_program())
        .args(arguments);
    said(command.output().expect("a shell"))
}

#[test]
fn more_workers_than_files() {
    let served = serve(&[]);
    let said = with_files(
        32,
        &[
            "run",
            "--endpoint",
            &served.url,
            "--jobs",
            "64",
            "BatchSize::range",
        ],
    );
    assert!(
        matches!(said.code, Some(0 | 3)),
        "{:?}\n{}\n{}",
        said.code,
        said.out,
        said.err
    );
    assert!(
        !said.out.contains("FAIL") && !said.err.contains("panicked"),
        "{}\n{}",
        said.out,
        said.err
    );
    if said.code == Some(3) {
        assert!(said.out.contains("ulimit -n"), "{}\n{}", said.out, said.err);
    }
}

#[test]
fn no_file_to_be_had() {
    let served = serve(&[]);
    for files in [4, 5, 6, 8, 10, 12] {
        for arguments in [
            &["run", "--endpoint", &served.url, "BatchSize::range"][..],
            &["run", "BatchSize::range"],
        ] {
            let said = with_files(files, arguments);
            let all = format!("{}\n{}", said.out, said.err);
            // Fewer than the dynamic linker needs are no concern of ours.
            let started = !all.contains("error while loading shared libraries");
            assert!(!all.contains("panicked"), "{files} files: {all}");
            assert!(
                !started || matches!(said.code, Some(0 | 3)),
                "{files} files: {:?} {all}",
                said.code
            );
            assert!(
                !started || said.code == Some(0) || all.contains("ulimit -n"),
                "{files} files: {all}"
            );
        }
    }
}

#[test]
fn a_server_goes_on_when_it_has_room_again() {
    let port = free_port();
    let own = proofmark();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -n 24; exec \"$0\" serve --port {port}"),
        ])
        .arg(own.get_program());
    let mut server = command
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a shell");
    let connect = || TcpStream::connect(("127.0.0.1", port));
    let since = std::time::Instant::now();
    while connect().is_err() {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "it does not listen"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let idle: Vec<_> = (0..60).filter_map(|_| connect().ok()).collect();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        idle.len() > 30 && server.try_wait().is_ok_and(|ended| ended.is_none()),
        "it ended"
    );
    drop(idle);
    let mut again = connect().expect("a connection");
    again
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a limit");
    again
        .write_all(b"GET /2015-03-31/functions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .expect("room");
    let mut answer = String::new();
    let read = again.read_to_string(&mut answer);
    let _ = (server.kill(), server.wait());
    assert!(
        read.is_ok() && answer.starts_with("HTTP/1.1 200"),
        "{read:?} {answer}"
    );
}
