//! Carrying out curl lines, and holding what they got against the answer that shows a finding.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::plan::Plan;
use crate::report::Found;
use crate::report::document::{ReportedAnswer, ReportedFinding};
use crate::report::reproducer::{Check, reproduction};
use crate::support::template::Bindings;
use crate::wire::exchange::{self, Exchange, Request, Wire};
use regex::Regex;
use serde_json::Value;

/// What the last of the lines got, and those sent at the same time as it.
pub(super) struct Got {
    /// The exit code of the last one.
    code: i32,
    answers: Vec<Answer>,
    error: String,
    bytes: usize,
}

struct Answer {
    status: String,
    /// In lower case, without the line on the status.
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// What the last answer must be where the finding does not show, as the reproducers have it.
pub(super) struct Condition<'a> {
    plan: &'a Plan,
    check: Check,
    bindings: Bindings,
}

impl<'a> Condition<'a> {
    /// `None`: it is about more than one answer.
    pub(super) fn of(plan: &'a Plan, found: &Found, made: &Bindings) -> Option<Self> {
        let check = reproduction(plan, found).ok()?.check;
        let mut bindings = made.clone();
        // In the lines the names of one variant have its name before them.
        let prefix = found.shown_by(plan).and_then(|case| case.variant.prefix());
        let of_variant = made
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(prefix.as_deref()?)?, value)));
        of_variant.for_each(|(name, value)| bindings.set(name, value));
        (!matches!(check, Check::Kept(_))).then_some(Self {
            plan,
            check,
            bindings,
        })
    }

    /// Whether an answer shows the finding.
    fn shown_by(&self, got: &Answer) -> bool {
        let request = Request {
            method: String::new(),
            path: String::new(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: String::new(),
            wire: Wire::Client,
        };
        let headers = got
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let status = got.status.parse().unwrap_or_default();
        let answer = exchange::Answer {
            status,
            headers,
            body: got.body.clone().into(),
        };
        let exchange = Exchange {
            request: request.into(),
            outcome: Ok(answer),
            elapsed: Duration::ZERO,
            throttled: 0,
        };
        !self
            .check
            .holds(&self.plan.service, &exchange, &self.bindings, None)
    }
}

/// A folder that is gone when this is.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "curl-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        // A server that never answers must not hang the test.
        std::fs::write(path.join(".curlrc"), "max-time = 3\nnoproxy = \"*\"\n").expect("a file");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Bash carries out the lines, with those assignments.
pub(super) fn carried_out(assignments: &str, lines: &[String]) -> Got {
    let folder = Folder::new();
    // Those at the end that are sent at the same time count alike.
    let together = lines
        .iter()
        .rev()
        .take_while(|l| l.ends_with(" &"))
        .count()
        .max(1);
    let before = lines.len() - together.min(lines.len());
    let mut script = format!("set -u\n{assignments}");
    for (number, line) in lines.iter().enumerate() {
        let (line, aside) = line
            .strip_suffix(" &")
            .map_or((line.as_str(), ""), |line| (line, " &"));
        script += &match number < before {
            true => format!("{{ {line}; }} > /dev/null 2> early-{number}{aside}\n"),
            // As the report says: a read is sent again while it shows a transition.
            false if line.contains(" -X GET ") => format!(
                "for _ in $(seq 12); do\n{{ {line}; }} > out-{number} 2> err-{number}\ncode=$?\n\
                 grep -qE '\"State\" *: *\"(Creating|Enabling|Disabling|Updating|Deleting)\"' out-{number} || break\n\
                 sleep 0.1\ndone\n(exit $code)\n"
            ),
            false => format!("{{ {line}; }} > out-{number} 2> err-{number}{aside}\n"),
        };
    }
    script += "code=$?\nwait\nexit $code\n";
    let mut command = Command::new("bash");
    command
        .args(["-c", &script])
        .current_dir(&folder.0)
        .env("CURL_HOME", &folder.0);
    let output = command.output().expect("bash");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.is_empty(), "{error}\n{script}");
    let mut got = Got {
        code: output.status.code().unwrap_or(-1),
        answers: Vec::new(),
        error: String::new(),
        bytes: 0,
    };
    for number in before..lines.len() {
        let read = |name: &str| {
            std::fs::read(folder.0.join(format!("{name}-{number}"))).unwrap_or_default()
        };
        let (out, err) = (read("out"), read("err"));
        // A line that keeps the identity in a variable shows the answer on the other stream.
        let bytes = if out.is_empty() { &err } else { &out };
        got.bytes = bytes.len();
        got.answers.extend(answer(bytes));
        got.error += &String::from_utf8_lossy(&err);
    }
    assert!(
        !got.error.contains("unbound variable") && !got.error.contains("syntax error"),
        "{}",
        got.error
    );
    got
}

/// The last answer that curl showed; what comes before it is "100 Continue".
fn answer(bytes: &[u8]) -> Option<Answer> {
    let mut rest = bytes;
    loop {
        let end = rest.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines
            .next()?
            .strip_prefix("HTTP/1.1 ")?
            .chars()
            .take(3)
            .collect::<String>();
        rest = &rest[end + 4..];
        if status == "100" {
            continue;
        }
        let fields = lines.filter_map(|l| l.split_once(':'));
        let headers = fields
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        return Some(Answer {
            status,
            headers,
            body: rest.to_vec(),
        });
    }
}

/// What was got is not what shows the finding, and how; `None` if it is.
pub(super) fn differs(
    finding: &ReportedFinding,
    condition: Option<&Condition<'_>>,
    got: &Got,
) -> Option<String> {
    let shown = finding.shown_by.and_then(|at| finding.exchanges.get(at));
    let Some(shown) = shown else {
        return Some("no exchange shows it".to_owned());
    };
    match (&shown.answer, &shown.silence) {
        (Some(answer), _) => {
            let all: Vec<_> = got
                .answers
                .iter()
                .map(|a| unlike(finding, condition, answer, a))
                .collect();
            match all.iter().any(Option::is_none) {
                true => None,
                false => Some(
                    all.into_iter()
                        .flatten()
                        .next()
                        .unwrap_or_else(|| "no answer".to_owned()),
                ),
            }
        }
        (None, Some(silence)) => {
            let is = |text: &str| silence.contains(text);
            let right = match () {
                () if is("within the time limit") => got.code == 28,
                () if is("connection was closed") => matches!(got.code, 52 | 56),
                () if is("ended too early") => matches!(got.code, 18 | 56),
                () if is("a body of more than") => got.code == 28 || got.bytes > 8 << 20,
                () => got.code != 0,
            };
            (!right).then(|| format!("`{silence}`, and curl ended with {}", got.code))
        }
        (None, None) => Some("neither an answer nor a silence".to_owned()),
    }
}

fn unlike(
    finding: &ReportedFinding,
    condition: Option<&Condition<'_>>,
    shown: &ReportedAnswer,
    got: &Answer,
) -> Option<String> {
    if shown.status.to_string() != got.status {
        return Some(format!(
            "status {} in the run, {} now",
            shown.status, got.status
        ));
    }
    for name in ["content-type", "content-encoding", "x-amzn-errortype"] {
        let then = shown
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        if then != got.headers.get(name) {
            return Some(format!(
                "{name}: {then:?} in the run, {:?} now",
                got.headers.get(name)
            ));
        }
    }
    // Which mapping a request was taken for is of the run: that it was accepted is the finding.
    let taken =
        finding.symptom == "accepted" && condition.is_some_and(|condition| condition.shown_by(got));
    if shown.body.cut || taken {
        return None;
    }
    let Some(then) = &shown.body.text else {
        return std::str::from_utf8(&got.body)
            .is_ok()
            .then(|| "the body is text now".to_owned());
    };
    let now = String::from_utf8_lossy(&got.body);
    let (Ok(before), Ok(after)) = (
        serde_json::from_str::<Value>(then),
        serde_json::from_str::<Value>(&now),
    ) else {
        return (serde_json::from_str::<Value>(then).is_ok()
            != serde_json::from_str::<Value>(&now).is_ok())
        .then(|| format!("body {then} in the run"));
    };
    // Most of the state is that of the mapping of the run, after all its cases before.
    let kinds = |value: &Value| -> BTreeMap<String, &'static str> {
        let members = value.as_object().into_iter().flatten();
        members
            .filter(|(_, v)| !v.is_null())
            .map(|(name, value)| (name.clone(), kind(value)))
            .collect()
    };
    if kinds(&before) != kinds(&after) {
        return Some(format!(
            "members {:?} in the run, {:?} now",
            kinds(&before),
            kinds(&after)
        ));
    }
    let member = finding.actual.split_once(": ").map(|(member, _)| member);
    let values = member.and_then(|member| Some((before.get(member)?, after.get(member)?)));
    let same = values.is_some_and(|(before, after)| match (member, after.as_f64()) {
        // Times are of the run; that one lies ahead is all that a time by itself can show.
        (Some("LastModified"), Some(time)) => UNIX_EPOCH
            .elapsed()
            .is_ok_and(|now| time > now.as_secs_f64() + 60.0),
        _ => plain(before) == plain(after),
    });
    // A mapping that had another value before has another one now, and shows it all the same.
    // All types were compared above.
    let shows = same
        || finding.symptom == "wrong-type"
        || match condition {
            Some(condition) => condition.shown_by(got),
            None => {
                values.is_none() || matches!(member, Some("LastModified" | "EventSourceMappings"))
            }
        };
    (!shows).then(|| {
        format!(
            "{} was expected, `{}` came in the run",
            finding.expected, finding.actual
        )
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// A value without identities and numbers of workers, which each run and each further try has of
/// its own.
fn plain(value: &Value) -> String {
    let uuid = Regex::new("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").expect("a pattern");
    let worker = Regex::new("(proofmark-[a-z0-9]+-[a-z])[0-9]+(n[0-9]+)?").expect("a pattern");
    let text = value.to_string();
    worker
        .replace_all(&uuid.replace_all(&text, "UUID"), "${1}N")
        .into_owned()
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "curl ended with {}: {}",
            self.code,
            self.error.chars().take(300).collect::<String>()
        )?;
        for answer in &self.answers {
            let body: String = String::from_utf8_lossy(&answer.body)
                .chars()
                .take(400)
                .collect();
            writeln!(f, "{} {:?}\n{body}", answer.status, answer.headers)?;
        }
        Ok(())
    }
}
