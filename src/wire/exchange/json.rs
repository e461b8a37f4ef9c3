//! JSON as it came: what a lenient parser would forgive is seen here.

mod deep;

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::contract::constraint::number::Decimal;

/// What a body is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    /// One JSON document.
    Value(Value),
    /// One JSON document, in which a member stands twice.
    Twice {
        /// The document, the last of equal members kept.
        value: Value,
        /// The member's name.
        member: String,
    },
    /// Something else, and why.
    Broken(String),
}

/// Reads a body.
pub(crate) fn read(body: &[u8]) -> Document {
    read_strictly(body).0
}

/// Reads a body, and says whether the parser took it without its lone halves of surrogate pairs
/// replaced.
pub(crate) fn read_strictly(body: &[u8]) -> (Document, bool) {
    let colons = colons(body);
    match value(body, colons) {
        Err(error) if is_too_deep(&error) => match deep::shortened(body) {
            Some(short) => (read(&short), true),
            None => (Document::Broken(error.to_string()), false),
        },
        Err(error) => match paired(body) {
            Some(body) => (read(&body), false),
            None => (Document::Broken(error.to_string()), false),
        },
        Ok(value) => (told(body, value, colons), true),
    }
}

/// Whether the parser gave up because of its own limit, which is no fault of the document.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// The document; `colons` of it stand outside its strings.
fn value(body: &[u8], colons: usize) -> serde_json::Result<Value> {
    if body.first() == Some(&b'{') {
        // What is text as a whole need not be looked at again string by string.
        return match std::str::from_utf8(body) {
            Ok(text) => object(serde_json::Deserializer::from_str(text), colons),
            Err(_) => object(serde_json::Deserializer::from_slice(body), colons),
        };
    }
    serde_json::from_slice(body)
}

fn object<'de, R: serde_json::de::Read<'de>>(
    mut deserializer: serde_json::Deserializer<R>,
    colons: usize,
) -> serde_json::Result<Value> {
    let object = Roomy(colons.min(MOST_MEMBERS)).deserialize(&mut deserializer)?;
    deserializer.end().map(|()| Value::Object(object))
}

fn told(body: &[u8], value: Value, colons: usize) -> Document {
    // Each member has a colon of its own: where there are no more of these, no member stands twice.
    if members(&value) == colons {
        return Document::Value(value);
    }

    match serde_json::from_slice::<Unique>(body) {
        Err(error) => match error.to_string().strip_prefix(TWICE) {
            Some(member) => {
                let member = member.split('`').next().unwrap_or_default().to_owned();
                Document::Twice { value, member }
            }
            None => Document::Value(value),
        },
        Ok(_) => Document::Value(value),
    }
}

/// The body with every half of a surrogate pair that stands alone in an escape replaced, if there
/// is any.
///
/// RFC 8259 (section 8.2) allows such escapes and leaves open what they mean; the parser refuses
/// them.
fn paired(body: &[u8]) -> Option<Vec<u8>> {
    static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?-u)\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)",
        )
        .ok()
    });
    let escapes = ESCAPES.as_ref()?;
    let lone = |escape: &[u8]| {
        escape.len() == 6 && escape.get(2).is_some_and(|c| c.eq_ignore_ascii_case(&b'd'))
    };
    if !escapes.find_iter(body).any(|m| lone(m.as_bytes())) {
        return None;
    }
    let replaced = escapes.replace_all(body, |captures: &Captures<'_>| {
        if lone(&captures[0]) {
            b"\\ufffd".to_vec()
        } else {
            captures[0].to_vec()
        }
    });
    Some(replaced.into_owned())
}

impl Document {
    /// The document, where it is one.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) | Self::Twice { value, .. } => Some(value),
            Self::Broken(_) => None,
        }
    }

    /// The members, where the document is an object.
    pub(crate) fn into_object(self) -> Option<Map<String, Value>> {
        match self {
            Self::Value(Value::Object(object))
            | Self::Twice {
                value: Value::Object(object),
                ..
            } => Some(object),
            _ => None,
        }
    }

    /// The document as an object.
    pub(crate) fn object(&self) -> Option<&Map<String, Value>> {
        match self {
            Self::Value(Value::Object(object))
            | Self::Twice {
                value: Value::Object(object),
                ..
            } => Some(object),
            _ => None,
        }
    }
}

/// Whether two values say the same: numbers by value, whichever their notation.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            // Mostly they are written alike: then there is nothing to compare.
            a.as_str() == b.as_str() || compare(a.as_str(), b.as_str()) == Some(Ordering::Equal)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        _ => a == b,
    }
}

/// How two JSON numbers compare.
pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    // Most have neither sign nor exponent: the one with more digits before the point is larger, and
    // of two with as many the digits tell.
    if let (Some((a, a_fraction)), Some((b, b_fraction))) = (plain(a), plain(b)) {
        return Some((a.len(), a, a_fraction).cmp(&(b.len(), b, b_fraction)));
    }
    Some(Decimal::parse(a)?.compare_with(&Decimal::parse(b)?))
}

/// The digits before the point and those behind it, without the zeros at their end, of a number
/// that has nothing else.
fn plain(number: &str) -> Option<(&[u8], &[u8])> {
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (number, ""),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let leading = whole.starts_with('0') && whole.len() > 1;
    let is_plain = !whole.is_empty() && !leading && digits(whole) && digits(fraction);
    is_plain.then(|| (whole.as_bytes(), fraction.trim_end_matches('0').as_bytes()))
}

/// How many members there are, in objects at any depth.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// How many colons of a JSON text stand outside its strings.
fn colons(body: &[u8]) -> usize {
    let plain = |text: &[u8]| text.iter().filter(|byte| **byte == b':').count();
    let (mut count, mut rest) = (0, body);
    while let Some(quote) = rest.iter().position(|byte| *byte == b'"') {
        count += plain(&rest[..quote]);
        rest = &rest[quote + 1..];
        // To the end of the string, which no quote behind a backslash is.
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
            let escape = rest[at] == b'\\';
            rest = rest.get(at + 1 + usize::from(escape)..).unwrap_or_default();
            if !escape {
                break;
            }
        }
    }

    count + plain(rest)
}

/// Room for so many members is made ahead: more than any answer has in earnest.
const MOST_MEMBERS: usize = 64;

/// Reads an object, with room for so many members made at once.
struct Roomy(usize);

impl<'de> DeserializeSeed<'de> for Roomy {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Roomy {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::with_capacity(self.0);
        while let Some((name, value)) = map.next_entry()? {
            members.insert(name, value);
        }
        Ok(members)
    }
}

const TWICE: &str = "member twice: `";

/// Reads any document and refuses one in which a member stands twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
        while seq.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut seen = std::collections::BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<Unique>()?;
            if !seen.insert(name.clone()) {
                return Err(serde::de::Error::custom(format!("{TWICE}{name}`")));
            }
        }
        Ok(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_a_lenient_parser_forgives() {
        assert!(matches!(
            read(br#"{"a": 1.50, "b": [{"a": 2}]}"#),
            Document::Value(_)
        ));
        assert!(
            matches!(read(br#"{"a": [{"b": 1, "b": 2}]}"#), Document::Twice { member, .. } if member == "b")
        );
        for broken in [
            &b""[..],
            b"{",
            b"{} {}",
            b"\xef\xbb\xbf{}",
            b"{}x",
            b"<html>",
            b"{\"a\": \"\xff\"}",
        ] {
            assert!(matches!(read(broken), Document::Broken(_)), "{broken:?}");
        }
    }

    #[test]
    fn colons_and_quotes_in_strings_hide_no_member_that_stands_twice() {
        for text in [
            r#"{"a": "\":", "b:": {":": ":\\"}}"#,
            r#"[{"a": "\\"}, {"a": ":"}, {}]"#,
        ] {
            assert!(
                matches!(read(text.as_bytes()), Document::Value(_)),
                "{text}"
            );
            let value = serde_json::from_str(text).expect("JSON");
            assert_eq!(members(&value), colons(text.as_bytes()), "{text}");
        }
        for text in [
            r#"{"a": "\\\":", "a": 1}"#,
            r#"{"b": {"a": "\\", "a": ":"}}"#,
            r#"{"\u0061": 1, "a": 2}"#,
        ] {
            assert!(
                matches!(read(text.as_bytes()), Document::Twice { member, .. } if member == "a"),
                "{text}"
            );
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_json() {
        assert!(matches!(read(br#"{"a": "\ud83d"}"#), Document::Value(_)));
        assert!(matches!(
            read(br#"{"a": "\udc00 \ud83d\ude00"}"#),
            Document::Value(_)
        ));
        assert!(matches!(read(br#"{"a": "\\ud83d"}"#), Document::Value(_)));
        assert!(matches!(read(br#"{"a": "\ud83"}"#), Document::Broken(_)));
        assert!(matches!(read(br#"{"a": "\ud83d"} x"#), Document::Broken(_)));
    }

    /// A limit of the parser's is not held against the document.
    #[test]
    fn depth_is_no_fault() {
        let body = format!(
            "{{\"deep\": {}{}, \"BatchSize\": 9}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );

        let Document::Value(value) = read(body.as_bytes()) else {
            panic!("not read")
        };
        assert_eq!(value["BatchSize"], 9);
        let twice = body.replace("\"BatchSize\"", "\"deep\"");
        assert!(
            matches!(read(twice.as_bytes()), Document::Twice { member, .. } if member == "deep")
        );
        assert!(matches!(read(&body.as_bytes()[1..]), Document::Broken(_)));
    }

    /// What an object is cut to, or followed by, is told as the parser tells it of any document.
    #[test]
    fn broken_objects_are_told_alike() {
        let whole = r#"{"a": [1.5e3, {"b": null, "c": "\u0041"}], "d": {"e": true}, "a": -0} x"#;
        let deep = "{\"a\":".repeat(200);
        let cut = (1..=whole.len()).map(|length| &whole[..length]);
        for text in cut.chain([
            deep.as_str(),
            "{1: 2}",
            "{\"a\" 1}",
            "{,}",
            "{\"a\": 01}",
            "{\"a\": 1,}",
            "{]",
        ]) {
            let plain = serde_json::from_str::<Value>(text);
            match (read(text.as_bytes()), plain) {
                (Document::Broken(why), Err(error)) => assert_eq!(why, error.to_string(), "{text}"),
                (document, plain) => assert_eq!(document.value(), plain.ok().as_ref(), "{text}"),
            }
        }
    }

    #[test]
    fn numbers_compare_by_value() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(same(&value("5"), &value("5.0")));
        assert!(!same(&value("18446744073709551621"), &value("5")));
        assert!(!same(&value("\"5\""), &value("5")));
        assert_eq!(
            compare("1795409913.663571", "1795409913.66"),
            Some(Ordering::Greater)
        );
    }

    /// Comparing digits is comparing numbers, however many zeros stand before, behind or between
    /// them.
    #[test]
    fn digits_compare_as_numbers_do() {
        let parts = [
            "0", "1", "9", "10", "19", "90", "100", "0.0", "0.1", "0.10", "0.09", "1.0", "1.01",
            "1.1", "10.01",
        ];

        let more = [
            "-1",
            "-0",
            "1e1",
            "0e5",
            "1.",
            ".1",
            "",
            "01",
            "1.1.1",
            "1a",
            "100000000000",
            "99999999999.9",
        ];

        for a in parts.iter().chain(&more) {
            for b in parts.iter().chain(&more) {
                let exactly = Decimal::parse(a)
                    .zip(Decimal::parse(b))
                    .map(|(a, b)| a.compare_with(&b));
                assert_eq!(compare(a, b), exactly, "{a} and {b}");
            }
        }
    }
}
