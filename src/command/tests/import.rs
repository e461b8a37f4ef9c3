//! `proofmark import` as its users see it: documents become contracts that load, and what they tell
//! differently has an exit code.

use std::path::{Path, PathBuf};

use super::process::check;

#[allow(dead_code, reason = "other tests of the importer use the rest")]
#[path = "../../import/tests/documents.rs"]
mod documents;

use documents::{BOOK, BOTOCORE, PAGE};

/// A folder of documents, made anew.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in [
        ("pages/API_FillShelf.md", PAGE),
        ("pages/API_Book.md", BOOK),
        ("data/shelves/2020-02-02/service-2.json", BOTOCORE),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, text).expect("a file is written");
    }
    folder
}

fn word(path: &Path) -> String {
    path.to_str().expect("a path of text").to_owned()
}

#[test]
fn a_page_becomes_a_contract_and_is_checked_against_it() {
    let folder = folder("page");
    let page = word(&folder.join("pages/API_FillShelf.md"));
    let said = check(&["import", &page], 0, &["3 sentences to write rules for"]);
    assert!(
        said.out
            .contains("operation = \"FillShelf\"\nrevision = \"page\"\n"),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("# Request Body / Capacity, line 56: limited to\n"),
        "{}",
        said.out
    );

    let contract = folder.join("contract.toml");
    std::fs::write(&contract, &said.out).expect("a file is written");
    check(
        &["import", &page, "--check", &word(&contract)],
        0,
        &["0 differences"],
    );
    let changed = said.out.replace("max = 500", "max = 400");
    std::fs::write(&contract, changed).expect("a file is written");
    let words = ["request / Capacity", "-1..500", "-1..400", "1 difference,"];
    check(&["import", &page, "--check", &word(&contract)], 1, &words);

    let none = word(&folder.join("none.toml"));
    check(&["import", &page, "--check", &none], 2, &["none.toml"]);
}

#[test]
fn a_folder_becomes_contracts_that_load() {
    let folder = folder("export");
    let pages = word(&folder.join("pages"));
    let cases = word(&folder.join("cases"));
    check(
        &[
            "import",
            &pages,
            "--export",
            &cases,
            "--service",
            "shelf-service",
            "--revision",
            "2020",
        ],
        0,
        &["2 files in", "proofmark lint --cases"],
    );
    check(
        &["lint", "--cases", &cases],
        0,
        &["1 contracts and 0 cases are in order"],
    );
    let contract = folder.join("cases/shelf-service/fill-shelf/contract.toml");
    let text = std::fs::read_to_string(contract).expect("a contract");
    assert!(text.contains("revision = \"2020\"\n"), "{text}");
    check(
        &["import", &pages, "--export", &cases],
        2,
        &["it is there already"],
    );
}

#[test]
fn pages_and_a_model_are_held_against_each_other() {
    let folder = folder("against");
    let pages = word(&folder.join("pages"));
    let model = folder.join("data/shelves/2020-02-02/service-2.json");
    check(
        &["import", &pages, "--against", &word(&model)],
        0,
        &["1 operation, 0 differences"],
    );

    std::fs::write(&model, BOTOCORE.replace("404", "410")).expect("a file is written");
    let words = [
        "errors / ShelfNotFoundException",
        "404",
        "410",
        "1 of them without a reason",
    ];
    check(&["import", &pages, "--against", &word(&model)], 1, &words);

    // The same model, as one of an installed botocore.
    let botocore = word(&folder);
    check(
        &[
            "import",
            "botocore:shelves",
            "--botocore",
            &botocore,
            "--against",
            &pages,
        ],
        1,
        &["1 of them without a reason"],
    );
    check(
        &["import", "botocore:shelvs", "--botocore", &botocore],
        2,
        &["did you mean `shelves`?"],
    );
}

#[test]
fn a_folder_of_models_is_a_table_of_what_was_lost() {
    let folder = folder("table");
    let data = folder.join("data");
    let lossy = BOTOCORE.replace("[a-z]\\\\d+", "(?m)a");
    for (service, text) in [
        ("lossy", lossy.as_str()),
        ("broken", "{"),
        ("other", &BOTOCORE.replace("rest-json", "query")),
    ] {
        let version = data.join(service).join("2020-02-02");
        std::fs::create_dir_all(&version).expect("a folder is made");
        std::fs::write(version.join("service-2.json"), text).expect("a file is written");
    }
    std::fs::write(data.join("other.json"), "{}").expect("a file is written");
    check(
        &["import", &word(&data), "--lost"],
        0,
        &[
            "lossy FillShelf: ShelfId: pattern: ",
            "the inline flag `m` is not supported",
            "the protocol is query",
            "broken",
            "service-2.json:1: ",
            "2 contracts of 3 operations",
        ],
    );
}

#[test]
fn what_cannot_be_imported_is_told_with_its_place() {
    let folder = folder("faults");
    let page = folder.join("pages/API_FillShelf.md");
    let broken = PAGE
        .replace("Type: Integer", "Type: Wholenumber")
        .replace("HTTP Status Code: 404", "HTTP Status Code: none");
    std::fs::write(&page, broken).expect("a file is written");
    check(
        &["import", &word(&page)],
        2,
        &["API_FillShelf.md:57: ", "is not understood"],
    );

    std::fs::write(&page, PAGE).expect("a file is written");
    let none = check(
        &["import", &word(&page), "--operation", "Fill"],
        2,
        &["no operation `Fill`"],
    );
    assert!(none.out.is_empty(), "{}", none.out);
    check(
        &["import", &word(&folder.join("nothing.md"))],
        2,
        &["nothing.md"],
    );
    check(
        &["import", &word(&folder)],
        2,
        &["there is no document in it"],
    );
}
