//! `proofmark init`: a configuration file to start from.

use std::io::Write as _;
use std::path::PathBuf;

use crate::command::config::{FILE_NAME, SAMPLE};
use crate::report::Exit;

use super::{Failure, Outcome};

/// The flags of `init`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    file: PathBuf,
}

/// Carries out `init`. A file that is there stays as it is.
pub(crate) fn init(args: &InitArgs) -> Outcome {
    let shown = args.file.display();
    let cannot = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("{shown} is there already, and stays as it is"))
        }
        _ => Failure::unopened(&error, format!("{shown}: {error}")),
    };

    let mut file = std::fs::File::create_new(&args.file).map_err(cannot)?;
    file.write_all(SAMPLE.as_bytes()).map_err(|error| {
        // What is not whole would be taken for a file that somebody wrote.
        let _ = std::fs::remove_file(&args.file);
        Failure::unwritten(format!("{shown}: {error}"))
    })?;

    super::print(&format!(
        "{shown} is written: every line in it says what it is for\n"
    ));
    Ok(Exit::Conforms)
}
