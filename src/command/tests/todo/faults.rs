//! Mistakes in files of cases that a run would trip over: `lint` names each with file, line and
//! remedy.

use std::path::{Path, PathBuf};

use crate::process::check;

/// A mistake: the file, what is replaced in it, by what, and words of the message.
struct Mistake {
    file: &'static str,
    text: &'static str,
    by: &'static str,
    words: &'static [&'static str],
}

const fn mistake(
    file: &'static str,
    text: &'static str,
    by: &'static str,
    words: &'static [&'static str],
) -> Mistake {
    Mistake {
        file,
        text,
        by,
        words,
    }
}

const FIXTURES: &str = "fixtures.toml";
const SERVICE: &str = "service.toml";
const PATCH: &str = "patch-todo/contract.toml";
const LIST: &str = "list-todos/contract.toml";

const MISTAKES: &[Mistake] = &[
    // What is called good is held against the contract.
    mistake(
        FIXTURES,
        r#""priority": 2,"#,
        r#""priority": 9,"#,
        &["given", "breaks request::priority::range::max"],
    ),
    mistake(
        FIXTURES,
        r#""list": "work","#,
        r#""list": "office","#,
        &["given", "breaks request::list::enum"],
    ),
    mistake(
        FIXTURES,
        r#""done": false, "list""#,
        r#""done": "no", "list""#,
        &["given", "breaks request::done::type"],
    ),
    mistake(
        FIXTURES,
        r#""hours": 1.5}"#,
        r#""hours": 1.5"#,
        &["given: expected a JSON object, and it is none"],
    ),
    mistake(
        FIXTURES,
        r#""priority": 2,"#,
        r#""prioritty": 2,"#,
        &["no member `prioritty`", "did you mean `priority`"],
    ),
    mistake(
        FIXTURES,
        r#"priority = ["1", "5"]"#,
        r#"priority = ["1", "6"]"#,
        &["values.priority", "refuses 6"],
    ),
    mistake(
        FIXTURES,
        r#"priority = ["1", "5"]"#,
        r#"priority = ["5", "5"]"#,
        &["values.priority", "two values that differ"],
    ),
    mistake(
        FIXTURES,
        r#"done = ["true", "false"]"#,
        r#"done = ["true", "fals"]"#,
        &["values.done: expected at least two JSON texts"],
    ),
    mistake(
        FIXTURES,
        r#"limit = ["1", "100"]"#,
        r#"limits = ["1", "100"]"#,
        &["no member `limits`", "did you mean `limit`"],
    ),
    // Labels.
    mistake(
        FIXTURES,
        r#"identity = { id = "${todo}" }"#,
        r#"identity = {}"#,
        &["[resource.todo] identity: expected the labels"],
    ),
    mistake(
        FIXTURES,
        r#"identity = { id = "${todo}" }"#,
        r#"identity = { ID = "${todo}" }"#,
        &["has no label `ID`"],
    ),
    mistake(
        FIXTURES,
        r#"identity = { id = "${todo}" }"#,
        r#"identity = { id = "${todoo}" }"#,
        &["no fixture captures `todoo`", "did you mean `todo`"],
    ),
    mistake(
        FIXTURES,
        r#"list = "list-todos""#,
        r#"list = "list-todoes""#,
        &["unknown operation `list-todoes`"],
    ),
    mistake(
        FIXTURES,
        r#"update = ["patch-todo", "replace-todo"]"#,
        r#"update = ["patch-todo", "get-todo"]"#,
        &["`get-todo` is named twice"],
    ),
    mistake(
        FIXTURES,
        r#"unknown = "error::not-found""#,
        r#"unknown = "error::not-there""#,
        &["unknown promise `error::not-there`"],
    ),
    mistake(
        FIXTURES,
        "[binding.get-todo]\n",
        "[binding.get-todo]\nread = \"get-todo\"\n",
        &["read: the resource of get-todo says which operation reads it"],
    ),
    // Names.
    mistake(
        SERVICE,
        r#"service = "todo""#,
        r#"service = "todos""#,
        &["expected the name of the folder, `todo`"],
    ),
    mistake(
        SERVICE,
        r#"classes = ["range", "length", "pattern", "enum", "required"]"#,
        r#"classes = ["length", "pattern", "enum", "required"]"#,
        &["no [family.NAME] has the class `range`"],
    ),
    mistake(
        FIXTURES,
        r#"read = "get-todo""#,
        r#"read = "get-todos""#,
        &["unknown operation `get-todos`"],
    ),
    mistake(
        FIXTURES,
        r#"unknown = "error::not-found""#,
        r#"unknown = "error::gone""#,
        &["unknown promise `error::gone`"],
    ),
    // Contracts.
    mistake(
        PATCH,
        "range = { min = 1, max = 5 }",
        "range = { min = 5, max = 1 }",
        &["range"],
    ),
    mistake(
        PATCH,
        "range = { min = 1, max = 5 }",
        "range = { min = 1, max = 5.5 }",
        &["expected whole numbers"],
    ),
    mistake(
        PATCH,
        "range = { min = 0.25, max = 12.5 }",
        "range = { min = 12.5, max = 0.25 }",
        &["empty range"],
    ),
    mistake(
        PATCH,
        r#"uri = "/todos/{id}""#,
        r#"uri = "/todos/{key}""#,
        &["the labels of the uri are"],
    ),
    mistake(
        PATCH,
        "length = { min = 1, max = 80 }",
        "lenght = { min = 1, max = 80 }",
        &["unknown field `lenght`", "did you mean `length`?"],
    ),
    mistake(
        PATCH,
        r#"stored = { input = "done", output = "done" }"#,
        r#"stored = { input = "done", output = "finished" }"#,
        &["finished"],
    ),
    mistake(
        LIST,
        r#"pattern = '[a-z0-9]+'"#,
        r#"pattern = '[a-z0-9'"#,
        &["pattern"],
    ),
    mistake(
        LIST,
        "location = \"query\"\ntype = \"boolean\"",
        "location = \"query\"\nname = \"\"\ntype = \"boolean\"",
        &["is no name of a parameter"],
    ),
    mistake(
        PATCH,
        "location = \"label\"",
        "location = \"label\"\nname = \"ID\"",
        &["expected no `name` here"],
    ),
    mistake(
        PATCH,
        "[input.title]\ntype",
        "[input.title]\nname = \"priority\"\ntype",
        &["the name of another member in the same place"],
    ),
    mistake(
        PATCH,
        "[input.priority]\ntype",
        "[input.priority]\nidempotency-token = true\ntype",
        &["an idempotency token is a string"],
    ),
    mistake(
        PATCH,
        "[output.id]\n",
        "[output.id]\nlocation = \"status-code\"\n",
        &["is for an integer"],
    ),
    mistake(
        LIST,
        "uri = \"/todos\"",
        "uri = \"/todos?limit=5\"",
        &["the uri sends the query parameter `limit` already"],
    ),
    mistake(
        LIST,
        "[output.todos]",
        "[pagination]\ninput-token = \"limit\"\noutput-token = \"next\"\nitems = \"todos\"\n\n[output.todos]",
        &["unknown answer member `next`"],
    ),
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let goal = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &goal),
            false => drop(std::fs::copy(entry.path(), &goal).expect("a copy")),
        }
    }
}

#[test]
fn the_example_of_forty_lines_is_in_order() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/put-function-concurrency"
    );
    check(&["lint", "--cases", folder], 0, &["1 contracts"]);
    check(
        &["list", "--cases", folder],
        0,
        &["put-function-concurrency::request::ReservedConcurrentExecutions::range::min::below-min"],
    );
}

#[test]
fn lint_tells_each_mistake_with_file_line_and_remedy() {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/todo");
    let folder = std::env::temp_dir().join(format!("proofmark-mistakes-{}", std::process::id()));
    for Mistake {
        file,
        text,
        by,
        words,
    } in MISTAKES
    {
        let _ = std::fs::remove_dir_all(&folder);
        copy(&own, &folder.join("todo"));
        let path = folder.join("todo").join(file);
        let whole = std::fs::read_to_string(&path).expect("a file");
        assert!(whole.contains(text), "{file} has no {text}");
        std::fs::write(&path, whole.replacen(text, by, 1)).expect("a file");

        let shown = folder.to_str().expect("a path of text");
        let said = check(&["lint", "--cases", shown], 2, words);
        let line = format!("todo/{file}:");
        assert!(
            said.err.contains(&line),
            "no file and line for {by}: {}",
            said.err
        );
        println!("{}", said.err.trim_end());
    }
    std::fs::remove_dir_all(&folder).expect("a folder");
}
