//! What is a FunctionName, form by form, and against a regular-expression engine.

use super::{FunctionName, Grammar};

#[track_caller]
fn check(text: &str, expect: Option<[&str; 4]>) {
    let actual = Grammar::page().parse(text);
    let actual = actual.as_ref().map(|f: &FunctionName| {
        [
            f.region.as_deref().unwrap_or(""),
            f.account.as_deref().unwrap_or(""),
            f.name.as_str(),
            f.qualifier.as_deref().unwrap_or(""),
        ]
    });
    assert_eq!(actual, expect, "{text}");
}

#[test]
fn every_partial_form() {
    check("f", Some(["", "", "f", ""]));
    check("f:1", Some(["", "", "f", "1"]));
    check("f:$LATEST", Some(["", "", "f", "$LATEST"]));
    check("function:f", Some(["", "", "f", ""]));
    check("123456789012:f", Some(["", "123456789012", "f", ""]));
    check(
        "123456789012:function:f:a-b",
        Some(["", "123456789012", "f", "a-b"]),
    );
    check("us-east-1:f", Some(["us-east-1", "", "f", ""]));
    check("arn:aws:lambda:f", Some(["", "", "f", ""]));
    check(
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        Some(["us-east-1", "123456789012", "f", ""]),
    );
    check("arn:aws:lambda:function:f:1", Some(["", "", "f", "1"]));
}

#[test]
fn what_looks_like_a_part_may_be_a_name() {
    check("function", Some(["", "", "function", ""]));
    check(
        "function:function:function",
        Some(["", "", "function", "function"]),
    );
    check("123456789012", Some(["", "", "123456789012", ""]));
    check("12345678901:f", Some(["", "", "12345678901", "f"]));
    check("us-east-1", Some(["", "", "us-east-1", ""]));
    check("us-east-12:f", Some(["", "", "us-east-12", "f"]));
    check("-", Some(["", "", "-", ""]));
    check("arn:aws", Some(["", "", "arn", "aws"]));
    // A misspelt `function` is a name as long as no qualifier follows.
    check(
        "us-east-1:123456789012:functions:f",
        Some(["us-east-1", "123456789012", "functions", "f"]),
    );
}

#[test]
fn refused() {
    for text in [
        "",
        ":",
        "f:",
        ":f",
        "f::1",
        "f:1:2",
        "f g",
        " f",
        "f\n",
        "f.g",
        "f:$latest",
        "f:$LATEST1",
        "f$",
        "é",
        "arn:aws-cn:lambda:f:1",
        "arn:aws:s3:f",
        "ARN:aws:lambda:f",
        "arn:aws:lambda:us-east-1:1234567890123:function:f",
        "arn:aws:lambda:us-east-1:123456789012:functions:f:1",
        "function:f:1:2",
        "f:$",
        "$LATEST",
    ] {
        check(text, None);
    }
}

#[test]
fn long_text_is_refused_quickly() {
    check(&"a-".repeat(1 << 20), None);
    check(&":".repeat(4096), None);
}

/// The one place where the reference meets the engine that the suite judges with.
#[test]
fn agrees_with_a_regular_expression_engine() {
    let pattern = r"(arn:aws:lambda:)?([a-z]{2}-[a-z]+-[0-9]:)?([0-9]{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
    let engine =
        regex::Regex::new(&format!(r"\A(?:{pattern})\z")).expect("the pattern of the page");
    let pieces = [
        "arn:aws:lambda:",
        "arn:",
        "aws:",
        "us-east-1:",
        "us-east-1",
        "us-gov-west-1:",
        "x-y-2:",
        "123456789012:",
        "12345678901",
        "1:",
        "function:",
        "function",
        "f",
        "F_-9",
        ":",
        "$LATEST",
        "$",
        "LATEST",
        ".",
        " ",
        "\n",
    ];
    let mut state = 7u64;
    let mut matched = 0;
    for _ in 0..50_000 {
        let mut next = |n: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % n
        };
        let text: String = (0..next(7)).map(|_| pieces[next(pieces.len())]).collect();
        let part = |captures: &regex::Captures<'_>, n: usize| {
            captures
                .get(n)
                .map(|m| m.as_str().trim_matches(':').to_owned())
        };
        let expect = engine.captures(&text).map(|c| FunctionName {
            arn: c.get(1).is_some(),
            region: part(&c, 2),
            account: part(&c, 3),
            word: c.get(4).is_some(),
            name: part(&c, 5).unwrap_or_default(),
            qualifier: part(&c, 6),
        });
        matched += usize::from(expect.is_some());
        assert_eq!(Grammar::page().parse(&text), expect, "{text}");
    }
    assert!(matched > 5_000, "{matched}");
}
