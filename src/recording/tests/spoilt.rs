//! Recordings with one thing spoilt: each names the finding that tells of it.

use super::{findings, judge, recording, report};
use crate::report::Exit;

/// A recording, the line that is spoilt (0: all of them), what is replaced there by what, and the
/// finding.
type Row = (
    &'static str,
    usize,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("queue-lifecycle.ndjson", 1, r#""status": 202"#, r#""status": 200"#, "create-event-source-mapping::response::status::answer::wrong-status"),
    ("queue-lifecycle.ndjson", 1, r#""BatchSize": 5, "EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:orders", "EventSourceMappingArn""#, r#""BatchSize": 6, "EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:orders", "EventSourceMappingArn""#, "create-event-source-mapping::rule::batch-size-stored::valid::not-echoed"),
    ("queue-lifecycle.ndjson", 1, r#""StateTransitionReason": "USER_INITIATED""#, r#""StateTransitionReason": "USER_INITIATED", "LastProcessingResult": "OK""#, "create-event-source-mapping::rule::no-processing-result-for-queues::answer::not-null"),
    ("queue-lifecycle.ndjson", 2, r#""status": 200"#, r#""status": 202"#, "get-event-source-mapping::response::status::answer::wrong-status"),
    ("queue-lifecycle.ndjson", 3, r#""status": 400"#, r#""status": 409"#, "update-event-source-mapping::error::ResourceInUseException::refusal::wrong-error-status"),
    ("queue-lifecycle.ndjson", 3, r#"ResourceInUseException"#, r#"SerializationException"#, "update-event-source-mapping::request::http::valid::refused"),
    ("queue-lifecycle.ndjson", 4, r#""BatchSize": 5"#, r#""BatchSize": 6"#, "create-event-source-mapping::rule::batch-size-stored::valid::not-stored"),
    ("queue-lifecycle.ndjson", 4, r#""UUID": "91eaeb7e"#, r#""UUID": "81eaeb7e"#, "get-event-source-mapping::rule::uuid-identity::valid::not-echoed"),
    ("queue-lifecycle.ndjson", 4, r#""EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:orders""#, r#""EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:others""#, "create-event-source-mapping::rule::source-stored::valid::not-stored"),
    ("queue-lifecycle.ndjson", 5, r#""State": "Disabling""#, r#""State": "Enabled""#, "update-event-source-mapping::rule::enabled-stored::valid::wrong-state"),
    ("queue-lifecycle.ndjson", 5, r#""status": 202"#, r#""status": 500"#, "update-event-source-mapping::protocol::no-server-error::answer::server-error"),
    ("queue-lifecycle.ndjson", 5, r#""LastModified": 1727788271.456"#, r#""LastModified": "2024-10-01T13:11:11Z""#, "update-event-source-mapping::response::LastModified::type::answer::wrong-type"),
    ("queue-lifecycle.ndjson", 5, r#""LastModified": 1727788271.456"#, r#""LastModified": 1727788271456"#, "update-event-source-mapping::response::LastModified::type::answer::out-of-contract"),
    ("queue-lifecycle.ndjson", 5, r#""content-type": "application/json", "x-amzn"#, r#""content-type": "text/html", "x-amzn"#, "update-event-source-mapping::protocol::content-type::answer::content-type"),
    ("queue-lifecycle.ndjson", 5, r#""State": "Disabling", "#, r#""#, "update-event-source-mapping::response::State::present::answer::missing"),
    ("queue-lifecycle.ndjson", 5, r#""State": "Disabling""#, r#""State": "Stopping""#, "update-event-source-mapping::response::State::enum::answer::out-of-contract"),
    ("queue-lifecycle.ndjson", 5, r#""UUID": "91eaeb7e"#, r#""UUID": "81eaeb7e"#, "update-event-source-mapping::rule::uuid-identity::valid::not-echoed"),
    ("queue-lifecycle.ndjson", 7, r#""State": "Disabled""#, r#""State": "Enabled""#, "update-event-source-mapping::rule::enabled-stored::valid::wrong-state"),
    ("queue-lifecycle.ndjson", 7, r#""BatchSize": 5"#, r#""BatchSize": 50"#, "update-event-source-mapping::rule::unsent-unchanged::valid::changed"),
    ("queue-lifecycle.ndjson", 8, r#""LastModified": 1727788301.789"#, r#""LastModified": 1727788270.0"#, "update-event-source-mapping::rule::last-modified-advances::valid::went-back"),
    ("queue-lifecycle.ndjson", 10, r#"function:orders:1", "FunctionResponseTypes"#, r#"function:orders", "FunctionResponseTypes"#, "update-event-source-mapping::rule::function-stored::valid::not-echoed"),
    ("queue-lifecycle.ndjson", 11, r#"function:orders:1"#, r#"function:orders"#, "update-event-source-mapping::rule::function-stored::valid::not-stored"),
    ("queue-lifecycle.ndjson", 11, r#""EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:orders""#, r#""EventSourceArn": "arn:aws:sqs:us-east-1:111122223333:others""#, "update-event-source-mapping::rule::source-immutable::valid::mutated"),
    ("queue-lifecycle.ndjson", 11, r#""status": 200, "headers""#, r#""status": 404, "headers""#, "update-event-source-mapping::rule::read-back::valid::gone"),
    ("queue-lifecycle.ndjson", 14, r#"InvalidParameterValueException"#, r#"ResourceNotFoundException"#, "update-event-source-mapping::request::http::valid::refused"),
    ("queue-lifecycle.ndjson", 15, r#""BatchSize": 5"#, r#""BatchSize": 11"#, "update-event-source-mapping::rule::refusal-changes-nothing::unknown-reference::changed-by-refusal"),
    ("queue-lifecycle.ndjson", 18, r#""status": 202"#, r#""status": 204"#, "delete-event-source-mapping::response::status::answer::wrong-status"),
    ("queue-lifecycle.ndjson", 18, r#""UUID": "91eaeb7e"#, r#""UUID": "81eaeb7e"#, "delete-event-source-mapping::rule::uuid-identity::valid::not-echoed"),
    ("queue-lifecycle.ndjson", 21, r#"ResourceNotFoundException"#, r#"NotFoundException"#, "get-event-source-mapping::rule::unknown-mapping::unknown-resource::wrong-refusal"),
    ("queue-lifecycle.ndjson", 21, r#""status": 404"#, r#""status": 400"#, "get-event-source-mapping::error::ResourceNotFoundException::refusal::wrong-error-status"),
    ("queue-lifecycle.ndjson", 22, r#""x-amzn-errortype": "ResourceNotFoundException""#, r#""x-nothing": """#, "update-event-source-mapping::protocol::error-type::refusal::no-error-type"),
    ("stream-2015.ndjson", 5, r#""status": 200"#, r#""status": 202"#, "list-event-source-mappings::response::status::answer::wrong-status"),
    ("stream-2015.ndjson", 5, r#""BatchSize": 100"#, r#""BatchSize": "100""#, "list-event-source-mappings::response::EventSourceMappings[].BatchSize::type::answer::wrong-type"),
    ("stream.ndjson", 9, r#"TooManyRequestsException"#, r#"ThrottlingException"#, "update-event-source-mapping::error::TooManyRequestsException::refusal::wrong-refusal"),
    ("kafka.ndjson", 2, r#""FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:kafka", "#, r#""#, "get-event-source-mapping::response::FunctionArn::present::answer::missing"),
    ("refusals.ndjson", 6, r#""status": 400"#, r#""status": 202"#, "update-event-source-mapping::request::BatchSize::range::min::range::accepted"),
    ("refusals.ndjson", 6, r#"ValidationException"#, r#"SerializationException"#, "update-event-source-mapping::request::BatchSize::range::min::range::wrong-refusal"),
    ("refusals.ndjson", 7, r#""status": 400"#, r#""status": 422"#, "update-event-source-mapping::request::BatchSize::range::max::range::wrong-refusal"),
    ("refusals.ndjson", 9, r#""status": 400"#, r#""status": 202"#, "update-event-source-mapping::request::FunctionName::pattern::pattern::accepted"),
    ("refusals.ndjson", 10, r#"InvalidParameterValueException"#, r#"InternalFailure"#, "update-event-source-mapping::rule::bare-name-length::rule::wrong-refusal"),
    ("refusals.ndjson", 11, r#""status": 400"#, r#""status": 202"#, "update-event-source-mapping::request::BatchSize::range::min::range::accepted"),
    ("refusals.ndjson", 11, r#"ValidationException"#, r#"SerializationException"#, "update-event-source-mapping::request::BatchSize::range::min::range::wrong-refusal"),
    ("refusals.ndjson", 12, r#""status": 400"#, r#""status": 202"#, "update-event-source-mapping::request::BatchSize::type::type::accepted"),
    ("refusals.ndjson", 14, r#""status": 400"#, r#""status": 202"#, "update-event-source-mapping::rule::json-body::syntax::accepted"),
    ("refusals.ndjson", 16, r#"SerializationException"#, r#"TeapotException"#, "update-event-source-mapping::rule::json-body::syntax::wrong-refusal"),
    ("refusals.ndjson", 25, r#""status": 400"#, r#""status": 202"#, "create-event-source-mapping::request::StartingPosition::enum::enum::accepted"),
    ("refusals.ndjson", 26, r#"ValidationException"#, r#"OtherException"#, "create-event-source-mapping::request::FunctionName::required::required::wrong-refusal"),
    ("queue-lifecycle.har", 0, r#""status": 202"#, r#""status": 201"#, "create-event-source-mapping::response::status::answer::wrong-status"),
    ("queue-lifecycle.har", 0, r#"\"LastModified\": 1727788202.123"#, r#"\"LastModified\": \"2024-10-01\""#, "create-event-source-mapping::response::LastModified::type::answer::wrong-type"),
    ("console.har", 0, r#"\"BatchSize\": 50, \"BisectBatchOnFunctionError\": false, \"DestinationConfig\": {\"OnFailure\": {}}, \"EventSourceArn\": \"arn:aws:kinesis:us-east-1:111122223333:stream/clicks\""#, r#"\"BatchSize\": 0, \"BisectBatchOnFunctionError\": false, \"DestinationConfig\": {\"OnFailure\": {}}, \"EventSourceArn\": \"arn:aws:kinesis:us-east-1:111122223333:stream/clicks\""#, "update-event-source-mapping::rule::batch-size-stored::valid::not-echoed"),
];

#[test]
fn each_is_found() {
    let mut missed = Vec::new();
    for (name, line, from, to, finding) in ROWS {
        let text = recording(name);
        let mut changed = false;
        let spoilt: String = text
            .lines()
            .enumerate()
            .map(|(at, text)| {
                let meant = (*line == 0 || at + 1 == *line) && text.contains(from);
                changed |= meant;
                format!(
                    "{}\n",
                    if meant {
                        text.replace(from, to)
                    } else {
                        text.to_owned()
                    }
                )
            })
            .collect();
        assert!(changed, "{name}:{line} has no {from}");
        let judged = judge("spoilt", &spoilt).unwrap_or_else(|e| panic!("{name}:{line}: {e}"));
        let (exit, text) = report(&judged);
        if exit != Exit::Findings || !findings(&judged).contains(finding) {
            missed.push(format!(
                "{name}:{line} with {to}\n  expected: {finding}\n  found: {:?}",
                findings(&judged)
            ));
        }
        assert!(
            text.contains("  recorded     spoilt:") && !text.contains("replay"),
            "{text}"
        );
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// What one exchange shows is told once, and not again of the history that it is part of.
#[test]
fn a_fault_is_told_once() {
    let text = recording("queue-lifecycle.ndjson").replacen(
        r#""State": "Disabling""#,
        r#""State": "Stopping""#,
        1,
    );
    let judged = judge("spoilt", &text).expect("a recording");
    let counts: Vec<usize> = judged
        .summary
        .found
        .values()
        .map(|found| found.count)
        .collect();
    assert!(
        counts.iter().all(|count| *count == 1),
        "{:?}",
        findings(&judged)
    );
}
