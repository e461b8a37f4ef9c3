//! The to-do list in eighty lines of TOML: `examples/todo` judges a change of it.

use super::server::{Fault, start};
use crate::process::check;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/todo");

/// What the example is about, of the faults that the server can have.
const FAULTS: [Fault; 15] = [
    Fault::LongTitle,
    Fault::ZeroPriority,
    Fault::AnyList,
    Fault::NumberAsTitle,
    Fault::PriorityNotStored,
    Fault::UnsentLost,
    Fault::StoredThoughRefused,
    Fault::WrongRefusal,
    Fault::UnknownAccepted,
    Fault::ReadsDiffer,
    Fault::AnyBody,
    Fault::PriorityAsText,
    Fault::Crash,
    Fault::ContentType,
    Fault::AnyHours,
];

/// Judges a server by the example.
fn judge(fault: Option<Fault>, code: i32, words: &[&str]) {
    let url = start(fault);
    let run = [
        "run",
        "--cases",
        FOLDER,
        "--endpoint",
        &url,
        "--samples",
        "60",
        "--no-regressions",
    ];
    check(&run, code, words);
}

/// The lines of the example that say something.
fn lines(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let of = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return lines(&path);
        }
        let text = std::fs::read_to_string(path).expect("a file");
        let says = |line: &&str| !line.is_empty() && !line.starts_with('#');
        text.lines().filter(says).count()
    };
    entries.map(of).sum()
}

#[test]
fn eighty_lines_judge_a_change() {
    let lines = lines(FOLDER.as_ref());
    assert!(lines <= 80, "{lines} lines");
    check(&["lint", "--cases", FOLDER], 0, &["2 contracts"]);
    judge(None, 0, &["CONFORMS"]);
}

#[test]
fn eighty_lines_find_each_fault() {
    std::thread::scope(|scope| {
        for fault in FAULTS {
            scope.spawn(move || {
                println!("{fault:?}");
                judge(Some(fault), 1, &["FAIL"]);
            });
        }
    });
}
