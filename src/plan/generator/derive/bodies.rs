//! Cases about bodies that are no JSON document, where the service promises to refuse them.

use super::{About, Derive};
use crate::contract::{Basis, Level, ShapeType};
use crate::plan::case::{BodyDraft, Expect, Variant};

/// The promise of `service.toml` that such a body is refused.
const PROMISE: &str = "protocol::request-json";

impl Derive<'_> {
    pub(super) fn bodies(&mut self) {
        let g = self.generator;
        let contract = g.oracle.contract;
        let Some(promise) = contract.atom(PROMISE) else {
            return;
        };
        if !contract.has_document() {
            let why = "a request of this operation has no JSON document".to_owned();
            self.derived.impossible.insert(promise.id.clone(), why);
            return;
        }

        let whole = self.usual.clone();
        let Some(text) = whole.text() else {
            return;
        };
        let cut: String = text
            .chars()
            .take(text.chars().count().saturating_sub(1))
            .collect();
        let comma = format!("{cut},}}");
        let after = format!("{text}}}");
        let bodies = [
            ("cut", "A body without its last character", cut.as_str()),
            ("comma", "A body with a comma before its end", &comma),
            ("after", "A body with a brace after its end", &after),
            ("word", "A word in place of a body", "nothing"),
            (
                "form",
                "A form in place of a body",
                "name=value&other=value",
            ),
            ("array", "An array in place of an object", "[]"),
            ("text", "A string in place of an object", "\"text\""),
        ];

        // What would be valid is left out: a body may be documented as an array, or as anything.
        let payload = contract.payload();
        let kind = payload.map(|payload| contract.resolve(&payload.shape).kind);
        let is_valid = |id: &str| match kind {
            Some(ShapeType::List) => id == "array",
            Some(ShapeType::Document) => matches!(id, "array" | "text"),
            _ => false,
        };
        for (id, says, body) in bodies.into_iter().filter(|(id, ..)| !is_valid(id)) {
            let mut request = whole.clone();
            request.body = BodyDraft::Text(body.to_owned());
            let about = About {
                atom: promise.id.clone(),
                id: format!("{PROMISE}::{id}"),
                says: says.to_owned(),
                expect: Expect::Reject("syntax".to_owned()),
                basis: Basis::Page,
                level: Level::Must,
                why: promise.says.clone(),
            };
            self.push(about, whole.clone(), None, request, Variant::ANY);
        }
    }
}
