//! From the table `[pagination]` to the rule about pages.

use toml::Spanned;

use super::super::{
    Basis, Level, Pagination, Rule, RuleKind, Shape, ShapeType, document as toml_form,
};
use super::{FileError, Known, Reader};
use crate::support::echo::{did_you_mean, shown};

/// The id of the rule.
const ID: &str = "pagination";

impl Reader<'_> {
    /// The promise that follows from the members of pages.
    pub(super) fn pagination(
        &self,
        table: &Spanned<toml_form::PaginationTable>,
        known: &Known<'_>,
        rules: &[Rule],
    ) -> Result<Rule, FileError> {
        if rules.iter().any(|rule| rule.id == ID) {
            let text =
                "the rule `pagination` follows from this table: expected no [rule.pagination]";
            return Err(self.file.at(table.span(), text));
        }

        let of = table.get_ref();
        let input_token = self.request_member(&of.input_token, known)?;
        let page_size = match &of.page_size {
            Some(name) => {
                let size = self.request_member(name, known)?;
                let kind = known.input_kind(&size);
                if !matches!(kind, Some(ShapeType::Integer | ShapeType::Long)) {
                    return Err(self.file.at(
                        name.span(),
                        format!("`{size}` is no number: expected the member that limits a page"),
                    ));
                }
                Some(size)
            }
            None => None,
        };

        let output_token = self.answer_member(&of.output_token, known)?;
        let items = self.items(&of.items, known)?;
        let pages = Pagination {
            input_token,
            output_token,
            items,
            page_size,
        };
        let limit = match &pages.page_size {
            Some(size) => format!(", and no page has more items than {size} says"),
            None => String::new(),
        };
        Ok(Rule {
            id: ID.to_owned(),
            path: format!("rule::{ID}"),
            says: format!(
                "Following {} to the end shows each item once, no token comes twice{limit}",
                pages.output_token
            ),
            section: format!("Request / {}", pages.input_token),
            basis: Basis::Page,
            level: Level::Must,
            kind: RuleKind::Pages(pages),
        })
    }

    /// The items: a member of the answer, and members of structures within it.
    fn items(&self, path: &Spanned<String>, known: &Known<'_>) -> Result<Vec<String>, FileError> {
        let names: Vec<String> = path.get_ref().split('.').map(str::to_owned).collect();
        let first = Spanned::new(path.span(), names.first().cloned().unwrap_or_default());
        self.answer_member(&first, known)?;

        let mut shape: Option<&Shape> = known
            .output
            .iter()
            .find(|m| Some(&m.name) == names.first())
            .map(|m| known.resolve(&m.shape));
        for name in names.iter().skip(1) {
            let members = shape.map(|shape| &shape.members);
            shape = members
                .and_then(|members| members.get(name))
                .map(|member| known.resolve(&member.shape));
            if shape.is_none() {
                return Err(self.file.at(
                    path.span(),
                    format!(
                        "`{}` has no member `{}`",
                        shown(path.get_ref()),
                        shown(name)
                    ),
                ));
            }
        }
        match shape {
            Some(shape) if shape.kind == ShapeType::List => {
                // The keys that an answer shows.
                Ok(known.keys(&names))
            }
            _ => Err(self.file.at(
                path.span(),
                format!("`{}` is no list", shown(path.get_ref())),
            )),
        }
    }

    fn request_member(
        &self,
        name: &Spanned<String>,
        known: &Known<'_>,
    ) -> Result<String, FileError> {
        let names = || known.input.iter().map(|m| m.name.as_str());
        self.one_of(name, "request", names().collect())
    }

    fn answer_member(
        &self,
        name: &Spanned<String>,
        known: &Known<'_>,
    ) -> Result<String, FileError> {
        let names = || known.output.iter().map(|m| m.name.as_str());
        self.one_of(name, "answer", names().collect())
    }

    fn one_of(
        &self,
        name: &Spanned<String>,
        of: &str,
        known: Vec<&str>,
    ) -> Result<String, FileError> {
        if known.contains(&name.get_ref().as_str()) {
            return Ok(name.get_ref().clone());
        }
        let hint = did_you_mean(name.get_ref(), known);
        let text = format!("unknown {of} member `{}`{hint}", shown(name.get_ref()));
        Err(self.file.at(name.span(), text))
    }
}

impl Known<'_> {
    fn input_kind(&self, name: &str) -> Option<ShapeType> {
        let member = self.input.iter().find(|m| m.name == name)?;
        Some(self.resolve(&member.shape).kind)
    }

    /// The keys of a path of names: what is within a member is called as it is on the wire.
    fn keys(&self, names: &[String]) -> Vec<String> {
        let mut keys = Vec::new();
        let mut shape: Option<&Shape> = None;
        for name in names {
            let member = shape.and_then(|shape| shape.members.get(name));
            match (keys.is_empty(), member) {
                (true, _) => {
                    keys.push(name.clone());
                    let output = self.output.iter().find(|m| m.name == *name);
                    shape = output.map(|m| self.resolve(&m.shape));
                }
                (false, Some(member)) => {
                    keys.push(member.wire_name.clone());
                    shape = Some(self.resolve(&member.shape));
                }
                (false, None) => {}
            }
        }
        keys
    }
}
