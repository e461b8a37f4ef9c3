//! Files that are whole or not there: each is written beside its place, and takes it at the end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where a file will be.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// What takes its place; none where a pipe or a device is, which nothing can take the place of.
    part: Option<PathBuf>,
}

/// Those that are there now: what is to be removed where this process ends without unwinding.
static PARTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes what was not written to its end: for the moment before this process ends without
/// unwinding.
pub(super) fn remove_parts() {
    for part in std::mem::take(&mut *parts()) {
        // What took its place is gone already.
        let _ = std::fs::remove_file(part);
    }
}

fn parts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the folders that a file is to be in.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or(Ok(()), std::fs::create_dir_all)
}

impl Place {
    /// Makes sure that a file can be written there, with the folders above it. What is there stays
    /// until [`write`](Self::write).
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        make_folder(path)?;
        // One that is there already may itself be read-only, which a renamed file would not mind.
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => return Err(std::io::ErrorKind::IsADirectory.into()),
            Ok(there) => {
                File::options().append(true).open(path)?;
                if !there.is_file() {
                    return Ok(Self {
                        path: path.to_owned(),
                        part: None,
                    });
                }
            }
            Err(_) => {}
        }

        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        parts().insert(part.clone());

        if let Err(error) = File::create(&part) {
            parts().remove(&part);
            return Err(error);
        }

        Ok(Self {
            path: path.to_owned(),
            part: Some(part),
        })
    }

    /// Writes the whole file.
    pub(super) fn write(&self, text: &str) -> std::io::Result<()> {
        match &self.part {
            Some(part) => {
                std::fs::write(part, text).and_then(|()| std::fs::rename(part, &self.path))
            }
            None => File::options()
                .append(true)
                .open(&self.path)?
                .write_all(text.as_bytes()),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // What was renamed is gone already; what came to nothing leaves nothing behind.
            let _ = std::fs::remove_file(part);
            parts().remove(part);
        }
    }
}
