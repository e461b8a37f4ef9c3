//! The text of one file, and the places in it.

use std::ops::Range;
use std::path::Path;

use super::FileError;
use super::disk::{LARGEST_TEXT, read};

/// One file's text and the name to give in messages.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path, as shown to the user.
    pub(crate) name: String,
    pub(crate) text: String,
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
        Self::of(path, read(path, most)?)
    }

    /// The bytes of a file as text.
    ///
    /// # Errors
    /// Where they are no UTF-8.
    pub(crate) fn of(path: &Path, bytes: Vec<u8>) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let text = text(&name, bytes)?;
        Ok(Self { name, text })
    }

    /// An error about a place in this file.
    pub(crate) fn at(&self, span: Range<usize>, message: impl Into<String>) -> FileError {
        FileError {
            file: self.name.clone(),
            line: Some(self.line(&span)),
            message: message.into(),
        }
    }

    /// The line of a place in this file, from 1.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        // A search for one character runs over many bytes at once; a count of bytes, case by case,
        // does not.
        self.text
            .get(..span.start)
            .unwrap_or(&self.text)
            .matches('\n')
            .count()
            + 1
    }
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// Where the bytes are no UTF-8, with the line of the first that is none.
fn text(name: &str, bytes: Vec<u8>) -> Result<String, FileError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text)),
        Err(error) => {
            let (bytes, valid) = (error.as_bytes(), error.utf8_error().valid_up_to());
            let line = bytes
                .iter()
                .take(valid)
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            let message = format!("expected UTF-8 text, found {}", in_its_place(bytes, valid));
            Err(FileError {
                file: name.to_owned(),
                line: Some(line),
                message,
            })
        }
    }
}

/// What stands there in place of UTF-8, and what is to be done about it.
fn in_its_place(bytes: &[u8], valid: usize) -> String {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16; save the file as UTF-8".to_owned(),
        [0x1f, 0x8b, ..] => "a file packed by gzip; unpack it first".to_owned(),
        _ => match bytes.get(valid) {
            Some(byte) => format!("the byte 0x{byte:02x}; save the file as UTF-8"),
            None => "the half of a character; save the file as UTF-8".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn bytes_that_are_no_text() {
        let says = |bytes: &[u8]| text("a", bytes.to_vec()).expect_err("no text").to_string();
        assert_eq!(
            says(b"x\ny\xff"),
            "a:2: expected UTF-8 text, found the byte 0xff; save the file as UTF-8"
        );

        assert_eq!(
            says(b"\xff\xfea\0"),
            "a:1: expected UTF-8 text, found UTF-16; save the file as UTF-8"
        );

        assert_eq!(
            says(b"\x1f\x8b\x08"),
            "a:1: expected UTF-8 text, found a file packed by gzip; unpack it first"
        );

        assert_eq!(
            text("a", b"\xef\xbb\xbfx = 1".to_vec()).as_deref(),
            Ok("x = 1")
        );
    }
}
