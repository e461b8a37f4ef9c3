//! Which promise a refusal is about, where the request has more than one thing to refuse.

use serde_json::Value;

use super::answer::error_type;
use super::criteria::Judge;
use super::json;
use crate::contract::RuleKind;
use crate::contract::constraint::Zone;
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;
use crate::wire::members;

/// The class of a well-formed name of something that is not there.
const ABSENT: &str = "unknown-reference";

impl<'a> Judge<'a> {
    /// The promise of the form in which a request names something, where one says so: what a
    /// refusal of the request breaks.
    pub(super) fn form(&self, exchange: &Exchange, bindings: &Bindings) -> Option<&'a str> {
        let sent = members::sent(self.oracle.contract, &exchange.request);
        self.references?.iter().find_map(|(member, reference)| {
            let name = sent.get(member)?.as_str()?;
            let (form, _) = reference
                .bases
                .iter()
                .find(|(_, base)| has_form(name, base, bindings))?;
            reference.promises.get(form).map(String::as_str)
        })
    }

    /// The promise and the class of violation that a refusal is judged by: those that the case
    /// expects, unless the request holds another fault as well and the answer is plainly about that
    /// one.
    ///
    /// Which of two faults a target reports first is promised nowhere. One that looks a malformed
    /// name up, and answers that there is no such thing, refuses the name in the wrong way,
    /// whatever else is wrong beside it.
    pub(super) fn reported(
        &self,
        exchange: &Exchange,
        path: &str,
        class: &str,
    ) -> (String, String) {
        let expected = || (path.to_owned(), class.to_owned());
        let service = self.oracle.service;
        let Some(answer) = exchange.answer() else {
            return expected();
        };
        let named = error_type(service, answer);
        let is_of = |class: &str| {
            service
                .family(class)
                .is_some_and(|f| f.admits(answer.status, named.as_deref()))
        };
        let document = json::read(&exchange.request.body);
        let (Some(sent), false, true) = (document.object(), is_of(class), is_of(ABSENT)) else {
            return expected();
        };

        let is_name = |member: &str| {
            let names = |kind: &RuleKind| matches!(kind, RuleKind::Resolved { input, .. } if input == member);
            self.oracle
                .contract
                .rules
                .iter()
                .any(|rule| names(&rule.kind))
        };
        // Of one fault that has several classes, the case knows best.
        let is_expected = |member: &str| path.starts_with(&format!("request::{member}::"));
        let other_name = |member: &str| is_name(member) && !is_expected(member);
        let found = self.oracle.violations(sent);
        let of_name = found
            .iter()
            .find(|v| v.zone == Zone::Invalid && v.member().is_some_and(other_name));
        of_name.map_or_else(expected, |violation| {
            (violation.atom.clone(), violation.class.to_owned())
        })
    }
}

/// Whether a name has the form of a template: the same text around its last name, in whose place
/// any known name stands.
fn has_form(name: &str, base: &str, bindings: &Bindings) -> bool {
    let parts = || {
        let (before, rest) = base.rsplit_once("${")?;
        let (_, after) = rest.split_once('}')?;
        name.strip_prefix(bindings.fill(before).ok()?.as_str())?
            .strip_suffix(after)
    };
    parts().is_some_and(|named| bindings.iter().any(|(_, value)| value == named))
}

/// A name without what follows its last colon, where that is its qualifier: what it resolves to
/// then ends one part sooner.
pub(super) fn unqualified(kind: &RuleKind, value: &Value) -> Option<Value> {
    let (RuleKind::Resolved { parts, suffix, .. }, Value::String(name)) = (kind, value) else {
        return None;
    };
    let (short, _) = name.rsplit_once(':')?;
    let of = |name: &str| super::shown::resolved(parts, suffix, name);
    let (whole, cut) = (of(name)?, of(short)?);
    let is_cut = whole
        .strip_prefix(cut.as_str())
        .is_some_and(|rest| rest.starts_with(':'));
    is_cut.then(|| Value::from(short))
}
