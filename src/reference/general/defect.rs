//! The defects of an operation, as they follow from its contract: for each promise, the ways to
//! break it.

mod answers;
mod kept;
mod lists;
mod refusals;
mod requests;
mod values;

use super::api::{Api, Operation};
use super::bend::Bend;
use super::definition::GeneralDefect;
use super::lawful::variations;
use crate::contract::oracle::Oracle;
use crate::contract::{Atom, Level};
use crate::reference::defect::Expected;

/// The defects and lawful variations of the operation of that name.
pub(crate) fn general_defects(api: &Api, service: &str, slug: &str) -> Vec<GeneralDefect> {
    let is_meant = |(_, operation): &(usize, &Operation)| {
        api.contract(operation).slug == slug && api.service(operation).name == service
    };
    let Some((place, operation)) = api.operations().find(is_meant) else {
        return Vec::new();
    };

    let mut list = List {
        api,
        place,
        operation,
        oracle: api.oracle(operation),
        defects: Vec::new(),
    };
    list.of_requests();
    list.of_refusals();
    list.of_what_is_kept();
    list.of_answers();
    list.of_lists();
    let mut all = list.defects;
    all.extend(variations(api, place, operation));
    all
}

/// The defects of one operation on their way into a list.
pub(super) struct List<'a> {
    api: &'a Api,
    place: usize,
    operation: &'a Operation,
    oracle: Oracle<'a>,
    defects: Vec<GeneralDefect>,
}

impl<'a> List<'a> {
    /// Adds a defect that breaks the promise at that path, where the contract makes it.
    fn add(&mut self, id: &str, kind: &'static str, says: String, promise: &str, bend: Bend) {
        let level = |atom: &Atom| atom.level;
        self.add_at(id, kind, says, promise, bend, level);
    }

    /// The same for a promise of which other findings have another level.
    fn add_at(
        &mut self,
        id: &str,
        kind: &'static str,
        says: String,
        promise: &str,
        bend: Bend,
        level: impl Fn(&Atom) -> Level,
    ) {
        let contract = self.oracle.contract;
        let Some(atom) = contract
            .atom(promise)
            .filter(|atom| atom.impossible.is_none())
        else {
            return;
        };
        let expected = match level(atom) {
            Level::Must => Expected::MustBeFound,
            Level::Should => Expected::MustBeWarnedOf,
        };
        self.defects.push(GeneralDefect {
            id: format!("{}/{id}", contract.slug),
            kind,
            says,
            promise: Some(atom.id.clone()),
            expected,
            operation: self.place,
            bend,
        });
    }
}

/// The place of a promise within the ids of defects: `title/length-max` for
/// `request::title::length::max`.
fn place_of(path: &str) -> String {
    let (_, rest) = path.split_once("::").unwrap_or(("", path));
    let (member, what) = rest.split_once("::").unwrap_or((rest, ""));
    match what {
        "" => member.to_owned(),
        what => format!("{member}/{}", what.replace("::", "-")),
    }
}
