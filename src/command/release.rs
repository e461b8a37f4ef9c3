//! Which version of a target it is, as a command of the configuration file tells.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::config::Release;
use tokio::sync::watch;

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// So many characters of what it writes are shown.
const MOST: usize = 60;

/// The version; none where the command fails, which is no reason not to judge the target.
pub(super) fn of(release: &Release, stop: &watch::Receiver<bool>) -> Option<String> {
    match release {
        Release::Known(text) => Some(text.clone()),
        Release::Told { command, folder } => {
            let told = told(command, folder, stop);
            if told.is_none() {
                crate::command::complain(&format!("version: {} tells none", command.join(" ")));
            }
            told
        }
    }
}

fn told(
    command: &[String],
    folder: &std::path::Path,
    stop: &watch::Receiver<bool>,
) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());

    let mut child = command.spawn().ok()?;
    let limit = Instant::now() + PATIENCE;
    let ended = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if Instant::now() < limit && !*stop.borrow() => {
                std::thread::sleep(Duration::from_millis(20))
            }
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    };

    let output = child.wait_with_output().ok().filter(|_| ended.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(
        line.chars()
            .filter(|c| !c.is_control())
            .take(MOST)
            .collect(),
    )
}
