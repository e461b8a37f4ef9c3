//! The plan, for review: every case with what it sends and what is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{Depth, Plan, PlanOptions};
use crate::contract::AtomId;
use crate::harness::testing::{given_of, plan, request_of, snapshot};
use crate::plan::case::{BodyDraft, Case, Draft, Expect, Origin, PathDraft, Purpose, Step};
use crate::support::files::Files;

/// Longer texts are told by their length and a sum: nobody reads them, but a change shows.
const LONGEST: usize = 200;

fn shown(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.replace('\n', "\\n");
    }
    let sum = text.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(1_099_511_628_211)
            .wrapping_add(u64::from(byte))
    });
    let start: String = text.chars().take(80).collect();
    format!(
        "{}… ({} characters, sum {sum:016x})",
        start.replace('\n', "\\n"),
        text.chars().count()
    )
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
    let usual = [(
        "content-type".to_owned(),
        plan.service.protocol.content_type.clone(),
    )];
    if draft.headers != usual {
        let _ = write!(text, "{:?} ", draft.headers);
    }
    if let Some(framing) = &draft.raw {
        let _ = write!(text, "raw {framing:?} ");
    }
    text + &body(draft)
}

fn expectation(case: &Case) -> String {
    match case.expect() {
        Expect::Accept => "accept".to_owned(),
        Expect::Reject(class) => format!("reject {class}"),
        Expect::Either(class) => format!("either {class}"),
        Expect::LikeTwin => "like twin".to_owned(),
        Expect::AsTwin => "as twin".to_owned(),
        Expect::Probe(class) => format!("probe {class}"),
        Expect::NoEffect(class) => format!("no effect {class}"),
        Expect::Model => "model".to_owned(),
        Expect::Advances(member) => format!("advances {member}"),
        Expect::Pages(pages) => format!("pages {}", pages.output_token),
    }
}

fn case_text(plan: &Plan, case: &Case, text: &mut String) {
    let _ = write!(
        text,
        "{}\n    {} [{}, {}]",
        case.id,
        expectation(case),
        case.basis,
        case.level
    );
    text.push_str(&case.variant.to_string());
    let subject = case.subject();
    if subject.is_some_and(|step| step.at_once) {
        text.push_str(" at once");
    }
    let atoms = case
        .atoms
        .iter()
        .map(|a| a.path())
        .collect::<Vec<_>>()
        .join(", ");
    let Some(subject) = subject else {
        let _ = writeln!(text, " of {atoms}");
        return steps_text(plan, case, text);
    };
    let _ = writeln!(text, " of {atoms}\n    {}", request(plan, request_of(case)));
    if given_of(case).text() != Some(&plan.binding.given) {
        let _ = writeln!(text, "    after {}", request(plan, given_of(case)));
    }
    if let Some(twin) = case.twin() {
        let _ = writeln!(text, "    beside {}", request(plan, twin));
    }
    for (member, value) in &subject.then {
        let _ = writeln!(text, "    then {member}: {value}");
    }
}

/// The steps of a sequence; of a long one those are left out that only count on from the one two
/// before.
fn steps_text(plan: &Plan, case: &Case, text: &mut String) {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| !c.is_ascii_digit())
            .collect::<String>()
    };
    let mut lines: Vec<String> = Vec::new();
    for step in &case.steps {
        let class = step
            .refused()
            .map(|class| format!(" refused {class}"))
            .unwrap_or_default();
        let when = match (step.at_once, step.together) {
            (true, _) => " at once",
            (false, Some(_)) => " together",
            (false, None) => "",
        };
        let on = step.on.as_deref().unwrap_or("all");
        let line = format!(
            "    {} {on}{class}{when}: {}\n",
            step.action.name(),
            request(plan, &step.request)
        );
        let long = case.steps.len() > 40;
        if !long
            || lines
                .iter()
                .rev()
                .nth(1)
                .is_none_or(|before| plain(before) != plain(&line))
        {
            lines.push(line);
        }
    }
    text.push_str(&lines.concat());
}

/// The file a case is reviewed in: by the file it is written in, or by the member and the promise
/// it is derived from.
fn group(case: &Case) -> String {
    let parts: Vec<&str> = case.id.as_str().split("::").skip(1).collect();
    let depth = match parts.as_slice() {
        ["request", _, "pattern", "refuses" | "admits", ..] => 4,
        ["request", ..] => 2,
        _ => 1,
    };
    parts
        .iter()
        .take(depth)
        .map(|p| p.to_ascii_lowercase())
        .collect::<Vec<_>>()
        .join("-")
}

/// The form of a value that a case breaks the pattern in, and what it breaks there.
fn form_and_fault(case: &Case) -> Option<(&str, &str)> {
    let (_, rest) = case.id.as_str().split_once("::pattern::refuses::")?;
    rest.split_once("::")
}

/// What stands at the top of a file of [`nearly_alike`] cases.
const HOW_TO_READ: &str = "\
Each fault stands here once, whole, in the first form of a value that has it. Under it stand only the lines that differ in
other forms; `none`: the form has no such case. A form's request comes after its valid one, unless the case says otherwise:
";

/// Cases that break a pattern in each of several forms of a value: each fault once, and what
/// differs between the forms.
fn nearly_alike(plan: &Plan, cases: &[&Case]) -> String {
    let after = |case: &Case| format!("    after {}", request(plan, given_of(case)));
    let mut forms: IndexMap<&str, String> = IndexMap::new();
    let mut faults: IndexMap<&str, IndexMap<&str, Vec<String>>> = IndexMap::new();
    for case in cases {
        let (form, fault) = form_and_fault(case).expect("a fault in a form");
        let usual = forms.entry(form).or_insert_with(|| after(case));
        let mut text = String::new();
        case_text(plan, case, &mut text);
        let lines = text
            .lines()
            .filter(|line| line != usual)
            .map(str::to_owned)
            .collect();
        assert!(
            faults
                .entry(fault)
                .or_default()
                .insert(form, lines)
                .is_none(),
            "{} stands twice",
            case.id
        );
    }

    let mut text = HOW_TO_READ.to_owned();
    for (form, after) in &forms {
        let _ = writeln!(text, "    {form}: {}", after.trim_start());
    }
    for by_form in faults.values() {
        let (_, whole) = by_form.first().expect("a form that has it");
        let mut others: IndexMap<String, Vec<&str>> = IndexMap::new();
        for form in forms.keys() {
            let differs = by_form
                .get(form)
                .map_or_else(|| "none".to_owned(), |lines| difference(whole, lines));
            others.entry(differs).or_default().push(form);
        }
        let _ = writeln!(text, "\n{}", whole.join("\n"));
        for (differs, forms) in others.iter().filter(|(differs, _)| !differs.is_empty()) {
            let _ = writeln!(text, "    {}: {differs}", forms.join(", "));
        }
    }
    text
}

/// The lines of a case, its id aside, that are not those of the other; all of them where one has
/// more lines.
fn difference(whole: &[String], lines: &[String]) -> String {
    let pairs = whole.iter().zip(lines).skip(1);
    let differ = pairs
        .filter(|(a, b)| a != b || whole.len() != lines.len())
        .map(|(_, line)| line.trim_start());
    let more = lines.iter().skip(whole.len()).map(|line| line.trim_start());
    differ.chain(more).collect::<Vec<_>>().join("; ")
}

#[test]
fn cases() {
    let plan = plan();
    let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in &plan.cases {
        groups.entry(group(case)).or_default().push(case);
    }
    let mut index = String::new();
    for (name, cases) in &groups {
        let _ = writeln!(index, "{name}: {} cases", cases.len());
    }
    for (id, why) in &plan.impossible {
        let _ = writeln!(index, "impossible {id}: {why}");
    }
    // The index first: it tells of a file that is gone.
    snapshot("plan", "index", &index);
    for (name, cases) in &groups {
        let mut text = String::new();
        if cases.iter().all(|case| form_and_fault(case).is_some()) {
            text = nearly_alike(&plan, cases);
        } else {
            cases
                .iter()
                .for_each(|case| case_text(&plan, case, &mut text));
        }
        snapshot("plan", &format!("cases-{name}"), &text);
    }
}

/// A difference in any line of one form shows.
#[test]
fn differences_between_forms_show() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let whole = lines("id\n    reject\n    {}");
    assert_eq!(difference(&whole, &lines("other\n    reject\n    {}")), "");
    assert_eq!(
        difference(&whole, &lines("other\n    accept\n    {}")),
        "accept"
    );
    assert_eq!(
        difference(&whole, &lines("other\n    reject\n    {}\n    after x")),
        "reject; {}; after x"
    );
    assert_eq!(difference(&whole, &lines("other\n    reject")), "reject");
}

#[test]
fn ids_are_unique_and_hold_no_value() {
    let plan = plan();
    let mut ids = std::collections::BTreeSet::new();
    for case in &plan.cases {
        let id = case.id.as_str();
        assert!(ids.insert(id), "{id} stands twice");
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b":-_./[]{}".contains(&b)),
            "{id}"
        );
        assert!(id.len() < 160, "{id} is too long to type");
    }
}

/// Whoever fires, judges or prints a case relies on this order of its steps.
#[test]
fn a_case_is_about_one_request_or_about_all_of_its_steps() {
    let plan = plan();
    for case in &plan.cases {
        let purposes: Vec<Purpose> = case.steps.iter().map(|step| step.purpose).collect();
        let parts = purposes.iter().all(|purpose| *purpose == Purpose::Part);
        let one = matches!(
            purposes.as_slice(),
            [Purpose::Given, Purpose::Subject] | [Purpose::Twin, Purpose::Given, Purpose::Subject]
        );
        assert!(one || parts && !purposes.is_empty(), "{case:?}");

        let model = |step: &Step| matches!(step.expect, Expect::Model | Expect::Reject(_));
        assert!(one || case.steps.iter().all(model), "{case:?}");
        assert_eq!(case.subject().is_some(), one, "{case:?}");
    }
}

#[test]
fn a_valid_name_has_every_length() {
    let (plan, pattern) = (plan(), "request::FunctionName::length");
    let sample = plan.sample();
    let valid = plan
        .cases
        .iter()
        .filter(|case| matches!(case.expect(), Expect::Accept | Expect::LikeTwin));
    let mut lengths = std::collections::BTreeSet::new();
    for case in valid.filter(|case| case.id.as_str().contains(pattern)) {
        let Some(template) = request_of(case).text() else {
            continue;
        };
        let text = sample.fill(template).expect("names that are known");
        let members = serde_json::from_str(&text).expect("an object");
        assert!(plan.oracle().violations(&members).is_empty(), "{}", case.id);
        lengths.extend(
            members["FunctionName"]
                .as_str()
                .map(|name| name.chars().count()),
        );
    }
    assert_eq!(lengths, (1..=140).collect());
}

#[test]
fn a_run_sends_many_distinct_requests() {
    let sampling = crate::plan::generator::Sampling {
        samples: crate::plan::generator::SAMPLES,
        ..Default::default()
    };
    let options = super::PlanOptions {
        sampling,
        ..Default::default()
    };
    let plan = Plan::load(&crate::support::files::Files::Embedded, &options).expect("a plan");
    let sample = plan.sample();
    let bound = |draft: &crate::plan::case::Draft| {
        let request = draft.bind(&sample, "lambda").expect("names that are known");
        (
            request.method.clone(),
            request.path.clone(),
            request.headers.clone(),
            request.body.clone(),
        )
    };
    let of_cases = plan
        .cases
        .iter()
        .filter(|c| c.subject().is_some())
        .map(|case| bound(request_of(case)));
    let distinct: std::collections::BTreeSet<_> = of_cases.collect();
    // Controls, states and sequences are not counted.
    assert!(distinct.len() >= 2000, "{}", distinct.len());
}

/// The quick profile has fewer cases, and each promise that a file has a case for from each side.
#[test]
fn the_quick_profile_leaves_out_no_side_of_a_promise() {
    let quick = PlanOptions {
        depth: Depth::Quick,
        ..PlanOptions::default()
    };
    let quick = Plan::load(&Files::Embedded, &quick).expect("a plan");
    let sides = |cases: &[Case], of_files: bool| -> BTreeSet<(AtomId, bool)> {
        let chosen = cases
            .iter()
            .filter(|case| !of_files || matches!(case.origin, Origin::Written { .. }));
        chosen
            .flat_map(|case| {
                let accepted = matches!(case.expect(), Expect::Accept);
                case.atoms.iter().map(move |atom| (atom.clone(), accepted))
            })
            .collect()
    };

    let shown = sides(&quick.cases, false);
    let left: Vec<_> = sides(&plan().cases, true)
        .into_iter()
        .filter(|side| !shown.contains(side))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let (few, all) = (quick.cases.len(), plan().cases.len());
    assert!(few * 10 < all, "{few} of {all} cases");
}
