//! A file of a reproduction.

/// A file of a reproduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its name in the folder.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) text: String,
}
