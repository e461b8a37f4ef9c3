//! Commands to GitHub's runner, which shows them as annotations of a job.

use crate::report::Exit;
use crate::report::document::{Report, Told};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for told in report.told() {
        text.push_str(&annotation(report, &told));
    }
    let level = match report.outcome() {
        Exit::Conforms => "notice",
        _ => "error",
    };
    text.push_str(&command(level, &[("title", "proofmark")], &report.headline));
    text
}

fn annotation(report: &Report, told: &Told<'_>) -> String {
    let finding = told.finding;
    let level = if finding.fails(report.run.gate) { "error" } else { "warning" };
    let line = finding.line.map(|line| line.to_string());
    let mut properties = Vec::new();
    properties.extend(finding.file.as_deref().map(|file| ("file", file)));
    properties.extend(line.as_deref().map(|line| ("line", line)));
    properties.push(("title", finding.id.as_str()));
    let message = format!(
        "{} [{}: {}]\n{}expected: {}\nactual: {}\n{}",
        finding.requirement,
        finding.basis,
        finding.section,
        cause(told),
        told.expected(),
        told.actual(),
        told.replay()
    );
    command(level, &properties, &message)
}

/// What the finding has in common with others.
fn cause(told: &Told<'_>) -> String {
    let others = told.others().map(|id| format!("also breaks: {id}\n"));
    format!("cause: {}\n{}", told.says(), others.collect::<String>())
}

fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<_> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// What a command says. A line break would end it, and `%` begins an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `,` and `:` would end as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let said = command("error", &[("file", "a,b:c%"), ("title", "x::y\n")], "100%\r\n::error::, z");
        assert_eq!(said, "::error file=a%2Cb%3Ac%25,title=x%3A%3Ay%0A::100%25%0D%0A::error::, z\n");
    }
}
