//! Requests as curl lines for a POSIX shell.
//!
//! Names that a fixture binds become shell variables, because what a run made is gone when its report is read;
//! `proofmark fixtures` makes it again and prints the variables.

use std::fmt::Write as _;

use crate::binding::{Bindings, Function, Part, parts};
use crate::case::{BodyDraft, Draft, PathDraft};
use crate::exchange::Framing;

/// How curl lines reach and sign for a target.
#[derive(Clone, Debug)]
pub struct CurlTarget {
    /// The endpoint's URL, without a slash at its end.
    pub url: String,
    /// The region in the credential scope.
    pub region: String,
    /// Whether real credentials are in the environment: then curl signs with them.
    pub signs: bool,
    /// Whether these credentials are for a session, whose token is in the environment too.
    pub session: bool,
    /// Whether the environment names the authorities that the endpoint's certificate is of.
    pub bundle: bool,
    /// Names of headers that every request has. Their values may be secret: each stands as a shell variable.
    pub headers: Vec<String>,
}

impl CurlTarget {
    /// The curl line of a request.
    #[must_use]
    pub fn line(&self, draft: &Draft, service: &str) -> String {
        let mut line = match &draft.body {
            BodyDraft::Text(template) if is_long(template) => format!("printf %s {} | curl -sS -i", shell(template)),
            _ => String::from("curl -sS -i"),
        };
        let path = match &draft.path {
            PathDraft::Exact(template) => shell(template),
            PathDraft::Labels { uri, labels } => shell(&labelled(uri, labels)),
        };
        if draft.raw.is_some() {
            line.push_str(" --path-as-is");
        }
        if self.bundle {
            line.push_str(" --cacert \"$AWS_CA_BUNDLE\"");
        }
        match draft.method.as_str() {
            "HEAD" => line.push_str(" --head"),
            method => {
                let _ = write!(line, " -X {}", quoted(method));
            }
        }
        let _ = write!(line, " {}{path} {}", quoted(&self.url), self.authorization(service));
        let mut typed = false;
        for (name, value) in &draft.headers {
            typed |= name.eq_ignore_ascii_case("content-type");
            let _ = write!(line, " -H {}", shell(&format!("{name}: {value}")));
        }
        for name in &self.headers {
            if !draft.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
                typed |= name.eq_ignore_ascii_case("content-type");
                let _ = write!(line, " -H {}", with_variable(name));
            }
        }
        match &draft.body {
            BodyDraft::None => {}
            body => {
                if !typed {
                    // Without this curl would send a type of its own.
                    line.push_str(" -H 'content-type:'");
                }
                if matches!(draft.raw, Some(Framing::Chunked(_))) {
                    line.push_str(" -H 'transfer-encoding: chunked'");
                }
                let _ = match body {
                    BodyDraft::Text(template) if is_long(template) => write!(line, " --data-binary @-"),
                    BodyDraft::Text(template) => write!(line, " --data-binary {}", shell(template)),
                    BodyDraft::Bytes(bytes) => write!(line, " --data-binary $'{}'", escaped(bytes)),
                    BodyDraft::None => Ok(()),
                };
            }
        }
        line
    }

    fn authorization(&self, service: &str) -> String {
        if self.signs {
            let token = if self.session { " -H \"x-amz-security-token: $AWS_SESSION_TOKEN\"" } else { "" };
            return format!(
                "--aws-sigv4 aws:amz:{}:{service} --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"{token}",
                self.region
            );
        }
        let scope = format!("test/20260101/{}/{service}/aws4_request", self.region);
        format!("-H 'authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00'")
    }
}

/// A header as one shell word, with a variable named after it in the place of its value.
#[must_use]
pub fn with_variable(name: &str) -> String {
    format!("\"{name}: ${{{}}}\"", variable(name))
}

/// The variable that stands for the value of that header.
#[must_use]
pub fn variable(name: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let variable: String = name.chars().map(upper).collect();
    let digit = if variable.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    format!("{digit}{variable}")
}

/// Shell assignments of bindings.
#[must_use]
pub fn assignments(bindings: &Bindings) -> String {
    let mut text = String::new();
    for (name, value) in bindings.iter() {
        let _ = writeln!(text, "{name}={}", quoted(value));
    }
    text
}

/// The uri with its labels filled in by templates; what a template leaves literal is percent-encoded.
pub(crate) fn labelled(uri: &str, labels: &indexmap::IndexMap<String, String>) -> String {
    let mut path = uri.to_owned();
    for (name, template) in labels {
        path = path.replace(&format!("{{{name}}}"), &encoded(template));
    }
    path
}

/// A label's template with its literal parts percent-encoded. A binding's value is an identifier of the target's own, and
/// needs none of it.
fn encoded(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((literal, name, tail)) = rest.split_once("${").and_then(|(literal, tail)| {
        let (name, tail) = tail.split_once('}')?;
        Some((literal, name, tail))
    }) {
        text.push_str(&crate::case::percent_encode(literal));
        let _ = match (name.strip_prefix("repeat ").and_then(|r| r.split_once(' ')), Function::of(name)) {
            (Some((count, repeated)), _) => {
                write!(text, "${{repeat {count} {}}}", crate::case::percent_encode(repeated))
            }
            // Its percent signs are encoded like any other.
            (None, Some((Function::Encoded, name))) => write!(text, "${{encoded-twice {name}}}"),
            (None, _) => write!(text, "${{{name}}}"),
        };
        rest = tail;
    }
    text.push_str(&crate::case::percent_encode(rest));
    text
}

/// Whether a template is too long for an argument of a command: Linux takes 128 KiB. What a name stands for is short.
fn is_long(template: &str) -> bool {
    const MOST: usize = 1 << 16;
    let length = |part| match part {
        Part::Text(text) => text.len(),
        Part::Repeat { count, text } => text.len().saturating_mul(count),
        Part::Name(_) | Part::Changed { .. } => 0,
    };
    parts(template).flatten().map(length).fold(0, usize::saturating_add) > MOST
}

/// A template as one shell word: literal parts in single quotes, names as variables in double quotes.
pub(crate) fn shell(template: &str) -> String {
    let mut word = String::new();
    let mut literal = String::new();
    let mut rest = template;
    let flush = |literal: &mut String, word: &mut String| {
        if !literal.is_empty() {
            word.push_str(&quoted(literal));
            literal.clear();
        }
    };
    while let Some(start) = rest.find("${") {
        literal.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { break };
        let inside = &rest[start + 2..start + end];
        match inside.strip_prefix("repeat ").and_then(|r| r.split_once(' ')) {
            Some((count, text)) => {
                flush(&mut literal, &mut word);
                let _ = write!(
                    word,
                    "\"$(printf {}'%.0s' $(seq {count}))\"",
                    quoted(&text.replace('%', "%%").replace('\\', "\\\\"))
                );
            }
            None => {
                flush(&mut literal, &mut word);
                let _ = match Function::of(inside) {
                    Some((function, name)) => write!(word, "\"$(printf %s \"${{{name}}}\" | {})\"", filter(function)),
                    None => write!(word, "\"${{{inside}}}\""),
                };
            }
        }
        rest = &rest[start + end + 1..];
    }
    literal.push_str(rest);
    flush(&mut literal, &mut word);
    if word.is_empty() { "''".to_owned() } else { word }
}

/// The shell command that does to its input what the function does.
fn filter(function: Function) -> &'static str {
    match function {
        Function::Upper => "tr '[:lower:]' '[:upper:]'",
        Function::Cut => "sed 's/.$//'",
        Function::Undashed => "tr -d -",
        Function::Encoded => "od -An -v -tx1 | tr -d '\\n' | sed 's/ /%/g' | tr a-f A-F",
        Function::EncodedTwice => "od -An -v -tx1 | tr -d '\\n' | sed 's/ /%25/g' | tr a-f A-F",
    }
}

/// Text in single quotes; control characters in the `$'…'` form that bash, zsh and ksh share.
fn quoted(text: &str) -> String {
    if text.chars().any(|c| c.is_control()) {
        return format!("$'{}'", escaped(text.as_bytes()));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\'' => text.push_str("\\'"),
            b'\\' => text.push_str("\\\\"),
            0x20..=0x7e => text.push(char::from(*byte)),
            other => {
                let _ = write!(text, "\\x{other:02x}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expect: &str) {
        assert_eq!(shell(template), expect);
    }

    #[test]
    fn labels_are_encoded_around_names() {
        assert_eq!(encoded("${mapping}/"), "${mapping}%2F");
        assert_eq!(encoded("a b${mapping}"), "a%20b${mapping}");
        assert_eq!(encoded("${repeat 3 /}"), "${repeat 3 %2F}");
        assert_eq!(encoded("${encoded mapping}"), "${encoded-twice mapping}");
        assert_eq!(encoded("${open"), "%24%7Bopen");
    }

    #[test]
    fn a_body_that_is_no_argument_comes_from_a_pipe() {
        assert!(
            !is_long("${repeat 65536 a}") && is_long("${repeat 65537 a}") && is_long("[${repeat 32768 ab}]${name}")
        );
    }

    #[test]
    fn headers_that_a_flag_adds_are_variables() {
        assert_eq!(with_variable("X-Api-Key"), "\"X-Api-Key: ${X_API_KEY}\"");
        assert_eq!(with_variable("1st"), "\"1st: ${_1ST}\"");
    }

    #[test]
    fn templates_become_one_word() {
        check("", "''");
        check("/a/${mapping}", "/a/\"${mapping}\"");
        check(r#"{"FunctionName": "${function}:$LATEST"}"#, r#"'{"FunctionName": "'"${function}"':$LATEST"}'"#);
        check("/${undashed mapping}", "/\"$(printf %s \"${mapping}\" | tr -d -)\"");
        check("it's", r"'it'\''s'");
        check("a\nb", r"$'a\x0ab'");
        check("x${repeat 3 ab}", "x\"$(printf ab'%.0s' $(seq 3))\"");
    }
}
