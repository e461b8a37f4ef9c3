//! A template as one word of a shell: its text is quoted, and names become variables.

use super::shell::{format, variable as shell_variable, word};
use crate::support::template::{Function, Part, pieces};

/// A template as one shell word: literal parts in single quotes, names as variables in double
/// quotes.
pub(crate) fn shell(template: &str) -> String {
    let mut all = String::new();
    let mut literal = String::new();
    for piece in pieces(template) {
        match piece {
            Part::Text(text) | Part::Repeat { count: 1, text } => literal.push_str(text),
            piece => {
                if !literal.is_empty() {
                    all.push_str(&word(&literal));
                    literal.clear();
                }
                all.push_str(&substituted(&piece));
            }
        }
    }

    if !literal.is_empty() || all.is_empty() {
        all.push_str(&word(&literal));
    }
    all
}

/// What stands for a part of a template that is no text of its own, as one shell word.
pub(crate) fn substituted(piece: &Part<'_>) -> String {
    match piece {
        Part::Text(text) => word(text),
        Part::Repeat { count, text } => {
            format!("\"$(printf {}'%.0s' $(seq {count}))\"", format(text))
        }
        Part::Name(name) => format!("\"${{{}}}\"", shell_variable(name)),
        Part::Changed { function, name } => {
            format!(
                "\"$(printf %s \"${{{}}}\" | {})\"",
                shell_variable(name),
                filter(*function)
            )
        }
    }
}

/// The shell command that does to its input what the function does.
fn filter(function: Function) -> &'static str {
    match function {
        Function::Upper => "tr '[:lower:]' '[:upper:]'",
        Function::Cut => "sed 's/.$//'",
        Function::Undashed => "tr -d -",
        Function::Encoded => "od -An -v -tx1 | tr -d '\\n' | sed 's/ /%/g' | tr a-f A-F",
        Function::EncodedTwice => "od -An -v -tx1 | tr -d '\\n' | sed 's/ /%25/g' | tr a-f A-F",
    }
}

#[cfg(test)]
mod tests {
    use super::shell;

    fn check(template: &str, expect: &str) {
        assert_eq!(shell(template), expect);
    }

    #[test]
    fn templates_become_one_word() {
        check("", "''");
        check("/a/${mapping}", "/a/\"${mapping}\"");
        check(
            r#"{"FunctionName": "${function}:$LATEST"}"#,
            r#"'{"FunctionName": "'"${function}"':$LATEST"}'"#,
        );
        check(
            "/${undashed mapping}",
            "/\"$(printf %s \"${mapping}\" | tr -d -)\"",
        );
        check("it's", r"'it'\''s'");
        check("a\nb", r#""$(printf 'a\012b')""#);
        check("a${repeat 1 $}{b}", "'a${b}'");
        check("x${repeat 3 ab}", "x\"$(printf ab'%.0s' $(seq 3))\"");
    }
}
