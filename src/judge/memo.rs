//! What earlier answers showed and was right: an answer mostly shows it again.
//!
//! Nothing here changes what is found: what is left out was looked at before, under the same
//! contract and from the same side. Within one sequence every promise about it is marked as tested
//! already. Whoever keeps a memo from one sequence to the next learns of the later ones only what
//! is wrong.

use serde_json::{Map, Value};

use crate::contract::{Contract, OutputMember};
use crate::plan::case::Variant;
use crate::wire::exchange::Answer;

/// What was right in answers so far.
#[derive(Debug, Default)]
pub(crate) struct Memo<'a> {
    heads: Vec<Head<'a>>,
    /// Each stands one place further in front whenever it is found.
    forms: Vec<AnswerShape<'a>>,
}

/// What holds for every answer held for one with this status and these headers.
#[derive(Debug)]
struct Head<'a> {
    contract: &'a Contract,
    status: u16,
    content_type: Option<String>,
    content_encoding: Option<String>,
}

/// A successful answer with these members, in this order, was right.
#[derive(Debug)]
pub(super) struct AnswerShape<'a> {
    contract: &'a Contract,
    status: u16,
    variant: Variant,
    /// The members, and whether each was null.
    names: Vec<(String, bool)>,
    /// The documented members that were there, in documented order.
    pub(super) members: Vec<Known<'a>>,
    /// The Date header and the times of an answer in which none was later than the other.
    pub(super) dated: Option<(String, Vec<Value>)>,
}

/// A member, and values of it that were right.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) member: &'a OutputMember,
    /// Where it stands among the members of the answer.
    pub(super) place: usize,
    values: Vec<Value>,
}

/// So many values of a member are remembered: more are rarely seen again.
const MOST_VALUES: usize = 8;
/// So many forms of answers are remembered, and so many statuses with headers.
const MOST_FORMS: usize = 64;

impl<'a> Memo<'a> {
    /// Whether all that holds for every answer held for one like this.
    pub(super) fn knows(&self, contract: &Contract, answer: &Answer) -> bool {
        let (kind, coding) = (
            answer.header("content-type"),
            answer.header("content-encoding"),
        );
        self.heads.iter().any(|head| {
            std::ptr::eq(head.contract, contract)
                && head.status == answer.status
                && head.content_type.as_deref() == kind
                && head.content_encoding.as_deref() == coding
        })
    }

    /// Notes that it held for this one.
    pub(super) fn note(&mut self, contract: &'a Contract, answer: &Answer) {
        if self.heads.len() < MOST_FORMS {
            self.heads.push(Head {
                contract,
                status: answer.status,
                content_type: answer.header("content-type").map(str::to_owned),
                content_encoding: answer.header("content-encoding").map(str::to_owned),
            });
        }
    }

    /// The form of an answer, if one of that form was right.
    pub(super) fn form(
        &mut self,
        contract: &Contract,
        status: u16,
        variant: &Variant,
        object: &Map<String, Value>,
    ) -> Option<&mut AnswerShape<'a>> {
        let place = self.forms.iter().position(|form| {
            std::ptr::eq(form.contract, contract)
                && (form.status, &form.variant) == (status, variant)
                && form.names.len() == object.len()
                && form
                    .names
                    .iter()
                    .zip(object)
                    .all(|((known, null), (name, value))| known == name && *null == value.is_null())
        })?;

        let before = place.saturating_sub(1);
        self.forms.swap(before, place);
        self.forms.get_mut(before)
    }

    /// Notes the form of an answer that was right, with its values.
    pub(super) fn note_form(
        &mut self,
        contract: &'a Contract,
        status: u16,
        variant: &Variant,
        object: &Map<String, Value>,
    ) {
        self.forms.truncate(MOST_FORMS - 1);
        let known = |member: &'a OutputMember| {
            let (place, (_, value)) = object
                .iter()
                .enumerate()
                .find(|(_, (name, _))| **name == member.name)?;
            (!value.is_null()).then(|| Known {
                member,
                place,
                values: vec![value.clone()],
            })
        };

        self.forms.push(AnswerShape {
            contract,
            status,
            variant: variant.clone(),
            names: object
                .iter()
                .map(|(name, value)| (name.clone(), value.is_null()))
                .collect(),
            members: contract.output.iter().filter_map(known).collect(),
            dated: None,
        });
    }
}

impl Known<'_> {
    /// Whether the value was right before.
    pub(super) fn has(&self, value: &Value) -> bool {
        self.values.contains(value)
    }

    /// Notes a value that was right, in the place of the oldest but one: what a member starts with,
    /// it often has again.
    pub(super) fn add(&mut self, value: Value) {
        if self.values.len() >= MOST_VALUES {
            self.values.remove(1);
        }
        self.values.push(value);
    }
}
