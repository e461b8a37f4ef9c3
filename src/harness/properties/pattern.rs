//! What is made from a pattern is what engines that made none of it find in it.

use arbitrary::Arbitrary;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::contract::pattern::{
    Anchoring, Broken, Cover, Language, Pattern, Reading, Zone, covers, fits, probes, shrink,
    violations,
};

/// A pattern, bounds of length and a value.
#[derive(Debug, Arbitrary)]
pub struct AnyPattern<'a> {
    /// The least length, in characters.
    pub(crate) min: u8,
    /// How much longer a value may be.
    pub(crate) room: u8,
    /// What decides the samples.
    pub(crate) seed: u64,
    /// A value to judge, and to start violations from.
    pub(crate) value: &'a str,
    /// The pattern.
    pub(crate) text: &'a str,
}

impl AnyPattern<'_> {
    /// Patterns: any text is refused, or its zones, samples, covers and violations agree with one
    /// another and with the engines. All of it takes bounded work: that it does not come to an end
    /// in seconds is for the fuzzer to see.
    ///
    /// # Panics
    /// Where a question about the pattern does, a sample or cover is outside, or a violation is
    /// not.
    pub fn check(&self) {
        let text = self.text;
        let Ok(pattern) = Pattern::parse(text) else {
            return;
        };
        let (min, max) = (
            usize::from(self.min),
            usize::from(self.min) + usize::from(self.room),
        );

        for anchoring in [Anchoring::Whole, Anchoring::Either] {
            let _ = pattern.zone(self.value, anchoring);
            for probe in probes(&pattern, min, max, self.value, anchoring) {
                let zone = pattern.zone(&probe.value, anchoring);
                assert!(
                    matches!(zone, Zone::Depends(_)),
                    "{text:?} has the probe {probe:?}: {zone:?}"
                );
            }
            for broken in
                violations(&pattern, min, max, self.value, anchoring, &[]).unwrap_or_default()
            {
                let Broken { base, value, .. } = &broken;
                assert_eq!(
                    pattern.zone(value, anchoring),
                    Zone::Outside,
                    "{text:?} breaks by {broken:?}"
                );
                assert!(
                    fits(value, min, max),
                    "{text:?} has another length in {broken:?}"
                );
                assert_ne!(base, value, "{text:?} is broken by nothing");
            }
        }

        for Cover { place, value } in covers(&pattern, min, max) {
            assert!(
                is_inside(&pattern, &value),
                "{text:?} has the cover {value:?} of {place}"
            );
            assert!(
                fits(&value, min, max),
                "{text:?} has a cover of another length: {value:?}"
            );
        }

        let Ok(language) = Language::new(&pattern, min, max) else {
            return;
        };
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        for sample in (0..4)
            .filter_map(|_| language.sample_any(&mut rng))
            .chain(language.shortest())
        {
            assert!(
                is_inside(&pattern, &sample),
                "{text:?} has the sample {sample:?}"
            );
            // A language counts characters; how many bytes they may be is for the oracle to say.
            let length = sample.chars().count();
            assert!(
                (min..=max).contains(&length),
                "{text:?} has a sample of another length: {sample:?}"
            );
            assert!(
                language.contains(&sample),
                "{text:?} does not contain its sample {sample:?}"
            );
            for simpler in shrink(&language, &sample) {
                assert!(
                    language.contains(&simpler),
                    "{text:?} does not contain {simpler:?}, simpler than {sample:?}"
                );
            }
        }

        // What is counted is there, and what the engines certainly admit is counted.
        for length in language.lengths().iter().take(4) {
            assert!(
                language.count(*length) > 0 && language.at(*length).is_some(),
                "{text:?} has none of {length}"
            );
        }

        let length = self.value.chars().count();
        if (min..=max).contains(&length)
            && pattern.zone(self.value, Anchoring::Whole) == Zone::Outside
        {
            assert!(
                !language.contains(self.value),
                "{text:?} contains {:?}, which is outside",
                self.value
            );
        }
    }
}

/// Whether every reading admits the value, but for what the engines cannot say.
fn is_inside(pattern: &Pattern, value: &str) -> bool {
    matches!(
        pattern.zone(value, Anchoring::Whole),
        Zone::Inside | Zone::Depends(Reading::Engine)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn patterns(
            text in r"[\[\](){}|?*+.^$\\,:!<=a-z0-9é-]{0,30}",
            value in "[a-z0-9:é]{0,8}",
            min: u8,
            room: u8,
            seed: u64,
        ) {
            AnyPattern { min: min % 40, room, seed, value: &value, text: &text }.check();
        }
    }
}
