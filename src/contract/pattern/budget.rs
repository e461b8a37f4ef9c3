//! How much judging one question about a pattern may take.

use super::Pattern;

/// The work left, in characters judged times parts of the pattern: what an engine without shortcuts
/// would need.
pub(super) struct Budget(u64);

impl Budget {
    /// Enough for every pattern of an AWS model several times over, and seconds at the very worst.
    pub(super) fn new() -> Self {
        Self(200_000_000)
    }

    /// Takes what judging the value costs, if that much is left.
    pub(super) fn pays(&mut self, pattern: &Pattern, value: &str) -> bool {
        let cost = pattern.tree.size().saturating_mul(value.len() as u64 + 1);
        let rest = self.0.checked_sub(cost);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}
