//! Members by their names in the contract, and the JSON document that they are on the wire.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Contract, Location};

impl Contract {
    /// The members of the body that a document holds, by their names. What no member is called on
    /// the wire keeps its name, unless it is that of a member which is called otherwise there.
    pub(crate) fn members_in<'m>(
        &self,
        document: Cow<'m, Map<String, Value>>,
    ) -> Cow<'m, Map<String, Value>> {
        if let Some(payload) = self.payload() {
            let whole = Value::Object(document.into_owned());
            return Cow::Owned(Map::from_iter([(payload.name.clone(), whole)]));
        }

        let of_body = || self.input.iter().filter(|m| m.location == Location::Body);
        if of_body().all(|m| m.wire_name == m.name) {
            return document;
        }
        let named = |(key, value): (&String, &Value)| {
            let member = of_body().find(|m| m.wire_name == *key);
            let name = match member {
                Some(member) => &member.name,
                None if of_body().any(|m| m.name == *key) => return None,
                None => key,
            };
            Some((name.clone(), value.clone()))
        };
        Cow::Owned(document.iter().filter_map(named).collect())
    }

    /// The document that these members of the body are. None where the body is no document.
    pub(crate) fn document_of(&self, members: Map<String, Value>) -> Option<Value> {
        if !self.has_document() {
            return None;
        }
        if let Some(payload) = self.payload() {
            return members.get(&payload.name).cloned();
        }

        let on_wire = |(name, value): (String, Value)| {
            let member = self.member(&name);
            (member.map_or(name, |m| m.wire_name.clone()), value)
        };
        Some(Value::Object(members.into_iter().map(on_wire).collect()))
    }
}
