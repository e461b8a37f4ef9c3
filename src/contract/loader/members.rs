//! From the tables of members to checked [`Member`]s and [`OutputMember`]s: where each goes, and
//! what it is called there.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use toml::Spanned;

use super::super::{
    AnswerLocation, Location, Member, OutputMember, Shape, ShapeType, TimestampFormat,
    document as toml_form,
};
use super::{FileError, Reader, Span};
use crate::support::echo::shown;

/// What a place is to the checks that requests and answers share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Label,
    Query,
    Header,
    PrefixHeaders,
    StatusCode,
    Body,
    Payload,
}

/// A member on its way to its place.
struct Placed<'a> {
    member: &'a Spanned<String>,
    name: Option<&'a Spanned<String>>,
    place: Place,
    table: toml_form::ShapeTable,
}

type Shapes = IndexMap<String, Shape>;

impl Reader<'_> {
    /// The members of a request.
    pub(super) fn input(
        &self,
        table: &toml_form::Operation,
        shapes: &Shapes,
    ) -> Result<Vec<Member>, FileError> {
        let mut input: Vec<Member> = Vec::new();
        let mut taken = Taken::default();
        for (name, m) in &table.input {
            if m.location == Location::Label && !m.required {
                let text = format!(
                    "expected `required = true`: without {} there is no path",
                    name.get_ref()
                );
                return Err(self.file.at(name.span(), text));
            }

            let placed = Placed {
                member: name,
                name: m.name.as_ref(),
                place: m.location.into(),
                table: m.into(),
            };
            let shape = self.placed(&placed, table, shapes)?;
            let wire_name = self.wire_name(&placed, &mut taken)?;
            let is_token = self.is_token(m, &shape, shapes, &input)?;
            input.push(Member {
                name: name.get_ref().clone(),
                wire_name,
                shape,
                location: m.location,
                required: m.required,
                is_token,
                section: m
                    .section
                    .clone()
                    .unwrap_or_else(|| format!("Request Body / {}", name.get_ref())),
            });
        }
        Ok(input)
    }

    /// The members of a successful answer.
    pub(super) fn output(
        &self,
        table: &toml_form::Operation,
        shapes: &Shapes,
    ) -> Result<Vec<OutputMember>, FileError> {
        let mut output = Vec::new();
        let mut taken = Taken::default();
        for (name, m) in &table.output {
            let placed = Placed {
                member: name,
                name: m.name.as_ref(),
                place: m.location.into(),
                table: m.into(),
            };
            let shape = self.placed(&placed, table, shapes)?;
            let wire_name = self.wire_name(&placed, &mut taken)?;
            output.push(OutputMember {
                name: name.get_ref().clone(),
                wire_name,
                shape,
                location: m.location,
                presence: m.presence,
                section: m
                    .section
                    .clone()
                    .unwrap_or_else(|| format!("Response Elements / {}", name.get_ref())),
            });
        }
        Ok(output)
    }

    /// The shape of a member, if a value of it can stand in its place.
    fn placed(
        &self,
        placed: &Placed<'_>,
        table: &toml_form::Operation,
        shapes: &Shapes,
    ) -> Result<Shape, FileError> {
        let span = placed.member.span();
        let shape = self.shape(&placed.table, span.clone())?;
        let kind = resolve(&shape, shapes).kind;
        let name = placed.member.get_ref();
        let wrong = match placed.place {
            Place::PrefixHeaders if !is_map_of_texts(&shape, shapes) => Some(format!(
                "location `prefix-headers` is for a map of strings, but {name} is of type {}",
                kind.name()
            )),
            Place::StatusCode if !matches!(kind, ShapeType::Integer | ShapeType::Long) => {
                Some(format!(
                    "location `status-code` is for an integer, but {name} is of type {}",
                    kind.name()
                ))
            }
            Place::Payload if !(kind.is_document() || is_opaque(kind)) => Some(format!(
                "a body is no {}: expected location `payload` for a structure, union, list, map, \
                 document, blob, string or enum",
                kind.name()
            )),
            Place::Header if matches!(kind, ShapeType::Structure | ShapeType::Union) => {
                Some(format!("no {} stands in a header field", kind.name()))
            }
            _ => None,
        };
        if let Some(text) = wrong {
            return Err(self.file.at(span, text));
        }

        let format = match placed.place {
            Place::Header | Place::PrefixHeaders => TimestampFormat::HttpDate,
            Place::Label | Place::Query => TimestampFormat::DateTime,
            Place::StatusCode | Place::Body | Place::Payload => return Ok(shape),
        };
        Ok(with_format(&placed.table, shape, format, table, shapes))
    }

    /// The name of a member on the wire, which no other has.
    fn wire_name(&self, placed: &Placed<'_>, taken: &mut Taken) -> Result<String, FileError> {
        let at = |span: Span, text: String| Err(self.file.at(span, text));
        match (placed.place, placed.name) {
            (Place::Label | Place::Payload | Place::StatusCode, Some(name)) => {
                let text = "`name` is the name of a query parameter, of a header field or of a \
                            member of the document: expected no `name` here";
                return at(name.span(), text.to_owned());
            }
            (Place::PrefixHeaders, None) => {
                let text = "location `prefix-headers`: expected `name`, the prefix of the header \
                            fields";
                return at(placed.member.span(), text.to_owned());
            }
            _ => {}
        }

        let name = placed.name.unwrap_or(placed.member);
        if let Some(kind) = unfit(placed.place, name.get_ref()) {
            return at(
                name.span(),
                format!(
                    "`{}` is no name of a {kind}: expected one without spaces and separators",
                    shown(name.get_ref())
                ),
            );
        }
        match taken.take(placed.place, name.get_ref()) {
            Some(text) => at(name.span(), text),
            None => Ok(name.get_ref().clone()),
        }
    }

    /// Whether a member is the token that tells requests apart.
    fn is_token(
        &self,
        table: &toml_form::InputTable,
        shape: &Shape,
        shapes: &Shapes,
        before: &[Member],
    ) -> Result<bool, FileError> {
        let Some(mark) = table.idempotency_token.as_ref().filter(|t| *t.get_ref()) else {
            return Ok(false);
        };
        let kind = resolve(shape, shapes).kind;
        let text = match kind {
            _ if before.iter().any(|m| m.is_token) => "expected one idempotency token".to_owned(),
            _ if matches!(table.location, Location::Label | Location::Payload) => {
                "an idempotency token is a member of the query, the header or the body".to_owned()
            }
            ShapeType::String => return Ok(true),
            kind => format!(
                "an idempotency token is a string, but this member is of type {}",
                kind.name()
            ),
        };
        Err(self.file.at(mark.span(), text))
    }
}

/// The names that members have so far, and what the body is made of.
#[derive(Default)]
struct Taken {
    names: BTreeSet<(Place, String)>,
}

impl Taken {
    /// Takes a name. Says what is wrong where that cannot be.
    fn take(&mut self, place: Place, name: &str) -> Option<String> {
        // Header fields are the same in any letter case.
        let name = match place {
            Place::Header | Place::PrefixHeaders => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let has = |place: Place| self.names.iter().any(|(p, _)| *p == place);
        let wrong = match place {
            Place::Payload if has(Place::Payload) => {
                Some("expected one member that is the whole body".to_owned())
            }
            Place::StatusCode if has(Place::StatusCode) => {
                Some("expected one member that is the status".to_owned())
            }
            Place::Payload if has(Place::Body) => Some(BOTH.to_owned()),
            Place::Body if has(Place::Payload) => Some(BOTH.to_owned()),
            Place::Label | Place::Payload | Place::StatusCode => None,
            _ => self.clash(place, &name),
        };
        self.names.insert((place, name));
        wrong
    }

    /// The member that has the name already.
    fn clash(&self, place: Place, name: &str) -> Option<String> {
        if self.names.contains(&(place, name.to_owned())) {
            return Some(format!(
                "`{}` is the name of another member in the same place",
                shown(name)
            ));
        }
        let begins = |(other, taken): &&(Place, String)| match (place, other) {
            (Place::Header | Place::PrefixHeaders, Place::PrefixHeaders) => {
                name.starts_with(taken.as_str())
            }
            (Place::PrefixHeaders, Place::Header) => taken.starts_with(name),
            _ => false,
        };
        let (_, other) = self.names.iter().find(begins)?;
        Some(format!(
            "the header fields of `{}` are also those of `{}`",
            shown(name),
            shown(other)
        ))
    }
}

/// What is wrong with a body that is both.
const BOTH: &str = "a member is the whole body, so that no other member stands in it: expected \
                    locations `payload` or `body`, not both";

/// Follows targets to the shape that is meant.
fn resolve<'a>(mut shape: &'a Shape, shapes: &'a Shapes) -> &'a Shape {
    while let Some(next) = shape.target.as_ref().and_then(|t| shapes.get(t)) {
        shape = next;
    }
    shape
}

fn is_map_of_texts(shape: &Shape, shapes: &Shapes) -> bool {
    let shape = resolve(shape, shapes);
    let element = shape.element.as_deref().map(|e| resolve(e, shapes).kind);
    shape.kind == ShapeType::Map && matches!(element, Some(ShapeType::String | ShapeType::Enum))
}

/// Whether a body of that type is bytes, whatever they say.
fn is_opaque(kind: ShapeType) -> bool {
    matches!(kind, ShapeType::Blob | ShapeType::String | ShapeType::Enum)
}

/// What kind of name it is that the place cannot have. A query is percent-encoded; the name of a
/// header field is a token of RFC 9110.
fn unfit(place: Place, name: &str) -> Option<&'static str> {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let is_token = !name.is_empty() && name.chars().all(of_token);
    let is_text = !name.is_empty() && !name.contains(char::is_control);
    match place {
        Place::Header | Place::PrefixHeaders => (!is_token).then_some("header field"),
        Place::Query => (!is_text).then_some("parameter"),
        Place::Body => (!is_text).then_some("member of a document"),
        Place::Label | Place::StatusCode | Place::Payload => None,
    }
}

/// The shape with that format in its timestamps, where the contract says none: in the head of a
/// message the usual one is not that of a document.
fn with_format(
    of: &toml_form::ShapeTable,
    shape: Shape,
    format: TimestampFormat,
    table: &toml_form::Operation,
    shapes: &Shapes,
) -> Shape {
    let resolved = resolve(&shape, shapes);
    match resolved.kind {
        ShapeType::Timestamp if !says_format(of, table) => Shape {
            timestamp: format,
            target: None,
            ..resolved.clone()
        },
        ShapeType::List => {
            let list = resolved_table(of, table);
            let (Some(element), Some(inner)) = (&list.member, &resolved.element) else {
                return shape;
            };
            if resolve(inner, shapes).kind != ShapeType::Timestamp {
                return shape;
            }
            let element = with_format(element.get_ref(), (**inner).clone(), format, table, shapes);
            Shape {
                element: Some(Box::new(element)),
                target: None,
                ..resolved.clone()
            }
        }
        _ => shape,
    }
}

/// Whether a member, or a shape on the way to its own, says how a timestamp is written.
fn says_format(of: &toml_form::ShapeTable, table: &toml_form::Operation) -> bool {
    of.timestamp_format.is_some() || resolved_table(of, table).timestamp_format.is_some()
}

fn resolved_table<'a>(
    mut of: &'a toml_form::ShapeTable,
    table: &'a toml_form::Operation,
) -> &'a toml_form::ShapeTable {
    let named = |name: &str| {
        let (_, shape) = table.shape.iter().find(|(key, _)| key.get_ref() == name)?;
        Some(shape)
    };
    while let Some(next) = of.target.as_ref().and_then(|t| named(t.get_ref())) {
        of = next;
    }
    of
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        match location {
            Location::Label => Self::Label,
            Location::Query => Self::Query,
            Location::Header => Self::Header,
            Location::PrefixHeaders => Self::PrefixHeaders,
            Location::Body => Self::Body,
            Location::Payload => Self::Payload,
        }
    }
}

impl From<AnswerLocation> for Place {
    fn from(location: AnswerLocation) -> Self {
        match location {
            AnswerLocation::Header => Self::Header,
            AnswerLocation::PrefixHeaders => Self::PrefixHeaders,
            AnswerLocation::StatusCode => Self::StatusCode,
            AnswerLocation::Body => Self::Body,
            AnswerLocation::Payload => Self::Payload,
        }
    }
}
