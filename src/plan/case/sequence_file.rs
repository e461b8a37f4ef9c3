//! Written sequences: the `[[sequence]]` tables of case files.

use std::collections::BTreeSet;

use toml::Spanned;

use super::file::Reader;
use super::sequence_table::{SequenceTable, StepTable};
use super::{Action, BodyDraft, Case, CaseId, Expect, Origin, PathDraft, Purpose, Step};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::FileError;

/// No sequence is longer than this: it would be a benchmark.
const MAX_STEPS: usize = 2000;

impl Reader<'_> {
    pub(super) fn sequence(&self, stem: &str, table: SequenceTable) -> Result<Case, FileError> {
        let id = self.id(stem, &table.id)?;
        let atoms = self.atoms(&table.atoms)?;
        let mut steps = Steps {
            reader: self,
            created: BTreeSet::new(),
            steps: Vec::new(),
            groups: 0,
        };

        for step in table.steps.get_ref() {
            steps.add(step, None, None)?;
        }
        let steps = steps.steps;

        if steps.is_empty() {
            return Err(self
                .file
                .at(table.steps.span(), "expected at least one step"));
        }

        Ok(Case {
            id: CaseId(id),
            says: table.says,
            origin: Origin::Written {
                file: self.file.name.clone(),
                line: self.line(table.id.span().start),
            },
            atoms,
            variant: self.variant(table.variant.as_ref())?,
            steps,
            basis: table.basis,
            level: table.level,
            why: table.why,
        })
    }
}

struct Steps<'a> {
    reader: &'a Reader<'a>,
    created: BTreeSet<String>,
    steps: Vec<Step>,
    groups: usize,
}

impl Steps<'_> {
    fn add(
        &mut self,
        table: &Spanned<StepTable>,
        count: Option<usize>,
        together: Option<usize>,
    ) -> Result<(), FileError> {
        let file = self.reader.file;
        let fail = |message: &str| Err(file.at(table.span(), message.to_owned()));
        let step = table.get_ref();
        if let Some(times) = &step.repeat {
            let Some(inner) = &step.steps else {
                return fail("expected `steps` beside `repeat`");
            };
            // Each turn adds a step or fails, so that the limit on steps is one on turns.
            if inner.is_empty() {
                return fail("expected at least one step to repeat");
            }
            for count in 1..=*times.get_ref() {
                for step in inner {
                    self.add(step, Some(count), None)?;
                }
            }
            return Ok(());
        }

        if let Some(inner) = &step.together {
            if inner.is_empty() {
                return fail("expected at least one step in `together`");
            }
            self.groups += 1;
            let group = self.groups;
            return inner
                .iter()
                .try_for_each(|step| self.add(step, count, Some(group)));
        }

        let actions = [
            (Action::Create, &step.create),
            (Action::Update, &step.update),
            (Action::Read, &step.read),
            (Action::List, &step.list),
            (Action::Delete, &step.delete),
            (Action::Gone, &step.gone),
        ];

        let mut named = actions
            .iter()
            .filter_map(|(action, on)| Some((*action, on.as_ref()?)));
        let (Some((action, on)), None) = (named.next(), named.next()) else {
            return fail(
                "expected one of `create`, `update`, `read`, `list`, `delete`, `gone`, `together` and `repeat`",
            );
        };

        if self.steps.len() >= MAX_STEPS {
            return fail(&format!("a sequence has at most {MAX_STEPS} steps"));
        }
        let step = self.step(action, on, step, count, together)?;
        self.steps.push(step);
        Ok(())
    }

    fn step(
        &mut self,
        action: Action,
        on: &Spanned<String>,
        table: &StepTable,
        count: Option<usize>,
        together: Option<usize>,
    ) -> Result<Step, FileError> {
        let file = self.reader.file;
        let Some(operations) = self.reader.defaults.operations else {
            return Err(file.at(
                on.span(),
                "no fixture file says which operations create, read, list and delete",
            ));
        };

        if let (Some(body), false) = (
            &table.body,
            matches!(action, Action::Create | Action::Update),
        ) {
            return Err(file.at(body.span(), format!("a {} step has no body", action.name())));
        }

        if let Some(class) = &table.refused
            && self.reader.service.family(class.get_ref()).is_none()
        {
            let known = self
                .reader
                .service
                .families
                .values()
                .flat_map(|f| f.classes.iter().map(String::as_str));
            let hint = did_you_mean(class.get_ref(), known);
            let message = format!("unknown violation class `{}`{hint}", shown(class.get_ref()));
            return Err(file.at(class.span(), message));
        }

        let name = (action != Action::List).then(|| on.get_ref().clone());
        match &name {
            Some(name) if action == Action::Create => {
                let plain = |c: char| c.is_ascii_lowercase() || c == '_';
                if name.is_empty()
                    || !name.chars().all(plain)
                    || self.reader.defaults.names.contains(name)
                {
                    let text =
                        "expected a name of its own for the new one, of lower-case letters and `_`";
                    return Err(file.at(on.span(), text));
                }
                self.created.insert(name.clone());
            }
            Some(name)
                if !self.created.contains(name) && !self.reader.defaults.names.contains(name) =>
            {
                return Err(file.at(
                    on.span(),
                    format!(
                        "`{}` is made by no fixture and by no step before",
                        shown(name)
                    ),
                ));
            }
            _ => {}
        }

        let text = |text: &Spanned<String>| -> Result<String, FileError> {
            let filled = match count {
                Some(count) => text.get_ref().replace("${count}", &count.to_string()),
                None => text.get_ref().clone(),
            };
            self.reader
                .template_of(&Spanned::new(text.span(), filled.clone()), &self.created)?;
            Ok(filled)
        };

        let body = table.body.as_ref().map(text).transpose()?;
        let body = match action {
            Action::Create | Action::Update => Some(body.unwrap_or_else(|| "{}".to_owned())),
            _ => body,
        };

        let mut request = operations.draft(action, name.as_deref(), body);
        if action == Action::List {
            // The query of the request, or nothing for all of them.
            request.path = PathDraft::Exact(operations.list_path(&text(on)?));
            request.body = BodyDraft::None;
        }

        if let (Some(own), PathDraft::Labels { labels, .. }) = (&table.label, &mut request.path) {
            for (label, template) in own {
                let filled = text(template)?;
                let known = labels.get_mut(label);
                *known.ok_or_else(|| {
                    file.at(template.span(), format!("the path has no label `{label}`"))
                })? = filled;
            }
        }

        let refused = table.refused.as_ref().map(|class| class.get_ref().as_str());
        if refused != Some("required") {
            operations.with_token(action, &mut request);
        }
        let breaks = match &table.breaks {
            Some(path) => {
                let atoms = self
                    .reader
                    .atoms(&Spanned::new(path.span(), vec![path.get_ref().clone()]))?;
                atoms.into_iter().next()
            }
            None => operations.broken_by(action, refused),
        };

        Ok(Step {
            on: name,
            breaks,
            at_once: table.at_once,
            together,
            ..Step::new(Purpose::Part, action, request, Expect::of_step(refused))
        })
    }
}
