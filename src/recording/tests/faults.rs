//! Files that are no recordings: told with the file, the line and what was expected.

use super::{judge, report};
use crate::harness::testing::assert_refused;
use crate::report::Exit;

const EXCHANGE: &str = r#"{"request": {"method": "GET", "path": "/2015-03-31/functions"}, "answer": {"status": 200, "json": {}}}"#;
const HEADER: &str = concat!(
    r#"{"proofmark-recording":1,"proofmark":"0","plan":{"service":"lambda","#,
    r#""operation":"update-event-source-mapping","revision":null,"region":"us-east-1","samples":0,"seed":0,"exhaustive":false}}"#
);

fn check(text: &str, expected: &str) {
    assert_refused(judge("x", text), expected);
}

#[test]
fn neither_form() {
    let what = "x:1: expected a recording: lines of JSON, or a HAR file, `{\"log\": {\"entries\": […]}}`: ";
    check("nonsense", &format!("{what}expected ident"));
    check(
        "[]",
        &format!("{what}invalid length 0, expected struct Document with 1 element"),
    );
    check(
        "\n\n{\"a\": 1}\n{\"b\": 2}",
        &format!("{}trailing characters", what.replacen(":1:", ":4:", 1)),
    );
    check("{\"a\": 1}", &format!("{what}found no `log`"));
    let deep = "[".repeat(100_000);
    check(&format!("{{\"log\": {deep}"), &format!("{what}…"));
    check(&format!("{{\"request\": {deep}"), &format!("{what}…"));
}

#[test]
fn bare_exchanges() {
    let what = "expected an exchange, `{\"request\": {…}, \"answer\": {…}}`: ";
    check(
        &format!("{EXCHANGE}\n\n{{\"request\": {{"),
        &format!("x:3: {what}EOF while parsing an object"),
    );
    check(
        &format!("{EXCHANGE}\nnonsense\n{EXCHANGE}"),
        &format!("x:2: {what}expected ident"),
    );
    check(
        &EXCHANGE.replace("\"path\"", "\"pfad\""),
        &format!("x:1: {what}unknown field `pfad`…"),
    );
    check(
        r#"{"request": {"method": "GET", "path": "/"}}"#,
        "x:1: expected an `answer` beside the `request`, or a `silence`",
    );
    check(
        &EXCHANGE.replace("\"/2015", "\"2015"),
        "x:1: expected a path that starts with `/`, found `2015-03-31/functions`",
    );
    check(
        &EXCHANGE.replace("200", "20"),
        "x:1: expected a status of three digits, found 20",
    );
    let two = "x:1: expected one of `body`, `body-base64` and `json`, found several";
    check(
        &EXCHANGE.replace("\"json\": {}", "\"json\": {}, \"body\": \"\""),
        two,
    );
    let base64 = EXCHANGE.replace("\"json\": {}", "\"body-base64\": \"!\"");
    check(&base64, "x:1: expected a body in Base64: …");
    let role = EXCHANGE.replace("\"answer\"", "\"role\": \"given\", \"answer\"");
    check(
        &role,
        "x:1: expected no `role`, `step`, `on` or `settled` outside of a recorded run",
    );
}

#[test]
fn recorded_runs() {
    let version = HEADER.replacen(":1,", ":2,", 1);
    check(
        &version,
        "x:1: expected `proofmark-recording` with version 1, found 2",
    );
    check(
        &HEADER.replace("\"plan\"", "\"plane\""),
        "x:1: expected `proofmark` and the `plan` of the run: missing field `plan`",
    );
    check(
        &HEADER.replace("null", "\"1999\""),
        "lambda/update-event-source-mapping: no revision `1999` …",
    );
    let line = |line: &str| format!("{HEADER}\n{line}\n{{\"end\":{{}}}}\n");
    check(
        &line("{"),
        "x:2: expected a JSON object: EOF while parsing an object",
    );
    check(
        &line("{}"),
        "x:2: expected a line with `case`, `spoilt`, `retried`, `notes` or `end`",
    );
    check(
        &line("{\"end\":{}}"),
        "x:3: expected nothing after the line with `end`",
    );
    check(
        &line("{\"case\":1}"),
        "x:2: expected a case: invalid type: …",
    );
    check(
        &line("{\"case\":\"a\",\"toml\":\"[[case]]\"}"),
        "x:2: expected one case in `toml`: missing field `id`",
    );
    let exchange = |more: &str| {
        line(&format!(
            "{{\"case\":\"a\",\"exchanges\":[{}]}}",
            EXCHANGE.replacen('{', &format!("{{{more}"), 1)
        ))
    };
    check(&exchange(""), "x:2: expected a `role` of each exchange");
    check(
        &exchange("\"role\":\"step\","),
        "x:2: expected the place of its `step` in a sequence",
    );
}

#[test]
fn har_files() {
    check(
        "{\"log\": {}}",
        "x:1: expected `entries` in the `log` of a HAR file",
    );
    check(
        "{\"log\": {\"version\": \"2.0\", \"entries\": []}}",
        "x:1: expected a HAR file of version 1.2, found `2.0`",
    );
    check(
        "{\n\"log\":\n{\"entries\": [\n{\n}]}}",
        "x:5: expected an entry of a HAR file: missing field `request`",
    );
    let entry = |url: &str, more: &str| {
        format!(
            "{{\"log\": {{\"entries\": [\n\n{{\"request\": {{\"method\": \"GET\", \"url\": \"{url}\"}}, \"response\": {{\"status\": 200{more}}}}}]}}}}"
        )
    };
    check(
        &entry("functions", ""),
        "x:3: expected an absolute `url`, found `functions`",
    );
    let coded = entry(
        "http://h/",
        ", \"content\": {\"text\": \"\", \"encoding\": \"zip\"}",
    );
    check(
        &coded,
        "x:3: expected text, or text with the encoding `base64`, found `zip`",
    );
}

#[test]
fn nothing_to_judge() {
    for text in [
        "",
        "\u{feff}\n \n",
        EXCHANGE,
        "{\"log\": {\"version\": \"1.2\", \"entries\": []}}",
    ] {
        let judged = judge("x", text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let (exit, report) = report(&judged);
        assert_eq!(exit, Exit::NothingTested, "{report}");
        assert!(report.contains("NOTHING WAS TESTED: "), "{report}");
    }
}

#[test]
fn a_huge_body() {
    let body = "x".repeat(20 << 20);
    let text = format!(
        "{{\"request\": {{\"method\": \"PUT\", \"path\": \"/2015-03-31/event-source-mappings/a\", \"body\": \"{body}\"}}, \
         \"answer\": {{\"status\": 202, \"body\": \"{body}\"}}}}"
    );
    let judged = judge("x", &text).expect("a recording");
    let (exit, report) = report(&judged);
    assert_eq!(exit, Exit::Findings);
    assert!(report.len() < 10_000, "{}", report.len());
}
