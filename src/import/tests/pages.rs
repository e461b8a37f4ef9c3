//! Reference pages: what is read, and what is never skipped.

use super::documents::{BOOK, PAGE};
use super::{Folder, contract};
use crate::import::operation::{Operation, Place};

fn shelf(page: &str, book: &str) -> Folder {
    let name = "page";
    // Tests run side by side: each has a folder of its own.
    let unique = format!("{name}-{:?}", std::thread::current().id()).replace(['(', ')'], "");
    Folder::of(
        &unique,
        &[("API_FillShelf.md", page), ("API_Book.md", book)],
    )
}

fn read(page: &str) -> Operation {
    shelf(page, BOOK).operation("API_FillShelf.md")
}

/// What is wrong with a page, with its line and without the path.
fn fault(page: &str) -> String {
    let folder = shelf(page, BOOK);
    let documents = folder.open("API_FillShelf.md").expect("a page");
    let fault = documents.iter().flat_map(|d| &d.faults).next();
    let fault = fault.expect("a fault");
    format!("{}: {}", fault.line.expect("a line"), fault.message)
}

#[test]
fn a_page_is_printed_as_a_contract() {
    let operation = read(PAGE);
    let contract = contract(&operation);
    assert_eq!(contract.http.method, "PUT");
    assert_eq!(
        contract.http.uri,
        "/2020-02-02/shelves/{ShelfId}/books?view=full"
    );
    assert_eq!(contract.http.code, 202);

    let place = |name: &str| {
        let member = operation.input.iter().find(|m| m.name == name);
        let member = member.expect("a member");
        (member.place, member.on_wire().to_owned(), member.required)
    };
    assert_eq!(place("ShelfId"), (Place::Label, "ShelfId".to_owned(), true));
    assert_eq!(place("RoomName"), (Place::Query, "room".to_owned(), false));
    assert_eq!(
        place("TraceId"),
        (Place::Header, "X-Shelf-Trace".to_owned(), false)
    );
    assert_eq!(place("Books"), (Place::Body, "Books".to_owned(), true));

    let errors: Vec<_> = contract
        .errors
        .iter()
        .map(|e| (e.name.as_str(), e.status))
        .collect();
    assert_eq!(
        errors,
        [
            ("ShelfNotFoundException", 404),
            ("TooManyBooksException", 429)
        ]
    );
    assert!(
        contract
            .error("TooManyBooksException")
            .is_some_and(|e| e.impossible.is_some())
    );
    assert_eq!(operation.lost, []);
}

#[test]
fn prose_that_promises_is_listed_by_place_and_never_by_its_words() {
    let operation = read(PAGE);
    let listed: Vec<String> = operation
        .sentences
        .iter()
        .map(|s| format!("{} {} {}", s.section, s.line, s.words.join(",")))
        .collect();
    assert_eq!(
        listed,
        [
            "FillShelf (introduction) 3 if you",
            "URI Request Parameters / ShelfId 34 must",
            "Request Body / Capacity 56 limited to",
        ]
    );
    let text = crate::import::print(&operation, "now");
    assert!(
        text.contains("# Request Body / Capacity, line 56: limited to\n"),
        "{text}"
    );
    assert!(!text.contains("carries"), "{text}");
}

/// One line of the page is another.
#[test]
fn a_line_that_is_not_understood_is_told_with_its_number() {
    for (line, other) in [
        ("Type: Integer", "Type: Wholenumber"),
        ("Type: Integer", "Typ: Integer"),
        (
            "Valid Range: Minimum value of \\-1\\.",
            "Valid Range: Minimum of \\-1\\.",
        ),
        (
            "Valid Range: Minimum value of \\-1\\.",
            "Valid Ranges: Minimum value of \\-1\\.",
        ),
        (
            "Array Members: Fixed number of 3 items\\.",
            "Array Members: Exactly 3 items\\.",
        ),
        (
            "Map Entries: Maximum number of 9 items\\.",
            "Entries: Maximum number of 9 items\\.",
        ),
        ("Key Pattern: `[a-z]+`", "Key Patern: `[a-z]+`"),
        (
            "Length Constraints: Minimum length of 2\\.",
            "Length: Minimum length of 2\\.",
        ),
        (
            "Length Constraints: Minimum length of 2\\.",
            "Minimum Length: 2\\.",
        ),
        ("Required: Yes", "Required: Maybe"),
        ("Required: No", "Some more words"),
        ("HTTP Status Code: 404", "HTTP Status Code: none"),
        ("HTTP Status Code: 404", "HTTP Status: 404"),
        ("Pattern: `[a-z]\\d+`", "Pattern:"),
    ] {
        assert!(PAGE.contains(line), "{line}");
        let changed = PAGE.replacen(line, other, 1);
        let at = changed
            .lines()
            .position(|l| l.starts_with(other))
            .expect("the line")
            + 1;
        let told = fault(&changed);
        assert!(told.starts_with(&format!("{at}: ")), "{other}: {told}");
        assert!(told.contains("is not understood"), "{other}: {told}");
    }
}

#[test]
fn what_the_syntax_shows_is_described() {
    let without = |name: &str, line: &str| PAGE.replacen(line, &format!("Of {name}:"), 1);
    let capacity = without(
        "capacity",
        " ** [Capacity](#API_FillShelf_RequestSyntax) **   <a name=\"SSS-FillShelf-request-Capacity\"></a>",
    );
    assert!(
        fault(&capacity).contains("the syntax shows the member `Capacity`")
            || fault(&capacity).contains("stands twice")
    );

    let trace = PAGE.replacen("X-Shelf-Trace: TraceId", "X-Shelf-Trace: Other", 1);
    assert!(fault(&trace).starts_with("9: the header field `X-Shelf-Trace` has the value `Other`"));
    let lost = PAGE.replacen("&room=RoomName", "", 1);
    assert!(fault(&lost).contains("the URI parameter `RoomName` stands neither in the path"));
    let status = PAGE.replacen("HTTP/1.1 202", "HTTP/1.1 Fine", 1);
    assert!(fault(&status).contains("expected a status"));
    let twice = PAGE.replacen("[Capacity](#API", "[Books](#API", 1);
    assert!(fault(&twice).contains("Capacity") || fault(&twice).contains("twice"));
}

#[test]
fn labels_by_other_names() {
    for (path, uri) in [
        ("/shelves/{ShelfId}/books", "/shelves/{ShelfId}/books"),
        ("/shelves/{ShelfId+}", "/shelves/{ShelfId+}"),
        ("/shelves/shelfid", "/shelves/{ShelfId}"),
        ("/shelves/ID", "/shelves/{ShelfId}"),
        ("/shelves/shelfName/$LATEST", "/shelves/{ShelfId}/$LATEST"),
        ("/ShelfId/x/ShelfId", "/ShelfId/x/{ShelfId}"),
    ] {
        let page = PAGE.replacen("/2020-02-02/shelves/ShelfId/books", path, 1);
        assert_eq!(read(&page).uri, format!("{uri}?view=full"), "{path}");
    }
}

#[test]
fn members_that_are_the_whole_body_and_the_status() {
    let page = PAGE
        .replacen("HTTP/1.1 202", "HTTP/1.1 State", 1)
        .replacen(
            "It can be `Filling` or `Full`\\.  \nType: String",
            "It will be 202 upon success\\.",
            1,
        )
        .replacen(
            "sends back an HTTP 202 response",
            "sends back the following HTTP response",
            1,
        );
    let start = page.find("   \"[State]").expect("a line");
    let end = start + page[start..].find('\n').expect("its end") + 1;
    let page = [&page[..start], &page[end..]].concat();
    let operation = read(&page);
    assert_eq!(operation.code, 202);
    let state = operation.output.iter().find(|m| m.name == "State");
    assert_eq!(state.map(|m| m.place), Some(Place::StatusCode));
    contract(&operation);
}

#[test]
fn errors_that_stand_twice_cost_no_contract() {
    let page = PAGE.replacen("**TooManyBooksException**", "**ShelfNotFoundException**", 1);
    let operation = read(&page);
    assert_eq!(operation.errors.len(), 1);
    assert!(
        operation.lost.iter().any(|lost| lost.what == "error"),
        "{:?}",
        operation.lost
    );
    contract(&operation);
}

#[test]
fn a_pattern_that_cannot_be_read_costs_one_promise() {
    let page = PAGE.replacen("Pattern: `[a-z]\\d+`", "Pattern: `(?m)[a-z]`", 1);
    let operation = read(&page);
    let lost: Vec<_> = operation
        .lost
        .iter()
        .map(|lost| (lost.what, lost.line))
        .collect();
    assert_eq!(lost, [("pattern", Some(40))]);
    contract(&operation);
}

#[test]
fn a_member_may_be_described_again() {
    let page = PAGE.replacen(
        "Type: Integer  \n",
        "Type: Integer  \nRequired: Yes  \n **Of wood**   \nA shelf of wood\\.  \nType: Long  \n",
        1,
    );
    let operation = read(&page);
    let capacity = operation
        .input
        .iter()
        .find(|m| m.name == "Capacity")
        .expect("a member");
    assert_eq!(capacity.shape.kind.name(), "long");
    assert!(!capacity.required);
    assert!(operation.lost.iter().any(|lost| lost.what == "description"));
}

#[test]
fn the_page_of_a_type_that_is_not_there_costs_the_type() {
    let folder = Folder::of("no-type", &[("API_FillShelf.md", PAGE)]);
    let operation = folder.operation("API_FillShelf.md");
    assert!(
        operation
            .lost
            .iter()
            .any(|lost| lost.why.contains("API_Book.md")),
        "{:?}",
        operation.lost
    );
    contract(&operation);
}

#[test]
fn the_page_of_a_type_gives_its_shape() {
    let folder = shelf(
        PAGE,
        &BOOK.replace("A book\\.", "This data type is a UNION\\."),
    );
    let documents = folder.open("API_Book.md").expect("a page");
    let kind = documents
        .first()
        .and_then(|d| d.kind.as_ref())
        .expect("a type");
    let text = crate::import::print_shapes(kind);
    assert!(text.contains("[shape.Book]\ntype = \"union\"\n"), "{text}");
    assert!(
        text.contains("[shape.Book.members.Next]\ntarget = \"Book\"\n"),
        "{text}"
    );
}

#[test]
fn pages_of_other_protocols_are_told_apart() {
    let json = PAGE.replacen(
        "PUT /2020-02-02/shelves/ShelfId/books?view=full&room=RoomName HTTP/1.1\nX-Shelf-Trace: TraceId\nContent-type: application/json\n",
        "",
        1,
    );
    let xml = PAGE.replacen("\n{\n   \"[Books]", "\n<Books>\n   \"[Books]", 1);
    let stream = PAGE.replacen("RoomName HTTP/1.1", "RoomName HTTP/2", 1);
    let start = PAGE.find("## Request Syntax").expect("a section");
    let end = PAGE.find("## Response Elements").expect("a section");
    let query = [&PAGE[..start], "## Request Parameters\n\n", &PAGE[end..]].concat();
    for (page, why) in [
        (json, "JSON protocol"),
        (xml, "XML"),
        (stream, "stream"),
        (query, "query protocol"),
    ] {
        let folder = shelf(&page, BOOK);
        let documents = folder.open("API_FillShelf.md").expect("a page");
        let refused = documents.iter().flat_map(|d| &d.refused).next();
        let refused =
            refused.unwrap_or_else(|| panic!("{why}: {:?}", documents.first().map(|d| &d.faults)));
        assert!(refused.why.contains(why), "{}", refused.why);
        assert!(refused.line.is_some());
    }

    let folder = Folder::of(
        "no-page",
        &[("API_Types.md", "# Data Types\n\nA list\\.\n")],
    );
    assert!(
        folder
            .open("API_Types.md")
            .is_err_and(|e| e.message.contains("no reference page"))
    );
}
