//! The general reference, request by request: the to-do list of `cases/todo`, and the store of the
//! command's tests, which uses every place that members have.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Api, General, general_defects};
use crate::plan::{ServiceContracts, Services};
use crate::reference::call::Call;
use crate::reference::response::Response;
use crate::support::files::Files;

fn api(files: &Files, service: &str) -> Arc<Api> {
    let contracts = ServiceContracts::load(files, &Services::default(), service, None);
    Arc::new(Api::of(vec![contracts.expect("contracts")], |_, _| false))
}

fn todo() -> General {
    General::new(api(&Files::Embedded, "todo"), None)
}

fn store() -> Arc<Api> {
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command/tests/words");
    api(&Files::Folder(words), "store")
}

fn ask(general: &General, method: &str, path: &str, body: &str) -> Option<Response> {
    let request = http::Request::builder().method(method).uri(path);
    let request = request
        .body(Bytes::from(body.to_owned()))
        .expect("a request");
    general.answer(&Call::new(request), 1_541_030_400_000, || None)
}

/// The status and the document of an answer.
#[track_caller]
fn answer(general: &General, method: &str, path: &str, body: &str) -> (u16, Value) {
    let response = ask(general, method, path, body).expect("an operation has that path");
    let document = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    (response.status, document)
}

#[test]
fn a_resource_lives_as_its_contracts_say() {
    let todo = todo();
    let mine = json!({"id": "t1", "title": "sweep", "priority": 3, "done": false, "list": "home"});
    let made = answer(&todo, "POST", "/todos", r#"{"title": "sweep"}"#);
    assert_eq!(made, (201, mine.clone()));
    assert_eq!(answer(&todo, "GET", "/todos/t1", ""), (200, mine.clone()));

    // What is refused changes nothing, and what is not sent is kept.
    for (body, status, code) in [
        (r#"{"title": "mow", "priority": 6}"#, 422, "invalid"),
        (r#"{"title": "mow", "priority": "six"}"#, 400, "malformed"),
        (r#"{"title": "mow""#, 400, "malformed"),
        ("[]", 400, "malformed"),
    ] {
        let (found, document) = answer(&todo, "PATCH", "/todos/t1", body);
        assert_eq!((found, &document["code"]), (status, &json!(code)), "{body}");
    }
    assert_eq!(answer(&todo, "GET", "/todos/t1", ""), (200, mine));
    let (_, changed) = answer(&todo, "PATCH", "/todos/t1", r#"{"priority": 5}"#);
    assert_eq!(
        (&changed["title"], &changed["priority"]),
        (&json!("sweep"), &json!(5))
    );

    // Who writes it anew gets the defaults for what is not sent.
    let (_, anew) = answer(
        &todo,
        "PUT",
        "/todos/t1",
        r#"{"title": "mow", "done": true}"#,
    );
    let all = json!({"id": "t1", "title": "mow", "priority": 3, "done": true, "list": "home"});
    assert_eq!(anew, all);

    answer(
        &todo,
        "POST",
        "/todos",
        r#"{"title": "dust", "list": "work"}"#,
    );
    let titles = |path: &str| {
        let (_, list) = answer(&todo, "GET", path, "");
        let all = list["todos"].as_array().cloned().unwrap_or_default();
        all.iter()
            .map(|one| one["title"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles("/todos"), [json!("mow"), json!("dust")]);
    assert_eq!(titles("/todos?list=work"), [json!("dust")]);

    assert_eq!(answer(&todo, "DELETE", "/todos/t1", ""), (204, Value::Null));
    assert_eq!(titles("/todos"), [json!("dust")]);
    for (method, body) in [("GET", ""), ("DELETE", ""), ("PATCH", "{}")] {
        let (status, document) = answer(&todo, method, "/todos/t1", body);
        assert_eq!((status, &document["code"]), (404, &json!("not-found")));
    }
    let (_, third) = answer(&todo, "POST", "/todos", r#"{"title": "third"}"#);
    assert_eq!(third["id"], "t3");
}

#[test]
fn a_path_has_its_methods() {
    let todo = todo();
    assert_eq!(answer(&todo, "PATCH", "/todos", "{}").0, 405);
    assert!(ask(&todo, "GET", "/shelves", "").is_none());
    let unknown = todo.no_route("lambda").map(|response| response.status);
    assert_eq!(unknown, Some(404));
    assert!(todo.no_route("todo").is_none());
}

/// The body of a record, a blob that is the whole body, is stored under its label; a token counts
/// once.
#[test]
fn what_is_no_resource_is_written_and_read() {
    let store = General::new(store(), None);
    let put = |name: &str, body: &str| {
        let response = ask(&store, "PUT", &format!("/objects/{name}?mode=whole"), body);
        response.expect("an operation").status
    };
    assert!((200..300).contains(&put("a/b.txt", "hello")));
    let read = |name: &str| {
        let response = ask(&store, "GET", &format!("/objects/{name}"), "");
        response.expect("an operation").body
    };
    assert_eq!(&read("a/b.txt")[..], b"hello");
    assert_ne!(&read("a/c.txt")[..], b"hello");
    put("a/b.txt", "again");
    assert_eq!(&read("a/b.txt")[..], b"again");
}

#[test]
fn the_same_requests_have_the_same_answers() {
    let answers = || {
        let todo = todo();
        let all = ["one", "two", "three"].map(|title| {
            let body = json!({ "title": title }).to_string();
            ask(&todo, "POST", "/todos", &body).expect("an operation")
        });
        let list = ask(&todo, "GET", "/todos", "").expect("an operation");
        (all.map(|answer| answer.body), list.body)
    };
    assert_eq!(answers(), answers());
}

/// Each kind of defect follows from some promise of these contracts; none has the id of another.
#[test]
fn defects_follow_from_contracts() {
    let shelves =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/harness/self_check/tests/shelves");
    let shelf = api(&Files::Folder(shelves), "shelf");
    let all = [&api(&Files::Embedded, "todo"), &store(), &shelf].map(|api| {
        let all = api
            .names()
            .map(|(service, slug)| general_defects(api, service, slug));
        all.flatten().collect::<Vec<_>>()
    });
    let all: Vec<_> = all.into_iter().flatten().collect();
    let ids: BTreeSet<&str> = all.iter().map(|defect| defect.id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    assert!(ids.contains("create-todo/title/length-max/off-by-one"));

    let kinds: BTreeSet<&str> = all.iter().map(|defect| defect.kind).collect();
    for kind in [
        "skipped",
        "off by one",
        "too strict",
        "wrong type",
        "refusal type",
        "refusal status",
        "wrong status",
        "refused, stored",
        "unsent lost",
        "not stored",
        "not shown",
        "wrong list",
        "still there",
        "token twice",
        "others changed",
        "wrong page",
        "unknown accepted",
        "one identity",
        "wrong default",
        "crash",
        "lawful",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
}
