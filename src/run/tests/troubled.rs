//! Targets that die, lose what they made, or offer only a part.

use std::sync::Mutex;
use std::time::Duration;

use tokio::net::TcpListener;

use super::tidy::refusal;
use crate::harness::testing::{Bent, every, options, run};
use crate::reference::{Ending, Options, Reference, serve};
use crate::report::Exit;
use crate::run::RunOptions;
use crate::wire::target::{Endpoint, Settings, Target};

fn settings() -> Settings {
    Settings {
        head_timeout: Duration::from_millis(300),
        ..Settings::default()
    }
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let endpoint = Endpoint::parse(&format!("http://{address}")).expect("an endpoint");
    let ran = run(
        Target::http(endpoint, settings()).expect("a target"),
        &every(60),
        options(),
    )
    .await;
    assert_eq!(ran.exit, Exit::CouldNotTell);
    let last = ran.text.lines().last().unwrap_or_default();
    assert!(
        last.contains("cannot be reached") && last.contains("refused"),
        "{last}"
    );
}

#[tokio::test]
async fn dies_in_the_middle() {
    for jobs in [1, 4] {
        let reference = Reference::new(Options::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let watched = reference.clone();
        let died = async move {
            while watched.requests() < 300 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let server = tokio::spawn(serve(listener, reference, died));
        let endpoint = Endpoint::parse(&format!("http://{address}")).expect("an endpoint");
        let target = Target::http(endpoint, settings()).expect("a target");
        let ran = run(target, &every(2), RunOptions { jobs, ..options() }).await;
        assert!(server.await.is_ok_and(|served| served.is_ok()));
        assert_eq!(ran.exit, Exit::CouldNotTell, "{}", ran.text);
        let last = ran.text.lines().last().unwrap_or_default();
        assert!(
            last.contains("the target stopped answering: no connection"),
            "{}",
            ran.text
        );
        // The report is of what was done until then, and what is left is listed.
        assert!(
            ran.summary.verdicts.get("pass").is_some_and(|n| *n > 5),
            "{}",
            ran.text
        );
        let listed = ran
            .text
            .lines()
            .filter(|l| l.starts_with("not removed"))
            .count();
        assert!(
            listed >= 10 && ran.text.contains("fixture queue-mapping"),
            "{}",
            ran.text
        );
    }
}

#[tokio::test]
async fn falls_silent_in_the_middle() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |number, request, reference| {
            let mut response = reference.answer(request.clone());
            if number > 100 {
                response.ending = Ending::Hang;
            }
            Some(response)
        },
    );
    let target = Target::service(
        bent,
        Settings {
            head_timeout: Duration::from_millis(50),
            ..settings()
        },
    );
    let ran = run(target.expect("a target"), &every(2), options()).await;
    assert_eq!(ran.exit, Exit::CouldNotTell, "{}", ran.text);
    assert!(
        ran.text
            .contains("the target stopped answering: no answer within the time limit"),
        "{}",
        ran.text
    );
    assert!(
        ran.text
            .contains("not tried, since the target no longer answers"),
        "{}",
        ran.text
    );
}

/// After some updates the mapping is gone: the worker makes new ones, and the run goes on to its
/// end.
#[tokio::test]
async fn loses_its_mapping_now_and_then() {
    let lost = Mutex::new((0, Vec::<String>::new()));
    let bent = Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| {
            let path = request.uri().path().to_owned();
            if !path.contains("/event-source-mappings/") {
                return None;
            }
            let mut lost = lost.lock().expect("a lock");
            if lost.1.contains(&path) {
                return (request.method() != "POST")
                    .then(|| refusal(404, "ResourceNotFoundException"));
            }
            let response = reference.answer(request.clone());
            if request.method() == "PUT" && response.status == 202 {
                lost.0 += 1;
                if lost.0 % 40 == 0 {
                    lost.1.push(path);
                }
            }
            Some(response)
        },
    );
    let cases = every(12);
    let ran = run(bent.target(), &cases, options()).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert_eq!(
        ran.summary.verdicts.values().sum::<usize>(),
        cases.len(),
        "{}",
        ran.text
    );
    assert!(
        ran.summary.found.keys().any(|id| id.ends_with("::gone")),
        "{}",
        ran.text
    );
    assert!(
        ran.summary.verdicts["pass"] > cases.len() / 2,
        "{}",
        ran.text
    );
}

/// A target that implements no refusal keeps no promise about refusals: no pass.
#[tokio::test]
async fn implements_only_the_valid() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |_, request, reference| {
            let response = reference.answer(request.clone());
            Some(if response.status == 400 {
                refusal(501, "NotImplemented")
            } else {
                response
            })
        },
    );
    let ran = run(bent.target(), &every(40), options()).await;
    assert_eq!(ran.exit, Exit::CouldNotTell, "{}", ran.text);
    assert!(ran.text.contains("does not implement what"), "{}", ran.text);
}
