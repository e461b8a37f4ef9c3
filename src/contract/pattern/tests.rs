//! Documented patterns, the dialects they are written in, and what is said of each.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::edit::Edit;
use super::*;

mod model;
mod property;

const FUNCTION_NAME: &str = r"(arn:aws:lambda:)?([a-z]{2}-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
const EVENT_SOURCE_ARN: &str = r"arn:aws:([a-zA-Z0-9\-])+:([a-z]{2}-[a-z]+-\d{1})?:(\d{12})?:(.*)";
const FUNCTION_ARN: &str = r"arn:aws:lambda:[a-z]{2}-[a-z]+-\d{1}:\d{12}:function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?";

fn pattern(source: &str) -> Pattern {
    Pattern::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn seeded() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

/// Checks everything that is made from a pattern against the engines; returns the number of
/// violations, or why none.
fn check(source: &str, min_len: usize, max_len: usize, samples: usize) -> Result<usize, String> {
    let pattern = pattern(source);
    let language = Language::new(&pattern, min_len, max_len).map_err(|error| error.to_string())?;
    let mut rng = seeded();
    for _ in 0..samples {
        let Some(value) = language.sample_any(&mut rng) else {
            break;
        };
        assert_eq!(
            pattern.zone(&value, Anchoring::Either),
            Zone::Inside,
            "{source}: {value:?}"
        );
        let length = value.chars().count();
        assert!(
            (min_len..=max_len).contains(&length) && language.contains(&value),
            "{source}: {value:?}"
        );
    }
    for Cover { place, value } in covers(&pattern, min_len, max_len) {
        assert_eq!(
            pattern.zone(&value, Anchoring::Whole),
            Zone::Inside,
            "{source}: {place}: {value:?}"
        );
        assert!(
            fits(&value, min_len, max_len),
            "{source}: {place}: {value:?}"
        );
    }
    let base = language.shortest().unwrap_or_default();
    let broken = violations(&pattern, min_len, max_len, &base, Anchoring::Whole, &[]);
    let broken = broken.map_err(|error| error.to_string())?;
    for Broken {
        place,
        edit,
        base,
        value,
    } in &broken
    {
        assert_eq!(
            pattern.zone(base, Anchoring::Whole),
            Zone::Inside,
            "{source}: {place} {edit}: {base:?}"
        );
        assert_eq!(
            pattern.zone(value, Anchoring::Whole),
            Zone::Outside,
            "{source}: {place} {edit}: {value:?}"
        );
        assert!(
            fits(value, min_len, max_len),
            "{source}: {place} {edit}: {value:?}"
        );
    }
    Ok(broken.len())
}

#[test]
fn documented_patterns_generate_what_they_say() {
    for (source, max_len) in [
        (FUNCTION_NAME, 140),
        (EVENT_SOURCE_ARN, 256),
        (FUNCTION_ARN, 256),
    ] {
        let violations = check(source, 1, max_len, 2_000);
        assert!(
            violations.as_ref().is_ok_and(|&count| count > 50),
            "{source}: {violations:?}"
        );
    }
}

#[test]
fn function_names_take_every_length_within_five_milliseconds() {
    let pattern = pattern(FUNCTION_NAME);
    let language = Language::new(&pattern, 1, 140).expect("a language");
    assert_eq!(language.lengths(), (1..=140).collect::<Vec<_>>());
    assert_eq!(language.shortest().as_deref(), Some("a"));
    assert_eq!(
        (language.count(0), language.count(1), language.count(2)),
        (0, 64, 64 * 64)
    );
    // A name alone, or a name, a colon and a qualifier.
    assert_eq!(language.count(3), 64 * 64 * 64 + 64 * 64);
    for len in 1..=140 {
        let value = language.at(len).expect("a string of every length");
        assert_eq!(
            (value.len(), pattern.zone(&value, Anchoring::Whole)),
            (len, Zone::Inside)
        );
    }
}

#[test]
fn covers_reach_each_part_of_a_function_name() {
    let covers = covers(&pattern(FUNCTION_NAME), 1, 140);
    let value = |place: &str| {
        let cover = covers.iter().find(|cover| cover.place == place);
        cover.map_or_else(
            || panic!("no cover of {place}"),
            |cover| cover.value.as_str(),
        )
    };
    assert_eq!(value("value/least"), "a");
    assert_eq!(
        value("value/full"),
        "arn:aws:lambda:ab-abc-1:123123123123:function:abc:$LATEST"
    );
    assert_eq!(
        value("group-1/absent"),
        "ab-abc-1:123123123123:function:abc:$LATEST"
    );
    assert_eq!(value("group-3/present"), "123123123123:a");
    assert_eq!(value("group-7/alternative-1"), "a:$LATEST");
    assert_eq!(value("group-7/alternative-2"), "a:a");
    assert_eq!(value("group-5/class/most").len(), 140);
    assert!(value("group-5/class/range-1/doubled").contains(":a--a:"));
    assert_eq!(value("value/word-prototype"), "__proto__");
}

#[test]
fn violations_break_each_part_of_a_function_name() {
    let base = "arn:aws:lambda:us-east-1:123456789012:function:my-func:$LATEST";
    let pattern = pattern(FUNCTION_NAME);
    let broken = violations(&pattern, 1, 140, base, Anchoring::Whole, &[]).expect("violations");
    let value = |place: &str, edit: Edit| {
        let broken = broken
            .iter()
            .find(|broken| broken.place == place && broken.edit == edit);
        broken.map_or_else(
            || panic!("no {edit} at {place}"),
            |broken| broken.value.as_str(),
        )
    };
    assert_eq!(value("value", Edit::SpaceAfter), format!("{base} "));
    assert_eq!(
        value("group-3/class", Edit::TooFew),
        base.replace("9012", "901")
    );
    assert_eq!(
        value("group-3/class", Edit::TooMany),
        base.replace("9012", "90122")
    );
    assert_eq!(
        value("group-4/literal-function", Edit::OtherCase),
        base.replace("function", "FUNCTION")
    );
    assert_eq!(
        value("group-7/alternative-1/literal-LATEST", Edit::Misspelt),
        base.replace("LATEST", "LAUEST")
    );
    assert_eq!(
        value("group-2/class-2", Edit::Emptied),
        base.replace("us-east-1", "us--1")
    );
    assert_eq!(
        value("group-2/class-2", Edit::Continued),
        base.replace("us-east-1", "us-east-east-1")
    );
    assert_eq!(
        value("group-3/class", Edit::ForeignKind),
        base.replace("123456789", "123456a89")
    );
    assert_eq!(
        value(
            "group-1/literal-arn-aws-lambda/word-lambda",
            Edit::Exchanged
        ),
        base.replace("lambda", "sqs")
    );
    assert_eq!(
        value("group-4/literal-function/word-function", Edit::Lengthened),
        base.replace("function", "functions")
    );
    assert_eq!(
        value("group-4/literal-function/mark-1", Edit::Exchanged),
        base.replace("function:", "function/")
    );
    assert!(broken.iter().all(|broken| broken.edit != Edit::Replaced));
    let again = violations(&pattern, 1, 140, base, Anchoring::Whole, &[]);
    assert_eq!(again.as_deref(), Ok(broken.as_slice()));
}

#[test]
fn violations_stay_outside_other_revisions() {
    let (old, new) = (
        pattern("arn:aws:[a-z]+"),
        pattern("arn:(aws[a-z-]*):[a-z]+"),
    );
    let broken =
        violations(&old, 1, 64, "arn:aws:sqs", Anchoring::Whole, &[&new]).expect("violations");
    assert!(!broken.is_empty());
    assert!(
        broken
            .iter()
            .all(|broken| new.zone(&broken.value, Anchoring::Whole) == Zone::Outside)
    );
}

#[test]
fn what_cannot_be_broken_says_why() {
    for source in [".*", r"[\s\S]*", ".{0,9}|.{9,}"] {
        let broken = violations(&pattern(source), 0, 64, "a", Anchoring::Whole, &[]);
        assert!(
            matches!(broken, Err(NoViolation::Impossible { .. })),
            "{source}: {broken:?}"
        );
    }
    // A match anywhere may be enough, and an empty one is everywhere.
    let broken = violations(&pattern("[a-z]*"), 0, 64, "a", Anchoring::Either, &[]);
    assert!(
        matches!(broken, Err(NoViolation::Impossible { .. })),
        "{broken:?}"
    );
}

#[test]
fn readings_that_disagree_are_named() {
    let check = |source: &str, value: &str, anchoring, expected| {
        assert_eq!(
            pattern(source).zone(value, anchoring),
            expected,
            "{source} {value:?}"
        );
    };
    check(r"\d+", "12", Anchoring::Whole, Zone::Inside);
    check(
        r"\d+",
        "1٣",
        Anchoring::Whole,
        Zone::Depends(Reading::Classes),
    );
    check(r"\d+", "1x", Anchoring::Whole, Zone::Outside);
    check(
        r"\d+",
        "1x",
        Anchoring::Either,
        Zone::Depends(Reading::Anchoring),
    );
    check(r"\d+", "x", Anchoring::Either, Zone::Outside);
    check("a.b", "a\nb", Anchoring::Whole, Zone::Depends(Reading::Dot));
    check(
        "ab",
        "ab\n",
        Anchoring::Whole,
        Zone::Depends(Reading::FinalNewline),
    );
    check("ab", "abc\n", Anchoring::Whole, Zone::Outside);
    check(
        "ab$",
        "ab\n",
        Anchoring::Whole,
        Zone::Depends(Reading::FinalNewline),
    );
    check(
        r"a$\n",
        "a\n",
        Anchoring::Whole,
        Zone::Depends(Reading::FinalNewline),
    );
    check(
        r"(?!a$)a\n",
        "a\n",
        Anchoring::Whole,
        Zone::Depends(Reading::FinalNewline),
    );
    check(r"a\r$", "a\r", Anchoring::Whole, Zone::Inside);
    check(
        r"a\r$\n",
        "a\r\n",
        Anchoring::Whole,
        Zone::Depends(Reading::FinalNewline),
    );
    check(r"a$b\n", "ab\n", Anchoring::Either, Zone::Outside);
    check(
        ".",
        "😀",
        Anchoring::Whole,
        Zone::Depends(Reading::CodeUnits),
    );
    check(".*", "😀", Anchoring::Whole, Zone::Inside);
    check(
        "(?!^[0-9]+$)[a-z0-9]+",
        "12",
        Anchoring::Whole,
        Zone::Outside,
    );
    check(
        "(?!^[0-9]+$)[a-z0-9]+",
        "12a",
        Anchoring::Whole,
        Zone::Inside,
    );
}

#[test]
fn probes_are_values_that_depend() {
    let pattern = pattern(r"\d{12}");
    let probes = probes(&pattern, 1, 64, "123456789012", Anchoring::Whole);
    assert!(
        probes
            .iter()
            .any(|probe| probe.edit == Edit::ForeignDigit && probe.reading == Reading::Classes)
    );
}

#[test]
fn look_around_is_contradicted_on_its_own() {
    for (source, expected) in [
        ("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "0"),
        (r"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)", "system."),
        (r"[0-9A-Za-z\.\-_]*(?<!\.)", "."),
        (r"a(:((?!\d+$)[0-9a-z]+))?", "a:0"),
        (r"(?=.{3}$)[a-z]*", ""),
    ] {
        let broken =
            violations(&pattern(source), 0, 64, "abc", Anchoring::Whole, &[]).expect("violations");
        let found = broken
            .iter()
            .find(|broken| broken.edit == Edit::Contradicted);
        assert_eq!(
            found.map(|broken| broken.value.as_str()),
            Some(expected),
            "{source}"
        );
        assert!(check(source, 0, 64, 300).is_ok_and(|count| count > 0));
    }
}

#[test]
fn dialects_are_read_alike() {
    let inside = [
        (r"[a-zA-Z0-9-_]+", "a-_"),
        (r"[0-9a-z-:]+", "0-:"),
        (r"[\w+=,.@-]+", "a_+=,.@-"),
        (r"\$LATEST", "$LATEST"),
        (r"a\/b\_c\-d", "a/b_c-d"),
        (
            r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*",
            "a é\t",
        ),
        (r"[[:alpha:]][^[:space:]]", "a1"),
        (r"\p{Alpha}\p{L}\p{IsDigit}?", "ab"),
        (r"[^ /\.$\x22]*", "abc"),
        (r"(|[a-z$_-]+)", ""),
        (r"$|kafka://.*", ""),
        (r"a{b}{2}", "a{b}}"),
        (r"\Qa.b\E", "a.b"),
        (r"(?<name>a)(?:b)+?", "abb"),
        (r"\A^a\z", "a"),
        (r"[\s\S]{0,3}", "\r\n"),
        (r"[$]|]", "]"),
    ];
    for (source, value) in inside {
        assert_eq!(
            pattern(source).zone(value, Anchoring::Whole),
            Zone::Inside,
            "{source} {value:?}"
        );
        assert!(
            check(source, 0, 64, 50).is_ok() || source.contains(r"\S"),
            "{source}"
        );
    }
}

#[test]
fn what_is_not_supported_is_named() {
    for source in [
        r"(a)\1",
        "a++",
        "(?>a)",
        "(?i)a",
        "[a&&b]",
        r"\ud800",
        "a{,3}",
        "[]a]",
        r"\p{Nonsense}",
        r"\q",
    ] {
        assert!(
            matches!(
                Pattern::parse(source),
                Err(PatternError::Unsupported { .. })
            ),
            "{source}"
        );
    }
    for source in [
        "(a", "a)", "*", "a**", "[a", "[b-a]", "a{2,1}", r"\", r"\xZZ", "(?<n",
    ] {
        assert!(
            matches!(Pattern::parse(source), Err(PatternError::Syntax { .. })),
            "{source}"
        );
    }
    for source in ["(".repeat(100), "a".repeat(5000), "a{9999999}".to_owned()] {
        assert!(
            matches!(Pattern::parse(&source), Err(PatternError::TooLarge { .. })),
            "{source}"
        );
    }
    for source in [r"a\b", "((?!a)[a-z])*", "a?^b"] {
        assert!(Language::new(&pattern(source), 0, 9).is_err(), "{source}");
    }
}
