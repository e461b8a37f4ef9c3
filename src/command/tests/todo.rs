//! A second API, which is none of AWS's: the to-do list of `cases/todo`, judged with data alone.

mod faults;
mod server;
mod several;
mod short;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::Value;

use super::process::{check, proofmark, said};
use server::{Fault, start};

/// A run over all operations of the to-do list, with nothing drawn at random.
const RUN: [&str; 6] = [
    "run",
    "--service",
    "todo",
    "--samples",
    "0",
    "--no-regressions",
];

/// The report of a run over all operations of the to-do list.
fn judged(url: &str, name: &str) -> (Option<i32>, Value) {
    let file =
        std::env::temp_dir().join(format!("proofmark-todo-{}-{name}.json", std::process::id()));
    let said = said(
        proofmark()
            .args([
                "run",
                "--service",
                "todo",
                "--samples",
                "60",
                "--no-regressions",
                "--settle-timeout",
                "1s",
            ])
            .args(["--endpoint", url, "--report"])
            .arg(format!("json={}", file.display()))
            .output()
            .expect("the binary starts"),
    );
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    let report = serde_json::from_str(&text);
    let report = report.unwrap_or_else(|e| panic!("{e}\n{}\n{}", said.out, said.err));
    (said.code, report)
}

/// How many causes each operation has.
fn causes(report: &Value) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for cause in report["causes"].as_array().into_iter().flatten() {
        let id = cause["id"].as_str().unwrap_or_default();
        let operation = id.split("::").next().unwrap_or_default().to_owned();
        *count.entry(operation).or_default() += 1;
    }
    count
}

#[test]
fn a_correct_server_conforms_and_every_promise_is_kept() {
    let (code, report) = judged(&start(None), "sound");
    assert_eq!(code, Some(0), "{}", report["headline"]);
    assert_eq!(report["headline"], "CONFORMS");
    assert_eq!(report["leftovers"], serde_json::json!([]));
    let operations = [
        "create-todo",
        "delete-todo",
        "get-todo",
        "list-todos",
        "patch-todo",
        "replace-todo",
    ];
    assert_eq!(report["run"]["operations"], serde_json::json!(operations));

    let cases = report["cases"].as_array().expect("cases");
    let places: BTreeSet<_> = cases.iter().map(|case| case["place"].as_u64()).collect();
    assert_eq!(places.len(), cases.len(), "two cases have one place");
    assert_eq!(report["plan"]["selected"], cases.len());

    let promises = report["promises"].as_array().expect("promises");
    for promise in promises {
        let id = promise["id"].as_str().unwrap_or_default();
        let mut bare = ["get-todo", "list-todos", "delete-todo"].iter();
        let no_body = bare.any(|of| id.starts_with(of)) && id.ends_with("::request-json");
        let no_path = id == "get-todo::request::id::required";
        let expected = match no_body || no_path {
            true => "impossible",
            false => "kept",
        };
        assert_eq!(promise["state"], expected, "{promise}");
    }
    assert!(promises.len() > 100, "{}", promises.len());
}

#[test]
fn every_fault_is_told_by_its_cause() {
    let missed = Mutex::new(Vec::new());
    let try_one = |fault: Fault| {
        let (code, report) = judged(&start(Some(fault)), &format!("{fault:?}"));
        let causes = causes(&report);
        println!("{fault:?}: {} {causes:?}", report["headline"]);
        if code != Some(1) || causes.values().any(|count| *count > 2) {
            let told = report["causes"].clone();
            missed.lock().expect("no panic").push((fault, code, told));
        }
    };

    std::thread::scope(|scope| {
        for some in Fault::ALL.chunks(5) {
            scope.spawn(|| some.iter().copied().for_each(&try_one));
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "{missed:#?}");
}

/// What every answer has wrong is one cause, and a baseline is held against all operations at once.
#[test]
fn operations_are_joined() {
    let (_, report) = judged(&start(Some(Fault::ContentType)), "form");
    let number = report["causes"].as_array().map(Vec::len);
    assert_eq!(number, Some(1), "{}", report["causes"]);

    let url = start(Some(Fault::ZeroPriority));
    let file = std::env::temp_dir().join(format!("proofmark-todo-{}.toml", std::process::id()));
    let entry = |operation: &str, value: &str| {
        let id = format!("{operation}::request::priority::range::{value}::range::accepted");
        format!("[[finding]]\nid = \"{id}\"\nreason = \"it is to be mended\"\n\n")
    };

    let (create, patch) = (entry("create-todo", "min"), entry("patch-todo", "min"));
    let replace = entry("replace-todo", "min");
    let gone = entry("patch-todo", "max");
    for (text, code, words) in [
        (
            format!("{create}{patch}{replace}"),
            0,
            "but for 3 known findings",
        ),
        (format!("{create}{patch}"), 1, "1 finding, 2 known"),
        (
            format!("{create}{patch}{replace}{gone}"),
            5,
            "has 1 entry to remove",
        ),
    ] {
        std::fs::write(&file, text).expect("a file");
        let shown = file.to_str().expect("a path of text");
        let at = ["--endpoint", &url, "--baseline", shown];
        check(&[&RUN[..], &at].concat(), code, &[words]);
    }
    let _ = std::fs::remove_file(&file);

    // Screens say which operation a cause is of.
    let words = [
        "create-todo: priority is at least 1",
        "patch-todo: priority is at least 1",
        "replace-todo: priority is at least 1",
    ];
    check(&[&RUN[..], &["--endpoint", &url]].concat(), 1, &words);
    let run = ["run", "--service", "todo", "--shard", "1/2"];
    check(&run, 2, &["--shard is for one operation"]);
}

/// A finding about a read is replayed by the case that showed it, which is of another operation.
#[test]
fn a_finding_of_another_operation_is_replayed() {
    let url = start(Some(Fault::PriorityAsText));
    let folder = std::env::temp_dir().join(format!("proofmark-last-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let say = |arguments: &[&str]| {
        let mut command = proofmark();
        command.current_dir(&folder).args(arguments);
        command.args(["--endpoint", &url, "--samples", "0", "--no-regressions"]);
        said(command.output().expect("the binary starts"))
    };

    let ran = say(&["run", "--operation", "todo/patch-todo"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let id = "get-todo::response::priority::type::answer::wrong-type";
    let again = say(&["replay", id]);
    assert_eq!(again.code, Some(1), "{}{}", again.out, again.err);
    assert!(
        again.out.contains("patch-todo::") && again.out.contains(id),
        "{}",
        again.out
    );
    std::fs::remove_dir_all(&folder).expect("a folder");
}

#[test]
fn a_folder_of_its_own() {
    let folder = std::env::temp_dir().join(format!("proofmark-todo-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let shown = folder.to_str().expect("a path of text");
    check(&["cases", "--export", shown], 0, &["files in"]);
    check(&["cases", "--export", shown], 2, &["it is there already"]);
    std::fs::remove_dir_all(folder.join("lambda")).expect("it is there");
    check(
        &["cases", "--cases", shown],
        0,
        &["todo/create-todo\ntodo/delete-todo\ntodo/get-todo\ntodo/list-todos\ntodo/patch-todo"],
    );
    check(&["lint", "--cases", shown], 0, &["6 contracts"]);

    // Of several operations none is the usual one.
    let words = ["--operation", "todo/get-todo, todo/list-todos"];
    check(&["list", "--cases", shown], 2, &words);
    let near = [
        "no operation `todo/get-tod`",
        "did you mean `todo/get-todo`?",
    ];
    check(
        &["list", "--cases", shown, "--operation", "todo/get-tod"],
        2,
        &near,
    );
    check(
        &["list", "--cases", shown, "--service", "todos"],
        2,
        &["no service `todos`"],
    );
    check(
        &["list", "--operation", "get-todo"],
        2,
        &["expected SERVICE/OPERATION"],
    );

    // The only one is.
    for other in [
        "create-todo",
        "delete-todo",
        "list-todos",
        "patch-todo",
        "replace-todo",
    ] {
        let fixtures = folder.join("todo/fixtures.toml");
        let text = std::fs::read_to_string(&fixtures).expect("it is there");
        let text = text.replace(
            &format!("[binding.{other}"),
            &format!("[binding.no-{other}"),
        );
        std::fs::write(&fixtures, text).expect("it is there");
    }
    let url = start(None);
    let run = [
        "run",
        "--cases",
        shown,
        "--endpoint",
        &url,
        "--no-regressions",
    ];
    check(&run, 0, &["CONFORMS", "GetTodo"]);
    std::fs::remove_dir_all(&folder).expect("it is there");
}

#[test]
fn every_command_takes_the_operation() {
    let (sound, faulty) = (start(None), start(Some(Fault::ZeroPriority)));
    let of = ["--operation", "todo/patch-todo", "--samples", "20"];
    let at = |command: &str, url: &str, more: &[&str], code: i32, words: &[&str]| {
        let mut arguments = vec![command];
        arguments.extend(of);
        arguments.extend(["--endpoint", url]);
        arguments.extend(more);
        check(&arguments, code, words);
    };

    let none = "--no-regressions";
    at("run", &sound, &[none], 0, &["PatchTodo"]);
    at(
        "fuzz",
        &sound,
        &["--time", "1s", none, "--corpus", "todo-corpus"],
        0,
        &[],
    );
    at("precedence", &sound, &[], 0, &[]);
    let id = "patch-todo::request::priority::range::min::below-min";
    at("replay", &faulty, &[none, id], 1, &["accepted"]);
    check(&["explain", id], 0, &["priority 0"]);
    check(
        &["list", "--operation", "todo/patch-todo", "--atoms"],
        0,
        &["patch-todo::rule::unsent-unchanged"],
    );
    let patch = ["--operation", "todo/patch-todo"];
    check(
        &[&["self-check", "title/length"][..], &patch].concat(),
        0,
        &["8 of 8 defects caught, 100.0 %"],
    );
    let defect = "patch-todo/priority/range-min/off-by-one";
    let by_hand = ["run", "--reference", "--samples", "0", none];
    check(&[&by_hand[..], &patch].concat(), 0, &["PatchTodo"]);
    let ordered = [&by_hand[..], &patch, &["--defect", defect]].concat();
    check(&ordered, 1, &["priority is at least 1"]);
    check(
        &[&["coverage"][..], &patch].concat(),
        0,
        &["planned", " 0 untested"],
    );
    let both = ["diff", "--left", &sound, "--right", &faulty];
    check(&[&both[..], &of].concat(), 1, &["priority"]);
}
