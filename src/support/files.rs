//! Where case and contract files come from, and how errors in them are said.
//!
//! The cases of this repository are compiled into the binary, so that an installed `proofmark`
//! needs no folder; a folder can be named instead.

mod copies;
mod disk;
mod error;
mod layered;
mod source;
mod text;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

pub(crate) use copies::{Copies, size, size_of_table};
pub(crate) use disk::{LARGEST_MODEL, LARGEST_RECORDING, LARGEST_REPORT, LARGEST_TEXT, read};
pub(crate) use error::{FileError, regex_fault};
pub use layered::Layer;
pub(crate) use source::Source;
pub(crate) use text::json_fault;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/cases");

/// A folder of case and contract files.
#[derive(Clone, Debug)]
pub enum Files {
    /// The `cases/` of this repository, as compiled in.
    Embedded,
    /// A folder on disk.
    Folder(PathBuf),
    /// The contracts of a document, over either of them or over nothing.
    #[doc(hidden)]
    Layered(Option<Box<Files>>, Arc<Layer>),
}

impl Files {
    /// Every file that is compiled in, by its path within the folder, with its bytes.
    pub(crate) fn embedded() -> Vec<(PathBuf, &'static [u8])> {
        let mut files = Vec::new();
        let mut folders = vec![&EMBEDDED];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            let own = folder.files().map(|f| (f.path().to_owned(), f.contents()));
            files.extend(own);
        }
        files.sort();
        files
    }

    /// Reads one file, by its path within the folder with `/` between its parts.
    ///
    /// # Errors
    /// Where there is no such file, or it is not UTF-8 text.
    pub(crate) fn read(&self, path: &str) -> Result<Source, FileError> {
        let fail = |message: String| FileError {
            file: self.shown(path),
            line: None,
            message,
        };

        match self {
            Self::Embedded => {
                let file = EMBEDDED
                    .get_file(path)
                    .ok_or_else(|| fail("no such file".to_owned()))?;
                let text = file
                    .contents_utf8()
                    .ok_or_else(|| fail("expected UTF-8 text".to_owned()))?;
                Ok(Source {
                    name: self.shown(path),
                    text: text.to_owned(),
                })
            }
            Self::Folder(folder) => Source::open(&folder.join(path)),
            Self::Layered(below, layer) => match layer.files.get(path) {
                Some(file) => Ok(file.clone()),
                None => below
                    .as_ref()
                    .map_or_else(|| Err(fail("no such file".to_owned())), |b| b.read(path)),
            },
        }
    }

    /// The names of the files directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self
            .entries(path)?
            .into_iter()
            .filter(|(_, folder)| !folder)
            .map(|(name, _)| name)
            .collect())
    }

    /// The names of the folders directly in a folder within this one, sorted.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub(crate) fn folders(&self, path: &str) -> Result<Vec<String>, FileError> {
        Ok(self
            .entries(path)?
            .into_iter()
            .filter(|(_, folder)| *folder)
            .map(|(name, _)| name)
            .collect())
    }

    /// Name and whether it is a folder, sorted by name: the order on disk is the file system's, and
    /// ours is stable.
    fn entries(&self, path: &str) -> Result<Vec<(String, bool)>, FileError> {
        let fail = |message: String| FileError {
            file: self.shown(path),
            line: None,
            message,
        };
        let mut names = Vec::new();
        match self {
            Self::Embedded => {
                let folder = if path.is_empty() {
                    Some(&EMBEDDED)
                } else {
                    EMBEDDED.get_dir(path)
                };
                let folder = folder.ok_or_else(|| fail("no such folder".to_owned()))?;
                for entry in folder.entries() {
                    let name = entry
                        .path()
                        .file_name()
                        .map(|n| n.to_string_lossy().into_owned());
                    names.extend(name.map(|n| (n, entry.as_dir().is_some())));
                }
            }
            Self::Folder(folder) => {
                for entry in
                    std::fs::read_dir(folder.join(path)).map_err(|e| fail(e.to_string()))?
                {
                    let entry = entry.map_err(|e| fail(e.to_string()))?;
                    names.push((
                        entry.file_name().to_string_lossy().into_owned(),
                        entry.path().is_dir(),
                    ));
                }
            }
            Self::Layered(below, layer) => {
                let nothing = || Err(fail("no such folder".to_owned()));
                let below = below.as_ref().map_or_else(nothing, |b| b.entries(path));
                names = layer.over(path, below)?;
            }
        }
        names.sort();
        Ok(names)
    }

    /// The name of a file of this folder, as messages have it.
    pub(crate) fn shown(&self, path: &str) -> String {
        match self {
            Self::Embedded => Path::new("cases").join(path).display().to_string(),
            Self::Folder(folder) => folder.join(path).display().to_string(),
            Self::Layered(below, layer) => match layer.files.get(path) {
                Some(file) => file.name.clone(),
                None => below
                    .as_ref()
                    .map_or_else(|| path.to_owned(), |below| below.shown(path)),
            },
        }
    }

    /// The folder on disk that it is, or lies over; none where that is what is built in.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Embedded => None,
            Self::Folder(folder) => Some(folder),
            Self::Layered(below, _) => below.as_ref().and_then(|below| below.folder()),
        }
    }

    /// Whether the contract in that folder is that of a document.
    pub(crate) fn is_documented(&self, operation: &str) -> bool {
        matches!(self, Self::Layered(_, layer) if layer.documented.contains(operation))
    }

    /// The folders whose contracts are those of a document, sorted.
    pub(crate) fn documented(&self) -> impl Iterator<Item = &String> {
        let documented = match self {
            Self::Layered(_, layer) => Some(&layer.documented),
            Self::Embedded | Self::Folder(_) => None,
        };
        documented.into_iter().flatten()
    }

    /// These files, with others over them.
    pub(crate) fn under(self, layer: Layer) -> Self {
        Self::Layered(Some(Box::new(self)), Arc::new(layer))
    }

    /// The files of a layer alone.
    pub(crate) fn alone(layer: Layer) -> Self {
        Self::Layered(None, Arc::new(layer))
    }
}
