//! Whether a stream is written to in colours.

use std::io::IsTerminal;

use crate::report::Style;
use clap::ValueEnum;

/// A smaller width is taken for a mistake: no line is wrapped then.
const NARROWEST: usize = 40;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
    /// How a text for a person is written to standard output.
    pub(crate) fn style(self, verbose: bool) -> Style {
        Style {
            colour: self.on(&std::io::stdout()),
            verbose,
            width: width(),
        }
    }

    /// Whether to use colours on that stream: never where NO_COLOR is set; into a pipe only where
    /// CLICOLOR_FORCE is.
    pub(super) fn on(self, stream: &impl IsTerminal) -> bool {
        let set = |name: &str| {
            std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
        };
        match self {
            Self::Always => true,
            Self::Never => false,
            // NO_COLOR counts whatever it holds.
            Self::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => {
                false
            }
            Self::Auto => set("CLICOLOR_FORCE") || understands_codes(stream),
        }
    }
}

/// How many columns the reader has: those of COLUMNS, else those of the terminal. In a file, and in
/// a pipe, no line is wrapped.
fn width() -> Option<usize> {
    let named = std::env::var("COLUMNS").ok();
    let named = named.and_then(|columns| columns.parse().ok());
    let of_terminal = || {
        let (terminal_size::Width(columns), _) =
            terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(columns))
    };
    named
        .or_else(of_terminal)
        .filter(|columns| *columns >= NARROWEST)
}

/// Whether a stream is a terminal that takes colours and moves its cursor back: one that calls
/// itself dumb does neither.
pub(crate) fn understands_codes(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("TERM").is_none_or(|name| name != "dumb")
}
