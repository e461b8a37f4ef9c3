//! Contract files in a form of their own: what [`load_operation`](super::load_operation) and
//! [`load_service`](super::load_service) read as the same contract, without comments and with
//! nothing left to taste.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::document;
use crate::support::files::{FileError, Source};

/// Writes the file of an operation anew.
///
/// # Errors
/// Where the text has not the form of one.
pub(crate) fn print_operation(file: &Source) -> Result<String, FileError> {
    print::<document::Operation>(file)
}

/// Writes the file of a service anew.
///
/// # Errors
/// Where the text has not the form of one.
pub(crate) fn print_service(file: &Source) -> Result<String, FileError> {
    print::<document::ServiceTable>(file)
}

fn print<T: DeserializeOwned + Serialize>(file: &Source) -> Result<String, FileError> {
    let table: T = file.parse()?;
    toml::to_string(&table).map_err(|e| FileError {
        file: file.name.clone(),
        line: None,
        message: e.to_string(),
    })
}
