//! SARIF 2.1.0: promises as rules, findings as results.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::place;
use crate::contract::Level;
use crate::report::Exit;
use crate::report::document::{Report, ReportedFinding};
use crate::support::sink::json;

pub(super) fn render(report: &Report) -> String {
    let report = &super::plain(report);
    let mut rules: Vec<Value> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for promise in &report.promises {
        places.insert(&promise.id, rules.len());
        rules.push(rule(
            &promise.id,
            &promise.says,
            &promise.section,
            promise.level,
            promise.basis,
        ));
    }
    // Answers of other operations are judged too.
    for finding in &report.findings {
        if !places.contains_key(finding.promise.as_str()) {
            places.insert(&finding.promise, rules.len());
            rules.push(rule(
                &finding.promise,
                &finding.requirement,
                &finding.section,
                finding.level,
                finding.basis,
            ));
        }
    }
    let results: Vec<_> = report
        .shown()
        .map(|finding| result(report, finding, &places))
        .collect();
    let notes = report
        .notes
        .iter()
        .map(|note| json!({"level": "note", "message": {"text": said(note)}}));
    let left = report.leftovers.iter().map(
        |l| json!({"level": "warning", "message": {"text": said(&format!("not removed: {} ({})", l.what, l.why))}}),
    );
    let stopped = report
        .stopped
        .iter()
        .map(|s| json!({"level": "error", "message": {"text": said(&s.why)}}));
    let notifications: Vec<_> = notes.chain(left).chain(stopped).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": report.tool.name, "version": report.tool.version,
                "informationUri": env!("CARGO_PKG_REPOSITORY"), "rules": rules}},
            "automationDetails": {"id": format!("proofmark/{}/{}/", report.run.slug, report.run.revision)},
            "invocations": [{
                "executionSuccessful": matches!(report.outcome(), Exit::Conforms | Exit::Findings),
                "exitCode": report.exit.code,
                "exitCodeDescription": report.exit.meaning,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {
                "headline": report.headline,
                "operation": report.run.operation,
                "revision": report.run.revision,
                "target": report.run.target,
                "seed": report.run.seed,
            },
        }],
    });
    json::pretty(&document)
}

fn rule(id: &str, says: &str, section: &str, level: Level, basis: crate::contract::Basis) -> Value {
    let help = format!(
        "{says}. This is promised by: {section} (basis: {basis}). `proofmark explain {id}` tells more."
    );
    json!({
        "id": id,
        "shortDescription": {"text": said(says)},
        "help": {"text": said(&help)},
        "defaultConfiguration": {"level": level_name(level)},
        "properties": {"basis": basis, "section": section},
    })
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
    }
}

fn result(report: &Report, finding: &ReportedFinding, places: &HashMap<&str, usize>) -> Value {
    let level = if finding.level <= report.run.gate {
        "error"
    } else {
        "warning"
    };
    let says = finding
        .sent
        .as_deref()
        .map(|sent| format!(" Sent: {sent}."))
        .unwrap_or_default();
    let text = format!(
        "{}.{says} Expected: {}. Actual: {}",
        finding.requirement, finding.expected, finding.actual
    );
    let place = place::of(report, finding);
    // Code scanning takes no result without a place.
    let file = place
        .as_ref()
        .map_or(&report.run.contract, |place| &place.file);
    let mut location = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(line) = place.as_ref().and_then(|place| place.line) {
        location["region"] = json!({"startLine": line});
    }
    let mut result = json!({
        "ruleId": finding.promise,
        "level": level,
        "message": {"text": said(&text)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"proofmarkFinding/v1": finding.id},
        "occurrenceCount": finding.count,
        "properties": {
            "symptom": finding.symptom,
            "class": finding.class,
            "basis": finding.basis,
            "case": finding.case,
            "causes": report.causes_of(&finding.id).map(|cause| &cause.id).collect::<Vec<_>>(),
            "curl": finding.curl,
            "replay": finding.replay,
            "unstable": finding.unstable,
        },
    });
    if let Some(place) = places.get(finding.promise.as_str()) {
        result["ruleIndex"] = json!(place);
    }
    if let Some(why) = &finding.known {
        result["suppressions"] = json!([{"kind": "external", "justification": why}]);
    }
    result
}

/// A message in which no part is a link.
fn said(text: &str) -> String {
    text.replace("](", "]\\(")
}

/// A path as a reference that is relative where the path is.
fn uri(path: &str) -> String {
    let parts: Vec<_> = path
        .split(['/', '\\'])
        .map(crate::support::percent::percent_encode)
        .collect();
    let prefix = if Path::new(path).is_absolute() {
        "file://"
    } else {
        ""
    };
    format!("{prefix}{}", parts.join("/"))
}
