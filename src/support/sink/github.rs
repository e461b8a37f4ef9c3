//! What GitHub's runner takes for a command in the output of a step.
//!
//! It reads every line. One that begins, after white space, with `::` is a command if `::` comes once more; and so is what
//! stands between `##[` and `]` anywhere in a line, in a form that is older.

use super::terminal::said;

/// The beginning of a command in the older form.
pub(super) const OLD_COMMAND: &str = "##[";

/// Whether a line of the text begins as a command does.
pub(super) fn begins_command(text: &str) -> bool {
    text.split('\n').any(|line| said(line).starts_with("::"))
}

/// The text with a backslash before each `::` that begins a line.
pub(super) fn without_commands(text: &str) -> String {
    if !begins_command(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let begins = line.len() - said(line).len();
        if line[begins..].starts_with("::") {
            safe.push_str(&line[..begins]);
            safe.push('\\');
            safe.push_str(&line[begins..]);
        } else {
            safe.push_str(line);
        }
    }
    safe
}

/// The text with a backslash in each `##[`.
pub(super) fn without_old_commands(text: &str) -> String {
    text.replace(OLD_COMMAND, "##\\[")
}

/// A command of ours, on a line of its own.
pub(crate) fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<_> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// What a command says. A line break would end it, and `%` begins an escape.
fn data(text: &str) -> String {
    super::many_lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `,` and `:` would end as well.
fn property(text: &str) -> String {
    data(&super::one_line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let said = command("error", &[("file", "a,b:c%"), ("title", "x::y\n")], "100%\r\n::error::, z");
        assert_eq!(said, "::error file=a%2Cb%3Ac%25,title=x%3A%3Ay\\n::100%25\\r%0A\\::error::, z\n");
    }
}
