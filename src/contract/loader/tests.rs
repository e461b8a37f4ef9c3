//! What is wrong with a file is said with its line and with what was expected.

use super::{load_operation, load_service};
use crate::contract::{Service, TimestampFormat};
use crate::harness::testing::assert_refused;
use crate::support::files::{Files, Source};

/// Eight lines that are right: what a test adds starts at line 9.
const OPERATION: &str = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"PUT\"\nuri = \"/x\"\n\
                         code = 202\nsection = \"s\"\n";

/// Nine lines that are right: what a test adds starts at line 10.
const SERVICE: &str = "service = \"s\"\nsigning-name = \"s\"\n[protocol]\ncontent-type = \"application/json\"\n\
                       answer-content-types = []\nerror-type-headers = []\nerror-type-members = []\n\
                       pattern-anchoring = \"whole\"\n[protocol.promise]\n";

fn service() -> Service {
    load_service(&Files::Embedded.read("lambda/service.toml").expect("a file")).expect("a service")
}

/// The text, added to a contract that is right, is refused with that message.
fn check(text: &str, expected: &str) {
    check_whole(&format!("{OPERATION}{text}"), expected);
}

fn check_whole(text: &str, expected: &str) {
    let file = Source {
        name: "contract.toml".to_owned(),
        text: text.to_owned(),
    };
    let found = load_operation(&file, "op", &service()).map(|_| "no error");
    assert_refused(found, expected);
}

fn check_service(text: &str, expected: &str) {
    let file = Source {
        name: "service.toml".to_owned(),
        text: format!("{SERVICE}{text}"),
    };
    let found = load_service(&file).map(|_| "no error");
    assert_refused(found, expected);
}

#[test]
fn what_tests_start_from_is_right() {
    let file = Source {
        name: "contract.toml".to_owned(),
        text: OPERATION.to_owned(),
    };
    load_operation(&file, "op", &service()).expect("a contract");
    let file = Source {
        name: "service.toml".to_owned(),
        text: format!("{SERVICE}[family]\n"),
    };
    load_service(&file).expect("a service");
}

#[test]
fn keys() {
    check(
        "[input.A]\ntype = \"string\"\nlenght = { max = 1 }\n",
        "contract.toml:11: unknown field `lenght`, expected one of …",
    );
    check(
        "[output.A]\npresence = \"always\"\nrequired = true\ntype = \"string\"\n",
        "contract.toml:11: unknown field `required`, expected one of …",
    );
    check(
        "[error.E]\nstatus = 400\nstatuses = [400]\n",
        "contract.toml:11: unknown field `statuses`, expected one of `status`, `section`, `impossible`; did you mean `status`?",
    );
    check(
        "[rule.r]\nsays = \"s\"\nsection = \"s\"\nunsent = true\n",
        "contract.toml:12: unknown field `unsent`, expected one of …",
    );
    check(
        "[inputs]\n",
        "contract.toml:9: unknown field `inputs`, expected one of …",
    );
    check("[error.E]\n", "contract.toml:9: missing field `status`");
    check(
        "[input.A]\ntype = \"int\"\n",
        "contract.toml:10: unknown value `int`, expected one of …",
    );
    check(
        "[output.A]\npresence = \"sometimes\"\ntype = \"string\"\n",
        "contract.toml:10: unknown value `sometimes`, expected `always` or `optional`",
    );
    check(
        "[input.A]\nlocation = \"cookie\"\ntype = \"string\"\n",
        "contract.toml:10: unknown value `cookie`, expected one of `label`, `query`, `header`, `prefix-headers`, `body`, `payload`",
    );
}

#[test]
fn ids_that_stand_twice() {
    check(
        "[input.A]\ntype = \"string\"\n[input.A]\ntype = \"long\"\n",
        "contract.toml:11: duplicate key",
    );
    check(
        "[input.A]\ntype = \"string\"\ntype = \"long\"\n",
        "contract.toml:11: duplicate key",
    );
    check(
        "[error.E]\nstatus = 400\n[error.E]\nstatus = 404\n",
        "contract.toml:11: duplicate key",
    );
}

#[test]
fn targets() {
    check(
        "[input.A]\ntarget = \"B\"\n",
        "contract.toml:10: unknown target `B`: expected the name of a shape (this file defines none)",
    );
    check(
        "[input.A]\ntarget = \"C\"\n[shape.B]\ntype = \"string\"\n",
        "contract.toml:10: unknown target `C`: expected the name of a shape (B)",
    );
    check(
        "[input.A]\ntarget = \"B\"\ntype = \"string\"\n[shape.B]\ntype = \"string\"\n",
        "contract.toml:10: expected either `type` or `target`, found both",
    );
    check(
        "[input.A]\nrequired = true\n",
        "contract.toml:9: expected `type` or `target`",
    );
    check(
        "[input.A]\ntarget = \"B\"\n[shape.B]\ntarget = \"C\"\n[shape.C]\ntarget = \"B\"\n",
        "contract.toml:11: shape `B` targets itself",
    );
    check(
        "[shape.B]\ntype = \"string\"\n",
        "contract.toml:9: nothing targets shape `B`",
    );
}

#[test]
fn bounds() {
    check(
        "[input.A]\ntype = \"long\"\nrange = { min = 2, max = 1 }\n",
        "contract.toml:11: empty range: expected min ≤ max, found min 2, max 1",
    );
    check(
        "[input.A]\ntype = \"long\"\nrange = { }\n",
        "contract.toml:11: expected `min`, `max` or both",
    );
    check(
        "[input.A]\ntype = \"string\"\nrange = { min = 2 }\n",
        "contract.toml:11: `range` does not apply to type string: expected one of integer, long, float, double",
    );
    check(
        "[input.A]\ntype = \"string\"\nlength = { min = -1 }\n",
        "contract.toml:11: expected lengths of at least 0, found -1",
    );
    check(
        "[input.A]\ntype = \"long\"\nlength = { min = 1 }\n",
        "contract.toml:11: `length` does not apply to type long: expected one of string, enum, blob, list, map",
    );
}

#[test]
fn patterns_and_values() {
    check(
        "[input.A]\ntype = \"string\"\npattern = '(a'\n",
        "contract.toml:11: pattern cannot be compiled: character 0 of the pattern: the group is not closed",
    );
    check(
        "[input.A]\ntype = \"string\"\npattern = '(a)\\1'\n",
        "contract.toml:11: pattern cannot be compiled: character 4 of the pattern: a back-reference or octal escape is not supported",
    );
    check(
        "[input.A]\ntype = \"long\"\npattern = 'a'\n",
        "contract.toml:11: `pattern` does not apply to type long: expected one of string",
    );
    check(
        "[input.A]\ntype = \"enum\"\n",
        "contract.toml:9: type enum: expected `enum = [values]`",
    );
    check(
        "[input.A]\ntype = \"enum\"\nenum = []\n",
        "contract.toml:11: expected at least one value",
    );
    check(
        "[input.A]\ntype = \"enum\"\nenum = [\"a\", \"a\"]\n",
        "contract.toml:11: expected each value once",
    );
    check(
        "[input.A]\ntype = \"long\"\nenum = [\"a\"]\n",
        "contract.toml:11: `enum` does not apply to type long",
    );
    check(
        "[input.A]\ntype = \"string\"\ntimestamp_format = \"date-time\"\n",
        "contract.toml:9: `timestamp_format` applies to timestamps only",
    );
}

#[test]
fn what_is_inside_a_shape_has_its_own_line() {
    let within =
        |text: &str| format!("[input.A]\ntarget = \"S\"\n[shape.S]\ntype = \"structure\"\n{text}");
    check(
        &within("[shape.S.members.B]\nrequired = true\n"),
        "contract.toml:13: expected `type` or `target`",
    );
    check(
        &within("[shape.S.members.B]\ntype = \"list\"\n"),
        "contract.toml:13: expected `member` for a list, and only there",
    );
    check(
        &within(
            "[shape.S.members.B]\ntype = \"list\"\n[shape.S.members.B.member]\ntype = \"enum\"\n",
        ),
        "contract.toml:15: type enum: expected `enum = [values]`",
    );
    check(
        &within("[shape.S.key]\ntype = \"string\"\n"),
        "contract.toml:11: expected `key` and `value` for a map, and only there",
    );
    check(
        "[input.A]\ntarget = \"S\"\n[shape.S]\ntype = \"string\"\n[shape.S.members.B]\ntype = \"string\"\n",
        "contract.toml:11: `members` does not apply to type string",
    );
}

#[test]
fn http() {
    let with = |from: &str, to: &str| OPERATION.replace(from, to);
    check_whole(
        &with("code = 202", "code = 99"),
        "contract.toml:7: expected an HTTP status (100 to 599), found 99",
    );
    check_whole(
        &with("code = 202", "code = 99999"),
        "contract.toml:7: expected an HTTP status (100 to 599), found 99999",
    );
    check_whole(
        &with("\"PUT\"", "\"PUT it\""),
        "contract.toml:5: expected a method such as PUT, found `PUT it`",
    );
    check_whole(
        &with("\"/x\"", "\"x\""),
        "contract.toml:6: expected a path that starts with `/`, found `x`",
    );
    check_whole(
        &with("\"/x\"", "\"/x/{Id}\""),
        "contract.toml:6: the labels of the uri are {\"Id\"}, the members with location `label` are {}",
    );
    check_whole(
        &with("section = \"s\"\n", ""),
        "contract.toml:4: missing field `section`",
    );
    check(
        "[input.Id]\nlocation = \"label\"\ntype = \"string\"\n",
        "contract.toml:9: expected `required = true`: without Id there is no path",
    );
    check(
        "[input.Id]\nlocation = \"label\"\nrequired = true\ntype = \"string\"\n",
        "contract.toml:6: the labels of the uri are {}, the members with location `label` are {\"Id\"}",
    );
    check(
        "[error.E]\nstatus = 600\n",
        "contract.toml:10: expected an HTTP status (100 to 599), found 600",
    );
}

/// What each word about places cannot mean is told where it stands.
#[test]
fn places() {
    let input = |text: &str| format!("[input.A]\n{text}");
    let output = |text: &str| format!("[output.A]\npresence = \"always\"\n{text}");
    let texts =
        "[shape.T]\ntype = \"map\"\nkey = { type = \"string\" }\nvalue = { type = \"string\" }\n";
    let prefix = "location = \"prefix-headers\"\n";

    check(
        &input("location = \"payload\"\nname = \"a\"\ntype = \"blob\"\n"),
        "contract.toml:11: `name` is the name of a query parameter, of a header field or of a member of the document: expected no `name` here",
    );
    check(
        &input("location = \"query\"\nname = \"\"\ntype = \"string\"\n"),
        "contract.toml:11: `` is no name of a parameter: expected one without spaces and separators",
    );
    check(
        &output("location = \"header\"\nname = \"X Y\"\ntype = \"string\"\n"),
        "contract.toml:12: `X Y` is no name of a header field: expected one without spaces and separators",
    );
    check(
        &format!("{}{texts}", input(&format!("{prefix}target = \"T\"\n"))),
        "contract.toml:9: location `prefix-headers`: expected `name`, the prefix of the header fields",
    );
    check(
        &input(&format!("{prefix}name = \"x-\"\ntype = \"string\"\n")),
        "contract.toml:9: location `prefix-headers` is for a map of strings, but A is of type string",
    );
    check(
        &output("location = \"status-code\"\ntype = \"string\"\n"),
        "contract.toml:9: location `status-code` is for an integer, but A is of type string",
    );
    check(
        &output("location = \"payload\"\ntype = \"boolean\"\n"),
        "contract.toml:9: a body is no boolean: expected location `payload` for a structure, union, list, map, document, blob, string or enum",
    );
    check(
        &output("location = \"header\"\ntype = \"structure\"\n"),
        "contract.toml:9: no structure stands in a header field",
    );
    check(
        &output("location = \"query\"\ntype = \"string\"\n"),
        "contract.toml:11: unknown value `query`, expected one of `header`, `prefix-headers`, `status-code`, `body`, `payload`",
    );
    check(
        "[input.A]\ntype = \"string\"\n[input.B]\nlocation = \"payload\"\ntype = \"blob\"\n",
        "contract.toml:11: a member is the whole body, so that no other member stands in it: expected locations `payload` or `body`, not both",
    );
    check(
        "[input.A]\nlocation = \"payload\"\ntype = \"blob\"\n[input.B]\nlocation = \"payload\"\ntype = \"blob\"\n",
        "contract.toml:12: expected one member that is the whole body",
    );
    check(
        "[input.A]\ntype = \"string\"\n[input.B]\nname = \"A\"\ntype = \"string\"\n",
        "contract.toml:12: `A` is the name of another member in the same place",
    );
    check(
        "[input.A]\nlocation = \"header\"\nname = \"X-A\"\ntype = \"string\"\n\
         [input.B]\nlocation = \"header\"\nname = \"x-a\"\ntype = \"string\"\n",
        "contract.toml:15: `x-a` is the name of another member in the same place",
    );
    check(
        &format!(
            "[input.A]\nlocation = \"header\"\nname = \"X-Meta-A\"\ntype = \"string\"\n\
             [input.B]\n{prefix}name = \"x-meta-\"\ntarget = \"T\"\n{texts}"
        ),
        "contract.toml:15: the header fields of `x-meta-` are also those of `x-meta-a`",
    );
    check(
        "[input.A]\ntarget = \"S\"\n[shape.S]\nname = \"s\"\ntype = \"string\"\n",
        "contract.toml:12: `name` is the key of a member: expected it within `members` alone",
    );
    check(
        "[input.A]\ntarget = \"S\"\n[shape.S]\ntype = \"structure\"\n[shape.S.members.B]\ntype = \"string\"\n\
         [shape.S.members.C]\nname = \"B\"\ntype = \"string\"\n",
        "contract.toml:16: `B` is the name of another member of the same structure",
    );
}

#[test]
fn tokens_and_pages() {
    let token = "idempotency-token = true\n";
    check(
        &format!("[input.A]\ntype = \"long\"\n{token}"),
        "contract.toml:11: an idempotency token is a string, but this member is of type long",
    );
    check(
        &format!("[input.A]\ntype = \"string\"\n{token}[input.B]\ntype = \"string\"\n{token}"),
        "contract.toml:14: expected one idempotency token",
    );
    check(
        &format!("[input.A]\nlocation = \"payload\"\ntype = \"string\"\n{token}"),
        "contract.toml:12: an idempotency token is a member of the query, the header or the body",
    );

    let pages = |input: &str, output: &str, items: &str, size: &str| {
        format!(
            "[input.M]\ntype = \"string\"\n[input.Max]\ntype = \"integer\"\n\
             [output.N]\npresence = \"optional\"\ntype = \"string\"\n[output.Page]\npresence = \"always\"\ntarget = \"P\"\n\
             [shape.P]\ntype = \"structure\"\n[shape.P.members.Items]\ntarget = \"L\"\n\
             [shape.L]\ntype = \"list\"\nmember = {{ type = \"string\" }}\n\
             [pagination]\ninput-token = \"{input}\"\noutput-token = \"{output}\"\nitems = \"{items}\"\npage-size = \"{size}\"\n"
        )
    };
    check(
        &pages("X", "N", "Page.Items", "Max"),
        "contract.toml:27: unknown request member `X`",
    );
    check(
        &pages("M", "X", "Page.Items", "Max"),
        "contract.toml:28: unknown answer member `X`",
    );
    check(
        &pages("M", "N", "Page.Things", "Max"),
        "contract.toml:29: `Page.Things` has no member `Things`",
    );
    check(
        &pages("M", "N", "Page", "Max"),
        "contract.toml:29: `Page` is no list",
    );
    check(
        &pages("M", "N", "Page.Items", "M"),
        "contract.toml:30: `M` is no number: expected the member that limits a page",
    );
    let rule = "[rule.pagination]\nsays = \"s\"\nsection = \"s\"\nimpossible = \"w\"\n";
    check(
        &format!("{}{rule}", pages("M", "N", "Page.Items", "Max")),
        "contract.toml:26: the rule `pagination` follows from this table: expected no [rule.pagination]",
    );
    check(
        "[pagination]\ninput-token = \"M\"\n",
        "contract.toml:9: missing field `output-token`",
    );
}

#[test]
fn uris() {
    let with = |uri: &str, text: &str| format!("{}{text}", OPERATION.replace("/x", uri));
    check_whole(
        &with("/x/{A+}/{B+}", ""),
        "contract.toml:6: expected one label that keeps slashes, found `{B+}` as well",
    );
    check_whole(
        &with("/x/{A+}/{B}", ""),
        "contract.toml:6: expected no label after `{A+}`: where it ends would be open",
    );
    check_whole(
        &with("/x?a={A+}", ""),
        "contract.toml:6: `{A+}` keeps slashes, which have no meaning in a query: expected `{A}`",
    );
    check_whole(
        &with("/x y", ""),
        "contract.toml:6: expected a path without spaces and `#`, found `/x y`: what is no plain character is written as %20",
    );
    check_whole(
        &with(
            "/x?a=1&b",
            "[input.A]\nlocation = \"query\"\nname = \"b\"\ntype = \"string\"\n",
        ),
        "contract.toml:6: the uri sends the query parameter `b` already, and member A would send it again",
    );
}

/// Where no format is given, the place of a timestamp says how it is written.
#[test]
fn timestamps_by_their_place() {
    let text = "[input.Q]\nlocation = \"query\"\ntarget = \"T\"\n[input.H]\nlocation = \"header\"\ntype = \"timestamp\"\n\
        [input.B]\ntarget = \"T\"\n[input.E]\nlocation = \"query\"\ntarget = \"E\"\n\
        [input.L]\nlocation = \"query\"\ntarget = \"L\"\n\
        [output.O]\npresence = \"optional\"\nlocation = \"header\"\ntarget = \"T\"\n\
        [shape.T]\ntype = \"timestamp\"\n[shape.E]\ntype = \"timestamp\"\ntimestamp_format = \"epoch-seconds\"\n\
        [shape.L]\ntype = \"list\"\nmember = { target = \"T\" }\n";
    let file = Source {
        name: "contract.toml".to_owned(),
        text: format!("{OPERATION}{text}"),
    };
    let contract = load_operation(&file, "op", &service()).expect("a contract");
    let format = |name: &str| {
        let shape = &contract.member(name).expect("a member").shape;
        contract.resolve(shape).timestamp
    };
    assert_eq!(format("Q"), TimestampFormat::DateTime);
    assert_eq!(format("H"), TimestampFormat::HttpDate);
    assert_eq!(format("B"), TimestampFormat::EpochSeconds);
    assert_eq!(format("E"), TimestampFormat::EpochSeconds);
    let list = contract.resolve(&contract.member("L").expect("a member").shape);
    let element = list
        .element
        .as_deref()
        .map(|e| contract.resolve(e).timestamp);
    assert_eq!(element, Some(TimestampFormat::DateTime));
    let shown = &contract.output_member("O").expect("a member").shape;
    assert_eq!(contract.resolve(shown).timestamp, TimestampFormat::HttpDate);
}

#[test]
fn rules() {
    let rule = |text: &str| {
        let members = "[input.A]\ntype = \"long\"\n[output.S]\npresence = \"always\"\ntype = \"enum\"\nenum = [\"on\"]\n";
        format!("{members}[rule.r]\nsays = \"s\"\nsection = \"s\"\n{text}")
    };
    check(
        &rule(""),
        "contract.toml:15: expected exactly one way to check rule `r`, found 0",
    );
    check(
        &rule("written = false\n"),
        "contract.toml:15: expected exactly one way to check rule `r`, found 0",
    );
    check(
        &rule("written = true\nimpossible = \"it is\"\n"),
        "contract.toml:15: expected exactly one way to check rule `r`, found 2",
    );
    check(
        &rule("immutable = { output = \"X\" }\n"),
        "contract.toml:18: unknown answer member `X`",
    );
    check(
        &rule("read-back = { outputs = [\"S\", \"X\"] }\n"),
        "contract.toml:18: unknown answer member `X`",
    );
    check(
        &rule("stored = { input = \"X\", output = \"S\" }\n"),
        "contract.toml:18: unknown request member `X`",
    );
    let default = |input: &str, value: &str, when: &str| {
        rule(&format!(
            "default = {{ input = \"{input}\", value = '{value}'{when} }}\n"
        ))
    };
    check(
        &default("X", "1", ""),
        "contract.toml:18: unknown request member `X`",
    );
    check(
        &default("A", "one", ""),
        "contract.toml:18: expected a value as JSON text, found `one`",
    );
    let when = ", when = { member = \"X\", matches = 'a' }";
    check(
        &default("A", "1", when),
        "contract.toml:18: unknown request member `X`",
    );
    let when = ", when = { member = \"A\", matches = '(a' }";
    check(
        &default("A", "1", when),
        "contract.toml:18: pattern cannot be compiled: unclosed group",
    );
    check(
        &rule("shows = { output = \"X\", values = [\"on\"] }\n"),
        "contract.toml:18: unknown answer member `X`",
    );
    let limited = |member: &str, when: &str, max: i64| {
        rule(&format!(
            "limited-when = {{ member = \"{member}\", when = '{when}', length = {{ max = {max} }} }}\n"
        ))
    };
    check(
        &limited("A", "a", 1),
        "contract.toml:18: expected a member of type string, but A is of type long",
    );
    check(
        &limited("X", "a", 1),
        "contract.toml:18: unknown request member `X`",
    );
    check(
        &limited("A", "(a", 1),
        "contract.toml:18: pattern cannot be compiled: unclosed group",
    );
    check(
        &limited("A", "a", -1),
        "contract.toml:18: expected lengths of at least 0, found -1",
    );
    let resolved =
        "resolved = { input = \"A\", output = \"S\", parts = '(?<a>.)', suffix = '${b}' }\n";
    check(
        &rule(resolved),
        "contract.toml:18: `suffix` uses `${b}`, which is no named group of `parts`",
    );
    let state = |transitional: &str, when: &str, settled: &str| {
        rule(&format!(
            "[rule.r.state]\ninput = \"A\"\noutput = \"S\"\ntransitional = [{transitional}]\n\
             [rule.r.state.when.{when}]\nanswer = [\"on\"]\nsettled = [{settled}]\n"
        ))
    };
    check(
        &state("\"off\"", "1", "\"on\""),
        "contract.toml:21: `off` is no value of S: expected one of on",
    );
    check(
        &state("\"on\"", "one", "\"on\""),
        "contract.toml:22: expected a value as JSON text, found `one`",
    );
    check(
        &state("\"on\"", "1", "\"of\""),
        "contract.toml:24: `of` is no value of S: expected one of on",
    );
}

#[test]
fn services() {
    let family = |text: &str| format!("[family.f]\nclasses = [\"type\"]\n{text}");
    check_service(
        &family("accept = []\n"),
        "service.toml:12: expected at least one acceptable answer",
    );
    check_service(
        &family("accept = [{ status = \"600\", basis = \"page\" }]\n"),
        "service.toml:12: expected a status such as \"400\", or \"4xx\"",
    );
    check_service(
        &family("accept = [{ status = \"9xx\", basis = \"page\" }]\n"),
        "service.toml:12: expected a status such as \"400\", or \"4xx\"",
    );
    check_service(
        &family("accept = [{ status = \"400\", basis = \"book\" }]\n"),
        "service.toml:12: unknown value `book`, expected one of `page`, `protocol`, `aws`, `inferred`",
    );
    check_service(
        &family("answers = []\n"),
        "service.toml:12: unknown field `answers`, expected one of `classes`, `accept`, `opaque`, `level`",
    );
    let accept = "accept = [{ status = \"400\", basis = \"page\" }]\n";
    let twice = format!(
        "{}[family.g]\nclasses = [\"range\", \"type\"]\n{accept}",
        family(accept)
    );
    check_service(
        &twice,
        "service.toml:14: violation class `type` is in two families",
    );
    let confusion = |id: &str, text: &str| {
        format!(
            "[[confusion]]\nid = \"{id}\"\ntypes = [\"long\"]\ntext = '{text}'\nbasis = \"aws\"\nwhy = \"w\"\n"
        )
    };
    let none = "[family]\n";
    check_service(
        &format!("{none}{}", confusion("a", "1,")),
        "service.toml:14: expected one JSON value",
    );
    check_service(
        &format!("{none}{}{}", confusion("a", "1"), confusion("a", "2")),
        "service.toml:18: notation `a` is listed twice for one type",
    );
    check_service(
        "[familie]\n",
        "service.toml:10: unknown field `familie`, expected one of `service`, `signing-name`, `protocol`, `family`, `confusion`, `throttling`, `errors`; did you mean `family`?",
    );
    check_service("", "service.toml:1: missing field `family`");
}
