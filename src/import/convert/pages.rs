//! How lists go on, where the names of members say it.

use crate::contract::ShapeType;
use crate::import::graph::{OperationNode, Pages};
use crate::import::loss::{Losses, Lost};
use crate::import::operation::{Member, Operation, Pagination};
use crate::import::shape::Shape;

/// How lists go on, where the names of members say it.
pub(super) fn pagination(
    node: &OperationNode,
    operation: &Operation,
    losses: &mut Losses,
) -> Option<Pagination> {
    let mut lose = |why: String| {
        losses.add(Lost {
            of: node.name.clone(),
            line: None,
            what: "pagination",
            why,
        });
        None
    };
    let mut pages = match node.pagination.as_ref()? {
        Pages::By(pages) => pages.clone(),
        Pages::Otherwise(why) => return lose(why.clone()),
    };

    let has = |members: &[Member], name: &Option<String>| {
        let name = name.as_ref();
        name.is_some_and(|name| members.iter().any(|member| member.name == *name))
    };
    if !has(&operation.input, &pages.input_token) || !has(&operation.output, &pages.output_token) {
        return lose("its tokens are no members of request and answer".to_owned());
    }
    if !pages
        .items
        .as_ref()
        .is_some_and(|items| is_list(operation, items))
    {
        return lose("its items are no list of the answer".to_owned());
    }
    let size = |member: &&Member| Some(&member.name) == pages.page_size.as_ref();
    let size = operation.input.iter().find(size);
    if !size.is_some_and(|member| member.shape.is_whole()) {
        pages.page_size = None;
    }
    Some(pages)
}

/// Whether a path of names leads to a list in the answer.
fn is_list(operation: &Operation, path: &str) -> bool {
    let mut names = path.split('.');
    let first = names.next();
    let member = operation
        .output
        .iter()
        .find(|m| Some(m.name.as_str()) == first);
    let mut shape = member.map(|member| &member.shape);
    let resolve = |shape: &Shape| -> Option<Shape> {
        match &shape.target {
            Some(target) => operation.shapes.get(target).cloned(),
            None => Some(shape.clone()),
        }
    };
    let mut at = shape.take().and_then(resolve);
    for name in names {
        at = at.and_then(|shape| resolve(&shape.members.get(name)?.shape));
    }
    at.is_some_and(|shape| shape.kind == ShapeType::List)
}
