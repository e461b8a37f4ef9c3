//! Words of reports.

/// So many of what the noun names, which takes an `s` where they are several.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
