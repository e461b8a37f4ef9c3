//! Written case files: what cannot be derived from a contract. `cases/README.md` is the manual of
//! the format.

mod defaults;
mod print;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

pub(crate) use print::print_case;

use super::sequence_table::{SequenceTable, must};
use super::{BodyDraft, Case, CaseId, Draft, Expect, Operations, Origin, PathDraft, Step, Variant};
use crate::contract::{AtomId, Basis, Contract, Level, Service};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Source};
use crate::support::template;
use crate::wire::exchange::Framing;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The cases have taken them before this is read: it stands here so that messages name the key.
    #[serde(rename = "defaults")]
    _defaults: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    case: Vec<CaseTable>,
    #[serde(default)]
    sequence: Vec<SequenceTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CaseTable {
    id: Spanned<String>,
    says: String,
    atoms: Spanned<Vec<String>>,
    given: Option<Spanned<String>>,
    twin: Option<Spanned<String>>,
    body: Option<Spanned<String>>,
    body_hex: Option<Spanned<String>>,
    expect: Spanned<ExpectName>,
    violates: Option<Spanned<String>>,
    basis: Basis,
    #[serde(default = "must")]
    level: Level,
    why: String,
    #[serde(default)]
    then: IndexMap<String, Spanned<toml::Value>>,
    variant: Option<Spanned<Variant>>,
    #[serde(default = "yes")]
    settle: bool,
    method: Option<String>,
    label: Option<IndexMap<String, Spanned<String>>>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    headers: IndexMap<String, Spanned<String>>,
    #[serde(default)]
    raw: bool,
    chunked: Option<Spanned<usize>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ExpectName {
    Accept,
    Reject,
    Either,
    NoEffect,
    Probe,
    LikeTwin,
    AsTwin,
}

/// The valid request that written cases start from, and the labels that all of them share.
#[derive(Clone, Debug)]
pub(crate) struct Defaults<'a> {
    /// The update fired first where a case names none.
    pub(crate) given: &'a Draft,
    /// The names that templates may use.
    pub(crate) names: &'a BTreeSet<String>,
    /// The variants of the resource.
    pub(crate) variants: &'a [Variant],
    /// The operations that the steps of a sequence are of, where the fixtures name them.
    pub(crate) operations: Option<Operations<'a>>,
}

/// Reads one file of written cases. `stem` is its name without `.toml`; ids start with the
/// operation and the stem.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, a default that no case takes, an
/// id twice, a promise or violation class that the contract does not know, or a template that names
/// something no fixture offers.
pub(crate) fn load_cases(
    file: &Source,
    stem: &str,
    contract: &Contract,
    service: &Service,
    defaults: &Defaults<'_>,
) -> Result<Vec<Case>, FileError> {
    let document: Document = defaults::parse(file)?;
    if document.case.is_empty() && document.sequence.is_empty() {
        return Err(file.at(0..0, "expected at least one [[case]] or [[sequence]]"));
    }
    let mut ids = BTreeSet::new();
    let mut once = |id: &Spanned<String>| match ids.insert(id.get_ref().clone()) {
        true => Ok(()),
        false => Err(file.at(
            id.span(),
            format!("case id `{}` stands twice in this file", id.get_ref()),
        )),
    };

    let mut cases = Vec::new();
    let line_ends = file.text.match_indices('\n').map(|(at, _)| at).collect();
    let reader = Reader {
        file,
        line_ends,
        contract,
        service,
        defaults,
    };

    for table in document.case {
        once(&table.id)?;
        cases.push(reader.case(stem, table)?);
    }

    for table in document.sequence {
        once(&table.id)?;
        cases.push(reader.sequence(stem, table)?);
    }

    Ok(cases)
}

pub(super) struct Reader<'a> {
    pub(crate) file: &'a Source,
    /// Where each line ends: a file has hundreds of cases, and each of them names its line.
    line_ends: Vec<usize>,
    contract: &'a Contract,
    pub(crate) service: &'a Service,
    pub(crate) defaults: &'a Defaults<'a>,
}

impl Reader<'_> {
    /// The line of a place in the file.
    pub(super) fn line(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at) + 1
    }

    fn case(&self, stem: &str, table: CaseTable) -> Result<Case, FileError> {
        let id = self.id(stem, &table.id)?;
        let atoms = self.atoms(&table.atoms)?;
        let expect = self.expect(&table)?;
        if expect != Expect::Accept
            && let Some((_, value)) = table.then.first()
        {
            return Err(self
                .file
                .at(value.span(), "`then` goes with `expect = \"accept\"` only"));
        }

        let plain = |text: &Spanned<String>| {
            self.template(text)?;
            Ok(Draft {
                body: BodyDraft::Text(text.get_ref().clone()),
                ..self.defaults.given.clone()
            })
        };

        let given = table
            .given
            .as_ref()
            .map_or_else(|| Ok(self.defaults.given.clone()), plain)?;

        let twin = table.twin.as_ref().map(plain).transpose()?;
        match (&expect, &table.twin) {
            (Expect::LikeTwin | Expect::AsTwin, None) => {
                return Err(self.file.at(
                    table.expect.span(),
                    "expected `twin` beside it: the body to compare with",
                ));
            }
            (Expect::Accept | Expect::Either(_) | Expect::Probe(_), Some(twin)) => {
                let message = "`twin` goes with `reject`, `like-twin` and `as-twin` only";
                return Err(self.file.at(twin.span(), message));
            }
            _ => {}
        }

        let request = self.request(&table)?;
        let mut then = IndexMap::new();
        for (member, value) in &table.then {
            if self.contract.output_member(member).is_none() {
                let known = self
                    .contract
                    .output
                    .iter()
                    .map(|member| member.name.as_str());
                let message = format!(
                    "unknown answer member `{}`{}",
                    shown(member),
                    did_you_mean(member, known)
                );
                return Err(self.file.at(value.span(), message));
            }
            then.insert(member.clone(), self.json(value)?);
        }

        let mut steps = Step::about(request, expect, given, twin);
        if let Some(subject) = steps.last_mut() {
            subject.then = then;
            subject.at_once = !table.settle;
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

    /// The whole id of a case of a file.
    pub(super) fn id(&self, stem: &str, id: &Spanned<String>) -> Result<String, FileError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.get_ref().is_empty() || !id.get_ref().chars().all(plain) {
            return Err(self.file.at(
                id.span(),
                "expected an id of lower-case letters, digits and dashes",
            ));
        }
        Ok(format!("{}::{stem}::{}", self.contract.slug, id.get_ref()))
    }

    /// The variant that a case names.
    pub(super) fn variant(&self, variant: Option<&Spanned<Variant>>) -> Result<Variant, FileError> {
        let Some(variant) = variant else {
            return Ok(Variant::ANY);
        };
        let fault = variant.get_ref().fault(self.defaults.variants);
        fault.map_or_else(
            || Ok(variant.get_ref().clone()),
            |fault| Err(self.file.at(variant.span(), fault)),
        )
    }

    /// The promises a case names.
    pub(super) fn atoms(&self, paths: &Spanned<Vec<String>>) -> Result<Vec<AtomId>, FileError> {
        if paths.get_ref().is_empty() {
            return Err(self.file.at(
                paths.span(),
                "expected at least one promise the case is about",
            ));
        }

        let known = |path: &String| {
            let atom = self.contract.atom(path).ok_or_else(|| {
                let hint = did_you_mean(path, self.contract.atoms.keys().map(AtomId::path));
                let operation = &self.contract.operation;
                let path = shown(path);
                let message = format!(
                    "unknown promise `{path}`: expected the id of an atom of {operation}{hint}"
                );
                self.file.at(paths.span(), message)
            })?;
            Ok(atom.id.clone())
        };

        paths.get_ref().iter().map(known).collect()
    }

    fn expect(&self, table: &CaseTable) -> Result<Expect, FileError> {
        let at = table.expect.span();
        let class = match &table.violates {
            Some(class) if self.service.family(class.get_ref()).is_some() => {
                Some(class.get_ref().clone())
            }
            Some(class) => {
                let known: Vec<&str> = self
                    .service
                    .families
                    .values()
                    .flat_map(|f| f.classes.iter().map(String::as_str))
                    .collect();
                let hint = did_you_mean(class.get_ref(), known.iter().copied());
                let (class_name, known) = (shown(class.get_ref()), known.join(", "));
                let text = format!(
                    "unknown violation class `{class_name}`: expected one of {known}{hint}"
                );
                return Err(self.file.at(class.span(), text));
            }
            None => None,
        };

        match (*table.expect.get_ref(), class) {
            (ExpectName::Accept, None) => Ok(Expect::Accept),
            (ExpectName::LikeTwin, None) => Ok(Expect::LikeTwin),
            (ExpectName::AsTwin, None) => Ok(Expect::AsTwin),
            (ExpectName::Accept | ExpectName::LikeTwin | ExpectName::AsTwin, Some(_)) => {
                Err(self.file.at(at, "an accepted request violates nothing"))
            }
            (ExpectName::Reject, Some(class)) => Ok(Expect::Reject(class)),
            (ExpectName::Either, Some(class)) => Ok(Expect::Either(class)),
            (ExpectName::NoEffect, Some(class)) => Ok(Expect::NoEffect(class)),
            (ExpectName::Probe, class) => Ok(Expect::Probe(
                class.unwrap_or_else(|| "unsettled".to_owned()),
            )),
            (_, None) => Err(self
                .file
                .at(at, "expected `violates` beside it: what the request breaks")),
        }
    }

    fn request(&self, table: &CaseTable) -> Result<Draft, FileError> {
        let body = match (&table.body, &table.body_hex) {
            (Some(text), None) => {
                self.template(text)?;
                BodyDraft::Text(text.get_ref().clone())
            }
            (None, Some(hex)) => BodyDraft::Bytes(unhex(hex.get_ref()).ok_or_else(|| {
                self.file
                    .at(hex.span(), "expected pairs of hexadecimal digits")
            })?),
            (None, None) => BodyDraft::None,
            (Some(_), Some(hex)) => {
                return Err(self
                    .file
                    .at(hex.span(), "expected `body` or `body-hex`, found both"));
            }
        };

        let path = match (&table.path, &table.label) {
            (Some(path), None) => {
                self.template(path)?;
                if !path.get_ref().starts_with('/') {
                    return Err(self
                        .file
                        .at(path.span(), "expected a path that starts with `/`"));
                }
                PathDraft::Exact(path.get_ref().clone())
            }
            (Some(path), Some(_)) => {
                return Err(self
                    .file
                    .at(path.span(), "expected `path` or `label`, found both"));
            }
            (None, Some(labels)) => {
                let mut path = self.defaults.given.path.clone();
                if let PathDraft::Labels { labels: known, .. } = &mut path {
                    for (name, template) in labels {
                        self.template(template)?;
                        let value = known.get_mut(name).ok_or_else(|| {
                            self.file
                                .at(template.span(), format!("the path has no label `{name}`"))
                        })?;
                        value.clone_from(template.get_ref());
                    }
                }
                path
            }
            (None, None) => self.defaults.given.path.clone(),
        };

        let mut headers = Vec::new();
        for (name, value) in &table.headers {
            self.template(value)?;
            // An empty value takes a default header away.
            if !value.get_ref().is_empty() {
                headers.push((name.clone(), value.get_ref().clone()));
            }
        }

        for (name, value) in &self.defaults.given.headers {
            if !table.headers.keys().any(|k| k.eq_ignore_ascii_case(name)) {
                headers.insert(0, (name.clone(), value.clone()));
            }
        }

        let raw = match &table.chunked {
            Some(size) if *size.get_ref() == 0 => {
                return Err(self
                    .file
                    .at(size.span(), "expected chunks of at least one byte"));
            }
            Some(size) => Some(Framing::Chunked(*size.get_ref())),
            None if table.raw && matches!(body, BodyDraft::None) => Some(Framing::None),
            None => table.raw.then_some(Framing::Length),
        };

        // A server that knows no such route may leave the body unread, and take it for the next
        // request on the connection.
        let route = table
            .violates
            .as_ref()
            .is_some_and(|class| class.get_ref() == "route");

        let raw = raw.or_else(|| {
            route.then_some(if matches!(body, BodyDraft::None) {
                Framing::None
            } else {
                Framing::Length
            })
        });

        let method = table
            .method
            .clone()
            .unwrap_or_else(|| self.contract.http.method.clone());

        Ok(Draft {
            method,
            path,
            headers,
            body,
            raw,
        })
    }

    fn template(&self, text: &Spanned<String>) -> Result<(), FileError> {
        self.template_of(text, &BTreeSet::new())
    }

    /// The template names only what a fixture offers, or `own`.
    pub(super) fn template_of(
        &self,
        text: &Spanned<String>,
        own: &BTreeSet<String>,
    ) -> Result<(), FileError> {
        let names = template::names(text.get_ref())
            .map_err(|e| self.file.at(text.span(), e.to_string()))?;
        let offered = |name: &str| self.defaults.names.contains(name) || own.contains(name);
        match names.into_iter().find(|name| !offered(name)) {
            Some(name) => {
                let names = || self.defaults.names.iter().chain(own).map(String::as_str);
                let (hint, known) = (
                    did_you_mean(name, names()),
                    names().collect::<Vec<_>>().join(", "),
                );
                let name = shown(name);
                let message = format!(
                    "`${{{name}}}` is offered by no fixture: expected one of {known}{hint}"
                );
                Err(self.file.at(text.span(), message))
            }
            None => Ok(()),
        }
    }

    fn json(&self, value: &Spanned<toml::Value>) -> Result<String, FileError> {
        match value.get_ref() {
            toml::Value::String(text) => {
                self.template(&Spanned::new(value.span(), text.clone()))?;
                Ok(serde_json::Value::from(text.as_str()).to_string())
            }
            toml::Value::Integer(number) => Ok(number.to_string()),
            toml::Value::Boolean(boolean) => Ok(boolean.to_string()),
            _ => Err(self.file.at(
                value.span(),
                "expected a string, a whole number or a boolean",
            )),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
