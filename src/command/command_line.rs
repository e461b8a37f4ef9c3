//! The command line, read: what is wrong with it is told in a few lines, however long it is.

use std::process::ExitCode;

use clap::Parser as _;
use proofmark::echo;
use proofmark::report::Exit;

use super::Cli;

/// The longest argument, in bytes: a path has at most 4,096, and no server takes a header of more than this.
const LONGEST: usize = 16 << 10;

/// Reads the command line. `Err`: all is said, and the process ends with that code.
pub(super) fn read() -> Result<Cli, ExitCode> {
    // Looking for a flag that is like a long one would take seconds.
    if let Some((number, length)) = too_long() {
        eprintln!("proofmark: argument {number} has {length} bytes: expected at most {LONGEST}");
        return Err(ExitCode::from(Exit::Usage as u8));
    }
    Cli::try_parse().map_err(|error| {
        // What is no fault is help that was asked for, and goes to standard output.
        if !error.use_stderr() || error.render().to_string().lines().all(|line| echo::message(line) == line) {
            error.exit();
        }
        eprintln!("{}", echo::message(error.render().to_string().trim_end()));
        ExitCode::from(Exit::Usage as u8)
    })
}

/// The number and the length of the first argument that is longer than any that is meant.
fn too_long() -> Option<(usize, usize)> {
    std::env::args_os().enumerate().map(|(at, text)| (at, text.len())).find(|(_, length)| *length > LONGEST)
}
