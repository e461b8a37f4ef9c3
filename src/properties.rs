//! What holds for any input at all. The fuzz targets in `fuzz/` and the property tests here call the same functions, so
//! that plain `cargo test` exercises each of them.
//!
//! Each function panics where its property does not hold: that is how a fuzzer learns of it.

use std::sync::OnceLock;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::binding::Bindings;
use crate::case::{self, BodyDraft, Case, Defaults, Expect, SourceKind};
use crate::contract::{load_operation, load_service};
use crate::exchange::{Answer, Exchange, Request};
use crate::files::{Files, Source};
use crate::fixture::load_fixtures;
use crate::generator::Generator;
use crate::pattern::{Anchoring, Language, Pattern, Zone, fits, probes, violations};
use crate::plan::{Plan, PlanOptions};
use crate::verdict::{Fired, Observation, Verdict};

/// Contract, service and fixture files: any text loads, or is refused with a message that has one line of its file.
///
/// # Panics
/// Where a loader does, or a message names a line that the text does not have.
pub fn any_contract_is_answered(bytes: &[u8]) {
    let file = source(bytes);
    let service = load_service(&file).map_err(|e| told(&file, &e)).ok();
    let _ = load_fixtures(&file).map_err(|e| told(&file, &e));
    let service = service.as_ref().unwrap_or(&plan().service);
    let _ = load_operation(&file, "update-event-source-mapping", service).map_err(|e| told(&file, &e));
}

/// Case files: any text loads, or is refused; what loads can be filled in.
///
/// # Panics
/// Where the loader does, a message names a line that the text does not have, or a case that loaded cannot be filled in.
pub fn any_case_file_is_answered(bytes: &[u8]) {
    let file = source(bytes);
    let plan = plan();
    let sample = plan.sample();
    let generator = Generator { oracle: plan.oracle(), binding: &plan.binding, sample: &sample };
    let given = generator.draft(BodyDraft::Text(plan.binding.given.clone()));
    let defaults = Defaults { given: &given, names: &plan.fixtures.names(), operations: plan.operations() };
    match case::load_cases(&file, "any", &plan.contract, &plan.service, &defaults) {
        Ok(cases) => {
            for case in cases {
                for draft in [&case.given, &case.request] {
                    if let Err(error) = draft.bind(&sample, &plan.service.signing_name) {
                        panic!("{} was loaded, but cannot be filled in: {error}", case.id);
                    }
                }
            }
        }
        Err(error) => told(&file, &error),
    }
}

/// Answers: whatever a target says is judged. No case passes by a status of 500 or more or by endless throttling, no
/// invalid request passes by being accepted, and no valid one by being refused.
///
/// `which` chooses the case, by its place in the plan.
///
/// # Panics
/// Where the judge does, or lets such an answer pass.
pub fn any_answer_is_judged(which: usize, status: u16, headers: &[(String, String)], body: &[u8]) {
    let plan = plan();
    let cases = &plan.cases;
    let case = &cases[which % cases.len()];
    // What an HTTP client hands on: it never takes an interim status, or no status, for an answer.
    let status = 200 + status % 800;
    let answer = Answer { status, headers: headers.to_vec(), body: body.to_vec().into() };
    let verdict = plan.judge().judge(case, &observation(plan, case, answer)).verdict;
    let accepted = (200..300).contains(&status);
    let wrong = match &case.expect {
        _ if status >= 500 || status == 429 => true,
        Expect::Reject(_) => accepted,
        Expect::Accept | Expect::Advances(_) => !accepted,
        // Of the others, either answer may be right.
        _ => false,
    };
    assert!(!wrong || verdict != Verdict::Pass, "{} passes with status {status}", case.id);
}

/// Patterns: any text is refused, or its zones, samples and violations agree with one another. `value` is judged as well.
///
/// # Panics
/// Where a question about the pattern does, a sample is certainly outside, or a violation is not.
pub fn any_pattern_is_answered(text: &str, min_len: usize, max_len: usize, value: &str) {
    let Ok(pattern) = Pattern::parse(text) else { return };
    for anchoring in [Anchoring::Whole, Anchoring::Either] {
        let _ = pattern.zone(value, anchoring);
        let _ = probes(&pattern, min_len, max_len, value, anchoring);
        for broken in violations(&pattern, min_len, max_len, value, anchoring, &[]).unwrap_or_default() {
            assert_eq!(pattern.zone(&broken.value, anchoring), Zone::Outside, "{text:?} breaks by {broken:?}");
            assert!(fits(&broken.value, min_len, max_len), "{text:?} has another length in {broken:?}");
        }
    }
    let Ok(language) = Language::new(&pattern, min_len, max_len) else { return };
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let samples = (0..4).filter_map(|_| language.sample_any(&mut rng)).chain(language.shortest());
    for sample in samples {
        assert_ne!(pattern.zone(&sample, Anchoring::Whole), Zone::Outside, "{text:?} has the sample {sample:?}");
        assert!(language.contains(&sample), "{text:?} does not contain its sample {sample:?}");
    }
}

/// The plan of the files that are built in, made once.
fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::load(&Files::Embedded, &PlanOptions::default()).expect("the files built in make a plan"))
}

fn source(bytes: &[u8]) -> Source {
    Source { name: "any.toml".to_owned(), text: String::from_utf8_lossy(bytes).into_owned() }
}

/// A complaint is about a line that is there.
fn told(file: &Source, error: &crate::files::FileError) {
    let lines = file.text.matches('\n').count() + 1;
    assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error}: the file has {lines} lines");
    assert!(!error.message.is_empty(), "a complaint without words");
}

/// The exchanges of a case on a target that conforms in everything but the answer in question.
fn observation(plan: &Plan, case: &Case, answer: Answer) -> Observation {
    let bindings = plan.sample();
    let fine = Answer {
        status: plan.contract.http.code,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: mapping(&bindings).into(),
    };
    let read = Answer { status: 200, ..fine.clone() };
    let request = |draft: &case::Draft| draft.bind(&bindings, &plan.service.signing_name).ok();
    let given = request(&case.given).unwrap_or_else(|| panic!("{}: the control cannot be filled in", case.id));
    let subject = request(&case.request).unwrap_or_else(|| panic!("{}: cannot be filled in", case.id));
    let reads = Request { method: "GET".to_owned(), body: Default::default(), ..given.clone() };
    Observation {
        source: if case.source == SourceKind::Any { SourceKind::Stream } else { case.source },
        twin: case.twin.as_ref().and_then(request).map(|twin| exchange(twin, fine.clone())),
        given: Some(exchange(given, fine)),
        before: Some(exchange(reads.clone(), read.clone())),
        subject: vec![exchange(subject.clone(), answer.clone())],
        after: Some(exchange(reads, read)),
        named: None,
        steps: case
            .sequence
            .iter()
            .take(1)
            .map(|step| fired(step, exchange(subject.clone(), answer.clone())))
            .collect(),
        unsettled: None,
        bindings,
    }
}

/// The first step of a sequence, which is then cut short.
fn fired(step: &case::Step, exchange: Exchange) -> Fired {
    Fired { step: 0, on: step.on.clone(), settled: false, exchange }
}

fn exchange(request: Request, answer: Answer) -> Exchange {
    Exchange { request, outcome: Ok(answer), elapsed: Duration::ZERO, throttled: 0 }
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

    /// One of the files built in, with one stretch of it replaced.
    fn edited(files: &'static [&'static str]) -> impl Strategy<Value = String> {
        let path = prop::sample::select(files);
        (path, any::<prop::sample::Index>(), 0_usize..40, r#"[\[\]{}"'=.,\n a-z0-9$-]{0,12}"#).prop_map(
            |(path, at, cut, more)| {
                let mut text = Files::Embedded.read(path).expect("a file").text;
                let floor = |text: &str, at: usize| (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                let start = floor(&text, at.index(text.len()));
                let end = floor(&text, (start + cut).min(text.len())).max(start);
                text.replace_range(start..end, &more);
                text
            },
        )
    }

    const CONTRACTS: &[&str] = &[
        "lambda/service.toml",
        "lambda/fixtures.toml",
        "lambda/update-event-source-mapping/contract.toml",
        "lambda/create-event-source-mapping/contract.toml",
    ];

    const CASES: &[&str] = &[
        "lambda/update-event-source-mapping/identifiers.toml",
        "lambda/update-event-source-mapping/lifecycle.toml",
        "lambda/update-event-source-mapping/methods-and-headers.toml",
    ];

    /// Answers that come close to a conforming one, and others.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let whole = mapping(&plan().sample());
        let error = r#"{"__type":"InvalidParameterValueException","message":"no"}"#;
        let known = prop::sample::select(vec![whole, error.to_owned(), "{}".to_owned(), "null".to_owned()]);
        prop_oneof![known.prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..64)]
    }

    fn status() -> impl Strategy<Value = u16> {
        let known = prop::sample::select(vec![200, 202, 301, 400, 404, 409, 429, 500, 501, 503]);
        prop_oneof![known.prop_map(|status: u16| status - 200), 0_u16..800]
    }

    fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
        let name = prop::sample::select(vec!["content-type", "x-amzn-errortype", "content-encoding", "x-other"]);
        let value = prop::sample::select(vec![
            "application/json",
            "text/html; charset=utf-8",
            "InvalidParameterValueException:http://internal/",
            "ResourceNotFoundException",
            "gzip",
            "",
        ]);
        prop::collection::vec((name.prop_map(str::to_owned), value.prop_map(str::to_owned)), 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn contracts(text in edited(CONTRACTS)) {
            any_contract_is_answered(text.as_bytes());
        }

        #[test]
        fn contracts_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            any_contract_is_answered(&bytes);
        }

        #[test]
        fn case_files(text in edited(CASES)) {
            any_case_file_is_answered(text.as_bytes());
        }

        #[test]
        fn answers(which: usize, status in status(), headers in headers(), body in body()) {
            any_answer_is_judged(which, status, &headers, &body);
        }

        #[test]
        fn patterns(text in r"[\[\](){}|?*+.^$\\,:!<=a-z0-9é-]{0,30}", min in 0_usize..40, room in 0_usize..200) {
            any_pattern_is_answered(&text, min, min + room, "proofmark");
        }
    }

    #[test]
    fn a_conforming_answer_passes() {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let body = mapping(&plan().sample());
        let answer = Answer { status: 202, headers: headers.to_vec(), body: body.into() };
        let passes = plan().cases.iter().filter(|case| {
            let seen = observation(plan(), case, answer.clone());
            plan().judge().judge(case, &seen).verdict == Verdict::Pass
        });
        assert!(passes.count() > 0, "the exchanges are such that nothing could pass");
    }
}
