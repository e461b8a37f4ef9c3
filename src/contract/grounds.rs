//! Why we expect what we expect, and what a broken expectation does to a run.

/// Why we expect what we expect.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Basis {
    /// The reference page says so.
    Page,
    /// The protocol (HTTP, JSON, AWS REST-JSON) says so.
    Protocol,
    /// AWS was observed to do so.
    Aws,
    /// We conclude it from the others.
    Inferred,
}

impl Basis {
    /// Every ground, the firmest first.
    pub(crate) const ALL: [Self; 4] = [Self::Page, Self::Protocol, Self::Aws, Self::Inferred];
}

impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Page => "page",
            Self::Protocol => "protocol",
            Self::Aws => "aws",
            Self::Inferred => "inferred",
        })
    }
}

/// What a broken expectation does to a run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It fails the run.
    Must,
    /// It is a warning.
    Should,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Must => "must",
            Self::Should => "should",
        })
    }
}
