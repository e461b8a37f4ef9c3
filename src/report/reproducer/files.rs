//! The files of a reproduction.

use super::{Reproduction, aws, hurl, python, rust, shell};
use crate::plan::Plan;
use crate::report::Found;
use crate::report::curl::CurlTarget;
use crate::run::regressions;
use crate::support::sink::source::comment;

pub(crate) use super::index::{Entry, index};
use super::written::Written;

/// What all files of a run are about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    pub(crate) plan: &'a Plan,
    /// How the target is reached; none for the built-in reference.
    pub(crate) curl: Option<&'a CurlTarget>,
}

/// The files of one reproduction: those languages that have words for it.
pub(crate) fn files(of: &Reproduction, found: &Found, site: &Site<'_>) -> Vec<Written> {
    let (name, plan, curl) = (of.name(), site.plan, site.curl);
    // Python and Rust sign with test credentials alone, and Rust knows no TLS without a crate.
    let signs = curl.is_some_and(|c| c.signs);
    let plain = !signs && curl.is_none_or(|c| c.url.starts_with("http:"));
    let all = [
        (
            format!("test_{name}.py"),
            (!signs).then(|| python::file(of, curl)),
        ),
        (format!("{name}.hurl"), hurl::file(of, curl)),
        (
            format!("{name}.rs"),
            plain.then(|| rust::file(of, curl)).flatten(),
        ),
        (format!("{name}.sh"), shell::file(of, curl)),
        (format!("{name}.aws.sh"), aws::file(of, plan, curl)),
        (format!("{name}.toml"), case(of, plan, found)),
    ];

    all.into_iter()
        .filter_map(|(name, text)| Some(Written { name, text: text? }))
        .collect()
}

/// The case as a case file, where the format has words for it.
fn case(of: &Reproduction, plan: &Plan, found: &Found) -> Option<String> {
    let mut case = found.shown_by(plan)?.clone();
    case.id = regressions::case_id(&plan.contract.slug, &found.finding);
    let head: String = of
        .told()
        .iter()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n")
        .collect();
    let text = regressions::add(plan, &head, [&case]);
    (text != head).then_some(text)
}

impl Reproduction {
    /// What a file is about, in lines: words for a comment of any language.
    pub(super) fn told(&self) -> Vec<String> {
        let of = &self.finding;
        let mut lines = vec![comment(&of.id)];
        lines.extend(self.label().map(|label| comment(&label)));
        lines.push(String::new());
        lines.push(format!(
            "requirement: {} [{}]",
            comment(&of.requirement),
            comment(&of.section)
        ));

        lines.push(format!("sent:        {}", comment(&of.says)));
        lines.push(format!("expected:    {}", comment(&of.expected)));
        lines.push(format!("came:        {}", comment(&of.actual)));
        lines
    }
}
