//! Letters: the fewest classes of characters that a set of terms can tell apart.

use std::collections::HashMap;

use regex_syntax::hir::ClassUnicode;

/// How many comparisons building an alphabet may take.
const MAX_WORK: usize = 2_000_000;

pub(super) struct Alphabet {
    /// The characters of each letter, as inclusive ranges of scalar values in ascending order.
    pub(super) letters: Vec<Vec<(u32, u32)>>,
    /// For each set of the terms, whether it holds each letter.
    pub(super) members: Vec<Vec<bool>>,
    /// Where each elementary range begins, and its letter; none for surrogates.
    starts: Vec<(u32, Option<usize>)>,
}

impl Alphabet {
    /// Partitions all scalars by membership in the sets; none where that would take too long.
    pub(super) fn of(sets: &[ClassUnicode]) -> Option<Self> {
        // Surrogates are no scalars, so that no range may span them.
        let mut bounds = vec![0, 0xd800, 0xe000, 0x11_0000];
        for range in sets.iter().flat_map(|set| set.ranges()) {
            bounds.extend([u32::from(range.start()), u32::from(range.end()) + 1]);
        }
        bounds.sort_unstable();
        bounds.dedup();
        if bounds.len().saturating_mul(sets.len()) > MAX_WORK {
            return None;
        }
        let mut alphabet = Self {
            letters: Vec::new(),
            members: vec![Vec::new(); sets.len()],
            starts: Vec::new(),
        };

        let mut known: HashMap<Vec<bool>, usize> = HashMap::new();
        let mut at = vec![0; sets.len()];
        for pair in bounds.windows(2) {
            let (first, last) = (pair[0], pair[1] - 1);
            let Some(character) = char::from_u32(first) else {
                alphabet.starts.push((first, None));
                continue;
            };
            let signature: Vec<bool> = sets
                .iter()
                .zip(&mut at)
                .map(|(set, at)| {
                    let ranges = set.ranges();
                    while ranges.get(*at).is_some_and(|range| range.end() < character) {
                        *at += 1;
                    }
                    ranges
                        .get(*at)
                        .is_some_and(|range| range.start() <= character)
                })
                .collect();
            let letter = *known.entry(signature).or_insert_with_key(|signature| {
                alphabet
                    .members
                    .iter_mut()
                    .zip(signature)
                    .for_each(|(members, &member)| members.push(member));
                alphabet.letters.push(Vec::new());
                alphabet.letters.len() - 1
            });
            alphabet.letters[letter].push((first, last));
            alphabet.starts.push((first, Some(letter)));
        }

        Some(alphabet)
    }

    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    pub(super) fn letter(&self, character: char) -> Option<usize> {
        let after = self
            .starts
            .partition_point(|&(start, _)| start <= u32::from(character));
        self.starts.get(after.checked_sub(1)?)?.1
    }
}
