//! JSON that may be printed as well: what a reader would not see is an escape, which means the same
//! to a parser.

use serde::Serialize;

use super::ci::OLD_COMMAND;
use super::is_hidden;

/// The value as JSON of several lines, with a line break at its end.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    // Nothing in our forms can fail to be JSON: every key is text.
    let mut text = escaped(serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
}

/// The JSON text with escapes in the place of what is hidden, and none of a CI's commands.
///
/// Both can stand only within texts of the document, where an escape means the character.
pub(crate) fn escaped(json: String) -> String {
    let json = if json.contains(OLD_COMMAND) {
        json.replace(OLD_COMMAND, "#\\u0023[")
    } else {
        json
    };

    if !json.contains(is_hidden) {
        return json;
    }
    let mut safe = String::with_capacity(json.len() + 16);

    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }

    safe
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn an_escape_means_the_character() {
        let said = "a\u{1b}\u{7f}\u{9b}\u{202e}\u{fffe}\u{e0001}é ##[group]\n";
        let json = pretty(&said);
        assert_eq!(
            json,
            "\"a\\u001b\\u007f\\u009b\\u202e\\ufffe\\udb40\\udc01é #\\u0023[group]\\n\"\n"
        );
        assert_eq!(
            serde_json::from_str::<String>(&json).ok().as_deref(),
            Some(said)
        );
    }
}
