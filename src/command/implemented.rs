//! The list of operations that a target implements: read before a run, held against it, and written
//! where that is asked for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::report::Report;
use crate::report::document::OperationState;
use crate::support::files::Source;

use super::Failure;

/// Which operations the target is to implement.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ImplementedArgs {
    /// A file that names the operations which the target implements, one a line. The run fails where
    /// one of them is not judged, and not where another operation is not
    #[arg(long, value_name = "FILE")]
    implemented: Option<PathBuf>,
    /// Add the operations that this run judged to that file, which need not be there yet
    #[arg(long, requires = "implemented")]
    implemented_update: bool,
}

/// The operations of the file.
pub(crate) struct Implemented {
    path: PathBuf,
    listed: BTreeSet<String>,
}

/// The first lines of a file that is written.
const HEAD: &str = "# The operations that the target implements. A run with --implemented fails where one of them\n\
                    # is not judged any more; --implemented-update adds those that are judged now.\n";

impl ImplementedArgs {
    /// Reads the file, if one is named. One that is missing is a fault, unless it is to be written.
    pub(crate) fn read(&self) -> Result<Option<Implemented>, Failure> {
        let Some(path) = self.implemented.clone() else {
            return Ok(None);
        };
        if !path.exists() && self.implemented_update {
            let listed = BTreeSet::new();
            return Ok(Some(Implemented { path, listed }));
        }
        if !path.exists() {
            let shown = path.display();
            return Err(Failure::usage(format!(
                "--implemented: no file {shown}; --implemented-update writes one"
            )));
        }

        let file = Source::open(&path).map_err(Failure::usage)?;
        let listed = listed(&file)?;
        Ok(Some(Implemented { path, listed }))
    }

    /// Adds the operations that were judged to the file, where that is asked for, and holds the
    /// list against the report.
    pub(crate) fn hold(
        &self,
        implemented: &Implemented,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let file = implemented.path.display().to_string();
        let mut listed = implemented.listed.clone();
        let mut written = Ok(());
        if self.implemented_update {
            let judged = report.operations.iter();
            let judged = judged.filter(|one| one.state == OperationState::Judged);
            listed.extend(judged.map(|one| one.slug.clone()));
            if listed != implemented.listed || !implemented.path.exists() {
                written = implemented.write(&listed);
            }
            let (added, all) = (listed.len() - implemented.listed.len(), listed.len());
            super::complain(&format!("{file}: {added} added, {all} in all"));
        }

        report.hold_implemented(file, &listed);
        written
    }
}

impl Implemented {
    fn write(&self, listed: &BTreeSet<String>) -> Result<(), Failure> {
        let failed = |e: std::io::Error| {
            Failure::unwritten(format!("--implemented {}: {e}", self.path.display()))
        };
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut text = HEAD.to_owned();
        for operation in listed {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{operation}");
        }
        std::fs::write(&self.path, text).map_err(failed)
    }
}

/// The names in a file. What follows `#` is a comment.
fn listed(file: &Source) -> Result<BTreeSet<String>, Failure> {
    let mut listed = BTreeSet::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let name = line.split('#').next().unwrap_or_default().trim();
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.chars().all(is_name) {
            let at = start..start + line.trim_end().len();
            let message = "expected the name of an operation as `proofmark run` shows it, such as \
                           create-function";
            return Err(Failure::usage(file.at(at, message)));
        }
        if !name.is_empty() {
            listed.insert(name.to_owned());
        }
        start += line.len();
    }
    Ok(listed)
}
