//! Where case and contract files come from, and how errors in them are said.
//!
//! The cases of this repository are compiled into the binary, so that an installed `proofmark` needs no folder; a
//! folder can be named instead.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::sink::one_line;

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
pub struct Source {
    /// The path, as shown to the user.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// What is wrong with a file: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    /// The file's path.
    pub file: String,
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", one_line(&self.file), one_line(&self.message)),
            None => write!(f, "{}: {}", one_line(&self.file), one_line(&self.message)),
        }
    }
}

/// What is wrong with a regular expression, without the picture of it that the engine draws over several lines.
#[must_use]
pub fn regex_fault(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("pattern cannot be compiled: {}", last.strip_prefix("error: ").unwrap_or(last))
}

impl Files {
    /// Reads one file, by its path within the folder with `/` between its parts.
    ///
    /// # Errors
    /// Where there is no such file, or it is not UTF-8 text.
    pub fn read(&self, path: &str) -> Result<Source, FileError> {
        let fail = |message: String| FileError { file: self.shown(path), line: None, message };
        let text = match self {
            Self::Embedded => EMBEDDED
                .get_file(path)
                .ok_or_else(|| fail("no such file".to_owned()))?
                .contents_utf8()
                .ok_or_else(|| fail("expected UTF-8 text".to_owned()))?
                .to_owned(),
            Self::Folder(folder) => std::fs::read_to_string(folder.join(path)).map_err(|e| fail(e.to_string()))?,
        };
        Ok(Source { name: self.shown(path), text })
    }

    /// The names of the files directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self.entries(path)?.into_iter().filter(|(_, folder)| !folder).map(|(name, _)| name).collect())
    }

    /// The names of the folders directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn folders(&self, path: &str) -> Result<Vec<String>, FileError> {
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
    /// Reads a file on disk.
    ///
    /// # Errors
    /// Where there is no such file, or it is not UTF-8 text.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(FileError { file: name, line: None, message: error.to_string() }),
        }
    }

    /// Reads the text as TOML of that form.
    ///
    /// # Errors
    /// Where it is not TOML, lacks a field, or has a key the form does not know.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, FileError> {
        toml::from_str(&self.text).map_err(|e| {
            let line = e.span().map(|span| self.line(&span));
            FileError { file: self.name.clone(), line, message: e.message().to_owned() }
        })
    }

    /// An error about a place in this file.
    pub fn at(&self, span: Range<usize>, message: impl Into<String>) -> FileError {
        FileError { file: self.name.clone(), line: Some(self.line(&span)), message: message.into() }
    }

    /// The line of a place in this file, from 1.
    #[must_use]
    pub fn line(&self, span: &Range<usize>) -> usize {
        // A search for one character runs over many bytes at once; a count of bytes, case by case, does not.
        self.text.get(..span.start).unwrap_or(&self.text).matches('\n').count() + 1
    }
}
