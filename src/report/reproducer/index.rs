//! The index of a folder of reproducers.

use std::fmt::Write as _;

use super::Reproduction;
use super::written::Written;
use crate::support::sink::source::comment;
use crate::support::sink::{markdown, one_line};

/// A finding of the index.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// It has files.
    Offered(Box<Reproduction>, Vec<Written>),
    /// It has none but what `replay` shows, and why.
    Left {
        /// The finding's identity.
        id: String,
        why: String,
        /// The command that shows it.
        replay: String,
    },
}

/// The text of `README.md`.
pub(crate) fn index(entries: &[Entry]) -> String {
    let mut text = String::from(
        "# Reproducers\n\nEach finding by itself, from an empty target to the answer that shows it. The tests fail while it \
         shows and pass once it is gone; `PROOFMARK_ENDPOINT` names the target.\n\n\
         | file | how |\n| --- | --- |\n\
         | `test_NAME.py` | `pytest`, or `python test_NAME.py`: no package is needed |\n\
         | `NAME.hurl` | `hurl --test --continue-on-error --variable endpoint=URL --variable run=$RANDOM NAME.hurl` |\n\
         | `NAME.rs` | `rustc --edition 2021 --test NAME.rs && ./NAME`, or a file of `tests/` in a crate: no crate is needed |\n\
         | `NAME.sh` | `sh NAME.sh`, with curl and jq: exit code 1 while it shows, 0 when not, 2 where nobody can tell |\n\
         | `NAME.aws.sh` | the same by the AWS CLI, whose fixtures curl makes |\n\
         | `NAME.toml` | `proofmark replay NAME.toml` |\n",
    );
    for entry in entries {
        match entry {
            Entry::Offered(of, files) => {
                let _ = write!(text, "\n## {}\n\n", markdown::text(&of.finding.id));
                if let Some(label) = of.label() {
                    let _ = write!(text, "**It {}.**\n\n", markdown::text(&label));
                }
                let _ = writeln!(
                    text,
                    "{}\n",
                    markdown::text(&comment(&of.finding.requirement))
                );
                for file in files {
                    let _ = writeln!(text, "- [{0}]({0})", file.name);
                }
            }
            Entry::Left { id, why, replay } => {
                let _ = write!(
                    text,
                    "\n## {}\n\nNo file shows it: {}.\n\n    {}\n",
                    markdown::text(id),
                    markdown::text(why),
                    one_line(replay)
                );
            }
        }
    }
    text
}
