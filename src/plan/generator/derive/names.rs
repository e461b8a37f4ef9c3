//! Cases about a member that names something on the target: the names are put on it, and grown to
//! lengths.

use serde_json::Value;

use super::super::proposal::Proposal;
use super::super::weigh::Worth;
use super::{About, Derive};
use crate::contract::{Basis, Level, Member, Shape};
use crate::plan::case::{Expect, Variant};
use crate::plan::fixture::Reference;

impl Derive<'_> {
    /// Lengths that some revisions admit and others refuse: whichever the target follows, it treats
    /// them all alike.
    pub(super) fn between_revisions(&mut self, member: &Member, others: &[&Shape]) {
        let g = self.generator;
        let max = |shape: &Shape| shape.length().and_then(|l| l.max);
        let (Some(own), Some(reference)) = (
            max(g.oracle.contract.resolve(&member.shape)),
            g.binding.reference.get(&member.name),
        ) else {
            return;
        };
        let mut limits: Vec<i64> = others.iter().filter_map(|s| max(s)).chain([own]).collect();
        limits.sort_unstable();
        limits.dedup();
        for pair in limits.windows(2) {
            let (low, high) = (pair[0], pair[1]);
            for (id, size, twin) in [
                ("just-above", low + 1, low + 10),
                ("two-above", low + 2, low + 10),
                ("at-higher", high, high - 10),
            ] {
                if twin <= low || twin > high {
                    continue;
                }
                let stem = |size| self.grown(&reference.stem, usize::try_from(size).ok()?);
                let (Some(value), Some(twin)) = (stem(size), stem(twin)) else {
                    continue;
                };
                let place = format!("request::{}::length::max", member.name);
                let about = About {
                    atom: self.atom(&place),
                    id: format!("{place}::between-revisions::{id}"),
                    says: format!(
                        "{} of {size} characters, beside one of another length between {low} and {high}",
                        member.name
                    ),
                    expect: Expect::AsTwin,
                    basis: Basis::Page,
                    level: Level::Must,
                    why: format!(
                        "Revisions limit the length to {low} or to {high}; none draws a line in between"
                    ),
                };
                let request = |value: String| {
                    g.request(
                        &[(member.name.clone(), Value::from(value))]
                            .into_iter()
                            .collect(),
                    )
                };
                let given = self.usual.clone();
                self.push(
                    about,
                    given,
                    Some(request(twin)),
                    request(value),
                    Variant::ANY,
                );
            }
        }
    }

    /// A template grown to a length by letters; none where it is as long without any.
    fn grown(&self, template: &str, size: usize) -> Option<String> {
        let filled = self.generator.sample.fill(template).ok()?;
        let more = size
            .checked_sub(filled.chars().count())
            .filter(|more| *more > 0)?;
        Some(format!("{template}{}", "a".repeat(more)))
    }

    /// A name as long as `text`, if there is one: of something on the target where it can be, else
    /// the text itself, else the form of a name that has to grow least.
    fn of_length(&self, member: &Member, text: &str, reference: &Reference) -> String {
        let size = text.chars().count();
        let stem = self.grown(&reference.stem, size);
        let mut names: Vec<String> = reference
            .bases
            .values()
            .filter_map(|base| self.grown(base, size))
            .collect();

        names.sort_by_key(|name| name.len() - name.trim_end_matches('a').len());
        let is_valid = |name: &&String| {
            let members = [(member.name.clone(), Value::from(name.as_str()))]
                .into_iter()
                .collect();
            matches!(self.generator.weigh(&members), Worth::Valid)
        };

        let text = text.to_owned();
        let valid = stem
            .iter()
            .chain([&text])
            .chain(&names)
            .find(is_valid)
            .cloned();

        valid.or(stem).unwrap_or(text)
    }

    /// A well-formed name of something that does not exist: its refusal must not be a constraint's,
    /// where that of a plain name of nothing is not.
    pub(super) fn well_formed(
        &mut self,
        member: &Member,
        place: &str,
        id: String,
        says: String,
        value: &Value,
        reference: &Reference,
    ) {
        let g = self.generator;
        let text = value
            .as_str()
            .and_then(|t| g.sample.fill(t).ok())
            .unwrap_or_default();

        let documented = reference.documented.is_match(&text);
        let twin = g.request(
            &[(member.name.clone(), Value::from(reference.absent.as_str()))]
                .into_iter()
                .collect(),
        );

        let request = g.update_of(&member.name, value.clone());
        let atom = self.atom(place);
        let why = format!("{}; and this value does", self.says_of(&atom));
        let level = if documented {
            Level::Must
        } else {
            Level::Should
        };

        let about = About {
            atom,
            id,
            says,
            expect: Expect::LikeTwin,
            basis: Basis::Page,
            level,
            why,
        };

        self.push(about, self.usual.clone(), Some(twin), request, Variant::ANY);
    }

    /// A proposal about a name, as one about something of the target: its region and account, where
    /// it has any.
    pub(super) fn on_target(
        &self,
        member: &Member,
        proposal: &Proposal,
        reference: &Reference,
    ) -> Proposal {
        let Value::String(text) = &proposal.value else {
            return proposal.clone();
        };
        let value = if proposal.side.starts_with("length::") {
            self.of_length(member, text, reference)
        } else if proposal.id.starts_with("refuses::") {
            self.unfilled(text)
        } else {
            relocated(text, reference)
        };

        Proposal {
            value: Value::from(value),
            ..proposal.clone()
        }
    }

    /// Puts the names of bindings back where a text holds their sample values.
    fn unfilled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.samples {
            // Most texts hold few of the values, and asking is far cheaper than replacing.
            if text.contains(value) {
                text = text.replace(value, &format!("${{{name}}}"));
            }
        }

        text
    }
}

/// Replaces the groups of a name that are named like a binding: a request should not leave its
/// account by chance.
pub(crate) fn relocated(text: &str, reference: &Reference) -> String {
    let Some(captures) = reference.parts.captures(text) else {
        return text.to_owned();
    };
    let mut groups: Vec<(std::ops::Range<usize>, &str)> = reference
        .parts
        .capture_names()
        .flatten()
        .filter_map(|n| Some((captures.name(n)?.range(), n)))
        .collect();

    groups.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, name) in groups {
        text.replace_range(range, &format!("${{{name}}}"));
    }
    text
}
