//! One exchange, looked at by what holds for every answer and by what the contract says of a
//! successful one.

use serde_json::{Map, Value};

use super::answer::{Checks, body_preview, outcome};
use super::json::Document;
use super::memo::Memo;
use super::{Judgement, Role};
use crate::contract::Service;
use crate::contract::oracle::Oracle;
use crate::plan::case::SourceKind;
use crate::wire::exchange::Exchange;

/// One exchange with its document, once what holds for every answer was checked.
pub(super) struct Seen<'e> {
    pub(crate) accepted: bool,
    pub(crate) object: Option<&'e Map<String, Value>>,
}

/// How to look at an exchange.
#[derive(Clone, Copy)]
pub(super) struct Inspection {
    pub(crate) role: Role,
    pub(crate) source: SourceKind,
    /// Only the status of a refusal counts.
    pub(crate) opaque: bool,
    /// The members of a successful answer count.
    pub(crate) members: bool,
}

/// Looks at an exchange by the contract of its operation. With a memo, what earlier answers of the
/// same sequence showed and was right is not looked at again.
pub(super) fn inspect<'c, 'e>(
    oracle: Oracle<'c>,
    exchange: &'e Exchange,
    inspection: Inspection,
    mut memo: Option<&mut Memo<'c>>,
    judgement: &mut Judgement,
) -> Seen<'e> {
    let Inspection {
        role,
        source,
        opaque,
        members,
    } = inspection;
    let accepted = exchange.accepted();
    let mut checks = Checks::new(oracle, role, judgement);

    let document = match memo.as_deref_mut() {
        Some(memo) => checks.universal_again(oracle.contract, exchange, opaque, memo),
        None => checks.universal(exchange, opaque),
    };
    if let (true, Some(answer), true) = (accepted, exchange.answer(), members) {
        match memo {
            Some(memo) => checks.success_again(oracle.contract, answer, document, source, memo),
            None => checks.success(answer, document, source),
        }
    }
    Seen {
        accepted,
        object: document.and_then(Document::object),
    }
}

/// What an exchange came to, with the beginning of its body.
pub(super) fn refusal_text(service: &Service, exchange: &Exchange) -> String {
    match exchange.answer() {
        Some(answer) => format!("{}: {}", outcome(service, exchange), body_preview(answer)),
        None => outcome(service, exchange),
    }
}
