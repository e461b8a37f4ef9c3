//! Identities: each thing has one of its own, and the same requests give the same ones.

use rand_chacha::rand_core::SeedableRng as _;
use serde_json::Value;

use crate::contract::oracle::Oracle;
use crate::contract::pattern::Language;
use crate::contract::{OutputMember, RuleKind, ShapeType};
use crate::reference::identifier::uuid;

/// What tells these identifiers from those of requests and mappings.
const KIND: u64 = 7;
/// No identity of ours is longer.
const LONGEST: usize = 128;

/// The member of answers that shows an identity which the service chooses: that of the label's name,
/// or the one that a rule says is new each time.
pub(crate) fn member_of<'c>(oracle: Oracle<'c>, label: &str) -> Option<&'c OutputMember> {
    let contract = oracle.contract;
    let fresh = || {
        let mut rules = contract.rules.iter();
        let output = rules.find_map(|rule| match &rule.kind {
            RuleKind::Fresh { output } => Some(output),
            _ => None,
        });
        contract.output_member(output?)
    };
    contract.output_member(label).or_else(fresh)
}

/// The identity of the thing of that number, which the member's shape admits. None where nothing
/// that is tried fits.
pub(crate) fn identity(oracle: Oracle<'_>, member: &OutputMember, number: u64) -> Option<Value> {
    let shape = oracle.contract.resolve(&member.shape);
    let fits = |value: &Value| oracle.answer_violations(&member.name, value).is_empty();
    if matches!(shape.kind, ShapeType::Integer | ShapeType::Long) {
        return Some(Value::from(number)).filter(fits);
    }

    let hexadecimal = format!("{number:016x}");
    let least = shape.length().and_then(|length| length.min).unwrap_or(0);
    let least = usize::try_from(least).unwrap_or(0).min(LONGEST);
    let plain = [
        format!("t{number}"),
        uuid(0, KIND, number),
        format!("a{hexadecimal}"),
        hexadecimal,
        format!("{number:012}"),
        format!("t{number:0>width$}", width = least.saturating_sub(1)),
    ];
    let plain = plain.into_iter().map(Value::from).find(fits);
    plain.or_else(|| {
        let most = shape.length().and_then(|length| length.max);
        let most = most.and_then(|most| usize::try_from(most).ok());
        let most = most.unwrap_or(LONGEST).min(LONGEST);
        let language = Language::new(shape.pattern()?, least, most).ok()?;
        let mut numbers = rand_chacha::ChaCha8Rng::seed_from_u64(number);
        language
            .sample_any(&mut numbers)
            .map(Value::from)
            .filter(fits)
    })
}
