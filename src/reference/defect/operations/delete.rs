//! Deletions that delete nothing, something else, or answer otherwise than the page says.

use http::Method;
use serde_json::json;

use super::super::Defect;
use super::super::deletion::takes_all_of_source;
use super::super::lifecycle::ignores_deletions;
use super::reply::{hides, refuses_with, shows, shows_as_text};
use crate::reference::reply::Operation;
use crate::reference::response::Response;

const UNKNOWN: &[&str] = &["delete::rule::unknown-mapping"];
const REACHED: &[&str] = &["delete::request::http"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "delete-keeps",
        "A deletion answers as it should, and the mapping stays as it was.",
        &["delete::rule::gone-in-the-end"],
        ignores_deletions,
    ),
    Defect::must(
        "delete-takes-its-neighbours",
        "A deletion removes every mapping of the same source.",
        &["delete::rule::mappings-apart"],
        takes_all_of_source,
    ),
    Defect::must(
        "delete-unknown-400",
        "A deletion of what does not exist is refused with 400.",
        UNKNOWN,
        |b| refuses_with(b, Operation::Delete, 400, "InvalidParameterValueException"),
    ),
    Defect::must(
        "delete-unknown-500",
        "A deletion of what does not exist fails.",
        &["delete::rule::unknown-mapping", "protocol::no-server-error"],
        |b| refuses_with(b, Operation::Delete, 500, "ServiceException"),
    ),
    Defect::must(
        "delete-unknown-404-of-another-type",
        "A deletion of what does not exist is refused with 404 NotFoundException.",
        UNKNOWN,
        |b| refuses_with(b, Operation::Delete, 404, "NotFoundException"),
    ),
    Defect::must(
        "delete-answers-nothing",
        "The answer to a deletion has no members.",
        &["delete::response::UUID::present"],
        |b| b.answered(Operation::Delete, serde_json::Map::clear),
    ),
    Defect::must(
        "delete-hides-batch-size",
        "The answer to a deletion lacks BatchSize.",
        &["delete::response::BatchSize::present"],
        |b| hides(b, Operation::Delete, "BatchSize"),
    ),
    Defect::must(
        "delete-shows-another-uuid",
        "The answer to a deletion shows the UUID of another mapping.",
        &["delete::rule::uuid-identity"],
        |b| {
            let uuid = json!("11111111-2222-4333-8444-555555555555");
            shows(b, Operation::Delete, "UUID", uuid);
        },
    ),
    Defect::must(
        "delete-shows-time-as-text",
        "The answer to a deletion shows LastModified as a text.",
        &["delete::response::LastModified::type"],
        |b| shows_as_text(b, Operation::Delete, "LastModified"),
    ),
    Defect::warned(
        "delete-by-patch",
        "PATCH deletes as DELETE does.",
        REACHED,
        |b| {
            b.on_call.push(Box::new(|call| {
                if call.method == Method::PATCH {
                    call.method = Method::DELETE;
                }
            }));
        },
    ),
    Defect::warned(
        "delete-answers-501-to-patch",
        "A method that no operation has is answered 501.",
        REACHED,
        |b| {
            b.on_wire.push(Box::new(|call, _, response| {
                if call.method == Method::PATCH {
                    *response = Response::new(501, "text/plain", b"Unsupported method".to_vec());
                }
            }));
        },
    ),
];
