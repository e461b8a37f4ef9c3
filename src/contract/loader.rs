//! From TOML text to a checked [`Contract`]. Whatever is wrong is said with file, line and what was expected.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use regex::Regex;
use toml::Spanned;

use super::document as toml_form;
use super::{
    Acceptable, AtomId, Bound, Confusion, Constraint, Contract, ErrorFamily, ErrorShape, Http, Location, Member,
    OutputMember, Protocol, Rule, RuleKind, Service, Shape, ShapeType, StateEffect, StatusMatch, TimestampFormat, atom,
    service, shape,
};
use crate::pattern::{Anchoring, Pattern};

use crate::files::Source;
pub use crate::files::{FileError, Files};

/// Reads `service.toml`.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, or names a status or type that cannot be.
pub fn load_service(file: &Source) -> Result<Service, FileError> {
    let table: toml_form::ServiceTable = file.parse()?;
    let mut families = IndexMap::new();
    let mut classes = BTreeSet::new();
    for (name, family) in table.family {
        for class in family.classes.get_ref() {
            if !classes.insert(class.clone()) {
                return Err(file.at(family.classes.span(), format!("violation class `{class}` is in two families")));
            }
        }
        if family.accept.get_ref().is_empty() {
            return Err(file.at(family.accept.span(), "expected at least one acceptable answer"));
        }
        let accept = family
            .accept
            .into_inner()
            .into_iter()
            .map(|a| {
                let status = status_match(a.status.get_ref())
                    .ok_or_else(|| file.at(a.status.span(), "expected a status such as \"400\", or \"4xx\""))?;
                Ok(Acceptable { status, error: a.error, basis: a.basis })
            })
            .collect::<Result<_, FileError>>()?;
        let family = ErrorFamily {
            name: name.clone(),
            classes: family.classes.into_inner(),
            accept,
            opaque: family.opaque,
            level: family.level,
        };
        families.insert(name, family);
    }
    let mut confusions = Vec::new();
    for c in table.confusion {
        if serde_json::from_str::<serde_json::Value>(c.text.get_ref()).is_err() {
            return Err(file.at(c.text.span(), "expected one JSON value"));
        }
        let twice = |o: &Confusion| o.id == *c.id.get_ref() && o.types.iter().any(|t| c.types.contains(t));
        if confusions.iter().any(twice) {
            return Err(file.at(c.id.span(), format!("notation `{}` is listed twice for one type", c.id.get_ref())));
        }
        let valid = match c.zone {
            toml_form::ZoneName::Valid => Some(true),
            toml_form::ZoneName::Invalid => Some(false),
            toml_form::ZoneName::Probe => None,
        };
        confusions.push(Confusion {
            id: c.id.into_inner(),
            types: c.types,
            text: c.text.into_inner(),
            valid,
            basis: c.basis,
            level: c.level,
            why: c.why,
        });
    }
    let promises = table
        .protocol
        .promise
        .into_iter()
        .map(|(id, p)| (id, service::Promise { says: p.says, section: p.section, basis: p.basis, level: p.level }));
    Ok(Service {
        name: table.service,
        signing_name: table.signing_name,
        protocol: Protocol {
            content_type: table.protocol.content_type,
            answer_content_types: table.protocol.answer_content_types,
            error_type_headers: table.protocol.error_type_headers,
            error_type_members: table.protocol.error_type_members,
            anchoring: match table.protocol.pattern_anchoring {
                toml_form::AnchoringName::Whole => Anchoring::Whole,
                toml_form::AnchoringName::Either => Anchoring::Either,
            },
            promises: promises.collect(),
        },
        families,
        confusions,
    })
}

/// Reads one revision of one operation. `slug` is the folder it stands in.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, names a member, shape or label that is not there,
/// has an empty range, a pattern that cannot be compiled, or the same id twice.
pub fn load_operation(file: &Source, slug: &str, service: &Service) -> Result<Contract, FileError> {
    let table: toml_form::Operation = file.parse()?;
    let reader = Reader { file, shapes: table.shape.keys().map(|k| k.get_ref().clone()).collect() };

    let mut shapes = IndexMap::new();
    for (name, shape) in &table.shape {
        shapes.insert(name.get_ref().clone(), reader.shape(shape, name.span())?);
    }
    reader.no_circular_targets(&table.shape)?;

    let mut input = Vec::new();
    for (name, m) in &table.input {
        input.push(Member {
            name: name.get_ref().clone(),
            shape: reader.shape(&m.into(), name.span())?,
            location: m.location,
            required: m.required,
            section: m.section.clone().unwrap_or_else(|| format!("Request Body / {}", name.get_ref())),
        });
    }
    let mut output = Vec::new();
    for (name, m) in &table.output {
        output.push(OutputMember {
            name: name.get_ref().clone(),
            shape: reader.shape(&m.into(), name.span())?,
            presence: m.presence,
            section: m.section.clone().unwrap_or_else(|| format!("Response Elements / {}", name.get_ref())),
        });
    }
    reader.labels_match(&table.http.uri, &input)?;
    reader.status(&table.http.code)?;

    let mut errors = Vec::new();
    for (name, e) in table.error {
        reader.status(&e.status)?;
        errors.push(ErrorShape {
            name: name.into_inner(),
            status: e.status.into_inner(),
            section: e.section.unwrap_or_else(|| "Errors".to_owned()),
            impossible: e.impossible,
        });
    }
    let mut rules = Vec::new();
    for (id, rule) in table.rule {
        rules.push(reader.rule(id, rule, &input, &output)?);
    }

    let mut contract = Contract {
        operation: table.operation.into_inner(),
        slug: slug.to_owned(),
        revision: table.revision,
        source: table.source,
        http: Http {
            method: table.http.method.into_inner(),
            uri: table.http.uri.into_inner(),
            code: table.http.code.into_inner(),
            section: table.http.section,
        },
        input,
        output,
        errors,
        rules,
        shapes,
        atoms: IndexMap::<AtomId, super::Atom>::new(),
    };
    contract.atoms = atom::atoms(&contract, service);
    Ok(contract)
}

type Span = std::ops::Range<usize>;

struct Reader<'a> {
    file: &'a Source,
    shapes: BTreeSet<String>,
}

impl Reader<'_> {
    fn shape(&self, table: &toml_form::ShapeTable, span: Span) -> Result<Shape, FileError> {
        if let Some(target) = &table.target {
            if !self.shapes.contains(target.get_ref()) {
                let known = self.shapes.iter().cloned().collect::<Vec<_>>().join(", ");
                let known = if known.is_empty() { "this file defines none".to_owned() } else { known };
                let text = format!("unknown target `{}`: expected the name of a shape ({known})", target.get_ref());
                return Err(self.file.at(target.span(), text));
            }
            if table.kind.is_some() {
                return Err(self.file.at(target.span(), "expected either `type` or `target`, found both"));
            }
        }
        let kind = match (&table.kind, &table.target) {
            (Some(kind), _) => *kind.get_ref(),
            (None, Some(_)) => ShapeType::Document,
            (None, None) => return Err(self.file.at(span, "expected `type` or `target`")),
        };
        let mut constraints = Vec::new();
        if let Some(range) = &table.range {
            self.fits(
                kind,
                &[ShapeType::Integer, ShapeType::Long, ShapeType::Float, ShapeType::Double],
                range,
                "range",
            )?;
            constraints.push(Constraint::Range(self.bound(range)?));
        }
        if let Some(length) = &table.length {
            let sized = [ShapeType::String, ShapeType::Enum, ShapeType::Blob, ShapeType::List, ShapeType::Map];
            self.fits(kind, &sized, length, "length")?;
            constraints.push(Constraint::Length(self.bound(length)?));
        }
        if let Some(pattern) = &table.pattern {
            self.fits(kind, &[ShapeType::String], pattern, "pattern")?;
            let compiled = Pattern::parse(pattern.get_ref())
                .map_err(|e| self.file.at(pattern.span(), format!("pattern cannot be compiled: {e}")))?;
            constraints.push(Constraint::Pattern(std::sync::Arc::new(compiled)));
        }
        match (&table.values, kind) {
            (Some(values), ShapeType::String | ShapeType::Enum) => {
                if values.get_ref().is_empty() {
                    return Err(self.file.at(values.span(), "expected at least one value"));
                }
                if values.get_ref().iter().collect::<BTreeSet<_>>().len() != values.get_ref().len() {
                    return Err(self.file.at(values.span(), "expected each value once"));
                }
                constraints.push(Constraint::Enum(values.get_ref().clone()));
            }
            (Some(values), _) => {
                return Err(self.file.at(values.span(), format!("`enum` does not apply to type {}", kind.name())));
            }
            (None, ShapeType::Enum) => return Err(self.file.at(span, "type enum: expected `enum = [values]`")),
            (None, _) => {}
        }
        let mut members = IndexMap::new();
        for (name, member) in &table.members {
            let shape = self.shape(member, span.clone())?;
            members.insert(name.clone(), shape::StructureMember { shape, required: member.required });
        }
        let inner = |t: &Option<Box<toml_form::ShapeTable>>| -> Result<Option<Box<Shape>>, FileError> {
            t.as_ref().map(|t| self.shape(t, span.clone()).map(Box::new)).transpose()
        };
        let (element, key, value) = (inner(&table.member)?, inner(&table.key)?, inner(&table.value)?);
        let structured = matches!(kind, ShapeType::Structure | ShapeType::Union);
        if !members.is_empty() && !structured {
            return Err(self.file.at(span, format!("`members` does not apply to type {}", kind.name())));
        }
        if element.is_some() != (kind == ShapeType::List) {
            return Err(self.file.at(span, "expected `member` for a list, and only there"));
        }
        if (key.is_some() && value.is_some()) != (kind == ShapeType::Map) || key.is_some() != value.is_some() {
            return Err(self.file.at(span, "expected `key` and `value` for a map, and only there"));
        }
        if table.timestamp_format.is_some() && kind != ShapeType::Timestamp {
            return Err(self.file.at(span, "`timestamp_format` applies to timestamps only"));
        }
        Ok(Shape {
            kind,
            target: table.target.as_ref().map(|t| t.get_ref().clone()),
            constraints,
            members,
            element: element.or(value),
            key,
            timestamp: table.timestamp_format.unwrap_or(TimestampFormat::EpochSeconds),
        })
    }

    fn fits<T>(&self, kind: ShapeType, of: &[ShapeType], at: &Spanned<T>, what: &str) -> Result<(), FileError> {
        if of.contains(&kind) {
            return Ok(());
        }
        let names = of.iter().map(|k| k.name()).collect::<Vec<_>>().join(", ");
        let text = format!("`{what}` does not apply to type {}: expected one of {names}", kind.name());
        Err(self.file.at(at.span(), text))
    }

    fn bound(&self, table: &Spanned<toml_form::BoundTable>) -> Result<Bound, FileError> {
        let toml_form::BoundTable { min, max } = *table.get_ref();
        match (min, max) {
            (None, None) => Err(self.file.at(table.span(), "expected `min`, `max` or both")),
            (Some(min), Some(max)) if min > max => {
                let text = format!("empty range: expected min ≤ max, found min {min}, max {max}");
                Err(self.file.at(table.span(), text))
            }
            _ => Ok(Bound { min, max }),
        }
    }

    fn status(&self, status: &Spanned<u16>) -> Result<(), FileError> {
        if (100..600).contains(status.get_ref()) {
            return Ok(());
        }
        Err(self.file.at(status.span(), format!("expected an HTTP status (100 to 599), found {}", status.get_ref())))
    }

    /// A target may lead to a shape with a target, but not back to itself: such a shape would be nothing.
    fn no_circular_targets(&self, shapes: &IndexMap<Spanned<String>, toml_form::ShapeTable>) -> Result<(), FileError> {
        let next = |name: &str| {
            let (_, shape) = shapes.iter().find(|(k, _)| k.get_ref() == name)?;
            shape.target.as_ref().map(|t| t.get_ref().as_str())
        };
        for name in shapes.keys() {
            let mut at = name.get_ref().as_str();
            for _ in 0..=shapes.len() {
                match next(at) {
                    Some(target) => at = target,
                    None => break,
                }
            }
            if next(at).is_some() {
                return Err(self.file.at(name.span(), format!("shape `{}` targets itself", name.get_ref())));
            }
        }
        Ok(())
    }

    fn labels_match(&self, uri: &Spanned<String>, input: &[Member]) -> Result<(), FileError> {
        let labels: BTreeSet<&str> =
            uri.get_ref().split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(label, _)| label)).collect();
        let members: BTreeSet<&str> =
            input.iter().filter(|m| m.location == Location::Label).map(|m| m.name.as_str()).collect();
        if labels == members {
            return Ok(());
        }
        let text = format!("the labels of the uri are {labels:?}, the members with location `label` are {members:?}");
        Err(self.file.at(uri.span(), text))
    }

    fn rule(
        &self,
        id: Spanned<String>,
        table: toml_form::RuleTable,
        input: &[Member],
        output: &[OutputMember],
    ) -> Result<Rule, FileError> {
        let member = |name: &Spanned<String>| -> Result<String, FileError> {
            if input.iter().any(|m| m.name == *name.get_ref()) {
                return Ok(name.get_ref().clone());
            }
            Err(self.file.at(name.span(), format!("unknown request member `{}`", name.get_ref())))
        };
        let answer = |name: &Spanned<String>| -> Result<String, FileError> {
            if output.iter().any(|m| m.name == *name.get_ref()) {
                return Ok(name.get_ref().clone());
            }
            Err(self.file.at(name.span(), format!("unknown answer member `{}`", name.get_ref())))
        };
        let answers = |names: &toml_form::Outputs| -> Result<Vec<String>, FileError> {
            let unknown = names.outputs.get_ref().iter().find(|n| !output.iter().any(|m| m.name == **n));
            match unknown {
                Some(name) => Err(self.file.at(names.outputs.span(), format!("unknown answer member `{name}`"))),
                None => Ok(names.outputs.get_ref().clone()),
            }
        };
        let regex = |text: &Spanned<String>| -> Result<Regex, FileError> {
            Regex::new(text.get_ref())
                .map_err(|e| self.file.at(text.span(), format!("pattern cannot be compiled: {e}")))
        };
        let mut kinds = Vec::new();
        if let Some(t) = &table.limited_when {
            let (member, when, length) = (member(&t.member)?, regex(&t.when)?, self.bound(&t.length)?);
            kinds.push(RuleKind::LimitedWhen { member, when, length });
        }
        if let Some(t) = &table.stored {
            kinds.push(RuleKind::Stored { input: member(&t.input)?, output: answer(&t.output)? });
        }
        if let Some(t) = &table.resolved {
            let parts = regex(&t.parts)?;
            let unknown = crate::binding::names(&t.suffix)
                .map_err(|e| self.file.at(t.parts.span(), e.to_string()))?
                .into_iter()
                .find(|name| !parts.capture_names().flatten().any(|group| group == *name));
            if let Some(name) = unknown {
                let message = format!("`suffix` uses `${{{name}}}`, which is no named group of `parts`");
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
            let effects = t.when.iter().map(|(value, e)| {
                (value.clone(), StateEffect { answer: e.answer.clone(), settled: e.settled.clone() })
            });
            kinds.push(RuleKind::State {
                input: member(&t.input)?,
                output: answer(&t.output)?,
                effects: effects.collect(),
                transitional: t.transitional.get_ref().clone(),
            });
        }
        if let Some(t) = &table.immutable {
            kinds.push(RuleKind::Immutable { output: answer(&t.output)? });
        }
        if table.unsent_unchanged == Some(true) {
            kinds.push(RuleKind::UnsentUnchanged);
        }
        if let Some(t) = &table.refusal_keeps {
            kinds.push(RuleKind::RefusalKeeps { outputs: answers(t)? });
        }
        if let Some(t) = &table.read_back {
            kinds.push(RuleKind::ReadBack { outputs: answers(t)? });
        }
        if let Some(t) = &table.null_for {
            kinds.push(RuleKind::NullFor { output: answer(&t.output)?, source: t.source.clone() });
        }
        if let Some(t) = &table.advances {
            kinds.push(RuleKind::Advances { output: answer(&t.output)? });
        }
        if table.written == Some(true) {
            kinds.push(RuleKind::Written);
        }
        if let Some(why) = table.impossible {
            kinds.push(RuleKind::Impossible(why));
        }
        let found = kinds.len();
        let (Some(kind), 1) = (kinds.pop(), found) else {
            let text = format!("expected exactly one way to check rule `{}`, found {found}", id.get_ref());
            return Err(self.file.at(id.span(), text));
        };
        Ok(Rule {
            id: id.into_inner(),
            says: table.says,
            section: table.section,
            basis: table.basis,
            level: table.level,
            kind,
        })
    }
}

impl From<&toml_form::InputTable> for toml_form::ShapeTable {
    fn from(m: &toml_form::InputTable) -> Self {
        Self {
            target: m.target.clone(),
            kind: m.kind.clone(),
            range: m.range.clone(),
            length: m.length.clone(),
            pattern: m.pattern.clone(),
            values: m.values.clone(),
            timestamp_format: m.timestamp_format,
            ..Self::default()
        }
    }
}

impl From<&toml_form::OutputTable> for toml_form::ShapeTable {
    fn from(m: &toml_form::OutputTable) -> Self {
        Self {
            target: m.target.clone(),
            kind: m.kind.clone(),
            range: m.range.clone(),
            length: m.length.clone(),
            pattern: m.pattern.clone(),
            values: m.values.clone(),
            timestamp_format: m.timestamp_format,
            ..Self::default()
        }
    }
}

fn status_match(text: &str) -> Option<StatusMatch> {
    match text.strip_suffix("xx") {
        Some(class) => class.parse().ok().filter(|c| (1..=5).contains(c)).map(StatusMatch::Class),
        None => text.parse().ok().filter(|s| (100..600).contains(s)).map(StatusMatch::Exactly),
    }
}
