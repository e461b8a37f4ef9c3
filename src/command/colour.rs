//! Whether a stream is written to in colours.

use std::io::IsTerminal;

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
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

/// Whether a stream is a terminal that takes colours and moves its cursor back: one that calls
/// itself dumb does neither.
pub(crate) fn understands_codes(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("TERM").is_none_or(|name| name != "dumb")
}
