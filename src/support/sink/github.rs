//! Commands of ours to GitHub's runner, in the output of a step.

/// A command of ours, on a line of its own.
pub(crate) fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<_> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", property(value)))
        .collect();
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// What a command says. A line break would end it, and `%` begins an escape.
fn data(text: &str) -> String {
    super::many_lines(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, which `,` and `:` would end as well.
fn property(text: &str) -> String {
    data(&super::one_line(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let said = command(
            "error",
            &[("file", "a,b:c%"), ("title", "x::y\n")],
            "100%\r\n::error::, z",
        );
        assert_eq!(
            said,
            "::error file=a%2Cb%3Ac%25,title=x%3A%3Ay\\n::100%25\\r%0A\\::error::, z\n"
        );
    }
}
