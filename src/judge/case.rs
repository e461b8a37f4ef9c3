//! The judge: one case, its exchanges, one verdict.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::answer::{Checks, error_type, outcome};
use super::inspect::{Inspection, Seen, inspect, refusal_text};
use super::json;
use super::memo::Memo;
use super::model::Model;
use super::twins::Twins;
use super::{Fired, Judge, Judgement, Observation, Role, Side, Symptom, Verdict};
use crate::contract::{Level, RuleKind};
use crate::plan::case::{Action, Case, Expect, PathDraft, Step};
use crate::wire::exchange::Exchange;
use crate::wire::members;

impl<'a> Judge<'a> {
    /// Judges a case by its exchanges.
    pub(crate) fn judge(&self, case: &Case, seen: &Observation) -> Judgement {
        self.judge_followed(case, seen, self.model(case, Memo::default()).as_mut())
    }

    /// Judges a case by its exchanges, where the [model](Self::model) of its sequence may have
    /// followed them.
    pub(crate) fn judge_followed(
        &self,
        case: &Case,
        seen: &Observation,
        model: Option<&mut Model<'_, '_>>,
    ) -> Judgement {
        let mut judgement = Judgement::new();
        let verdict = self.verdict(case, seen, model, &mut judgement);
        for finding in &mut judgement.findings {
            // The page demands no member of an update, but shows none without: that one is refused
            // is warned of, and which of two faults such an update is refused for is open.
            let of_refusal = matches!(finding.symptom, Symptom::Refused | Symptom::WrongRefusal);
            if of_refusal && seen.at(finding.role).is_some_and(|e| self.asks_nothing(e)) {
                finding.level = Level::Should;
            }
        }

        self.keep_to_bases(case, &mut judgement);
        judgement.verdict = match verdict {
            // A finding outweighs everything but a control that was refused: that must stay visible
            // as masking.
            Verdict::Pass | Verdict::Probe(_) | Verdict::Skip(_)
                if !judgement.findings.is_empty() =>
            {
                Verdict::Fail
            }
            Verdict::Fail if judgement.findings.is_empty() => {
                Verdict::Skip("what it shows has a ground that does not count".to_owned())
            }
            verdict => verdict,
        };

        // A promise of the request is tested by a case that is about it, and only if the case came
        // to a verdict.
        if matches!(judgement.verdict, Verdict::Pass | Verdict::Fail) {
            let side = Side::of_case(case);
            for atom in case.atoms.iter().filter(|atom| self.counts(atom)) {
                judgement.exercise(atom, side);
                if self.shows(case, atom, seen, &judgement) {
                    judgement.show(atom, side);
                }
            }
        }

        judgement
    }

    fn verdict(
        &self,
        case: &Case,
        seen: &Observation,
        model: Option<&mut Model<'_, '_>>,
        judgement: &mut Judgement,
    ) -> Verdict {
        if let Some(why) = seen.exchanges().find_map(Exchange::fault_of_ours) {
            return Verdict::Error(why.to_owned());
        }
        if let Some(throttled) = seen.exchanges().find(|e| self.throttles(e)) {
            return self.throttled(throttled, judgement);
        }
        let is_list = |fired: &Fired| {
            let step = case.steps.get(fired.step);
            step.is_some_and(|step| step.action == Action::List)
        };

        let mut lacking = seen.fired.iter().filter(|f| self.lacks(&f.exchange));
        if lacking.any(|fired| !is_list(fired)) && !self.may_lack(case, seen) {
            return Verdict::NotImplemented;
        }
        let Some(subject) = case.subject() else {
            return self.sequence(case, seen, model, judgement);
        };
        let control = seen.at(Role::Given);
        if self.lacks_route(control) {
            return Verdict::NotImplemented;
        }
        let given = control.map(|e| self.write(e, Role::Given, &seen.variant, judgement));
        let before = seen
            .at(Role::Before)
            .map(|e| self.read(e, Role::Before, &seen.variant, judgement));
        if let (Some(given), Some(exchange)) = (&given, control)
            && !given.accepted
        {
            // Refused because the resource is in a transition that does not end: that is the
            // finding.
            if let Some(state) = &seen.unsettled {
                return self.unsettled(state, seen, judgement);
            }
            return self.given_refused(exchange, seen, judgement);
        }

        if let Some(state) = &seen.unsettled {
            return self.unsettled(state, seen, judgement);
        }
        if let Some(exchange) = seen.at(Role::Twin)
            && !self
                .write(exchange, Role::Twin, &seen.variant, judgement)
                .accepted
            && !matches!(subject.expect, Expect::LikeTwin | Expect::AsTwin)
        {
            return Verdict::Masked(format!(
                "the control was refused: {}",
                outcome(self.oracle.service, exchange)
            ));
        }

        let reads = Reads {
            before: before.as_ref().and_then(Seen::object),
            given: given.as_ref().and_then(Seen::object),
        };

        let verdict = self.subject(case, subject, seen, &reads, judgement);
        // Last, so that the request that a case is about shows first what both show.
        if verdict == Verdict::Pass || matches!(verdict, Verdict::Probe(_)) {
            self.given_stored(case, seen, &reads, judgement);
        }

        verdict
    }

    /// The request that the case is about, and what came of it.
    fn subject(
        &self,
        case: &Case,
        step: &Step,
        seen: &Observation,
        reads: &Reads<'_>,
        judgement: &mut Judgement,
    ) -> Verdict {
        let Some(last) = seen.at(Role::Subject) else {
            return Verdict::Error("the request was not sent".to_owned());
        };
        let opaque = self
            .oracle
            .service
            .family(step.expect.class())
            .is_some_and(|f| f.opaque);

        // What an invalid request should have got is a refusal: its other answer is judged as that
        // alone.
        let meant = matches!(
            step.expect,
            Expect::Accept
                | Expect::Either(_)
                | Expect::LikeTwin
                | Expect::Advances(_)
                | Expect::Pages(_)
        );

        let inspection = Inspection {
            opaque,
            members: meant,
            ..Inspection::of(Role::Subject, &seen.variant)
        };

        let subject = inspect(self.oracle, last, inspection, None, judgement);
        if last.outcome.is_err() {
            return Verdict::Pass;
        }
        // A failure of the service is a finding, whatever the request deserved, and what it
        // deserved was not shown.
        if last.answer().is_some_and(|a| a.status >= 500) && !opaque {
            self.crashed(case, last, judgement);
            self.refused_kept(case, seen, reads, judgement);
            return Verdict::Pass;
        }

        self.expected(case, seen, last, &subject, reads, judgement)
    }

    fn expected(
        &self,
        case: &Case,
        seen: &Observation,
        last: &Exchange,
        subject: &Seen<'_>,
        reads: &Reads<'_>,
        judgement: &mut Judgement,
    ) -> Verdict {
        let main = case
            .atoms
            .first()
            .map(|a| a.path().to_owned())
            .unwrap_or_default();

        let service = self.oracle.service;
        match case.expect() {
            Expect::Accept if subject.accepted => {
                self.accepted(case, seen, subject, reads, true, judgement)
            }
            Expect::Advances(output) if subject.accepted => {
                self.advances(seen, output, &main, judgement)
            }
            Expect::Pages(pages) if subject.accepted => self.pages(seen, pages, &main, judgement),
            // What the request names need not be there, and its values need not suit each other.
            Expect::Accept | Expect::Advances(_) | Expect::Pages(_) if self.made_up => {
                Verdict::Probe(outcome(service, last))
            }
            Expect::Accept | Expect::Advances(_) | Expect::Pages(_) => {
                let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
                let expected = format!(
                    "status {}: the request is valid",
                    self.oracle.contract.http.statuses()
                );
                let broken = (Symptom::Refused, expected, refusal_text(service, last));
                checks.check_at(&main, "valid", case.level, Some(broken));
                self.refused_kept(case, seen, reads, judgement);
                Verdict::Pass
            }
            Expect::Reject(class) if subject.accepted => {
                let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
                let expected = service
                    .family(class)
                    .map(|f| checks.expected(f))
                    .unwrap_or_default();
                let actual = refusal_text(service, last);
                checks.check_at(
                    &main,
                    class,
                    case.level,
                    Some((Symptom::Accepted, expected, actual)),
                );
                Verdict::Pass
            }
            Expect::Reject(class) => {
                let (path, of) = self.reported(last, &main, class);
                let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
                checks.refused_for(&path, &of, case.level, last);
                self.refused_kept(case, seen, reads, judgement);
                self.named(case, seen, &main, class, judgement);
                Verdict::Pass
            }
            Expect::Either(_) if subject.accepted => {
                self.accepted(case, seen, subject, reads, true, judgement)
            }
            Expect::Either(class) => {
                let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
                checks.refused_for(&main, class, case.level, last);
                self.refused_kept(case, seen, reads, judgement);
                Verdict::Pass
            }
            expect @ (Expect::LikeTwin | Expect::AsTwin) => self.twins(
                &Twins {
                    expect,
                    main: &main,
                    level: case.level,
                    twin: seen.at(Role::Twin),
                    subject: last,
                    role: Role::Subject,
                    accepted: subject.accepted,
                },
                judgement,
            ),
            Expect::Probe(class) => {
                if subject.accepted {
                    // Whether the request is accepted is open, and then what it means is not.
                    self.accepted(case, seen, subject, reads, class == "valid", judgement);
                } else {
                    self.refused_kept(case, seen, reads, judgement);
                }
                Verdict::Probe(outcome(service, last))
            }
            Expect::NoEffect(_) => {
                self.no_effect(case, seen, reads, &main, judgement);
                Verdict::Pass
            }
            Expect::Model => Verdict::Error("one request alone is judged by no model".to_owned()),
        }
    }

    /// What an accepted update must show, now and in the read after it. `known`: what was sent has
    /// one reading.
    fn accepted(
        &self,
        case: &Case,
        seen: &Observation,
        subject: &Seen<'_>,
        reads: &Reads<'_>,
        known: bool,
        judgement: &mut Judgement,
    ) -> Verdict {
        let (Some(last), Some(step)) = (seen.at(Role::Subject), case.subject()) else {
            return Verdict::Pass;
        };
        let sent = self.sent(&step.request, seen, last);
        let main = case
            .atoms
            .first()
            .map(|a| a.path().to_owned())
            .unwrap_or_default();

        let mut then: IndexMap<String, Value> = step
            .then
            .iter()
            .filter_map(|(m, t)| {
                Some((
                    m.clone(),
                    serde_json::from_str(&seen.bindings.fill(t).ok()?).ok()?,
                ))
            })
            .collect();

        let mut checks = Checks::new(self.oracle, Role::Subject, judgement).with_floor(case.level);
        if let Some(before) = reads.before.or(reads.given) {
            checks.expect_as_found(&main, &mut then, &sent, before);
        }

        if let Some(object) = subject.object() {
            if known {
                checks.stored(&sent, object, false);
                checks.defaults(&sent, object, false);
            }
            checks.then(&main, &then, object, false);
            if let (Some(given), true) = (reads.given, case.is_sent_again()) {
                checks.carried_out_once(&main, given, object);
            }
            if let Some(given) = reads.given {
                checks.forward(given, object);
            }
        }

        // Another resource than the one under test was updated: the reads are not about it.
        let elsewhere = matches!(step.request.path, PathDraft::Exact(_))
            && !self.names_ours(case, subject, seen);
        if seen.at(Role::Named).is_some() || elsewhere {
            return Verdict::Pass;
        }
        let after = seen
            .at(Role::After)
            .map(|e| self.read(e, Role::After, &seen.variant, judgement));
        let Some(after) = after else {
            return Verdict::Pass;
        };
        if self.gone(&after, case, seen, judgement) {
            return Verdict::Pass;
        }
        let Some(after) = after.object() else {
            return Verdict::Pass;
        };
        let mut checks = Checks::new(self.oracle, Role::After, judgement).with_floor(case.level);
        if known {
            checks.stored(&sent, after, true);
            checks.defaults(&sent, after, true);
        }
        checks.then(&main, &then, after, true);
        checks.consistent(reads.before, subject.object(), after);
        if let Some(answered) = subject.object() {
            checks.not_before(answered, after);
        }
        if let (true, Some(before)) = (known && !step.at_once, reads.before) {
            checks.unsent_kept(&sent, before, after);
        }
        Verdict::Pass
    }

    /// Whether an answer is about the resource under test, by the identity that the contract gives
    /// it.
    fn names_ours(&self, case: &Case, subject: &Seen<'_>, seen: &Observation) -> bool {
        let Some(PathDraft::Labels { labels, .. }) = case.given().map(|given| &given.path) else {
            return true;
        };
        self.oracle.contract.rules.iter().all(|rule| {
            let RuleKind::Stored { input, output } = &rule.kind else {
                return true;
            };
            let (Some(own), Some(object)) = (labels.get(input), subject.object()) else {
                return true;
            };
            let own = seen.bindings.fill(own).ok();
            // An answer without an identity says nothing of which it is about.
            object
                .get(output)
                .is_some_and(|named| named.as_str() == own.as_deref())
        })
    }

    /// Over repeated updates, what tells the time went forward, and never back.
    fn advances(
        &self,
        seen: &Observation,
        output: &str,
        main: &str,
        judgement: &mut Judgement,
    ) -> Verdict {
        let contract = self.oracle.contract;
        let members: Vec<Cow<'_, Map<String, Value>>> = seen
            .all(Role::Subject)
            .filter_map(|exchange| members::shown(contract, exchange))
            .collect();
        let values: Vec<&Map<String, Value>> = members.iter().map(|m| &**m).collect();

        let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
        for pair in values.windows(2) {
            checks.forward(pair[0], pair[1]);
        }
        let (Some(Value::Number(first)), Some(Value::Number(last))) = (
            values.first().and_then(|v| v.get(output)),
            values.last().and_then(|v| v.get(output)),
        ) else {
            return Verdict::Pass;
        };

        let still = json::compare(last.as_str(), first.as_str()) == Some(std::cmp::Ordering::Equal);
        let broken = still.then(|| {
            let expected = format!("{output} later than {first}");
            (
                Symptom::StandsStill,
                expected,
                format!(
                    "{output}: {last}, after {} updates over two seconds",
                    values.len()
                ),
            )
        });

        checks.check(main, "valid", broken);
        Verdict::Pass
    }

    /// A transition that did not end: that of the request, or, where none was sent, of the update
    /// before it.
    fn unsettled(&self, state: &str, seen: &Observation, judgement: &mut Judgement) -> Verdict {
        let role = if seen.at(Role::Subject).is_none() {
            Role::Before
        } else {
            Role::After
        };
        self.unsettled_at(state, role, judgement)
    }

    /// A transition that did not end, as the exchange of that role shows it.
    pub(super) fn unsettled_at(
        &self,
        state: &str,
        role: Role,
        judgement: &mut Judgement,
    ) -> Verdict {
        let rule = self
            .oracle
            .contract
            .rules
            .iter()
            .find(|r| matches!(r.kind, RuleKind::State { .. }));

        if let Some(rule) = rule {
            let mut checks = Checks::new(self.oracle, role, judgement);
            let expected = "a transition that ends within the time limit".to_owned();
            let broken = (Symptom::NeverSettles, expected, format!("still {state}"));
            checks.check(&rule.path, "valid", Some(broken));
        }

        Verdict::Fail
    }

    fn throttled(&self, exchange: &Exchange, judgement: &mut Judgement) -> Verdict {
        let named = exchange
            .answer()
            .and_then(|a| error_type(self.oracle.service, a));
        let documented = self.oracle.contract.errors.iter().find(|e| e.status == 429);

        if let Some(documented) = documented
            && exchange
                .answer()
                .is_some_and(|a| a.status == documented.status)
            && named.as_deref() != Some(documented.name.as_str())
        {
            let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
            let actual = format!(
                "status 429 {}",
                named.as_deref().unwrap_or("without an error type")
            );
            let broken = (
                Symptom::WrongRefusal,
                format!("status 429 {}", documented.name),
                actual,
            );
            checks.check(
                &format!("error::{}", documented.name),
                "refusal",
                Some(broken),
            );
        }

        Verdict::Error(format!(
            "the target still throttles after {} tries",
            exchange.throttled + 1
        ))
    }
}

/// The state before the request.
pub(super) struct Reads<'a> {
    pub(crate) before: Option<&'a Map<String, Value>>,
    pub(crate) given: Option<&'a Map<String, Value>>,
}
