//! The files of a run's reproductions: a set for each finding, and an index.

use super::{Reproduction, python};
use crate::report::curl::CurlTarget;

/// A file of a reproduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name in the folder.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What all files of a run are about.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// How the target is reached; none for the built-in reference.
    pub curl: Option<&'a CurlTarget>,
}

/// The files of one reproduction.
#[must_use]
pub fn files(of: &Reproduction, site: &Site<'_>) -> Vec<Written> {
    let name = of.name();
    let mut all = Vec::new();
    let mut add = |name: String, text: String| all.push(Written { name, text });
    add(format!("test_{name}.py"), python::file(of, site.curl));
    all
}

impl Reproduction {
    /// What the file is about, in lines.
    pub(super) fn told(&self) -> Vec<String> {
        let of = &self.finding;
        let mut lines = vec![of.id.clone()];
        lines.extend(self.label());
        lines.push(String::new());
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.push(format!("requirement: {} [{}]", flat(&of.requirement), flat(&of.section)));
        lines.push(format!("sent:        {}", flat(&of.says)));
        lines.push(format!("expected:    {}", flat(&of.expected)));
        lines.push(format!("came:        {}", flat(&of.actual)));
        lines
    }
}
