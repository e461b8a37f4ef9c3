//! Lists that lack something, show something twice, or show it otherwise; and pages that do.

use serde_json::Value;

use super::values::{another, breaking};
use super::{List, place_of};
use crate::contract::{Part, RuleKind, Shape};
use crate::plan::case::Action;
use crate::reference::general::bend::Bend;
use crate::reference::general::pages::Items;

impl List<'_> {
    pub(super) fn of_lists(&mut self) {
        let contract = self.oracle.contract;
        let Some((Action::List, _)) = self.operation.part else {
            return;
        };
        let Some(items) = Items::of(contract) else {
            return;
        };
        let element = contract.resolve(items.element);
        for rule in &contract.rules {
            match &rule.kind {
                RuleKind::Listed { members, .. } => self.of_listed(&rule.path, element, members),
                RuleKind::Pages(pages) => {
                    self.of_pages(&rule.path, pages.page_size.is_some());
                }
                _ => {}
            }
        }
        self.of_items(element);
    }

    fn of_listed(&mut self, path: &str, element: &Shape, members: &[String]) {
        let contract = self.oracle.contract;
        let kind = "wrong list";
        let says = "The list lacks the last of its items.".to_owned();
        self.add("list/lacks-one", kind, says, path, Bend::ListLacks);
        let says = "The list shows the last of its items twice.".to_owned();
        self.add("list/one-twice", kind, says, path, Bend::ListTwice);
        let says = "The list shows what was removed.".to_owned();
        self.add(
            "list/shows-removed",
            kind,
            says,
            path,
            Bend::ListShowsRemoved,
        );
        for name in members {
            let Some(member) = element.members.get(name) else {
                continue;
            };
            if let Some(other) = another(contract, &member.shape, &Value::Null) {
                let says = format!("The list shows {other} for {name}.");
                let bend = Bend::ListShows(member.wire_name.clone(), other);
                self.add(&format!("list/{name}/another"), kind, says, path, bend);
            }
        }
    }

    /// What the items show, by the promises about them.
    fn of_items(&mut self, element: &Shape) {
        let contract = self.oracle.contract;
        let answers = contract
            .atoms
            .values()
            .filter(|atom| atom.part == Part::Response);
        for atom in answers {
            let path = atom.id.path();
            let parts = path
                .strip_prefix("response::")
                .and_then(|rest| rest.split_once("[]."));
            let Some((list, within)) = parts else {
                continue;
            };
            let name = within.split("::").next().unwrap_or_default();
            let (Some(member), Some(_)) = (element.members.get(name), contract.output_member(list))
            else {
                continue;
            };
            let key = member.wire_name.clone();
            let item = |value: Value| {
                let item = serde_json::Map::from_iter([(key.clone(), value)]);
                Value::Array(vec![Value::Object(item)])
            };
            if let Some(value) = breaking(self.oracle, list, path, item) {
                let says = format!("The list breaks this: {}.", atom.says);
                let id = format!("list/{}", place_of(path));
                self.add(
                    &id,
                    "out of contract",
                    says,
                    path,
                    Bend::ListShows(key.clone(), value),
                );
            }
        }
    }

    fn of_pages(&mut self, path: &str, has_size: bool) {
        let kind = "wrong page";
        let says = "The first item after a page is on none.".to_owned();
        self.add("pages/skip", kind, says, path, Bend::PageSkips);
        let says = "The last item of a page is on the next one too.".to_owned();
        self.add("pages/repeat", kind, says, path, Bend::PageRepeats);
        if has_size {
            let says = "A page is as large as all pages.".to_owned();
            self.add("pages/unlimited", kind, says, path, Bend::PageUnlimited);
        }
    }
}
