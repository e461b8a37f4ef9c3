//! The lines of a recorded run, and how an exchange stands in one.
//!
//! Bodies are text where they are UTF-8, and Base64 where not; the key says which. Whoever writes a
//! recording by hand may give a JSON value in place of the text.

use crate::contract::Basis;
use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::judge::Role;
use crate::report::Secrets;
use crate::wire::exchange::{Answer, Exchange, Request, Silence, Wire};

/// The version of the form of recorded runs. One that an older `proofmark` would misread has a
/// higher one.
pub(crate) const VERSION: u64 = 1;

/// The key that begins a recorded run, with its version.
pub(super) const HEADER: &str = "proofmark-recording";

/// The first line of a recorded run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeaderLine {
    #[serde(rename = "proofmark-recording")]
    pub(crate) version: u64,
    /// The version of the program that wrote it.
    pub(crate) proofmark: String,
    pub(crate) plan: PlanForm,
}

/// What leads to the same plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanForm {
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) revision: Option<String>,
    pub(crate) region: String,
    pub(crate) samples: usize,
    pub(crate) seed: u64,
    pub(crate) exhaustive: bool,
    /// Whether a few values were planned for each promise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) quick: bool,
    /// What counted as a ground to expect anything; empty for every ground.
    #[serde(default)]
    pub(crate) basis: Vec<Basis>,
}

/// A judged case.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseLine {
    /// Its id.
    pub(crate) case: String,
    /// All draws of a kind have one id: which of them it is, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) draw: usize,
    /// The case as a table of a case file, where the plan that the header leads to does not hold
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) toml: Option<String>,
    /// For what was made small: the finding's identity before, and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shrunk: Option<ShrunkForm>,
    /// Why it was not fired, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) skipped: Option<String>,
    /// The variant of the resource. Earlier recordings call it `source`.
    #[serde(alias = "source", default, skip_serializing_if = "Option::is_none")]
    pub(crate) variant: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) bindings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsettled: Option<String>,
    /// How many requests were sent for it, where it shares exchanges with other cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) requests: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exchanges: Vec<ExchangeForm>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShrunkForm {
    pub(crate) of: String,
    pub(crate) finding: String,
}

/// What further tries of a finding came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetriedLine {
    /// The finding's identity.
    pub(crate) retried: String,
    pub(crate) tries: usize,
    pub(crate) came: CameForm,
    /// Whether the last try showed the finding, and that by the case as it was made small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown: Option<ShownForm>,
    /// The last try. It has no name where it did not show the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<CaseLine>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CameForm {
    Confirmed,
    AfterOthers(Vec<String>),
    AtTheSameTime(usize),
    Unstable,
    Untried(String),
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ShownForm {
    /// By a case of the plan.
    Planned,
    /// By that case as it was made small.
    Shrunk,
}

/// A resource that a case spoilt.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpoiltLine {
    pub(crate) spoilt: SpoiltForm,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpoiltForm {
    /// The id of the case that spoilt it, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    /// How that shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) why: String,
    /// The first try of a case that was fired again, and that counts beside the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overtaken: Option<CaseLine>,
}

/// What the target does not offer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotesLine {
    pub(crate) notes: Vec<String>,
}

/// The last line: how the run ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndLine {
    pub(crate) end: EndForm,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndForm {
    /// Why it was cut short, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<StopForm>,
    /// What could not be removed, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) leftovers: Vec<(String, String)>,
    /// What was cut short, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) cut: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StopForm {
    Unreachable(String),
    NoFixture(String),
    Hangs(String),
    Failures(usize),
    /// Milliseconds.
    Time(u64),
    Interrupted,
    Failed(String),
    Partial(String),
}

/// An exchange, and the part it plays in its case.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeForm {
    /// For the reader of a free recording: what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) says: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<RoleForm>,
    /// In a sequence: the place of its step, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<usize>,
    /// In a sequence: the name of the resource it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<String>,
    /// In a sequence: whether it is the read before the step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) settled: bool,
    /// How many times it was throttled before.
    #[serde(default, skip_serializing_if = "is_zero_u32")]
    pub(crate) throttled: u32,
    pub(crate) request: RequestForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<AnswerForm>,
    /// In place of an answer: why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) silence: Option<Silence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RoleForm {
    Twin,
    Given,
    Before,
    Subject,
    After,
    Named,
    Step,
}

impl RoleForm {
    pub(super) fn of(role: Role) -> Self {
        match role {
            Role::Twin => Self::Twin,
            Role::Given => Self::Given,
            Role::Before => Self::Before,
            Role::Subject => Self::Subject,
            Role::After => Self::After,
            Role::Named => Self::Named,
            Role::Step(_) => Self::Step,
        }
    }

    /// The role; none for that of a step, which depends on its place among all.
    pub(super) fn alone(self) -> Option<Role> {
        Some(match self {
            Self::Twin => Role::Twin,
            Self::Given => Role::Given,
            Self::Before => Role::Before,
            Self::Subject => Role::Subject,
            Self::After => Role::After,
            Self::Named => Role::Named,
            Self::Step => return None,
        })
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestForm {
    pub(crate) method: String,
    /// The path and the query, byte for byte.
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub(crate) headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    #[serde(
        default,
        rename = "body-base64",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) base64: Option<String>,
    /// By hand: the body as a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) json: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerForm {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub(crate) headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    #[serde(
        default,
        rename = "body-base64",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) base64: Option<String>,
    /// By hand: the body as a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) json: Option<Value>,
    /// How many bytes came after the announced end of the body.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) surplus: usize,
}

/// Header fields: pairs in order, or, by hand, an object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Headers {
    Pairs(Vec<(String, String)>),
    Object(IndexMap<String, String>),
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(truth: &bool) -> bool {
    !truth
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn is_zero_u32(count: &u32) -> bool {
    *count == 0
}

impl Default for Headers {
    fn default() -> Self {
        Self::Pairs(Vec::new())
    }
}

impl Headers {
    fn is_empty(&self) -> bool {
        match self {
            Self::Pairs(pairs) => pairs.is_empty(),
            Self::Object(object) => object.is_empty(),
        }
    }

    fn into_pairs(self) -> Vec<(String, String)> {
        match self {
            Self::Pairs(pairs) => pairs,
            Self::Object(object) => object.into_iter().collect(),
        }
    }
}

/// A body without secrets: as text, or else in Base64.
fn texts(body: &Bytes, secrets: &Secrets) -> (Option<String>, Option<String>) {
    match std::str::from_utf8(body) {
        Ok("") => (None, None),
        Ok(text) => (Some(secrets.redact(text)), None),
        Err(_) => (None, Some(STANDARD.encode(secrets.redact_bytes(body)))),
    }
}

/// Header fields without secrets.
fn fields(headers: &[(String, String)], secrets: &Secrets) -> Headers {
    let clean =
        |(name, value): &(String, String)| (secrets.redact(name), secrets.header(name, value));
    Headers::Pairs(headers.iter().map(clean).collect())
}

/// The body that one of them holds.
fn bytes(
    text: Option<String>,
    base64: Option<String>,
    json: Option<&Value>,
) -> Result<Bytes, String> {
    match (text, base64, json) {
        (None, None, None) => Ok(Bytes::new()),
        (Some(text), None, None) => Ok(text.into()),
        (None, Some(text), None) => decode(&text),
        (None, None, Some(value)) => Ok(value.to_string().into()),
        _ => Err("expected one of `body`, `body-base64` and `json`, found several".to_owned()),
    }
}

/// The bytes of a Base64 text.
pub(super) fn decode(text: &str) -> Result<Bytes, String> {
    STANDARD
        .decode(text.trim())
        .map(Into::into)
        .map_err(|e| format!("expected a body in Base64: {e}"))
}

impl ExchangeForm {
    /// An exchange as it is written: its values without secrets.
    pub(super) fn of(exchange: &Exchange, secrets: &Secrets) -> Self {
        let headers = |headers: &[(String, String)]| fields(headers, secrets);
        let request = &exchange.request;
        let (answer, silence) = match &exchange.outcome {
            Ok(a) => {
                let (body, base64) = texts(&a.body, secrets);
                (
                    Some(AnswerForm {
                        status: a.status,
                        headers: headers(&a.headers),
                        body,
                        base64,
                        json: None,
                        surplus: a.body.surplus(),
                    }),
                    None,
                )
            }
            Err(silence) => (None, Some(silence.redacted(|why| secrets.redact(why)))),
        };

        let (body, base64) = texts(&request.body, secrets);
        Self {
            throttled: exchange.throttled,
            request: RequestForm {
                method: secrets.redact(&request.method),
                path: secrets.redact(&request.path),
                headers: headers(&request.headers),
                body,
                base64,
                json: None,
            },
            answer,
            silence,
            ..Self::default()
        }
    }

    /// The exchange. `Err` says what was expected.
    pub(super) fn into_exchange(self, service: &str) -> Result<Exchange, String> {
        let outcome = match (self.answer, self.silence) {
            (Some(answer), None) => {
                if !(100..1000).contains(&answer.status) {
                    return Err(format!(
                        "expected a status of three digits, found {}",
                        answer.status
                    ));
                }
                let body = bytes(answer.body, answer.base64, answer.json.as_ref())?;
                Ok(Answer {
                    status: answer.status,
                    headers: answer.headers.into_pairs(),
                    body: crate::wire::exchange::Body::from(body).followed_by(answer.surplus),
                })
            }
            (None, Some(silence)) => Err(silence),
            (None, None) => {
                return Err("expected an `answer` beside the `request`, or a `silence`".to_owned());
            }
            (Some(_), Some(_)) => {
                return Err("expected an `answer` or a `silence`, found both".to_owned());
            }
        };

        let request = Request {
            method: self.request.method,
            path: self.request.path,
            headers: self.request.headers.into_pairs(),
            body: bytes(
                self.request.body,
                self.request.base64,
                self.request.json.as_ref(),
            )?,
            service: service.to_owned(),
            wire: Wire::Client,
        };

        Ok(Exchange {
            request: request.into(),
            outcome,
            elapsed: Duration::ZERO,
            throttled: self.throttled,
        })
    }
}
