//! One thing the target does wrong, with all that shows it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Evidence;
use crate::contract::{Basis, Level};
use crate::report::Standing;

/// One finding, however many cases showed it, as the smallest request shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedFinding {
    /// Its identity: promise, class and symptom.
    pub(crate) id: String,
    /// The promise it breaks.
    pub(crate) promise: String,
    /// The class of violation, or `valid`, or `answer` where it does not depend on what was sent.
    pub(crate) class: String,
    /// How it shows.
    pub(crate) symptom: String,
    /// Whether it fails a run.
    pub(crate) level: Level,
    /// Why we expect otherwise.
    pub(crate) basis: Basis,
    /// The promise in words.
    pub(crate) requirement: String,
    /// The section of the page that makes it.
    pub(crate) section: String,
    /// What was expected.
    pub(crate) expected: String,
    /// What came.
    pub(crate) actual: String,
    /// How many cases showed it.
    pub(crate) count: usize,
    /// The case that shows it; none for a finding of the data plane.
    pub(crate) case: Option<String>,
    /// That case in words.
    pub(crate) says: Option<String>,
    /// The file that case is written in, where it is.
    pub(crate) file: Option<String>,
    /// The line of that file, from 1.
    pub(crate) line: Option<usize>,
    /// The place in the plan of that case.
    pub(crate) place: Option<usize>,
    /// How large the request that shows it is, in bytes: of several examples the smallest is kept.
    pub(crate) size: Option<usize>,
    /// The part that the exchange which shows it plays in the case: `twin`, `given`, `before`,
    /// `subject`, `after`, `named` or `step`.
    pub(crate) role: String,
    /// The request that shows it, in words, with the names of fixtures still to be filled in.
    pub(crate) sent: Option<String>,
    /// The exchanges of the case, in the order they were sent.
    pub(crate) exchanges: Vec<ReportedExchange>,
    /// Which of the exchanges shows it, from 0.
    pub(crate) shown_by: Option<usize>,
    /// Which of the exchanges is the control, from 0: the valid request whose acceptance makes a
    /// refusal count.
    pub(crate) control: Option<usize>,
    /// The steps of the case, where it is a sequence.
    pub(crate) steps: Vec<ReportedStep>,
    /// Lines of a POSIX shell that show it, in order; none where the target listens nowhere, nor
    /// where it shows in what functions receive, or only after other cases.
    pub(crate) curl: Vec<String>,
    /// The command that shows it again; none for what was only recorded.
    pub(crate) replay: String,
    /// Whether its requests show it only after, or beside, those of other cases, which `replay`
    /// fires too.
    #[serde(default)]
    pub(crate) after_others: bool,
    /// Why the case that shows it expects what it does, where that is more than the promise says by
    /// itself.
    #[serde(default)]
    pub(crate) ground: Option<String>,
    /// The file that a smaller case was written to, where it was found by chance.
    pub(crate) written: Option<String>,
    /// Whether it shows in the records that functions receive, and not in an answer.
    pub(crate) data_plane: bool,
    /// Whether it is the refusal of a control which another finding tells already. It fails a run
    /// all the same.
    pub(crate) repeats: bool,
    /// Why it does not fail the run, where it is known.
    pub(crate) known: Option<String>,
    /// Whether it did not come back when it was tried again, and therefore fails nothing.
    pub(crate) unstable: bool,
    /// What further tries came to, where it is worth a line.
    pub(crate) retried: Option<String>,
    /// What kinds of requests showed it.
    pub(crate) evidence: Vec<Evidence>,
    /// Digests of the values that were accepted, or that answers showed.
    pub(crate) values: BTreeSet<String>,
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedExchange {
    /// The part it plays in the case.
    pub(crate) role: String,
    /// The place of its step, from 0, where the case is a sequence.
    pub(crate) step: Option<usize>,
    /// The method.
    pub(crate) method: String,
    /// The path and query as sent.
    pub(crate) path: String,
    /// Header fields, without those that sign the request and those that a flag adds.
    pub(crate) headers: Vec<(String, String)>,
    /// The body as sent.
    pub(crate) body: Body,
    /// The answer, if there is one.
    pub(crate) answer: Option<ReportedAnswer>,
    /// Why there is none.
    pub(crate) silence: Option<String>,
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedAnswer {
    /// The status code.
    pub(crate) status: u16,
    /// Header fields in wire order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Body,
}

/// A body, as text where it is text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The body, or its beginning; none where it is not UTF-8.
    pub(crate) text: Option<String>,
    /// The body, or its beginning, two digits for each byte, where it is not UTF-8.
    pub(crate) hex: Option<String>,
    /// How many bytes the whole has.
    pub(crate) bytes: usize,
    /// Whether only the beginning is here.
    pub(crate) cut: bool,
}

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedStep {
    /// What it does: `create`, `update`, `read`, `list`, `delete` or `gone`.
    pub(crate) action: String,
    /// The name, in templates, of what it is about; a list is about none.
    pub(crate) on: Option<String>,
    /// Its request, in words.
    pub(crate) sent: String,
    /// The class of violation it is refused for, if it is.
    pub(crate) refused: Option<String>,
}

impl ReportedFinding {
    /// Whether it fails a run with that gate.
    pub(crate) fn fails(&self, gate: Level) -> bool {
        self.standing(gate) == Standing::Fails
    }

    /// How it stands in a run with that gate.
    pub(crate) fn standing(&self, gate: Level) -> Standing {
        match self.level <= gate {
            _ if self.known.is_some() => Standing::Known,
            _ if self.unstable => Standing::Unstable,
            true => Standing::Fails,
            false => Standing::Warns,
        }
    }
}

impl Body {
    /// So many bytes of a body are kept.
    pub(crate) const MOST: usize = 64 * 1024;

    /// The body, or its beginning where it is long.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let kept = bytes.get(..Self::MOST).unwrap_or(bytes);
        let cut = kept.len() < bytes.len();
        let text = match std::str::from_utf8(kept) {
            Ok(text) => Some(text),
            // The cut may go through a character.
            Err(e) if cut && e.error_len().is_none() => {
                std::str::from_utf8(&kept[..e.valid_up_to()]).ok()
            }
            Err(_) => None,
        };

        let hex = || kept.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            hex: text.is_none().then(hex),
            text: text.map(str::to_owned),
            bytes: bytes.len(),
            cut,
        }
    }

    /// The body for a reader, with a note where it was cut or is not text.
    #[cfg(test)]
    pub(crate) fn shown(&self) -> String {
        let note = if self.cut {
            format!("… ({} bytes)", self.bytes)
        } else {
            String::new()
        };
        match (&self.text, &self.hex) {
            (Some(text), _) => format!("{text}{note}"),
            (None, Some(hex)) => format!("0x{hex}{note}"),
            (None, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        let body = Body::of(b"{}");
        assert_eq!(
            body,
            Body {
                text: Some("{}".to_owned()),
                hex: None,
                bytes: 2,
                cut: false
            }
        );

        assert_eq!(Body::of(b"\xff\x00").hex.as_deref(), Some("ff00"));
        assert_eq!(Body::of(b"").shown(), "");
        let mut long = vec![b'a'; Body::MOST - 1];
        long.extend("é".as_bytes());
        let body = Body::of(&long);
        assert!(
            body.cut && body.hex.is_none(),
            "a cut through a character is no other kind of body"
        );

        assert_eq!(body.text.as_ref().map(String::len), Some(Body::MOST - 1));
        assert!(body.shown().ends_with("a… (65537 bytes)"));
    }
}
