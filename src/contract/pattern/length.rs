//! Lengths, where a page does not say in what they are counted.

/// The longest value built here, in characters, where a page names no maximum or an absurd one.
pub(super) const CEILING: usize = 1 << 16;

/// Whether a value's length lies within the bounds however it is counted: in UTF-16 units, scalars
/// or bytes.
///
/// Scalars are never more than units, and units never more than bytes, so two comparisons cover all
/// three.
pub(crate) fn fits(value: &str, min_len: usize, max_len: usize) -> bool {
    value.len() <= max_len && value.chars().count() >= min_len
}
