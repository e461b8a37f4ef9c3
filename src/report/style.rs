//! How a report is written: its colours, the mark of each finding, and how its reader comes to the
//! target.

use super::Standing;
use super::curl::CurlTarget;
use crate::support::sink::one_line;

/// How text is set off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Whether colours may be used.
    pub(crate) colour: bool,
    /// Whether to show everything, and not only what a first look needs.
    pub(crate) verbose: bool,
    /// How many columns the reader's screen has; none where nothing is to be wrapped.
    pub(crate) width: Option<usize>,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        // A value is made plain before the codes of ours stand around it.
        let text = one_line(text);
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.into_owned()
        }
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// The word that stands before a finding.
    pub(crate) fn standing(self, standing: Standing) -> String {
        match standing {
            Standing::Fails => self.red("FAIL"),
            Standing::Unstable => self.yellow("UNSTABLE"),
            Standing::Warns => self.yellow("WARN"),
            Standing::Known => self.dim("KNOWN"),
        }
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// Where the target is, for a report: its curl lines, and the flag that names it again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Where<'a> {
    /// How curl reaches it; none for the embedded reference.
    pub(crate) curl: Option<&'a CurlTarget>,
    /// The flags that lead `replay` to the same target.
    pub(crate) flags: String,
}
