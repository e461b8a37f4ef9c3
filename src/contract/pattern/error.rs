//! Why a text is not a pattern we can work with, or cannot be generated from.

/// Why a text is not a pattern we can work with. Positions count characters from zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    /// The text is a regular expression in no dialect we know.
    #[error("character {at} of the pattern: {problem}")]
    Syntax {
        /// The position of the offending character.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// The text is a regular expression, but uses something we cannot reason about.
    #[error("character {at} of the pattern: {feature} is not supported")]
    Unsupported {
        /// The position where the feature begins.
        at: usize,
        /// What it is called.
        feature: &'static str,
    },
    /// The text is longer or more deeply nested than any documented pattern, and is refused to
    /// bound time and memory.
    #[error("the pattern is too large: {limit}")]
    TooLarge {
        /// The limit it exceeds.
        limit: &'static str,
    },
}

impl PatternError {
    /// What is wrong, wherever in the pattern it stands.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Syntax { problem, .. } => (*problem).to_owned(),
            Self::Unsupported { feature, .. } => format!("{feature} is not supported"),
            Self::TooLarge { .. } => self.to_string(),
        }
    }
}

/// Why there is no automaton for a pattern: it asks for something the theory or our limits on time
/// and memory exclude.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern cannot be generated from: {reason}")]
pub(crate) struct Unsupported {
    reason: &'static str,
}

impl Unsupported {
    pub(crate) fn new(reason: &'static str) -> Self {
        Self { reason }
    }

    /// What stands in the way, as a phrase.
    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }
}
