//! Tables of a file that take values from another table of it, so that what they share is written
//! once.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{FileError, LARGEST_TEXT, Source};

/// How much the tables of a file may still take from each other: a few lines must not stand for
/// gigabytes.
pub(crate) struct Copies<'a> {
    file: &'a Source,
    left: u64,
}

impl<'a> Copies<'a> {
    pub(crate) fn new(file: &'a Source) -> Self {
        Self {
            file,
            left: LARGEST_TEXT,
        }
    }

    /// Counts so many bytes that the table at that place takes.
    ///
    /// # Errors
    /// Where it is too much.
    pub(crate) fn count(&mut self, bytes: usize, at: &Range<usize>) -> Result<(), FileError> {
        let left = self.left.checked_sub(bytes as u64);
        self.left = left.ok_or_else(|| {
            let message = format!(
                "expected tables that take at most {} MiB from other tables of the file",
                LARGEST_TEXT >> 20
            );
            self.file.at(at.clone(), message)
        })?;
        Ok(())
    }
}

/// About how many bytes a copy of a value has.
pub(crate) fn size(value: &Spanned<DeValue<'_>>) -> usize {
    let inside: usize = match value.get_ref() {
        DeValue::Array(values) => values.iter().map(size).sum(),
        DeValue::Table(table) => size_of_table(table),
        _ => value.span().len(),
    };
    inside + size_of::<Spanned<DeValue<'_>>>()
}

/// About how many bytes a copy of a table has.
pub(crate) fn size_of_table(table: &DeTable<'_>) -> usize {
    table
        .iter()
        .map(|(key, value)| key.span().len() + size(value))
        .sum()
}

impl Source {
    /// Reads a table of this file as one of that form, once its tables have taken what they share.
    ///
    /// # Errors
    /// Where it lacks a field, or has a key the form does not know.
    pub(crate) fn read_table<T: DeserializeOwned>(
        &self,
        table: Spanned<DeTable<'_>>,
    ) -> Result<T, FileError> {
        T::deserialize(toml::Deserializer::from(table)).map_err(|error| self.toml_fault(&error))
    }
}
