//! Cases about one member of the body: every proposal for its shape, as the oracle weighs it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::few::Much;
use super::super::proposal::{Beside, Proposal, proposals};
use super::super::simplest;
use super::super::weigh::Worth;
use super::{About, Derive, preview, text};
use crate::contract::{Basis, Level, Location, Member, Shape};
use crate::plan::case::{Draft, Expect, Variant};

/// The class of an identifier in a path that is none.
const MALFORMED: &str = "malformed-resource";

/// What the proposals for a member have given so far.
#[derive(Default)]
struct SoFar {
    /// The violations that were sent beside other members, each of them once.
    in_company: BTreeSet<String>,
    /// The control of those that have no other.
    control: Option<Draft>,
    /// The promises about what is within the member, each with the sides that were shown.
    shown: BTreeSet<(String, Side)>,
}

/// A side of a promise that a value shows.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Kept,
    Broken,
    Open,
}

impl SoFar {
    /// The control, which is the same for all violations of the member.
    fn control(&mut self, make: impl FnOnce() -> Draft) -> Draft {
        self.control.get_or_insert_with(make).clone()
    }

    /// Whether a value shows a side of a promise that none showed before. Many members hold the same
    /// shapes, and within a member one value for each side is enough.
    fn shows_more(&mut self, place: &str, worth: &Worth) -> bool {
        let side = match worth {
            Worth::Valid => (place.to_owned(), Side::Kept),
            Worth::Breaks { atom, .. } => (atom.path().to_owned(), Side::Broken),
            Worth::Differs { atom, .. } => (atom.path().to_owned(), Side::Open),
            Worth::Useless => return false,
        };
        self.shown.insert(side)
    }
}

impl Derive<'_> {
    pub(super) fn member(&mut self, member: &Member) {
        let g = self.generator;
        let contract = g.oracle.contract;
        let reference = g.binding.reference.get(&member.name);
        for (name, value) in ["plain", "another", "third", "fourth"]
            .into_iter()
            .zip(g.good(&member.name).to_vec())
        {
            self.accepted(member, "type", &format!("type::{name}"), value);
        }
        if !g.needs(member) {
            self.left_out(member);
        } else if member.required && member.location != Location::Label {
            self.missing(member);
        }
        let mut sample_bases: Vec<(String, String)> = reference.map_or_else(Vec::new, |r| {
            let filled = r
                .bases
                .iter()
                .filter_map(|(n, t)| Some((n.clone(), g.sample.fill(t).ok()?)));
            filled.collect()
        });
        if g.binding.names.contains(&member.name) {
            let label = g.binding.label.get(&member.name).map(String::as_str);
            let own = label.or_else(|| g.given().get(&member.name)?.as_str());
            let own = own.and_then(|own| g.sample.fill(own).ok());
            sample_bases.extend(own.map(|own| ("given".to_owned(), own)));
        }
        let others: Vec<&Shape> = g
            .oracle
            .others
            .iter()
            .filter_map(|c| Some(c.resolve(&c.member(&member.name)?.shape)))
            .collect();
        if member.is_token {
            self.sent_again(member);
        }
        // Of a value that may not suit the resource at hand, a probe at every length would tell no
        // more than one.
        let is_known = reference.is_some() || !g.good(&member.name).is_empty();
        let much = match (g.binding.few, is_known) {
            (true, _) => Much::Few,
            (false, true) => Much::EachLength,
            (false, false) => Much::Each,
        };
        let is_opaque = member.location == Location::Payload && !contract.has_document();
        let is_text = member.location.is_text() || is_opaque;
        let names_what_is_made = g.binding.names.contains(&member.name);
        let fits = |proposal: &Proposal| {
            let fits = !is_text || text::fits(contract, member, proposal);
            fits && !(names_what_is_made && text::is_unreachable(&proposal.value))
        };
        let mut so_far = SoFar::default();
        let mut proposed = proposals(
            contract,
            g.oracle.service,
            &member.shape,
            Beside {
                bases: &sample_bases,
                others: &others,
                much,
                fits: (is_text || names_what_is_made).then_some(&fits),
            },
        );
        if member.location.is_text() {
            proposed.extend(text::of_another_type(contract, &member.shape));
        }
        for proposal in proposed {
            let proposal = match reference {
                Some(reference) => self.on_target(member, &proposal, reference),
                None if g.binding.names.contains(&member.name) => self.of_run(proposal),
                None => proposal,
            };
            self.propose(member, &proposal, &mut so_far);
        }
        self.between_revisions(member, &others);
    }

    /// A proposal with the run's token where the sample of it stands.
    fn of_run(&self, proposal: Proposal) -> Proposal {
        let token = self.generator.sample.get("run").unwrap_or_default();
        match &proposal.value {
            Value::String(text) if !token.is_empty() => Proposal {
                value: text.replace(token, "${run}").into(),
                ..proposal
            },
            _ => proposal,
        }
    }

    /// Turns a proposal into a case, as the oracle weighs it.
    fn propose(&mut self, member: &Member, proposal: &Proposal, so_far: &mut SoFar) {
        let g = self.generator;
        let members: Map<String, Value> = [(member.name.clone(), proposal.value.clone())]
            .into_iter()
            .collect();
        let confusion = proposal
            .confusion
            .and_then(|index| g.oracle.service.confusions.get(index));
        let place = format!(
            "request::{}{}::{}",
            member.name, proposal.path, proposal.side
        );

        let worth = g.weigh(&members);
        let is_few = g.binding.few && !proposal.path.is_empty();
        if is_few && !so_far.shows_more(&place, &worth) {
            return;
        }
        let id = format!("{place}::{}", proposal.id);
        let says = format!("{} {}", member.name, preview(&proposal.value));
        let request = g.request(&members);
        let given = || {
            let before = g.another(&member.name, &proposal.value);
            g.update_of(&member.name, before)
        };

        let known = !g.good(&member.name).is_empty();
        let suits = known && !g.binding.refers.contains(&member.name);
        match worth {
            // What is made by it would have a name that is not the run's.
            Worth::Valid | Worth::Differs { .. } if g.binding.names.contains(&member.name) => {}
            // It would be read as left out.
            Worth::Valid if proposal.value.is_null() && g.needs(member) => {}
            Worth::Valid if proposal.value.is_null() => {
                let (basis, level, why) = confusion.map_or_else(
                    || (Basis::Inferred, Level::Should, String::new()),
                    |c| (c.basis, c.level, c.why.clone()),
                );
                let about = About {
                    atom: self.atom(&place),
                    id,
                    says,
                    expect: Expect::Accept,
                    basis,
                    level,
                    why,
                };
                let given = self.usual.clone();
                self.push(about, given, None, request, Variant::ANY);
            }
            Worth::Valid if proposal.lenient && suits => {
                let about = About {
                    atom: self.atom(&place),
                    id,
                    says,
                    expect: Expect::Accept,
                    basis: Basis::Protocol,
                    level: Level::Should,
                    why: "The format of the timestamp admits this time".to_owned(),
                };
                let given = given();
                self.push(about, given, None, request, Variant::ANY);
            }
            Worth::Valid => match (g.binding.reference.get(&member.name), suits) {
                (Some(reference), _) => {
                    self.well_formed(member, &place, id, says, &proposal.value, reference)
                }
                (None, true) => {
                    self.accepted(
                        member,
                        &format!("{}{}", proposal.path, proposal.side),
                        &id[9 + member.name.len() + 2..],
                        proposal.value.clone(),
                    );
                }
                (None, false) => {
                    // A refusal of what is made up tells nothing; to accept it is right.
                    let expect = match g.binding.made_up {
                        true => Expect::Accept,
                        false => Expect::Probe("valid".to_owned()),
                    };
                    let about = About {
                        atom: self.atom(&place),
                        id,
                        says,
                        expect,
                        basis: Basis::Page,
                        level: Level::Must,
                        why: "The value is valid, but whether it suits the resource at hand is not known".to_owned(),
                    };
                    let given = self.usual.clone();
                    self.push(about, given, None, request, Variant::ANY);
                }
            },
            Worth::Breaks { atom, class } => {
                let class = match (proposal.overflows, confusion) {
                    _ if member.location == Location::Label => self.class_in_path(class),
                    (_, Some(_)) => "type",
                    (true, None) => "overflow",
                    (false, None) => class,
                };
                let (basis, level, why) = match confusion {
                    Some(c) => (c.basis, c.level, c.why.clone()),
                    None if proposal.lenient => (
                        Basis::Protocol,
                        Level::Should,
                        "The time is written in another format than the documented one".to_owned(),
                    ),
                    None => (Basis::Page, Level::Must, self.says_of(&atom)),
                };
                let expect = Expect::Reject(class.to_owned());
                let about = About {
                    atom: atom.clone(),
                    id: id.clone(),
                    says: says.clone(),
                    expect: expect.clone(),
                    basis,
                    level,
                    why: why.clone(),
                };
                let control = match self.base_of(member, proposal) {
                    _ if member.location == Location::Label => self.usual.clone(),
                    Some(base) => g.request(&base),
                    None if known => given(),
                    None => so_far.control(|| self.simplest_control(member)),
                };
                self.push(about, control, None, request, Variant::ANY);
                let in_company = &mut so_far.in_company;
                let is_wanted = known && !g.binding.few;
                if is_wanted && in_company.insert(format!("{}{class}{atom}", proposal.path)) {
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
                    || {
                        (
                            Basis::Page,
                            Level::Must,
                            format!("Readings differ about {why}"),
                        )
                    },
                    |c| (c.basis, c.level, c.why.clone()),
                );
                let about = About {
                    atom,
                    id,
                    says,
                    expect: Expect::Probe(class.to_owned()),
                    basis,
                    level,
                    why,
                };
                let given = if known { given() } else { self.usual.clone() };
                self.push(about, given, None, request, Variant::ANY);
            }
            Worth::Useless => {}
        }
    }

    /// For what a label that breaks a constraint is refused: a server may look for what the path
    /// names before it looks at the name, where the service says so.
    fn class_in_path<'c>(&self, class: &'c str) -> &'c str {
        let family = self.generator.oracle.service.family(MALFORMED);
        family.map_or(class, |_| MALFORMED)
    }

    /// The usual request without a member that it must have.
    fn missing(&mut self, member: &Member) {
        let g = self.generator;
        let place = format!("request::{}::required", member.name);
        let about = About {
            atom: self.atom(&place),
            id: format!("{place}::left-out"),
            says: format!("A request without {}", member.name),
            expect: Expect::Reject("required".to_owned()),
            basis: Basis::Page,
            level: Level::Must,
            why: format!("The page requires {}", member.name),
        };

        let request = g.without(&member.name);
        self.push(about, self.usual.clone(), None, request, Variant::ANY);
    }

    /// The same request twice, with the same token.
    fn sent_again(&mut self, member: &Member) {
        let path = member.again();
        let atom = self.atom(&path);
        let about = About {
            why: self.says_of(&atom),
            atom,
            id: format!("{path}::same-token"),
            says: format!(
                "The request before once more, with the same {}",
                member.name
            ),
            expect: Expect::Accept,
            basis: Basis::Page,
            level: Level::Must,
        };

        let usual = self.usual.clone();
        self.push(about, usual.clone(), None, usual, Variant::ANY);
    }

    /// The valid base a broken string was made from, as the control's members.
    fn base_of(&self, member: &Member, proposal: &Proposal) -> Option<Map<String, Value>> {
        let reference = self.generator.binding.reference.get(&member.name)?;
        let name = proposal.id.strip_prefix("refuses::")?.split("::").next()?;
        let base = reference.bases.get(name)?;
        Some(
            [(member.name.clone(), Value::from(base.as_str()))]
                .into_iter()
                .collect(),
        )
    }

    /// The control of a member of which no two values are known: the one of the usual request, or
    /// the simplest valid one.
    fn simplest_control(&self, member: &Member) -> Draft {
        let g = self.generator;
        if let Some(value) = g.given().get(&member.name) {
            return g.update_of(&member.name, value.clone());
        }
        // What nobody knows to suit the target may be refused for that.
        match simplest(g.oracle.contract, &member.shape, 0)
            .filter(|_| !g.binding.imported || g.binding.made_up)
        {
            Some(value) => g.update_of(&member.name, value),
            None => self.usual.clone(),
        }
    }

    /// A valid value that the target must accept and store.
    fn accepted(&mut self, member: &Member, side: &str, id: &str, value: Value) {
        let g = self.generator;
        let mut given = g.given().clone();
        let limit = g
            .binding
            .limit
            .iter()
            .find(|l| l.member == member.name && value.as_i64().is_some_and(|v| v > l.above));

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

        let request = g.update_of(&member.name, value);
        self.push(about, g.request(&given), None, request, Variant::ANY);
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
            self.usual.clone(),
            Some(twin),
            g.request(&members),
            Variant::ANY,
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

        let request = g.request_without(&members, &member.name);
        self.push(about, self.usual.clone(), None, request, Variant::ANY);
    }
}
