//! Expectations that compare the answer with that to another request.

use super::answer::{Checks, error_type, outcome};
use super::inspect::refusal_text;
use super::{Judge, Judgement, Role, Symptom, Verdict};
use crate::contract::Level;
use crate::plan::case::Expect;
use crate::wire::exchange::Exchange;

/// The answer that a case is about, and the one that it is compared with.
pub(super) struct Twins<'a> {
    /// What the answers to both are to have in common.
    pub(super) expect: &'a Expect,
    /// The path of the promise that the case is about.
    pub(super) main: &'a str,
    pub(super) level: Level,
    pub(super) twin: Option<&'a Exchange>,
    pub(super) subject: &'a Exchange,
    pub(super) role: Role,
    /// Whether the subject was accepted.
    pub(super) accepted: bool,
}

impl Judge<'_> {
    /// Compares both answers. The operation is the one under test.
    pub(super) fn twins(&self, twins: &Twins<'_>, judgement: &mut Judgement) -> Verdict {
        match twins.expect {
            Expect::AsTwin => self.as_twin(twins, judgement),
            _ => self.like_twin(twins, judgement),
        }
    }

    /// A well-formed name of something that does not exist must not be refused as malformed.
    fn like_twin(&self, twins: &Twins<'_>, judgement: &mut Judgement) -> Verdict {
        let service = self.oracle.service;
        let of = |e: &Exchange| e.answer().map(|a| (a.status, error_type(service, a)));
        let (Some(twin), Some(answer)) = (twins.twin.and_then(of), of(twins.subject)) else {
            return Verdict::Masked("the plain name was not answered".to_owned());
        };

        if twins.accepted || twin == answer {
            // The same refusal as of a malformed name tells nothing.
            let malformed = |t: &(u16, Option<String>)| {
                service
                    .family("pattern")
                    .is_some_and(|f| f.admits(t.0, t.1.as_deref()))
            };
            if !twins.accepted && malformed(&twin) {
                return Verdict::Skip(
                    "the target refuses unknown names as it refuses malformed ones".to_owned(),
                );
            }
            return Verdict::Pass;
        }

        let malformed = service
            .family("pattern")
            .is_some_and(|f| f.admits(answer.0, answer.1.as_deref()));
        if malformed {
            let expected = format!(
                "the answer to any well-formed name of nothing: {}",
                twins.twin.map(|t| outcome(service, t)).unwrap_or_default()
            );
            let mut checks = Checks::new(self.oracle, twins.role, judgement);
            let actual = refusal_text(service, twins.subject);
            let broken = (Symptom::Refused, expected, actual);
            checks.check_at(twins.main, "well-formed", twins.level, Some(broken));
            return Verdict::Pass;
        }

        Verdict::Probe(outcome(service, twins.subject))
    }

    /// Two values that every revision treats alike are both refused as malformed, or neither is.
    fn as_twin(&self, twins: &Twins<'_>, judgement: &mut Judgement) -> Verdict {
        let service = self.oracle.service;
        let malformed = |e: &Exchange| {
            let answer = e.answer()?;
            let family = service.family("pattern")?;
            Some(family.admits(answer.status, error_type(service, answer).as_deref()))
        };

        let (Some(twin), Some(subject)) =
            (twins.twin.and_then(malformed), malformed(twins.subject))
        else {
            return Verdict::Masked("one of the two values was not answered".to_owned());
        };
        let mut checks = Checks::new(self.oracle, twins.role, judgement);
        let broken = (twin != subject).then(|| {
            let twin = twins.twin.map(|t| outcome(service, t)).unwrap_or_default();
            let expected = format!(
                "the answer to the other value, which no revision tells from this one: {twin}"
            );
            let actual = refusal_text(service, twins.subject);
            (Symptom::Inconsistent, expected, actual)
        });

        checks.check_at(twins.main, "any-revision", twins.level, broken);
        Verdict::Pass
    }
}
