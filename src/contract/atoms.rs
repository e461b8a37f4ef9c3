//! Every promise of a contract, as atoms.

use std::sync::Arc;

use super::atom::Atoms;
use super::{
    Atom, Basis, Bound, Constraint, Contract, Level, Location, Part, Presence, RuleKind, Service,
    Shape, ShapeType,
};

/// Every promise of a contract, in the order of the page.
pub(crate) fn atoms(contract: &Contract, service: &Service) -> Atoms {
    let mut list = List {
        contract,
        atoms: Atoms::default(),
        text: false,
    };

    let of_http: Arc<str> = contract.http.section.as_str().into();
    list.page(
        "request::http",
        Part::Request,
        &of_http,
        http_says(contract),
    );

    for member in &contract.input {
        let path = format!("request::{}", member.name);
        let section: Arc<str> = member.section.as_str().into();
        let required = if member.required {
            (
                format!("{path}::required"),
                format!("A request names {}", member.name),
            )
        } else {
            (
                format!("{path}::optional"),
                format!("A request may leave out {}", member.name),
            )
        };
        list.page(&required.0, Part::Request, &section, required.1);
        if member.is_token {
            let says = format!(
                "A request that is sent again with its {} is carried out once",
                member.name
            );
            list.page(&member.again(), Part::Request, &section, says);
        }
        // What stands in a path, a query, a header or an opaque body is text by nature: no other
        // type can be sent there.
        let kind = contract.resolve(&member.shape).kind;
        let opaque = member.location == Location::Payload && !kind.is_document();
        list.text = member.location.is_text() || opaque;
        if !list.text || !is_text(kind) {
            list.kind(&path, &member.name, Part::Request, &section, &member.shape);
        }
        list.constraints(
            &path,
            &member.name,
            Part::Request,
            &section,
            &member.shape,
            &mut Vec::new(),
        );
    }

    list.text = false;
    list.page(
        "response::status",
        Part::Response,
        &of_http,
        format!(
            "A successful answer has status {}",
            contract.http.statuses()
        ),
    );

    for member in &contract.output {
        let path = format!("response::{}", member.name);
        let section: Arc<str> = member.section.as_str().into();
        if member.presence == Presence::Always {
            let unless = member.unless.as_ref();
            let but = unless.map(|other| format!(", unless it has {other}"));
            list.page(
                &format!("{path}::present"),
                Part::Response,
                &section,
                format!(
                    "Every successful answer has {}{}",
                    member.name,
                    but.unwrap_or_default()
                ),
            );
        }
        list.kind(&path, &member.name, Part::Response, &section, &member.shape);
        list.constraints(
            &path,
            &member.name,
            Part::Response,
            &section,
            &member.shape,
            &mut Vec::new(),
        );
    }

    for error in &contract.errors {
        list.push(Atom {
            id: contract.atom_id(&format!("error::{}", error.name)),
            part: Part::Error,
            says: format!("{} comes with status {}", error.name, error.status),
            section: error.section.as_str().into(),
            basis: Basis::Page,
            level: Level::Must,
            impossible: error.impossible.clone(),
        });
    }

    for rule in &contract.rules {
        let impossible = match &rule.kind {
            RuleKind::Impossible(why) => Some(why.clone()),
            _ => None,
        };
        list.push(Atom {
            id: contract.atom_id(&format!("rule::{}", rule.id)),
            part: Part::Rule,
            says: rule.says.clone(),
            section: rule.section.as_str().into(),
            basis: rule.basis,
            level: rule.level,
            impossible,
        });
    }

    for (id, promise) in &service.protocol.promises {
        list.push(Atom {
            id: contract.atom_id(&format!("protocol::{id}")),
            part: Part::Protocol,
            says: promise.says.clone(),
            section: promise.section.as_str().into(),
            basis: promise.basis,
            level: promise.level,
            impossible: None,
        });
    }

    list.atoms
}

pub(crate) fn http_says(contract: &Contract) -> String {
    format!(
        "The operation is reached by {} {}",
        contract.http.method, contract.http.uri
    )
}

pub(crate) struct List<'a> {
    contract: &'a Contract,
    atoms: Atoms,
    /// Whether what is listed stands where everything is text.
    text: bool,
}

/// Whether any text is a value of the type, or several texts are.
fn is_text(kind: ShapeType) -> bool {
    matches!(
        kind,
        ShapeType::String | ShapeType::Enum | ShapeType::Blob | ShapeType::List | ShapeType::Map
    )
}

impl<'a> List<'a> {
    fn push(&mut self, atom: Atom) {
        self.atoms.insert(atom.id.clone(), atom);
    }

    fn page(&mut self, path: &str, part: Part, section: &Arc<str>, says: String) {
        self.push(Atom {
            id: self.contract.atom_id(path),
            part,
            says,
            section: Arc::clone(section),
            basis: Basis::Page,
            level: Level::Must,
            impossible: None,
        });
    }

    fn kind(&mut self, path: &str, name: &str, part: Part, section: &Arc<str>, shape: &Shape) {
        let shape = self.contract.resolve(shape);
        let says = match shape.kind {
            ShapeType::Timestamp => format!(
                "{name} is a timestamp, written as {}",
                timestamp_form(shape)
            ),
            kind => format!("{name} is {} {}", article(kind.name()), kind.name()),
        };
        self.page(&format!("{path}::type"), part, section, says);
    }

    /// The constraints of a shape and of everything inside it. `seen` holds the targets on the way
    /// down: a shape that holds itself is listed once.
    fn constraints(
        &mut self,
        path: &str,
        name: &str,
        part: Part,
        section: &Arc<str>,
        shape: &'a Shape,
        seen: &mut Vec<&'a str>,
    ) {
        if let Some(target) = shape.target.as_deref() {
            if seen.contains(&target) {
                return;
            }
            seen.push(target);
        }

        let contract = self.contract;
        let resolved = contract.resolve(shape);
        for constraint in &resolved.constraints {
            match constraint {
                Constraint::Range(b) => self.bound(path, name, part, section, *b, "range", ""),
                Constraint::Fraction(limits) => {
                    let min = limits.min.iter().map(|min| ("min", "least", min));
                    let max = limits.max.iter().map(|max| ("max", "most", max));
                    for (side, at, limit) in min.chain(max) {
                        let says = format!("{name} is at {at} {limit}");
                        self.page(&format!("{path}::range::{side}"), part, section, says);
                    }
                }
                Constraint::Length(b) => {
                    let text = matches!(resolved.kind, ShapeType::String | ShapeType::Enum);
                    let unit = if text { " characters" } else { " elements" };
                    self.bound(path, name, part, section, *b, "length", unit);
                }
                Constraint::Pattern(_) => {
                    self.page(
                        &format!("{path}::pattern"),
                        part,
                        section,
                        format!("{name} matches its pattern"),
                    );
                }
                Constraint::Enum(values) => {
                    let says = format!("{name} is one of {}", values.join(", "));
                    self.page(&format!("{path}::enum"), part, section, says);
                }
            }
        }

        for (inner, member) in &resolved.members {
            let (path, name) = (format!("{path}.{inner}"), format!("{name}.{inner}"));
            if part == Part::Request && member.required {
                self.page(
                    &format!("{path}::required"),
                    part,
                    section,
                    format!("{name} is not left out"),
                );
            }
            self.kind(&path, &name, part, section, &member.shape);
            self.constraints(&path, &name, part, section, &member.shape, seen);
        }

        if let Some(element) = &resolved.element {
            let (path, name) = (format!("{path}[]"), format!("{name}[]"));
            if !self.text || !is_text(self.contract.resolve(element).kind) {
                self.kind(&path, &name, part, section, element);
            }
            self.constraints(&path, &name, part, section, element, seen);
        }

        if let Some(key) = &resolved.key {
            self.constraints(
                &format!("{path}{{}}"),
                &format!("a key of {name}"),
                part,
                section,
                key,
                seen,
            );
        }

        if shape.target.is_some() {
            seen.pop();
        }
    }

    #[allow(clippy::too_many_arguments)] // One call per side of a bound; a struct would name the same seven things.
    fn bound(
        &mut self,
        path: &str,
        name: &str,
        part: Part,
        section: &Arc<str>,
        bound: Bound,
        what: &str,
        unit: &str,
    ) {
        let of = if what == "length" {
            format!("The length of {name}")
        } else {
            name.to_owned()
        };

        // Nothing is shorter than nothing: a minimal length of zero promises nothing.
        if let Some(min) = bound.min.filter(|min| what != "length" || *min > 0) {
            self.page(
                &format!("{path}::{what}::min"),
                part,
                section,
                format!("{of} is at least {min}{unit}"),
            );
        }

        if let Some(max) = bound.max {
            self.page(
                &format!("{path}::{what}::max"),
                part,
                section,
                format!("{of} is at most {max}{unit}"),
            );
        }
    }
}

pub(crate) fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

pub(crate) fn timestamp_form(shape: &Shape) -> &'static str {
    match shape.timestamp {
        super::TimestampFormat::EpochSeconds => "a number of seconds since 1970",
        super::TimestampFormat::DateTime => "an RFC 3339 string",
        super::TimestampFormat::HttpDate => "an HTTP date",
    }
}
