//! Service models: the same operation as the page tells.

use std::io::Write as _;

use super::documents::{BOOK, BOTOCORE, PAGE, SMITHY};
use super::{Folder, contract, differences};
use crate::import::operation::{Operation, Pagination};

fn folder(name: &str) -> Folder {
    Folder::of(
        name,
        &[
            ("pages/API_FillShelf.md", PAGE),
            ("pages/API_Book.md", BOOK),
            ("shelves/2020-02-02/service-2.json", BOTOCORE),
            ("smithy.json", SMITHY),
        ],
    )
}

#[test]
fn a_page_and_two_models_tell_the_same() {
    let folder = folder("same");
    let page = folder.operation("pages");
    let botocore = folder.operation("shelves/2020-02-02/service-2.json");
    let smithy = folder.operation("smithy.json");
    for operation in [&botocore, &smithy] {
        contract(operation);
        assert_eq!(operation.lost, []);
    }
    assert_eq!(differences(&page, &botocore), [""; 0]);
    assert_eq!(differences(&page, &smithy), [""; 0]);
    assert_eq!(differences(&botocore, &smithy), [""; 0]);
    assert_eq!(botocore.source, "API model shelves-2020-02-02");
}

/// What was told by a document is told by the contract that was printed of it.
#[test]
fn a_contract_tells_what_its_document_does() {
    let folder = folder("contract");
    for path in ["pages", "shelves/2020-02-02/service-2.json", "smithy.json"] {
        let operation = folder.operation(path);
        let read = crate::import::from_contract(&contract(&operation));
        assert_eq!(differences(&operation, &read), [""; 0], "{path}");
    }
}

/// Each fact that a model tells otherwise is a difference, and no other is.
#[test]
fn a_fact_that_is_told_otherwise_is_a_difference() {
    let folder = folder("facts");
    let page = folder.operation("pages");
    for (from, to, expected) in [
        ("\"PUT\"", "\"POST\"", "request: method: PUT / POST"),
        (
            "shelves/{ID}/books",
            "shelf/{ID}/books",
            "request: path: /2020-02-02/shelves/{}/books?view=full / /2020-02-02/shelf/{}/books?view=full",
        ),
        (
            "\"responseCode\": 202",
            "\"responseCode\": 200",
            "answer: status: 202 / 200",
        ),
        (
            "\"locationName\": \"room\"",
            "\"locationName\": \"hall\"",
            "request / RoomName: member: query room / query hall",
        ),
        (
            "X-Shelf-Trace",
            "X-Trace",
            "request / TraceId: member: header x-shelf-trace / header x-trace",
        ),
        (
            "\"ShelfId\", \"Books\"",
            "\"ShelfId\"",
            "request / Books: required: yes / no",
        ),
        (
            "\"max\": 40",
            "\"max\": 41",
            "request / ShelfId: length: 2..40 / 2..41",
        ),
        (
            "[a-z]\\\\d+",
            "[a-z]+",
            "request / ShelfId: pattern: [a-z]\\d+ / [a-z]+",
        ),
        (
            "\"CELLAR\", ",
            "",
            "request / RoomName: enum: CELLAR / no other value",
        ),
        (
            "\"integer\"",
            "\"long\"",
            "request / Capacity: type: integer / long",
        ),
        (
            "\"max\": 500",
            "\"max\": 501",
            "request / Capacity: range: -1..500 / -1..501",
        ),
        (
            "\"min\": 0.5",
            "\"min\": 0.25",
            "request / Books / element / Price: range: 0.5.. / 0.25..",
        ),
        (
            "\"max\": 9}",
            "\"max\": 8}",
            "request / Notes: length: ..9 / ..8",
        ),
        (
            "404",
            "410",
            "errors / ShelfNotFoundException: error: 404 / 410",
        ),
        (
            "\"Title\": {\"shape\": \"Title\"}",
            "\"Name\": {\"shape\": \"Title\"}",
            "request / Books / element / Title: member: member / nothing",
        ),
    ] {
        assert!(BOTOCORE.contains(from), "{from}");
        folder.write("other.json", BOTOCORE.replace(from, to).as_bytes());
        let told = differences(&page, &folder.operation("other.json"));
        assert!(
            told.iter().any(|line| line == expected),
            "{from}: {told:#?}"
        );
    }
}

#[test]
fn a_packed_model_is_read() {
    let folder = folder("packed");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(BOTOCORE.as_bytes()).expect("it is packed");
    let packed = packed.finish().expect("it is packed");
    folder.write("service-2.json.gz", &packed);
    let plain = folder.operation("shelves/2020-02-02/service-2.json");
    assert_eq!(
        differences(&folder.operation("service-2.json.gz"), &plain),
        [""; 0]
    );

    folder.write(
        "half.json.gz",
        packed.get(..packed.len() / 2).expect("a half"),
    );
    let told = folder.open("half.json.gz").expect_err("half a file");
    assert!(told.message.contains("cannot be unpacked"), "{told}");
}

#[test]
fn an_installed_botocore_is_found() {
    let folder = Folder::of(
        "installed",
        &[
            ("data/shelves/2019-01-01/service-2.json", "{}"),
            ("data/shelves/2020-02-02/service-2.json", BOTOCORE),
        ],
    );
    let around = crate::import::Surroundings {
        named: Some(folder.0.clone()),
        variable: |_| None,
    };
    let open = |word: &str| {
        crate::import::open(
            std::path::Path::new(word),
            &crate::import::Wanted::default(),
            &around,
        )
    };
    let found = open("botocore:shelves").expect("a model");
    assert_eq!(
        found
            .first()
            .map(|d| (d.service.as_str(), d.operations.len())),
        Some(("shelves", 1))
    );
    let told = open("botocore:shelfs").expect_err("no such service");
    assert!(told.message.contains("did you mean `shelves`?"), "{told}");
    assert!(open("botocore:../x").is_err());

    let told = crate::import::open(
        std::path::Path::new("botocore:shelves"),
        &crate::import::Wanted::default(),
        &super::nowhere(),
    );
    assert!(told.is_err_and(|e| e.message.contains("--botocore DIR")));
}

/// A list with pages, and what names are made of.
fn with_pages(paginator: &str) -> Operation {
    let model = BOTOCORE
        .replacen("\"Text\", \"location\": \"header\", \"locationName\": \"X-Shelf-Trace\"", "\"Text\"", 1)
        .replacen("\"Version\": {\"shape\": \"Text\", \"location\": \"header\", \"locationName\": \"X-Shelf-Version\"}", "\"Version\": {\"shape\": \"Text\"}", 1);
    let unique = format!("pages-{:?}", std::thread::current().id()).replace(['(', ')'], "");
    let folder = Folder::of(&unique, &[("s/2020/service-2.json", &model)]);
    folder.write(
        "s/2020/paginators-1.json",
        format!("{{\"pagination\": {{\"FillShelf\": {paginator}}}}}").as_bytes(),
    );
    folder.operation("s/2020/service-2.json")
}

#[test]
fn how_lists_go_on() {
    let text = |words: &str| Some(words.to_owned());
    let pages = Pagination {
        input_token: text("TraceId"),
        output_token: text("Version"),
        items: text("Books"),
        page_size: text("Capacity"),
    };
    let told = with_pages(
        r#"{"input_token": "TraceId", "output_token": "Version", "limit_key": "Capacity", "result_key": "Books"}"#,
    );
    assert_eq!(told.pagination, Some(pages.clone()));
    contract(&told);

    // A size that is no number is none.
    let told = with_pages(
        r#"{"input_token": "TraceId", "output_token": "Version", "limit_key": "Notes", "result_key": ["Books", "Version"]}"#,
    );
    assert_eq!(
        told.pagination,
        Some(Pagination {
            page_size: None,
            ..pages
        })
    );
    contract(&told);

    for paginator in [
        r#"{"input_token": ["TraceId", "ShelfId"], "output_token": ["Version", "State"], "result_key": "Books"}"#,
        r#"{"input_token": "TraceId", "output_token": "Version", "result_key": "Version"}"#,
        r#"{"input_token": "Other", "output_token": "Version", "result_key": "Books"}"#,
        r#"{"input_token": 5}"#,
        "7",
    ] {
        let told = with_pages(paginator);
        assert_eq!(told.pagination, None, "{paginator}");
        assert!(
            told.lost.iter().any(|lost| lost.what == "pagination"),
            "{paginator}"
        );
        contract(&told);
    }
}
