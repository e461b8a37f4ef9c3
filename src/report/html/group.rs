//! Findings by what they mean to a reader, and the tone and sign of every word in a cell.

use maud::{Markup, html};

use crate::report::document::{Outcome, Report, ReportedCause, ReportedFinding, State};

/// What a finding means to a reader, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Broken,
    Warning,
    Unstable,
    Known,
    Repeated,
}

/// How a word looks: its sign, which tells it apart without colours, and the class of its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tone {
    pub(crate) sign: &'static str,
    pub(crate) class: &'static str,
}

impl Group {
    pub(super) fn of(report: &Report, finding: &ReportedFinding) -> Self {
        if finding.repeats {
            Self::Repeated
        } else if finding.known.is_some() {
            Self::Known
        } else if finding.unstable {
            Self::Unstable
        } else if finding.fails(report.run.gate) {
            Self::Broken
        } else {
            Self::Warning
        }
    }

    /// What a cause means is what the worst of its findings means.
    pub(super) fn of_cause(report: &Report, cause: &ReportedCause) -> Self {
        let of = |id: &String| report.findings.iter().find(|finding| finding.id == *id);
        let groups = cause.findings.iter().filter_map(of);
        let groups = groups.map(|finding| Self::of(report, finding));
        match cause.known {
            Some(_) => Self::Known,
            None => groups.min().unwrap_or(Self::Warning),
        }
    }

    /// The word on a finding, and in the filter.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Warning => "warning",
            Self::Unstable => "unstable",
            Self::Known => "known",
            Self::Repeated => "repeated",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Broken => Tone::BROKEN,
            Self::Warning => Tone::WARNED,
            Self::Unstable => Tone {
                sign: "≈",
                class: "warned",
            },
            Self::Known => Tone {
                sign: "=",
                class: "quiet",
            },
            Self::Repeated => Tone {
                sign: "↺",
                class: "broken",
            },
        }
    }
}

impl Tone {
    pub(crate) const KEPT: Self = Self {
        sign: "✓",
        class: "kept",
    };
    pub(crate) const BROKEN: Self = Self {
        sign: "✗",
        class: "broken",
    };
    pub(crate) const WARNED: Self = Self {
        sign: "!",
        class: "warned",
    };
    pub(crate) const MASKED: Self = Self {
        sign: "◐",
        class: "masked",
    };
    pub(crate) const QUIET: Self = Self {
        sign: "–",
        class: "quiet",
    };
    pub(crate) const UNTESTED: Self = Self {
        sign: "?",
        class: "untested",
    };

    /// The word with its sign, in its colours.
    pub(crate) fn badge(self, word: &str) -> Markup {
        html! { span class={ "badge " (self.class) } { (self.signed(word)) } }
    }

    /// The word after its sign, which is not read aloud.
    pub(crate) fn signed(self, word: &str) -> Markup {
        html! { span aria-hidden="true" { (self.sign) } " " (word) }
    }

    pub(super) fn of_state(state: State) -> Self {
        match state {
            State::Kept => Self::KEPT,
            State::Broken => Self::BROKEN,
            State::Warned => Self::WARNED,
            State::Masked => Self::MASKED,
            State::Impossible => Self {
                sign: "∅",
                ..Self::QUIET
            },
            State::NotOffered => Self::QUIET,
            State::Untested => Self::UNTESTED,
        }
    }

    pub(super) fn of_outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::KEPT,
            Outcome::Fail => Self::BROKEN,
            Outcome::Masked => Self::MASKED,
            Outcome::Skip => Self::QUIET,
            Outcome::Probe => Self {
                sign: "~",
                ..Self::QUIET
            },
            Outcome::NotImplemented => Self {
                sign: "∅",
                ..Self::WARNED
            },
            Outcome::Error => Self::UNTESTED,
        }
    }
}

/// A state in one short word, as in a cell.
pub(super) fn state_word(state: State) -> &'static str {
    match state {
        State::Warned => "warned",
        State::Impossible => "impossible",
        other => other.name(),
    }
}
