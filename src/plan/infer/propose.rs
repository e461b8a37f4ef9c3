//! What is proposed for a family: how one of its things is made, found and removed.

use toml::{Table, Value};

use super::call::{call, call_with, in_path};
use super::family::{Family, Source};
use super::fill::{Filled, Filler, Thing, Wish};
use super::shown::{Shown, items, shown};
use super::states::passing;
use super::tables::{BindingTable, CleanTable, FixtureTable};
use super::words::{Kind, a, is_long, names_itself, names_thing, plain};
use crate::contract::Location;

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
    fn given_part(&self, place: usize, member: &str, creation: &Filled) -> Option<String> {
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
        crate::plan::generator::as_text(filled.values.get(member)?)
    }

    /// A fixture that makes a thing of the family, and the thing.
    ///
    /// # Errors
    /// Why there is none that removes what it makes, and touches nothing else.
    pub(super) fn fixture(&self, place: usize, way: Way) -> Result<(FixtureTable, Thing), String> {
        let (family, create) = self.family(place).ok_or("there is no such family")?;
        let mut making = self.making(place, ("f", ""), way)?;
        let own = making.own.as_deref();
        let find = own.and_then(|own| self.find(place, &making, own, way));
        let removal = self.removal(place, &making.thing, None);
        let goes_along = self.goes_along(place);
        let is_guarded = family.answers().next().is_none() || find.is_some();
        let undo = match (&find, removal) {
            (_, removal) if goes_along && !family.is_single() => removal.filter(|_| is_guarded),
            _ if goes_along => None,
            (Some(_), Some(removal)) => Some(removal),
            (None, Some(_)) => {
                return Err(format!(
                    "no read and no list shows a name of ours, by which {} would be told from others",
                    a(&family.noun)
                ));
            }
            (_, None) => return Err(self.no_removal(place)),
        };
        if find.is_none() {
            // Within what is made for it nothing is anybody else's.
            for shown in family.answers() {
                for (_, how) in making.capture.iter_mut() {
                    let is_of = how.get("json").and_then(Value::as_str) == Some(&shown.pointer());
                    if is_of && !is_long(&shown.member) {
                        *how = within(shown);
                    }
                }
            }
        }

        let mut table = Table::new();
        table.insert("scope".to_owned(), "worker".into());
        if let Some(find) = find {
            table.insert("find".to_owned(), find);
        }
        table.insert("make".to_owned(), vec![making.call.clone()].into());
        if !making.capture.is_empty() {
            table.insert("capture".to_owned(), making.capture.clone().into());
        }
        if let Some(wait) = self.wait(place, &making.thing) {
            table.insert("wait".to_owned(), wait);
        }
        let removed = match goes_along {
            false => "it is removed at the end".to_owned(),
            true => "it goes with what it belongs to".to_owned(),
        };
        if let Some(undo) = undo {
            let mut undo: Table = [("call".to_owned(), undo)].into_iter().collect();
            if goes_along {
                undo.insert("prepares".to_owned(), true.into());
            }
            table.insert("undo".to_owned(), vec![Value::from(undo)].into());
        }
        let called = match (family.name_member(), family.answers().next()) {
            (Some(member), _) => format!("{member} is its name"),
            (None, Some(shown)) => format!("the answer calls it {}", shown.member),
            (None, None) => "it has no name of its own".to_owned(),
        };
        let fixture = FixtureTable {
            id: family.noun.clone(),
            comment: format!("{}, made by {}: {called}; {removed}.", capital(&a(&family.noun)), create.operation),
            needs: making.filled.needs.clone(),
            table,
        };
        let mut thing = making.thing;
        thing.needs.insert(family.noun.clone());
        Ok((fixture, thing))
    }

    /// A fixture that reads the ARN of what another fixture made.
    pub(super) fn arn_fixture(&self, place: usize, thing: &Thing) -> Option<(FixtureTable, String)> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.read?)?;
        let all = shown(contract);
        let is_arn = |shown: &&Shown| {
            let kind = names_thing(&shown.member, &family.noun);
            shown.is_text && kind.or_else(|| names_itself(&shown.member)) == Some(Kind::Arn)
        };
        let shown = all.iter().find(is_arn)?;
        let end = thing.name.as_ref().or(thing.id.as_ref())?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.read?, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;

        let name = format!("{}_arn", family.noun.replace('-', "_"));
        let mut capture = Table::new();
        capture.insert(name.clone(), is(shown, "ends", end));
        let mut table = Table::new();
        table.insert("scope".to_owned(), "worker".into());
        table.insert("make".to_owned(), vec![call].into());
        table.insert("capture".to_owned(), capture.into());
        let fixture = FixtureTable {
            id: format!("{}-arn", family.noun),
            comment: format!("The {} of that {}, as {} shows it.", shown.member, family.noun, contract.operation),
            needs: thing.needs.clone(),
            table,
        };
        Some((fixture, format!("${{{name}}}")))
    }

    /// How a thing is looked for: by its name, or in a list of all.
    fn find(&self, place: usize, making: &Making, own: &str, way: Way) -> Option<Value> {
        let (family, _) = self.family(place)?;
        // An ARN has the name as one of its parts.
        let showing = |all: &[Shown], exact: &str| {
            let kind = |shown: &Shown| {
                names_thing(&shown.member, &family.noun).or_else(|| names_itself(&shown.member))
            };
            let same = |shown: &&Shown| shown.is_text && plain(&shown.member) == plain(exact);
            let of = |wanted: Kind| all.iter().find(|s| s.is_text && kind(s) == Some(wanted));
            let found = all.iter().find(same).or_else(|| of(Kind::Name)).or_else(|| of(Kind::Arn));
            found.cloned()
        };
        let markers = family.markers(self.contracts);
        let marker = markers.get(way.marker)?;

        let by_name = || {
            let read = family.read?;
            let contract = self.contracts.get(read)?;
            // What the target names is not known before.
            if family.answers().next().is_some() {
                return None;
            }
            let all = shown(contract);
            let shown = showing(&all, marker)?;
            let mut named = making.thing.clone();
            for ((_, template), part) in named.parts.iter_mut().zip(&family.identity) {
                if matches!(part.source, Source::Name(_)) {
                    *template = own.to_owned();
                }
            }
            named.name = Some(own.to_owned());
            let filled = self.request(
                read,
                &Wish {
                    about: Some(&named),
                    ..Wish::default()
                },
            );
            let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
            let mut find = Table::new();
            find.insert("call".to_owned(), call);
            find.insert("at".to_owned(), shown.at.as_str().into());
            let absent: Vec<Value> = contract
                .errors
                .iter()
                .filter(|error| error.status != 404 && says_absent(&error.name))
                .map(|error| error.name.as_str().into())
                .collect();
            if !absent.is_empty() {
                find.insert("absent".to_owned(), absent.into());
            }
            find.insert("ours".to_owned(), ours(&shown, own));
            Some(find.into())
        };
        let in_list = || {
            let (items, mut find) = self.listing(place)?;
            let shown = showing(&items, marker)?;
            find.insert("ours".to_owned(), ours(&shown, own));
            Some(find.into())
        };
        by_name().or_else(in_list)
    }

    /// What a list shows of its things, and how it is read.
    fn listing(&self, place: usize) -> Option<(Vec<Shown>, Table)> {
        let (family, _) = self.family(place)?;
        let list = family.list?;
        let contract = self.contracts.get(list)?;
        let items = items(contract, &family.noun)?;
        let nothing = Thing::default();
        let wish = Wish {
            about: Some(&nothing),
            ..Wish::default()
        };
        let filled = self.request(list, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
        let mut find = Table::new();
        find.insert("call".to_owned(), call);
        find.insert("list".to_owned(), items.pointer.as_str().into());
        find.extend(next_page(contract).map(|next| ("next".to_owned(), next)));
        Some((items.members, find))
    }

    /// The request that removes a thing. `member`: where its path names what was sent as a member,
    /// the path says so, in place of the name.
    pub(super) fn removal(&self, place: usize, thing: &Thing, sent: Option<&str>) -> Option<Value> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.delete?)?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.delete?, &wish);
        if filled.lacks.is_some() || !filled.names_ours {
            return None;
        }
        let is_name = |label: &str| {
            let parts = family.identity.iter();
            let mut named = parts.filter(|part| matches!(part.source, Source::Name(_)));
            named.any(|part| part.member == label)
        };
        call_with(contract, self.service, &filled, |label, template| match sent {
            Some(member) if is_name(label) => format!("{{{member}}}"),
            _ => in_path(template),
        })
    }

    /// Whether what names the thing to remove stands in the path alone.
    pub(super) fn is_removed_by_path(&self, place: usize) -> bool {
        let Some((family, _)) = self.family(place) else {
            return false;
        };
        let Some(contract) = family.delete.and_then(|delete| self.contracts.get(delete)) else {
            return false;
        };
        family.identity.iter().all(|part| {
            let member = contract.member(&part.member);
            let in_path = member.is_none_or(|member| {
                matches!(member.location, Location::Label | Location::Query)
            });
            in_path || !matches!(part.source, Source::Name(_))
        })
    }

    /// Whether a thing is removed with what it belongs to: its path lies below that of a thing that
    /// is made for it.
    pub(super) fn goes_along(&self, place: usize) -> bool {
        let Some((family, create)) = self.family(place) else {
            return false;
        };
        family.parents.iter().any(|parent| {
            let keys = self.family(*parent).map(|(parent, _)| [parent.delete, parent.read]);
            let keys = keys.into_iter().flatten().flatten();
            keys.filter_map(|key| self.contracts.get(key))
                .any(|key| is_below(&create.http.uri, &key.http.uri))
                && self.made.contains_key(parent)
        })
    }

    /// Why what is made would stay.
    pub(super) fn no_removal(&self, place: usize) -> String {
        let noun = self.family(place).map_or("thing", |(family, _)| family.noun.as_str());
        match self.family(place).and_then(|(family, _)| family.delete) {
            Some(delete) => {
                let name = self.contracts.get(delete).map_or("", |c| c.operation.as_str());
                format!("it would make {}, and nothing says what {name} needs to remove it", a(noun))
            }
            None => format!("it would make {}, and no operation of the model removes one", a(noun)),
        }
    }

    /// What is waited for after a thing was made.
    fn wait(&self, place: usize, thing: &Thing) -> Option<Value> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.read?)?;
        let (pointer, states) = passing(contract)?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.read?, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
        let mut wait = Table::new();
        wait.insert("call".to_owned(), call);
        wait.insert("json".to_owned(), pointer.into());
        wait.insert("while".to_owned(), states.into());
        Some(wait.into())
    }

    /// The binding of the operation that makes things of the family.
    ///
    /// # Errors
    /// Why there is none that removes what it makes.
    pub(super) fn creation(&self, place: usize, way: Way) -> Result<BindingTable, String> {
        let (family, create) = self.family(place).ok_or("there is no such family")?;
        // An answer may name anything: what is removed is what was named here.
        let named = Way {
            captured: false,
            ..way
        };
        let making = self.making(place, ("c", "made_"), named)?;
        let sent = family.name_member().filter(|_| self.is_removed_by_path(place));
        let after = match self.removal(place, &making.thing, sent) {
            // What belongs to one thing once is set, and goes with that.
            _ if family.is_single() && self.goes_along(place) => Vec::new(),
            Some(removal) => vec![removal],
            None if self.goes_along(place) => Vec::new(),
            None => return Err(self.no_removal(place)),
        };
        let capture = match after.is_empty() {
            true => Table::new(),
            false => making.capture,
        };
        let markers = family.markers(self.contracts);
        let names = markers.get(way.marker).filter(|_| making.own.is_some());
        // Each request has a token of its own.
        let names = names.filter(|name| create.member(name).is_some_and(|m| !m.is_token));
        Ok(BindingTable {
            slug: create.slug.clone(),
            label: making.filled.labels(create),
            given: making.filled.given(create),
            names: names.into_iter().cloned().collect(),
            needs: making.filled.needs,
            after,
            capture,
            ..BindingTable::default()
        })
    }

    /// What makes a thing before a request, and removes it where the request does not; and the
    /// thing.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn before(&self, place: usize, tag: &str, way: Way) -> Result<(Value, Thing), String> {
        let way = Way {
            captured: false,
            ..way
        };
        let making = self.making(place, (tag, "own_"), way)?;
        let (family, _) = self.family(place).ok_or("there is no such family")?;
        let mut before = Table::new();
        before.insert("call".to_owned(), making.call.clone());
        if !making.capture.is_empty() {
            before.insert("capture".to_owned(), making.capture.clone().into());
        }
        match self.removal(place, &making.thing, None) {
            _ if family.is_single() && self.goes_along(place) => {}
            Some(removal) => {
                before.insert("undo".to_owned(), vec![removal].into());
            }
            None if self.goes_along(place) => {}
            None => return Err(self.no_removal(place)),
        }
        Ok((before.into(), making.thing))
    }

    /// How what earlier runs left of the family is found and removed.
    pub(super) fn clean(&self, place: usize, way: Way) -> Option<CleanTable> {
        let (family, _) = self.family(place)?;
        let making = self.making(place, ("f", ""), way).ok()?;
        let own = making.own?;
        let (items, find) = self.listing(place)?;
        let of_parents = |part: &super::family::Part| matches!(part.source, Source::Parent(_));
        if family.identity.iter().any(of_parents) || !find.contains_key("call") {
            return None;
        }
        let markers = family.markers(self.contracts);
        let marker = markers.get(way.marker)?;
        let kind = |shown: &Shown| {
            names_thing(&shown.member, &family.noun).or_else(|| names_itself(&shown.member))
        };
        let name = items.iter().find(|shown| {
            shown.is_text && (plain(&shown.member) == plain(marker) || kind(shown) == Some(Kind::Name))
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
        let rest = own.strip_prefix(before)?.strip_prefix("${run}")?;
        let middle = rest.strip_suffix("f${worker}")?;
        let pattern = format!("{}${{run}}{}[a-z][0-9n]+", escaped(before), escaped(middle));
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

    fn family(&self, place: usize) -> Option<(&Family, &crate::contract::Contract)> {
        let family = self.families.all.get(place)?;
        Some((family, self.contracts.get(family.create)?))
    }
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Whether a path lies below another one, whatever its labels are called.
fn is_below(path: &str, above: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        let part = |part: &str| match part.starts_with('{') {
            true => "{}".to_owned(),
            false => part.to_owned(),
        };
        // Operations of one service may be of several versions, and say so first.
        let parts = path.split('/').filter(|part| !part.is_empty());
        let is_version = |part: &&str| !part.starts_with('{') && part.contains(|c: char| c.is_ascii_digit());
        parts.skip_while(is_version).map(part).collect()
    };
    let (path, above) = (parts(path), parts(above));
    path.len() > above.len() && path.starts_with(&above) && above.iter().any(|part| part == "{}")
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

/// Whether an error's name says that something is not there.
fn says_absent(error: &str) -> bool {
    let error = plain(error);
    ["notfound", "nosuch", "doesnotexist", "notexist", "nonexistent"]
        .iter()
        .any(|word| error.contains(word))
}

/// How a list is asked for its next page.
fn next_page(contract: &crate::contract::Contract) -> Option<Value> {
    let pages = contract.rules.iter().find_map(|rule| match &rule.kind {
        crate::contract::RuleKind::Pages(pages) => Some(pages),
        _ => None,
    })?;
    let from = contract.output_member(&pages.output_token)?;
    let to = contract.member(&pages.input_token)?;
    let mut next = Table::new();
    next.insert("json".to_owned(), super::shown::step(&from.wire_name).into());
    let key = match to.location {
        Location::Query => "query",
        Location::Body => "member",
        _ => return None,
    };
    next.insert(key.to_owned(), to.wire_name.as_str().into());
    Some(next.into())
}

fn ours(shown: &Shown, own: &str) -> Value {
    let ours: Table = [(shown.own_pointer(), Value::from(own))].into_iter().collect();
    ours.into()
}

/// A capture that must be, or end with, a text.
fn is(shown: &Shown, how: &str, text: &str) -> Value {
    let mut table = Table::new();
    table.insert("json".to_owned(), shown.pointer().into());
    table.insert(how.to_owned(), text.into());
    table.into()
}

/// A capture of an identifier that the target chooses.
fn segment(shown: &Shown) -> Value {
    let mut table = Table::new();
    table.insert("json".to_owned(), shown.pointer().into());
    table.insert("segment".to_owned(), true.into());
    table.into()
}

/// A capture of an identifier within something that was made for it, as one segment of a path.
fn within(shown: &Shown) -> Value {
    let key = regex::escape(&shown.key);
    let mut table = Table::new();
    table.insert("regex".to_owned(), format!(r#""{key}"\s*:\s*"?([A-Za-z0-9_.-]+)"#).into());
    table.into()
}

fn unguarded(shown: &Shown) -> String {
    format!(
        "the answer calls it {}, and nothing in that would tell that it is ours",
        shown.member
    )
}
