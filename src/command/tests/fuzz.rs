//! `proofmark fuzz`: its end, what it keeps, what it goes on from, and merging.

use std::path::{Path, PathBuf};

use super::process::{check, proofmark, said, serve};

/// A folder of this test's own, which is not there.
fn fresh(name: &str) -> PathBuf {
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}-{}", std::process::id()));
    // It is there only if an earlier process had the same number.
    let _ = std::fs::remove_dir_all(&path);
    path
}

/// The flags of a campaign that keeps everything in that folder.
fn flags(folder: &Path) -> Vec<String> {
    let file = folder.join("kept.toml");
    let flag = |path: &Path| path.to_str().expect("a path of text").to_owned();
    [
        "--corpus".to_owned(),
        flag(&folder.join("corpus")),
        "--regressions".to_owned(),
        flag(&file),
    ]
    .into()
}

fn with<'a>(arguments: &[&'a str], flags: &'a [String]) -> Vec<&'a str> {
    arguments
        .iter()
        .copied()
        .chain(flags.iter().map(String::as_str))
        .collect()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |all| {
        all.filter(|e| {
            e.as_ref()
                .is_ok_and(|e| e.path().extension().is_some_and(|x| x == "json"))
        })
        .count()
    })
}

#[test]
fn finds_keeps_and_goes_on() {
    let folder = fresh("finds");
    let flags = flags(&folder);
    // How far a campaign comes in some time is the machine's doing: what it does in so many
    // sequences is not.
    let fuzz = [
        "fuzz",
        "--reference",
        "--max-sequences",
        "500",
        "--max-findings",
        "1",
        "--defect",
        "pair-batch-size-disabled-lost",
    ];
    let found = check(
        &with(&fuzz, &flags),
        1,
        &[
            "FOUND  update-event-source-mapping::rule::",
            "FUZZED",
            "written",
        ],
    );
    assert!(
        found.out.contains("update one {") || found.out.contains("update two {"),
        "{}",
        found.out
    );
    let kept = &flags[2..];
    check(
        &with(
            &[
                "run",
                "regressions",
                "--samples",
                "0",
                "--defect",
                "pair-batch-size-disabled-lost",
            ],
            kept,
        ),
        1,
        &["regressions::rule--"],
    );
    check(
        &with(&["run", "regressions", "--samples", "0"], kept),
        0,
        &["CONFORMS"],
    );
    // What is kept already is counted, and not written again.
    let text = std::fs::read_to_string(folder.join("kept.toml")).expect("a file");
    let corpus = files(&folder.join("corpus"));
    assert!(corpus > 0);
    let again = [
        "fuzz",
        "--reference",
        "--max-sequences",
        "500",
        "--defect",
        "pair-batch-size-disabled-lost",
        "--level",
        "must",
    ];
    check(
        &with(&again, &flags),
        1,
        &["known to the regressions: update-event-source-mapping::rule::"],
    );
    let first = text
        .lines()
        .find(|l| l.starts_with("id = "))
        .expect("an id");
    let now = std::fs::read_to_string(folder.join("kept.toml")).expect("a file");
    assert!(
        now.starts_with(&text) && now.matches(first).count() == 1,
        "{now}"
    );

    // A broken file of the corpus is refused before anything is sent.
    std::fs::write(
        folder.join("corpus/0.json"),
        "{\"version\":1,\n\"source\":true}",
    )
    .expect("a file");
    check(
        &with(&["fuzz", "--reference", "--time", "1"], &flags),
        2,
        &["0.json:2: expected an input of `fuzz`: invalid type: boolean"],
    );
    std::fs::remove_dir_all(folder).expect("a folder");
}

#[test]
fn ends_without_findings() {
    let (folder, other, whole) = (fresh("ends"), fresh("other"), fresh("whole"));
    let campaign = [
        "fuzz",
        "--reference",
        "--time",
        "2",
        "--status-every",
        "500ms",
    ];
    let said = check(
        &with(&campaign, &flags(&folder)),
        0,
        &["FUZZED", " 0 findings, 0 unstable", " distinct answers"],
    );
    assert!(said.err.contains(" requests/s, "), "{}", said.err);
    assert!(!folder.join("kept.toml").exists());
    check(
        &with(
            &[&campaign[..], &["--seed", "7", "--shard", "2/2"]].concat(),
            &flags(&other),
        ),
        0,
        &["FUZZED"],
    );
    let corpora = [folder.join("corpus"), other.join("corpus")];
    let names = corpora
        .each_ref()
        .map(|c| c.to_str().expect("a path of text"));
    let into = whole.to_str().expect("a path of text");
    check(
        &["fuzz", "merge", names[0], names[1], "--into", into],
        0,
        &["inputs added to", "0 different findings"],
    );
    let merged = files(&whole);
    assert!(
        merged >= files(&corpora[0]).max(files(&corpora[1])),
        "{merged}"
    );
    check(
        &["fuzz", "merge", names[0], names[1], "--into", into],
        0,
        &["0 of "],
    );
    check(
        &["fuzz", "merge", "no-such-folder", "--into", into],
        2,
        &["no-such-folder: expected a folder"],
    );
    for folder in [folder, other, whole] {
        std::fs::remove_dir_all(folder).expect("a folder");
    }
}

#[test]
fn an_endpoint_and_its_exit_codes() {
    let folder = fresh("endpoint");
    let flags = flags(&folder);
    let served = serve(&[]);
    let live = ["fuzz", "--endpoint", &served.url, "--time", "2", "-j", "4"];
    check(&with(&live, &flags), 0, &["FUZZED", " 0 findings"]);
    // No more than the user allows, fixtures included.
    let slow = [
        "fuzz",
        "--endpoint",
        &served.url,
        "--time",
        "6",
        "-j",
        "2",
        "--rate",
        "40",
    ];
    let out = check(&with(&slow, &flags), 0, &["FUZZED"]).out;
    let requests = out
        .split_once(": ")
        .and_then(|(_, rest)| rest.split(' ').next()?.parse::<u32>().ok());
    assert!(requests.is_some_and(|requests| requests <= 400), "{out}");
    drop(served);
    check(
        &with(
            &["fuzz", "--endpoint", "http://127.0.0.1:9", "--time", "1"],
            &flags,
        ),
        3,
        &["cannot be reached"],
    );
    std::fs::remove_dir_all(folder).expect("a folder");
}

/// A first Ctrl-C ends a campaign that has no end, with its summary.
#[cfg(unix)]
#[test]
fn an_endless_one_is_interrupted() {
    let folder = fresh("endless");
    let flags = flags(&folder);
    let mut command = proofmark();
    command.args(with(&["fuzz", "--reference"], &flags));
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("the binary starts");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("a process to signal");
    let said = said(child.wait_with_output().expect("its output"));
    assert_eq!(said.code, Some(130), "{}\n{}", said.out, said.err);
    assert!(
        said.out.contains("FUZZED") && said.out.contains("ended early: interrupted"),
        "{}",
        said.out
    );
    std::fs::remove_dir_all(folder).expect("a folder");
}
