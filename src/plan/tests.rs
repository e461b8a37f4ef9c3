//! The plan, for review: every case with what it sends and what is expected.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Plan;
use crate::harness::testing::{plan, snapshot};
use crate::plan::case::{BodyDraft, Case, Draft, Expect, PathDraft, SourceKind};

/// Longer texts are told by their length and a sum: nobody reads them, but a change shows.
const LONGEST: usize = 200;

fn shown(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.replace('\n', "\\n");
    }
    let sum = text.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(byte)));
    let start: String = text.chars().take(80).collect();
    format!("{}… ({} characters, sum {sum:016x})", start.replace('\n', "\\n"), text.chars().count())
}

fn body(draft: &Draft) -> String {
    match &draft.body {
        BodyDraft::None => "no body".to_owned(),
        BodyDraft::Text(text) => shown(text),
        BodyDraft::Bytes(bytes) => shown(&format!("bytes {bytes:02x?}")),
    }
}

/// What differs from the plain request of the operation, and the body.
fn request(plan: &Plan, draft: &Draft) -> String {
    let mut text = String::new();
    if draft.method != plan.contract.http.method {
        let _ = write!(text, "{} ", draft.method);
    }
    match &draft.path {
        PathDraft::Exact(path) => {
            let _ = write!(text, "{} ", shown(path));
        }
        PathDraft::Labels { labels, .. } if *labels != plan.binding.label => {
            let _ = write!(text, "{labels:?} ");
        }
        PathDraft::Labels { .. } => {}
    }
    let usual = [("content-type".to_owned(), plan.service.protocol.content_type.clone())];
    if draft.headers != usual {
        let _ = write!(text, "{:?} ", draft.headers);
    }
    if let Some(framing) = &draft.raw {
        let _ = write!(text, "raw {framing:?} ");
    }
    text + &body(draft)
}

fn expectation(case: &Case) -> String {
    match &case.expect {
        Expect::Accept => "accept".to_owned(),
        Expect::Reject(class) => format!("reject {class}"),
        Expect::Either(class) => format!("either {class}"),
        Expect::LikeTwin => "like twin".to_owned(),
        Expect::AsTwin => "as twin".to_owned(),
        Expect::Probe(class) => format!("probe {class}"),
        Expect::NoEffect(class) => format!("no effect {class}"),
        Expect::Model => "model".to_owned(),
        Expect::Advances(member) => format!("advances {member}"),
    }
}

fn case_text(plan: &Plan, case: &Case, text: &mut String) {
    let _ = write!(text, "{}\n    {} [{}, {}]", case.id, expectation(case), case.basis, case.level);
    match case.source {
        SourceKind::Any => {}
        SourceKind::Queue => text.push_str(" of a queue"),
        SourceKind::Stream => text.push_str(" of a stream"),
    }
    if !case.settle {
        text.push_str(" at once");
    }
    let atoms = case.atoms.iter().map(|a| a.path()).collect::<Vec<_>>().join(", ");
    if !case.sequence.is_empty() {
        let _ = writeln!(text, " of {atoms}");
        return steps_text(plan, case, text);
    }
    let _ = writeln!(text, " of {atoms}\n    {}", request(plan, &case.request));
    if !matches!(&case.given.body, BodyDraft::Text(given) if *given == plan.binding.given) {
        let _ = writeln!(text, "    after {}", request(plan, &case.given));
    }
    if let Some(twin) = &case.twin {
        let _ = writeln!(text, "    beside {}", request(plan, twin));
    }
    for (member, value) in &case.then {
        let _ = writeln!(text, "    then {member}: {value}");
    }
}

/// The steps of a sequence; of a long one those are left out that only count on from the one two before.
fn steps_text(plan: &Plan, case: &Case, text: &mut String) {
    let plain = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let mut lines: Vec<String> = Vec::new();
    for step in &case.sequence {
        let class = step.refused.as_ref().map(|class| format!(" refused {class}")).unwrap_or_default();
        let when = match (step.at_once, step.together) {
            (true, _) => " at once",
            (false, Some(_)) => " together",
            (false, None) => "",
        };
        let on = step.on.as_deref().unwrap_or("all");
        let line = format!("    {} {on}{class}{when}: {}\n", step.action.name(), request(plan, &step.request));
        let long = case.sequence.len() > 40;
        if !long || lines.iter().rev().nth(1).is_none_or(|before| plain(before) != plain(&line)) {
            lines.push(line);
        }
    }
    text.push_str(&lines.concat());
}

/// The file a case is reviewed in: by the file it is written in, or by the member and the promise it is derived from.
fn group(case: &Case) -> String {
    let parts: Vec<&str> = case.id.as_str().split("::").skip(1).collect();
    let depth = match parts.as_slice() {
        ["request", _, "pattern", "refuses", ..] => 5,
        ["request", _, "pattern", "admits", ..] => 4,
        ["request", ..] => 2,
        _ => 1,
    };
    parts.iter().take(depth).map(|p| p.to_ascii_lowercase()).collect::<Vec<_>>().join("-")
}

#[test]
fn cases() {
    let plan = plan();
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    for case in &plan.cases {
        case_text(&plan, case, groups.entry(group(case)).or_default());
    }
    let mut index = String::new();
    for (name, text) in &groups {
        let _ = writeln!(index, "{name}: {} cases", text.lines().filter(|l| !l.starts_with(' ')).count());
    }
    for (id, why) in &plan.impossible {
        let _ = writeln!(index, "impossible {id}: {why}");
    }
    // The index first: it tells of a file that is gone.
    snapshot("plan", "index", &index);
    for (name, text) in &groups {
        snapshot("plan", &format!("cases-{name}"), text);
    }
}

#[test]
fn ids_are_unique_and_hold_no_value() {
    let plan = plan();
    let mut ids = std::collections::BTreeSet::new();
    for case in &plan.cases {
        let id = case.id.as_str();
        assert!(ids.insert(id), "{id} stands twice");
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_./[]{}".contains(&b)), "{id}");
        assert!(id.len() < 160, "{id} is too long to type");
    }
}

#[test]
fn a_valid_name_has_every_length() {
    let (plan, pattern) = (plan(), "request::FunctionName::length");
    let sample = plan.sample();
    let valid = plan.cases.iter().filter(|case| matches!(case.expect, Expect::Accept | Expect::LikeTwin));
    let mut lengths = std::collections::BTreeSet::new();
    for case in valid.filter(|case| case.id.as_str().contains(pattern)) {
        let BodyDraft::Text(template) = &case.request.body else { continue };
        let text = sample.fill(template).expect("names that are known");
        let members = serde_json::from_str(&text).expect("an object");
        assert!(plan.oracle().violations(&members).is_empty(), "{}", case.id);
        lengths.extend(members["FunctionName"].as_str().map(|name| name.chars().count()));
    }
    assert_eq!(lengths, (1..=140).collect());
}

#[test]
fn a_run_sends_many_distinct_requests() {
    let sampling = crate::plan::generator::Sampling { samples: crate::plan::generator::SAMPLES, ..Default::default() };
    let options = super::PlanOptions { sampling, ..Default::default() };
    let plan = Plan::load(&crate::support::files::Files::Embedded, &options).expect("a plan");
    let sample = plan.sample();
    let bound = |draft: &crate::plan::case::Draft| {
        let request = draft.bind(&sample, "lambda").expect("names that are known");
        (request.method.clone(), request.path.clone(), request.headers.clone(), request.body.clone())
    };
    let of_cases = plan.cases.iter().filter(|c| c.sequence.is_empty()).map(|case| bound(&case.request));
    let distinct: std::collections::BTreeSet<_> = of_cases.collect();
    // Controls, states and sequences are not counted.
    assert!(distinct.len() >= 2000, "{}", distinct.len());
}
