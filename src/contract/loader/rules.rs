//! From a rule's table to a checked [`Rule`].

use regex::Regex;
use toml::Spanned;

use super::super::{
    OutputMember, Rule, RuleKind, ShapeType, StateEffect, When, document as toml_form,
};
use super::{FileError, Known, Reader};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::regex_fault;

impl Reader<'_> {
    pub(super) fn rule(
        &self,
        id: Spanned<String>,
        table: toml_form::RuleTable,
        known: &Known<'_>,
    ) -> Result<Rule, FileError> {
        let (input, output) = (known.input, known.output);
        let member = |name: &Spanned<String>| -> Result<String, FileError> {
            if input.iter().any(|m| m.name == *name.get_ref()) {
                return Ok(name.get_ref().clone());
            }
            let hint = did_you_mean(name.get_ref(), input.iter().map(|m| m.name.as_str()));
            Err(self.file.at(
                name.span(),
                format!("unknown request member `{}`{hint}", shown(name.get_ref())),
            ))
        };

        let answer = |name: &Spanned<String>| -> Result<String, FileError> {
            if output.iter().any(|m| m.name == *name.get_ref()) {
                return Ok(name.get_ref().clone());
            }
            Err(self
                .file
                .at(name.span(), unknown_answer(name.get_ref(), output)))
        };

        let answers = |names: &toml_form::Outputs| -> Result<Vec<String>, FileError> {
            let unknown = names
                .outputs
                .get_ref()
                .iter()
                .find(|n| !output.iter().any(|m| m.name == **n));
            match unknown {
                Some(name) => Err(self
                    .file
                    .at(names.outputs.span(), unknown_answer(name, output))),
                None => Ok(names.outputs.get_ref().clone()),
            }
        };

        let regex = |text: &Spanned<String>| -> Result<Regex, FileError> {
            Regex::new(text.get_ref()).map_err(|e| self.file.at(text.span(), regex_fault(&e)))
        };
        let mut kinds = Vec::new();

        if let Some(t) = &table.limited_when {
            let (member, when, length) =
                (member(&t.member)?, regex(&t.when)?, self.length(&t.length)?);
            let of = known
                .input
                .iter()
                .find(|m| m.name == member)
                .map(|m| known.resolve(&m.shape).kind);
            if let Some(kind) = of.filter(|k| !matches!(k, ShapeType::String | ShapeType::Enum)) {
                let text = format!(
                    "expected a member of type string, but {member} is of type {}",
                    kind.name()
                );
                return Err(self.file.at(t.member.span(), text));
            }
            kinds.push(RuleKind::LimitedWhen {
                member,
                when,
                length,
            });
        }

        if let Some(t) = &table.stored {
            kinds.push(RuleKind::Stored {
                input: member(&t.input)?,
                output: answer(&t.output)?,
            });
        }

        if let Some(t) = &table.default {
            let value = serde_json::from_str(t.value.get_ref()).map_err(|_| {
                let text = format!(
                    "expected a value as JSON text, found `{}`",
                    t.value.get_ref()
                );
                self.file.at(t.value.span(), text)
            })?;
            let when = match &t.when {
                Some(when) => Some(When {
                    member: member(&when.member)?,
                    matches: regex(&when.matches)?,
                }),
                None => None,
            };
            kinds.push(RuleKind::Default {
                input: member(&t.input)?,
                value,
                when,
            });
        }

        if let Some(t) = &table.resolved {
            let parts = regex(&t.parts)?;
            let unknown = crate::support::template::names(&t.suffix)
                .map_err(|e| self.file.at(t.parts.span(), e.to_string()))?
                .into_iter()
                .find(|name| !parts.capture_names().flatten().any(|group| group == *name));
            if let Some(name) = unknown {
                let message =
                    format!("`suffix` uses `${{{name}}}`, which is no named group of `parts`");
                return Err(self.file.at(t.parts.span(), message));
            }
            kinds.push(RuleKind::Resolved {
                input: member(&t.input)?,
                output: answer(&t.output)?,
                parts,
                suffix: t.suffix.clone(),
            });
        }

        if let Some(t) = &table.state {
            let output = answer(&t.output)?;
            self.states_exist(t, &output, known)?;
            let effects = t.when.iter().map(|(value, e)| {
                let (answer, settled) = (e.answer.get_ref().clone(), e.settled.get_ref().clone());
                (value.get_ref().clone(), StateEffect { answer, settled })
            });
            kinds.push(RuleKind::State {
                input: member(&t.input)?,
                output,
                effects: effects.collect(),
                transitional: t.transitional.get_ref().clone(),
            });
        }

        if let Some(t) = &table.immutable {
            kinds.push(RuleKind::Immutable {
                output: answer(&t.output)?,
            });
        }

        if table.unsent_unchanged == Some(true) {
            kinds.push(RuleKind::UnsentUnchanged);
        }
        if let Some(t) = &table.refusal_keeps {
            kinds.push(RuleKind::RefusalKeeps {
                outputs: answers(t)?,
            });
        }

        if let Some(t) = &table.read_back {
            kinds.push(RuleKind::ReadBack {
                outputs: answers(t)?,
            });
        }

        if let Some(t) = &table.null_for {
            kinds.push(RuleKind::NullFor {
                output: answer(&t.output)?,
                variant: t.variant.clone(),
            });
        }

        if let Some(t) = &table.advances {
            kinds.push(RuleKind::Advances {
                output: answer(&t.output)?,
            });
        }

        if let Some(t) = &table.apart {
            kinds.push(RuleKind::Apart {
                outputs: answers(t)?,
            });
        }

        if let Some(t) = &table.listed {
            kinds.push(RuleKind::Listed {
                output: answer(&t.output)?,
                members: t.members.clone(),
            });
        }

        if let Some(t) = &table.fresh {
            kinds.push(RuleKind::Fresh {
                output: answer(&t.output)?,
            });
        }

        if let Some(t) = &table.shows {
            kinds.push(RuleKind::Shows {
                output: answer(&t.output)?,
                values: t.values.clone(),
            });
        }

        if table.gone == Some(true) {
            kinds.push(RuleKind::Gone);
        }
        if table.written == Some(true) {
            kinds.push(RuleKind::Written);
        }
        if let Some(why) = table.impossible {
            kinds.push(RuleKind::Impossible(why));
        }
        let found = kinds.len();
        let (Some(kind), 1) = (kinds.pop(), found) else {
            let text = format!(
                "expected exactly one way to check rule `{}`, found {found}",
                id.get_ref()
            );
            return Err(self.file.at(id.span(), text));
        };

        Ok(Rule {
            path: format!("rule::{}", id.get_ref()),
            id: id.into_inner(),
            says: table.says,
            section: table.section,
            basis: table.basis,
            level: table.level,
            kind,
        })
    }
    /// A state that the member never has would make the rule fail, or never apply.
    fn states_exist(
        &self,
        table: &toml_form::StateTable,
        output: &str,
        known: &Known<'_>,
    ) -> Result<(), FileError> {
        let member = known.output.iter().find(|m| m.name == output);
        let values = member.and_then(|m| known.resolve(&m.shape).values());
        let check = |names: &Spanned<Vec<String>>| match names
            .get_ref()
            .iter()
            .find(|n| values.is_some_and(|v| !v.contains(n)))
        {
            Some(name) => {
                let known = values.unwrap_or_default().join(", ");
                let hint =
                    did_you_mean(name, values.unwrap_or_default().iter().map(String::as_str));
                let text = format!(
                    "`{}` is no value of {output}: expected one of {known}{hint}",
                    shown(name)
                );
                Err(self.file.at(names.span(), text))
            }
            None => Ok(()),
        };

        check(&table.transitional)?;
        for (value, effect) in &table.when {
            if serde_json::from_str::<serde_json::Value>(value.get_ref()).is_err() {
                let text = format!(
                    "expected a value as JSON text, found `{}`",
                    shown(value.get_ref())
                );
                return Err(self.file.at(value.span(), text));
            }
            check(&effect.answer)?;
            check(&effect.settled)?;
        }

        Ok(())
    }
}

fn unknown_answer(name: &str, known: &[OutputMember]) -> String {
    let hint = did_you_mean(name, known.iter().map(|member| member.name.as_str()));
    format!("unknown answer member `{}`{hint}", shown(name))
}
