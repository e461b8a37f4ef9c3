//! Whatever a target says is judged, and what is wrong never passes.

use std::sync::Arc;
use std::time::Duration;

use arbitrary::Arbitrary;

use super::built_in::plan;
use crate::judge::{Judge, Observation, Role, Verdict};
use crate::plan::Plan;
use crate::plan::case::{Case, Expect, Purpose, Variant};
use crate::support::template::Bindings;
use crate::wire::exchange::{Answer, Exchange, Request, Silence};
use crate::wire::target::raw;

/// An answer to one of the plan's cases.
#[derive(Debug, Arbitrary)]
pub struct AnyAnswer {
    /// Which case, by its place; beyond the last it counts round.
    pub(crate) case: u16,
    /// What is answered.
    pub(crate) said: Said,
}

/// What a target says.
#[derive(Debug, Arbitrary)]
pub(crate) enum Said {
    /// An answer as an HTTP client hands it on.
    Whole {
        /// Its status, less 200: a client never takes an interim status for an answer.
        status: u16,
        /// Its header fields.
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// What arrives on the connection until it is closed.
    Bytes(Vec<u8>),
}

/// The largest body that is read from a connection, in bytes.
const LARGEST: u64 = 1 << 16;

impl AnyAnswer {
    /// Answers: whatever a target says is judged. No case passes without an answer, by a status of
    /// 500 or more (but for a 501 where any answer will do) or by endless throttling, no invalid
    /// request passes by being accepted, and no valid one by being refused.
    ///
    /// # Panics
    /// Where the judge or the reader of raw answers does, or such an answer passes.
    pub fn check(&self) {
        let plan = plan();
        let Some(case) = plan.cases.get(usize::from(self.case) % plan.cases.len()) else {
            return;
        };
        let outcome = match &self.said {
            Said::Whole {
                status,
                headers,
                body,
            } => {
                let status = 200 + status % 800;
                Ok(Answer {
                    status,
                    headers: headers.clone(),
                    body: body.clone().into(),
                })
            }
            Said::Bytes(bytes) => {
                let asked = case.steps.iter().find(|step| step.is_own());
                let method = asked.map_or("PUT", |step| &step.request.method);
                raw::read(bytes, method, LARGEST)
            }
        };

        let verdict = Judge::of(plan)
            .judge(case, &observation(plan, case, outcome.clone()))
            .verdict;
        let told = match &outcome {
            Ok(answer) => format!("status {}", answer.status),
            Err(silence) => silence.to_string(),
        };

        assert!(
            !is_wrong(case, &outcome) || verdict != Verdict::Pass,
            "{} passes with {told}",
            case.id
        );
    }
}

/// Whether no reading of the contract lets that be the answer to the case.
fn is_wrong(case: &Case, outcome: &Result<Answer, Silence>) -> bool {
    let Ok(Answer { status, .. }) = outcome else {
        return true;
    };
    let accepted = (200..300).contains(status);

    match case.expect() {
        // What may be answered in any way that changes nothing may also be none of what the target
        // has.
        Expect::NoEffect(_) if *status == 501 => false,
        _ if *status >= 500 || *status == 429 => true,
        Expect::Reject(_) => accepted,
        Expect::Accept | Expect::Advances(_) | Expect::Pages(_) => !accepted,
        // Of the others, either answer may be right.
        _ => false,
    }
}

/// The exchanges of a case on a target that conforms in everything but the answer in question.
fn observation(plan: &Plan, case: &Case, outcome: Result<Answer, Silence>) -> Observation {
    let bindings = plan.sample();
    let fine = Answer {
        status: plan.contract.http.code,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: mapping(&bindings).into(),
    };

    let read = Answer {
        status: 200,
        ..fine.clone()
    };

    let variant = case.variant.or(|| Variant::named("stream"));

    let mut seen = Observation::new(bindings.clone(), variant);
    for (at, step) in case.steps.iter().enumerate() {
        let request = step.request.bind(&bindings, &plan.service.signing_name);
        let request = request.unwrap_or_else(|e| panic!("{}: cannot be filled in: {e}", case.id));
        let reads = Request {
            method: "GET".to_owned(),
            body: Default::default(),
            ..(*request).clone()
        };
        let reads = exchange(Arc::new(reads), Ok(read.clone()));
        match step.purpose {
            Purpose::Twin => seen.add(at, Role::Twin, exchange(request, Ok(fine.clone()))),
            Purpose::Given => {
                seen.add(at, Role::Given, exchange(request, Ok(fine.clone())));
                seen.add(at + 1, Role::Before, reads);
            }
            Purpose::Subject => {
                seen.add(at, Role::Subject, exchange(request, outcome.clone()));
                seen.add(at, Role::After, reads);
            }
            // A sequence is cut short behind its first step.
            Purpose::Part => {
                let asked = exchange(request, outcome);
                seen.add_part(at, step.on.clone(), false, asked);
                break;
            }
        }
    }

    seen
}

fn exchange(request: Arc<Request>, outcome: Result<Answer, Silence>) -> Exchange {
    Exchange {
        request,
        outcome,
        elapsed: Duration::ZERO,
        throttled: 0,
    }
}

/// A configuration with every documented member.
fn mapping(bindings: &Bindings) -> String {
    let of = |name: &str| bindings.get(name).unwrap_or_default().to_owned();
    serde_json::json!({
        "BatchSize": 7,
        "EventSourceArn": of("source_arn"),
        "FunctionArn": of("function_arn"),
        "LastModified": 1_500_000_000.5,
        "State": "Enabled",
        "StateTransitionReason": "User action",
        "UUID": of("mapping"),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Answers that come close to a conforming one, and others.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let whole = mapping(&plan().sample());
        let error = r#"{"__type":"InvalidParameterValueException","message":"no"}"#;
        let known = prop::sample::select(vec![
            whole,
            error.to_owned(),
            "{}".to_owned(),
            "null".to_owned(),
        ]);
        prop_oneof![
            known.prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..64)
        ]
    }

    fn status() -> impl Strategy<Value = u16> {
        let known = prop::sample::select(vec![200, 202, 301, 400, 404, 409, 429, 500, 501, 503]);
        prop_oneof![known.prop_map(|status: u16| status - 200), 0_u16..800]
    }

    fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
        let name = prop::sample::select(vec![
            "content-type",
            "x-amzn-errortype",
            "content-encoding",
            "x-other",
        ]);
        let value = prop::sample::select(vec![
            "application/json",
            "text/html; charset=utf-8",
            "InvalidParameterValueException:http://internal/",
            "ResourceNotFoundException",
            "gzip",
            "",
        ]);
        prop::collection::vec(
            (name.prop_map(str::to_owned), value.prop_map(str::to_owned)),
            0..4,
        )
    }

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn answers(case: u16, status in status(), headers in headers(), body in body()) {
            AnyAnswer { case, said: Said::Whole { status, headers, body } }.check();
        }

        #[test]
        fn bytes(case: u16, status in status(), body in body(), framing in 0..4, cut in 0_usize..400) {
            let status = status + 200;
            let length = body.len();
            let mut bytes = match framing {
                0 => format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n").into_bytes(),
                1 => format!("HTTP/1.1 {status} X\r\n\r\n").into_bytes(),
                2 => format!("HTTP/1.1 {status} X\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n").into_bytes(),
                _ => Vec::new(),
            };

            bytes.extend(body);
            bytes.extend(if framing == 2 { "\r\n0\r\n\r\n" } else { "" }.bytes());
            bytes.truncate(bytes.len().saturating_sub(cut.saturating_sub(200)));
            AnyAnswer { case, said: Said::Bytes(bytes) }.check();
        }
    }

    #[test]
    fn a_conforming_answer_passes() {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let body = mapping(&plan().sample());
        let answer = Answer {
            status: 202,
            headers: headers.to_vec(),
            body: body.into(),
        };

        let passes = plan().cases.iter().filter(|case| {
            let seen = observation(plan(), case, Ok(answer.clone()));
            Judge::of(plan()).judge(case, &seen).verdict == Verdict::Pass
        });

        assert!(
            passes.count() > 0,
            "the exchanges are such that nothing could pass"
        );
    }

    #[test]
    fn what_ends_too_early_is_no_answer() {
        let cut = raw::read(
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\n{}",
            "PUT",
            LARGEST,
        );

        assert_eq!(
            cut,
            Err(Silence::Cut {
                status: 202,
                received: 2
            })
        );

        let more = raw::read(
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}{}",
            "PUT",
            LARGEST,
        );

        assert!(matches!(more, Err(Silence::NotHttp(_))), "{more:?}");
        assert!(matches!(
            raw::read(b"", "PUT", LARGEST),
            Err(Silence::Closed(_))
        ));
    }
}
