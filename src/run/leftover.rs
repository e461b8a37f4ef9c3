//! What could not be removed from the target, and how sure it is that something was made.

/// Something that could not be removed from the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// The fixture, and the request that should have removed it.
    pub(crate) what: String,
    /// What the target answered.
    pub(crate) why: String,
}

/// How sure it is that something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// The target said so.
    Surely,
    /// The target failed, or did not answer, and may have carried the request out all the same.
    Perhaps,
}
