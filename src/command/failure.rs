//! What a command ends with: the code of its result, or a message and the code of its failure.

use crate::report::Exit;

/// A message for the user and the code to end with.
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

/// The code to end with, or what went wrong.
pub(crate) type Outcome = Result<Exit, Failure>;

impl Failure {
    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
        }
    }

    /// A result that is there and cannot be written: nothing that the command line says wrongly.
    pub(crate) fn unwritten(message: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::CouldNotTell,
            message: message.to_string(),
        }
    }

    /// What is to be written to could not be opened: a path that is wrong, unless the disk is full.
    pub(crate) fn unopened(error: &std::io::Error, message: impl std::fmt::Display) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::unwritten(message)
            }
            _ => Self::usage(message),
        }
    }
}
