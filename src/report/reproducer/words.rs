//! Templates in the words of a shell script: what was captured is data, whatever it is put into.

use crate::plan::case::Draft;
use crate::report::shell::{format_of, guarded, variable, word};
use crate::support::percent::percent_decode;
use crate::support::template::{Function, Part, pieces};

/// So long a repetition is written out.
const WRITTEN_OUT: usize = 256;
/// What a file makes itself, of letters and digits.
pub(super) const OWN: [&str; 2] = ["run", "worker"];

/// What a value is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// A text in which nothing has a meaning.
    Plain,
    /// A segment of a path, or a value of a form.
    Segment,
    /// A text within JSON.
    Json,
}

impl Into {
    /// What the values in the body of a request are put into.
    pub(super) fn body(draft: &Draft) -> Self {
        let of = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("content-type")
                .then(|| value.to_ascii_lowercase())
        };
        match draft.headers.iter().find_map(of) {
            Some(media) if media.contains("json") => Self::Json,
            Some(media) if media.contains("form-urlencoded") => Self::Segment,
            _ => Self::Plain,
        }
    }

    /// A value, as a word in double quotes.
    fn value(self, value: &str) -> String {
        match self {
            Self::Plain => value.to_owned(),
            Self::Segment => format!("\"$(segment {value})\""),
            Self::Json => format!("\"$(inside {value})\""),
        }
    }
}

/// A template as one word.
pub(super) fn filled(template: &str, into: Into) -> String {
    let mut all = String::new();
    let mut literal = String::new();
    for piece in pieces(template) {
        match written_out(&piece) {
            Some(text) => literal.push_str(&text),
            None => {
                if !literal.is_empty() {
                    all.push_str(&word(&literal));
                    literal.clear();
                }
                all.push_str(&substituted(&piece, into));
            }
        }
    }

    if !literal.is_empty() || all.is_empty() {
        all.push_str(&word(&literal));
    }
    all
}

/// A template as a format of `printf` and the words that it takes.
pub(super) fn printed(template: &str, into: Into) -> String {
    let (mut format, mut words, mut literal) = (String::new(), String::new(), String::new());
    for piece in pieces(template) {
        match written_out(&piece) {
            Some(text) => literal.push_str(&text),
            None => {
                format.push_str(&format_of(&literal));
                literal.clear();
                format.push_str("%s");
                words.extend([" ", &substituted(&piece, into)]);
            }
        }
    }

    format.push_str(&format_of(&literal));
    format!("'{}'{words}", guarded(format))
}

/// The template of a label as one word for a program that encodes it itself. `None` where the word
/// would hold what no argument can, or the template changes a name.
pub(super) fn decoded(template: &str) -> Option<String> {
    let mut all = String::new();
    for piece in pieces(template) {
        match piece {
            Part::Text(text) => {
                let text = percent_decode(text);
                all.push_str(&(!text.contains(char::is_control)).then(|| word(&text))?);
            }
            Part::Name(_) => all.push_str(&substituted(&piece, Into::Plain)),
            Part::Repeat { .. } | Part::Changed { .. } => return None,
        }
    }

    Some(all)
}

/// The text of a part that needs no shell to make it.
fn written_out(piece: &Part<'_>) -> Option<String> {
    match piece {
        Part::Text(text) => Some((*text).to_owned()),
        Part::Repeat { count, text }
            if count.saturating_mul(text.len()) <= WRITTEN_OUT || text.ends_with('\n') =>
        {
            Some(text.repeat(*count))
        }
        Part::Repeat { .. } | Part::Name(_) | Part::Changed { .. } => None,
    }
}

/// What stands for a part that is no text of its own, as one word.
fn substituted(piece: &Part<'_>, into: Into) -> String {
    match piece {
        Part::Text(text) => word(text),
        Part::Repeat { count, text } => format!("\"$(repeated {count} {})\"", word(text)),
        Part::Name(name) if OWN.contains(name) => format!("\"${{{name}}}\""),
        Part::Name(name) => into.value(&format!("\"${{{}}}\"", variable(name))),
        Part::Changed { function, name } => {
            let of = format!("printf %s \"${{{}}}\"", variable(name));
            match function {
                Function::Upper => into.value(&format!("\"$({of} | tr '[:lower:]' '[:upper:]')\"")),
                Function::Cut => into.value(&format!("\"$({of} | sed 's/.$//')\"")),
                Function::Undashed => into.value(&format!("\"$({of} | tr -d -)\"")),
                // These are what a path or a text is to hold, as they stand.
                Function::Encoded => format!("\"$({of} | {})\"", hex("%")),
                Function::EncodedTwice => format!("\"$({of} | {})\"", hex("%25")),
            }
        }
    }
}

/// The command that writes each byte in hexadecimal digits after a text.
fn hex(before: &str) -> String {
    format!("od -An -v -tx1 | tr -d '\\n' | sed 's/ /{before}/g' | tr a-f A-F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_encoded_for_what_it_is_put_into() {
        assert_eq!(
            filled("/a%2F/${mapping}", Into::Segment),
            "/a%2F/\"$(segment \"${mapping}\")\""
        );

        assert_eq!(
            filled("/${encoded-twice mapping}", Into::Segment)
                .matches("segment")
                .count(),
            0
        );

        assert_eq!(
            printed("{\"a%\": \"${x}\"}", Into::Json),
            "'{\"a%%\": \"%s\"}' \"$(inside \"${x}\")\""
        );

        assert_eq!(
            printed("-'${repeat 2 a}${repeat 300 b}", Into::Plain),
            "'\\055\\047aa%s' \"$(repeated 300 b)\""
        );

        assert_eq!(filled("", Into::Plain), "''");
    }

    #[test]
    fn labels_for_a_program_that_encodes_them() {
        assert_eq!(
            decoded("it%27s%20${mapping}").as_deref(),
            Some("'it'\\''s '\"${mapping}\"")
        );
        assert_eq!(decoded("a%0A"), None);
        assert_eq!(decoded("${upper mapping}"), None);
    }
}
