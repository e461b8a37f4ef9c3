//! Where a scoreboard is written to, and that it can be written there before anything is started.

use std::fs::File;
use std::path::{Path, PathBuf};

use proofmark::matrix::{Format, Matrix, badge};

use crate::command::Failure;
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
    args: OutputArgs,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, path) = format_and_path(text, &Format::ALL, Format::name, |format| Some(format.file_name()))?;
    Ok(Wanted { format, path })
}

impl OutputArgs {
    /// Makes sure that all can be written. A file that is there already stays as it is until then.
    pub(super) fn open(&self) -> Result<Outputs, Failure> {
        for wanted in &self.reports {
            let Some(path) = &wanted.path else { continue };
            let fail = |e: std::io::Error| Failure::usage(format!("--report {}: {e}", path.display()));
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(fail)?;
            }
            let there = path.exists();
            File::options().append(true).create(true).open(path).map_err(fail)?;
            if !there {
                // What comes to nothing leaves nothing behind.
                let _ = std::fs::remove_file(path);
            }
        }
        if let Some(folder) = &self.badges {
            let fail = |e: std::io::Error| Failure::usage(format!("--badges {}: {e}", folder.display()));
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        Ok(Outputs { args: self.clone() })
    }
}

impl Outputs {
    /// Writes all.
    ///
    /// # Errors
    /// The first that could not be written.
    pub(super) fn write(&self, matrix: &Matrix) -> Result<(), Failure> {
        let write = |path: &Path, text: &str| {
            std::fs::write(path, text).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))
        };
        for wanted in &self.args.reports {
            let text = wanted.format.render(matrix);
            match &wanted.path {
                Some(path) => write(path, &text)?,
                None => crate::command::print(&text),
            }
        }
        if let Some(folder) = &self.args.badges {
            for (column, name) in matrix.columns.iter().zip(matrix.names()) {
                // A name is any text, and a file's is not.
                let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
                let file: String = name.replace([' ', '('], "-").replace([')'], "").chars().map(safe).collect();
                let file = file.replace("--", "-");
                write(&folder.join(format!("{}.svg", file.trim_start_matches('.'))), &badge(column))?;
            }
        }
        Ok(())
    }
}
