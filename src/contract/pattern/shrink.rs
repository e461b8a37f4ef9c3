//! Simpler strings of the same language.

use super::{character::oddness, language::Language};

/// Strings of the language that are strictly simpler than `value`, the simplest first.
///
/// Simpler is shorter; among strings of one length, the one whose first differing character is
/// plainer. There is no endless descent in that order, so that repeated shrinking ends. A value
/// outside the language shrinks as well, into it. The strings are found as they are asked for, so
/// that taking the first costs little; one may be found twice.
pub(crate) fn shrink<'a>(language: &'a Language, value: &str) -> impl Iterator<Item = String> + 'a {
    let original: Vec<char> = value.chars().collect();
    let shortest = language
        .shortest()
        .map(|shortest| shortest.chars().collect());
    let plainest = language
        .at(original.len())
        .map(|plainest| plainest.chars().collect());
    let removals = removals(original.clone());
    let replacements = replacements(original.clone());
    let candidates = shortest
        .into_iter()
        .chain(removals)
        .chain(plainest)
        .chain(replacements);

    candidates
        .filter(move |candidate: &Vec<char>| is_simpler(candidate, &original))
        .map(String::from_iter)
        .filter(|candidate| language.contains(candidate))
}

fn is_simpler(one: &[char], other: &[char]) -> bool {
    let order = |text: &[char]| text.iter().map(|&c| oddness(c)).collect::<Vec<u32>>();
    (one.len(), order(one)) < (other.len(), order(other))
}

/// Large pieces taken out first, then smaller ones.
fn removals(original: Vec<char>) -> impl Iterator<Item = Vec<char>> {
    let length = original.len();
    let sizes =
        std::iter::successors(Some(length / 2), |size| Some(size / 2)).take_while(|&size| size > 0);
    let pieces = sizes.flat_map(move |size| {
        (0..=length - size)
            .step_by(size.div_ceil(4))
            .map(move |at| (at, size))
    });

    pieces.map(move |(at, size)| {
        original[..at]
            .iter()
            .chain(&original[at + size..])
            .copied()
            .collect()
    })
}

/// One character made plain.
fn replacements(original: Vec<char>) -> impl Iterator<Item = Vec<char>> {
    let places = (0..original.len()).flat_map(|at| ['a', '0', 'A', '-'].map(|plain| (at, plain)));
    places.map(move |(at, plain)| {
        let mut candidate = original.clone();
        candidate[at] = plain;
        candidate
    })
}
