//! Where case and contract files come from, and how errors in them are said.
//!
//! The cases of this repository are compiled into the binary, so that an installed `proofmark` needs no folder; a
//! folder can be named instead.

mod copies;
mod text;

use std::fmt;
use std::fs::Metadata;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::support::echo;

pub(crate) use copies::{Copies, size, size_of_table};
pub(crate) use text::json_fault;

/// A contract, a case file, a baseline, a configuration and the like may have so many bytes.
pub(crate) const LARGEST_TEXT: u64 = 16 << 20;
/// A service model.
pub(crate) const LARGEST_MODEL: u64 = 64 << 20;
/// A report of a run.
pub(crate) const LARGEST_REPORT: u64 = 256 << 20;
/// A recording, or a HAR file.
pub(crate) const LARGEST_RECORDING: u64 = 256 << 20;

use crate::support::sink::one_line;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/cases");

/// A folder of case and contract files.
#[derive(Clone, Debug)]
pub enum Files {
    /// The `cases/` of this repository, as compiled in.
    Embedded,
    /// A folder on disk.
    Folder(PathBuf),
}

/// One file's text and the name to give in messages.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path, as shown to the user.
    pub(crate) name: String,
    /// The whole text.
    pub(crate) text: String,
}

/// What is wrong with a file: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct FileError {
    /// The file's path.
    pub(crate) file: String,
    /// The line, from 1; none where the whole file is meant.
    pub(crate) line: Option<usize>,
    /// What is wrong, and what was expected.
    pub(crate) message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = echo::message(&self.message);
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", one_line(&self.file), one_line(&message)),
            None => write!(f, "{}: {}", one_line(&self.file), one_line(&message)),
        }
    }
}

/// Reads a file on disk, of at most so many bytes. Everything that this program reads is read here.
///
/// Only files are read, and the pipes that a shell names `/dev/fd/…` or `/dev/stdin`: another pipe, or a device, may never
/// come to an end.
///
/// # Errors
/// Where there is no such file, it is none, or it is too large.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let fail = |message: String| FileError { file: path.display().to_string(), line: None, message };
    let failed = |error: std::io::Error| fail(error.to_string());
    let there = std::fs::metadata(path).map_err(failed)?;
    if !there.is_file() && !is_pipe_of_shell(path, &there) {
        return Err(fail(format!("expected a file, found {}", kind(&there))));
    }
    let most_text = || {
        let mebibytes = most >> 20;
        if mebibytes > 0 { format!("{mebibytes} MiB") } else { format!("{most} bytes") }
    };
    if there.len() > most {
        return Err(fail(format!("expected a file of at most {}, found {} bytes", most_text(), there.len())));
    }

    let mut bytes = Vec::new();
    // It may have grown meanwhile, and of a pipe nobody knows the size.
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(fail(format!("expected a file of at most {}, found more", most_text())));
    }
    Ok(bytes)
}

/// What it is that is no file.
fn kind(there: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = there.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    if there.is_dir() { "a folder" } else { "something else" }
}

#[cfg(unix)]
fn is_pipe_of_shell(path: &Path, there: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let named = ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.parent() == Some(Path::new(folder)));
    there.file_type().is_fifo() && (named || path == Path::new("/dev/stdin"))
}

#[cfg(not(unix))]
fn is_pipe_of_shell(_: &Path, _: &Metadata) -> bool {
    false
}

/// What is wrong with a regular expression, without the picture of it that the engine draws over several lines.
#[must_use]
pub(crate) fn regex_fault(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("pattern cannot be compiled: {}", last.strip_prefix("error: ").unwrap_or(last))
}

impl Files {
    /// Reads one file, by its path within the folder with `/` between its parts.
    ///
    /// # Errors
    /// Where there is no such file, or it is not UTF-8 text.
    pub(crate) fn read(&self, path: &str) -> Result<Source, FileError> {
        let fail = |message: String| FileError { file: self.shown(path), line: None, message };
        match self {
            Self::Embedded => {
                let file = EMBEDDED.get_file(path).ok_or_else(|| fail("no such file".to_owned()))?;
                let text = file.contents_utf8().ok_or_else(|| fail("expected UTF-8 text".to_owned()))?;
                Ok(Source { name: self.shown(path), text: text.to_owned() })
            }
            Self::Folder(folder) => Source::open(&folder.join(path)),
        }
    }

    /// The names of the files directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self.entries(path)?.into_iter().filter(|(_, folder)| !folder).map(|(name, _)| name).collect())
    }

    /// The names of the folders directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub(crate) fn folders(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self.entries(path)?.into_iter().filter(|(_, folder)| *folder).map(|(name, _)| name).collect())
    }

    /// Name and whether it is a folder, sorted by name: the order on disk is the file system's, and ours is stable.
    fn entries(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let fail = |message: String| FileError { file: self.shown(path), line: None, message };
        let mut names = Vec::new();
        match self {
            Self::Embedded => {
                let folder = if path.is_empty() { Some(&EMBEDDED) } else { EMBEDDED.get_dir(path) };
                let folder = folder.ok_or_else(|| fail("no such folder".to_owned()))?;
                for entry in folder.entries() {
                    let name = entry.path().file_name().map(|n| n.to_string_lossy().into_owned());
                    names.extend(name.map(|n| (n, entry.as_dir().is_some())));
                }
            }
            Self::Folder(folder) => {
                for entry in std::fs::read_dir(folder.join(path)).map_err(|e| fail(e.to_string()))? {
                    let entry = entry.map_err(|e| fail(e.to_string()))?;
                    names.push((entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()));
                }
            }
        }
        names.sort();
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        match self {
            Self::Embedded => Path::new("cases").join(path).display().to_string(),
            Self::Folder(folder) => folder.join(path).display().to_string(),
        }
    }
}

impl Source {
    /// Reads a file on disk, of a size that people write.
    ///
    /// # Errors
    /// As [`open_within`](Self::open_within).
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        Self::open_within(path, LARGEST_TEXT)
    }

    /// Reads a file on disk, of at most so many bytes.
    ///
    /// # Errors
    /// As [`read`], and where it is not UTF-8 text.
    pub(crate) fn open_within(path: &Path, most: u64) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let text = text::text(&name, read(path, most)?)?;
        Ok(Self { name, text })
    }

    /// An error about a place in this file.
    pub(crate) fn at(&self, span: Range<usize>, message: impl Into<String>) -> FileError {
        FileError { file: self.name.clone(), line: Some(self.line(&span)), message: message.into() }
    }

    /// The line of a place in this file, from 1.
    #[must_use]
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        // A search for one character runs over many bytes at once; a count of bytes, case by case, does not.
        self.text.get(..span.start).unwrap_or(&self.text).matches('\n').count() + 1
    }
}
