//! A reproduction as a Hurl file: <https://hurl.dev>.

use std::fmt::Write as _;

use super::{Check, Reproduction, Step, Then};
use crate::contract::StatusMatch;
use crate::judge::Symptom;
use crate::plan::case::{BodyDraft, PathDraft};
use crate::plan::fixture::Capture;
use crate::report::curl::{CurlTarget, variable};
use crate::report::shell::word;
use crate::support::sink::source::{comment, hurl as quoted, hurl_within as escaped};
use crate::support::template::{Part, names, parts};

/// So long a text is written out where Hurl has no word for its repetition.
const WRITTEN_OUT: usize = 4096;

/// The file. `None`: Hurl has no words for it, such as a header of ours or a changed name.
pub(super) fn file(of: &Reproduction, at: Option<&CurlTarget>) -> Option<String> {
    let name = of.name();
    let mut text: String = of
        .told()
        .iter()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n")
        .collect();
    let url = at.map_or("http://127.0.0.1:5000", |at| at.url.as_str());
    let _ = writeln!(
        text,
        "#\n#   hurl --test --continue-on-error --variable {} --variable run=$RANDOM {name}.hurl\n#\n\
         # It fails while the finding shows. With --continue-on-error what was made is removed all the same.",
        word(&format!("endpoint={url}"))
    );
    let hurl = Hurl {
        at,
        region: of.given.get("region").unwrap_or_default(),
        of,
    };
    for step in of.preparing() {
        hurl.entry(&step, &mut text)?;
    }
    let (last, first) = of.steps.split_last()?;
    for step in first {
        hurl.entry(step, &mut text)?;
    }
    hurl.request(last, None, &mut text)?;
    text.push_str(&asserts(of, &hurl)?);
    for step in of.undoing() {
        hurl.entry(&step, &mut text)?;
    }
    Some(text)
}

struct Hurl<'a> {
    at: Option<&'a CurlTarget>,
    region: &'a str,
    of: &'a Reproduction,
}

impl Hurl<'_> {
    /// A step before or after the one that shows the finding.
    fn entry(&self, step: &Step, text: &mut String) -> Option<()> {
        let again = matches!(step.then, Then::While { .. } | Then::UntilRefused);
        self.request(
            step,
            again.then_some("retry: 120\nretry-interval: 250ms"),
            text,
        )?;

        text.push_str("HTTP *\n");
        let accepted = "[Asserts]\nstatus >= 200\nstatus < 300\n";
        match &step.then {
            Then::Go => {}
            Then::Accepted => text.push_str(accepted),
            Then::UntilRefused => text.push_str("[Asserts]\nstatus >= 300\n"),
            Then::While { json, values } => {
                text.push_str("[Asserts]\n");
                for value in values {
                    let _ = writeln!(
                        text,
                        "jsonpath {} != {}",
                        quoted(&self.path(json)),
                        quoted(value)
                    );
                }
            }
        }

        if !step.capture.is_empty() || step.keep.is_some() {
            let asserts = text.split_off(
                text.len()
                    - if step.then == Then::Accepted {
                        accepted.len()
                    } else {
                        0
                    },
            );
            text.push_str("[Captures]\n");
            for (name, how) in &step.capture {
                let segment = self.segment(name);
                let _ = match how {
                    Capture::Json(pointer) => {
                        writeln!(
                            text,
                            "{name}: jsonpath {}{segment}",
                            quoted(&self.path(pointer))
                        )
                    }
                    Capture::Text(regex) => writeln!(
                        text,
                        "{name}: body regex {}{segment}",
                        quoted(regex.as_str())
                    ),
                };
            }
            if let Some(member) = &step.keep {
                let _ = writeln!(text, "kept: jsonpath {}", quoted(&member_path(member)));
            }
            text.push_str(&asserts);
        }

        Some(())
    }

    /// The request of a step, up to its answer.
    fn request(&self, step: &Step, options: Option<&str>, text: &mut String) -> Option<()> {
        let draft = &step.draft;
        if draft
            .raw
            .is_some_and(|framing| framing != crate::wire::exchange::Framing::Length)
            || !draft.method.bytes().all(|b| b.is_ascii_uppercase())
        {
            return None;
        }
        let PathDraft::Exact(path) = &draft.path else {
            return None;
        };
        let path = self.filled(path, |text| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&b);
            text.bytes().all(plain).then(|| text.to_owned())
        })?;

        let _ = writeln!(text, "\n# {}", comment(&step.says));
        let _ = writeln!(text, "{} {{{{endpoint}}}}{path}", draft.method);
        let mut typed = false;
        for (name, value) in &draft.headers {
            typed |= name.eq_ignore_ascii_case("content-type");
            let plain = |text: &str| {
                (!text.contains(['\n', '\r', '#', '\\', '{'])).then(|| text.to_owned())
            };
            let _ = writeln!(text, "{name}: {}", self.filled(value, plain)?);
        }

        if draft.raw.is_some() && !typed && draft.body != BodyDraft::None {
            return None;
        }
        for name in self.at.iter().flat_map(|at| &at.headers) {
            let _ = writeln!(text, "{name}: {{{{{}}}}}", variable(name));
        }
        let signs = self.at.is_some_and(|at| at.signs);

        if !signs {
            let scope = format!(
                "test/20260101/{}/{}/aws4_request",
                self.region, step.service
            );
            let _ = writeln!(
                text,
                "authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"
            );
        }

        let mut all: Vec<String> = options.map(str::to_owned).into_iter().collect();
        if signs {
            all.push(format!(
                "aws-sigv4: aws:amz:{}:{}",
                self.region, step.service
            ));
            all.push("user: {{AWS_ACCESS_KEY_ID}}:{{AWS_SECRET_ACCESS_KEY}}".to_owned());
        }

        if draft.raw.is_some() {
            all.push("path-as-is: true".to_owned());
        }
        if !all.is_empty() {
            let _ = writeln!(text, "[Options]\n{}", all.join("\n"));
        }

        match &draft.body {
            BodyDraft::None => {}
            BodyDraft::Text(template) => {
                let _ = writeln!(
                    text,
                    "`{}`",
                    self.filled(template, |text| Some(escaped(text, '`')))?
                );
            }
            BodyDraft::Bytes(bytes) => {
                let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                let _ = writeln!(text, "hex,{hex};");
            }
        }

        Some(())
    }

    /// A template with the names as variables of Hurl.
    fn filled(&self, template: &str, literal: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut all = String::new();
        for part in parts(template) {
            match part.ok()? {
                Part::Text(text) if text.contains("{{") => return None,
                Part::Text(text) => all.push_str(&literal(text)?),
                Part::Name(name) => all.push_str(&self.name(name)?),
                Part::Repeat { count, text } if count * text.len() <= WRITTEN_OUT => {
                    all.push_str(&literal(&text.repeat(count))?);
                }
                Part::Repeat { .. } | Part::Changed { .. } => return None,
            }
        }

        Some(all)
    }

    /// A variable, or the text that stands for what the target does not offer.
    fn name(&self, name: &str) -> Option<String> {
        let captured = self
            .of
            .preparing()
            .iter()
            .chain(&self.of.steps)
            .any(|s| s.capture.iter().any(|(n, _)| n == name));

        if captured || name == "run" {
            return Some(format!("{{{{{name}}}}}"));
        }
        if let Some((_, template)) = self.of.otherwise().into_iter().find(|(n, _)| *n == name) {
            return self.filled(template, |text| Some(text.to_owned()));
        }
        self.of.given.get(name).map(str::to_owned)
    }

    /// What keeps a value from being captured that is not one segment of a path, where it is put
    /// into one: Hurl encodes none.
    fn segment(&self, name: &str) -> &'static str {
        let all = self
            .of
            .preparing()
            .into_iter()
            .chain(self.of.steps.iter().cloned())
            .chain(self.of.undoing());

        let mut paths = all.map(|step| step.draft.path);
        let is_put = paths.any(|path| match path {
            PathDraft::Exact(path) => names(&path).is_ok_and(|names| names.contains(&name)),
            PathDraft::Labels { .. } => false,
        });

        if is_put {
            " regex \"^([0-9A-Za-z_~-][0-9A-Za-z._~-]*)$\""
        } else {
            ""
        }
    }

    fn path(&self, pointer: &str) -> String {
        pointer
            .split('/')
            .skip(1)
            .fold("$".to_owned(), |path, part| format!("{path}['{part}']"))
    }
}

/// What must hold of the last answer.
fn asserts(of: &Reproduction, hurl: &Hurl<'_>) -> Option<String> {
    let path = |name: &str| format!("jsonpath {}", quoted(&member_path(name)));
    let one_of = |values: &[String]| {
        let values: Vec<String> = values.iter().map(|v| regex(v)).collect();
        quoted(&format!("^({})$", values.join("|")))
    };
    let lines = match &of.check {
        Check::Answered => Vec::new(),
        Check::Accepted => vec!["status >= 200".to_owned(), "status < 300".to_owned()],
        Check::NotAccepted => vec!["status >= 300".to_owned()],
        Check::Status(status) => vec![format!("status == {status}")],
        Check::Refused(family) => refusal(of, family),
        Check::NotRefused(_) | Check::StatusOf(..) | Check::Typed | Check::Document => return None,
        Check::Media(known) => vec![format!(
            "header \"content-type\" matches {}",
            quoted(&format!(
                "(?i)^({})([ ;]|$)",
                known.iter().map(|v| regex(v)).collect::<Vec<_>>().join("|")
            ))
        )],
        Check::Plain => vec!["header \"content-encoding\" not exists".to_owned()],
        Check::Has(name) => vec![
            format!("{} exists", path(name)),
            format!("{} != null", path(name)),
        ],
        // An absent member and a null are told apart by nothing but this.
        Check::HasNot(name) => vec![format!(
            "body not matches {}",
            quoted(&format!("\"{name}\" *: *[^n ]"))
        )],
        Check::Is(name, template) => {
            // A text is written in JSON, whose escapes are not all those of Hurl.
            let value = match serde_json::from_str::<String>(template) {
                Ok(inner) => format!(
                    "\"{}\"",
                    hurl.filled(&inner, |text| Some(escaped(text, '"')))?
                ),
                Err(_) if template.starts_with(['{', '[']) => return None,
                Err(_) => template.clone(),
            };
            vec![format!("{} == {value}", path(name))]
        }
        Check::EndsWith(name, template) => {
            let end = hurl.filled(template, |text| Some(escaped(text, '"')))?;
            vec![format!("{} endsWith \"{end}\"", path(name))]
        }
        Check::OneOf(name, values) => vec![format!("{} matches {}", path(name), one_of(values))],
        Check::NoneOf(name, values) => {
            vec![format!("{} not matches {}", path(name), one_of(values))]
        }
        Check::Type(name, kind) => {
            let word = match *kind {
                "boolean" => "isBoolean",
                "number" => "isNumber",
                "string" => "isString",
                "array" => "isList",
                _ => "isObject",
            };
            vec![format!("{} {word}", path(name))]
        }
        Check::Between(name, least, most) => {
            vec![
                format!("{} >= {least}", path(name)),
                format!("{} <= {most}", path(name)),
            ]
        }
        Check::Kept(name) => vec![format!("{} == {{{{kept}}}}", path(name))],
        Check::Entries {
            list,
            member,
            value,
            count,
        } => {
            let value = hurl.filled(value, |text| Some(text.to_owned()))?;
            let filter = format!("$['{list}'][?(@.{member}=='{value}')]");
            vec![format!("jsonpath \"{filter}\" count == {count}")]
        }
    };
    let mut text = String::from("HTTP *\n");
    // What the last step makes is to be removed as well.
    for (place, (name, how)) in of.steps.last()?.capture.iter().enumerate() {
        if let Capture::Json(pointer) = how {
            let head = if place == 0 { "[Captures]\n" } else { "" };
            let _ = writeln!(
                text,
                "{head}{name}: jsonpath {}{}",
                quoted(&hurl.path(pointer)),
                hurl.segment(name)
            );
        }
    }
    text.push_str("[Asserts]\nstatus < 500\n");
    lines
        .iter()
        .for_each(|line| text.extend([line.as_str(), "\n"]));
    Some(text)
}

/// The status of a refusal. Hurl has no word for `or`, and an error type may stand in two places:
/// it is looked for where the answer that showed the finding had it, and only where the finding is
/// about it.
fn refusal(of: &Reproduction, family: &[(StatusMatch, Option<String>)]) -> Vec<String> {
    let bounds = family.iter().map(|(status, _)| match status {
        StatusMatch::Exactly(status) => (*status, *status),
        StatusMatch::Class(class) => (class * 100, class * 100 + 99),
    });

    let (mut least, mut most) = (u16::MAX, 0);
    bounds.for_each(|(from, to)| (least, most) = (least.min(from), most.max(to)));
    let mut lines = match least == most {
        true => vec![format!("status == {least}")],
        false => vec![format!("status >= {least}"), format!("status <= {most}")],
    };

    let named: Option<Vec<String>> = family
        .iter()
        .map(|(_, name)| name.as_deref().map(regex))
        .collect();

    if let (Some(named), true) = (named, of.finding.symptom == Symptom::WrongRefusal) {
        let wanted = quoted(&format!("\\b({})\\b", named.join("|")));
        lines.push(match &of.type_header {
            Some(header) => format!("header {} matches {wanted}", quoted(header)),
            None => format!("body matches {wanted}"),
        });
    }

    lines
}

fn member_path(name: &str) -> String {
    format!("$['{name}']")
}

fn regex(text: &str) -> String {
    regex_syntax::escape(text)
}
