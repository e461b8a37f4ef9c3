//! Which files use which, and what is wrong with that.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

/// A module by its path within the crate; the crate itself has none.
type Place = Vec<String>;

/// The modules that are reached from `lib.rs`, without those of tests.
pub(super) struct Crate {
    modules: BTreeMap<Place, Module>,
}

struct Module {
    file: String,
    source: Source,
}

impl Crate {
    /// The crate of these sources, by their paths within `src`.
    pub(super) fn of(files: &BTreeMap<String, String>) -> Self {
        let mut modules = BTreeMap::new();
        let mut open: Vec<(Place, String)> = vec![(Vec::new(), "lib.rs".to_owned())];
        while let Some((place, file)) = open.pop() {
            let source = Source::of(&files[&file]);
            for name in &source.modules {
                let child = [place.as_slice(), std::slice::from_ref(name)].concat();
                let path = child.join("/");
                let mut known = [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter();
                let file = known
                    .find(|file| files.contains_key(file))
                    .expect("the file of a module");
                open.push((child, file));
            }
            modules.insert(place, Module { file, source });
        }

        Self { modules }
    }

    /// Each use of a room by one above it, and circles of files with their paths: where there are
    /// any, at least one.
    pub(super) fn faults(&self) -> Vec<String> {
        let uses: BTreeMap<&Place, BTreeSet<&Place>> = self
            .modules
            .keys()
            .filter(|place| !place.is_empty())
            .map(|place| (place, self.uses(place)))
            .collect();
        let mut faults = self.upward(&uses);

        let (mut circles, mut done) = (Vec::new(), BTreeSet::new());
        for place in uses.keys() {
            walk(place, &uses, &mut Vec::new(), &mut done, &mut circles);
        }
        for circle in circles {
            let files: Vec<&str> = circle
                .iter()
                .chain(circle.first())
                .map(|place| self.file(place))
                .collect();
            faults.push(format!("a circle: {}", files.join(" uses ")));
        }
        faults
    }

    fn upward(&self, uses: &BTreeMap<&Place, BTreeSet<&Place>>) -> Vec<String> {
        let rooms = self
            .modules
            .get(&Vec::new())
            .map(|root| root.source.modules.as_slice())
            .unwrap_or_default();

        let order = |place: &Place| rooms.iter().position(|room| place.first() == Some(room));
        let pairs = uses
            .iter()
            .flat_map(|(place, used)| used.iter().map(move |other| (*place, *other)));
        let upward = pairs.filter(|(place, other)| order(other) > order(place));
        upward
            .map(|(place, other)| {
                let (file, used) = (self.file(place), self.file(other));
                format!(
                    "{file} uses {used}, but `{}` stands below `{}` in lib.rs",
                    other[0], place[0]
                )
            })
            .collect()
    }

    /// The modules whose names a module uses. What it only hands on it does not use.
    fn uses(&self, place: &Place) -> BTreeSet<&Place> {
        let source = &self.modules[place].source;
        let own = source
            .uses
            .iter()
            .filter(|one| !one.shared)
            .map(|one| &one.path);
        let used = own
            .chain(&source.paths)
            .filter_map(|path| self.definer(place, path));
        used.filter(|other| !other.is_empty() && *other != place)
            .collect()
    }

    /// The module that defines what a path names, as a module reads it; none for another crate's.
    fn definer(&self, place: &Place, path: &[String]) -> Option<&Place> {
        let (head, rest) = path.split_first()?;
        match head.as_str() {
            "crate" => self.member(&Vec::new(), rest),
            "self" => self.member(place, rest),
            "super" => {
                let parent = place.split_last()?.1.to_vec();
                if rest.first().is_some_and(|next| next == "super") {
                    return self.definer(&parent, rest);
                }
                self.member(&parent, rest)
            }
            head => {
                let is_known =
                    self.child(place, head).is_some() || self.import(place, head).is_some();
                is_known.then(|| self.member(place, path))?
            }
        }
    }

    /// The module that defines what a path names within a module: one below it, or one it has the
    /// name from.
    fn member(&self, place: &Place, path: &[String]) -> Option<&Place> {
        let (module, _) = self.modules.get_key_value(place)?;
        let Some((name, rest)) = path.split_first() else {
            return Some(module);
        };
        if let Some(child) = self.child(place, name) {
            return self.member(child, rest);
        }

        match self.import(place, name) {
            // `use serde_json::{self, Value}`: another crate under its own name.
            Some(import) if import.first() == Some(name) => None,
            Some(import) => self.definer(place, &[import, rest].concat()),
            None => Some(module),
        }
    }

    fn child(&self, place: &Place, name: &str) -> Option<&Place> {
        let child = [place.as_slice(), &[name.to_owned()]].concat();
        self.modules.get_key_value(&child).map(|(child, _)| child)
    }

    fn import(&self, place: &Place, name: &str) -> Option<&[String]> {
        let uses = &self.modules.get(place)?.source.uses;
        uses.iter()
            .find(|one| one.name == name)
            .map(|one| one.path.as_slice())
    }

    fn file(&self, place: &Place) -> &str {
        self.modules.get(place).map_or("", |module| &module.file)
    }
}

/// Goes on from a module to those it uses. `way` leads to it; nothing new is to be found behind
/// those that are `done`.
fn walk<'a>(
    place: &'a Place,
    uses: &BTreeMap<&'a Place, BTreeSet<&'a Place>>,
    way: &mut Vec<&'a Place>,
    done: &mut BTreeSet<&'a Place>,
    circles: &mut Vec<Vec<&'a Place>>,
) {
    if let Some(first) = way.iter().position(|before| *before == place) {
        circles.push(way[first..].to_vec());
        return;
    }

    if done.contains(place) {
        return;
    }
    way.push(place);
    for next in uses.get(place).into_iter().flatten() {
        walk(next, uses, way, done, circles);
    }
    way.pop();
    done.insert(place);
}
