//! What is read from answers, and what it must be, as tables.

use toml::{Table, Value};

use super::shown::Shown;

/// A capture that must be, or end with, a text.
pub(super) fn is(shown: &Shown, how: &str, text: &str) -> Value {
    let mut table = Table::new();
    table.insert("json".to_owned(), shown.pointer().into());
    table.insert(how.to_owned(), text.into());
    table.into()
}

/// A capture of an identifier that the target chooses.
pub(super) fn segment(shown: &Shown) -> Value {
    let mut table = Table::new();
    table.insert("json".to_owned(), shown.pointer().into());
    table.insert("segment".to_owned(), true.into());
    table.into()
}

/// A capture of an identifier within something that was made for it, as one segment of a path.
pub(super) fn within(shown: &Shown) -> Value {
    let key = regex::escape(&shown.key);
    let mut table = Table::new();
    table.insert(
        "regex".to_owned(),
        format!(r#""{key}"\s*:\s*"?([A-Za-z0-9_.-]+)"#).into(),
    );
    table.into()
}

/// Why a value is not used that nothing would guard.
pub(super) fn unguarded(shown: &Shown) -> String {
    format!(
        "the answer calls it {}, and nothing in that would tell that it is ours",
        shown.member
    )
}
