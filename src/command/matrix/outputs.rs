//! Where a scoreboard is written to, and that it can be written there before anything is started.

use std::path::{Path, PathBuf};

use crate::report;
use crate::report::matrix::{Format, Judged, Matrix, badge};

use crate::command::Failure;
use crate::command::place::Place;
use crate::command::report_path::{self, Wanted};

/// What is written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// Write the scoreboard as well, any number of times: FORMAT, or FORMAT=PATH. FORMAT is html,
    /// markdown or json; without PATH it goes into target/proofmark/. With the path `-` standard
    /// output is for it alone, and the text goes to standard error
    #[arg(long = "report", value_name = "FORMAT[=PATH]", value_parser = wanted)]
    reports: Vec<Wanted<Format>>,
    /// Write a badge of each target into this folder, as NAME.svg
    #[arg(long, value_name = "DIR")]
    badges: Option<PathBuf>,
    /// Write the report of each run into this folder, as NAME.json
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
}

/// What can be written.
pub(super) struct Outputs {
    /// Each report, and where it goes; none for standard output.
    reports: Vec<(Wanted<Format>, Option<Place>)>,
    badges: Option<PathBuf>,
    runs: Option<PathBuf>,
}

fn wanted(text: &str) -> Result<Wanted<Format>, String> {
    report_path::wanted(text, &Format::ALL, Format::name, |format| {
        Some(format.file_name())
    })
}

impl OutputArgs {
    /// Makes sure that all can be written. A file that is there already stays as it is until then.
    pub(super) fn open(&self) -> Result<Outputs, Failure> {
        Wanted::apart(&self.reports)?;
        let mut reports = Vec::new();
        for wanted in &self.reports {
            let place = wanted.path.as_deref().map(Place::open).transpose();
            reports.push((
                wanted.clone(),
                place.map_err(|e| Failure::unopened(&e, wanted.failure(&e)))?,
            ));
        }

        for (flag, folder) in [("--badges", &self.badges), ("--runs", &self.runs)] {
            let Some(folder) = folder else { continue };
            let fail = |e: std::io::Error| {
                Failure::unopened(&e, format!("{flag} {}: {e}", folder.display()))
            };
            std::fs::create_dir_all(folder).map_err(fail)?;
        }

        Ok(Outputs {
            reports,
            badges: self.badges.clone(),
            runs: self.runs.clone(),
        })
    }
}

impl Outputs {
    /// Prints a text for a person, where no report has standard output to itself.
    pub(super) fn print(&self, text: &str) {
        report_path::print_beside(self.reports.iter().map(|(wanted, _)| wanted), text);
    }

    /// Writes all.
    ///
    /// # Errors
    /// The first that could not be written.
    pub(super) fn write(&self, matrix: &Matrix, judged: &[Judged]) -> Result<(), Failure> {
        for (wanted, place) in &self.reports {
            let text = wanted.format.render(matrix);
            match place {
                Some(place) => place
                    .write(&text)
                    .map_err(|e| Failure::unwritten(wanted.failure(e)))?,
                None => crate::command::output::document(&text),
            }
        }

        if let Some(folder) = &self.badges {
            for (column, name) in matrix.columns.iter().zip(matrix.names()) {
                file(folder, &name, "svg", &badge(column))?;
            }
        }

        if let Some(folder) = &self.runs {
            let reports = judged.iter().map(Judged::report).zip(matrix.names());
            for (report, name) in reports.filter_map(|(report, name)| Some((report?, name))) {
                file(folder, &name, "json", &report::Format::Json.render(report))?;
            }
        }

        Ok(())
    }
}

/// Writes what is about the column of that name.
fn file(folder: &Path, name: &str, end: &str, text: &str) -> Result<(), Failure> {
    // A name is any text, and a file's is not.
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };

    let file: String = name
        .replace([' ', '('], "-")
        .replace([')'], "")
        .chars()
        .map(safe)
        .collect();

    let file = file.replace("--", "-");
    let path = folder.join(format!("{}.{end}", file.trim_start_matches('.')));
    let written = Place::open(&path).and_then(|place| place.write(text));
    written.map_err(|e| Failure::unwritten(format!("{}: {e}", path.display())))
}
