//! Cases about the sentences of the page that are no constraint, and about variants.

use serde_json::{Map, Value};

use super::super::weigh::Worth;
use super::{About, Derive, preview};
use crate::contract::{Basis, Level, Pagination, Rule, RuleKind, Shape};
use crate::plan::case::{Action, Expect, Variant};

impl Derive<'_> {
    pub(super) fn rules(&mut self) {
        let g = self.generator;
        for rule in &g.oracle.contract.rules {
            match &rule.kind {
                RuleKind::LimitedWhen { member, length, .. } => {
                    let (Some(max), Some(reference)) =
                        (length.max, g.binding.reference.get(member))
                    else {
                        continue;
                    };
                    let Some(of) = g.oracle.contract.member(member) else {
                        continue;
                    };
                    let place = format!("rule::{}", rule.id);
                    for (id, size) in [
                        ("at-max", max),
                        ("above-max", max + 1),
                        ("far-above-max", max + max / 2),
                    ] {
                        let value = Value::from("a".repeat(usize::try_from(size).unwrap_or(0)));
                        let members: Map<String, Value> =
                            [(member.clone(), value.clone())].into_iter().collect();
                        let says = format!("{member} {}", preview(&value));
                        match g.weigh(&members) {
                            Worth::Valid => {
                                self.well_formed(
                                    of,
                                    &place,
                                    format!("{place}::{id}"),
                                    says,
                                    &value,
                                    reference,
                                );
                            }
                            Worth::Breaks { atom, class } => {
                                let given: Map<String, Value> =
                                    [(member.clone(), g.another(member, &value))]
                                        .into_iter()
                                        .collect();
                                let about = About {
                                    why: self.says_of(&atom),
                                    atom,
                                    id: format!("{place}::{id}"),
                                    says,
                                    expect: Expect::Reject(class.to_owned()),
                                    basis: rule.basis,
                                    level: rule.level,
                                };
                                self.push(
                                    about,
                                    g.request(&given),
                                    None,
                                    g.request(&members),
                                    Variant::ANY,
                                );
                            }
                            Worth::Differs { .. } | Worth::Useless => {}
                        }
                    }
                }
                RuleKind::Advances { output } => self.advances(rule, output),
                RuleKind::Default { input, .. } => self.by_default(rule, input),
                RuleKind::Pages(pages) => self.pages(rule, pages),
                _ => {}
            }
        }
    }

    /// A request without the member, where it had a value before: then it has the default.
    fn by_default(&mut self, rule: &Rule, input: &str) {
        let g = self.generator;
        // The usual request need not be one of those that the rule is about.
        let mut members = g.given().clone();
        members.shift_remove(input);
        let sent = g.filled(&members).unwrap_or_default();
        let holds = g.oracle.contract.defaults(&sent);
        if !holds
            .into_iter()
            .any(|(default, _, _)| default.id == rule.id)
        {
            return;
        }
        let about = About {
            atom: self.atom(&rule.path),
            id: format!("{}::left-out", rule.path),
            says: format!("A request without {input}"),
            expect: Expect::Accept,
            basis: rule.basis,
            level: rule.level,
            why: rule.says.clone(),
        };

        self.push(
            about,
            self.usual.clone(),
            None,
            g.without(input),
            Variant::ANY,
        );
    }

    /// The list page by page, held against the list as it is without a limit.
    fn pages(&mut self, rule: &Rule, pages: &Pagination) {
        let g = self.generator;
        let contract = g.oracle.contract;
        let mut whole = g.given().clone();
        whole.shift_remove(&pages.input_token);
        let mut page = whole.clone();
        if let Some(size) = &pages.page_size {
            whole.shift_remove(size);
            let shape = contract.member(size).map(|m| contract.resolve(&m.shape));
            let least = shape.and_then(Shape::range).and_then(|range| range.min);
            page.insert(size.clone(), least.unwrap_or(1).max(1).into());
        }
        if !matches!(g.weigh(&page), Worth::Valid) {
            let why = "no request for a page is certainly valid".to_owned();
            let atom = self.atom(&rule.path);
            self.derived.impossible.insert(atom, why);
            return;
        }

        let says = match &pages.page_size {
            Some(size) => format!("Page after page, each with the least {size}"),
            None => "Page after page".to_owned(),
        };
        let about = About {
            atom: self.atom(&rule.path),
            id: format!("{}::page-after-page", rule.path),
            says,
            expect: Expect::Pages(pages.clone()),
            basis: rule.basis,
            level: rule.level,
            why: rule.says.clone(),
        };
        self.push(
            about,
            g.request(&whole),
            None,
            g.request(&page),
            Variant::ANY,
        );
    }

    /// Updates over a while: of all members at once, and of each alone, since a time may be moved
    /// by some of them only.
    fn advances(&mut self, rule: &Rule, output: &str) {
        let g = self.generator;
        let place = format!("rule::{}::with-time", rule.id);
        let about = |derive: &Self, id: String, says: String| About {
            atom: derive.atom(&format!("rule::{}", rule.id)),
            id,
            says,
            expect: Expect::Advances(output.to_owned()),
            basis: rule.basis,
            level: rule.level,
            why: rule.says.clone(),
        };
        let given = self.usual.clone();
        let whole = about(
            self,
            place.clone(),
            "The same update again, until its time shows".to_owned(),
        );
        self.push(whole, given.clone(), None, given.clone(), Variant::ANY);

        for member in g.binding.values.keys() {
            let before = g.given().get(member).cloned().unwrap_or(Value::Null);
            let request = g.request(
                &[(member.clone(), g.another(member, &before))]
                    .into_iter()
                    .collect(),
            );
            let says = format!("{member} alone, again and again, until its time shows");
            self.push(
                about(self, format!("{place}::{member}"), says),
                given.clone(),
                None,
                request,
                Variant::ANY,
            );
        }
    }

    /// The plain values once more on each variant: what an answer holds depends on it.
    pub(super) fn variants(&mut self) {
        let g = self.generator;
        match g.binding.action() {
            None | Some(Action::Update) => {}
            Some(Action::Read) => return self.reads_of_variants(),
            // The others make what they are about, or are about no variant at all.
            Some(_) => return,
        }
        for variant in &g.binding.variants {
            let Some(name) = variant.name() else {
                continue;
            };
            for member in g.binding.values.keys() {
                for (id, value) in ["plain", "another"]
                    .into_iter()
                    .zip(g.good(member).to_vec())
                {
                    let mut given = g.given().clone();
                    given.insert(member.clone(), g.another(member, &value));
                    let about = About {
                        atom: self.atom("response::status"),
                        id: format!("variant::{name}::{member}::{id}"),
                        says: format!("{member} {} on a resource{variant}", preview(&value)),
                        expect: Expect::Accept,
                        basis: Basis::Page,
                        level: Level::Must,
                        why: "The page documents one answer for every variant".to_owned(),
                    };
                    let request = g.update_of(member, value);
                    self.push(about, g.request(&given), None, request, variant.clone());
                }
            }
        }
    }

    /// A read of a resource of each variant.
    fn reads_of_variants(&mut self) {
        let g = self.generator;
        for variant in &g.binding.variants {
            let Some(name) = variant.name() else {
                continue;
            };
            let about = About {
                atom: self.atom("response::status"),
                id: format!("variant::{name}::plain"),
                says: format!("A read of a resource{variant}"),
                expect: Expect::Accept,
                basis: Basis::Page,
                level: Level::Must,
                why: "The page documents one answer for every variant".to_owned(),
            };
            self.push(about, g.usual(), None, g.usual(), variant.clone());
        }
    }
}
