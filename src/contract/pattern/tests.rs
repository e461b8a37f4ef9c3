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
        "(?m)a",
        "(?x)a",
        "[a&&b]",
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
    // Alone it is half a character; beside another, or in a class, it says something.
    for source in [r"\ud83c", r"\ud83cx", r"\0777"] {
        assert!(
            matches!(
                Pattern::parse(source),
                Err(PatternError::Unsupported { .. })
            ),
            "{source}"
        );
    }
}

/// Patterns of AWS and of their kind that only an automaton of a bounded size, an engine of a bounded
/// size or a dialect stands in the way of.
#[test]
fn what_models_ask_for_is_made_and_broken() {
    for (source, min_len, max_len) in [
        (r"[\w-]{1,255}", 0, 255),
        (
            r"^arn:aws[\w\-]*:quicksight:[\w\-]+:\d+:analysis/[\w\-]{1,512}",
            1,
            1024,
        ),
        (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}", 0, 1024),
        (r"\S{1,8192}", 0, usize::MAX),
        (r"[a-z][\w]{1,65535}", 1, 65_536),
        (r"^[^\u0000\u0085\u2028\u2029\r\n]{1,4096}$", 0, 4096),
        (r"((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}", 1, 15),
        (r"[0-9a-f]{8}\b-[0-9a-f]{4}\b", 0, 99),
        (r"(\bTSTALIASID\b|[0-9a-zA-Z]+)", 10, 10),
        (r".*(^i-[0-9a-zA-Z]{17}$)|(^mi-[0-9a-zA-Z]{17}$).*", 19, 20),
        (r"a?^b", 0, 9),
        (r"^(?!-)[A-Za-z0-9-].*(?<!-)$", 1, 63),
        (
            r"[\da-z]{1}[\da-z-]{1,48}[\da-z]{1}(?<!-s3alias)(?<!-ext-s3alias)",
            3,
            50,
        ),
        (
            r"(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])",
            1,
            253,
        ),
        (r"(?:(?!\$\{[a-zA-Z]+:)[\P{C}])*", 0, 512),
        (r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", 3, 63),
        (
            r"s3://([a-z0-9][a-z0-9-.]{1,61}[a-z0-9])/?((.{1,1024})/)?",
            0,
            usize::MAX,
        ),
        (r"^(?i)(true|false)$", 4, 5),
        (r"(?i)all|[0-9]{12}", 0, 20),
        (r"(?!(?i)AWS_)[a-zA-Z_][a-zA-Z0-9_]*", 1, 255),
        (r"\A\S[\p{Print}]*\z", 1, 64),
        (r"[\p{Graph}\x20]*", 0, 128),
        (r"^(\p{LD}|\p{Punct}| )+$", 8, 512),
        (
            r"(?!\s+$)[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t\r\n]*",
            0,
            255,
        ),
        (r"[a-z]|\ud83c[\udf00-\udfff]", 0, 9),
        (r"[^/:|\000-\037]+", 1, 50),
        (r"^[-_a-zA-Z0-9]*${2,64}$", 0, 99),
        (r"^(\/|(\/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4})$", 1, 100),
    ] {
        let made = check(source, min_len, max_len, 100);
        assert!(
            made.as_ref().is_ok_and(|&count| count > 0),
            "{source}: {made:?}"
        );
    }
}

#[test]
fn impossible_is_said_of_what_is_proven() {
    let broken = |source: &str, min, max| {
        violations(&pattern(source), min, max, "", Anchoring::Whole, &[]).map(|found| found.len())
    };
    for (source, min, max) in [
        (r".{1,65535}", 1, 65_535),
        (r"^.{1,100000}$", 1, 100_000),
        (r"(?s).*", 0, 2_147_483_647),
        (r"[\P{M}\p{M}]{0,20000}", 0, 20_000),
        (r"[\p{all}]*", 0, usize::MAX),
        (r"[a-z]{3}", 5, 9),
    ] {
        let found = broken(source, min, max);
        assert!(
            matches!(found, Err(NoViolation::Impossible { .. })),
            "{source}: {found:?}"
        );
    }

    // A string that long is legal, and not made: of the first it would be a violation.
    for (source, min, max) in [
        (r".{1,5000}", 1, usize::MAX),
        ("a{5000}", 0, usize::MAX),
        ("[a-z]+", 5000, usize::MAX),
    ] {
        let found = broken(source, min, max);
        assert!(
            matches!(found, Err(NoViolation::Unsupported { .. })),
            "{source}: {found:?}"
        );
    }
    assert!(Language::new(&pattern("a{5000}"), 0, usize::MAX).is_err());
    assert!(Language::new(&pattern("a{5000}"), 0, 4999).is_ok_and(|none| none.is_empty()));
}

#[test]
fn flags_and_halves_of_characters_are_read() {
    let check = |source: &str, value: &str, expected| {
        let zone = pattern(source).zone(value, Anchoring::Whole);
        assert_eq!(zone, expected, "{source} {value:?}");
    };
    check("(?s)a.b", "a\nb", Zone::Inside);
    check("(?s:a.)b.", "a\nb\n", Zone::Depends(Reading::Dot));
    check("(?i)ab[c-d]", "AbC", Zone::Inside);
    check("(a(?i)b)c", "aBc", Zone::Inside);
    check("(a(?i)b)c", "aBC", Zone::Outside);
    check("(?i:a)b", "AB", Zone::Outside);
    check("(?i)[^a]", "A", Zone::Outside);
    check("(?i)k", "\u{212a}", Zone::Depends(Reading::Classes));
    check("(?i-i)a", "A", Zone::Outside);
    check(r"[\ud800-\udfff]", "a", Zone::Outside);
    check(r"[\ud800-\udbff][\udc00-\udfff]", "x", Zone::Outside);
    check(r"[a\ud800-\udfff]*", "😀", Zone::Depends(Reading::Classes));
    check(r"\ud83d\ude00", "😀", Zone::Depends(Reading::CodeUnits));
    check(r"\0\007[\012]", "\0\u{7}\n", Zone::Inside);
    check(r"^{2}a$*", "a", Zone::Inside);
}

#[test]
fn an_engine_over_letters_agrees_with_one_over_characters() {
    for source in [
        r"[\w-]{1,255}",
        r"\b[\w é]{1,300}\b",
        r"(?![^\w])[\W\w]{1,400}(?<!\d)",
    ] {
        let large = pattern(source);
        // The same, small enough for every engine.
        let small = source
            .replace("255", "5")
            .replace("300", "5")
            .replace("400", "5");
        let small = pattern(&small);
        for value in [
            "a", "é", "-", "", "a b", " a", "ab-é٣", "😀", "ü\n", "\u{2028}", "٣", "a9",
        ] {
            for anchoring in [Anchoring::Whole, Anchoring::Either] {
                assert_eq!(
                    large.zone(value, anchoring),
                    small.zone(value, anchoring),
                    "{source} {value:?}"
                );
            }
        }
        assert_ne!(
            large.zone("a", Anchoring::Whole),
            Zone::Depends(Reading::Engine)
        );
    }
}
