//! A request as the reference reads it.

use crate::support::percent::percent_decode;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::world::Mapping;

/// One request, whole.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path, as written.
    pub(crate) path: String,
    /// What follows the first `?`, as written.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The mappings as they were when the request arrived, for a defect that works on them too
    /// late.
    pub(crate) earlier: Option<Arc<BTreeMap<String, Mapping>>>,
    /// How many other requests were being answered when this one arrived.
    pub(crate) others: usize,
}

impl Call {
    pub(crate) fn new(request: http::Request<Bytes>) -> Self {
        let (head, body) = request.into_parts();
        Self {
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            method: head.method,
            headers: head.headers,
            body,
            earlier: None,
            others: 0,
        }
    }

    /// The first value of a header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The region in the credential scope of the Authorization header.
    pub(crate) fn region(&self) -> Option<&str> {
        let (_, scope) = self.header("authorization")?.split_once("Credential=")?;
        let region = scope.split(',').next()?.split('/').nth(2)?;
        (!region.is_empty()
            && region
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .then_some(region)
    }

    /// The segments of the path after the leading slash, each percent-decoded once.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .strip_prefix('/')
            .unwrap_or(&self.path)
            .split('/')
            .map(percent_decode)
            .collect()
    }

    /// A parameter of the query string, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        Form::read(&self.query).take(name)
    }

    /// The parameters of the query protocol: of the query string, then of the body.
    pub(crate) fn form(&self) -> Form {
        let mut form = Form::read(&self.query);
        form.0
            .append(&mut Form::read(&String::from_utf8_lossy(&self.body)).0);
        form
    }

    /// Whether the sender shows that it speaks JSON.
    pub(crate) fn asks_for_json(&self) -> bool {
        ["accept", "content-type"].iter().any(|name| {
            self.header(name)
                .is_some_and(|value| value.contains("json"))
        })
    }
}

/// Decoded `name=value` pairs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                percent_decode(&name.replace('+', " ")),
                percent_decode(&value.replace('+', " ")),
            )
        });
        Self(pairs.collect())
    }

    /// The first value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    fn take(self, name: &str) -> Option<String> {
        self.0.into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// `(Name, Value)` of every `{prefix}.N.Name` with its `{prefix}.N.Value`.
    pub(crate) fn entries(&self, prefix: &str) -> Vec<(String, String)> {
        (1..=self.0.len())
            .filter_map(|n| {
                let name = self.get(&format!("{prefix}.{n}.Name"))?;
                let value = self.get(&format!("{prefix}.{n}.Value"))?;
                Some((name.to_owned(), value.to_owned()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::support::percent::percent_decode;

    #[test]
    fn percent_decoding_is_total() {
        for (text, expect) in [
            ("", ""),
            ("a%41", "aA"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%2541", "%41"),
            ("%+1", "%+1"),
            ("é%", "é%"),
        ] {
            assert_eq!(percent_decode(text), expect);
        }

        assert_eq!(percent_decode("%ff"), "\u{fffd}");
    }
}
