//! Lengths, where a page does not say in what they are counted.

/// The longest value that is made, in characters: a test request is not a load test. What is said
/// to be impossible is impossible at every legal length, beyond this too.
pub(crate) const LONGEST: usize = 4096;

/// Whether a value's length lies within the bounds however it is counted: in UTF-16 units, scalars
/// or bytes.
///
/// Scalars are never more than units, and units never more than bytes, so two comparisons cover all
/// three.
pub(crate) fn fits(value: &str, min_len: usize, max_len: usize) -> bool {
    value.len() <= max_len && value.chars().count() >= min_len
}
