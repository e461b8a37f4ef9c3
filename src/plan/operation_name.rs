//! Which operation a plan is made for, and which operations the files have something to judge by.

use std::fmt;
use std::str::FromStr;

use super::fixture;
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Files};

/// An operation, by its two folders: `lambda/update-event-source-mapping`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OperationName {
    /// The folder of the service.
    pub(crate) service: String,
    /// The folder of the operation, within that of the service.
    pub(crate) operation: String,
}

impl Default for OperationName {
    fn default() -> Self {
        Self {
            service: "lambda".to_owned(),
            operation: "update-event-source-mapping".to_owned(),
        }
    }
}

impl OperationName {
    /// The flag that chooses it; none where it is meant without one.
    pub(crate) fn flag(&self) -> Option<String> {
        (*self != Self::default()).then(|| format!("--operation {self}"))
    }
}

impl fmt::Display for OperationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.operation)
    }
}

impl FromStr for OperationName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = |name: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            !name.is_empty() && name.bytes().all(fits)
        };

        match text.split_once('/') {
            Some((service, operation)) if is_name(service) && is_name(operation) => Ok(Self {
                service: service.to_owned(),
                operation: operation.to_owned(),
            }),
            _ => Err(format!(
                "expected SERVICE/OPERATION, as the folders of a contract are named, such as {}",
                Self::default()
            )),
        }
    }
}

/// Which operations a user asked for.
#[derive(Clone, Debug, Default)]
pub(crate) enum WantedOperations {
    /// None is named: the only one there is, or the usual one.
    #[default]
    Usual,
    /// These.
    Named(Vec<OperationName>),
    /// All of a service.
    OfService(String),
}

impl WantedOperations {
    /// The operations that are meant, in the order they were named in, or else by name.
    ///
    /// # Errors
    /// Where the files have no such operation, or several and none is named.
    pub(crate) fn among(&self, files: &Files) -> Result<Vec<OperationName>, FileError> {
        // Nothing else needs to be read for what is built in.
        if let (Self::Usual, Files::Embedded) = (self, files) {
            return Ok(vec![OperationName::default()]);
        }

        let known = judged_operations(files)?;
        match self {
            // Who names a document means its operations.
            Self::Usual if files.documented().next().is_some() => Ok(known
                .into_iter()
                .filter(|name| files.is_documented(&name.to_string()))
                .collect()),
            Self::Usual => usual(files, known),
            Self::OfService(service) => {
                let of_it: Vec<_> = known
                    .iter()
                    .filter(|name| name.service == *service)
                    .cloned()
                    .collect();
                let services = known.iter().map(|name| name.service.as_str());
                match of_it.is_empty() {
                    true => Err(none_such(files, "service", service, services)),
                    false => Ok(of_it),
                }
            }
            Self::Named(names) => {
                let texts: Vec<String> = known.iter().map(ToString::to_string).collect();
                if let Some(name) = names.iter().find(|name| !known.contains(name)) {
                    let texts = texts.iter().map(String::as_str);
                    return Err(none_such(files, "operation", &name.to_string(), texts));
                }

                let mut unique = Vec::new();
                for name in names {
                    if !unique.contains(name) {
                        unique.push(name.clone());
                    }
                }
                Ok(unique)
            }
        }
    }
}

/// The operations that can be judged: those with a contract, of which `fixtures.toml` says what is
/// good on a target, and those of a document. Sorted by name.
///
/// # Errors
/// Where the folder or a `fixtures.toml` cannot be read.
pub(crate) fn judged_operations(files: &Files) -> Result<Vec<OperationName>, FileError> {
    let mut known = Vec::new();
    for service in visible_folders(files, "")? {
        if !has(files, &service, "fixtures.toml")? {
            continue;
        }

        let fixtures = fixture::load_fixtures(&files.read(&format!("{service}/fixtures.toml"))?)?;
        for operation in visible_folders(files, &service)? {
            let is_meant = fixtures.bindings.contains_key(&operation)
                || files.is_documented(&format!("{service}/{operation}"));
            if is_meant && has(files, &format!("{service}/{operation}"), "contract.toml")? {
                known.push(OperationName {
                    service: service.clone(),
                    operation,
                });
            }
        }
    }
    Ok(known)
}

/// The folders within a folder, without those that are hidden.
///
/// # Errors
/// Where the folder cannot be read.
pub(crate) fn visible_folders(files: &Files, path: &str) -> Result<Vec<String>, FileError> {
    let mut names = files.folders(path)?;
    names.retain(|name| !name.starts_with('.'));
    Ok(names)
}

fn has(files: &Files, folder: &str, name: &str) -> Result<bool, FileError> {
    Ok(files.list(folder)?.iter().any(|file| file == name))
}

/// The only operation there is, or the one that is built in, where the files have it too.
fn usual(files: &Files, known: Vec<OperationName>) -> Result<Vec<OperationName>, FileError> {
    let default = OperationName::default();
    if known.contains(&default) || known.is_empty() {
        // Where there is none at all, reading the default says which file is missing.
        return Ok(vec![default]);
    }
    if known.len() == 1 {
        return Ok(known);
    }

    let names: Vec<String> = known.iter().map(ToString::to_string).collect();
    let message = format!(
        "expected --operation SERVICE/OPERATION, because there are several: {}",
        names.join(", ")
    );
    Err(of_folder(files, message))
}

fn none_such<'a>(
    files: &Files,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> FileError {
    let mut known: Vec<&str> = known.collect();
    known.dedup();
    let hint = did_you_mean(name, known.iter().copied());
    let list = match known.is_empty() {
        true => "there is none with a contract and a table [binding.OPERATION]".to_owned(),
        false => format!("expected one of {}", known.join(", ")),
    };

    of_folder(files, format!("no {what} `{}`: {list}{hint}", shown(name)))
}

fn of_folder(files: &Files, message: String) -> FileError {
    let file = files.folder();
    let file = file.map_or_else(|| "cases".to_owned(), |folder| folder.display().to_string());
    FileError {
        file,
        line: None,
        message,
    }
}
