//! `infer`: what names and shapes say of a service is tried on a target and written.

mod documents;
mod server;

use std::path::{Path, PathBuf};

use super::process::{check, serve};
use documents::MODEL;
use server::{Manner, start};

/// The place of the model: the name of its service is that of the folder.
const DOCUMENT: &str = "todo/2020-02-02/service-2.json";

/// A folder with the model, made anew.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("infer-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("todo/2020-02-02")).expect("a folder is made");
    std::fs::write(folder.join(DOCUMENT), MODEL).expect("a file is written");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

#[test]
fn what_is_inferred_is_judged_and_nothing_is_left() {
    let folder = folder("todo");
    let (model, out) = (folder.join(DOCUMENT), folder.join("cases"));
    let (model, cases) = (text(&model), text(&out));
    let served = serve(&["--service", "todo"]);
    let infer = [
        "infer",
        "todo",
        "--model",
        model,
        "--endpoint",
        &served.url,
        "--export",
        cases,
    ];
    let words = [
        "accepted  create-todo",
        "archive-todo: refused with status 404",
        "put-colour: not tried",
        "5 of 7 operations have a binding",
    ];
    check(&infer, 0, &words);
    let file = out.join("todo/fixtures.toml");
    let first = std::fs::read_to_string(&file).expect("a file");
    assert!(
        first.contains("[binding.patch-todo]\nread = \"get-todo\"\n"),
        "{first}"
    );

    // What is there may be somebody's work; and the same answers make the same file.
    check(&infer, 2, &["stays as it is", "--replace"]);
    check(&[&infer[..], &["--replace"]].concat(), 0, &["is written"]);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), first);

    let plan = ["--cases", cases, "--model", model];
    check(&[&["lint"][..], &plan].concat(), 0, &["7 contracts"]);
    let id = "patch-todo::request::priority::range::max::above-max";
    check(&[&["list"][..], &plan].concat(), 0, &[id]);
    let run = [
        "run",
        "--endpoint",
        &served.url,
        "--no-regressions",
        "--samples",
        "0",
    ];
    let judged = [
        "5 of 7 operations judged",
        "create-todo   judged",
        "delete-todo   judged",
    ];
    let said = check(&[&run[..], &plan].concat(), 1, &judged);
    assert!(!said.out.contains("not removed"), "{}", said.out);
    let clean = [
        "clean",
        "--dry-run",
        "--operation",
        "todo/get-todo",
        "--endpoint",
        &served.url,
    ];
    check(&[&clean[..], &plan].concat(), 0, &["nothing was left"]);
}

#[test]
fn a_target_that_answers_oddly_leads_to_no_file_that_does_not_load() {
    let folder = folder("odd");
    let model = folder.join(DOCUMENT);
    let model = text(&model);
    for (manner, code, words) in [
        (
            Manner::Empty,
            3,
            vec!["not removed", "what it makes could not be removed again"],
        ),
        (
            Manner::EvilIdentity,
            3,
            vec!["not removed", "its answer does not say what that is called"],
        ),
        (
            Manner::Refuses,
            4,
            vec!["nothing is written", "refused with status 400 No [31mpe"],
        ),
        (
            Manner::HangsUp,
            3,
            vec!["nothing is written", "no usable answer"],
        ),
    ] {
        let cases = folder.join(format!("{manner:?}"));
        let cases = text(&cases);
        let url = start(manner);
        let infer = [
            "infer",
            "--model",
            model,
            "--endpoint",
            &url,
            "--export",
            cases,
        ];
        let said = check(&infer, code, &words);
        assert!(
            !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
            "{}",
            said.out
        );
        if Path::new(cases).exists() {
            check(
                &["lint", "--cases", cases, "--model", model],
                0,
                &["7 contracts"],
            );
        }
    }
    let nobody = [
        "infer",
        "--model",
        model,
        "--endpoint",
        "http://127.0.0.1:9",
        "--export",
        "x",
    ];
    check(&nobody, 3, &["cannot be reached", "nothing is written"]);
}

#[test]
fn what_is_needed_is_asked_for() {
    let folder = folder("asked");
    let model = folder.join(DOCUMENT);
    let model = text(&model);
    let at = ["--endpoint", "http://127.0.0.1:9"];
    check(
        &[&["infer", "todo"][..], &at].concat(),
        2,
        &["expected --model"],
    );
    check(
        &["infer", "todo", "--model", model],
        2,
        &["expected --endpoint"],
    );
    let other = ["infer", "done", "--model", model];
    check(
        &[&other[..], &at].concat(),
        2,
        &["no service `done`", "todo"],
    );
    let recipes = folder.join("recipes.toml");
    std::fs::write(&recipes, "[[recipe]]\nmember = \"title\"\n").expect("a file is written");
    let with = ["infer", "--model", model, "--recipes", text(&recipes)];
    check(
        &[&with[..], &at].concat(),
        2,
        &["recipes.toml:1", "missing field"],
    );
}
