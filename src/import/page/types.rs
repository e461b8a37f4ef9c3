//! Pages of types: a structure, by its members.

use crate::contract::ShapeType;
use crate::import::listed::{self, MARKDOWN};
use crate::import::loss::{Losses, Sentence};
use crate::import::prose;
use crate::import::shape::{Constraint, Field, Patterns, Shape};
use crate::support::files::FileError;

use super::assemble::{self, Needed};
use super::entries::entries;
use super::markdown::{Line, Page, Section, plain};
use super::said::{self, Said};

/// What the page of a type says.
pub(super) struct TypePage {
    pub(super) shape: Shape,
    /// The types that its members have.
    pub(super) needed: Vec<Needed>,
    pub(super) sentences: Vec<Sentence>,
}

/// Whether values that sentences list count. A sentence is said of what is shown, not of what is
/// sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Request,
    Answer,
}

/// Reads the page of a type.
pub(super) fn read(
    page: &Page<'_>,
    contents: &Section<'_>,
    of: Use,
    patterns: &mut Patterns,
    losses: &mut Losses,
) -> Result<TypePage, FileError> {
    let is_union = page.introduction.iter().chain(&contents.lines).any(|line| {
        let text = plain(line.text);
        text.contains("is a UNION") || text.contains("is a union")
    });
    let mut shape = Shape::of(match is_union {
        true => ShapeType::Union,
        false => ShapeType::Structure,
    });

    let (_, members) = entries(contents);
    let mut needed = Vec::new();
    let mut sentences = Vec::new();
    for entry in &members {
        let said = said::read(page, entry)?;
        if said.kind.is_none() {
            let message = format!(
                "the entry of `{}` has no line `Type:`: expected one such as `Type: String`",
                entry.name
            );
            return Err(page.at(entry.line, message));
        }
        let place = format!("{} / {}", page.title, entry.name);
        let (mut member, lost) = assemble::shape(&said, &place, patterns);
        lost.into_iter().for_each(|lost| losses.add(lost));
        if of == Use::Answer {
            take_listed(&mut member, &said, patterns);
        }

        sentences.extend(of_prose(&said.prose, &place));
        needed.extend(assemble::needed(&said));
        let field = Field {
            shape: member,
            required: said.required.unwrap_or_default(),
            wire_name: None,
        };
        if shape.members.insert(entry.name.clone(), field).is_some() {
            let message = format!("`{}` stands twice on the page", entry.name);
            return Err(page.at(entry.line, message));
        }
    }
    Ok(TypePage {
        shape,
        needed,
        sentences,
    })
}

/// Takes the values that a sentence lists, where no line of constraints does.
pub(super) fn take_listed(shape: &mut Shape, said: &Said<'_>, patterns: &mut Patterns) {
    let is_plain = shape.kind == ShapeType::String && shape.pattern.is_none();
    let mut prose = said.prose.iter().filter(|line| !line.code);
    let values = prose.find_map(|line| listed::values(line.text, &MARKDOWN));
    if let (true, Some(values)) = (is_plain, values) {
        // A text can have a list of values.
        let _ = shape.restrict(Constraint::Values(values), patterns);
    }
}

/// The sentences of some lines that promise or forbid something.
pub(super) fn of_prose(lines: &[Line<'_>], section: &str) -> Vec<Sentence> {
    let prose = lines.iter().filter(|line| !line.code);
    prose
        .flat_map(|line| {
            let text = plain(line.text);
            prose::sentences(&text, section, line.number).collect::<Vec<_>>()
        })
        .collect()
}
