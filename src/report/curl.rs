//! Requests as curl lines for a POSIX shell.
//!
//! Names that a fixture binds become shell variables, because what a run made is gone when its
//! report is read; `proofmark fixtures` makes it again and prints the variables. All else is
//! quoted: to the shell it is data.

use std::fmt::Write as _;

use super::sent::Sent;
use super::shell::{assignment, variable as shell_variable, word};
use super::shell_template::shell;
use crate::plan::case::{BodyDraft, Draft, PathDraft};
use crate::support::percent::{percent_encode, percent_encode_path};
use crate::support::template::{Bindings, Function, Part, pieces};
use crate::wire::exchange::Framing;

/// How curl lines reach and sign for a target.
#[derive(Clone, Debug)]
pub(crate) struct CurlTarget {
    /// The endpoint's URL, without a slash at its end.
    pub(crate) url: String,
    /// The region in the credential scope.
    pub(crate) region: String,
    /// Whether real credentials are in the environment: then curl signs with them.
    pub(crate) signs: bool,
    /// Whether the target answers requests that nobody signed.
    pub(crate) unsigned: bool,
    /// Whether these credentials are for a session, whose token is in the environment too.
    pub(crate) session: bool,
    /// Whether the environment names the authorities that the endpoint's certificate is of.
    pub(crate) bundle: bool,
    /// Names of headers that every request has. Their values may be secret: each stands as a shell
    /// variable.
    pub(crate) headers: Vec<String>,
}

impl CurlTarget {
    /// A target that takes the test credentials of emulators, and nothing of the environment.
    pub(crate) fn new(url: &str, region: &str) -> Self {
        Self {
            url: url.to_owned(),
            region: region.to_owned(),
            signs: false,
            unsigned: false,
            session: false,
            bundle: false,
            headers: Vec::new(),
        }
    }

    /// The curl line of a request.
    pub(crate) fn line(&self, draft: &Draft, service: &str) -> String {
        let body = Sent::of(&draft.body);
        let path = match &draft.path {
            PathDraft::Exact(template) => template.clone(),
            PathDraft::Labels { uri, labels } => labelled(uri, labels),
        };

        let mut line = body.before().unwrap_or_default();
        line.push_str("curl -sSi");
        if draft.raw.is_some() {
            line.push_str(" --path-as-is");
        }
        if globs(&self.url)
            || pieces(&path)
                .iter()
                .any(|p| matches!(p, Part::Text(text) if globs(text)))
        {
            line.push_str(" --globoff");
        }
        if self.bundle {
            line.push_str(" --cacert \"$AWS_CA_BUNDLE\"");
        }
        match draft.method.as_str() {
            "HEAD" => line.push_str(" --head"),
            // Those that curl takes by itself.
            "GET" if draft.body == BodyDraft::None => {}
            "POST" if draft.body != BodyDraft::None => {}
            method => {
                let _ = write!(line, " -X {}", word(method));
            }
        }
        let _ = write!(line, " {}{}", word(&self.url), shell(&path));
        line.push_str(&self.authorization(service));

        let typed = self.headers(draft, &mut line);
        if !matches!(draft.body, BodyDraft::None) {
            if !typed {
                // Without this curl would send a type of its own.
                line.push_str(" -H 'content-type:'");
            }
            if matches!(draft.raw, Some(Framing::Chunked(_))) {
                line.push_str(" -H 'transfer-encoding: chunked'");
            }
            line.push_str(&body.flag());
        }
        line
    }

    /// Adds the header fields, and says whether one of them is the content type.
    fn headers(&self, draft: &Draft, line: &mut String) -> bool {
        let mut typed = false;
        for (name, value) in &draft.headers {
            typed |= name.eq_ignore_ascii_case("content-type");
            let _ = write!(line, " -H {}", shell(&format!("{name}: {value}")));
        }

        for name in &self.headers {
            if !draft
                .headers
                .iter()
                .any(|(own, _)| own.eq_ignore_ascii_case(name))
            {
                typed |= name.eq_ignore_ascii_case("content-type");
                let _ = write!(line, " -H {}", with_variable(name));
            }
        }

        typed
    }

    fn authorization(&self, service: &str) -> String {
        // A service without a name in credential scopes takes no signature.
        if !service.is_empty() && (self.signs || !self.unsigned) {
            let (user, session) = match self.signs {
                true => (
                    "\"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"",
                    self.session,
                ),
                false => ("test:test", false),
            };
            let token = if session {
                " -H \"x-amz-security-token: $AWS_SESSION_TOKEN\""
            } else {
                ""
            };
            return format!(
                " --aws-sigv4 {} -u {user}{token}",
                word(&format!("aws:amz:{}:{service}", self.region))
            );
        }

        String::new()
    }
}

/// A header as one shell word, with a variable named after it in the place of its value.
pub(crate) fn with_variable(name: &str) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match plain {
        true => format!("\"{name}: ${{{}}}\"", variable(name)),
        false => format!("{}\"${{{}}}\"", word(&format!("{name}: ")), variable(name)),
    }
}

/// The variable that stands for the value of that header.
pub(crate) fn variable(name: &str) -> String {
    shell_variable(name).to_ascii_uppercase()
}

/// Shell assignments of bindings, each in a line of its own.
pub(crate) fn assignments(bindings: &Bindings) -> String {
    bindings
        .iter()
        .map(|(name, value)| assignment(name, value) + "\n")
        .collect()
}

/// The uri with its labels filled in by templates; what a template leaves literal is
/// percent-encoded.
pub(crate) fn labelled(uri: &str, labels: &indexmap::IndexMap<String, String>) -> String {
    let mut path = String::new();
    let mut rest = uri;
    while let Some((before, (name, tail))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        path.push_str(before);
        let plain = name.strip_suffix('+').unwrap_or(name);
        let encode = match plain.len() < name.len() {
            true => percent_encode_path,
            false => percent_encode,
        };
        match labels.get(plain) {
            Some(template) => path.push_str(&encoded(template, encode)),
            None => path.extend(["{", name, "}"]),
        }
        rest = tail;
    }

    path + rest
}

/// A label's template with its literal parts percent-encoded. A binding's value is an identifier of
/// the target's own, and needs none of it.
fn encoded(template: &str, encode: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for piece in pieces(template) {
        let _ = match piece {
            Part::Text(literal) => write!(text, "{}", encode(literal)),
            Part::Repeat {
                count: 1,
                text: literal,
            } => write!(text, "{}", encode(literal)),
            Part::Repeat {
                count,
                text: repeated,
            } => write!(text, "${{repeat {count} {}}}", encode(repeated)),
            Part::Name(name) => write!(text, "${{{name}}}"),
            // Its percent signs are encoded like any other.
            Part::Changed {
                function: Function::Encoded,
                name,
            } => write!(text, "${{encoded-twice {name}}}"),
            Part::Changed { function, name } => write!(text, "${{{} {name}}}", function.word()),
        };
    }

    text
}

/// Whether curl would take a text of a URL for more than one.
fn globs(text: &str) -> bool {
    text.contains(['[', ']', '{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_keeps_its_slashes() {
        let label = |value: &str| [("Key".to_owned(), value.to_owned())].into_iter().collect();
        let path = labelled("/o/{Key+}?mode=whole", &label("a b/${run}"));
        assert_eq!(path, "/o/a%20b/${run}?mode=whole");
        assert_eq!(labelled("/o/{Key}", &label("a/b")), "/o/a%2Fb");
    }

    #[test]
    fn labels_are_encoded_around_names() {
        assert_eq!(encoded("${mapping}/", percent_encode), "${mapping}%2F");
        assert_eq!(encoded("a b${mapping}", percent_encode), "a%20b${mapping}");
        assert_eq!(encoded("${repeat 3 /}", percent_encode), "${repeat 3 %2F}");
        assert_eq!(
            encoded("${encoded mapping}", percent_encode),
            "${encoded-twice mapping}"
        );
        assert_eq!(encoded("${open", percent_encode), "%24%7Bopen");
    }

    #[test]
    fn whatever_names_the_target_is_quoted() {
        let target = CurlTarget {
            signs: true,
            headers: vec!["X-`id`".to_owned()],
            ..CurlTarget::new("http://127.0.0.1:1/it's$(id)[1-9]", "us'$(id)")
        };
        let draft = Draft {
            method: "G'T".to_owned(),
            path: PathDraft::Exact("/${x:-$(id)}".to_owned()),
            headers: Vec::new(),
            body: BodyDraft::None,
            raw: None,
        };
        assert_eq!(
            target.line(&draft, "lambda"),
            "curl -sSi --globoff -X 'G'\\''T' 'http://127.0.0.1:1/it'\\''s$(id)[1-9]'/\"${x____id_}\" --aws-sigv4 \
             'aws:amz:us'\\''$(id):lambda' -u \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" -H 'X-`id`: '\"${X__ID_}\""
        );
    }

    #[test]
    fn headers_that_a_flag_adds_are_variables() {
        assert_eq!(with_variable("X-Api-Key"), "\"X-Api-Key: ${X_API_KEY}\"");
        assert_eq!(with_variable("1st"), "\"1st: ${_1ST}\"");
    }
}
