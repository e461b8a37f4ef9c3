//! Each check of the judge has a target that it alone catches: without the check, its row here
//! fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Judgement, Observation, Role, Symptom, Verdict};
use crate::harness::testing::{options, plan};
use crate::judge::Judge;
use crate::plan::Plan;
use crate::reference::{Options, Reference, find_defect};
use crate::run::{CaseResult, Event, RunOptions, Runner};
use crate::wire::exchange::{Answer, Exchange, Phase, Silence};
use crate::wire::target::{Settings, Target};

/// The cases whose ids are these, without the operation, on the reference with that defect.
pub(super) async fn results(defect: Option<&str>, ids: &[&str]) -> Vec<CaseResult> {
    results_of(plan(), defect, ids).await
}

/// As [`results`], of another plan.
pub(super) async fn results_of(
    plan: Arc<Plan>,
    defect: Option<&str>,
    ids: &[&str],
) -> Vec<CaseResult> {
    let defect = defect.map(|id| find_defect(id).expect(id));
    let limit = Duration::from_millis(100);
    let settings = Settings {
        head_timeout: limit,
        body_timeout: limit,
        max_body: 64 << 10,
        ..Settings::default()
    };
    let target = Target::service(
        Reference::new(Options {
            defect,
            ..Options::default()
        }),
        settings,
    )
    .expect("a target");

    let place = |id: &&str| {
        let whole = format!("update-event-source-mapping::{id}");
        let found = plan.cases.iter().position(|c| c.id.as_str() == whole);
        found.expect(id)
    };
    let cases: Vec<usize> = ids.iter().map(place).collect();

    let mut results = Vec::new();
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let run = RunOptions {
        advance_timeout: Duration::from_millis(1100),
        ..options()
    };
    let runner = Runner::new(plan, target, run);
    runner
        .run(&cases, stop, |event| {
            if let Event::Judged(result) = event {
                results.push(*result);
            }
        })
        .await;
    results
}

fn findings(judgement: &Judgement) -> Vec<String> {
    let one = |f: &super::Finding| {
        let id = f.id();
        let id = id
            .strip_prefix("update-event-source-mapping::")
            .unwrap_or(&id);
        format!("{id} at {} {}", f.role, f.level)
    };
    judgement.findings.iter().map(one).collect()
}

/// A defect, a case that meets it, and the finding: the promise, the class and the symptom, where
/// it shows, its level.
pub(super) async fn check(symptom: Symptom, defect: &str, id: &str, expected: &str) {
    let results = results(Some(defect), &[id]).await;
    let found: Vec<String> = results
        .iter()
        .flat_map(|r| findings(&r.judgement))
        .collect();
    assert!(
        expected.contains(&format!("::{symptom} ")),
        "{expected} is no {symptom}"
    );
    assert!(
        found.iter().any(|f| f == expected),
        "{defect}\n  expected: {expected}\n     found: {found:#?}"
    );
}

/// An observation of the reference, changed by hand: for what no defect does.
pub(super) async fn check_changed(
    symptom: Symptom,
    id: &str,
    change: impl FnOnce(&mut Observation),
    expected: &str,
) {
    let results = results(None, &[id]).await;
    let result = results.first().expect(id);
    assert_eq!(findings(&result.judgement), [""; 0], "{id}");
    let mut seen = result.observation.clone().expect(id);
    change(&mut seen);
    let found = findings(&Judge::of(&plan()).judge(&plan().cases[result.index], &seen));
    assert!(
        expected.contains(&format!("::{symptom} ")),
        "{expected} is no {symptom}"
    );
    assert!(
        found.iter().any(|f| f == expected),
        "{id}\n  expected: {expected}\n     found: {found:#?}"
    );
}

/// What comes of a case whose request had that outcome.
async fn verdict_with(outcome: Result<Answer, Silence>) -> (Verdict, Vec<String>) {
    let results = results(None, &[ALL]).await;
    let result = results.first().expect("a case");
    let mut seen = result.observation.clone().expect("an observation");
    subject(&mut seen).outcome = outcome;
    let judgement = Judge::of(&plan()).judge(&plan().cases[result.index], &seen);
    (judgement.verdict.clone(), findings(&judgement))
}

#[tokio::test]
async fn a_limit_of_ours_is_no_finding() {
    let ours = Err(Silence::Ours(
        "no connection of ours can be made".to_owned(),
    ));
    let why = "no connection of ours can be made".to_owned();
    assert_eq!(verdict_with(ours).await, (Verdict::Error(why), Vec::new()));
}

/// Each form in which AWS asks for fewer requests, and none that only looks like it.
#[tokio::test]
async fn throttling_is_no_finding() {
    let refused = |status, headers: &[(&str, &str)], body: &str| {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Ok(Answer {
            status,
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()).into(),
        })
    };
    let json = ("content-type", "application/json");
    for (status, kind) in [
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (403, "TooManyRequestsException"),
        (503, "SlowDown"),
    ] {
        let of_header = refused(status, &[json, ("x-amzn-errortype", kind)], "{}");
        let of_body = refused(
            status,
            &[json],
            &format!(r#"{{"__type":"com.amazonaws#{kind}"}}"#),
        );
        let of_xml = refused(
            status,
            &[("content-type", "text/xml")],
            &format!("<Error><Code>{kind}</Code></Error>"),
        );
        for outcome in [of_header, of_body, of_xml] {
            let (verdict, found) = verdict_with(outcome).await;
            assert!(
                matches!(&verdict, Verdict::Error(why) if why.contains("throttles")),
                "{status} {kind}: {verdict:?}"
            );
            assert_eq!(found, [""; 0], "{status} {kind}");
        }
    }
    for (status, kind) in [
        (400, "ValidationException"),
        (503, "ServiceException"),
        (500, "ThrottlingException"),
    ] {
        let (verdict, found) =
            verdict_with(refused(status, &[json, ("x-amzn-errortype", kind)], "{}")).await;
        assert!(
            verdict == Verdict::Fail && !found.is_empty(),
            "{status} {kind}: {verdict:?}"
        );
    }
}

fn subject(seen: &mut Observation) -> &mut Exchange {
    seen.at_mut(Role::Subject).expect("a request")
}

pub(super) fn answer(exchange: &mut Exchange) -> &mut Answer {
    exchange.outcome.as_mut().expect("an answer")
}

pub(super) fn replace(answer: &mut Answer, from: &str, to: &str) {
    let text = String::from_utf8(answer.body.to_vec()).expect("text");
    assert!(text.contains(from), "{text}");
    answer.body = text.replace(from, to).into();
}

const ALL: &str = "request::http::all-members";
const BELOW: &str = "request::BatchSize::range::min::below-min";
const UNKNOWN: &str = "identifiers::unknown";

#[tokio::test]
async fn no_whole_answer() {
    use Symptom::{Crashed, Cut, NoAnswer, NotHttp, ServerError, TimedOut, TooLarge};
    check(
        NoAnswer,
        "refusal-closes",
        BELOW,
        "protocol::answers::answer::no-answer at subject must",
    )
    .await;
    check(
        TimedOut,
        "refusal-hangs",
        BELOW,
        "protocol::answers::answer::timed-out at subject must",
    )
    .await;
    check(
        Cut,
        "chunks-broken",
        ALL,
        "protocol::answers::answer::cut at given must",
    )
    .await;
    check(
        ServerError,
        "status-500",
        ALL,
        "protocol::no-server-error::answer::server-error at given must",
    )
    .await;
    check(
        Crashed,
        "range-crashes",
        BELOW,
        "request::BatchSize::range::min::range::crashed at subject must",
    )
    .await;
    let silent =
        |silence: Silence| move |seen: &mut Observation| subject(seen).outcome = Err(silence);
    check_changed(
        NotHttp,
        ALL,
        silent(Silence::NotHttp("SSH-2.0".to_owned())),
        "protocol::answers::answer::not-http at subject must",
    )
    .await;
    let followed = |seen: &mut Observation| {
        let answer = answer(subject(seen));
        answer.body = std::mem::take(&mut answer.body).followed_by(3);
    };
    check_changed(
        NotHttp,
        ALL,
        followed,
        "protocol::answers::answer::not-http at subject must",
    )
    .await;
    check_changed(
        TooLarge,
        ALL,
        silent(Silence::TooLarge {
            status: 202,
            limit: 9,
        }),
        "protocol::answers::answer::too-large at subject must",
    )
    .await;
    check_changed(
        NoAnswer,
        ALL,
        silent(Silence::Unreachable("refused".to_owned())),
        "protocol::answers::answer::no-answer at subject must",
    )
    .await;
    check_changed(
        TimedOut,
        ALL,
        silent(Silence::TimedOut(Phase::Body)),
        "protocol::answers::answer::timed-out at subject must",
    )
    .await;
}

#[tokio::test]
async fn the_form_of_answers() {
    use Symptom::{ContentCoding, ContentType, MemberTwice, NotJson, WrongStatus};
    check(
        WrongStatus,
        "status-200",
        ALL,
        "response::status::answer::wrong-status at given must",
    )
    .await;
    check(
        ContentType,
        "content-type-html",
        ALL,
        "protocol::content-type::answer::content-type at given must",
    )
    .await;
    check(
        ContentType,
        "error-body-html",
        BELOW,
        "protocol::content-type::refusal::content-type at subject should",
    )
    .await;
    check(
        ContentCoding,
        "gzip-label",
        ALL,
        "protocol::encoding::answer::content-coding at given must",
    )
    .await;
    check(
        NotJson,
        "body-trailing-comma",
        ALL,
        "protocol::json::answer::not-json at given must",
    )
    .await;
    check(
        NotJson,
        "error-body-cut",
        BELOW,
        "protocol::json::answer::not-json at subject must",
    )
    .await;
    check(
        MemberTwice,
        "body-duplicate-member",
        ALL,
        "protocol::json::answer::member-twice at given must",
    )
    .await;
}

#[tokio::test]
async fn the_members_of_answers() {
    use Symptom::{Missing, NotNull, OutOfContract, WrongType};
    check(
        Missing,
        "answer-empty-object",
        ALL,
        "response::BatchSize::present::answer::missing at given must",
    )
    .await;
    check(
        WrongType,
        "answer-batch-size-is-string",
        ALL,
        "response::BatchSize::type::answer::wrong-type at given must",
    )
    .await;
    check(
        OutOfContract,
        "answer-batch-size-0",
        ALL,
        "response::BatchSize::range::min::answer::out-of-contract at given must",
    )
    .await;
    check(
        OutOfContract,
        "answer-function-bare",
        ALL,
        "response::FunctionArn::pattern::answer::out-of-contract at given must",
    )
    .await;
    check(
        OutOfContract,
        "answer-state-unknown",
        ALL,
        "response::State::enum::answer::out-of-contract at given must",
    )
    .await;
    check(
        OutOfContract,
        "answer-last-modified-in-milliseconds",
        ALL,
        "response::LastModified::type::answer::out-of-contract at given must",
    )
    .await;
    check(
        OutOfContract,
        "answer-last-modified-negative",
        ALL,
        "response::LastModified::type::answer::out-of-contract at given must",
    )
    .await;
    let dated = |seen: &mut Observation| {
        let headers = &mut answer(subject(seen)).headers;
        headers.retain(|(name, _)| name != "date");
        headers.push((
            "date".to_owned(),
            "Thu, 01 Jan 2015 00:00:00 GMT".to_owned(),
        ));
    };
    check_changed(
        OutOfContract,
        ALL,
        dated,
        "rule::last-modified-advances::answer::out-of-contract at subject must",
    )
    .await;
    let result = |seen: &mut Observation| {
        replace(
            answer(subject(seen)),
            "{\"",
            "{\"LastProcessingResult\":\"OK\",\"",
        )
    };
    check_changed(
        NotNull,
        "variant::queue::BatchSize::plain",
        result,
        "rule::no-processing-result-for-queues::answer::not-null at subject must",
    )
    .await;
}

#[tokio::test]
async fn accepted_or_refused() {
    use Symptom::{Accepted, Inconsistent, Refused};
    check(
        Accepted,
        "batch-size-min-zero",
        BELOW,
        "request::BatchSize::range::min::range::accepted at subject must",
    )
    .await;
    check(
        Refused,
        "batch-size-min-two",
        "request::BatchSize::range::min::at-min",
        "request::BatchSize::range::min::valid::refused at subject must",
    )
    .await;
    check(
        Refused,
        "bare-name-refused",
        ALL,
        "request::http::valid::refused at given must",
    )
    .await;
    check(
        Refused,
        "bare-name-max-63",
        "rule::bare-name-length::at-max",
        "rule::bare-name-length::well-formed::refused at subject must",
    )
    .await;
    let between = "request::FunctionName::length::max::between-revisions::just-above";
    check(
        Inconsistent,
        "function-name-max-141",
        between,
        "request::FunctionName::length::max::any-revision::inconsistent at subject must",
    )
    .await;
}

#[tokio::test]
async fn refused_for_its_fault() {
    use Symptom::{Created, NoErrorType, WrongErrorStatus, WrongRefusal};
    check(
        WrongErrorStatus,
        "constraint-422",
        BELOW,
        "error::InvalidParameterValueException::refusal::wrong-error-status at subject must",
    )
    .await;
    check(
        WrongRefusal,
        "constraint-own-type",
        BELOW,
        "request::BatchSize::range::min::range::wrong-refusal at subject must",
    )
    .await;
    check(
        WrongRefusal,
        "unknown-mapping-own-type",
        UNKNOWN,
        "rule::unknown-mapping::unknown-resource::wrong-refusal at subject must",
    )
    .await;
    check(
        Symptom::TwoErrorTypes,
        "error-types-differ",
        BELOW,
        "protocol::error-type::refusal::two-error-types at subject must",
    )
    .await;
    check(
        NoErrorType,
        "error-type-missing",
        BELOW,
        "protocol::error-type::refusal::no-error-type at subject must",
    )
    .await;
    let throttled = |seen: &mut Observation| {
        let answer = answer(subject(seen));
        *answer = Answer {
            status: 429,
            headers: Vec::new(),
            body: Bytes::new().into(),
        };
    };
    check_changed(
        WrongRefusal,
        ALL,
        throttled,
        "error::TooManyRequestsException::refusal::wrong-refusal at subject must",
    )
    .await;
    // Whatever answers the read after it, the mapping under test will do.
    let created = |seen: &mut Observation| {
        let after = seen.at(Role::After).cloned().expect("a read");
        seen.add(1, Role::Named, after);
    };
    check_changed(
        Created,
        UNKNOWN,
        created,
        "get-event-source-mapping::rule::unknown-mapping::unknown-resource::created at named must",
    )
    .await;
}

#[tokio::test]
async fn what_was_sent_is_stored() {
    use Symptom::{NeverSettles, NotEchoed, NotStored, ReadDisagrees, WrongState};
    check(
        NotEchoed,
        "answer-batch-size-constant",
        ALL,
        "rule::batch-size-stored::valid::not-echoed at subject must",
    )
    .await;
    check(
        NotEchoed,
        "answer-function-other",
        ALL,
        "rule::function-stored::valid::not-echoed at subject must",
    )
    .await;
    check(
        NotStored,
        "stored-batch-size-off-by-one",
        ALL,
        "rule::batch-size-stored::valid::not-stored at after must",
    )
    .await;
    check(
        NotStored,
        "qualifier-not-stored",
        "function-name::name-with-alias",
        "rule::function-stored::valid::not-stored at after must",
    )
    .await;
    let null = "members::null-batch-size-beside-enabled";
    check(
        NotEchoed,
        "null-resets-batch-size",
        null,
        "rule::unsent-unchanged::valid::not-echoed at subject should",
    )
    .await;
    check(
        WrongState,
        "answer-state-opposite",
        ALL,
        "rule::enabled-stored::valid::wrong-state at subject must",
    )
    .await;
    check(
        WrongState,
        "enabled-always-true",
        ALL,
        "rule::enabled-stored::valid::wrong-state at after must",
    )
    .await;
    check(
        NeverSettles,
        "updating-never-ends",
        ALL,
        "rule::enabled-stored::valid::never-settles at before must",
    )
    .await;
    check(
        ReadDisagrees,
        "stored-batch-size-off-by-one",
        ALL,
        "rule::read-back::valid::read-disagrees at after must",
    )
    .await;
}

#[tokio::test]
async fn the_rest_is_kept() {
    use Symptom::{Changed, ChangedByRefusal, Gone, Mutated, StandsStill, WentBack};
    check(
        Changed,
        "batch-size-reset",
        "request::Enabled::type::another",
        "rule::unsent-unchanged::valid::changed at after must",
    )
    .await;
    check(
        Mutated,
        "source-changed-by-body",
        "members::event-source-arn",
        "rule::source-immutable::valid::mutated at subject must",
    )
    .await;
    check(
        Mutated,
        "answer-source-null",
        ALL,
        "rule::source-immutable::valid::mutated at subject must",
    )
    .await;
    check(
        ChangedByRefusal,
        "refused-for-range-stored",
        BELOW,
        "rule::refusal-changes-nothing::range::changed-by-refusal at after must",
    )
    .await;
    check(
        ChangedByRefusal,
        "refused-moves-last-modified",
        BELOW,
        "rule::refusal-is-no-update::range::changed-by-refusal at after should",
    )
    .await;
    let disabled = |seen: &mut Observation| {
        let after = seen.at_mut(Role::After).expect("a read");
        replace(answer(after), "\"Enabled\"", "\"Disabled\"");
    };
    check_changed(
        ChangedByRefusal,
        BELOW,
        disabled,
        "rule::refusal-changes-nothing::range::changed-by-refusal at after must",
    )
    .await;
    check(
        Gone,
        "refused-deletes",
        "request::FunctionName::pattern::refuses::name::value::space-before",
        "rule::read-back::valid::gone at after must",
    )
    .await;
    check(
        WentBack,
        "last-modified-goes-back",
        ALL,
        "rule::last-modified-advances::valid::went-back at subject must",
    )
    .await;
    for defect in [
        "get-last-modified-an-hour-ago",
        "get-last-modified-seconds-ago",
    ] {
        check(
            WentBack,
            defect,
            ALL,
            "rule::last-modified-advances::valid::went-back at after must",
        )
        .await;
    }
    check(
        StandsStill,
        "last-modified-kept-by-enabled",
        "rule::last-modified-advances::with-time::Enabled",
        "rule::last-modified-advances::valid::stands-still at subject must",
    )
    .await;
    check(
        StandsStill,
        "last-modified-frozen",
        "rule::last-modified-advances::with-time",
        "rule::last-modified-advances::valid::stands-still at subject must",
    )
    .await;
}

/// The findings of one case on the reference with that defect.
async fn all_of(defect: &str, id: &str) -> Vec<String> {
    results(Some(defect), &[id])
        .await
        .iter()
        .flat_map(|r| findings(&r.judgement))
        .collect()
}

#[tokio::test]
async fn each_fault_is_told_once_and_of_the_right_promise() {
    // A form of a name that is refused is no fault of the operation's path.
    let control = "request::FunctionName::pattern::refuses::account-and-name::value::space-before";
    assert_eq!(
        all_of("account-name-refused", control).await,
        ["rule::partial-arn::valid::refused at given must"]
    );
    // Who looks a malformed name up refuses the name in the wrong way, and not the number beside
    // it.
    let two = "pairs::zero-and-bad-name";
    assert_eq!(
        all_of("names-looked-up-first", two).await,
        ["request::FunctionName::pattern::pattern::wrong-refusal at subject must"]
    );
    // An answer in the type of the request is one fault.
    let cbor = "methods-and-headers::cbor-type";
    assert_eq!(
        all_of("cbor-answered-in-cbor", cbor).await,
        ["protocol::content-type::refusal::content-type at subject should"]
    );
    // Our reader's own limit is nobody's fault.
    assert_eq!(
        all_of("deep-nesting-read", "members::nested-100000-deep").await,
        [""; 0]
    );
}

#[test]
fn roles_have_names() {
    let roles = [
        Role::Twin,
        Role::Given,
        Role::Before,
        Role::Subject,
        Role::After,
        Role::Named,
        Role::Step(0),
    ];
    let names: std::collections::BTreeSet<String> = roles.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), roles.len());
}

/// A symptom without a row above would be a check that may be removed unseen.
#[test]
fn every_symptom_has_a_row() {
    // The messages of the symptoms, as they stand in symptom.rs, are the list that cannot be
    // forgotten.
    let names = include_str!("symptom.rs")
        .split_once("impl fmt::Display for Symptom")
        .expect("names")
        .1;
    let data_plane = include_str!("../run/tests/data_plane.rs");
    let rows =
        concat!(include_str!("tests.rs"), include_str!("model/tests.rs")).to_owned() + data_plane;
    let mut count = 0;
    for line in names.lines().filter(|l| l.contains("Self::")) {
        let name = line.split('"').nth(1).expect("a name");
        assert!(
            rows.contains(&format!("::{name} at ")),
            "no target shows {name}"
        );
        count += 1;
    }
    assert!(count > 30, "{count}");
}
