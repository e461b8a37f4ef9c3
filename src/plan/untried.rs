//! Members of requests that no case sends a value of, and why: what the contract promises of them is
//! not tested.

use super::Plan;
use super::case::{Case, Expect, Origin};
use crate::contract::{Location, Member, RuleKind, ShapeType};

/// A member that no case is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Untried {
    pub(crate) member: String,
    /// Why there is no case, and what would make one.
    pub(crate) why: String,
}

impl Plan {
    /// The members of requests that no case is about: none sends a value whose answer is judged.
    pub(crate) fn untried(&self) -> Vec<Untried> {
        let members = self.contract.input.iter();
        members
            .filter(|member| !self.leads_to_pages(member))
            .filter(|member| !self.cases.iter().any(|case| tries(case, member)))
            .map(|member| Untried {
                member: member.name.clone(),
                why: self.why_untried(member),
            })
            .collect()
    }

    /// Whether the member is sent with what an answer gave: no value of it is known before.
    fn leads_to_pages(&self, member: &Member) -> bool {
        let rules = self.contract.rules.iter();
        let mut pages = rules.filter_map(|rule| match &rule.kind {
            RuleKind::Pages(pages) => Some(pages),
            _ => None,
        });
        pages.any(|pages| pages.input_token == member.name)
    }

    fn why_untried(&self, member: &Member) -> String {
        let contract = &self.contract;
        let slug = &contract.slug;
        let kind = contract.resolve(&member.shape).kind;
        let name = &member.name;
        let place = match member.location {
            Location::Label => "the path",
            Location::Query => "a query",
            Location::Header | Location::PrefixHeaders => "the header",
            Location::Body | Location::Payload => "the body",
        };
        let structured = matches!(
            kind,
            ShapeType::Structure | ShapeType::Map | ShapeType::Union | ShapeType::Document
        );
        let values = format!("[binding.{slug}.values] with two values of {name} makes cases");

        match member.location {
            Location::PrefixHeaders => {
                format!("no header fields are known that a target must accept; {values}")
            }
            Location::Query if kind == ShapeType::Map => {
                format!("no parameters are known that a target must accept; {values}")
            }
            location if location.is_text() && structured => {
                format!("no {} can be written in {place}", kind.name())
            }
            Location::Label => format!(
                "every value is valid, and another one names another thing; [binding.{slug}] with \
                 absent = {{ {name} = \"…\" }} makes a case"
            ),
            Location::Payload if !kind.is_document() => format!(
                "every {} is a valid body, and none is known that a target must accept; {values}",
                kind.name()
            ),
            _ => format!("no value is certainly refused, and none certainly accepted; {values}"),
        }
    }
}

/// Whether a case is about a value of the member. That a request may leave the member out says
/// nothing of its values, and a probe is judged by nothing.
fn tries(case: &Case, member: &Member) -> bool {
    if matches!(case.expect(), Expect::Probe(_)) {
        return false;
    }
    let name = &member.name;
    let is_of = |path: &str| {
        path.strip_prefix("request::")
            .and_then(|rest| rest.strip_prefix(name.as_str()))
            .is_some_and(|rest| rest.starts_with(['.', '[', '{', ':']))
    };
    match case.origin {
        Origin::Derived => {
            let id = case.id.as_str();
            let path = id.split_once("::").map_or(id, |(_, path)| path);
            is_of(path) && !path.ends_with("::left-out")
        }
        _ => case.atoms.iter().any(|atom| is_of(atom.path())),
    }
}
