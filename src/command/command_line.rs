//! The command line, read: what is wrong with it is told in a few lines, however long it is.

use std::io::IsTerminal as _;

use crate::report::Exit;
use crate::support::echo;
use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::arguments::Cli;
use super::{help, output};

/// The longest argument, in bytes: a path has at most 4,096, and no server takes a header of more
/// than this.
const LONGEST: usize = 16 << 10;

/// Reads the command line. `Err`: all is said, and the process ends with that code.
pub(super) fn read() -> Result<Cli, Exit> {
    // Looking for a flag that is like a long one would take seconds.
    if let Some((number, length)) = too_long() {
        output::tell(&format!(
            "proofmark: argument {number} has {length} bytes: expected at most {LONGEST}"
        ));
        return Err(Exit::Usage);
    }

    let arguments: Vec<_> = std::env::args_os().collect();
    let mut command = command();
    if let Some(exit) = help::answer(&command, &arguments) {
        return Err(exit);
    }
    let matches = command.try_get_matches_from_mut(arguments);
    matches
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches))
        .map_err(|said| answered(&said.format(&mut command)))
}

/// The command line as clap reads it, with the topics of the guide in its help.
pub(super) fn command() -> Command {
    help::with_topics(Cli::command())
}

/// Help, the version, or what is wrong with the command line.
fn answered(said: &clap::Error) -> Exit {
    let text = said.render();
    // What is no fault is help that was asked for, and goes to standard output.
    if !said.use_stderr() {
        output::print(&if std::io::stdout().is_terminal() {
            text.ansi().to_string()
        } else {
            text.to_string()
        });
        return Exit::Conforms;
    }

    let plain = text.to_string();
    let is_short = plain.lines().all(|line| echo::message(line) == line);
    match is_short && std::io::stderr().is_terminal() {
        true => output::show(&text.ansi().to_string()),
        false => output::tell(&echo::message(plain.trim_end())),
    }
    Exit::Usage
}

/// The number and the length of the first argument that is longer than any that is meant.
fn too_long() -> Option<(usize, usize)> {
    std::env::args_os()
        .enumerate()
        .map(|(at, text)| (at, text.len()))
        .find(|(_, length)| *length > LONGEST)
}
