//! How the body of a request comes to curl: as an argument, or from a pipe where no argument can
//! hold it.

use super::shell::{format_bytes, format_of, guarded};
use super::shell_template::{shell, substituted};
use crate::plan::case::BodyDraft;
use crate::support::template::{Part, pieces};

/// How a body comes to curl.
pub(super) enum Sent {
    /// There is none.
    Nothing,
    Argument {
        word: String,
        /// Whether curl might take it for the name of a file.
        raw: bool,
    },
    /// From a pipe, written by this command.
    Piped(String),
}

impl Sent {
    pub(super) fn of(body: &BodyDraft) -> Self {
        let template = match body {
            BodyDraft::None => return Self::Nothing,
            BodyDraft::Bytes(bytes) => {
                return Self::Piped(format!("printf {}", format_bytes(bytes)));
            }
            BodyDraft::Text(template) => template,
        };

        let pieces = pieces(template);
        if pieces
            .iter()
            .any(|p| matches!(p, Part::Text(text) | Part::Repeat { text, .. } if text.contains(char::is_control)))
        {
            let (format, arguments) = printed(template);
            return Self::Piped(format!("printf {format}{arguments}"));
        }

        if is_long(&pieces) {
            return Self::Piped(format!("printf %s {}", shell(template)));
        }
        let raw = match pieces.first() {
            Some(Part::Text(text) | Part::Repeat { text, .. }) => text.starts_with('@'),
            Some(Part::Name(_) | Part::Changed { .. }) => true,
            None => false,
        };

        Self::Argument {
            word: shell(template),
            raw,
        }
    }

    /// What stands before curl.
    pub(super) fn before(&self) -> Option<String> {
        match self {
            Self::Piped(command) => Some(format!("{command} | ")),
            Self::Nothing | Self::Argument { .. } => None,
        }
    }

    /// The flag that sends it.
    pub(super) fn flag(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Argument { word, raw: false } => format!(" -d {word}"),
            Self::Argument { word, raw: true } => format!(" --data-raw {word}"),
            Self::Piped(_) => " --data-binary @-".to_owned(),
        }
    }
}

/// Whether a template is too long for an argument of a command: Linux takes 128 KiB. What a name
/// stands for is short.
fn is_long(pieces: &[Part<'_>]) -> bool {
    const MOST: usize = 1 << 16;
    let length = |part: &Part<'_>| match part {
        Part::Text(text) => text.len(),
        Part::Repeat { count, text } => text.len().saturating_mul(*count),
        Part::Name(_) | Part::Changed { .. } => 0,
    };
    pieces.iter().map(length).fold(0, usize::saturating_add) > MOST
}

/// A template as a format of `printf`, and the words that follow it, each after a space.
fn printed(template: &str) -> (String, String) {
    let (mut format, mut words) = (String::new(), String::new());
    let mut literal = String::new();
    for piece in pieces(template) {
        match piece {
            Part::Text(text) | Part::Repeat { count: 1, text } => literal.push_str(text),
            piece => {
                format.push_str(&format_of(&literal));
                literal.clear();
                format.push_str("%s");
                words.extend([" ", &substituted(&piece)]);
            }
        }
    }

    format.push_str(&format_of(&literal));
    (format!("'{}'", guarded(format)), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_no_argument_comes_from_a_pipe() {
        let long = |template| is_long(&pieces(template));
        assert!(
            !long("${repeat 65536 a}")
                && long("${repeat 65537 a}")
                && long("[${repeat 32768 ab}]${name}")
        );

        let piped = |body: &BodyDraft| Sent::of(body).before().unwrap_or_default();
        let text = |text: &str| BodyDraft::Text(text.to_owned());
        assert_eq!(
            piped(&text("a\nb%${mapping}")),
            "printf 'a\\012b%%%s' \"${mapping}\" | "
        );

        assert_eq!(
            piped(&BodyDraft::Bytes(vec![0, 0xff, b'\''])),
            "printf '\\000\\377\\047' | "
        );

        assert_eq!(piped(&text("a${mapping}")), "");
    }

    #[test]
    fn a_body_is_no_file_of_a_name() {
        let flag = |body: &str| Sent::of(&BodyDraft::Text(body.to_owned())).flag();
        assert_eq!(flag("@/etc/passwd"), " --data-raw @/etc/passwd");
        assert_eq!(flag("${mapping}"), " --data-raw \"${mapping}\"");
        assert_eq!(flag("{}"), " -d '{}'");
    }
}
