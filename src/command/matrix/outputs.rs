//! Where a scoreboard is written to, and that it can be written there before anything is started.

use std::path::PathBuf;

use proofmark::matrix::{Format, Matrix, badge};

use crate::command::Failure;
use crate::command::place::Place;
use crate::command::report_path::format_and_path;

/// What is written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// Write the scoreboard as well, any number of times: FORMAT, or FORMAT=PATH. FORMAT is html, markdown or json;
    /// without PATH it goes into target/proofmark/, and with the path `-` to standard output
    #[arg(long = "report", value_name = "FORMAT[=PATH]", value_parser = wanted)]
    reports: Vec<Wanted>,
    /// Write a badge of each target into this folder, as NAME.svg
    #[arg(long, value_name = "DIR")]
    badges: Option<PathBuf>,
}

#[derive(Clone, Debug)]
struct Wanted {
    format: Format,
    path: Option<PathBuf>,
}

/// What can be written.
pub(super) struct Outputs {
    /// Each report, and where it goes; none for standard output.
    reports: Vec<(Format, Option<Place>)>,
    badges: Option<PathBuf>,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, path) = format_and_path(text, &Format::ALL, Format::name, |format| Some(format.file_name()))?;
    Ok(Wanted { format, path })
}

impl OutputArgs {
    /// Makes sure that all can be written. A file that is there already stays as it is until then.
    pub(super) fn open(&self) -> Result<Outputs, Failure> {
        let mut reports = Vec::new();
        for (number, wanted) in self.reports.iter().enumerate() {
            let Some(path) = &wanted.path else {
                reports.push((wanted.format, None));
                continue;
            };
            let fail = |why: String| Failure::usage(format!("--report {}: {why}", path.display()));
            if self.reports[..number].iter().any(|other| other.path == wanted.path) {
                return Err(fail("another report goes there".to_owned()));
            }
            reports.push((wanted.format, Some(Place::open(path).map_err(|e| fail(e.to_string()))?)));
        }
        if let Some(folder) = &self.badges {
            let fail = |e: std::io::Error| Failure::usage(format!("--badges {}: {e}", folder.display()));
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        Ok(Outputs { reports, badges: self.badges.clone() })
    }
}

impl Outputs {
    /// Writes all.
    ///
    /// # Errors
    /// The first that could not be written.
    pub(super) fn write(&self, matrix: &Matrix) -> Result<(), Failure> {
        for (format, place) in &self.reports {
            let text = format.render(matrix);
            match place {
                Some(place) => {
                    place.write(&text).map_err(|e| Failure::usage(format!("--report {}: {e}", format.name())))?
                }
                None => crate::command::print(&text),
            }
        }
        if let Some(folder) = &self.badges {
            for (column, name) in matrix.columns.iter().zip(matrix.names()) {
                // A name is any text, and a file's is not.
                let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
                let file: String = name.replace([' ', '('], "-").replace([')'], "").chars().map(safe).collect();
                let file = file.replace("--", "-");
                let path = folder.join(format!("{}.svg", file.trim_start_matches('.')));
                let written = Place::open(&path).and_then(|place| place.write(&badge(column)));
                written.map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
            }
        }
        Ok(())
    }
}
