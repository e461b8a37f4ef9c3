//! From the text of a file to what it says: what is wrong is told with its line, whatever kind of
//! file it is.

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use super::{FileError, Source};
use crate::support::echo;

impl Source {
    /// Reads the text as TOML of that form.
    ///
    /// # Errors
    /// Where it is not TOML, lacks a field, or has a key the form does not know.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, FileError> {
        toml::from_str(&self.text).map_err(|error| self.toml_fault(&error))
    }

    /// Reads the text as a TOML table whose values know where they stand.
    ///
    /// # Errors
    /// Where it is not TOML.
    pub(crate) fn table(&self) -> Result<toml::Spanned<DeTable<'_>>, FileError> {
        DeTable::parse(&self.text).map_err(|error| self.toml_fault(&error))
    }

    /// Reads the text as JSON of that form; `what` was expected.
    ///
    /// # Errors
    /// Where it is not JSON, or JSON of another form.
    pub(crate) fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, FileError> {
        serde_json::from_str(&self.text).map_err(|error| json_fault(&self.name, 1, what, &error))
    }

    /// An error about the place where a text stands first; about the first line where it stands
    /// nowhere as it is, as where it is written with escapes.
    pub(crate) fn at_text(&self, text: &str, message: impl Into<String>) -> FileError {
        let at = self.text.find(text).unwrap_or_default();
        self.at(at..at, message)
    }

    /// An error about the whole file: about the first line that holds anything.
    pub(crate) fn at_start(&self, message: impl Into<String>) -> FileError {
        let at = self
            .text
            .find(|c: char| !c.is_whitespace())
            .unwrap_or_default();
        self.at(at..at, message)
    }

    pub(super) fn toml_fault(&self, error: &toml::de::Error) -> FileError {
        let line = error
            .span()
            .map_or_else(|| line_of_deep_key(&self.text), |span| self.line(&span));
        let message = match error.message() {
            deep if is_too_deep(deep) => {
                "expected at most 80 tables and arrays within each other".to_owned()
            }
            other => echo::with_hint(other),
        };
        FileError {
            file: self.name.clone(),
            line: Some(line),
            message,
        }
    }
}

/// What is wrong with a JSON text that begins on that line of a file. `what` was expected there.
pub(crate) fn json_fault(
    file: &str,
    line: usize,
    what: &str,
    error: &serde_json::Error,
) -> FileError {
    let text = error.to_string();
    let (message, column) = match text.rsplit_once(" at line ") {
        Some((message, _)) => (message, error.column()),
        None => (text.as_str(), 0),
    };
    let message = match message {
        "recursion limit exceeded" => {
            "more than 127 objects and arrays stand within each other".to_owned()
        }
        other => echo::with_hint(other),
    };
    // One line may be the whole file.
    let place = if column > 200 {
        format!(" (column {column})")
    } else {
        String::new()
    };
    // The parser counts lines from 1 within the text it was given.
    let line = Some(line + error.line().saturating_sub(1));
    FileError {
        file: file.to_owned(),
        line,
        message: format!("expected {what}: {message}{place}"),
    }
}

/// Whether a TOML parser says so of what stands within too many tables and arrays.
fn is_too_deep(message: &str) -> bool {
    message.contains("recursion limit") || message.contains("recurse further")
}

/// The line of a key with too many parts: the one fault of which the parser does not say where it
/// is. It is on the first line up to which the text has that fault.
fn line_of_deep_key(text: &str) -> usize {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let is_before = |end: &usize| {
        let (_, errors) = DeTable::parse_recoverable(text.get(..*end).unwrap_or(text));
        !errors
            .iter()
            .any(|error| error.span().is_none() && is_too_deep(error.message()))
    };
    ends.partition_point(is_before) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            name: "a".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn depth_has_a_line() {
        let check = |text: String, expected: &str| {
            let error = source(&text).parse::<toml::Table>().expect_err("too deep");
            assert_eq!(error.to_string(), expected);
        };
        let limit = "expected at most 80 tables and arrays within each other";
        check(
            format!("a = 1\nb = 2\n{}c = 3\nd = 4\n", "x.".repeat(500)),
            &format!("a:3: {limit}"),
        );
        check(
            format!("a = 1\nb = {}\n", "[".repeat(500)),
            &format!("a:2: {limit}"),
        );
        check(
            format!("\n\n[{}x]\na = 1\n", "x.".repeat(500)),
            &format!("a:3: {limit}"),
        );
        let json = source(&format!("{{\n\"a\": {}", "[".repeat(500)))
            .json::<serde_json::Value>("anything");
        let told = json.expect_err("too deep").to_string();
        assert!(
            told.starts_with("a:2: expected anything: more than 127 objects"),
            "{told}"
        );
    }

    #[test]
    fn places_of_texts() {
        let line = |text: &str| source("a\nb = \"x\"\n").at_text(text, "").line;
        assert_eq!((line("\"x\""), line("none")), (Some(2), Some(1)));
    }
}
