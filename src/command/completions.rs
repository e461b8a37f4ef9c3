//! `proofmark completions` and `proofmark man`: what a package of the command installs beside it.

use std::path::{Path, PathBuf};

use crate::report::Exit;
use clap::Command;

use super::{Failure, Outcome};

/// The flags of `completions`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: clap_complete::Shell,
}

/// The flags of `man`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write a page for every command into this folder, instead of the first one to standard output
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Carries out `completions`, of that command.
pub(crate) fn completions(args: &CompletionsArgs, mut command: Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "proofmark", &mut script);
    super::output::document(&String::from_utf8_lossy(&script));
    Ok(Exit::Conforms)
}

/// Carries out `man`, of that command.
pub(crate) fn man(args: &ManArgs, mut command: Command) -> Outcome {
    // The pages of the commands say all flags, and the first one of `run` too.
    command.build();
    let Some(folder) = &args.dir else {
        super::output::document(&page(&command).map_err(Failure::usage)?);
        return Ok(Exit::Conforms);
    };

    write(folder, &command)?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        write(folder, &sub.clone())?;
    }
    Ok(Exit::Conforms)
}

fn write(folder: &Path, command: &Command) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    let cannot =
        |error: std::io::Error| Failure::unopened(&error, format!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    std::fs::write(&path, page(command).map_err(cannot)?).map_err(cannot)
}

fn page(command: &Command) -> std::io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
