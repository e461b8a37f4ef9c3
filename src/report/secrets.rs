//! What no output may hold: credentials, and the values of headers that a flag adds.
//!
//! Requests are recorded without what signs them, and without those headers. But a target may say in its answer what it
//! was sent, so that every text that leaves is gone through.

use std::fmt;

use serde_json::Value;

use super::document::Report;

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Values that no output may hold.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Each in every form in which an answer may repeat it, the longest first.
    values: Vec<String>,
    /// Headers whose values are secret, in lower case.
    headers: Vec<String>,
}

/// A shorter value is a word like any other: a report without it could not be read.
const LEAST: usize = 8;

/// These headers are secret whatever they hold.
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token", "x-api-key"];

/// These are not, and their values stand in every request and answer.
const OPEN_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-encoding",
    "content-type",
    "host",
    "origin",
    "user-agent",
    "x-forwarded-host",
];

impl Secrets {
    /// These credentials, and the values of these headers.
    #[must_use]
    pub fn new<'a>(
        credentials: impl IntoIterator<Item = &'a str>,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut secrets = Self::default();
        for credential in credentials {
            // Emulators take the number of an account for a key, and it stands in every ARN.
            if !credential.bytes().all(|b| b.is_ascii_digit()) {
                secrets.add(credential);
            }
        }
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            if OPEN_HEADERS.contains(&name.as_str()) {
                continue;
            }
            secrets.headers.push(name);
            secrets.add(value);
            // Of `Bearer TOKEN` the token alone may be repeated.
            value.split_whitespace().filter(|word| *word != value).for_each(|word| secrets.add(word));
        }
        secrets.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        secrets.values.dedup();
        secrets
    }

    fn add(&mut self, value: &str) {
        if value.len() < LEAST {
            return;
        }
        let json = Value::from(value).to_string();
        let json = json.trim_matches('"');
        let forms = [
            value.to_owned(),
            json.to_owned(),
            json.replace('/', "\\/"),
            crate::case::percent_encode(value),
            crate::case::percent_encode(value).replace("%2F", "/"),
            xml(value),
        ];
        self.values.extend(forms);
    }

    /// The text without any of them. Every text that shows what a target answered goes through here.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = unsigned(text);
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), REDACTED);
            }
        }
        // What was shortened may end within one.
        if text.contains('…') {
            let parts: Vec<_> = text.split('…').map(|part| self.ending(part)).collect();
            return parts.join("…");
        }
        self.ending(&text).to_owned()
    }

    /// The bytes without any of them, also where they are no text.
    #[must_use]
    pub fn redact_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let parts = bytes.utf8_chunks();
        parts.flat_map(|part| [self.redact(part.valid()).as_bytes(), part.invalid()].concat()).collect()
    }

    /// The text without the beginning of a secret at its end.
    fn ending<'a>(&self, text: &'a str) -> &'a str {
        for value in &self.values {
            for length in (LEAST..value.len()).rev() {
                if let Some(rest) = value.get(..length).and_then(|beginning| text.strip_suffix(beginning)) {
                    return rest;
                }
            }
        }
        text
    }

    /// The value of a header that may be shown.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        if SECRET_HEADERS.contains(&name.as_str()) || self.headers.contains(&name) {
            return REDACTED.to_owned();
        }
        self.redact(value)
    }

    /// The report without any of them.
    #[must_use]
    pub fn redact_report(&self, report: Report) -> Report {
        let document = serde_json::to_value(&report).map(|document| self.document(document));
        // What was written from the form fits the form: only texts are other than they were.
        document.and_then(serde_json::from_value).unwrap_or(report)
    }

    /// The document without any of them, in whichever text of it they stand.
    #[must_use]
    pub fn document(&self, document: Value) -> Value {
        match document {
            Value::String(text) => Value::String(self.redact(&text)),
            Value::Array(items) => match items.as_slice() {
                // A header: its name and its value.
                [Value::String(name), Value::String(value)] => {
                    Value::Array(vec![self.redact(name).into(), self.header(name, value).into()])
                }
                _ => Value::Array(items.into_iter().map(|item| self.document(item)).collect()),
            },
            Value::Object(members) => {
                Value::Object(members.into_iter().map(|(key, value)| (key, self.document(value))).collect())
            }
            other => other,
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("headers", &self.headers).finish_non_exhaustive()
    }
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

/// The text without the signatures of requests: 64 digits after `Signature=`.
fn unsigned(text: &str) -> String {
    const MARK: &str = "Signature=";
    let mut parts = text.split(MARK);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(MARK);
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits == 64 {
            clean.push_str(REDACTED);
            clean.push_str(&part[digits..]);
        } else {
            clean.push_str(part);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(["AKIAFORTESTS0001", "secret/with+signs0001"], [("X-Api-Key", "Bearer tokentoken01")])
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(secrets().redact(text), expected);
    }

    #[test]
    fn values_are_found_in_every_form() {
        check("a AKIAFORTESTS0001/2026 b", "a [redacted]/2026 b");
        check("secret/with+signs0001", "[redacted]");
        check(r"secret\/with+signs0001", "[redacted]");
        check("secret%2Fwith%2Bsigns0001", "[redacted]");
        check("Bearer tokentoken01, tokentoken01", "[redacted], [redacted]");
        check(&format!("Signature={}, x", "0a".repeat(32)), "Signature=[redacted], x");
        check("Signature=00'", "Signature=00'");
        check("a AKIAFORTEST", "a ");
        check("a AKIAFORTEST… (70000 bytes)", "a … (70000 bytes)");
    }

    #[test]
    fn headers_are_found_by_name() {
        assert_eq!(secrets().header("Authorization", "x"), REDACTED);
        assert_eq!(secrets().header("x-api-key", "x"), REDACTED);
        assert_eq!(Secrets::default().header("X-Api-Key", "x"), REDACTED);
        assert_eq!(secrets().header("content-type", "x"), "x");
        let document = serde_json::json!({"headers": [["X-Amz-Security-Token", "x"], ["a", "b"]]});
        let expected = serde_json::json!({"headers": [["X-Amz-Security-Token", REDACTED], ["a", "b"]]});
        assert_eq!(secrets().document(document), expected);
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(secrets().redact_bytes(b"\xfftokentoken01\x00\xfe"), b"\xff[redacted]\x00\xfe");
        assert_eq!(secrets().redact_bytes(b"\xff\x00"), b"\xff\x00");
    }

    #[test]
    fn words_are_no_secrets() {
        let plain = Secrets::new(["test", "000000000000"], [("X-Debug", "on"), ("Accept", "application/json")]);
        for text in ["test on", "arn:aws:lambda:us-east-1:000000000000:function:f", "application/json"] {
            assert_eq!(plain.redact(text), text);
        }
    }
}
