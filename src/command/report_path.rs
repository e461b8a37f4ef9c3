//! `FORMAT` or `FORMAT=PATH`: what a report is, and where it goes.

use std::path::{Path, PathBuf};

use crate::support::echo::{did_you_mean, shown};

use super::Failure;

/// The folder of reports for which no path is named.
const FOLDER: &str = "target/proofmark";

/// A report that is wanted, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted<F> {
    pub(super) format: F,
    /// What the format is called.
    name: &'static str,
    /// None for standard output.
    pub(super) path: Option<PathBuf>,
    /// Whether standard output is for it alone: the path `-` says so.
    alone: bool,
}

impl<F> Wanted<F> {
    /// That it cannot be written.
    pub(super) fn failure(&self, why: impl std::fmt::Display) -> String {
        let path = self
            .path
            .as_deref()
            .unwrap_or(Path::new("standard output"))
            .display();
        format!("--report {}: {path} cannot be written: {why}", self.name)
    }

    /// Makes sure that none goes where another does.
    pub(super) fn apart(wanted: &[Self]) -> Result<(), Failure> {
        for (number, one) in wanted.iter().enumerate() {
            if one.path.is_some() && wanted[..number].iter().any(|other| other.path == one.path) {
                return Err(Failure::usage(one.failure("another report goes there")));
            }
        }
        Ok(())
    }
}

/// Prints a text for a person: where standard output is for a report alone, on standard error.
pub(super) fn print_beside<'w, F: 'w>(
    mut reports: impl Iterator<Item = &'w Wanted<F>>,
    text: &str,
) {
    match reports.any(|wanted| wanted.alone) {
        true => super::output::show(text),
        false => super::print(text),
    }
}

/// Reads what is wanted. Of each format the name and the name of its file are told; without a path,
/// or with `-`, a report goes to standard output.
pub(super) fn wanted<F: Copy>(
    text: &str,
    formats: &[F],
    name_of: impl Fn(F) -> &'static str,
    file_of: impl Fn(F) -> Option<&'static str>,
) -> Result<Wanted<F>, String> {
    let (name, path) = text
        .split_once('=')
        .map_or((text, None), |(name, path)| (name, Some(path)));
    let Some(format) = formats
        .iter()
        .copied()
        .find(|format| name_of(*format) == name)
    else {
        let known: Vec<_> = formats.iter().copied().map(name_of).collect();
        let hint = did_you_mean(name, known.iter().copied());
        return Err(format!(
            "no format `{}`: expected one of {}{hint}",
            shown(name),
            known.join(", ")
        ));
    };

    let alone = path == Some("-");
    let path = match path {
        Some("") => return Err(format!("expected a path after `{name}=`")),
        Some("-") => None,
        Some(path) => Some(path.into()),
        None => file_of(format).map(|file| Path::new(FOLDER).join(file)),
    };

    Ok(Wanted {
        format,
        name: name_of(format),
        path,
        alone,
    })
}
