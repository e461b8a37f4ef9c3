//! Expectations that compare the answer with that to another request.

use super::answer::{Checks, error_type, outcome};
use super::inspect::{Seen, refusal_text};
use super::{Judge, Judgement, Observation, Role, Symptom, Verdict};
use crate::plan::case::Case;
use crate::wire::exchange::Exchange;

impl Judge<'_> {
    /// A well-formed name of something that does not exist must not be refused as malformed.
    pub(super) fn like_twin(
        &self,
        case: &Case,
        seen: &Observation,
        last: &Exchange,
        subject: &Seen<'_>,
        main: &str,
        judgement: &mut Judgement,
    ) -> Verdict {
        let service = self.oracle.service;
        let of = |e: &Exchange| e.answer().map(|a| (a.status, error_type(service, a)));
        let (Some(twin), Some(answer)) = (seen.at(Role::Twin).and_then(of), of(last)) else {
            return Verdict::Masked("the plain name was not answered".to_owned());
        };

        if subject.accepted || twin == answer {
            // The same refusal as of a malformed name tells nothing.
            let malformed = |t: &(u16, Option<String>)| {
                service
                    .family("pattern")
                    .is_some_and(|f| f.admits(t.0, t.1.as_deref()))
            };
            if !subject.accepted && malformed(&twin) {
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
                seen.at(Role::Twin)
                    .map(|t| outcome(service, t))
                    .unwrap_or_default()
            );
            let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
            let broken = (Symptom::Refused, expected, refusal_text(service, last));
            checks.check_at(main, "well-formed", case.level, Some(broken));
            return Verdict::Pass;
        }

        Verdict::Probe(outcome(service, last))
    }

    /// Two values that every revision treats alike are both refused as malformed, or neither is.
    pub(super) fn as_twin(
        &self,
        case: &Case,
        seen: &Observation,
        last: &Exchange,
        main: &str,
        judgement: &mut Judgement,
    ) -> Verdict {
        let service = self.oracle.service;
        let malformed = |e: &Exchange| {
            let answer = e.answer()?;
            let family = service.family("pattern")?;
            Some(family.admits(answer.status, error_type(service, answer).as_deref()))
        };

        let (Some(twin), Some(subject)) =
            (seen.at(Role::Twin).and_then(malformed), malformed(last))
        else {
            return Verdict::Masked("one of the two values was not answered".to_owned());
        };
        let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
        let broken = (twin != subject).then(|| {
            let twin = seen
                .at(Role::Twin)
                .map(|t| outcome(service, t))
                .unwrap_or_default();
            let expected = format!(
                "the answer to the other value, which no revision tells from this one: {twin}"
            );
            (Symptom::Inconsistent, expected, refusal_text(service, last))
        });

        checks.check_at(main, "any-revision", case.level, broken);
        Verdict::Pass
    }
}
