//! Refusals: whether a request was refused for the fault it had.

use super::Symptom;
use super::answer::{Checks, body_preview, error_type, error_types};
use crate::contract::{ErrorFamily, Level};
use crate::wire::exchange::{Answer, Exchange};

impl Checks<'_> {
    /// The answer refuses the request for that class of violation. `path`: the promise the request
    /// breaks.
    pub(super) fn refused_for(
        &mut self,
        path: &str,
        class: &str,
        level: Level,
        exchange: &Exchange,
    ) {
        let Some(answer) = exchange.answer() else {
            return;
        };
        let Some(family) = self.oracle.service.family(class) else {
            return;
        };
        let named = error_type(self.oracle.service, answer);
        if !family.opaque && exchange.request.method != "HEAD" {
            self.names_its_type(answer, named.as_deref());
        }
        let documented = named.as_deref().and_then(|name| self.contract.error(name));

        if let Some(error) = documented {
            let (status, name) = (error.status, error.name.clone());
            let broken = (answer.status != status).then(|| {
                (
                    Symptom::WrongErrorStatus,
                    format!("{name} with status {status}"),
                    format!("{name} with status {}", answer.status),
                )
            });
            let right_type = family
                .accept
                .iter()
                .any(|a| a.error.as_deref() == Some(name.as_str()));
            // The right error with the wrong status is one fault, not two.
            if !self.check(&format!("error::{name}"), "refusal", broken) && right_type {
                self.check_at(path, class, level, None);
                return;
            }
        }

        // Without a type there is no telling the family: that fault is already found, the status
        // can still be right.
        let admitted = match &named {
            Some(_) => family.admits(answer.status, named.as_deref()),
            None => family.has_status(answer.status),
        };

        let broken = (!admitted).then(|| {
            (
                Symptom::WrongRefusal,
                self.expected(family),
                format!(
                    "{}: {}",
                    self.got(answer, named.as_deref()),
                    body_preview(answer)
                ),
            )
        });

        self.check_at(path, class, level.max(family.level), broken);
    }

    /// A refusal names its error type, and everywhere the same one: some clients read the header,
    /// and others the body.
    fn names_its_type(&mut self, answer: &Answer, named: Option<&str>) {
        let types = error_types(self.oracle.service, answer);
        let broken = match types.as_slice() {
            [] => {
                let expected =
                    "an error type, in the header x-amzn-errortype or in the body".to_owned();
                let actual = format!("status {}: {}", answer.status, body_preview(answer));
                named
                    .is_none()
                    .then_some((Symptom::NoErrorType, expected, actual))
            }
            [(_, first), others @ ..] => {
                others.iter().any(|(_, other)| other != first).then(|| {
                    let list: Vec<String> = types
                        .iter()
                        .map(|(place, name)| format!("{place}: {name}"))
                        .collect();
                    (
                        Symptom::TwoErrorTypes,
                        "one error type, in the header and in the body".to_owned(),
                        list.join(", "),
                    )
                })
            }
        };

        self.check("protocol::error-type", "refusal", broken);
    }

    /// What a family accepts, in words.
    pub(super) fn expected(&self, family: &ErrorFamily) -> String {
        family
            .accept
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", or ")
    }

    #[allow(clippy::unused_self)] // It reads as a pair with `expected`.
    fn got(&self, answer: &Answer, named: Option<&str>) -> String {
        match named {
            Some(name) => format!("status {} {name}", answer.status),
            None => format!("status {}", answer.status),
        }
    }
}
