//! Values as TOML has them.

use serde_json::Value;

use crate::support::sink::source;

/// A text as a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    source::toml(text)
}

/// A JSON text of a simple value, as TOML has it.
pub(crate) fn scalar(json: &str) -> Option<String> {
    match serde_json::from_str(json).ok()? {
        Value::String(text) => Some(quoted(&text)),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Number(number) => Some(number.as_i64()?.to_string()),
        _ => None,
    }
}

/// An inline table.
pub(crate) fn table<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| format!("{} = {value}", quoted(name)));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}
