//! Whole numbers in whatever notation JSON allows for them.

/// The integer a JSON number lexeme denotes, exactly: `5`, `5.0`, `50e-1` and `-0` are integers,
/// `1.5` is not. Beyond 128 bits the value sticks at the end of its side, so that `1e400` is out of
/// every range and never wraps.
pub(crate) fn integral(lexeme: &str) -> Option<i128> {
    let (negative, unsigned) = match lexeme.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, lexeme),
    };

    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
        None => (unsigned, 0),
    };

    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let digits: Vec<u8> = whole
        .bytes()
        .chain(fraction.bytes())
        .map(|b| b - b'0')
        .collect();

    if digits.iter().all(|d| *d == 0) {
        return Some(0);
    }
    let places = i64::try_from(fraction.len()).ok()?;
    let magnitude = scaled(&digits, exponent.saturating_sub(places))?;
    Some(if negative {
        magnitude.saturating_neg()
    } else {
        magnitude
    })
}

/// `digits × 10^shift`, if that is a whole number.
fn scaled(digits: &[u8], shift: i64) -> Option<i128> {
    let (kept, zeros) = if shift < 0 {
        let cut = usize::try_from(shift.unsigned_abs()).ok()?;
        let trailing = digits.iter().rev().take_while(|d| **d == 0).count();
        if cut > trailing {
            return None;
        }
        (&digits[..digits.len() - cut], 0)
    } else {
        // 40 more zeros are past 128 bits already; the cap keeps `1e999999999` cheap.
        (digits, shift.min(40))
    };

    let value = kept.iter().fold(0i128, |n, d| {
        n.saturating_mul(10).saturating_add(i128::from(*d))
    });
    Some((0..zeros).fold(value, |n, _| n.saturating_mul(10)))
}

/// The exponent of a lexeme; one too large for 64 bits sticks at the end of its side.
fn exponent_of(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };

    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value = digits
        .bytes()
        .fold(0i64, |n, b| {
            n.saturating_mul(10).saturating_add(i64::from(b - b'0'))
        })
        .min(i64::MAX / 2);

    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::integral;

    #[track_caller]
    fn check(lexeme: &str, expect: Option<i128>) {
        assert_eq!(integral(lexeme), expect, "{lexeme}");
    }

    #[test]
    fn whole_numbers_in_every_notation() {
        for lexeme in [
            "5",
            "5.0",
            "5.000",
            "5e0",
            "5E+0",
            "50e-1",
            "0.5e1",
            "0.05E2",
            "500000e-5",
        ] {
            check(lexeme, Some(5));
        }

        check("1e4", Some(10_000));
        check("-0", Some(0));
        check("-0.0e7", Some(0));
        check("0e999999999999999999999", Some(0));
        check("-1", Some(-1));
        check("4294967297", Some(4_294_967_297));
    }

    #[test]
    fn fractions_are_not_whole() {
        for lexeme in [
            "1.5",
            "0.1",
            "15e-1",
            "1e-1",
            "1e-400",
            "9999.9999999999999999999",
            "1e-99999999999999999999",
        ] {
            check(lexeme, None);
        }
    }

    #[test]
    fn the_very_large_sticks() {
        check("1e400", Some(i128::MAX));
        check("-1e400", Some(i128::MIN + 1));
        check("1e99999999999999999999", Some(i128::MAX));
        check(&"9".repeat(100), Some(i128::MAX));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for lexeme in ["", "-", "e5", "1e", "1e+", ".5", "abc", "1x", "1e5x", "--1"] {
            check(lexeme, None);
        }
    }
}
