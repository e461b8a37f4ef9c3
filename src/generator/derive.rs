//! Every case a contract gives by itself, in the order of the page.

use std::collections::BTreeSet;

use super::{
    AtomId, Basis, BodyDraft, Case, CaseId, Derived, Draft, Expect, Generator, Level, Location, Map, Origin, PathDraft,
    Proposal, RuleKind, SourceKind, Value, Worth, proposals,
};
use crate::contract::{Member, Shape};
use crate::fixture::Reference;

/// Derives the cases of an operation.
pub(super) fn derive(generator: &Generator<'_>) -> Derived {
    let mut derive = Derive { generator, derived: Derived::default(), ids: BTreeSet::new() };
    derive.whole();
    for member in &generator.oracle.contract.input {
        match member.location {
            Location::Label => derive.label(member),
            Location::Body => derive.member(member),
            // No contract has them yet on an operation that is derived; lint says so.
            Location::Query | Location::Header | Location::Payload => {}
        }
    }
    derive.rules();
    derive.sources();
    derive.impossible();
    derive.derived
}

struct Derive<'a> {
    generator: &'a Generator<'a>,
    derived: Derived,
    ids: BTreeSet<String>,
}

/// What a case adds to the two requests it is made of.
struct About {
    atom: AtomId,
    id: String,
    says: String,
    expect: Expect,
    basis: Basis,
    level: Level,
    why: String,
}

impl Derive<'_> {
    fn push(&mut self, about: About, given: Draft, twin: Option<Draft>, request: Draft, source: SourceKind) {
        if !self.ids.insert(about.id.clone()) {
            return;
        }
        self.derived.cases.push(Case {
            id: CaseId(format!("{}::{}", self.generator.oracle.contract.slug, about.id)),
            says: about.says,
            origin: Origin::Derived,
            atoms: vec![about.atom],
            source,
            given,
            twin,
            request,
            expect: about.expect,
            then: indexmap::IndexMap::new(),
            settle: true,
            sequence: Vec::new(),
            basis: about.basis,
            level: about.level,
            why: about.why,
        });
    }

    fn atom(&self, path: &str) -> AtomId {
        self.generator.oracle.contract.atom_id(path)
    }

    /// A value for every member at once.
    fn whole(&mut self) {
        let g = self.generator;
        let mut all = Map::new();
        for member in g.binding.values.keys() {
            let given = g.given().get(member).cloned().unwrap_or(Value::Null);
            all.insert(member.clone(), g.another(member, &given));
        }
        if all.is_empty() {
            return;
        }
        let about = About {
            atom: self.atom("request::http"),
            id: "request::http::all-members".to_owned(),
            says: "All members at once, each with a new value".to_owned(),
            expect: Expect::Accept,
            basis: Basis::Page,
            level: Level::Must,
            why: "The page shows all members in one request".to_owned(),
        };
        self.push(about, g.draft(BodyDraft::Text(g.binding.given.clone())), None, g.request(&all), SourceKind::Any);
    }

    /// A path without its label is not the path of the operation.
    fn label(&mut self, member: &Member) {
        let g = self.generator;
        let given = g.draft(BodyDraft::Text(g.binding.given.clone()));
        let mut request = given.clone();
        if let PathDraft::Labels { labels, .. } = &mut request.path {
            labels.insert(member.name.clone(), String::new());
        }
        let about = About {
            atom: self.atom(&format!("request::{}::required", member.name)),
            id: format!("request::{}::required::empty", member.name),
            says: format!("The path with nothing for {}", member.name),
            expect: Expect::Reject("route".to_owned()),
            basis: Basis::Page,
            level: Level::Must,
            why: format!("The page requires {} in the path", member.name),
        };
        self.push(about, given, None, request, SourceKind::Any);
    }

    fn member(&mut self, member: &Member) {
        let g = self.generator;
        let contract = g.oracle.contract;
        let reference = g.binding.reference.get(&member.name);
        for (name, value) in ["plain", "another", "third", "fourth"].into_iter().zip(g.good(&member.name)) {
            self.accepted(member, "type", &format!("type::{name}"), value);
        }
        if !member.required {
            self.left_out(member);
        }
        let sample_bases: Vec<(String, String)> = reference.map_or_else(Vec::new, |r| {
            let filled = r.bases.iter().filter_map(|(n, t)| Some((n.clone(), g.sample.fill(t).ok()?)));
            filled.collect()
        });
        let others: Vec<&Shape> =
            g.oracle.others.iter().filter_map(|c| Some(c.resolve(&c.member(&member.name)?.shape))).collect();
        let mut in_company = BTreeSet::new();
        for proposal in proposals(contract, g.oracle.service, &member.shape, &sample_bases, &others) {
            let proposal = reference.map_or_else(|| proposal.clone(), |r| self.on_target(&proposal, r));
            self.propose(member, &proposal, &mut in_company);
        }
        self.between_revisions(member, &others);
    }

    /// Lengths that some revisions admit and others refuse: whichever the target follows, it treats them all alike.
    fn between_revisions(&mut self, member: &Member, others: &[&Shape]) {
        let g = self.generator;
        let max = |shape: &Shape| shape.length().and_then(|l| l.max);
        let (Some(own), Some(reference)) =
            (max(g.oracle.contract.resolve(&member.shape)), g.binding.reference.get(&member.name))
        else {
            return;
        };
        let mut limits: Vec<i64> = others.iter().filter_map(|s| max(s)).chain([own]).collect();
        limits.sort_unstable();
        limits.dedup();
        for pair in limits.windows(2) {
            let (low, high) = (pair[0], pair[1]);
            for (id, size, twin) in
                [("just-above", low + 1, low + 10), ("two-above", low + 2, low + 10), ("at-higher", high, high - 10)]
            {
                if twin <= low || twin > high {
                    continue;
                }
                let (Some(value), Some(twin)) = (self.grown(reference, size), self.grown(reference, twin)) else {
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
                    why: format!("Revisions limit the length to {low} or to {high}; none draws a line in between"),
                };
                let request =
                    |value: String| g.request(&[(member.name.clone(), Value::from(value))].into_iter().collect());
                let given = g.draft(BodyDraft::Text(g.binding.given.clone()));
                self.push(about, given, Some(request(twin)), request(value), SourceKind::Any);
            }
        }
    }

    /// The reference's stem grown to a length.
    fn grown(&self, reference: &Reference, size: i64) -> Option<String> {
        let stem = self.generator.sample.fill(&reference.stem).ok()?;
        let more = usize::try_from(size).ok()?.checked_sub(stem.chars().count())?;
        Some(format!("{}{}", reference.stem, "a".repeat(more)))
    }

    /// Turns a proposal into a case, as the oracle weighs it.
    fn propose(&mut self, member: &Member, proposal: &Proposal, in_company: &mut BTreeSet<String>) {
        let g = self.generator;
        let members: Map<String, Value> = [(member.name.clone(), proposal.value.clone())].into_iter().collect();
        let confusion = proposal.confusion.and_then(|index| g.oracle.service.confusions.get(index));
        let place = format!("request::{}{}::{}", member.name, proposal.path, proposal.side);
        let id = format!("{place}::{}", proposal.id);
        let says = format!("{} {}", member.name, preview(&proposal.value));
        let request = g.request(&members);
        let given_members: Map<String, Value> =
            [(member.name.clone(), g.another(&member.name, &proposal.value))].into_iter().collect();
        let given = g.request(&given_members);
        let known = !g.good(&member.name).is_empty();
        match g.weigh(&members) {
            Worth::Valid if proposal.value.is_null() => {
                let (basis, level, why) = confusion.map_or_else(
                    || (Basis::Inferred, Level::Should, String::new()),
                    |c| (c.basis, c.level, c.why.clone()),
                );
                let about = About { atom: self.atom(&place), id, says, expect: Expect::Accept, basis, level, why };
                let given = g.draft(BodyDraft::Text(g.binding.given.clone()));
                self.push(about, given, None, request, SourceKind::Any);
            }
            Worth::Valid => match (g.binding.reference.get(&member.name), known) {
                (Some(reference), _) => self.well_formed(member, &place, id, says, &proposal.value, reference),
                (None, true) => {
                    self.accepted(
                        member,
                        &format!("{}{}", proposal.path, proposal.side),
                        &id[9 + member.name.len() + 2..],
                        proposal.value.clone(),
                    );
                }
                (None, false) => {
                    let about = About {
                        atom: self.atom(&place),
                        id,
                        says,
                        expect: Expect::Probe("valid".to_owned()),
                        basis: Basis::Page,
                        level: Level::Must,
                        why: "The value is valid, but whether it suits the mapping at hand is not known".to_owned(),
                    };
                    let given = g.draft(BodyDraft::Text(g.binding.given.clone()));
                    self.push(about, given, None, request, SourceKind::Any);
                }
            },
            Worth::Breaks { atom, class } => {
                let class = match (proposal.overflows, confusion) {
                    (_, Some(_)) => "type",
                    (true, None) => "overflow",
                    (false, None) => class,
                };
                let (basis, level, why) = confusion.map_or_else(
                    || (Basis::Page, Level::Must, self.says_of(&atom)),
                    |c| (c.basis, c.level, c.why.clone()),
                );
                let expect = Expect::Reject(class.to_owned());
                let given = if known { given } else { self.simplest_control(member) };
                let about = About {
                    atom: atom.clone(),
                    id: id.clone(),
                    says: says.clone(),
                    expect: expect.clone(),
                    basis,
                    level,
                    why: why.clone(),
                };
                let control = self.base_of(member, proposal).map_or(given, |base| g.request(&base));
                self.push(about, control, None, request, SourceKind::Any);
                if known && in_company.insert(format!("{}{class}{atom}", proposal.path)) {
                    let about = About {
                        atom,
                        id: format!("{id}::in-company"),
                        says: format!("{says}, beside valid new values for the other members"),
                        expect,
                        basis,
                        level,
                        why,
                    };
                    self.in_company(member, &proposal.value, about);
                }
            }
            Worth::Differs { atom, class, why } => {
                let (basis, level, why) = confusion.map_or_else(
                    || (Basis::Page, Level::Must, format!("Readings differ about {why}")),
                    |c| (c.basis, c.level, c.why.clone()),
                );
                let about = About { atom, id, says, expect: Expect::Probe(class.to_owned()), basis, level, why };
                let given = if known { given } else { g.draft(BodyDraft::Text(g.binding.given.clone())) };
                self.push(about, given, None, request, SourceKind::Any);
            }
            Worth::Useless => {}
        }
    }

    /// The valid base a broken string was made from, as the control's members.
    fn base_of(&self, member: &Member, proposal: &Proposal) -> Option<Map<String, Value>> {
        let reference = self.generator.binding.reference.get(&member.name)?;
        let name = proposal.id.strip_prefix("refuses::")?.split("::").next()?;
        let base = reference.bases.get(name)?;
        Some([(member.name.clone(), Value::from(base.as_str()))].into_iter().collect())
    }

    /// The control of a member no value is known for: the simplest valid one.
    fn simplest_control(&self, member: &Member) -> Draft {
        let g = self.generator;
        match super::simplest(g.oracle.contract, &member.shape, 0) {
            Some(value) => g.request(&[(member.name.clone(), value)].into_iter().collect()),
            None => g.draft(BodyDraft::Text(g.binding.given.clone())),
        }
    }

    /// A valid value that the target must accept and store.
    fn accepted(&mut self, member: &Member, side: &str, id: &str, value: Value) {
        let g = self.generator;
        let mut given = g.given();
        let limit =
            g.binding.limit.iter().find(|l| l.member == member.name && value.as_i64().is_some_and(|v| v > l.above));
        let before = match limit {
            Some(limit) if value == limit.above + 1 => Value::from(limit.above + 2),
            Some(limit) => Value::from(limit.above + 1),
            None => g.another(&member.name, &value),
        };
        given.insert(member.name.clone(), before);
        let path = format!("request::{}::{side}", member.name);
        let atom = self.atom(&path);
        let why = self.says_of(&atom);
        let about = About {
            atom,
            id: format!("request::{}::{id}", member.name),
            says: format!("{} {}", member.name, preview(&value)),
            expect: Expect::Accept,
            basis: Basis::Page,
            level: Level::Must,
            why,
        };
        let request = g.request(&[(member.name.clone(), value)].into_iter().collect());
        self.push(about, g.request(&given), None, request, SourceKind::Any);
    }

    /// A well-formed name of something that does not exist: its refusal must not be a constraint's, where that of a
    /// plain name of nothing is not.
    fn well_formed(
        &mut self,
        member: &Member,
        place: &str,
        id: String,
        says: String,
        value: &Value,
        reference: &Reference,
    ) {
        let g = self.generator;
        let text = value.as_str().and_then(|t| g.sample.fill(t).ok()).unwrap_or_default();
        let documented = reference.documented.is_match(&text);
        let twin = g.request(&[(member.name.clone(), Value::from(reference.absent.as_str()))].into_iter().collect());
        let request = g.request(&[(member.name.clone(), value.clone())].into_iter().collect());
        let atom = self.atom(place);
        let why = format!("{}; and this value does", self.says_of(&atom));
        let level = if documented { Level::Must } else { Level::Should };
        let about = About { atom, id, says, expect: Expect::LikeTwin, basis: Basis::Page, level, why };
        self.push(about, g.draft(BodyDraft::Text(g.binding.given.clone())), Some(twin), request, SourceKind::Any);
    }

    /// The violation beside valid new values for every other member: none of them may take effect.
    fn in_company(&mut self, member: &Member, value: &Value, about: About) {
        let g = self.generator;
        let given = g.given();
        let mut members = Map::new();
        for name in g.binding.values.keys() {
            let before = given.get(name).cloned().unwrap_or(Value::Null);
            members.insert(name.clone(), g.another(name, &before));
        }
        let twin = g.request(&members);
        members.insert(member.name.clone(), value.clone());
        self.push(
            about,
            g.draft(BodyDraft::Text(g.binding.given.clone())),
            Some(twin),
            g.request(&members),
            SourceKind::Any,
        );
    }

    /// Every other member, and this one left out: it keeps its value.
    fn left_out(&mut self, member: &Member) {
        let g = self.generator;
        let given = g.given();
        let mut members = Map::new();
        for name in g.binding.values.keys().filter(|n| **n != member.name) {
            let before = given.get(name).cloned().unwrap_or(Value::Null);
            members.insert(name.clone(), g.another(name, &before));
        }
        let about = About {
            atom: self.atom(&format!("request::{}::optional", member.name)),
            id: format!("request::{}::optional::left-out", member.name),
            says: format!("Every other member, without {}", member.name),
            expect: Expect::Accept,
            basis: Basis::Page,
            level: Level::Must,
            why: format!("The page does not require {}", member.name),
        };
        self.push(about, g.draft(BodyDraft::Text(g.binding.given.clone())), None, g.request(&members), SourceKind::Any);
    }

    fn rules(&mut self) {
        let g = self.generator;
        for rule in &g.oracle.contract.rules {
            match &rule.kind {
                RuleKind::LimitedWhen { member, length, .. } => {
                    let (Some(max), Some(reference)) = (length.max, g.binding.reference.get(member)) else { continue };
                    let Some(of) = g.oracle.contract.member(member) else { continue };
                    let place = format!("rule::{}", rule.id);
                    for (id, size) in [("at-max", max), ("above-max", max + 1), ("far-above-max", max + max / 2)] {
                        let value = Value::from("a".repeat(usize::try_from(size).unwrap_or(0)));
                        let members: Map<String, Value> = [(member.clone(), value.clone())].into_iter().collect();
                        let says = format!("{member} {}", preview(&value));
                        match g.weigh(&members) {
                            Worth::Valid => {
                                self.well_formed(of, &place, format!("{place}::{id}"), says, &value, reference);
                            }
                            Worth::Breaks { atom, class } => {
                                let given: Map<String, Value> =
                                    [(member.clone(), g.another(member, &value))].into_iter().collect();
                                let about = About {
                                    why: self.says_of(&atom),
                                    atom,
                                    id: format!("{place}::{id}"),
                                    says,
                                    expect: Expect::Reject(class.to_owned()),
                                    basis: rule.basis,
                                    level: rule.level,
                                };
                                self.push(about, g.request(&given), None, g.request(&members), SourceKind::Any);
                            }
                            Worth::Differs { .. } | Worth::Useless => {}
                        }
                    }
                }
                RuleKind::Advances { output } => {
                    let about = About {
                        atom: self.atom(&format!("rule::{}", rule.id)),
                        id: format!("rule::{}::with-time", rule.id),
                        says: "The same update again, until its time shows".to_owned(),
                        expect: Expect::Advances(output.clone()),
                        basis: rule.basis,
                        level: rule.level,
                        why: rule.says.clone(),
                    };
                    let given = g.draft(BodyDraft::Text(g.binding.given.clone()));
                    self.push(about, given.clone(), None, given, SourceKind::Any);
                }
                _ => {}
            }
        }
    }

    /// The plain values once more on each kind of source: what an answer holds depends on it.
    fn sources(&mut self) {
        let g = self.generator;
        for (source, name) in [(SourceKind::Queue, "queue"), (SourceKind::Stream, "stream")] {
            for member in g.binding.values.keys() {
                for (id, value) in ["plain", "another"].into_iter().zip(g.good(member)) {
                    let mut given = g.given();
                    given.insert(member.clone(), g.another(member, &value));
                    let about = About {
                        atom: self.atom("response::status"),
                        id: format!("source::{name}::{member}::{id}"),
                        says: format!("{member} {} on a mapping of a {name}", preview(&value)),
                        expect: Expect::Accept,
                        basis: Basis::Page,
                        level: Level::Must,
                        why: "The page documents one answer for every kind of source".to_owned(),
                    };
                    let request = g.request(&[(member.clone(), value)].into_iter().collect());
                    self.push(about, g.request(&given), None, request, source);
                }
            }
        }
    }

    /// Says why of the promises with a side that no case of ours breaks.
    fn impossible(&mut self) {
        let contract = self.generator.oracle.contract;
        for member in contract.input.iter().filter(|m| m.location == Location::Body) {
            for constraint in ["length::min", "length::max", "range::min", "range::max", "pattern", "enum"] {
                let id = self.atom(&format!("request::{}::{constraint}", member.name));
                if !contract.atoms.contains_key(&id) {
                    continue;
                }
                let broken =
                    self.derived.cases.iter().any(|c| c.atoms.contains(&id) && matches!(c.expect, Expect::Reject(_)));
                if !broken {
                    let why = "no value breaks this promise alone and under every reading".to_owned();
                    self.derived.impossible.insert(id, why);
                }
            }
        }
    }

    fn says_of(&self, atom: &AtomId) -> String {
        self.generator.oracle.contract.atoms.get(atom).map(|a| a.says.clone()).unwrap_or_default()
    }

    /// A proposal about a name, as one about something of the target: its region and account, where it has any.
    fn on_target(&self, proposal: &Proposal, reference: &Reference) -> Proposal {
        let Value::String(text) = &proposal.value else { return proposal.clone() };
        let value = if proposal.side.starts_with("length::") {
            i64::try_from(text.chars().count())
                .ok()
                .and_then(|size| self.grown(reference, size))
                .filter(|grown| *grown != reference.stem)
                .unwrap_or_else(|| text.clone())
        } else if proposal.id.starts_with("refuses::") {
            self.unfilled(text)
        } else {
            relocated(text, reference)
        };
        Proposal { value: Value::from(value), ..proposal.clone() }
    }

    /// Puts the names of bindings back where a text holds their sample values.
    fn unfilled(&self, text: &str) -> String {
        let mut names: Vec<(&str, &str)> = self.generator.sample.iter().filter(|(_, v)| v.len() > 8).collect();
        names.sort_by_key(|(name, value)| (std::cmp::Reverse(value.len()), *name));
        let mut text = text.to_owned();
        for (name, value) in names {
            text = text.replace(value, &format!("${{{name}}}"));
        }
        text
    }
}

/// Replaces the groups of a name that are named like a binding: a request should not leave its account by chance.
pub(super) fn relocated(text: &str, reference: &Reference) -> String {
    let Some(captures) = reference.parts.captures(text) else { return text.to_owned() };
    let mut groups: Vec<(std::ops::Range<usize>, &str)> =
        reference.parts.capture_names().flatten().filter_map(|n| Some((captures.name(n)?.range(), n))).collect();
    groups.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, name) in groups {
        text.replace_range(range, &format!("${{{name}}}"));
    }
    text
}

/// A value as a message shows it: whole where it is short.
fn preview(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(72) {
        Some((cut, _)) => {
            format!("{}… ({} characters)", &text[..cut], value.as_str().map_or(text.len(), |t| t.chars().count()))
        }
        None => text,
    }
}
