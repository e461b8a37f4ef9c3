//! Members by their names in the contract, and the JSON document that they are on the wire.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
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

    /// The text of the document that these members are, without those that stand elsewhere.
    pub(crate) fn text_of(&self, members: Map<String, Value>) -> String {
        let of_body = members.iter().filter(|(name, _)| {
            let member = self.member(name);
            member.is_none_or(|member| !member.location.is_text())
        });
        let document = self.document_text(of_body);
        document.unwrap_or_else(|| "{}".to_owned())
    }

    /// The text of the document that these members of the body are. None where the body is no
    /// document.
    pub(crate) fn document_text<'m>(
        &self,
        mut members: impl Iterator<Item = (&'m String, &'m Value)>,
    ) -> Option<String> {
        if !self.has_document() {
            return None;
        }
        if let Some(payload) = self.payload() {
            let (_, whole) = members.find(|(name, _)| **name == payload.name)?;
            return Some(whole.to_string());
        }

        let mut document = Document(Vec::new());
        for (name, value) in members {
            let member = self.member(name);
            document.set(member.map_or(name, |m| &m.wire_name), value);
        }
        serde_json::to_string(&document).ok()
    }
}

/// A document that is written and not kept: of few keys, each once.
struct Document<'m>(Vec<(&'m str, &'m Value)>);

impl<'m> Document<'m> {
    fn set(&mut self, key: &'m str, value: &'m Value) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::load_operation;
    use crate::support::files::Source;

    fn contract(members: &str) -> Contract {
        let service = crate::harness::testing::plan().service.clone();
        let head = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"PUT\"\n\
                    uri = \"/x\"\ncode = 200\nsection = \"s\"\n";
        let file = Source {
            name: "contract.toml".to_owned(),
            text: format!("{head}{members}"),
        };
        load_operation(&file, "op", &service).expect("a contract")
    }

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_member_has_another_key_on_the_wire() {
        let contract = contract(
            "[input.Title]\nname = \"title\"\ntype = \"string\"\n[input.Size]\ntype = \"long\"\n\
             [input.Room]\nlocation = \"query\"\ntype = \"string\"\n",
        );
        let document = object(json!({"title": "a", "Title": "b", "Size": 1, "other": 2}));
        let members = contract.members_in(Cow::Borrowed(&document)).into_owned();
        assert_eq!(
            Value::Object(members),
            json!({"Title": "a", "Size": 1, "other": 2})
        );
        let members = object(json!({"Title": "a", "Size": 1, "Room": "b"}));
        assert_eq!(contract.text_of(members), r#"{"title":"a","Size":1}"#);
    }

    #[test]
    fn a_payload_is_the_document() {
        let contract = contract("[input.Whole]\nlocation = \"payload\"\ntype = \"structure\"\n");
        let document = object(json!({"a": 1}));
        let members = contract.members_in(Cow::Borrowed(&document)).into_owned();
        assert_eq!(Value::Object(members.clone()), json!({"Whole": {"a": 1}}));
        assert_eq!(contract.text_of(members), r#"{"a":1}"#);
    }
}
