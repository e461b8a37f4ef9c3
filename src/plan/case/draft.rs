//! A request of a case, with names still to be filled in.

use std::sync::Arc;

use indexmap::IndexMap;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::support::percent::{percent_encode, percent_encode_path};
use crate::support::template::{self, Bindings, TemplateError, in_json};
use crate::wire::exchange::{Framing, Request, Wire};

/// The name of a value that is another one in each request. No fixture can capture such a name.
pub(crate) const TOKEN: &str = "idempotency-token";

/// A request with names still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) method: String,
    /// The request target.
    pub(crate) path: PathDraft,
    /// Header fields, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: BodyDraft,
    /// `Some`: our own writer, with that framing; `None`: as an HTTP client library writes it.
    pub(crate) raw: Option<Framing>,
}

/// The request target, still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathDraft {
    /// The documented path; these templates are its labels, percent-encoded when they are filled
    /// in.
    Labels {
        /// `/shelves/{ShelfId}`.
        uri: String,
        /// Label name to template.
        labels: IndexMap<String, String>,
    },
    /// The whole request target as a template, byte for byte.
    Exact(String),
}

/// The body, still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyDraft {
    /// No body.
    None,
    /// A template.
    Text(String),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
}

impl BodyDraft {
    /// A body as it was sent, with nothing to fill in.
    pub(crate) fn of(body: &[u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok("") => Self::None,
            Ok(text) => Self::Text(template::literal(text)),
            Err(_) => Self::Bytes(body.to_vec()),
        }
    }
}

impl PathDraft {
    /// Fills in the path.
    ///
    /// # Errors
    /// Where a template cannot be filled in.
    pub(crate) fn fill(&self, bindings: &Bindings) -> Result<String, TemplateError> {
        match self {
            Self::Exact(template) => bindings.fill(template),
            Self::Labels { uri, labels } => fill_labels(uri, labels, bindings),
        }
    }
}

/// The path with these templates for its labels. A label written `{NAME+}` keeps its slashes.
pub(crate) fn fill_labels(
    uri: &str,
    labels: &IndexMap<String, String>,
    bindings: &Bindings,
) -> Result<String, TemplateError> {
    let mut path = String::with_capacity(uri.len() + 32);
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        let label = after.split_once('}').and_then(|(name, tail)| {
            let plain = name.strip_suffix('+').unwrap_or(name);
            Some((labels.get(plain)?, plain.len() < name.len(), tail))
        });
        match label {
            Some((template, keeps_slashes, tail)) => {
                let value = bindings.fill(template)?;
                path.push_str(&match keeps_slashes {
                    true => percent_encode_path(&value),
                    false => percent_encode(&value),
                });
                rest = tail;
            }
            None => {
                path.push('{');
                rest = after;
            }
        }
    }

    path.push_str(rest);
    Ok(path)
}

impl Draft {
    /// A request as it was sent, with nothing to fill in: what looks like a name in it is text.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            path: PathDraft::Exact(template::literal(&request.path)),
            headers: request
                .headers
                .iter()
                .map(|(n, v)| (n.clone(), template::literal(v)))
                .collect(),
            body: BodyDraft::of(&request.body),
            raw: None,
        }
    }

    /// Whether it is sent in the same way: to the same place, with the same header fields.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (&self.method, &self.path, &self.headers) == (&other.method, &other.path, &other.headers)
    }

    /// The body as a template, where it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.body {
            BodyDraft::Text(text) => Some(text),
            BodyDraft::None | BodyDraft::Bytes(_) => None,
        }
    }

    /// The members of the body, each a template, where it is a JSON object.
    pub(crate) fn members(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(self.text()?).ok()
    }

    /// The request with its own value in place of [`TOKEN`], if it holds that: a UUID that follows
    /// from the text alone.
    pub(crate) fn with_token_of(&mut self, text: &str) {
        let reference = format!("${{{TOKEN}}}");
        let mut value = None;
        let mut put = |template: &mut String| {
            if template.contains(&reference) {
                let uuid = value.get_or_insert_with(|| uuid_of(text));
                *template = template.replace(&reference, uuid);
            }
        };

        match &mut self.path {
            PathDraft::Labels { labels, .. } => labels.values_mut().for_each(&mut put),
            PathDraft::Exact(template) => put(template),
        }
        self.headers.iter_mut().for_each(|(_, value)| put(value));
        if let BodyDraft::Text(template) = &mut self.body {
            put(template);
        }
    }

    /// How large its body is, in bytes, before names are filled in.
    pub(crate) fn size(&self) -> usize {
        match &self.body {
            BodyDraft::None => 0,
            BodyDraft::Text(text) => text.len(),
            BodyDraft::Bytes(bytes) => bytes.len(),
        }
    }

    /// The same request with each of those names in its templates prefixed.
    pub(crate) fn prefixed<'a>(
        &self,
        prefix: &str,
        names: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Self {
        let rename = |template: &str| template::prefixed(template, prefix, names.clone());
        let path = match &self.path {
            PathDraft::Exact(template) => PathDraft::Exact(rename(template)),
            PathDraft::Labels { uri, labels } => PathDraft::Labels {
                uri: uri.clone(),
                labels: labels
                    .iter()
                    .map(|(label, template)| (label.clone(), rename(template)))
                    .collect(),
            },
        };

        let body = match &self.body {
            BodyDraft::Text(template) => BodyDraft::Text(rename(template)),
            other => other.clone(),
        };

        Self {
            path,
            body,
            ..self.clone()
        }
    }

    /// Whether its body says that it is JSON, so that a value in it is text of JSON.
    fn is_json(&self) -> bool {
        let is_json = |value: &str| value.starts_with("application/") && value.contains("json");
        self.headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && is_json(value))
    }

    /// Fills in the request. What a name stands for is data, also within a label or a text of JSON.
    ///
    /// # Errors
    /// Where a template cannot be filled in.
    pub(crate) fn bind(
        &self,
        bindings: &Bindings,
        service: &str,
    ) -> Result<Arc<Request>, TemplateError> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), bindings.fill(value)?)))
            .collect::<Result<_, TemplateError>>()?;

        Ok(Arc::new(Request {
            method: self.method.clone(),
            path: self.path.fill(bindings)?,
            headers,
            body: match &self.body {
                BodyDraft::None => bytes::Bytes::new(),
                BodyDraft::Text(template) if self.is_json() => {
                    bindings.fill_with(template, in_json)?.into()
                }
                BodyDraft::Text(template) => bindings.fill(template)?.into(),
                BodyDraft::Bytes(bytes) => bytes.clone().into(),
            },
            service: service.to_owned(),
            wire: self.raw.map_or(Wire::Client, Wire::Raw),
        }))
    }
}

/// A UUID that follows from a text.
pub(crate) fn uuid_of(text: &str) -> String {
    let mut bytes = [0; 16];
    let digest = digest(&SHA256, text.as_bytes());
    for (byte, of_digest) in bytes.iter_mut().zip(digest.as_ref()) {
        *byte = *of_digest;
    }
    // Version 4 and its variant, as the form of a UUID has them.
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;

    let digits = bytes.map(|byte| format!("{byte:02x}")).concat();
    let ends = [0, 8, 12, 16, 20, 32];
    let parts: Vec<&str> = ends
        .windows(2)
        .filter_map(|pair| digits.get(pair[0]..pair[1]))
        .collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greedy_label_keeps_its_slashes() {
        let labels = IndexMap::from([
            ("Key".to_owned(), "a b/c?".to_owned()),
            ("Id".to_owned(), "a/b".to_owned()),
        ]);
        let fill = |uri: &str| fill_labels(uri, &labels, &Bindings::default()).expect("a path");
        assert_eq!(fill("/x/{Key+}?list-type=2"), "/x/a%20b/c%3F?list-type=2");
        assert_eq!(fill("/x/{Id}/{Key+}/y"), "/x/a%2Fb/a%20b/c%3F/y");
        assert_eq!(fill("/x?id={Id}"), "/x?id=a%2Fb");
    }

    #[test]
    fn each_text_has_a_uuid_of_its_own() {
        let one = uuid_of("0:case:1");
        assert_eq!(one, uuid_of("0:case:1"));
        assert_ne!(one, uuid_of("0:case:2"));
        let shape = regex::Regex::new(
            "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        );
        assert!(shape.expect("a pattern").is_match(&one), "{one}");
    }
}
