//! The `uri` of an operation: a path with labels, and perhaps a query that is always sent.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::{Location, Member};
use super::{FileError, Reader};
use crate::support::echo::shown;

impl Reader<'_> {
    /// Checks that the labels of the path are those of the members, and that the path and the query
    /// can be sent as they stand.
    pub(super) fn uri(&self, uri: &Spanned<String>, input: &[Member]) -> Result<(), FileError> {
        let at = |message: String| self.file.at(uri.span(), message);
        let text = uri.get_ref();
        if !text.starts_with('/') {
            return Err(at(format!(
                "expected a path that starts with `/`, found `{text}`"
            )));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
            return Err(at(format!(
                "expected a path without spaces and `#`, found `{}`: what is no plain character is \
                 written as %20",
                shown(text)
            )));
        }

        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let greedy: Vec<&str> = labels(path).filter(|label| label.ends_with('+')).collect();
        if let [_, second, ..] = greedy.as_slice() {
            return Err(at(format!(
                "expected one label that keeps slashes, found `{{{second}}}` as well"
            )));
        }
        if let Some(label) = greedy.first().filter(|g| labels(path).last() != Some(**g)) {
            return Err(at(format!(
                "expected no label after `{{{label}}}`: where it ends would be open"
            )));
        }
        if let Some(label) = labels(query).find(|label| label.ends_with('+')) {
            return Err(at(format!(
                "`{{{label}}}` keeps slashes, which have no meaning in a query: expected `{{{}}}`",
                label.trim_end_matches('+')
            )));
        }

        let plain = |label: &'_ str| label.trim_end_matches('+').to_owned();
        let named: BTreeSet<String> = labels(text).map(plain).collect();
        let members: BTreeSet<String> = input
            .iter()
            .filter(|m| m.location == Location::Label)
            .map(|m| m.name.clone())
            .collect();
        if named != members {
            return Err(at(format!(
                "the labels of the uri are {named:?}, the members with location `label` are \
                 {members:?}"
            )));
        }

        self.parameters(uri, query, input)
    }

    /// Checks that no member has the name of a parameter that stands in the uri.
    fn parameters(
        &self,
        uri: &Spanned<String>,
        query: &str,
        input: &[Member],
    ) -> Result<(), FileError> {
        let names = query
            .split('&')
            .map(|one| one.split('=').next().unwrap_or(one));
        for name in names.filter(|name| !name.is_empty()) {
            let twice = |m: &&Member| m.location == Location::Query && m.wire_name == name;
            if let Some(member) = input.iter().find(twice) {
                let message = format!(
                    "the uri sends the query parameter `{}` already, and member {} would send it \
                     again",
                    shown(name),
                    member.name
                );
                return Err(self.file.at(uri.span(), message));
            }
        }
        Ok(())
    }
}

/// What stands in braces.
fn labels(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let parts: Vec<&str> = text.split('{').skip(1).collect();
    parts
        .into_iter()
        .filter_map(|rest| rest.split_once('}').map(|(label, _)| label))
}
