//! The files of a reproducer, with evil strings in them.

use std::process::Command;

use super::judges::{Folder, accepted, python, visible};
use crate::harness::testing::evil::EVIL;
use crate::harness::testing::{cases, plan};
use crate::plan::case::{BodyDraft, Case, CaseId, Origin, Purpose};
use crate::report::curl::CurlTarget;
use crate::report::document::tests::ran;
use crate::report::reproducer::files::{Site, files};
use crate::report::reproducer::{Again, Check, Reproduction, reproduction};
use crate::report::{Found, Summary};
use crate::support::files::Source;

async fn summary() -> Summary {
    ran(
        Some("batch-size-min-zero"),
        &cases(|c| c.id.as_str().contains("BatchSize"), 20),
    )
    .await
}

/// The reproduction with that string wherever an answer, or a request, may have one.
fn spoilt(of: &Reproduction, evil: &str) -> Reproduction {
    let mut of = of.clone();
    let finding = &mut of.finding;
    for text in [
        &mut finding.requirement,
        &mut finding.section,
        &mut finding.says,
    ] {
        *text = evil.to_owned();
    }
    (finding.expected, finding.actual) = (evil.to_owned(), evil.to_owned());
    of.again = Again::Unfired(evil.to_owned());
    of.given.set("account", evil);
    for step in &mut of.steps {
        step.says = evil.to_owned();
        step.draft.body = BodyDraft::Text(evil.to_owned());
    }
    of.check = Check::OneOf("State".to_owned(), vec![evil.to_owned(), "x".to_owned()]);
    of
}

/// The case with that string in its words and its body.
fn spoilt_case(case: &Case, evil: &str) -> Case {
    let mut case = Case {
        says: evil.to_owned(),
        why: evil.to_owned(),
        ..case.clone()
    };
    let request = case.request_mut(Purpose::Subject).expect("one request");
    request.body = BodyDraft::Text(evil.to_owned());
    // In a case file an empty value takes a header away.
    if !evil.is_empty() {
        request.headers.push(("x-evil".to_owned(), evil.to_owned()));
    }
    case
}

fn read_again(text: &str) -> Case {
    let file = Source {
        name: "evil.toml".to_owned(),
        text: text.to_owned(),
    };
    let mut cases = plan()
        .read_cases(&file, "evil")
        .unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(cases.len(), 1, "{text}");
    cases.remove(0)
}

#[tokio::test(start_paused = true)]
async fn every_file_of_a_reproducer_takes_evil_strings_for_text() {
    let (plan, summary) = (plan(), summary().await);
    let found = summary.found.values().next().expect("a finding");
    let case = found.shown_by(&plan).expect("a case");
    let of = reproduction(&plan, found).expect("a reproduction");
    let curl = CurlTarget::new("http://127.0.0.1:9", "us-east-1");
    let site = Site {
        plan: &plan,
        curl: Some(&curl),
    };
    let folder = Folder::new("languages");
    let all = EVIL.concat();
    let mut kinds = std::collections::BTreeSet::new();
    for (number, evil) in EVIL.iter().copied().chain([all.as_str()]).enumerate() {
        let evil_case = spoilt_case(case, evil);
        let found = Found {
            shrunk: Some(Box::new(evil_case.clone())),
            ..found.clone()
        };
        for file in files(&spoilt(&of, evil), &found, &site) {
            println!("{} {evil:?}", file.name);
            let end = file.name.split_once('.').expect("an ending").1;
            kinds.insert(end.to_owned());
            match end {
                "toml" => {
                    visible(&file.text);
                    let read = read_again(&file.text);
                    let alike = |case: &Case| Case {
                        id: CaseId(String::new()),
                        origin: Origin::Derived,
                        ..case.clone()
                    };
                    assert_eq!(
                        format!("{:?}", alike(&read)),
                        format!("{:?}", alike(&evil_case)),
                        "{}",
                        file.text
                    );
                }
                "hurl" => {
                    visible(&file.text);
                    hurl(&file.text);
                }
                "sh" | "aws.sh" => {
                    let head: Vec<_> = file
                        .text
                        .lines()
                        .take_while(|line| line.starts_with('#'))
                        .collect();
                    assert!(head.len() > 5, "{}", file.text);
                    visible(&head.join("\n"));
                    accepted(
                        Command::new("bash").args(["-n", "-c", &file.text]),
                        &folder.0,
                    );
                    accepted(
                        Command::new("bash").args(["-c", &head.join("\n")]),
                        &folder.0,
                    );
                }
                "py" | "rs" => visible(&file.text),
                other => panic!("a file of reproducers without a judge: {other}"),
            }
            // Rust takes a second for each file: the last one holds all.
            if end != "rs" || number == EVIL.len() {
                folder.write(&format!("n{number}.{end}"), &file.text);
            }
        }
    }
    assert!(
        ["py", "rs", "hurl", "sh", "toml"]
            .iter()
            .all(|kind| kinds.contains(*kind)),
        "{kinds:?}"
    );
    python(
        &folder,
        ".py",
        "for f in files: compile(open(f, 'rb').read(), f, 'exec', dont_inherit=True)",
    );
    let mut texts = String::from("import ast\n");
    texts.push_str("def texts(f): return {n.value for n in ast.walk(ast.parse(open(f, 'rb').read())) if isinstance(n, ast.Constant)}\n");
    for (number, evil) in EVIL.iter().enumerate() {
        let json =
            serde_json::to_string(&serde_json::to_string(evil).expect("JSON")).expect("JSON");
        texts.push_str(&format!(
            "import json; assert json.loads({json}) in texts('n{number}.py'), {number}\n"
        ));
    }
    python(&folder, ".py", &texts);
    let rustc = [
        "--edition",
        "2021",
        "--test",
        "--emit=metadata",
        "-o",
        "n.rmeta",
    ];
    accepted(
        Command::new("rustc")
            .args(rustc)
            .arg(format!("n{}.rs", EVIL.len())),
        &folder.0,
    );
}

/// What a line of Hurl may be, outside of a body in backticks.
fn hurl(text: &str) {
    let mut rest = text.to_owned();
    while let Some((before, after)) = rest.split_once("\n`") {
        let end = after.match_indices('`').map(|(at, _)| at).find(|at| {
            after[..*at]
                .chars()
                .rev()
                .take_while(|c| *c == '\\')
                .count()
                % 2
                == 0
        });
        let end = end.unwrap_or_else(|| panic!("a body without an end:\n{text}"));
        rest = format!("{before}{}", &after[end + 1..]);
    }
    let line = regex::Regex::new(
        r#"^(?:|#.*|[A-Z]+ \{\{endpoint\}\}/\S*|HTTP \*|\[(?:Asserts|Captures|Options)\]|[a-z_-]+: .*|(?:status|jsonpath|header|body) .*)$"#,
    );
    let line = line.expect("a pattern");
    for of in rest.lines() {
        assert!(line.is_match(of), "{of:?} in\n{text}");
        // A text in quotes ends where it is to.
        if of.starts_with("jsonpath") {
            let quotes = of
                .replace("\\\\", "")
                .replace("\\\"", "")
                .matches('"')
                .count();
            assert!(quotes % 2 == 0, "{of}");
        }
    }
}
