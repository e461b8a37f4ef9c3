//! Counts of strings: exact while small, and rounded by one part in 2⁴³ at each addition however
//! large.
//!
//! A language of strings 10,000 characters long has more members than an `f64` can count. A count
//! here is a mantissa of 44 bits and an exponent of 20, packed into eight bytes, because there is
//! one for each state and length.

const MANTISSA: u32 = 44;
const MAX_EXPONENT: u64 = (1 << 20) - 1;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight(u64);

/// A sum in progress: wider than a weight, so that rounding happens once.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    mantissa: u128,
    exponent: u32,
}

impl Weight {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(1);

    pub(super) fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(super) fn mantissa(self) -> u64 {
        self.0 & ((1 << MANTISSA) - 1)
    }

    pub(super) fn exponent(self) -> u32 {
        (self.0 >> MANTISSA) as u32
    }

    /// The count, or the largest number there is for anything larger.
    pub(super) fn saturating(self) -> u128 {
        let mantissa = u128::from(self.mantissa());
        if mantissa == 0 || self.exponent() <= mantissa.leading_zeros() {
            mantissa << self.exponent()
        } else {
            u128::MAX
        }
    }

    /// `times` this weight, in units of two to the `exponent`, which is no less than this weight's.
    pub(super) fn scaled(self, times: u32, exponent: u32) -> u128 {
        let product = u128::from(self.mantissa()) * u128::from(times);
        product
            .checked_shr(exponent.saturating_sub(self.exponent()))
            .unwrap_or(0)
    }
}

impl Sum {
    /// Adds `times` a weight.
    pub(super) fn add(&mut self, weight: Weight, times: u32) {
        if weight.is_zero() {
            return;
        }
        let other = weight.exponent();

        if other > self.exponent {
            self.mantissa = self
                .mantissa
                .checked_shr(other - self.exponent)
                .unwrap_or(0);
            self.exponent = other;
        }

        // Two addends of at most 65 bits each for thousands of edges stay far below 128 bits.
        self.mantissa += weight.scaled(times, self.exponent);
    }

    pub(super) fn weight(self) -> Weight {
        let bits = 128 - self.mantissa.leading_zeros();
        let excess = bits.saturating_sub(MANTISSA);
        let exponent = u64::from(self.exponent + excess);
        if exponent > MAX_EXPONENT {
            return Weight((MAX_EXPONENT << MANTISSA) | ((1 << MANTISSA) - 1));
        }
        Weight((exponent << MANTISSA) | (self.mantissa >> excess) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(base: u32, exponent: usize) -> Weight {
        (0..exponent).fold(Weight::ONE, |weight, _| {
            let mut sum = Sum::default();
            sum.add(weight, base);
            sum.weight()
        })
    }

    #[test]
    fn small_counts_are_exact() {
        assert_eq!(power(10, 12).saturating(), 1_000_000_000_000);
        assert_eq!(Weight::ZERO.saturating(), 0);
    }

    #[test]
    fn large_counts_saturate_without_losing_their_order() {
        assert_eq!(power(64, 10_000).saturating(), u128::MAX);
        assert_eq!(power(2, 10_000).exponent() + 43, 10_000);
        let near = power(3, 60).saturating() as f64 / 3f64.powi(60);
        assert!((near - 1.0).abs() < 1e-10, "{near}");
    }
}
