//! The file of regressions: read before a run, added to after it.

use std::path::{Path, PathBuf};

use crate::plan::case::{Case, Origin};
use crate::plan::{OperationName, Plan};
use crate::report::shell::word;
use crate::report::{Found, Summary};
use crate::run::regressions;
use crate::support::files::Source;

use super::Failure;

/// Where counterexamples found by chance are kept.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RegressionsArgs {
    /// The file in which requests found by chance are kept, and from which they are fired first
    /// [default: proofmark-regressions.toml; with --operation and --revision their names stand
    /// before .toml]
    #[arg(long, value_name = "FILE")]
    regressions: Option<PathBuf>,
    /// Neither read nor write such a file
    #[arg(long, conflicts_with = "regressions")]
    no_regressions: bool,
    /// Whether only what a flag asks for is written, as in a CI.
    #[arg(skip)]
    pub(super) sparing: bool,
}

impl RegressionsArgs {
    /// The file's path, if one is to be used.
    pub(super) fn path(
        &self,
        operation: &OperationName,
        revision: Option<&str>,
    ) -> Option<PathBuf> {
        let usual = || {
            let other = *operation != OperationName::default();
            let operation = other.then_some(operation.operation.as_str());
            let parts = ["proofmark-regressions"].into_iter().chain(operation);
            let parts: Vec<&str> = parts.chain(revision).chain(["toml"]).collect();
            parts.join(".").into()
        };
        (!self.no_regressions).then(|| self.regressions.clone().unwrap_or_else(usual))
    }

    /// Those of one of several operations: the file that a flag names has the operation's name
    /// before `.toml`, as the usual file has.
    pub(super) fn of_one(&self, operation: &OperationName) -> Self {
        let is_usual = *operation == OperationName::default();
        let named = self.regressions.as_ref().map(|path| match is_usual {
            true => path.clone(),
            false => path.with_extension(format!("{}.toml", operation.operation)),
        });
        Self {
            regressions: named,
            ..self.clone()
        }
    }

    /// Whether the file is read and not written: in a CI, unless a flag names it.
    fn is_read_only(&self) -> bool {
        self.sparing && self.regressions.is_none()
    }

    /// What the file holds; none where there is no such file.
    pub(crate) fn read(
        &self,
        operation: &OperationName,
        revision: Option<&str>,
    ) -> Result<Option<Source>, Failure> {
        let path = self.path(operation, revision);
        let Some(path) = path.filter(|path| path.exists()) else {
            return Ok(None);
        };
        Source::open(&path).map(Some).map_err(Failure::usage)
    }

    /// Adds what the run shrunk, and notes in the summary where it was written.
    pub(crate) fn keep(
        &self,
        plan: &Plan,
        revision: Option<&str>,
        summary: &mut Summary,
    ) -> Result<(), Failure> {
        let Some(path) = self.path(&plan.operation_name(), revision) else {
            return Ok(());
        };
        // What is written already is there on every run.
        let by_chance = |c: &Found| {
            c.shrunk
                .as_ref()
                .is_some_and(|s| s.origin == Origin::Sampled)
        };

        let shrunk: Vec<_> = summary
            .found
            .values()
            .filter(|c| by_chance(c))
            .filter_map(|c| c.shrunk.as_deref())
            .collect();

        if shrunk.is_empty() {
            return Ok(());
        }
        if self.is_read_only() {
            super::complain(
                "what was found by chance is not kept: profile ci writes it only to --regressions FILE",
            );
            return Ok(());
        }

        add(plan, &path, shrunk)?;
        for found in summary.found.values_mut().filter(|c| by_chance(c)) {
            found.written = Some(path.display().to_string());
        }
        Ok(())
    }

    /// Adds a case, and says to which file; `None` where none is to be written.
    pub(crate) fn add(
        &self,
        plan: &Plan,
        revision: Option<&str>,
        case: &Case,
    ) -> Result<Option<PathBuf>, Failure> {
        let path = self.path(&plan.operation_name(), revision);
        let Some(path) = path.filter(|_| !self.is_read_only()) else {
            return Ok(None);
        };
        add(plan, &path, [case])?;
        Ok(Some(path))
    }

    /// The flags that lead another command to the same file.
    pub(crate) fn flags(&self) -> Option<String> {
        let named = self
            .regressions
            .as_ref()
            .map(|path| format!("--regressions {}", word(&path.to_string_lossy())));
        named.or_else(|| self.no_regressions.then(|| "--no-regressions".to_owned()))
    }
}

/// Adds cases to a file of regressions, which need not be there yet.
pub(super) fn add<'a>(
    plan: &Plan,
    path: &Path,
    cases: impl IntoIterator<Item = &'a Case>,
) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::unwritten(format!("{}: {e}", path.display()));
    let text = if path.exists() {
        Source::open(path).map_err(Failure::usage)?.text
    } else {
        String::new()
    };
    let whole = regressions::add(plan, &text, cases);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, whole).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::RegressionsArgs;
    use crate::plan::OperationName;

    #[test]
    fn each_of_several_operations_has_a_file() {
        let named = RegressionsArgs {
            regressions: Some(PathBuf::from("a.b/kept.toml")),
            no_regressions: false,
            sparing: false,
        };
        let path = |operation: &OperationName| named.of_one(operation).path(operation, None);
        let other: OperationName = "todo/get-todo".parse().expect("a name");
        assert_eq!(path(&other), Some("a.b/kept.get-todo.toml".into()));
        let usual = OperationName::default();
        assert_eq!(path(&usual), Some("a.b/kept.toml".into()));
    }
}
