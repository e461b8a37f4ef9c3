//! Reads that show something else than the mapping that was asked for, or something where nothing
//! is.

use http::Method;
use serde_json::json;

use super::super::Defect;
use super::reply::{hides, refuses_with, shows, shows_as_text};
use crate::reference::reply::Operation;

const UNKNOWN: &[&str] = &["get::rule::unknown-mapping"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "get-unknown-400",
        "A read of what does not exist is refused with 400.",
        UNKNOWN,
        |b| refuses_with(b, Operation::Get, 400, "InvalidParameterValueException"),
    ),
    Defect::must(
        "get-unknown-500",
        "A read of what does not exist fails.",
        &["get::rule::unknown-mapping", "protocol::no-server-error"],
        |b| refuses_with(b, Operation::Get, 500, "ServiceException"),
    ),
    Defect::must(
        "get-unknown-404-of-another-type",
        "A read of what does not exist is refused with 404 NotFoundException.",
        UNKNOWN,
        |b| refuses_with(b, Operation::Get, 404, "NotFoundException"),
    ),
    Defect::must(
        "get-hides-uuid",
        "A read does not show UUID.",
        &["get::response::UUID::present"],
        |b| hides(b, Operation::Get, "UUID"),
    ),
    Defect::must(
        "get-shows-time-as-text",
        "A read shows LastModified as a text.",
        &["get::response::LastModified::type"],
        |b| shows_as_text(b, Operation::Get, "LastModified"),
    ),
    Defect::must(
        "get-shows-another-uuid",
        "A read shows the UUID of another mapping.",
        &["get::rule::uuid-identity"],
        |b| {
            let uuid = json!("11111111-2222-4333-8444-555555555555");
            shows(b, Operation::Get, "UUID", uuid);
        },
    ),
    Defect::warned(
        "get-by-patch",
        "PATCH reads as GET does.",
        &["get::request::http"],
        |b| {
            b.on_call.push(Box::new(|call| {
                if call.method == Method::PATCH {
                    call.method = Method::GET;
                }
            }));
        },
    ),
];
