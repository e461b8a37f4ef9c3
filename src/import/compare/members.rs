//! The members of requests and answers, side by side.

use super::super::operation::{Member, Operation, Place};
use super::{Comparing, NOTHING};

/// Whose members.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Answer,
}

impl Side {
    fn of(self, operation: &Operation) -> &[Member] {
        match self {
            Self::Request => &operation.input,
            Self::Answer => &operation.output,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
        }
    }
}

impl<'a> Comparing<'a> {
    pub(super) fn members(&mut self) {
        for side in [Side::Request, Side::Answer] {
            let (here, there) = (side.of(self.here), side.of(self.there));
            let mut matched = vec![false; there.len()];
            for member in here {
                let other = self
                    .partner(member, there)
                    .filter(|at| !matched.get(*at).copied().unwrap_or(true));
                match other.and_then(|at| Some((at, there.get(at)?))) {
                    Some((at, other)) => {
                        matched
                            .get_mut(at)
                            .map(|slot| *slot = true)
                            .unwrap_or_default();
                        self.member(side, member, other);
                    }
                    None => self.alone(side, member, true),
                }
            }
            for (member, _) in there.iter().zip(&matched).filter(|(_, matched)| !**matched) {
                self.alone(side, member, false);
            }
        }
    }

    /// Where the member of the other document is that goes to the same place.
    fn partner(&self, member: &Member, others: &[Member]) -> Option<usize> {
        if member.place == Place::Label {
            let at = label_place(&self.here.uri, &member.name)?;
            return others.iter().position(|other| {
                other.place == Place::Label && label_place(&self.there.uri, &other.name) == Some(at)
            });
        }
        let same_wire = |other: &Member| {
            other.place == member.place
                && (other.on_wire() == member.on_wire()
                    || member.place == Place::Header
                        && other.on_wire().eq_ignore_ascii_case(member.on_wire())
                    || matches!(member.place, Place::Payload | Place::StatusCode))
        };
        let by_wire = others.iter().position(same_wire);
        by_wire.or_else(|| others.iter().position(|other| other.name == member.name))
    }

    /// A member that one document has alone.
    fn alone(&mut self, side: Side, member: &Member, is_here: bool) {
        let of = format!("{} / {}", side.word(), member.name);
        let (own, other) = match is_here {
            true => (self.here, self.there),
            false => (self.there, self.here),
        };
        let has_payload = |operation: &Operation| {
            side.of(operation)
                .iter()
                .any(|member| member.place == Place::Payload)
        };
        let is_of_payload = match member.place {
            Place::Payload => other.silent.names && !has_payload(other),
            Place::Body => own.silent.names && has_payload(other),
            _ => false,
        };
        let reason = if is_of_payload {
            Some("the page shows the members of the structure that is the whole body".to_owned())
        } else if member.type_unsaid && member.place == Place::Label {
            Some("the document names the label alone".to_owned())
        } else {
            None
        };
        let told = (member.place.word().to_owned(), NOTHING.to_owned());
        let told = match is_here {
            true => told,
            false => (told.1, told.0),
        };
        self.fact(&of, "member", told, reason);
    }

    fn member(&mut self, side: Side, here: &'a Member, there: &'a Member) {
        let of = format!("{} / {}", side.word(), here.name);
        let place = |member: &Member| match member.place {
            Place::Label | Place::Payload | Place::StatusCode => member.place.word().to_owned(),
            // The case of a header field's name has no meaning.
            Place::Header => format!("header {}", member.on_wire().to_ascii_lowercase()),
            place => format!("{} {}", place.word(), member.on_wire()),
        };
        self.fact(&of, "member", (place(here), place(there)), None);

        if side == Side::Request {
            let reason = (here.required_unsaid || there.required_unsaid)
                .then(|| "the page does not say whether it is required".to_owned());
            let required = |member: &Member| yes(member.required);
            self.fact(&of, "required", (required(here), required(there)), reason);
            if !self.is_silent(|silent| silent.tokens) {
                let token = |member: &Member| yes(member.idempotency_token);
                self.fact(&of, "idempotency-token", (token(here), token(there)), None);
            }
        }

        let unsaid = (here.type_unsaid || there.type_unsaid)
            .then(|| "the page says no type here".to_owned());
        self.shape(&of, &here.shape, &there.shape, unsaid.as_deref());
    }
}

pub(super) fn yes(is: bool) -> &'static str {
    match is {
        true => "yes",
        false => "no",
    }
}

/// Which label of a path has that name, counted from its start.
fn label_place(uri: &str, name: &str) -> Option<usize> {
    let labels = uri.split('{').skip(1);
    let mut labels =
        labels.map(|rest| rest.split('}').next().unwrap_or(rest).trim_end_matches('+'));
    labels.position(|label| label == name)
}
