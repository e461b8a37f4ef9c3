//! The body of an answer, and what it says.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::json::{self, Document};

/// The bytes of a body. The document they hold is read when it is first asked for, and kept: the
/// runner, the judge and what looks for novelty all ask for it. Clones made after that share it.
#[derive(Clone, Default)]
pub(crate) struct Body {
    bytes: Bytes,
    read: OnceLock<Arc<Read>>,
    surplus: usize,
}

/// What a body says, for whoever keeps it when the body itself has forgotten it.
#[derive(Clone)]
pub(crate) struct ParsedBody(Arc<Read>);

struct Read {
    document: Document,
    /// Whether the parser took the bytes as they are; see [`json::read`].
    strict: bool,
}

impl Body {
    /// What the body is.
    pub(crate) fn document(&self) -> &Document {
        &self.read().document
    }

    /// The JSON document, where the body is one to a parser that forgives no half of a surrogate
    /// pair.
    pub(crate) fn value(&self) -> Option<&Value> {
        self.read().value()
    }

    /// What the body says, to keep.
    pub(crate) fn said(&self) -> ParsedBody {
        ParsedBody(Arc::clone(self.read()))
    }

    /// The same body, with so many bytes after its announced end that no request had asked for.
    pub(crate) fn followed_by(self, surplus: usize) -> Self {
        Self { surplus, ..self }
    }

    /// How many bytes came after its announced end.
    pub(crate) fn surplus(&self) -> usize {
        self.surplus
    }

    /// Forgets what was read, which takes several times the room of the bytes. Whoever asks again
    /// has it read again.
    pub(crate) fn forget(&mut self) {
        self.read.take();
    }

    fn read(&self) -> &Arc<Read> {
        self.read.get_or_init(|| {
            let (document, strict) = json::read_strictly(&self.bytes);
            Arc::new(Read { document, strict })
        })
    }
}

impl Read {
    fn value(&self) -> Option<&Value> {
        if self.strict {
            self.document.value()
        } else {
            None
        }
    }
}

impl ParsedBody {
    /// As [`Body::value`].
    pub(crate) fn value(&self) -> Option<&Value> {
        self.0.value()
    }

    /// The members, if it is an object.
    pub(crate) fn object(&self) -> Option<&Map<String, Value>> {
        self.0.document.object()
    }
}

impl fmt::Debug for ParsedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl Deref for Body {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self {
            bytes: bytes.into(),
            read: OnceLock::new(),
            surplus: 0,
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, self.surplus) == (&other.bytes, other.surplus)
    }
}

impl Eq for Body {}

impl PartialEq<[u8]> for Body {
    fn eq(&self, other: &[u8]) -> bool {
        self.bytes == other
    }
}

impl PartialEq<&[u8]> for Body {
    fn eq(&self, other: &&[u8]) -> bool {
        self.bytes == *other
    }
}

impl PartialEq<&str> for Body {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == *other
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_once() {
        let body = Body::from("{\"a\": 1}");
        let first = std::ptr::from_ref(body.document());
        assert!(std::ptr::eq(first, body.clone().document()));
        assert_eq!(body.value().and_then(|v| v.get("a")?.as_i64()), Some(1));
    }

    #[test]
    fn what_is_kept_outlives_what_is_forgotten() {
        let mut body = Body::from("{\"a\": 1}");
        let said = body.said();
        body.forget();
        assert!(!std::ptr::eq(
            said.object().expect("an object"),
            body.document().object().expect("an object")
        ));
        assert_eq!(said.object(), body.document().object());
    }

    /// What the judge forgives and a parser does not is no document to whoever asks for its value.
    #[test]
    fn half_a_surrogate_pair_has_no_value() {
        let body = Body::from(r#"{"a": "\ud83d"}"#);
        assert!(body.document().object().is_some());
        assert_eq!(body.value(), None);
        assert_eq!(Body::from("x").value(), None);
        assert_eq!(
            Body::from(r#"{"a": 1, "a": 2}"#).value(),
            Some(&serde_json::json!({"a": 2}))
        );
    }
}
