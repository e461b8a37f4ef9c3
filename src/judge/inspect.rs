//! One exchange, looked at by what holds for every answer and by what the contract says of a
//! successful one.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::answer::{Checks, body_preview, outcome};
use super::json::Document;
use super::memo::Memo;
use super::{Judgement, Role, Side};
use crate::contract::Service;
use crate::contract::oracle::Oracle;
use crate::plan::case::Variant;
use crate::wire::exchange::Exchange;
use crate::wire::members;

/// One exchange with its document, once what holds for every answer was checked.
pub(super) struct Seen<'e> {
    pub(crate) accepted: bool,
    object: Option<Cow<'e, Map<String, Value>>>,
}

impl<'e> Seen<'e> {
    /// A successful answer whose document is what it shows, as it stands there.
    pub(super) fn of_plain(exchange: &'e Exchange) -> Self {
        let document = exchange.answer().map(|answer| answer.body.document());
        Self {
            accepted: true,
            object: document.and_then(Document::object).map(Cow::Borrowed),
        }
    }

    /// The members that the answer shows, by the names of the contract; of a refusal, those of its
    /// document.
    pub(super) fn object(&self) -> Option<&Map<String, Value>> {
        self.object.as_deref()
    }

    /// Whether the members are those of the document, as they stand there.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self.object, Some(Cow::Owned(_)))
    }
}

/// How to look at an exchange.
#[derive(Clone, Copy)]
pub(super) struct Inspection<'v> {
    pub(crate) role: Role,
    /// The side of promises about answers that it shows.
    pub(crate) side: Side,
    pub(crate) variant: &'v Variant,
    /// Only the status of a refusal counts.
    pub(crate) opaque: bool,
    /// The members of a successful answer count.
    pub(crate) members: bool,
}

impl<'v> Inspection<'v> {
    /// A look at everything that an exchange of that role shows.
    pub(super) fn of(role: Role, variant: &'v Variant) -> Self {
        Self {
            role,
            side: Side::of_exchange(role),
            variant,
            opaque: false,
            members: true,
        }
    }
}

/// Looks at an exchange by the contract of its operation. With a memo, what earlier answers of the
/// same sequence showed and was right is not looked at again.
pub(super) fn inspect<'c, 'e>(
    oracle: Oracle<'c>,
    exchange: &'e Exchange,
    inspection: Inspection<'_>,
    mut memo: Option<&mut Memo<'c>>,
    judgement: &mut Judgement,
) -> Seen<'e> {
    let Inspection {
        role,
        variant,
        opaque,
        ..
    } = inspection;
    let accepted = exchange.accepted();
    let mut checks = Checks::new(oracle, role, judgement).with_side(inspection.side);

    let document = match memo.as_deref_mut() {
        Some(memo) => checks.universal_again(oracle.contract, exchange, opaque, memo),
        None => checks.universal(exchange, opaque),
    };
    let answered = exchange.answer().filter(|_| accepted);
    let shown = answered.and_then(|a| members::answered(oracle.contract, a, document));
    if let (Some(answer), true) = (answered, inspection.members) {
        match memo {
            Some(memo) if oracle.contract.answers_plainly() => {
                checks.success_again(oracle.contract, answer, document, variant, memo)
            }
            _ => checks.success(answer, shown.as_deref(), variant),
        }
    }

    let object = match oracle.contract.answers_plainly() || !accepted {
        true => document.and_then(Document::object).map(Cow::Borrowed),
        false => shown,
    };
    Seen { accepted, object }
}

/// What an exchange came to, with the beginning of its body.
pub(super) fn refusal_text(service: &Service, exchange: &Exchange) -> String {
    match exchange.answer() {
        Some(answer) => format!("{}: {}", outcome(service, exchange), body_preview(answer)),
        None => outcome(service, exchange),
    }
}
