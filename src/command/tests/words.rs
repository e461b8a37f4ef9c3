//! The words of contracts for more than a JSON document, used all in one small API: the store of
//! `words/store`.

mod server;

use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::Value;

use super::process::{check, proofmark, said};
use server::{Fault, start};

const FILES: [(&str, &str); 8] = [
    ("service.toml", include_str!("words/store/service.toml")),
    ("fixtures.toml", include_str!("words/store/fixtures.toml")),
    (
        "put-object/contract.toml",
        include_str!("words/store/put-object/contract.toml"),
    ),
    (
        "get-object/contract.toml",
        include_str!("words/store/get-object/contract.toml"),
    ),
    (
        "put-thing/contract.toml",
        include_str!("words/store/put-thing/contract.toml"),
    ),
    (
        "get-thing/contract.toml",
        include_str!("words/store/get-thing/contract.toml"),
    ),
    (
        "list-things/contract.toml",
        include_str!("words/store/list-things/contract.toml"),
    ),
    (
        "list-names/contract.toml",
        include_str!("words/store/list-names/contract.toml"),
    ),
];

/// A folder of cases, which is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("proofmark-words-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        for (path, text) in FILES {
            let path = folder.join("store").join(path);
            let parent = path.parent().expect("a folder");
            std::fs::create_dir_all(parent).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path of text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The report of a run over all operations of the store.
fn judged(folder: &Folder, url: &str, name: &str) -> (Option<i32>, Value) {
    let file = folder.0.join(format!("{name}.json"));
    let said = said(
        proofmark()
            .args(["run", "--cases", folder.path(), "--service", "store"])
            .args(["--samples", "0", "--no-regressions", "--endpoint", url])
            .args(["--settle-timeout", "1s", "--report"])
            .arg(format!("json={}", file.display()))
            .output()
            .expect("the binary starts"),
    );
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let report = serde_json::from_str(&text);
    let report = report.unwrap_or_else(|e| panic!("{e}\n{}\n{}", said.out, said.err));
    (said.code, report)
}

#[test]
fn a_store_that_conforms_keeps_every_promise() {
    let folder = Folder::new("sound");
    let (code, report) = judged(&folder, &start(None), "sound");
    let causes = &report["causes"];
    assert_eq!(code, Some(0), "{}\n{causes:#}", report["headline"]);

    let promises = report["promises"].as_array().expect("promises");
    let other = promises.iter().filter(|p| p["state"] != "kept");
    let other: Vec<String> = other
        .map(|p| format!("{} {} {}", p["id"], p["state"], p["why"]))
        .collect();
    for promise in &other {
        // Nothing that is sent for names can be refused.
        let no_refusal = promise.contains("list-names::protocol::error-type");
        assert!(
            no_refusal || promise.contains("\"impossible\""),
            "{other:#?}"
        );
    }
    assert!(promises.len() > 60, "{}", promises.len());
}

#[test]
fn every_fault_of_a_store_is_told() {
    let folder = Folder::new("faults");
    let missed = Mutex::new(Vec::new());
    let try_one = |fault: Fault| {
        let (code, report) = judged(&folder, &start(Some(fault)), &format!("{fault:?}"));
        let findings = report["findings"].to_string();
        let told = findings.contains(&format!("\"{}::", fault.promise()));
        println!("{fault:?}: {}", report["headline"]);
        if code != Some(1) || !told {
            let causes = report["causes"].clone();
            missed.lock().expect("no panic").push((fault, code, causes));
        }
    };

    std::thread::scope(|scope| {
        for some in Fault::ALL.chunks(8) {
            scope.spawn(|| some.iter().copied().for_each(&try_one));
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn lint_says_which_members_no_case_is_about() {
    let folder = Folder::new("lint");
    let said = check(&["lint", "--cases", folder.path()], 0, &["6 contracts"]);
    assert!(!said.err.contains("warning"), "{}", said.err);

    let path = folder.0.join("store/put-object/contract.toml");
    let text = std::fs::read_to_string(&path).expect("it is there");
    let text = text.replace("length = { min = 1, max = 64 }\nrequired = true", "");
    let more = "\n[input.Filter]\nlocation = \"query\"\ntype = \"structure\"\n";
    std::fs::write(&path, format!("{text}{more}")).expect("it is there");
    let path = folder.0.join("store/fixtures.toml");
    let text = std::fs::read_to_string(&path).expect("it is there");
    let text = text.replace("Body = ['\"d29ybGQ=\"', '\"AP8=\"']\n", "");
    std::fs::write(&path, text).expect("it is there");
    check(
        &["lint", "--cases", folder.path()],
        0,
        &[
            "put-object/contract.toml:",
            "no case is about Body: every blob is a valid body, and none is known that a target must accept",
            "[binding.put-object.values] with two values of Body makes cases",
            "no case is about Filter: no structure can be written in a query",
        ],
    );
}

/// The same seed fills in the same tokens, and no two requests have one.
#[test]
fn tokens_follow_from_the_seed() {
    let folder = Folder::new("tokens");
    let tokens = |seed: &str| {
        let of = ["--operation", "store/put-thing", "--seed", seed];
        let id = "put-thing::request::Title::type::plain";
        let explain = ["explain", "--cases", folder.path(), id];
        let said = check(&[&explain[..], &of].concat(), 0, &["requestToken"]);
        let mut found = said.out.split("requestToken").skip(1);
        let first = found.next().unwrap_or_default();
        first.chars().take(48).collect::<String>()
    };
    let one = tokens("1");
    assert_eq!(one, tokens("1"));
    assert!(one.contains('-'), "{one}");
}

/// What pages showed is judged again from a recording, and fired again by its id.
#[test]
fn pages_are_recorded_and_replayed() {
    let folder = Folder::new("pages");
    let record = folder.0.join("pages.har");
    let record = record.to_str().expect("a path of text");
    let of = ["--cases", folder.path(), "--operation", "store/list-things"];
    let url = start(Some(Fault::ItemLost));
    let at = ["--endpoint", &url, "--samples", "0", "--no-regressions"];
    let words = ["each item once", "it stands 0 times on"];
    let run = [&["run", "--record", record][..], &of, &at].concat();
    check(&run, 1, &words);
    check(&[&["judge", record][..], &of].concat(), 1, &words);

    let id = "list-things::rule::pagination::page-after-page";
    check(&[&["replay", id][..], &of, &at].concat(), 1, &words[1..]);
    check(
        &[&["explain", id][..], &of].concat(),
        0,
        &["each item on one page"],
    );
    let sound = start(None);
    let at = ["--endpoint", &sound, "--samples", "0", "--no-regressions"];
    check(&[&["replay", id][..], &of, &at].concat(), 0, &[]);
}

/// Lines that are printed have the path that was sent.
#[test]
fn a_label_is_printed_as_it_was_sent() {
    let folder = Folder::new("curl");
    let url = start(Some(Fault::AnySize));
    let of = ["--cases", folder.path(), "--operation", "store/put-object"];
    let at = ["--endpoint", &url, "--samples", "0", "--no-regressions"];
    let words = ["objects/proofmark/", ".txt?mode=whole", "curl"];
    let said = check(&[&["run", "-v"][..], &of, &at].concat(), 1, &words);
    let lines: Vec<&str> = said
        .out
        .lines()
        .filter(|line| line.contains("curl -"))
        .collect();
    assert!(!lines.is_empty(), "{}", said.out);
    assert!(lines.iter().all(|line| !line.contains("Key")), "{lines:#?}");
}
