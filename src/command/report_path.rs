//! `FORMAT` or `FORMAT=PATH`: what a report is, and where it goes.

use std::path::{Path, PathBuf};

/// The folder of reports for which no path is named.
const FOLDER: &str = "target/proofmark";

/// Reads what is wanted. Of each format the name and the name of its file are told; without a path, or with `-`, a report
/// goes to standard output.
pub(super) fn format_and_path<F: Copy>(
    text: &str,
    formats: &[F],
    name_of: impl Fn(F) -> &'static str,
    file_of: impl Fn(F) -> Option<&'static str>,
) -> Result<(F, Option<PathBuf>), String> {
    let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
    let Some(format) = formats.iter().copied().find(|format| name_of(*format) == name) else {
        let known: Vec<_> = formats.iter().copied().map(name_of).collect();
        return Err(format!("no format `{name}`: expected one of {}", known.join(", ")));
    };
    let path = match path {
        Some("") => return Err(format!("expected a path after `{name}=`")),
        Some("-") => None,
        Some(path) => Some(path.into()),
        None => file_of(format).map(|file| Path::new(FOLDER).join(file)),
    };
    Ok((format, path))
}
