//! What a case shows by itself of the promises that it is about, and what a failure of the service
//! takes from it.
//!
//! That no finding has a promise's name says little: the cases about it may all have failed
//! otherwise. A promise is kept on a side where a case about it came through there.

use super::answer::{Checks, body_preview, not_implemented};
use super::criteria::Judge;
use super::{Finding, Judgement, Observation, Role, Symptom};
use crate::contract::{AtomId, Location, RuleKind};
use crate::plan::case::{Case, Expect};
use crate::wire::exchange::{Answer, Exchange};
use crate::wire::members;

impl Judge<'_> {
    /// Whether a case that came to a verdict showed by itself that a promise is kept which it is
    /// about.
    pub(super) fn shows(
        &self,
        case: &Case,
        atom: &AtomId,
        seen: &Observation,
        judgement: &Judgement,
    ) -> bool {
        if judgement
            .findings
            .iter()
            .any(|finding| self.is_in_the_way(case, atom, seen, finding))
        {
            return false;
        }
        let status = seen
            .at(Role::Subject)
            .and_then(Exchange::answer)
            .map(|a| a.status);

        match case.expect() {
            // Every step came through.
            Expect::Model => true,
            Expect::Probe(_) => false,
            Expect::NoEffect(_) => seen.at(Role::After).is_some_and(Exchange::accepted),
            // The request must have been refused: no other answer says that its fault was seen.
            Expect::Reject(class) => {
                let opaque = self.oracle.service.family(class).is_some_and(|f| f.opaque);
                status.is_some_and(|s| (400..500).contains(&s) || (opaque && s >= 300))
            }
            Expect::Accept | Expect::Either(_) | Expect::LikeTwin | Expect::AsTwin => {
                status.is_some_and(|s| s < 500)
            }
            // Without times, or without a second page, there is nothing to compare.
            Expect::Advances(_) | Expect::Pages(_) => judgement.shown.contains_key(atom),
        }
    }

    /// The request that a case is about was answered with a failure of the service: the promise it
    /// is about is not kept.
    pub(super) fn crashed(&self, case: &Case, exchange: &Exchange, judgement: &mut Judgement) {
        let class = match case.expect() {
            Expect::Accept | Expect::Advances(_) | Expect::Pages(_) => "valid",
            Expect::Reject(class) | Expect::Either(class) => class,
            // What these should be answered is open, or follows from other answers.
            Expect::NoEffect(_)
            | Expect::LikeTwin
            | Expect::AsTwin
            | Expect::Probe(_)
            | Expect::Model => return,
        };

        let service = self.oracle.service;
        let Some(answer) = exchange.answer().filter(|a| !not_implemented(service, a)) else {
            return;
        };
        let Some(main) = case.atoms.first() else {
            return;
        };
        let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
        let broken = checks.crash(class, answer);
        checks.check_at(main.path(), class, case.level, Some(broken));
    }

    /// Whether a finding keeps a case from showing a promise which it is about.
    fn is_in_the_way(
        &self,
        case: &Case,
        atom: &AtomId,
        seen: &Observation,
        finding: &Finding,
    ) -> bool {
        // What stands around the request is not what the case is about.
        if matches!(finding.role, Role::Given | Role::Before | Role::Twin) {
            return false;
        }
        if finding.atom == *atom {
            return true;
        }
        match finding.symptom {
            symptom if symptom.is_failure() => true,
            Symptom::Accepted
            | Symptom::Refused
            | Symptom::WrongRefusal
            | Symptom::Inconsistent
            | Symptom::Gone
            | Symptom::NeverSettles => true,
            Symptom::NotEchoed | Symptom::NotStored | Symptom::WrongState => {
                self.is_about_what_was_sent(case, atom, seen, finding)
            }
            // Of a sequence everything follows from everything, but for the form of its answers.
            _ => {
                case.subject().is_none() && !matches!(finding.class.as_str(), "answer" | "refusal")
            }
        }
    }

    /// Whether what was not stored is what the case sent to show its promise.
    fn is_about_what_was_sent(
        &self,
        case: &Case,
        atom: &AtomId,
        seen: &Observation,
        finding: &Finding,
    ) -> bool {
        let Some(input) = self.input_of(finding.atom.path()) else {
            return true;
        };
        // Each promise about a member is about that one.
        if let Some(member) = atom
            .path()
            .strip_prefix("request::")
            .and_then(|rest| rest.split("::").next())
            && self.oracle.contract.member(member).is_some()
        {
            return member == input;
        }
        let contract = self.oracle.contract;
        let is_sent = contract
            .member(input)
            .is_some_and(|m| m.location != Location::Label);
        let sent =
            |exchange: &Exchange| members::sent(contract, &exchange.request).contains_key(input);

        is_sent && (case.subject().is_none() || seen.at(Role::Subject).is_some_and(sent))
    }

    /// The request member that a rule says how it is stored.
    fn input_of(&self, path: &str) -> Option<&str> {
        self.oracle
            .contract
            .rules
            .iter()
            .filter(|rule| rule.path == path)
            .find_map(|rule| match &rule.kind {
                RuleKind::Stored { input, .. }
                | RuleKind::Resolved { input, .. }
                | RuleKind::State { input, .. } => Some(input.as_str()),
                _ => None,
            })
    }
}

impl Checks<'_> {
    /// How a failure of the service breaks a promise that a request of that class is about.
    pub(super) fn crash(&self, class: &str, answer: &Answer) -> (Symptom, String, String) {
        let expected = match self.oracle.service.family(class) {
            Some(family) => self.expected(family),
            None => format!(
                "status {}: the request is valid",
                self.contract.http.statuses()
            ),
        };
        (
            Symptom::Crashed,
            expected,
            format!("status {}: {}", answer.status, body_preview(answer)),
        )
    }
}
