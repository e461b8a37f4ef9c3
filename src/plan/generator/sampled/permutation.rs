//! The numbers below a limit in a random order, any of them at once: a range without repeats.

/// A permutation of `0..size`, chosen by a key.
///
/// Four rounds of a Feistel network permute the next larger power of four; a number that lands
/// outside is permuted again until it lands inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permutation {
    size: u64,
    key: u64,
    /// The bits of one half.
    half: u32,
}

impl Permutation {
    /// The permutation of `0..size` that the key chooses; `size` is at least 1.
    pub(super) fn new(size: u64, key: u64) -> Self {
        let bits = u64::BITS - size.max(2).saturating_sub(1).leading_zeros();
        Self {
            size: size.max(1),
            key,
            half: bits.div_ceil(2),
        }
    }

    /// Which number stands at a place; places beyond the size start again.
    pub(super) fn at(&self, place: u64) -> u64 {
        let mut number = place % self.size;
        loop {
            number = self.permuted(number);
            if number < self.size {
                return number;
            }
        }
    }

    fn permuted(&self, number: u64) -> u64 {
        let mask = (1_u64 << self.half) - 1;
        let (mut left, mut right) = (number >> self.half, number & mask);
        for round in 0..4 {
            (left, right) = (
                right,
                left ^ (mixed(right ^ self.key.rotate_left(16 * round)) & mask),
            );
        }
        (left << self.half) | right
    }
}

/// Every bit of the number decides over every bit of the outcome (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Permutation;

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn every_number_once(size in 1_u64..3000, key: u64) {
            let permutation = Permutation::new(size, key);
            let mut numbers: Vec<u64> = (0..size).map(|place| permutation.at(place)).collect();
            numbers.sort_unstable();
            prop_assert!(numbers.into_iter().eq(0..size));
        }

        #[test]
        fn large_ranges(size in 1_u64..1 << 62, key: u64, place: u64) {
            prop_assert!(Permutation::new(size, key).at(place) < size);
        }
    }
}
