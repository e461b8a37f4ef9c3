//! Runs that are written down and judged again: the same findings, counts and report.

use std::sync::Arc;

use tokio::sync::watch;

use super::{judge, report};
use crate::contract::Level;
use crate::harness::testing::built_in_plan;
use crate::judge::Role;
use crate::plan::PlanOptions;
use crate::plan::case::Case;
use crate::plan::generator::Sampling;
use crate::recording::{Judged, Recorder};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::{Report, Secrets, Summary};
use crate::run::regressions;
use crate::run::{RunOptions, Runner};
use crate::support::files::Source;
use crate::wire::target::{Settings, Target};

/// Carries out a run in time that waits for nothing, and gives what it came to and what was
/// written.
fn run(
    defect: Option<&str>,
    options: &PlanOptions,
    meant: impl Fn(&Case) -> bool,
) -> (Judged, String) {
    let plan = Arc::new(built_in_plan(options).expect("a plan"));
    let cases: Vec<usize> = (0..plan.cases.len())
        .filter(|at| meant(&plan.cases[*at]))
        .collect();
    let defect = defect.map(|id| find_defect(id).expect(id));
    let mut written = Vec::new();
    let mut summary = Summary::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let ended = runtime.expect("a runtime").block_on(async {
        let settings = Settings {
            signing: false,
            ..Settings::default()
        };
        let reference = Reference::new(Options {
            defect,
            clock: Clock::tokio(),
            ..Options::default()
        });
        let target = Target::service(reference, settings).expect("a target");
        let runner = Runner::new(
            plan.clone(),
            target,
            RunOptions {
                shrink: 60,
                ..RunOptions::default()
            },
        );
        let (_sender, stop) = watch::channel(false);
        let mut recorder = Recorder::new(&mut written, &plan, options, Secrets::default());
        let ended = runner
            .run(&cases, stop, |event| {
                recorder.add(&plan, &event);
                summary.add(&plan, event);
            })
            .await;
        recorder.end(&ended).expect("a recording");
        ended
    });
    summary.end(ended);
    let plan = Arc::unwrap_or_clone(plan);
    (
        Judged {
            plan,
            summary,
            flags: String::new(),
            results: Vec::new(),
        },
        String::from_utf8(written).expect("text"),
    )
}

/// The run and its recording say the same, to the letter. Gives the run, and how many findings it
/// has.
fn check(
    defect: Option<&str>,
    options: &PlanOptions,
    meant: impl Fn(&Case) -> bool,
) -> (Judged, usize) {
    let (ran, written) = run(defect, options, meant);
    let judged = judge("run.ndjson", &written).unwrap_or_else(|e| panic!("{defect:?}: {e}"));
    let of = |judged: &Judged| {
        let summary = &judged.summary;
        let causes = summary
            .found
            .iter()
            .map(|(id, c)| (id.clone(), c.count))
            .collect::<Vec<_>>();
        let promises = Report::of(&judged.plan, summary, Level::Must).promises;
        let promises = promises.into_iter().map(|p| (p.id, p.state, p.why));
        let promises = promises.collect::<Vec<_>>();
        (causes, summary.verdicts.clone(), summary.requests, promises)
    };
    assert_eq!(of(&ran), of(&judged), "{defect:?}");
    assert_eq!(report(&ran), report(&judged), "{defect:?}");
    assert_eq!(places(&ran), places(&judged), "{defect:?}");
    let found = ran.summary.found.len();
    (ran, found)
}

/// The place of each exchange that a finding was shown with: its step, and the part it plays.
fn places(judged: &Judged) -> Vec<Vec<(usize, Role, bool)>> {
    let shown = judged.summary.found.values().map(|found| {
        let fired = found.observation.fired.iter();
        fired
            .map(|fired| (fired.step, fired.role, fired.around))
            .collect()
    });
    shown.collect()
}

#[test]
fn the_reference() {
    let sampling = Sampling {
        samples: 64,
        seed: 7,
        exhaustive: false,
    };
    assert_eq!(
        check(
            None,
            &PlanOptions {
                sampling,
                ..PlanOptions::default()
            },
            |_| true
        )
        .1,
        0
    );
    let current = PlanOptions {
        revision: Some("current".to_owned()),
        ..PlanOptions::default()
    };
    assert_eq!(
        check(None, &current, |case| case
            .id
            .as_str()
            .contains("BatchSize"))
        .1,
        0
    );
}

#[test]
fn defects() {
    for defect in DEFECTS {
        let of_interest = |case: &Case| {
            let id = case.id.as_str();
            case.subject().is_none()
                || ["BatchSize", "lifecycle", "identifiers"]
                    .iter()
                    .any(|part| id.contains(part))
        };
        assert!(
            check(Some(defect), &PlanOptions::default(), of_interest).1 > 0,
            "{defect}"
        );
    }
}

/// What is shrunk, and what was kept of it for later runs, is in no plan: the recording holds the
/// cases themselves.
#[test]
fn cases_that_are_in_no_plan() {
    let sampling = Sampling {
        samples: 500,
        ..Sampling::default()
    };
    let options = PlanOptions {
        sampling,
        ..PlanOptions::default()
    };
    let (ran, found) = check(Some("chance-qz-refused"), &options, |case| {
        case.id.as_str().contains("sampled")
    });
    assert!(
        found > 0
            && ran
                .summary
                .found
                .values()
                .any(|found| found.shrunk.is_some())
    );
    let shrunk = ran
        .summary
        .found
        .values()
        .filter_map(|found| found.shrunk.as_deref());
    let text = regressions::add(&ran.plan, "", shrunk);
    let options = PlanOptions {
        regressions: Some(Source {
            name: "kept.toml".to_owned(),
            text,
        }),
        sampling: Sampling {
            samples: 32,
            ..Sampling::default()
        },
        ..PlanOptions::default()
    };
    let (_, found) = check(Some("chance-qz-refused"), &options, |case| {
        ["sampled", "regressions"]
            .iter()
            .any(|part| case.id.as_str().contains(part))
    });
    assert!(found > 0);
}

/// What was written when a run was cut off is judged as far as it goes.
#[test]
fn a_prefix_of_a_run() {
    let few = |case: &Case| case.id.as_str().contains("BatchSize::range");
    let (_, written) = run(Some("batch-size-min-zero"), &PlanOptions::default(), few);
    let (_, clean) = run(None, &PlanOptions::default(), few);
    let whole = report(&judge("run.ndjson", &written).expect("a recording")).0;
    assert_eq!(whole, crate::report::Exit::Findings);
    let lines: Vec<&str> = clean.lines().collect();
    let without_end = format!("{}\n", lines[..lines.len() - 1].join("\n"));
    let (exit, text) = report(&judge("run.ndjson", &without_end).expect("a recording"));
    assert_eq!(exit, crate::report::Exit::CouldNotTell);
    assert!(
        text.contains("COULD NOT TELL: the recording ends before its run did"),
        "{text}"
    );
    // A line that is half written is the last one of a run that was killed.
    let at = clean.len() / 2;
    let (exit, text) = report(&judge("run.ndjson", &clean[..at]).expect("a recording"));
    assert_eq!(exit, crate::report::Exit::CouldNotTell);
    let number = clean[..at].lines().count();
    assert!(
        text.contains(&format!(
            "run.ndjson:{number}: the last line is cut off, and left out"
        )),
        "{text}"
    );
}

/// A case that is another one in this version is told, and no verdict is given on it.
#[test]
fn cases_of_another_version() {
    let (_, written) = run(None, &PlanOptions::default(), |case| {
        case.id.as_str().contains("BatchSize::range")
    });
    let renamed = written.replacen("range::min::at-min", "range::min::at-mint", 1);
    let renamed = if renamed == written {
        written.replacen("BatchSize::range::", "BatchSize::rang::", 1)
    } else {
        renamed
    };
    assert_ne!(renamed, written);
    let (exit, text) = report(&judge("run.ndjson", &renamed).expect("a recording"));
    assert_eq!(exit, crate::report::Exit::CouldNotTell, "{text}");
    assert!(
        text.contains("recorded cases that are not those of this version or of these files: 1;"),
        "{text}"
    );
}

#[test]
fn secrets_are_not_written() {
    let plan = crate::harness::testing::plan();
    let mut written = Vec::new();
    let (_, recorded) = run(None, &PlanOptions::default(), |case| {
        case.id.as_str().contains("BatchSize::range")
    });
    let judged = judge("run.ndjson", &recorded).expect("a recording");
    let found = judged
        .plan
        .cases
        .iter()
        .position(|case| case.id.as_str().contains("BatchSize::range"))
        .expect("a case");
    let mut seen = crate::judge::Observation::new(plan.sample(), crate::plan::case::Variant::ANY);
    let names = ["Authorization", "X-Amz-Security-Token", "X-Own", "accept"];
    let headers = names
        .map(|name| (name.to_owned(), format!("value of {name}")))
        .to_vec();
    let exchange = crate::wire::exchange::Exchange {
        request: crate::wire::exchange::Request {
            method: "PUT".to_owned(),
            path: "/".to_owned(),
            headers: headers.clone(),
            body: bytes::Bytes::from_static(b"\xffof-the-target\x00"),
            service: "lambda".to_owned(),
            wire: crate::wire::exchange::Wire::Client,
        }
        .into(),
        outcome: Ok(crate::wire::exchange::Answer {
            status: 202,
            headers,
            body: bytes::Bytes::from_static(b"{\"a\": \"of-the-target\"}").into(),
        }),
        elapsed: std::time::Duration::ZERO,
        throttled: 0,
    };
    seen.add(1, crate::judge::Role::Subject, exchange);
    let result = crate::run::CaseResult {
        index: found,
        judgement: crate::run::skipped(String::new()),
        observation: Some(seen),
    };
    let secrets = Secrets::new(["of-the-target"], [("x-OWN", "secret of the user")]);
    let mut recorder = Recorder::new(&mut written, &plan, &PlanOptions::default(), secrets);
    recorder.add(&plan, &crate::run::Event::Judged(Box::new(result)));
    drop(recorder);
    let text = String::from_utf8(written).expect("text");
    for name in &names[..3] {
        assert!(!text.contains(&format!("value of {name}")), "{text}");
        assert!(
            text.contains(&format!(r#"["{name}","[redacted]"]"#)),
            "{text}"
        );
    }
    // The bytes that are no text stay: `\xff[redacted]\x00`.
    let body = r#""body-base64":"/1tyZWRhY3RlZF0A""#;
    assert!(
        text.contains("value of accept") && text.contains(body),
        "{text}"
    );
    assert!(
        text.contains(r#""body":"{\"a\": \"[redacted]\"}""#) && !text.contains("of-the-target"),
        "{text}"
    );
}

/// Findings of answers, of reads, of sequences and of silence.
const DEFECTS: &[&str] = &[
    "batch-size-min-zero",
    "update-not-stored",
    "lost-after-refusal",
    "batch-size-shared",
    "concurrent-updates-lost",
    "recreated-remembers",
    "list-shows-deleted",
    "deleting-never-ends",
    "get-other-uuid",
    "in-use-500",
    "refused-moves-last-modified",
    "body-invalid-utf-8",
    "body-cut",
    "answer-hangs",
    "answer-closes",
    "chunks-broken",
    "unknown-uuid-creates",
];
