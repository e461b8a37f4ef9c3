//! How a thing of a family is made, and what it is called then.

use toml::{Table, Value};

use super::call::call;
use super::capture::{is, segment, unguarded};
use super::family::{Family, Source};
use super::fill::{Filler, Wish};
use super::filled::{Filled, Thing};
use super::shown::{Shown, shown};
use super::words::{is_long, plain};
use crate::contract::Contract;
use crate::plan::generator::as_text;

/// How a thing is made, where there are several ways to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Lists that may be empty have an element.
    pub(super) full: bool,
    /// What it is called is read from the answer, though we named it.
    pub(super) captured: bool,
    /// Which of the members that may hold a name of ours does.
    pub(super) marker: usize,
}

/// What makes a thing, and what it is called then.
pub(super) struct Making {
    pub(super) filled: Filled,
    pub(super) call: Value,
    /// The name of ours that it has.
    pub(super) own: Option<String>,
    /// What is read from the answer.
    pub(super) capture: Table,
    pub(super) thing: Thing,
}

impl Filler<'_> {
    /// The request that makes a thing of the family. `tag` is in its name, and `prefix` in the names
    /// of what is captured.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn making(
        &self,
        place: usize,
        (tag, prefix): (&str, &str),
        way: Way,
    ) -> Result<Making, String> {
        let (family, create) = self.family(place).ok_or("there is no such family")?;
        let markers = family.markers(self.contracts);
        let marker = markers.get(way.marker).map(String::as_str);
        let wish = Wish {
            makes: Some((tag, marker)),
            full: way.full,
            ..Wish::default()
        };
        let filled = self.request(family.create, &wish);
        if let Some(why) = &filled.lacks {
            return Err(why.clone());
        }

        let text = |member: &str| filled.values.get(member).and_then(|value| value.as_str());
        let own = marker.and_then(text).map(str::to_owned);
        let mut thing = Thing {
            needs: filled.needs.clone(),
            ..Thing::default()
        };
        let mut capture = Table::new();
        let noun = family.noun.replace('-', "_");
        let several = family.answers().count() > 1;
        for part in &family.identity {
            let template = match &part.source {
                Source::Name(member) => {
                    let own = text(member).unwrap_or_default().to_owned();
                    let answers = shown(create);
                    let same = |s: &&Shown| s.is_text && plain(&s.member) == plain(member);
                    let shown = answers.iter().find(same).filter(|_| way.captured);
                    let template = match shown {
                        Some(shown) => {
                            let key = format!("{prefix}{noun}");
                            capture.insert(key.clone(), is(shown, "is", &own));
                            format!("${{{key}}}")
                        }
                        None => own,
                    };
                    thing.name = Some(template.clone());
                    template
                }
                Source::Answer(shown) => {
                    let key = match several {
                        true => format!("{prefix}{noun}_{}", plain(&shown.member)),
                        false => format!("{prefix}{noun}"),
                    };
                    let how = match (is_long(&shown.member), &own) {
                        (true, Some(own)) => is(shown, "ends", own),
                        (true, None) => return Err(unguarded(shown)),
                        (false, _) => segment(shown),
                    };
                    capture.insert(key.clone(), how);
                    let template = format!("${{{key}}}");
                    match is_long(&shown.member) {
                        true => thing.arn = Some(template.clone()),
                        false => thing.id = Some(template.clone()),
                    }
                    template
                }
                Source::Parent(_) | Source::Given => {
                    let Some(template) = self.given_part(place, &part.member, &filled) else {
                        return Err(format!("nothing says what {} is", part.member));
                    };
                    template
                }
            };
            thing.parts.push((part.member.clone(), template));
        }
        let call = call(create, self.service, &filled)
            .ok_or("its body is no text, which no file can hold")?;
        Ok(Making {
            filled,
            call,
            own,
            capture,
            thing,
        })
    }

    /// The value of a member that names no thing of the family itself, in requests about one.
    pub(super) fn given_part(
        &self,
        place: usize,
        member: &str,
        creation: &Filled,
    ) -> Option<String> {
        let (family, _) = self.family(place)?;
        if let Some(value) = creation.values.get(member).and_then(|value| value.as_str()) {
            return Some(value.to_owned());
        }
        let key = family.delete.or(family.read)?;
        let nothing = Thing::default();
        let wish = Wish {
            about: Some(&nothing),
            ..Wish::default()
        };
        let filled = self.request(key, &wish);
        as_text(filled.values.get(member)?)
    }

    pub(super) fn family(&self, place: usize) -> Option<(&Family, &Contract)> {
        let family = self.families.all.get(place)?;
        Some((family, self.contracts.get(family.create)?))
    }
}
