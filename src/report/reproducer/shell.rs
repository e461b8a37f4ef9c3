//! A reproduction as a script for any POSIX shell, with curl and jq. Its exit code tells whether
//! the finding shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::needs::names_in;
use super::shell_check::{error_type, lines};
use super::words::{Into, filled, printed};
use super::{Reproduction, Step, Then, Way};
use crate::plan::case::{BodyDraft, PathDraft};
use crate::plan::fixture::Capture;
use crate::report::curl::{CurlTarget, variable as header_variable, with_variable};
use crate::report::shell::{assignment, comment, format_bytes, variable, word};
use crate::wire::exchange::Framing;

/// What every such script uses.
const HELPERS: &str = include_str!("shell_helpers.sh");

pub(super) fn file(of: &Reproduction, at: Option<&CurlTarget>) -> Option<String> {
    let script = Script { of, at };
    let (last, first) = of.steps.split_last()?;

    let mut text = script.head(".sh", "curl and jq");
    text.push_str(&script.preparing());
    for step in first {
        text.push_str(&script.statement(step));
    }
    let _ = write!(text, "\n# {}\n{}", comment(&last.says), script.sent(last));
    text.push_str(&script.ending(last));
    Some(text)
}

/// What a script is about, and how it reaches the target.
pub(super) struct Script<'a> {
    pub(crate) of: &'a Reproduction,
    pub(crate) at: Option<&'a CurlTarget>,
}

impl Script<'_> {
    /// What comes before the first request: the finding in words, what the names stand for, and the
    /// helpers.
    pub(super) fn head(&self, end: &str, needs: &str) -> String {
        let of = self.of;
        let mut text = String::from("#!/bin/sh\n");
        for line in of.told() {
            text.push_str(format!("# {}", comment(&line)).trim_end());
            text.push('\n');
        }
        let _ = write!(
            text,
            "#\n#     sh {}{end}\n#\n# PROOFMARK_ENDPOINT names the target. It needs {needs}, and nothing else.\n\
             # Exit code 1: the finding shows. 0: it does not. 2: nobody can tell.\n\n\
             endpoint=${{PROOFMARK_ENDPOINT:-}}\n",
            of.name()
        );
        let _ = match self.at {
            Some(at) => writeln!(text, "[ -n \"$endpoint\" ] || endpoint={}", word(&at.url)),
            None => {
                writeln!(
                    text,
                    "[ -n \"$endpoint\" ] || {{ echo 'PROOFMARK_ENDPOINT names the target' >&2; exit 2; }}"
                )
            }
        };
        text.push_str("endpoint=${endpoint%/}\n");
        text.push_str(&self.names());
        text.push('\n');
        text.push_str(&error_type(of));
        text.push_str(&self.undo());
        text.push_str(&HELPERS.replace("@FLAGS@", &self.flags()));
        text.push_str(&self.needed());
        text
    }

    /// The values that names stand for before anything was sent. All are set: a script is not to
    /// take them from its environment.
    fn names(&self) -> String {
        let mut text = String::from("run=$(od -An -N4 -tx4 /dev/urandom | tr -d ' \\n')\n");
        for name in self
            .captured()
            .iter()
            .filter(|name| self.of.given.get(name).is_none())
        {
            let _ = writeln!(text, "{}=''", variable(name));
        }
        for (name, value) in self.of.given.iter() {
            let _ = writeln!(text, "{}", assignment(name, value));
        }
        for (name, template) in self.of.otherwise() {
            let _ = writeln!(text, "{}={}", variable(name), filled(template, Into::Plain));
        }
        text
    }

    /// The names that answers give.
    fn captured(&self) -> BTreeSet<String> {
        let of_steps = self
            .of
            .preparing()
            .into_iter()
            .chain(self.of.steps.iter().cloned());
        of_steps
            .flat_map(|step| step.capture.into_iter().map(|(name, _)| name))
            .collect()
    }

    /// The flags of curl that every request has.
    fn flags(&self) -> String {
        let signs = self.at.is_some_and(|at| at.signs);
        let mut flags = match signs {
            true => "--aws-sigv4 \"aws:amz:$region:$pm_service\" --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\""
                .to_owned(),
            false => "-H \"authorization: AWS4-HMAC-SHA256 \
                      Credential=test/20260101/$region/$pm_service/aws4_request, SignedHeaders=host, Signature=00\""
                .to_owned(),
        };
        if self.at.is_some_and(|at| at.signs && at.session) {
            flags.push_str(" -H \"x-amz-security-token: $AWS_SESSION_TOKEN\"");
        }
        if self.at.is_some_and(|at| at.bundle) {
            flags.push_str(" --cacert \"$AWS_CA_BUNDLE\"");
        }
        for name in self.at.iter().flat_map(|at| &at.headers) {
            flags.extend([" -H ", &with_variable(name)]);
        }
        flags
    }

    /// Ends a script in whose environment something is missing.
    fn needed(&self) -> String {
        let mut all: Vec<String> = self
            .at
            .iter()
            .flat_map(|at| &at.headers)
            .map(|name| header_variable(name))
            .collect();

        if self.at.is_some_and(|at| at.signs) {
            all.extend(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(str::to_owned));
        }
        all.extend(
            self.at
                .filter(|at| at.signs && at.session)
                .map(|_| "AWS_SESSION_TOKEN".to_owned()),
        );

        all.extend(
            self.at
                .filter(|at| at.bundle)
                .map(|_| "AWS_CA_BUNDLE".to_owned()),
        );

        all.iter()
            .map(|name| format!("[ -n \"${{{name}-}}\" ] || cannot '{name} is not set'\n"))
            .collect()
    }

    /// Makes the fixtures. `pm_made` counts those that were tried: what may be there is removed in
    /// the end.
    pub(super) fn preparing(&self) -> String {
        let mut text = String::new();
        for (place, preparation) in self.of.fixtures.iter().enumerate() {
            let Way::Call(way) = preparation.way else {
                continue;
            };
            let _ = write!(text, "\npm_made={}", place + 1);
            for step in preparation.making(way) {
                text.push_str(&self.statement(&step));
            }
        }
        text
    }

    /// The function that removes what was made, the last made first.
    fn undo(&self) -> String {
        let mut text =
            String::from("# Removes what was made, the last made first.\nundo() {\n    :\n");
        for step in &self.of.undo {
            text.push_str(&self.removal(step, None));
        }

        for (place, preparation) in self.of.fixtures.iter().enumerate().rev() {
            if !matches!(preparation.way, Way::Call(_)) {
                continue;
            }
            for step in preparation.removing() {
                text.push_str(&self.removal(&step, Some((place + 1, &preparation.step.id))));
            }
        }

        text.push_str("}\n\n");
        text
    }

    /// Removes something where it was made. `of`: the place of the fixture that made it, and its
    /// name.
    fn removal(&self, step: &Step, of: Option<(usize, &str)>) -> String {
        let captured = self.captured();
        let mut wanted: Vec<String> = of
            .iter()
            .map(|(place, _)| format!("[ \"$pm_made\" -ge {place} ]"))
            .collect();

        let named: Vec<String> = names_in(&step.draft)
            .intersection(&captured)
            .map(|name| format!("[ -n \"${{{}}}\" ]", variable(name)))
            .collect();

        wanted.extend(named.iter().cloned());
        if wanted.is_empty() {
            wanted.push("true".to_owned());
        }
        let mut text = format!("    if {}; then\n", wanted.join(" && "));
        for line in self.request(step, "remove").lines() {
            let _ = writeln!(text, "        {line}");
        }

        if let (Some((place, id)), false) = (of, named.is_empty()) {
            let what = word(&id.replace('-', " "));
            let _ = write!(
                text,
                "    elif [ \"$pm_made\" -ge {place} ]; then\n        left {what}\n"
            );
        }

        text.push_str("    fi\n");
        text
    }

    /// A step before the last one.
    pub(super) fn statement(&self, step: &Step) -> String {
        self.around(step, &self.sent(step))
    }

    /// What is done with the answer to a step. `sent`: the lines that send it.
    pub(super) fn around(&self, step: &Step, sent: &str) -> String {
        let mut text = format!("\n# {}\n", comment(&step.says));
        let ends = match &step.then {
            Then::Go | Then::Accepted => None,
            Then::UntilRefused => Some("is_accepted".to_owned()),
            Then::While { json, values } => {
                let values: String = values
                    .iter()
                    .map(|value| format!(" {}", word(value)))
                    .collect();
                Some(format!("passing {}{values}", word(&filter(json))))
            }
        };

        match ends {
            Some(goes_on) => {
                text.push_str("pm_tries=0\nwhile again; do\n");
                sent.lines()
                    .for_each(|line| text.extend(["    ", line, "\n"]));
                let _ = write!(text, "    {goes_on} || break\ndone\n");
            }
            None => text.push_str(sent),
        }

        if step.then == Then::Accepted {
            let _ = writeln!(text, "accepted {}", word(&step.says));
        }
        for (name, how) in &step.capture {
            let _ = writeln!(
                text,
                "{}\nnamed {}\n{}=$pm_value",
                picked(how),
                word(name),
                variable(name)
            );
        }

        if step.keep.is_some() {
            text.push_str("cp \"$pm_work/answer\" \"$pm_work/kept\"\n");
        }
        text
    }

    /// What comes after the last request: whether the finding shows.
    pub(super) fn ending(&self, last: &Step) -> String {
        // What the last step makes is to be removed as well.
        let mut text = String::new();
        for (name, how) in &last.capture {
            let _ = writeln!(text, "{}\n{}=$pm_value", picked(how), variable(name));
        }
        text.push_str("show\nanswered\n");
        for line in lines(&self.of.check) {
            text.extend([line.as_str(), " || shows\n"]);
        }
        text.push_str("echo 'it does not show'\nexit 0\n");
        text
    }

    /// The lines that send a step.
    pub(super) fn sent(&self, step: &Step) -> String {
        self.request(step, "send")
    }

    /// The lines that send a step by that function.
    fn request(&self, step: &Step, function: &str) -> String {
        let draft = &step.draft;
        let mut text = match &draft.body {
            BodyDraft::None => String::new(),
            BodyDraft::Text(template) => format!("body {}\n", printed(template, Into::body(draft))),
            BodyDraft::Bytes(bytes) => format!("body {}\n", format_bytes(bytes)),
        };

        let (PathDraft::Exact(path) | PathDraft::Labels { uri: path, .. }) = &draft.path;
        let _ = write!(
            text,
            "{function} {} {} {}",
            word(&step.service),
            word(&draft.method),
            filled(path, Into::Segment)
        );

        for (name, value) in &draft.headers {
            let _ = write!(
                text,
                " -H {}",
                filled(&format!("{name}: {value}"), Into::Plain)
            );
        }

        if !matches!(draft.body, BodyDraft::None) {
            let own = draft.headers.iter().map(|(name, _)| name);
            let mut names = own.chain(self.at.iter().flat_map(|at| &at.headers));
            if !names.any(|name| name.eq_ignore_ascii_case("content-type")) {
                // Without this curl would send a type of its own.
                text.push_str(" -H content-type:");
            }
            if matches!(draft.raw, Some(Framing::Chunked(_))) {
                text.push_str(" -H 'transfer-encoding: chunked'");
            }
            text.push_str(" --data-binary @\"$pm_work/sent\"");
        }

        text.push('\n');
        text
    }
}

/// The command that keeps a value of the answer.
fn picked(how: &Capture) -> String {
    match how {
        Capture::Json(pointer) => format!("pick {}", word(&filter(pointer))),
        Capture::Text(regex) => format!("pick_text {}", word(regex.as_str())),
    }
}

/// The filter of jq that finds the text or the number at a JSON pointer.
fn filter(pointer: &str) -> String {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(index) => index.to_string(),
        Err(_) => serde_json::Value::from(part.replace("~1", "/").replace("~0", "~")).to_string(),
    };
    let parts: Vec<String> = pointer.split('/').skip(1).map(part).collect();
    format!(
        "getpath([{}]) | (strings, numbers) | tostring",
        parts.join(",")
    )
}
