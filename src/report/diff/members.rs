//! Comparing the members of two answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::kind::{Kind, Side};
use super::pairs::Pair;
use super::request_key::RequestKey;
use super::seen::Member;
use crate::contract::{Contract, Rule};
use crate::judge::{Role, json};

type Object = BTreeMap<String, Member>;

/// Mappings by the names that the case has for them.
type Entries = BTreeMap<String, Object>;

/// A kind, and what was seen on the left and on the right, in words.
type Told = (Kind, String, String);

/// The members of a case's answers.
pub(super) struct Members<'a> {
    /// Those whose values went apart: they stay so for the rest of the case.
    apart: BTreeSet<String>,
    /// Those that one of them lacks, or has with another type, whatever is asked.
    shaped: BTreeSet<String>,
    /// The operations whose answers were compared: what has another form in a later one has it for
    /// what was asked.
    met: BTreeSet<&'a str>,
    /// What the reads before the case's own request showed.
    before: Option<(Object, Object)>,
    /// What the last answer about each resource of a sequence showed.
    shown: BTreeMap<String, (Object, Object)>,
    /// Of each resource of a sequence, the request members that neither took.
    refused: BTreeMap<String, BTreeSet<String>>,
    /// Whether both accepted the case's own request.
    accepted: bool,
    /// What both accepted that they need not, and its promise: what is made of it is for the target
    /// to say.
    open: Option<(String, RequestKey)>,
    rules: &'a [Rule],
    /// The member that tells the state, and the states that end by themselves.
    state: Option<(&'a str, &'a [String])>,
}

impl<'a> Members<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        let state = contract.transitions();
        Self {
            apart: BTreeSet::new(),
            shaped: BTreeSet::new(),
            met: BTreeSet::new(),
            before: None,
            shown: BTreeMap::new(),
            refused: BTreeMap::new(),
            accepted: false,
            open: None,
            rules: &contract.rules,
            state,
        }
    }

    /// Takes in that neither takes a request of a sequence about that resource.
    pub(super) fn refuse(&mut self, on: &str, asked: &RequestKey) {
        self.refused
            .entry(on.to_owned())
            .or_default()
            .extend(asked.members().cloned());
    }

    /// What differs in two answers that accept. `asked`: the request of the exchange, or of the
    /// control before a read; `control`: the case's control.
    pub(super) fn compare(
        &mut self,
        pair: &Pair<'a>,
        asked: Option<&RequestKey>,
        control: &RequestKey,
        (left, right): (&Object, &Object),
    ) -> Vec<Told> {
        match pair.role {
            Role::Before => self.before = Some((left.clone(), right.clone())),
            Role::Subject => self.accepted = true,
            _ => {}
        }

        if let Some(asked) = asked.filter(|_| pair.is_own()) {
            // What is sent now does not depend on what was there.
            let rules = self.rules;
            self.apart
                .retain(|name| !inputs(rules, name).any(|input| asked.names(input)));
            if let Some(refused) = pair.on.and_then(|on| self.refused.get_mut(on)) {
                refused.retain(|name| !asked.names(name));
            }
            if pair.class != "valid" {
                let member = asked.differs_in(control);
                let of_member = |name: &String| {
                    pair.contract
                        .map(|contract| format!("{}::{name}", contract.slug))
                };
                let about = member
                    .and_then(of_member)
                    .or_else(|| pair.promise.clone())
                    .unwrap_or_default();
                self.open = Some((about, asked.clone()));
            }
        }

        let mut told = Vec::new();
        self.objects(pair, pair.on, asked, (left, right), &mut told);
        if let Some(on) = pair.on {
            self.shown
                .insert(on.to_owned(), (left.clone(), right.clone()));
        }

        self.met
            .extend(pair.contract.map(|contract| contract.slug.as_str()));
        told
    }

    /// The members of two objects. `on`: the resource of a sequence that they show.
    fn objects(
        &mut self,
        pair: &Pair<'_>,
        on: Option<&str>,
        asked: Option<&RequestKey>,
        (left, right): (&Object, &Object),
        told: &mut Vec<Told>,
    ) {
        let known = pair
            .contract
            .is_some_and(|contract| self.met.contains(contract.slug.as_str()));
        let refused = matches!(pair.role, Role::After | Role::Named) && !self.accepted;
        let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();

        for name in names {
            let of = name.clone();
            let (l, r) = (left.get(name), right.get(name));
            let words = (said(name, l), said(name, r));
            if let Some((l, r)) = lists(l, r) {
                self.entries(pair, asked, l, r, told);
                continue;
            }
            if same(l, r) {
                continue;
            }
            let form = match (l, r) {
                (Some(_), None) => Some(Kind::Member {
                    name: of.clone(),
                    only: Side::Left,
                }),
                (None, Some(_)) => Some(Kind::Member {
                    name: of.clone(),
                    only: Side::Right,
                }),
                (Some(l), Some(r)) if l.kind() != r.kind() => Some(Kind::Type {
                    name: of.clone(),
                    left: l.kind().to_owned(),
                    right: r.kind().to_owned(),
                }),
                _ => None,
            };
            // A form that differs whatever is asked does so for a reason of its own.
            let form = form.map(|form| (form, self.shaped.contains(name)));
            let kind = match (&self.open, form) {
                (_, Some((form, true))) => form,
                // The model of a sequence does not say so, but what nobody else changed the refused
                // request did.
                _ if on.is_some_and(|on| self.was_refused(on, name)) => {
                    match on.and_then(|on| self.shown.get(on)) {
                        Some(shown) if !self.apart.contains(name) => Kind::Kept {
                            only: kept(shown, name, l, r),
                        },
                        _ => {
                            self.apart.insert(of);
                            continue;
                        }
                    }
                }
                (Some((about, open)), form)
                    if form.is_none() || (known && self.is_of(name, |input| open.names(input))) =>
                {
                    if self.apart.contains(name) {
                        continue;
                    }
                    Kind::Taken {
                        promise: about.clone(),
                    }
                }
                (_, Some((form, false))) if !refused || !known => form,
                (None, None) if self.apart.contains(name) => continue,
                (None, None) if pair.first && self.is_from_before(name, asked, l, r) => {
                    self.apart.insert(of);
                    continue;
                }
                _ if refused => Kind::Kept {
                    only: self
                        .before
                        .as_ref()
                        .and_then(|before| kept(before, name, l, r)),
                },
                (None, None) => match (l, r) {
                    (Some(Member::Value(l)), Some(Member::Value(r))) => Kind::Value {
                        name: of,
                        values: self.few(name, l, r),
                    },
                    _ => continue,
                },
                (_, Some((form, _))) => form,
                (Some(_), None) => continue,
            };
            match &kind {
                Kind::Member { .. } | Kind::Type { .. } => self.shaped.insert(name.clone()),
                _ => self.apart.insert(name.clone()),
            };
            if !told.iter().any(|(known, ..)| *known == kind) {
                told.push((kind, words.0, words.1));
            }
        }
    }

    /// Whether that member of the answer shows what neither took.
    fn was_refused(&self, on: &str, name: &str) -> bool {
        self.refused
            .get(on)
            .is_some_and(|refused| self.is_of(name, |input| refused.contains(input)))
    }

    /// Whether that member of the answer shows what a request names.
    fn is_of(&self, name: &str, names: impl Fn(&str) -> bool) -> bool {
        names(name) || inputs(self.rules, name).any(names)
    }

    /// Whether a value comes from before the case: it follows from what nobody sent yet, or tells
    /// by which way a state was reached from one that nobody saw.
    fn is_from_before(
        &self,
        name: &str,
        asked: Option<&RequestKey>,
        left: Option<&Member>,
        right: Option<&Member>,
    ) -> bool {
        let moves = |member: Option<&Member>| match (self.state, member) {
            (Some((of, transitional)), Some(Member::Value(Value::String(word)))) => {
                of == name && transitional.contains(word)
            }
            _ => false,
        };
        let mut inputs = inputs(self.rules, name).peekable();
        let follows = inputs.peek().is_some();
        let sent = inputs.any(|input| asked.is_some_and(|asked| asked.names(input)));
        (follows && !sent) || (moves(left) && moves(right))
    }

    fn entries(
        &mut self,
        pair: &Pair<'_>,
        asked: Option<&RequestKey>,
        left: &Entries,
        right: &Entries,
        told: &mut Vec<Told>,
    ) {
        let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        for name in names {
            let (there, missing) = (
                format!("${{{name}}} is listed"),
                format!("${{{name}}} is not listed"),
            );
            match (left.get(name), right.get(name)) {
                (Some(_), None) => told.push((Kind::Listed, there, missing)),
                (None, Some(_)) => told.push((Kind::Listed, missing, there)),
                (Some(left), Some(right)) => {
                    let on = pair.step.map(|_| name.as_str());
                    self.objects(pair, on, asked, (left, right), told);
                }
                (None, None) => {}
            }
        }
    }

    /// Two values, where they are words of which there are a few, such as states. How soon a
    /// transition ends is one difference, whichever it is.
    fn few(&self, name: &str, left: &Value, right: &Value) -> Option<(String, String)> {
        let word = |value: &Value| match value {
            Value::String(text)
                if text
                    .chars()
                    .all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '_') =>
            {
                Some(text.clone())
            }
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };

        let (left, right) = (word(left)?, word(right)?);
        let ends = |word: &String| {
            self.state
                .is_some_and(|(of, transitional)| of == name && transitional.contains(word))
        };

        let pair = |left: &str, right: &str| Some((left.to_owned(), right.to_owned()));
        match (ends(&left), ends(&right)) {
            (true, false) => pair("in transition", "at rest"),
            (false, true) => pair("at rest", "in transition"),
            _ => Some((left, right)),
        }
    }
}

/// Where a refused request left that member as it was; none where it did so nowhere.
fn kept(
    before: &(Object, Object),
    name: &str,
    left: Option<&Member>,
    right: Option<&Member>,
) -> Option<Side> {
    match (
        same(before.0.get(name), left),
        same(before.1.get(name), right),
    ) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    }
}

/// The request members that an answer's member follows from.
fn inputs<'a>(rules: &'a [Rule], name: &'a str) -> impl Iterator<Item = &'a str> {
    let told = rules.iter().filter_map(|rule| rule.kind.sent_and_shown());
    told.filter_map(move |(input, output)| (output == name).then_some(input))
}

/// Two lists of resources. One without any is no other thing than one with some.
fn lists<'a>(
    left: Option<&'a Member>,
    right: Option<&'a Member>,
) -> Option<(&'a Entries, &'a Entries)> {
    static NONE: Entries = Entries::new();
    match (left?, right?) {
        (Member::Entries(left), Member::Entries(right)) => Some((left, right)),
        (Member::Entries(left), Member::Value(Value::Array(_))) => Some((left, &NONE)),
        (Member::Value(Value::Array(_)), Member::Entries(right)) => Some((&NONE, right)),
        _ => None,
    }
}

fn same(left: Option<&Member>, right: Option<&Member>) -> bool {
    match (left, right) {
        (Some(Member::Value(left)), Some(Member::Value(right))) => json::same(left, right),
        (Some(left), Some(right)) => left.kind() == right.kind(),
        (left, right) => left.is_none() && right.is_none(),
    }
}

fn said(name: &str, member: Option<&Member>) -> String {
    match member {
        Some(Member::Value(value)) => format!("{name}: {value}"),
        Some(member) => format!("{name}: {}", member.kind()),
        None => format!("no {name}"),
    }
}

impl Member {
    fn kind(&self) -> &'static str {
        match self {
            Self::Value(value) => crate::contract::constraint::kind::name(value),
            Self::Typed(kind) => kind,
            Self::Entries(_) => "an array",
        }
    }
}
