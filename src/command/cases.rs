//! `proofmark cases`: which operations can be judged, and the files that say how.

use std::path::{Path, PathBuf};

use crate::plan::judged_operations;
use crate::report::Exit;
use crate::support::files::Files;

use super::{Failure, Outcome};

/// The flags of `cases`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CasesArgs {
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR", conflicts_with = "export")]
    cases: Option<PathBuf>,
    /// Write the contracts and cases that are built in into this folder, which must not be there
    /// yet: to start from, with --cases
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

/// Carries out `cases`.
pub(crate) fn cases(args: &CasesArgs) -> Outcome {
    if let Some(folder) = &args.export {
        return export(folder);
    }

    let files = args.cases.clone().map_or(Files::Embedded, Files::Folder);
    let names = judged_operations(&files).map_err(Failure::usage)?;
    if names.is_empty() {
        return Err(Failure {
            exit: Exit::NothingTested,
            message: "there is no operation with a contract and a table [binding.OPERATION]"
                .to_owned(),
        });
    }

    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    super::print(&lines);
    Ok(Exit::Conforms)
}

fn export(folder: &Path) -> Outcome {
    let shown = folder.display();
    // Nothing is written over: what is there may be somebody's work.
    if folder.exists() {
        return Err(Failure::usage(format!(
            "--export {shown}: it is there already; expected a folder that is not"
        )));
    }

    let files = Files::embedded();
    let count = files.len();
    for (path, bytes) in files {
        let path = folder.join(path);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|e| Failure::unwritten(format!("--export {}: {e}", path.display())))?;
    }

    super::print(&format!(
        "{count} files in {shown}; `proofmark run --cases {shown}` judges by them\n"
    ));
    Ok(Exit::Conforms)
}
