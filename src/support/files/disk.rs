//! Reading files on disk: everything that this program reads is read here.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::Path;

use super::FileError;

/// A contract, a case file, a baseline, a configuration and the like may have so many bytes.
pub(crate) const LARGEST_TEXT: u64 = 16 << 20;
/// A service model.
pub(crate) const LARGEST_MODEL: u64 = 64 << 20;
/// A report of a run.
pub(crate) const LARGEST_REPORT: u64 = 256 << 20;
/// A recording, or a HAR file.
pub(crate) const LARGEST_RECORDING: u64 = 256 << 20;

/// Reads a file on disk, of at most so many bytes. Everything that this program reads is read here.
///
/// Only files are read, and the pipes that a shell names `/dev/fd/…` or `/dev/stdin`: another pipe,
/// or a device, may never come to an end.
///
/// # Errors
/// Where there is no such file, it is none, or it is too large.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let fail = |message: String| FileError {
        file: path.display().to_string(),
        line: None,
        message,
    };
    let failed = |error: std::io::Error| fail(error.to_string());
    let there = std::fs::metadata(path).map_err(failed)?;
    if !there.is_file() && !is_pipe_of_shell(path, &there) {
        return Err(fail(format!("expected a file, found {}", kind(&there))));
    }
    let most_text = || {
        let mebibytes = most >> 20;
        if mebibytes > 0 {
            format!("{mebibytes} MiB")
        } else {
            format!("{most} bytes")
        }
    };
    if there.len() > most {
        return Err(fail(format!(
            "expected a file of at most {}, found {} bytes",
            most_text(),
            there.len()
        )));
    }

    let mut bytes = Vec::new();
    // It may have grown meanwhile, and of a pipe nobody knows the size.
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(fail(format!(
            "expected a file of at most {}, found more",
            most_text()
        )));
    }
    Ok(bytes)
}

/// What it is that is no file.
pub(crate) fn kind(there: &Metadata) -> &'static str {
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
    if there.is_dir() {
        "a folder"
    } else {
        "something else"
    }
}

#[cfg(unix)]
pub(crate) fn is_pipe_of_shell(path: &Path, there: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let named = ["/dev/fd", "/proc/self/fd"]
        .iter()
        .any(|folder| path.parent() == Some(Path::new(folder)));
    there.file_type().is_fifo() && (named || path == Path::new("/dev/stdin"))
}

#[cfg(not(unix))]
pub(crate) fn is_pipe_of_shell(_: &Path, _: &Metadata) -> bool {
    false
}
