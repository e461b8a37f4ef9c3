//! JSON numbers, exactly as written: no float stands between a lexeme and a verdict.

use std::cmp::Ordering;

/// A JSON number as sign, significant digits and exponent: `digits × 10^exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading or trailing zeros; empty for zero.
    digits: String,
    exponent: i64,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Digits alone, with at most a minus sign.
    Plain,
    /// With a fraction or an exponent, but a whole number all the same.
    Whole,
    /// Not a whole number.
    Fraction,
}

impl Decimal {
    /// Reads a JSON number; `None` where the text is none.
    pub(crate) fn parse(lexeme: &str) -> Option<Self> {
        let (negative, unsigned) = match lexeme.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, lexeme),
        };

        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };

        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };

        let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !numeric(whole)
            || !numeric(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return None;
        }
        // An exponent beyond 18 digits puts any number beyond any documented limit, whichever its
        // digits.
        let exponent: i64 = match exponent {
            None => 0,
            Some(text) => {
                let digits = text.trim_start_matches(['+', '-']);
                if text.len() - digits.len() > 1 || digits.is_empty() || !numeric(digits) {
                    return None;
                }
                let size = digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
                if text.starts_with('-') { -size } else { size }
            }
        };

        let mut digits = String::with_capacity(whole.len() + fraction.len());
        digits.push_str(if whole == "0" { "" } else { whole });
        digits.push_str(if digits.is_empty() {
            fraction.trim_start_matches('0')
        } else {
            fraction
        });

        let significant = digits.len();
        digits.truncate(digits.trim_end_matches('0').len());
        let dropped = i64::try_from(significant - digits.len()).ok()?;
        let fraction = i64::try_from(fraction.len()).ok()?;
        let exponent = if digits.is_empty() {
            0
        } else {
            exponent.saturating_sub(fraction).saturating_add(dropped)
        };

        Some(Self {
            negative,
            digits,
            exponent,
        })
    }

    /// How the number was written.
    pub(crate) fn notation(lexeme: &str) -> Option<Notation> {
        if integer(lexeme).is_some() {
            return Some(Notation::Plain);
        }
        let number = Self::parse(lexeme)?;
        Some(if number.exponent < 0 {
            Notation::Fraction
        } else if lexeme.contains(['.', 'e', 'E']) || lexeme == "-0" {
            Notation::Whole
        } else {
            Notation::Plain
        })
    }

    /// How the number compares with a limit.
    pub(crate) fn compare(&self, limit: i64) -> Ordering {
        let limit_text = limit.unsigned_abs().to_string();
        let limit_digits = if limit == 0 { "" } else { limit_text.as_str() };
        match (self.digits.is_empty(), limit) {
            (true, l) => return 0.cmp(&l),
            (false, 0) => {
                return if self.negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            (false, l) if self.negative != (l < 0) => {
                return if self.negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            _ => {}
        }

        let magnitude = self.compare_magnitude(limit_digits);
        if self.negative {
            magnitude.reverse()
        } else {
            magnitude
        }
    }

    /// How two numbers compare.
    pub(crate) fn compare_with(&self, other: &Self) -> Ordering {
        match (self.signum(), other.signum()) {
            (a, b) if a != b => a.cmp(&b),
            (0, _) => Ordering::Equal,
            (sign, _) => {
                let magnitude =
                    compare_digits(&self.digits, self.exponent, &other.digits, other.exponent);
                if sign < 0 {
                    magnitude.reverse()
                } else {
                    magnitude
                }
            }
        }
    }

    fn signum(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, limit: &str) -> Ordering {
        compare_digits(&self.digits, self.exponent, limit, 0)
    }
}

/// The integer that a JSON number is, where it is written as digits alone and is no larger than
/// most are.
pub(super) fn integer(lexeme: &str) -> Option<i64> {
    let leading = lexeme.starts_with('0') && lexeme.len() > 1;
    let short =
        (1..=18).contains(&lexeme.len()) && lexeme.bytes().all(|byte| byte.is_ascii_digit());
    if short && !leading {
        lexeme.parse().ok()
    } else {
        None
    }
}

/// Compares two positive numbers `digits × 10^exponent`, neither starting with a zero.
fn compare_digits(a: &str, a_exponent: i64, b: &str, b_exponent: i64) -> Ordering {
    // The position of the first digit decides; where it is the same, the digits do, as text padded
    // with zeros.
    let size = |digits: &str, exponent: i64| {
        i64::try_from(digits.len())
            .unwrap_or(i64::MAX)
            .saturating_add(exponent)
    };

    size(a, a_exponent).cmp(&size(b, b_exponent)).then_with(|| {
        let longest = a.len().max(b.len());
        let digit = |text: &str, at: usize| text.as_bytes().get(at).copied().unwrap_or(b'0');
        (0..longest)
            .map(|at| digit(a, at).cmp(&digit(b, at)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lexeme: &str, limit: i64, expect: Ordering) {
        assert_eq!(
            Decimal::parse(lexeme).map(|d| d.compare(limit)),
            Some(expect),
            "{lexeme} against {limit}"
        );
    }

    #[test]
    fn compares_exactly() {
        check("0", 0, Ordering::Equal);
        check("-0.0e7", 0, Ordering::Equal);
        check("1e1", 10, Ordering::Equal);
        check("10.000", 10, Ordering::Equal);
        check("9.9999999999999999999999", 10, Ordering::Less);
        check("10000.00000000000000000001", 10_000, Ordering::Greater);
        check("1e400", i64::MAX, Ordering::Greater);
        check("1e-400", 1, Ordering::Less);
        check("-5", -4, Ordering::Less);
        check("-5", 3, Ordering::Less);
        check("18446744073709551621", i64::MAX, Ordering::Greater);
        check("1e99999999999999999999999", 7, Ordering::Greater);
    }

    #[test]
    fn short_integers_are_read_at_once() {
        assert_eq!(integer("0"), Some(0));
        assert_eq!(integer("999999999999999999"), Some(999_999_999_999_999_999));
        for other in [
            "",
            "00",
            "01",
            "-0",
            "-1",
            "+1",
            "1.0",
            "1e0",
            "1000000000000000000",
            "x",
            "1 ",
        ] {
            assert_eq!(integer(other), None, "{other}");
        }
    }

    #[test]
    fn tells_notations() {
        let check =
            |lexeme: &str, expect| assert_eq!(Decimal::notation(lexeme), expect, "{lexeme}");
        check("5", Some(Notation::Plain));
        check("-5", Some(Notation::Plain));
        check("5.0", Some(Notation::Whole));
        check("50e-1", Some(Notation::Whole));
        check("1e2", Some(Notation::Whole));
        check("5e-1", Some(Notation::Fraction));
        check("1.5", Some(Notation::Fraction));

        for wrong in [
            "", "-", "05", "5.", ".5", "+5", "1e", "1e+-2", "0x10", "NaN", "1 ",
        ] {
            check(wrong, None);
        }
    }
}
