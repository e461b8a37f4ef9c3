//! Requests of an operation, filled in: names of ours, what other requests made, recipes, and the
//! simplest value of a shape, in this order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::families::Families;
use super::filled::{Filled, Thing};
use super::name::own_name;
use super::recipes::{Recipe, Recipes};
use super::words::{Kind, Verb, a, is_long, names_itself, names_thing, plain, singular};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location, Member, Service, Shape, ShapeType};
use crate::plan::generator::simplest;
use crate::support::template::{Bindings, literal};

/// Deeper than this a value is the simplest one.
const DEEPEST: usize = 6;

/// What a request is to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish<'a> {
    /// The thing of the operation's family that it is about, where that is not the one of a fixture.
    pub(super) about: Option<&'a Thing>,
    /// It makes a thing, which has this in its name; and the member for the name.
    pub(super) makes: Option<(&'a str, Option<&'a str>)>,
    /// Whether lists have an element where they may be empty.
    pub(super) full: bool,
    /// A member that is sent although it is not required, because it names what was made.
    pub(super) also: Option<&'a str>,
}

/// What requests are filled in with.
pub(super) struct Filler<'a> {
    pub(super) contracts: &'a [Contract],
    pub(super) service: &'a Service,
    pub(super) families: &'a Families,
    pub(super) recipes: &'a Recipes,
    /// The things that fixtures make, by family.
    pub(super) made: BTreeMap<usize, Thing>,
    /// The families of which none could be made.
    pub(super) unmade: BTreeSet<usize>,
    pub(super) sample: Bindings,
}

impl<'a> Filler<'a> {
    /// The members that an operation does not require, and that could name what was made.
    pub(super) fn optional_names(&self, place: usize) -> Vec<String> {
        let Some(contract) = self.contracts.get(place) else {
            return Vec::new();
        };
        let (family, own) = match self.families.roles.get(place).and_then(|role| role.1) {
            Some(family) => (Some(family), self.families.all.get(family)),
            None => (None, None),
        };
        let names_made = |member: &&Member| {
            let one = singular(&member.name);
            let own = own.filter(|_| family.is_some_and(|family| self.made.contains_key(&family)));
            let own = own.and_then(|own| names_thing(&one, &own.noun));
            let owner = self.families.owner(&one, None);
            own.is_some() || owner.is_some_and(|(owner, _)| self.made.contains_key(&owner))
        };
        let optional = contract.input.iter().filter(|member| !member.required);
        optional
            .filter(names_made)
            .map(|member| member.name.clone())
            .collect()
    }

    /// A request of the operation at that place.
    pub(super) fn request(&self, place: usize, wish: &Wish<'_>) -> Filled {
        let mut filled = Filled::default();
        let Some(contract) = self.contracts.get(place) else {
            return filled;
        };
        let of = (self.service.name.as_str(), contract.slug.as_str());
        for member in &contract.input {
            let is_name = wish
                .makes
                .is_some_and(|(_, name)| name == Some(member.name.as_str()));
            let wanted = member.required
                || is_name
                || wish.also == Some(member.name.as_str())
                || self.recipes.wants(of, &member.name);
            if !wanted {
                continue;
            }
            let mut one = One {
                filler: self,
                place,
                contract,
                wish,
                filled: &mut filled,
            };
            if let Some(value) = one.member(member, is_name) {
                filled.values.insert(member.name.clone(), value);
            }
        }
        filled
    }
}

/// One request on its way.
struct One<'f, 'a> {
    filler: &'f Filler<'a>,
    place: usize,
    contract: &'a Contract,
    wish: &'f Wish<'f>,
    filled: &'f mut Filled,
}

impl One<'_, '_> {
    fn member(&mut self, member: &Member, is_name: bool) -> Option<Value> {
        let name = &member.name;
        if let (true, Some((tag, _))) = (is_name || member.is_token, self.wish.makes) {
            let noun = self.noun();
            let oracle = Oracle::of(self.contract, self.filler.service);
            let own = own_name(&oracle, &self.filler.sample, member, &noun, tag);
            match own {
                Some(own) => {
                    self.filled.names_ours |= is_name;
                    return Some(own.into());
                }
                None if member.is_token => {}
                None => {
                    self.lack(format!("no name of ours is a valid {name}"));
                    return None;
                }
            }
        }

        let element = member.location.is_text();
        let before = (self.filled.names_ours, self.filled.has_recipe);
        self.filled.names_ours = false;
        self.filled.has_recipe = false;
        let value = self.value(&member.shape, name, name, 0, element);
        let is_known = self.filled.names_ours || self.filled.has_recipe;
        self.filled.names_ours |= before.0;
        self.filled.has_recipe |= before.1;
        // What a target accepts as the name of nothing would be no good value.
        if value.is_some() && !is_known && self.names_something(member) {
            self.lack(format!("nothing says what {name} names: a recipe may"));
        }
        if value.is_none() {
            self.lack(format!(
                "no value of {name} follows from its name and shape: a recipe may give one"
            ));
        }
        value
    }

    /// Whether the member names something that is to be there already.
    fn names_something(&self, member: &Member) -> bool {
        let shape = self.contract.resolve(&member.shape);
        let is_text = shape.kind == ShapeType::String && shape.values().is_none();
        let in_path = member.location == Location::Label && shape.values().is_none();
        let ends = ["id", "arn", "name", "identifier"];
        let plain = plain(&member.name);
        let says_so = is_text && ends.iter().any(|end| plain.ends_with(end));
        in_path || (says_so && self.wish.makes.is_none())
    }

    /// A value of that shape for what is called so at that path.
    fn value(
        &mut self,
        shape: &Shape,
        name: &str,
        path: &str,
        depth: usize,
        element: bool,
    ) -> Option<Value> {
        let of = (
            self.filler.service.name.as_str(),
            self.contract.slug.as_str(),
        );
        let shape = self.contract.resolve(shape);
        let fits = |value: &Value| is_of(shape.kind, value);
        if let Some(recipe) = self.filler.recipes.value(of, path, true, fits) {
            return Some(self.of_recipe(recipe));
        }
        let is_text = shape.kind == ShapeType::String && shape.values().is_none();
        if is_text && let Some(named) = self.reference(name, shape, depth) {
            return named.map(Value::from);
        }
        if let Some(recipe) = self.filler.recipes.value(of, path, false, fits) {
            return Some(self.of_recipe(recipe));
        }

        match shape.kind {
            ShapeType::Structure if depth < DEEPEST => {
                let mut object = Map::new();
                for (name, member) in &shape.members {
                    let path = format!("{path}.{name}");
                    if member.required {
                        let value = self.value(&member.shape, name, &path, depth + 1, false)?;
                        object.insert(member.wire_name.clone(), value);
                    }
                }
                Some(Value::Object(object))
            }
            ShapeType::List if depth < DEEPEST => {
                let least = shape.length().and_then(|length| length.min).unwrap_or(0);
                if least > 1 {
                    return simplest(self.contract, shape, depth).map(as_literals);
                }
                let one = singular(name);
                let is_named = self.is_name(&one);
                match least == 1 || element || self.wish.full || is_named {
                    true => {
                        let of = shape.element.as_deref()?;
                        let one = self.value(of, &one, path, depth + 1, false)?;
                        Some(Value::Array(vec![one]))
                    }
                    false => Some(Value::Array(Vec::new())),
                }
            }
            _ => simplest(self.contract, shape, depth).map(as_literals),
        }
    }

    fn of_recipe(&mut self, recipe: &Recipe) -> Value {
        self.filled.needs.extend(recipe.needs.iter().cloned());
        self.filled.has_recipe = true;
        let text = recipe.value.to_string();
        self.filled.names_ours |= text.contains("${run}");
        recipe.value.clone()
    }

    /// Whether a member of that name would name a thing that was made.
    fn is_name(&self, name: &str) -> bool {
        let own = self.own_kind(name);
        own.is_some() || self.filler.families.owner(name, self.family()).is_some()
    }

    fn own_kind(&self, name: &str) -> Option<Kind> {
        let noun = self.noun();
        let is_about = self.wish.makes.is_none() && self.family().is_some();
        is_about.then(|| names_thing(name, &noun).or_else(|| names_itself(name)))?
    }

    /// What names a thing in a member of that name. `None`: it names none; `Some(None)`: it names
    /// one that was not made.
    fn reference(&mut self, name: &str, shape: &Shape, depth: usize) -> Option<Option<String>> {
        let family = self.family();
        let own = family.and_then(|family| {
            let about = self.wish.about.or_else(|| self.filler.made.get(&family));
            about.filter(|_| self.wish.makes.is_none())
        });
        if let Some(thing) = own {
            let same = |(member, _): &&(String, String)| plain(member) == plain(name);
            let part = thing.parts.iter().find(same).filter(|_| depth == 0);
            let kind = self
                .own_kind(name)
                .filter(|_| depth == 0 || names_itself(name).is_none());
            let kind_of_part = part.map(|_| if is_long(name) { Kind::Arn } else { Kind::Bare });
            let found = part.map(|(_, template)| template.clone());
            let found = found.or_else(|| thing.by(kind?).cloned());
            if let Some(template) = found {
                let kind = kind.or(kind_of_part).unwrap_or(Kind::Bare);
                let by_part = part.is_some();
                let needs = thing.needed_by(if by_part { Kind::Bare } else { kind });
                let needs: Vec<String> = needs.collect();
                return Some(Some(self.of_ours(needs, template)));
            }
        }

        let but = family.filter(|_| own.is_some() || self.wish.makes.is_some());
        if let Some((owner, kind)) = self.filler.families.owner(name, but) {
            // What a thing is made of may be one of its own kind.
            if self.wish.makes.is_some() && Some(owner) == family {
                return None;
            }
            let Some(thing) = self.filler.made.get(&owner) else {
                let is_missing = self.filler.unmade.contains(&owner);
                if is_missing {
                    let noun = self.filler.families.all.get(owner).map(|f| f.noun.clone());
                    let noun = noun.unwrap_or_default();
                    self.lack(format!("{name} names {}, and none could be made", a(&noun)));
                    return Some(None);
                }
                return None;
            };
            let same = |(member, _): &&(String, String)| plain(member) == plain(name);
            let part = thing.parts.iter().find(same).map(|(_, template)| template);
            let template = part.or_else(|| thing.by(kind)).cloned()?;
            let is_arn = part.is_none() && kind == Kind::Arn;
            let needs = thing.needed_by(if is_arn { Kind::Arn } else { Kind::Bare });
            let needs: Vec<String> = needs.collect();
            return Some(Some(self.of_ours(needs, template)));
        }
        self.any_arn(name, shape)
    }

    /// The ARN of something that was made, where the member names any resource.
    fn any_arn(&mut self, name: &str, shape: &Shape) -> Option<Option<String>> {
        let roles = self.filler.families.roles.get(self.place);
        let is_tag = roles.is_some_and(|(words, _)| words.verb == Verb::Tag);
        let name = plain(name);
        let is_any = matches!(
            name.as_str(),
            "resource" | "resourcearn" | "arn" | "resourceid"
        );
        if !is_tag || !is_any {
            return None;
        }
        // Where a pattern names a noun, it is about things of that.
        let shortest = simplest(self.contract, shape, 0);
        let shortest = plain(
            shortest
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        let all = self
            .filler
            .made
            .iter()
            .filter(|(_, thing)| thing.arn.is_some());
        let (_, with_arn) = all.max_by_key(|(place, _)| {
            let noun = self
                .filler
                .families
                .all
                .get(**place)
                .map(|f| plain(&f.noun));
            let noun = noun.filter(|noun| shortest.contains(noun.as_str()));
            (noun.map_or(0, |noun| noun.len()), usize::MAX - **place)
        })?;
        let template = with_arn.arn.clone()?;
        let needs: Vec<String> = with_arn.needed_by(Kind::Arn).collect();
        Some(Some(self.of_ours(needs, template)))
    }

    fn of_ours(&mut self, needs: Vec<String>, template: String) -> String {
        self.filled.needs.extend(needs);
        self.filled.names_ours = true;
        template
    }

    fn family(&self) -> Option<usize> {
        self.filler.families.roles.get(self.place)?.1
    }

    fn noun(&self) -> String {
        let family = self
            .family()
            .and_then(|family| self.filler.families.all.get(family));
        family.map(|family| family.noun.clone()).unwrap_or_default()
    }

    fn lack(&mut self, why: String) {
        self.filled.lacks.get_or_insert(why);
    }
}

/// Whether a value of a recipe is of that type.
fn is_of(kind: ShapeType, value: &Value) -> bool {
    match value {
        Value::Object(_) => matches!(
            kind,
            ShapeType::Structure | ShapeType::Union | ShapeType::Map | ShapeType::Document
        ),
        Value::Array(_) => matches!(kind, ShapeType::List | ShapeType::Document),
        Value::String(_) => matches!(
            kind,
            ShapeType::String | ShapeType::Enum | ShapeType::Blob | ShapeType::Timestamp
        ),
        Value::Bool(_) => kind == ShapeType::Boolean,
        Value::Number(_) => matches!(
            kind,
            ShapeType::Integer
                | ShapeType::Long
                | ShapeType::Float
                | ShapeType::Double
                | ShapeType::Timestamp
        ),
        Value::Null => false,
    }
}

/// The value, with texts that are never read as templates.
fn as_literals(value: Value) -> Value {
    match value {
        Value::String(text) => literal(&text).into(),
        Value::Array(all) => all.into_iter().map(as_literals).collect(),
        Value::Object(all) => {
            let all = all
                .into_iter()
                .map(|(name, value)| (name, as_literals(value)));
            Value::Object(all.collect())
        }
        other => other,
    }
}
