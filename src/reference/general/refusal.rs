//! A refusal: status and error type of the family that the violation is of.

use crate::contract::{Acceptable, Contract, ErrorShape, Service, StatusMatch};

/// Why a request is not carried out, and how that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The class of the violation.
    pub(crate) class: String,
    pub(crate) status: u16,
    /// The error type.
    pub(crate) kind: String,
    pub(crate) message: String,
}

impl Refusal {
    /// The refusal of a class of violation, by the first answer that its family accepts.
    pub(crate) fn of(service: &Service, contract: &Contract, class: &str, message: &str) -> Self {
        Self::by(service, contract, class, message, 0)
    }

    /// The same by another answer that the family accepts: the one at that place, or the first.
    pub(crate) fn by(
        service: &Service,
        contract: &Contract,
        class: &str,
        message: &str,
        place: usize,
    ) -> Self {
        let accepted = service
            .family(class)
            .map(|family| family.accept.as_slice())
            .unwrap_or_default();
        // An error that is documented comes with the status that is documented.
        let is_sound = |accepted: &&Acceptable| {
            let name = accepted.error.as_deref();
            let documented = name.and_then(|name| contract.error(name));
            documented.is_none_or(|error| accepted.status.admits(error.status))
        };
        let sound: Vec<&Acceptable> = accepted.iter().filter(is_sound).collect();
        let chosen = sound.get(place).or(sound.first()).copied();
        let wanted = chosen.map_or(usual(class), |accepted| accepted.status);

        let named = chosen.and_then(|accepted| accepted.error.as_deref());
        let documented = match named {
            Some(name) => contract.error(name),
            None => documented(contract, class, wanted),
        };
        let status = match (documented, wanted) {
            (Some(error), _) => error.status,
            (None, StatusMatch::Exactly(status)) => status,
            (None, StatusMatch::Class(hundred)) => match (class, hundred) {
                ("route", 4) => 405,
                ("unknown-resource" | "malformed-resource", 4) => 404,
                _ => hundred * 100,
            },
        };
        let kind = documented.map(|error| error.name.as_str()).or(named);
        Self {
            class: class.to_owned(),
            status,
            kind: kind.unwrap_or_else(|| plain(status)).to_owned(),
            message: message.to_owned(),
        }
    }

    /// The refusal of what names nothing. `promise` is the one that the resource says is broken if
    /// such a request is accepted: it may be that of an error.
    pub(crate) fn unknown(service: &Service, contract: &Contract, promise: &str) -> Self {
        let message = "There is nothing of that name";
        let refusal = Self::of(service, contract, "unknown-resource", message);
        let error = promise
            .strip_prefix("error::")
            .and_then(|name| contract.error(name));
        match error {
            Some(error) => Self {
                status: error.status,
                kind: error.name.clone(),
                ..refusal
            },
            None => refusal,
        }
    }
}

/// The status of a class that no family has.
fn usual(class: &str) -> StatusMatch {
    StatusMatch::Exactly(match class {
        "route" => 405,
        "unknown-resource" => 404,
        "conflict" => 409,
        _ => 400,
    })
}

/// The documented error whose name tells of the class, where any error type counts.
fn documented<'c>(
    contract: &'c Contract,
    class: &str,
    status: StatusMatch,
) -> Option<&'c ErrorShape> {
    let hints: &[&str] = match class {
        "route" => &[],
        "unknown-resource" | "unknown-reference" | "malformed-resource" => {
            &["NotFound", "NotExist", "NoSuch", "Unknown"]
        }
        "conflict" => &["Conflict", "Exists"],
        "in-transition" => &["InUse", "Conflict"],
        _ => &["Valid", "BadRequest", "Invalid", "Malformed"],
    };
    let fits = |error: &&ErrorShape, hint: &str| {
        status.admits(error.status) && error.impossible.is_none() && error.name.contains(hint)
    };
    hints
        .iter()
        .find_map(|hint| contract.errors.iter().find(|error| fits(error, hint)))
}

/// An error type where no document names one.
fn plain(status: u16) -> &'static str {
    match status {
        404 => "NotFoundException",
        405 => "MethodNotAllowedException",
        409 => "ConflictException",
        _ => "ValidationException",
    }
}
