//! What GitHub's runner takes for a command in the output of a step.
//!
//! It reads every line. One that begins, after white space, with `::` is a command if `::` comes
//! once more; and so is what stands between `##[` and `]` anywhere in a line, in a form that is
//! older.

use super::line::said;

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
