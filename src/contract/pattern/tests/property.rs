//! Properties of arbitrary patterns: exact counts, uniform samples, certain violations, bounded
//! work.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Counts the strings over a small alphabet that the engines accept.
fn brute_force(pattern: &Pattern, alphabet: &[char], len: usize) -> Vec<String> {
    let mut strings = vec![String::new()];
    for _ in 0..len {
        let longer = |text: &String| {
            alphabet
                .iter()
                .map(|c| format!("{text}{c}"))
                .collect::<Vec<_>>()
        };
        strings = strings.iter().flat_map(longer).collect();
    }
    strings.retain(|text| pattern.zone(text, Anchoring::Whole) == Zone::Inside);
    strings
}

/// Patterns over the letters a to c whose classes leave the language within them.
fn small_pattern() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "ab",
        "[ab]",
        "[a-c]",
        "[bc]",
        "()",
        "ca",
        r"a?^",
        r"(?<!b)",
        r"(?<=[ab])a?",
        r"(?!a)",
        r"$|b",
        r"b?\b",
        r"\B",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        let quantifier = prop::sample::select(vec!["?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| format!("({})", parts.join("|"))),
            (inner, quantifier).prop_map(|(inner, quantifier)| format!("({inner}){quantifier}")),
        ]
    });
    let look = prop::sample::select(vec![
        "",
        "",
        "(?!a)",
        "(?=.*b)",
        "(?!.*cc)",
        "(?!^ab?$)",
        "(?=[ab]{2})",
    ]);
    let behind = prop::sample::select(vec!["", "", "", "(?<!a)", "(?<!ab)", "(?<!b)(?<=[a-c]{2})"]);
    (look, tree, behind).prop_map(|(look, tree, behind)| match look {
        // There is no automaton for a long look-behind after a look-ahead.
        "" if behind.len() > 6 && ["(?!", "$", "\\"].iter().any(|look| tree.contains(look)) => tree,
        "" => format!("(?:{tree}){behind}"),
        _ => format!("{look}(?:{tree})"),
    })
}

proptest! {
    #![proptest_config(crate::harness::testing::property_tests(1))]

    #[test]
    fn counts_are_those_of_brute_force(source in small_pattern()) {
        let pattern = pattern(&source);
        let language = Language::new(&pattern, 0, 5).expect("small patterns have a language");
        for len in 0..=5 {
            let expected = brute_force(&pattern, &['a', 'b', 'c'], len);
            prop_assert_eq!(language.count(len), expected.len() as u128, "{} at {}", source, len);
            prop_assert!(expected.iter().all(|value| language.contains(value)));
        }
    }

    #[test]
    fn small_patterns_generate_what_they_say(source in small_pattern()) {
        let _ = check(&source, 0, 12, 20);
    }

    #[test]
    fn shrinking_descends_within_the_language(source in small_pattern(), seed: u64) {
        let language = Language::new(&pattern(&source), 0, 8).expect("small patterns have a language");
        let mut value = language.sample_any(&mut ChaCha8Rng::seed_from_u64(seed));
        let mut steps = 0;
        while let Some(current) = value {
            prop_assert!(language.contains(&current));
            value = shrink(&language, &current).next();
            steps += 1;
            prop_assert!(steps < 1000);
            if value.is_none() {
                prop_assert_eq!(Some(current), language.shortest());
            }
        }
    }

    #[test]
    fn any_text_is_answered(source in r"[\[\](){}|?*+.^$\\,:!<=a-z0-9é-]{0,40}", min in 0_usize..40, room in 0_usize..400) {
        if Pattern::parse(&source).is_ok() {
            let _ = answer(&source, min, min + room);
        }
    }
}

/// Everything that can be asked of a pattern, for its bounds on time and for what must hold
/// wherever it is certain.
fn answer(source: &str, min_len: usize, max_len: usize) -> Option<()> {
    let pattern = Pattern::parse(source).ok()?;
    let _ = covers(&pattern, min_len, max_len);
    let _ = violations(&pattern, min_len, max_len, "", Anchoring::Either, &[]);
    let language = Language::new(&pattern, min_len, max_len).ok()?;
    let mut rng = seeded();
    for _ in 0..10 {
        let value = language.sample_any(&mut rng)?;
        let zone = pattern.zone(&value, Anchoring::Whole);
        assert!(
            matches!(zone, Zone::Inside | Zone::Depends(Reading::Engine)),
            "{source}: {value:?} {zone:?}"
        );
    }
    Some(())
}

#[test]
fn samples_are_uniform() {
    let language = Language::new(&pattern("a?[bc]{1,2}(d|ef)?"), 0, 9).expect("a language");
    let mut rng = seeded();
    for &len in language.lengths() {
        let count = language.count(len);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for _ in 0..count * 1000 {
            *seen
                .entry(language.sample(len, &mut rng).expect("a string"))
                .or_default() += 1;
        }
        assert_eq!(seen.len() as u128, count);
        assert!(
            seen.values().all(|&times| (850..1150).contains(&times)),
            "{seen:?}"
        );
    }
}

#[test]
fn large_patterns_are_answered_in_bounded_time() {
    let sources = [
        "(a{1000}){1000}".to_owned(),
        "((a{0,100}){0,100}){0,100}".to_owned(),
        "([a-z]{1,64}x){1,64}".to_owned(),
        ".*a.{20}".to_owned(),
        "(a|b)*a(a|b){15}".to_owned(),
        "a?".repeat(1000),
        "[a-z]".repeat(400),
        "(a|b?)".repeat(300),
        "(?!.*a.{12})(?!.*b.{12}).*".to_owned(),
        r"[\p{L}\p{N}]{1,2048}x?".to_owned(),
        "((((((((a*)*)*)*)*)*)*)*)*b".to_owned(),
        "(){1000000}a{1000000}".to_owned(),
        "((){60000}){60000}".to_owned(),
    ];
    for source in sources {
        let _ = Language::new(&pattern(&source), 0, 20_000);
        let _ = answer(&source, 0, 64);
    }
}
