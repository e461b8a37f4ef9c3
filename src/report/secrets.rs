//! What no output may hold: credentials, and the values of headers that a flag adds.
//!
//! Requests are recorded without what signs them, and without those headers. But a target may say
//! in its answer what it was sent, so that every text that stems from one is gone through. In a
//! document these are its values alone: words that a reader knows, and what we say ourselves, stay
//! as they are, so that a secret which is a part of one breaks no form.

mod forms;

use std::fmt;

use super::document::{Body, Report, ReportedCase, ReportedFinding, Run, Texts};
use forms::Forms;

/// What stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Values that no output may hold.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// As they are.
    values: Vec<String>,
    /// In every form in which an answer may repeat them.
    forms: Forms,
    /// Headers whose values are secret, in lower case.
    headers: Vec<String>,
}

/// Takes secrets out of the values of a document.
struct Redacting<'a>(&'a Secrets);

/// A shorter value is a word like any other: a report without it could not be read.
const LEAST: usize = 8;

/// These headers are secret whatever they hold.
const SECRET_HEADERS: [&str; 6] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-amz-security-token",
    "x-api-key",
];

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
    pub(crate) fn new<'a>(
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
            value
                .split_whitespace()
                .filter(|word| *word != value)
                .for_each(|word| secrets.add(word));
        }

        secrets.forms = Forms::of(secrets.values.iter().map(String::as_str), LEAST);
        secrets
    }

    fn add(&mut self, value: &str) {
        if value.len() >= LEAST && !self.values.iter().any(|known| known == value) {
            self.values.push(value.to_owned());
        }
    }

    /// These and those of others.
    pub(crate) fn with(&self, others: &Self) -> Self {
        let mut all = self.clone();
        others.values.iter().for_each(|value| all.add(value));
        all.headers.extend(others.headers.iter().cloned());
        all.forms = Forms::of(all.values.iter().map(String::as_str), LEAST);
        all
    }

    /// The text without any of them. Every text that shows what a target answered goes through
    /// here.
    pub(crate) fn redact(&self, text: &str) -> String {
        let text = unsigned(text);
        let mut clean = String::with_capacity(text.len());
        let mut end = 0;
        for found in self.forms.find(&text) {
            clean.push_str(text.get(end..found.place.start).unwrap_or_default());
            // The beginning of one is left out: that there was one shows where the text was
            // shortened.
            if found.whole {
                clean.push_str(REDACTED);
            }
            end = found.place.end;
        }

        clean.push_str(text.get(end..).unwrap_or_default());
        clean
    }

    /// The bytes without any of them, also where they are no text.
    pub(crate) fn redact_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let parts = bytes.utf8_chunks();
        parts
            .flat_map(|part| [self.redact(part.valid()).as_bytes(), part.invalid()].concat())
            .collect()
    }

    /// The value of a header that may be shown.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        if SECRET_HEADERS.contains(&name.as_str()) || self.headers.contains(&name) {
            return REDACTED.to_owned();
        }
        self.redact(value)
    }

    /// The report without any of them.
    pub(crate) fn redact_report(&self, mut report: Report) -> Report {
        report.each(&mut Redacting(self));
        report
    }

    /// The finding without any of them.
    pub(super) fn redact_finding(&self, mut finding: ReportedFinding) -> ReportedFinding {
        finding.each(&mut Redacting(self));
        finding
    }

    /// The case without any of them.
    pub(super) fn redact_case(&self, mut case: ReportedCase) -> ReportedCase {
        case.each(&mut Redacting(self));
        case
    }

    /// What is said of a run without any of them.
    pub(super) fn redact_run(&self, mut run: Run) -> Run {
        run.each(&mut Redacting(self));
        run
    }
}

impl Texts for Redacting<'_> {
    fn value(&mut self, text: &mut String) {
        *text = self.0.redact(text);
    }

    fn header(&mut self, name: &mut String, value: &mut String) {
        *value = self.0.header(name, value);
        *name = self.0.redact(name);
    }

    fn body(&mut self, body: &mut Body) {
        if let Some(text) = &mut body.text {
            self.value(text);
        }
        if let Some(hex) = &mut body.hex {
            // Escapes are bytes here too.
            let bytes: Option<Vec<u8>> = hex
                .as_bytes()
                .chunks(2)
                .map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
                .collect();
            *hex = match bytes {
                Some(bytes) => self
                    .0
                    .redact_bytes(&bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
                None => self.0.redact(hex),
            };
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
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
        Secrets::new(
            ["AKIAFORTESTS0001", "secret/with+signs0001"],
            [("X-Api-Key", "Bearer tokentoken01")],
        )
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
        check(
            "Bearer tokentoken01, tokentoken01",
            "[redacted], [redacted]",
        );
        check(
            &format!("Signature={}, x", "0a".repeat(32)),
            "Signature=[redacted], x",
        );
        check("Signature=00'", "Signature=00'");
        check(
            "secret%252fwith%252bsigns0001 Secret/With+Signs0001",
            "[redacted] [redacted]",
        );
        check(
            r"secret\u002fwith\u002Bsigns0001 secret&#x2f;with&#43;signs0001",
            "[redacted] [redacted]",
        );
        check(
            "x AKIAFORTESTSAKIAFORTESTS0001AKIA",
            "x AKIAFORTESTS[redacted]AKIA",
        );
        check("a AKIAFORTEST", "a ");
        check("a AKIAFORTEST… (70000 bytes)", "a … (70000 bytes)");
        check(r"a \u0041KIAFORTEST\u00… b", "a … b");
        check("a AKIAFORTEST%4", "a ");
    }

    #[test]
    fn digits_that_hold_a_secret_are_found_wherever_it_begins() {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE};
        for around in ["", "a", "ab", "abc", "::"] {
            let text = format!("{around}secret/with+signs0001{around}");
            let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
            for digits in [STANDARD.encode(&text), URL_SAFE.encode(&text), hex] {
                let clean = secrets().redact(&format!("key={digits}."));
                assert!(clean.contains(REDACTED), "{around}: {digits} -> {clean}");
                // What is left is too little to tell anything.
                assert!(
                    clean.len() <= "key=[redacted].".len() + 4 * around.len() + 4,
                    "{around}: {clean}"
                );
            }
        }
    }

    #[test]
    fn headers_are_found_by_name() {
        assert_eq!(secrets().header("Authorization", "x"), REDACTED);
        assert_eq!(secrets().header("x-api-key", "x"), REDACTED);
        assert_eq!(Secrets::default().header("X-Api-Key", "x"), REDACTED);
        assert_eq!(secrets().header("content-type", "x"), "x");
        let mut header = ("X-Amz-Security-Token".to_owned(), "x".to_owned());
        Redacting(&secrets()).header(&mut header.0, &mut header.1);
        assert_eq!(
            header,
            ("X-Amz-Security-Token".to_owned(), REDACTED.to_owned())
        );
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(
            secrets().redact_bytes(b"\xfftokentoken01\x00\xfe"),
            b"\xff[redacted]\x00\xfe"
        );
        assert_eq!(secrets().redact_bytes(b"\xff\x00"), b"\xff\x00");
    }

    #[test]
    fn words_are_no_secrets() {
        let plain = Secrets::new(
            ["test", "000000000000"],
            [("X-Debug", "on"), ("Accept", "application/json")],
        );
        for text in [
            "test on",
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "application/json",
        ] {
            assert_eq!(plain.redact(text), text);
        }
    }
}
