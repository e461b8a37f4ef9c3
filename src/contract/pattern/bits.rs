//! Randomness by the bit: most choices take few, and what a generator gives at once lasts for
//! several.

/// A source of randomness that is drawn from in parts.
pub(super) struct Bits<'a, R> {
    rng: &'a mut R,
    rest: u64,
    parts: u8,
}

impl<'a, R: rand::Rng> Bits<'a, R> {
    pub(super) fn new(rng: &'a mut R) -> Self {
        Self {
            rng,
            rest: 0,
            parts: 0,
        }
    }

    #[inline]
    pub(super) fn sixteen(&mut self) -> u16 {
        if self.parts == 0 {
            self.rest = self.rng.next_u64();
            self.parts = 4;
        }
        self.parts -= 1;
        let part = self.rest as u16;
        self.rest >>= 16;
        part
    }

    /// A number below `size`, each with exactly the same probability: draws that would favour some
    /// are drawn again.
    #[inline]
    pub(super) fn below(&mut self, size: u16) -> u16 {
        if size <= 1 {
            return 0;
        }
        loop {
            let product = u32::from(self.sixteen()) * u32::from(size);
            // Of the 65,536 draws, as many as divide evenly count.
            if product as u16 >= size || product as u16 >= size.wrapping_neg() % size {
                return (product >> 16) as u16;
            }
        }
    }

    /// A number below `size`, which is at least 1, each with the same probability.
    pub(super) fn below_large(&mut self, size: u32) -> u32 {
        self.rng.random_range(0..size)
    }

    pub(super) fn forty_eight(&mut self) -> u64 {
        self.rng.next_u64() >> 16
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn every_number_is_drawn_equally_often() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut bits = Bits::new(&mut rng);
        for size in [1_u16, 2, 26, 64, 95, 127] {
            let mut times = vec![0_u32; usize::from(size)];
            for _ in 0..u32::from(size) * 10_000 {
                times[usize::from(bits.below(size))] += 1;
            }
            assert!(
                times.iter().all(|times| (9_500..10_500).contains(times)),
                "{size}: {times:?}"
            );
        }
    }

    /// A generator that counts gives every draw of sixteen bits once: what is exact for it is
    /// exact.
    struct Counting(u64);

    impl rand::RngCore for Counting {
        fn next_u32(&mut self) -> u32 {
            self.next_u64() as u32
        }

        fn next_u64(&mut self) -> u64 {
            let first = self.0;
            self.0 += 4;
            (0..4)
                .map(|part| ((first + part) & 0xffff) << (16 * part))
                .sum()
        }

        fn fill_bytes(&mut self, _: &mut [u8]) {}
    }

    #[test]
    fn over_all_draws_no_number_is_favoured() {
        let mut rng = Counting(0);
        let mut bits = Bits::new(&mut rng);
        let mut times = [0_u32; 95];
        for _ in 0..65_536 / 95 * 95 {
            times[usize::from(bits.below(95))] += 1;
        }
        assert_eq!(times, [65_536 / 95; 95]);
    }
}
