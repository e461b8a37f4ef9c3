//! What written cases leave out is filled in, and what they say of their requests is checked
//! against the oracle.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Plan, PlanOptions};
use crate::contract::constraint::Zone;
use crate::contract::{AtomId, Contract, Level, RuleKind};
use crate::plan::case::{BodyDraft, Case, Draft, Expect, Origin, Purpose};
use crate::support::echo::shown;
use crate::support::files::{FileError, Source};
use crate::support::template::Bindings;

/// What a fault of the region is told of, in place of a file: no file names it.
pub(crate) const REGION: &str = "region";

/// The case files for that revision: those that name none, and those that name it.
///
/// # Errors
/// Where a file names something else.
pub(super) fn of_revision(
    names: Vec<String>,
    contract: &Contract,
    others: &[Contract],
    folder: &str,
) -> Result<Vec<String>, FileError> {
    let mut of_it = Vec::new();
    for name in names {
        let parts: Vec<&str> = name.split('.').collect();
        let revision = match parts.as_slice() {
            [_, "toml"] => None,
            [_, revision, "toml"] => Some(*revision),
            _ => Some(""),
        };
        let known = |wanted: &str| {
            others
                .iter()
                .chain([contract])
                .any(|c| c.revision == wanted)
        };
        match revision {
            Some(wanted) if !known(wanted) => {
                let message = "expected a name such as NAME.toml, or NAME.REVISION.toml with a revision of the contract";
                return Err(FileError {
                    file: format!("{folder}/{name}"),
                    line: None,
                    message: message.to_owned(),
                });
            }
            Some(wanted) if wanted != contract.revision => {}
            _ => of_it.push(name),
        }
    }

    Ok(of_it)
}

impl Plan {
    /// A region that the contract admits in no name would be told of the first case that holds such
    /// a name, and the fault is not that of a case.
    pub(super) fn region_fits(&self, sample: &Bindings) -> Result<(), FileError> {
        let usual = PlanOptions::default().region;
        if self.region == usual {
            return Ok(());
        }
        let broken = |member: &String, value: String| {
            let members = serde_json::Map::from_iter([(member.clone(), value.into())]);
            self.oracle()
                .violations_anywhere(&members)
                .into_iter()
                .next()
        };

        for (member, reference) in &self.binding.reference {
            for value in reference
                .bases
                .values()
                .filter_map(|template| sample.fill(template).ok())
            {
                let fits_usually = broken(member, value.replace(&self.region, &usual)).is_none();
                if let (Some(violation), true) = (broken(member, value), fits_usually) {
                    let message = format!(
                        "`{}`: names that hold it break {}: expected a region such as {usual} (--region, AWS_REGION)",
                        shown(&self.region),
                        violation.atom
                    );
                    return Err(FileError {
                        file: REGION.to_owned(),
                        line: None,
                        message,
                    });
                }
            }
        }

        Ok(())
    }

    /// A written case names only what matters of the state before it: the rest is that of every
    /// other case.
    ///
    /// The control of an invalid case is left as it is: it differs from the request in the
    /// violation alone.
    pub(super) fn complete(
        &self,
        case: &mut Case,
        whole: &serde_json::Map<String, serde_json::Value>,
    ) {
        if matches!(case.expect(), Expect::Reject(_)) || matches!(case.origin, Origin::Derived) {
            return;
        }
        if let Some(draft) = case.request_mut(Purpose::Given)
            && draft.text() != Some(&self.binding.given)
            && let Some(given) = draft.members()
        {
            let mut whole = whole.clone();
            whole.extend(self.contract.members_in(Cow::Owned(given)).into_owned());
            draft.body = BodyDraft::Text(self.contract.text_of(whole));
        }
    }

    /// A value that AWS refuses for one kind of source is held against a target only if it took
    /// another such value just before.
    pub(super) fn spare_limits(&self, case: &mut Case) {
        if *case.expect() != Expect::Accept || matches!(case.origin, Origin::Derived) {
            return;
        }
        let members = |draft: &Draft| {
            let document = Cow::Owned(draft.members()?);
            Some(self.contract.members_in(document).into_owned())
        };
        let Some(sent) = case.request().and_then(members) else {
            return;
        };

        for limit in &self.binding.limit {
            let Some(value) = sent.get(&limit.member).and_then(serde_json::Value::as_i64) else {
                continue;
            };
            if value > limit.above
                && let Some(draft) = case.request_mut(Purpose::Given)
                && let Some(mut members) = members(draft)
            {
                let other = if value == limit.above + 1 {
                    limit.above + 2
                } else {
                    limit.above + 1
                };
                members.insert(limit.member.clone(), other.into());
                draft.body = BodyDraft::Text(self.contract.text_of(members));
            }
        }
    }

    /// What a written case says of its request must be what the oracle says: a valid one breaks
    /// nothing, one that breaks a constraint breaks that one alone, and certainly.
    pub(super) fn check(&self, case: &Case, sample: &Bindings) -> Result<(), FileError> {
        let Origin::Written { file, line } = &case.origin else {
            return Ok(());
        };
        let fail = |message: String| FileError {
            file: file.clone(),
            line: Some(*line),
            message,
        };

        let judged = match case.expect() {
            Expect::Accept => true,
            Expect::Reject(class) => case.level == Level::Must && self.is_constraint(class),
            _ => false,
        };

        // Of a body that nothing is said of, its form was checked when the file was read.
        let (true, Some(template)) = (judged, case.request().and_then(Draft::text)) else {
            return Ok(());
        };

        let text = sample.fill(template).map_err(|e| fail(e.to_string()))?;
        let Ok(serde_json::Value::Object(members)) = serde_json::from_str(&text) else {
            return match case.expect() {
                // Bytes, and a list, are whole values of a member.
                _ if self.contract.payload().is_some() => Ok(()),
                Expect::Accept => Err(fail("an accepted body must be one JSON object".to_owned())),
                _ => Ok(()),
            };
        };

        let found = self.oracle().violations(&members);
        let says = |v: &crate::contract::oracle::Violation| format!("{} ({:?})", v.atom, v.zone);
        let list = found.iter().map(says).collect::<Vec<_>>().join(", ");
        match case.expect() {
            // What AWS alone settles is for the writer to judge: the level says that it is no
            // certainty.
            Expect::Accept | Expect::LikeTwin if case.level == Level::Must && !found.is_empty() => {
                Err(fail(format!(
                    "expected a body that breaks nothing, but it breaks {list}"
                )))
            }
            // One value may break two constraints by one fault, as an empty name is both too short
            // and no match, and a request may hold two faults on purpose: but the promise the case
            // names is certainly broken, and whichever the target reports, it is of the same
            // family.
            Expect::Reject(class) if case.level == Level::Must && self.is_constraint(class) => {
                let named = found
                    .iter()
                    .find(|v| v.class == class && v.zone == Zone::Invalid);
                let alike = found.iter().all(|v| self.is_constraint(v.class));
                match named {
                    Some(one)
                        if alike && case.atoms.first().is_some_and(|a| a.path() == one.atom) =>
                    {
                        Ok(())
                    }
                    Some(one) if alike => Err(fail(format!(
                        "expected the first of `atoms` to be what the body breaks: {}",
                        one.atom
                    ))),
                    _ if list.is_empty() => Err(fail(format!(
                        "expected a body that breaks a {class}, but it breaks nothing"
                    ))),
                    _ => Err(fail(format!(
                        "expected a body that certainly breaks a {class}, but it breaks {list}"
                    ))),
                }
            }
            _ => Ok(()),
        }
    }

    fn is_constraint(&self, class: &str) -> bool {
        ["range", "length", "pattern", "enum", "required", "rule"].contains(&class)
    }

    /// A rule that only written cases check has at least one.
    pub(super) fn written_rules(&self, file: &Source) -> Result<(), FileError> {
        let rules = &self.contract.rules;
        let mut written = rules
            .iter()
            .filter(|rule| matches!(rule.kind, RuleKind::Written))
            .peekable();
        if written.peek().is_none() {
            return Ok(());
        }

        let named: HashSet<&AtomId> = self.cases.iter().flat_map(|case| &case.atoms).collect();
        for rule in written {
            let id = self.contract.atom_id(&format!("rule::{}", rule.id));
            if !named.contains(&id) {
                let message = format!(
                    "rule `{}` is checked by written cases, but no case names `rule::{}`",
                    rule.id, rule.id
                );
                return Err(file.at_text(&format!("rule.{}", rule.id), message));
            }
        }

        Ok(())
    }
}
