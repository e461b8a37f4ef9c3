//! From a case and what became of it to the facts that causes are concluded from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::document::{EvidenceKind, Traffic};
use super::super::{Found, size};
use super::look::Look;
use super::outcome::{WIDE, form, is_wide, notations};
use super::traffic::stored;
use crate::contract::{Contract, Location, Presence, PromisePath, RuleKind};
use crate::judge::{Finding, Fired, Observation, Role, Symptom, json};
use crate::plan::Plan;
use crate::plan::case::{Case, Expect, Purpose, Step};
use crate::run::CaseResult;
use crate::support::digest::Digest;
use crate::wire::exchange::Exchange;
use crate::wire::members;

/// What was gathered of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    /// For each finding the kinds of requests that showed it.
    pub(crate) evidence: BTreeMap<String, BTreeMap<EvidenceKind, Seen>>,
    /// For each finding digests of the values that were accepted, or that answers showed.
    pub(crate) values: BTreeMap<String, BTreeSet<String>>,
    /// What became of all updates.
    pub(crate) traffic: Traffic,
}

/// The cases of one kind that showed a finding.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) cases: usize,
    /// The smallest of them, where another kind of case may show the finding by another fault.
    pub(crate) best: Option<Box<Found>>,
}

impl Gathered {
    /// Takes in what became of a case.
    pub(crate) fn add(&mut self, plan: &Plan, case: &Case, result: &CaseResult) {
        let Some(seen) = &result.observation else {
            return;
        };
        let look = Look { plan, case, seen };
        look.traffic(&result.judgement, &mut self.traffic);

        for finding in &result.judgement.findings {
            let id = finding.id();
            if let Some(value) = look.value(finding) {
                self.values.entry(id.clone()).or_default().insert(value);
            }
            let known = self
                .evidence
                .entry(id)
                .or_default()
                .entry(look.kind(finding))
                .or_default();
            known.cases += 1;
            if finding.symptom.is_failure() {
                known.keep(finding, result.index, seen);
            }
        }
    }

    /// What was taken for one finding turned out to be another.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        for (kind, seen) in self.evidence.remove(from).unwrap_or_default() {
            let known = self
                .evidence
                .entry(to.to_owned())
                .or_default()
                .entry(kind)
                .or_default();
            known.cases += seen.cases;
            known.best = known.best.take().or(seen.best);
        }

        let values = self.values.remove(from).unwrap_or_default();
        self.values.entry(to.to_owned()).or_default().extend(values);
    }
}

impl Seen {
    fn keep(&mut self, finding: &Finding, case: usize, seen: &Observation) {
        let new = Found {
            finding: finding.clone(),
            count: 1,
            case,
            observation: seen.clone(),
            shrunk: None,
            written: None,
        };

        let rank = |c: &Found| (c.finding.role != Role::Subject, size(c), c.case);
        if self
            .best
            .as_ref()
            .is_none_or(|known| rank(&new) < rank(known))
        {
            self.best = Some(Box::new(new));
        }
    }
}

/// Whether a symptom is about the value of a member that an answer shows.
fn is_about_values(symptom: Symptom) -> bool {
    use Symptom::{
        Changed, ChangedByRefusal, Mutated, NotEchoed, NotStored, ReadDisagrees, WrongState,
    };
    matches!(
        symptom,
        NotEchoed | NotStored | WrongState | Changed | ChangedByRefusal | ReadDisagrees | Mutated
    )
}

/// The request that a finding follows from.
struct Led<'a> {
    exchange: Option<&'a Exchange>,
    fault: Option<String>,
    class: &'a str,
}

impl Look<'_> {
    /// What a request had that showed a finding.
    fn kind(&self, finding: &Finding) -> EvidenceKind {
        let led = self.led(finding);
        let names = led.exchange.map(|e| self.names(e)).unwrap_or_default();
        let fault_member = led
            .fault
            .as_ref()
            .and_then(|path| self.fault_member(path, led.exchange));

        EvidenceKind {
            operation: self.operation(finding.role).to_owned(),
            fault: led.fault,
            class: led.class.to_owned(),
            fault_member,
            names,
            came: led.exchange.map(|e| self.came(e)).unwrap_or_default(),
            member: self.member(finding),
        }
    }

    /// What the exchange of a role was.
    fn operation(&self, role: Role) -> &'static str {
        match self.fired(self.seen.place(role)) {
            Some((fired, _)) if fired.around => "read",
            Some((_, step)) if step.purpose == Purpose::Subject && !self.is_update() => "other",
            // What is said of updates here is said of the requests of the operation under test.
            Some((_, step)) if self.is_under_test(step) => "update",
            Some((_, step)) => step.action.name(),
            None => "other",
        }
    }

    /// Whether the request of the case is one of the operation, whatever is wrong with it.
    pub(super) fn is_update(&self) -> bool {
        let request = self.case.request();
        request.is_some_and(|r| r.method == self.plan.contract.http.method) && !self.is_opaque()
    }

    /// Whether a step of a sequence is a request of the operation under test.
    fn is_under_test(&self, step: &Step) -> bool {
        let subject = self.plan.binding.action();
        step.purpose == Purpose::Part && Some(step.action) == subject && !self.is_opaque()
    }

    /// Whether what the case expects may come from a server in front of the service.
    fn is_opaque(&self) -> bool {
        let family = self.plan.service.family(self.case.expect().class());
        family.is_some_and(|family| family.opaque)
    }

    /// The exchange at that place, and its step.
    fn fired(&self, place: Option<usize>) -> Option<(&Fired, &Step)> {
        let fired = self.seen.fired.get(place?)?;
        Some((fired, self.case.steps.get(fired.step)?))
    }

    /// The request that what an exchange shows follows from: for a read the write before it.
    fn led(&self, finding: &Finding) -> Led<'_> {
        let shows = self.seen.place(finding.role);
        let write = || {
            let (shown, _) = self.fired(shows)?;
            let writes = |place: &usize| {
                self.fired(Some(*place)).is_some_and(|(fired, step)| {
                    !fired.around && step.action.writes() && fired.on == shown.on
                })
            };
            self.fired((0..=shows?).rev().find(writes).or(shows))
        };
        let Some((fired, step)) = write() else {
            return Led {
                exchange: None,
                fault: None,
                class: "valid",
            };
        };

        let class = step.expect.class();
        let breaks = matches!(step.expect, Expect::Reject(_) | Expect::Either(_));
        let main = self
            .case
            .atoms
            .first()
            .filter(|_| step.purpose == Purpose::Subject);
        // Where a step of a sequence names no promise, the case tells what it shows, and not what
        // the request breaks.
        let shown = || Some(&finding.atom).filter(|_| finding.class == class);
        let fault = step.breaks.as_ref().or(main).or_else(shown);
        Led {
            exchange: Some(&fired.exchange),
            fault: fault.filter(|_| breaks).map(|atom| atom.path().to_owned()),
            class,
        }
    }

    /// The members that a request names, the forms of their values, and its notations.
    pub(super) fn names(&self, exchange: &Exchange) -> BTreeSet<String> {
        let is_member = |name: &str| {
            self.plan
                .contract
                .member(name)
                .is_some_and(|m| m.location == Location::Body)
        };

        let notations = notations(&exchange.request, is_member);
        let mut names: BTreeSet<String> = notations.into_iter().map(str::to_owned).collect();
        let contract = &self.plan.contract;
        let document = json::read(&exchange.request.body).into_object();
        let members = contract.members_in(Cow::Owned(document.unwrap_or_default()));
        for (name, value) in members
            .iter()
            .filter(|(name, _)| contract.member(name).is_some())
        {
            names.insert(name.clone());
            let form = form(value);
            // An ARN is one, however many parts it has.
            if let Some((kind @ "arn", _)) = form.split_once('-') {
                names.insert(format!("{name}={kind}"));
            }
            names.insert(format!("{name}={form}"));
            if is_wide(value) {
                names.insert(format!("{name}={WIDE}"));
            }
        }

        names
    }

    /// The member that a broken promise is about; of a written one, the only member that differs
    /// from the control's.
    fn fault_member(&self, path: &str, exchange: Option<&Exchange>) -> Option<String> {
        let contract = &self.plan.contract;
        if let Some(member) = PromisePath::new(path).request_member()
            && contract.member(member).is_some()
        {
            return Some(member.to_owned());
        }
        let limited = contract
            .rules
            .iter()
            .filter(|rule| rule.path == path)
            .find_map(|rule| match &rule.kind {
                RuleKind::LimitedWhen { member, .. } => Some(member.clone()),
                _ => None,
            });

        if limited.is_some() {
            return limited;
        }
        let members = |exchange: &Exchange| {
            let document = json::read(&exchange.request.body).into_object()?;
            Some(contract.members_in(Cow::Owned(document)).into_owned())
        };
        let sent = members(exchange?)?;
        let control = self.seen.at(Role::Given).and_then(members);
        let differs = |name: &&String| {
            let control = control.as_ref();
            control.is_none_or(|control| control.get(*name) != sent.get(*name))
        };
        let mut differing = sent
            .keys()
            .filter(|name| contract.member(name).is_some())
            .filter(differs);

        let first = differing.next()?;
        differing.next().is_none().then(|| first.clone())
    }

    /// The member that a finding is about, as requests name it where they do.
    fn member(&self, finding: &Finding) -> Option<String> {
        let contract = self.contract_of(finding);
        let path = finding.atom.path();
        if is_about_values(finding.symptom) {
            // An answer without a member shows nothing of what is stored as it.
            if let Some(missing) = self.lacks(finding, contract) {
                return Some(self.input_of(missing));
            }
            // What was expected begins with the member's name, whatever the case is about.
            let is_named = |text: &str, name: &str| {
                text.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with([':', ' ']))
            };
            if let Some(named) = contract
                .output
                .iter()
                .find(|m| is_named(&finding.expected, &m.name))
            {
                return Some(self.input_of(&named.name));
            }
        }

        let parts = finding.atom.parts();
        if let Some(name) = parts.request_member() {
            return contract.member(name).map(|_| name.to_owned());
        }

        if let Some(name) = parts.response_member() {
            // An entry of a list shows what a read does.
            let entry = name.rsplit_once("[].").map_or(name, |(_, entry)| entry);
            return Some(self.input_of(entry));
        }

        let rule = contract.rules.iter().find(|rule| rule.path == path);
        match rule.map(|rule| &rule.kind) {
            Some(
                RuleKind::Stored { input, .. }
                | RuleKind::Resolved { input, .. }
                | RuleKind::State { input, .. },
            ) => Some(input.clone()),
            Some(
                RuleKind::Immutable { output }
                | RuleKind::Advances { output }
                | RuleKind::NullFor { output, .. },
            ) => Some(self.input_of(output)),
            _ => None,
        }
    }

    /// The first member that the answer of a finding lacks although each has it.
    fn lacks<'c>(&self, finding: &Finding, contract: &'c Contract) -> Option<&'c str> {
        let members = members::shown(contract, self.seen.at(finding.role)?)?;
        let missing = contract.output.iter().find(|m| {
            m.presence == Presence::Always && members.get(&m.name).is_none_or(Value::is_null)
        })?;
        Some(missing.name.as_str())
    }

    fn contract_of(&self, finding: &Finding) -> &Contract {
        let own = finding
            .atom
            .as_str()
            .strip_prefix(self.plan.contract.slug.as_str());
        match own.is_some_and(|rest| rest.starts_with("::")) {
            true => &self.plan.contract,
            false => self.plan.read.as_ref().unwrap_or(&self.plan.contract),
        }
    }

    /// The member of requests that decides a member of answers; else that member itself.
    fn input_of(&self, output: &str) -> String {
        stored(&self.plan.contract)
            .find(|(_, to)| *to == output)
            .map_or(output, |(from, _)| from)
            .to_owned()
    }

    /// A digest of the value that a finding is about: what was accepted, or what an answer showed.
    fn value(&self, finding: &Finding) -> Option<String> {
        let (member, exchange) = match finding.symptom {
            Symptom::Accepted => {
                let led = self.led(finding);
                let member = self.fault_member(led.fault.as_deref()?, led.exchange)?;
                (member, led.exchange?.request.body.to_vec())
            }
            Symptom::OutOfContract | Symptom::WrongType => {
                let member = finding.atom.parts().response_member()?.to_owned();
                (member, self.seen.at(finding.role)?.answer()?.body.to_vec())
            }
            _ => return None,
        };

        let document = json::read(&exchange);
        document
            .object()?
            .get(&member)
            .map(|value| Digest::of(&value.to_string()))
    }
}
