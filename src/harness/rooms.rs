//! The order of the rooms, held by a test: a room uses only those above it in `lib.rs`, and no two
//! files use each other, directly or around.
//!
//! A file uses another where a `use` declaration, or a path in its code, names what the other one
//! defines. Whoever imports through a face, a file that hands on what its children define, uses the
//! child. Tests may use whatever they like.

mod graph;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use graph::Crate;

/// Adds the sources below a folder, by their paths within `src`.
fn collect(folder: &Path, src: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            collect(&path, src, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(src)
                .expect("a path below `src`")
                .components();
            let name = name
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            files.insert(name, std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn rooms_stand_in_their_order_and_no_files_use_each_other() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    collect(&src, &src, &mut files);
    let faults = Crate::of(&files).faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rooms that know no service: what one of them has stands in `cases/`.
const ENGINE: [&str; 7] = [
    "support",
    "contract",
    "wire",
    "plan",
    "judge",
    "run",
    "recording",
];

/// Words of one service, in small letters and without dashes.
const OF_ONE_SERVICE: [&str; 11] = [
    "lambda",
    "event source",
    "eventsource",
    "mapping",
    "batchsize",
    "functionname",
    "kinesis",
    "dynamodb",
    "resourcenotfound",
    "resourceinuse",
    "unknownmapping",
];

/// Where the usual operation of the command is named.
const USUAL: &str = "plan/operation_name.rs";

#[test]
fn the_engine_has_no_words_of_one_service() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    collect(&src, &src, &mut files);

    let is_engine = |name: &str| ENGINE.contains(&name.split('/').next().unwrap_or_default());
    let is_test = |name: &str| name.split('/').any(|part| part.starts_with("test"));
    let of_engine = files
        .iter()
        .filter(|(name, _)| is_engine(name) && !is_test(name) && *name != USUAL);
    let mut faults = Vec::new();
    for (name, text) in of_engine {
        for word in source::words(text) {
            let plain = word.to_lowercase().replace(['-', '_'], "");
            if OF_ONE_SERVICE.iter().any(|own| plain.contains(own)) {
                faults.push(format!("{name}: {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with made-up sources.
#[track_caller]
fn check(sources: &[(&str, &str)], expected: &[&str]) {
    let files = sources
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(Crate::of(&files).faults(), expected);
}

#[test]
fn a_room_uses_only_those_above_it() {
    let with = |contract: &str, run: &str| {
        let lib = "mod contract;\nmod run;";
        [
            ("lib.rs", lib.to_owned()),
            ("contract.rs", contract.to_owned()),
            ("run/mod.rs", run.to_owned()),
        ]
    };
    let check = |contract: &str, run: &str, expected: &[&str]| {
        let sources = with(contract, run);
        check(
            &sources
                .each_ref()
                .map(|(name, text)| (*name, text.as_str())),
            expected,
        );
    };
    let upward = ["contract.rs uses run/mod.rs, but `run` stands below `contract` in lib.rs"];

    check("pub struct Atom;", "use crate::contract::Atom;", &[]);
    check("use crate::run::Stop;", "pub struct Stop;", &upward);
    check(
        "fn stop() { crate::run::stop() }",
        "pub fn stop() {}",
        &upward,
    );
    check(
        "fn stop() { println!(\"{}\", crate::run::stop()) }",
        "pub fn stop() {}",
        &upward,
    );
    check(
        "use crate::run::{self as running}; fn stop() { running::stop() }",
        "pub fn stop() {}",
        &upward,
    );

    // A comment, a text, a test and another crate are no use.
    check(
        "/// See [`crate::run::stop`].\nconst SEE: &str = \"crate::run::stop\";",
        "pub fn stop() {}",
        &[],
    );
    check(
        "#[cfg(test)]\nmod tests { use crate::run::stop; }",
        "pub fn stop() {}",
        &[],
    );
    check("use run::Stop;", "", &[]);
    check("use run::{self, Stop}; fn stop() { run::stop() }", "", &[]);
}

#[test]
fn a_circle_is_told_with_its_path() {
    let lib = ("lib.rs", "mod run;");
    let face = ("run/mod.rs", "mod a;\nmod b;\nmod c;");

    let three = [
        lib,
        face,
        ("run/a.rs", "use super::b::B;"),
        ("run/b.rs", "use crate::run::c::C;"),
        ("run/c.rs", ""),
    ];
    check(&three, &[]);
    let three = [
        three[0],
        three[1],
        three[2],
        three[3],
        ("run/c.rs", "fn a() { super::a::a() }"),
    ];
    check(
        &three,
        &["a circle: run/a.rs uses run/b.rs uses run/c.rs uses run/a.rs"],
    );

    // A parent and its child, which may be called as an attribute is.
    let own = [
        lib,
        ("run/mod.rs", "mod derive;\n#[derive(Debug)]\npub struct A;"),
        ("run/derive.rs", "use super::A;"),
    ];
    check(&own, &[]);
    let child = [
        lib,
        ("run/mod.rs", "mod a;\npub struct Runner;\nuse a::A;"),
        ("run/a.rs", "use super::Runner;"),
    ];
    check(
        &child,
        &["a circle: run/mod.rs uses run/a.rs uses run/mod.rs"],
    );
    let child = [
        lib,
        ("run/mod.rs", "mod a;\nfn start() { a::run() }"),
        ("run/a.rs", "use super::*;"),
    ];
    check(
        &child,
        &["a circle: run/mod.rs uses run/a.rs uses run/mod.rs"],
    );
}

#[test]
fn an_import_through_a_face_is_one_of_what_stands_behind_it() {
    let lib = ("lib.rs", "mod run;");
    let face = (
        "run/mod.rs",
        "mod a;\nmod b;\npub(crate) use a::{A, run};\npub use b::B as Other;",
    );

    let one_way = [
        lib,
        face,
        ("run/a.rs", "use super::Other;"),
        ("run/b.rs", ""),
    ];
    check(&one_way, &[]);
    let circle = [
        lib,
        face,
        ("run/a.rs", "use super::Other;"),
        ("run/b.rs", "fn b() { crate::run::run() }"),
    ];
    check(&circle, &["a circle: run/a.rs uses run/b.rs uses run/a.rs"]);

    // A file that uses what it hands on is no mere face.
    let user = ("run/mod.rs", "mod a;\npub use a::A;\npub struct Runner(A);");
    check(
        &[lib, user, ("run/a.rs", "use super::Runner;")],
        &["a circle: run/mod.rs uses run/a.rs uses run/mod.rs"],
    );
}
