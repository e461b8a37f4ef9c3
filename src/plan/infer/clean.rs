//! How what earlier runs left of a family is found and removed.

use toml::{Table, Value};

use super::capture::segment;
use super::family::{Part, Source};
use super::fill::Filler;
use super::filled::Thing;
use super::making::Way;
use super::shown::Shown;
use super::tables::CleanTable;
use super::words::{Kind, is_long, names_itself, names_thing, plain};

impl Filler<'_> {
    /// How what earlier runs left of the family is found and removed.
    pub(super) fn clean(&self, place: usize, way: Way) -> Option<CleanTable> {
        let (family, _) = self.family(place)?;
        let making = self.making(place, ("f", ""), way).ok()?;
        let own = making.own?;
        let (items, find) = self.listing(place)?;
        let of_parents = |part: &Part| matches!(part.source, Source::Parent(_));
        if family.identity.iter().any(of_parents) || !find.contains_key("call") {
            return None;
        }
        let markers = family.markers(self.contracts);
        let marker = markers.get(way.marker)?;
        let kind = |shown: &Shown| {
            names_thing(&shown.member, &family.noun).or_else(|| names_itself(&shown.member))
        };
        let name = items.iter().find(|shown| {
            shown.is_text
                && (plain(&shown.member) == plain(marker) || kind(shown) == Some(Kind::Name))
        })?;

        let mut thing = Thing::default();
        let mut capture = Table::new();
        for part in &family.identity {
            let key = format!("of_{}", plain(&part.member));
            let template = match &part.source {
                Source::Given => self.given_part(place, &part.member, &making.filled)?,
                Source::Name(_) => {
                    capture.insert(key.clone(), segment(name));
                    format!("${{{key}}}")
                }
                Source::Answer(answer) => {
                    let same = |s: &&Shown| plain(&s.member) == plain(&answer.member);
                    let listed = items.iter().find(same).filter(|s| !is_long(&s.member))?;
                    capture.insert(key.clone(), segment(listed));
                    format!("${{{key}}}")
                }
                Source::Parent(_) => return None,
            };
            thing.parts.push((part.member.clone(), template));
        }
        let removal = self.removal(place, &thing, None)?;
        let (before, _) = own.split_once("${run}")?;
        // What a target makes along with a thing of ours often has a longer name.
        let pattern = format!("{}${{run}}.*", escaped(before));
        let undo: Table = [("call".to_owned(), removal)].into_iter().collect();
        let mut table = Table::new();
        table.insert("id".to_owned(), family.noun.as_str().into());
        table.insert("name".to_owned(), name.own_pointer().into());
        table.insert("pattern".to_owned(), pattern.into());
        table.insert("capture".to_owned(), capture.into());
        table.insert("find".to_owned(), find.into());
        table.insert("undo".to_owned(), vec![Value::from(undo)].into());
        Some(CleanTable { table })
    }
}

/// The text as a regular expression, of which a name needs few signs.
fn escaped(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_@/:".contains(c);
    text.chars()
        .map(|c| match is_plain(c) {
            true => c.to_string(),
            false => regex::escape(&c.to_string()),
        })
        .collect()
}
