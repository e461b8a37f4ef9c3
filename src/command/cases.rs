//! `proofmark cases`: which operations can be judged, and the files that say how.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::plan::{judged_operations, visible_folders};
use crate::report::Exit;
use crate::support::files::{FileError, Files};

use super::model_args::ModelArgs;
use super::{Failure, Outcome};

/// The flags of `cases`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CasesArgs {
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Write the contracts and cases that are built in into this folder, which must not be there
    /// yet: to start from, with --cases. With --model, those of its services
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

/// Carries out `cases`.
pub(crate) fn cases(args: &CasesArgs) -> Outcome {
    if let Some(folder) = &args.export {
        return export(folder, args);
    }

    let files = args.model.files(args.cases.as_ref())?;
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

fn export(folder: &Path, args: &CasesArgs) -> Outcome {
    let shown = folder.display();
    // Nothing is written over: what is there may be somebody's work.
    if folder.exists() {
        return Err(Failure::usage(format!(
            "--export {shown}: it is there already; expected a folder that is not"
        )));
    }

    let files = args.model.files(args.cases.as_ref())?;
    let files = match &files {
        Files::Layered(..) => of_document(&files).map_err(Failure::usage)?,
        Files::Folder(cases) => {
            return Err(Failure::usage(format!(
                "--cases {} --export: what is written is what is built in; with --model DOCUMENT it \
                 is the document's, with what a folder of cases says besides",
                cases.display()
            )));
        }
        Files::Embedded => Files::embedded()
            .into_iter()
            .map(|(path, bytes)| (path, bytes.to_owned()))
            .collect(),
    };
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

/// The files of the services of a document: its contracts, and what the folders say besides.
fn of_document(files: &Files) -> Result<Vec<(PathBuf, Vec<u8>)>, FileError> {
    let services: BTreeSet<&str> = files
        .documented()
        .filter_map(|folder| Some(folder.split_once('/')?.0))
        .collect();

    let mut all = Vec::new();
    for service in services {
        let operations = visible_folders(files, service)?;
        let operations = operations.iter().map(|name| format!("{service}/{name}"));
        for folder in std::iter::once(service.to_owned()).chain(operations) {
            for name in files.list(&folder)? {
                let path = format!("{folder}/{name}");
                all.push((PathBuf::from(&path), files.read(&path)?.text.into_bytes()));
            }
        }
    }
    Ok(all)
}
