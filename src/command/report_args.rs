//! Machine-readable reports: where they go, and that they can go there before anything is sent.

use std::fs::File;
use std::path::{Path, PathBuf};

use proofmark::report::{Format, Report};

use super::Failure;

/// The folder of reports for which no path is named.
const FOLDER: &str = "target/proofmark";

/// Which reports are written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Write a report, FORMAT or FORMAT=PATH, as often as there are formats wanted; without a path it goes into
    /// target/proofmark/
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = wanted)]
    reports: Vec<Wanted>,
}

/// A report that is wanted, and its path.
#[derive(Clone, Debug)]
struct Wanted {
    format: Format,
    path: PathBuf,
}

/// Reports that can be written: each has a file beside its path, which takes its place when it is whole.
#[derive(Debug, Default)]
pub(super) struct Reports {
    files: Vec<(Wanted, PathBuf)>,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
    let Some(format) = Format::of(name) else {
        let known: Vec<_> = Format::ALL.into_iter().map(Format::name).collect();
        return Err(format!("no format `{name}`: expected one of {}", known.join(", ")));
    };
    match path {
        Some("") => Err(format!("expected a path after `{name}=`")),
        Some(path) => Ok(Wanted { format, path: path.into() }),
        None => Ok(Wanted { format, path: Path::new(FOLDER).join(format.file_name()) }),
    }
}

impl ReportArgs {
    /// Makes sure that every report can be written, before the run that it is of.
    pub(super) fn open(&self) -> Result<Reports, Failure> {
        let mut reports = Reports::default();
        for (number, wanted) in self.reports.iter().enumerate() {
            if self.reports[..number].iter().any(|w| w.path == wanted.path) {
                return Err(Failure::usage(format!("--report: two reports go to {}", wanted.path.display())));
            }
            let failed = |e: std::io::Error| {
                Failure::usage(format!("--report: {} cannot be written: {e}", wanted.path.display()))
            };
            if wanted.path.is_dir() {
                return Err(Failure::usage(format!("--report: {} is a folder", wanted.path.display())));
            }
            if let Some(folder) = wanted.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            let mut name = wanted.path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.part", std::process::id()));
            let part = wanted.path.with_file_name(name);
            File::create(&part).map_err(failed)?;
            reports.files.push((wanted.clone(), part));
        }
        Ok(reports)
    }
}

impl Reports {
    /// Whether there is none to write.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes every report. One that fails is no reason not to write the others.
    pub(super) fn write(mut self, report: &Report) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for (wanted, part) in std::mem::take(&mut self.files) {
            let text = wanted.format.render(report);
            let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, &wanted.path));
            if let Err(e) = written {
                let _ = std::fs::remove_file(&part);
                let message = format!("--report: {} cannot be written: {e}", wanted.path.display());
                outcome = outcome.and(Err(Failure::usage(message)));
            }
        }
        outcome
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        // What was opened and came to nothing leaves nothing behind.
        for (_, part) in &self.files {
            let _ = std::fs::remove_file(part);
        }
    }
}
