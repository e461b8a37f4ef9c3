//! From the tables of members to checked [`Member`]s and [`OutputMember`]s: where each goes, and
//! what it is called there.

use toml::Spanned;

use super::super::{
    Location, Member, OutputMember, Shape, ShapeType, TimestampFormat, document as toml_form,
};
use super::place::{Place, Taken, unfit};
use super::targets::{Shapes, resolve};
use super::times::with_format;
use super::{FileError, Reader, Span};
use crate::support::echo::shown;

/// A member on its way to its place.
struct Placed<'a> {
    member: &'a Spanned<String>,
    name: Option<&'a Spanned<String>>,
    place: Place,
    table: toml_form::ShapeTable,
}

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
                unless: m.unless.clone(),
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

fn is_map_of_texts(shape: &Shape, shapes: &Shapes) -> bool {
    let shape = resolve(shape, shapes);
    let element = shape.element.as_deref().map(|e| resolve(e, shapes).kind);
    shape.kind == ShapeType::Map && matches!(element, Some(ShapeType::String | ShapeType::Enum))
}

/// Whether a body of that type is bytes, whatever they say.
fn is_opaque(kind: ShapeType) -> bool {
    matches!(kind, ShapeType::Blob | ShapeType::String | ShapeType::Enum)
}
