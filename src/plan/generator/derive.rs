//! Every case a contract gives by itself, in the order of the page.

mod bodies;
mod member;
mod names;
mod rules;
mod text;

pub(super) use names::relocated;

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{Derived, Generator, pairwise};
use crate::contract::{AtomId, Basis, Level, Location, Member};
use crate::plan::case::{Case, CaseId, Draft, Expect, Origin, PathDraft, Step, UNKNOWN, Variant};
use crate::support::template::Bindings;
use crate::wire::exchange::Framing;

impl Generator<'_> {
    /// Derives every case the contract gives.
    pub(crate) fn derive(&self) -> Derived {
        let mut derived = derive(self);
        pairwise::extend(self, &mut derived);
        derived
    }
}

/// Derives the cases of an operation.
fn derive(generator: &Generator<'_>) -> Derived {
    let mut derive = Derive {
        generator,
        usual: generator.usual(),
        samples: samples(generator.sample),
        derived: Derived::default(),
        ids: BTreeSet::new(),
    };

    derive.whole();
    for member in &generator.oracle.contract.input {
        match member.location {
            Location::Label => {
                derive.label(member);
                derive.absent(member);
                derive.member(member);
            }
            Location::Body
            | Location::Query
            | Location::Header
            | Location::PrefixHeaders
            | Location::Payload => derive.member(member),
        }
    }

    derive.bodies();
    derive.rules();
    derive.variants();
    derive.impossible();
    derive.derived
}

struct Derive<'a> {
    generator: &'a Generator<'a>,
    /// The valid request that most cases begin with.
    usual: Draft,
    /// The sample values of bindings that are told from other texts, with their names.
    samples: Vec<(&'a str, &'a str)>,
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
    fn push(
        &mut self,
        about: About,
        given: Draft,
        twin: Option<Draft>,
        request: Draft,
        variant: Variant,
    ) {
        if !self.ids.insert(about.id.clone()) {
            return;
        }
        self.derived.cases.push(Case {
            id: CaseId(format!(
                "{}::{}",
                self.generator.oracle.contract.slug, about.id
            )),
            says: about.says,
            origin: Origin::Derived,
            atoms: vec![about.atom],
            variant,
            steps: Step::about(request, about.expect, given, twin),
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
            return self.plain();
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

        self.push(
            about,
            self.usual.clone(),
            None,
            g.request(&all),
            Variant::ANY,
        );
    }

    /// A request with nothing but what it must have.
    fn plain(&mut self) {
        let usual = self.usual.clone();
        let about = About {
            atom: self.atom("request::http"),
            id: "request::http::plain".to_owned(),
            says: "A request with nothing but what it must have".to_owned(),
            expect: Expect::Accept,
            basis: Basis::Page,
            level: Level::Must,
            why: "The page shows the request".to_owned(),
        };

        self.push(about, usual.clone(), None, usual, Variant::ANY);
    }

    /// A path without its label is not the path of the operation.
    fn label(&mut self, member: &Member) {
        let given = self.usual.clone();
        let mut request = given.clone();
        if let PathDraft::Labels { labels, .. } = &mut request.path {
            labels.insert(member.name.clone(), String::new());
        }
        // On a connection of its own: a server without such a route may leave the body unread.
        request.raw = Some(Framing::Length);
        let atom = self.atom(&format!("request::{}::required", member.name));
        // What is left of the path is often that of a list, which lawfully answers.
        if matches!(request.method.as_str(), "GET" | "HEAD") {
            let why = "the path without it may be that of an operation that lists".to_owned();
            self.derived.impossible.insert(atom, why);
            return;
        }
        let about = About {
            atom,
            id: format!("request::{}::required::empty", member.name),
            says: format!("The path with nothing for {}", member.name),
            expect: Expect::Reject("route".to_owned()),
            basis: Basis::Page,
            level: Level::Must,
            why: format!("The page requires {} in the path", member.name),
        };

        self.push(about, given, None, request, Variant::ANY);
    }

    /// A path that names nothing: a well-formed label that the fixtures know to be nobody's.
    fn absent(&mut self, member: &Member) {
        let g = self.generator;
        let Some(absent) = g.binding.absent.get(&member.name) else {
            return;
        };
        let given = self.usual.clone();
        let mut request = given.clone();
        if let PathDraft::Labels { labels, .. } = &mut request.path {
            labels.insert(member.name.clone(), absent.clone());
        }

        let contract = g.oracle.contract;
        let named = g.binding.unknown.as_ref();
        let named = named.and_then(|path| contract.atom(path));
        let family = g.oracle.service.family(UNKNOWN);
        let accept = family.map(|family| family.accept.as_slice());
        let documented = accept.unwrap_or_default().iter().find_map(|accept| {
            let error = contract.error(accept.error.as_deref()?)?;
            contract.atom(&format!("error::{}", error.name))
        });
        let about = About {
            atom: named
                .or(documented)
                .map_or_else(|| self.atom("request::http"), |atom| atom.id.clone()),
            id: format!("request::{}::absent", member.name),
            says: format!("{} that names nothing", member.name),
            expect: Expect::Reject(UNKNOWN.to_owned()),
            basis: Basis::Page,
            level: Level::Must,
            why: "The page documents the refusal of what does not exist".to_owned(),
        };

        self.push(about, given, None, request, Variant::ANY);
    }

    /// Says why of the promises with a side that no case of ours breaks.
    fn impossible(&mut self) {
        let contract = self.generator.oracle.contract;
        let refusing = self.derived.cases.iter();
        let refusing = refusing.filter(|case| matches!(case.expect(), Expect::Reject(_)));
        let broken: HashSet<&AtomId> = refusing.flat_map(|case| &case.atoms).collect();
        for member in &contract.input {
            for constraint in [
                "length::min",
                "length::max",
                "range::min",
                "range::max",
                "pattern",
                "enum",
            ] {
                let id = self.atom(&format!("request::{}::{constraint}", member.name));
                if contract.atoms.contains_key(&id) && !broken.contains(&id) {
                    let why =
                        "no value breaks this promise alone and under every reading".to_owned();
                    self.derived.impossible.insert(id, why);
                }
            }
        }
    }

    fn says_of(&self, atom: &AtomId) -> String {
        self.generator
            .oracle
            .contract
            .atoms
            .get(atom)
            .map(|a| a.says.clone())
            .unwrap_or_default()
    }
}

/// The sample values of bindings that are told from other texts, with their names: the longest come
/// first.
fn samples(sample: &Bindings) -> Vec<(&str, &str)> {
    let mut samples: Vec<(&str, &str)> = sample.iter().filter(|(_, v)| v.len() > 8).collect();
    samples.sort_by_key(|(name, value)| (std::cmp::Reverse(value.len()), *name));
    samples
}

/// A value as a message shows it: whole where it is short.
fn preview(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(72) {
        Some((cut, _)) => {
            format!(
                "{}… ({} characters)",
                &text[..cut],
                value.as_str().map_or(text.len(), |t| t.chars().count())
            )
        }
        None => text,
    }
}
