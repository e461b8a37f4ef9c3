//! Files that are whole or not there: each is written beside its place, and takes it at the end.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where a file will be.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// What takes its place; none where a pipe or a device is, which nothing can take the place of.
    part: Option<PathBuf>,
}

/// Makes the folders that a file is to be in.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), std::fs::create_dir_all)
}

impl Place {
    /// Makes sure that a file can be written there, with the folders above it. What is there stays until [`write`](Self::write).
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        make_folder(path)?;
        // One that is there already may itself be read-only, which a renamed file would not mind.
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => return Err(std::io::ErrorKind::IsADirectory.into()),
            Ok(there) => {
                File::options().append(true).open(path)?;
                if !there.is_file() {
                    return Ok(Self { path: path.to_owned(), part: None });
                }
            }
            Err(_) => {}
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        File::create(&part)?;
        Ok(Self { path: path.to_owned(), part: Some(part) })
    }

    /// Writes the whole file.
    pub(super) fn write(&self, text: &str) -> std::io::Result<()> {
        match &self.part {
            Some(part) => std::fs::write(part, text).and_then(|()| std::fs::rename(part, &self.path)),
            None => File::options().append(true).open(&self.path)?.write_all(text.as_bytes()),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // What was renamed is gone already; what came to nothing leaves nothing behind.
            let _ = std::fs::remove_file(part);
        }
    }
}
