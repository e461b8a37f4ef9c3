//! Numeric ranges.

use super::number::{self, Decimal};
use super::{Candidate, Zone};
use crate::contract::Bound;

/// Whether the range admits a number, given as its JSON text.
pub(crate) fn admits(bound: Bound, lexeme: &str) -> Zone {
    if let Some(integer) = number::integer(lexeme) {
        return if bound.admits(i128::from(integer)) {
            Zone::Valid
        } else {
            Zone::Invalid
        };
    }

    let Some(number) = Decimal::parse(lexeme) else {
        return Zone::Invalid;
    };
    let above = |limit: i64| number.compare(limit);
    let below_min = bound.min.is_some_and(|min| above(min).is_lt());
    let above_max = bound.max.is_some_and(|max| above(max).is_gt());

    if below_min || above_max {
        Zone::Invalid
    } else {
        Zone::Valid
    }
}

/// The edges of the range, and values well inside it.
pub(crate) fn satisfy(bound: Bound) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut push = |id: &str, side, value: Option<i64>| {
        if let Some(value) = value.filter(|v| bound.admits(i128::from(*v)))
            && !candidates.iter().any(|c: &Candidate| c.value == value)
        {
            candidates.push(Candidate::new(id, side, value));
        }
    };

    push("at-min", "range::min", bound.min);
    push(
        "above-min",
        "range::min",
        bound.min.and_then(|m| m.checked_add(1)),
    );

    push(
        "below-max",
        "range::max",
        bound.max.and_then(|m| m.checked_sub(1)),
    );

    push("at-max", "range::max", bound.max);
    if let (Some(min), Some(max)) = (bound.min, bound.max) {
        push("middle", "range::max", Some(i64::midpoint(min, max)));
    }
    candidates
}

/// Values just outside, far outside, and where a machine number ends or wraps into the range again.
pub(crate) fn breaks(bound: Bound) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut push = |id: &str, side, value: Option<i128>| {
        let Some(value) = value.filter(|v| !bound.admits(*v)) else {
            return;
        };
        let Ok(number) = value.to_string().parse::<serde_json::Number>() else {
            return;
        };
        let number = serde_json::Value::Number(number);
        if !candidates.iter().any(|c| c.value == number) {
            candidates.push(Candidate {
                id: id.to_owned(),
                side,
                value: number,
            });
        }
    };

    if let Some(min) = bound.min {
        push("below-min", "range::min", Some(i128::from(min) - 1));
        push("zero", "range::min", Some(0));
        push("minus-one", "range::min", Some(-1));
        push(
            "negated-max",
            "range::min",
            bound.max.map(|m| -i128::from(m)),
        );
        push("smallest-32-bit", "range::min", Some(i128::from(i32::MIN)));
        push("below-32-bit", "range::min", Some(i128::from(i32::MIN) - 1));
        push("smallest-64-bit", "range::min", Some(i128::from(i64::MIN)));
        push("below-64-bit", "range::min", Some(i128::from(i64::MIN) - 1));
    }

    if let Some(max) = bound.max {
        let inside = i128::from(bound.min.unwrap_or(max).max(1)) + 4;
        push("above-max", "range::max", Some(i128::from(max) + 1));
        push("ten-times-max", "range::max", Some(i128::from(max) * 10));
        push("largest-16-bit", "range::max", Some(65_535));
        push("wraps-16-bit", "range::max", Some((1 << 16) + inside));
        push("largest-32-bit", "range::max", Some(i128::from(i32::MAX)));
        push("above-32-bit", "range::max", Some(i128::from(i32::MAX) + 1));
        push("wraps-32-bit", "range::max", Some((1 << 32) + inside));
        push("above-53-bit", "range::max", Some((1 << 53) + 1));
        push("largest-64-bit", "range::max", Some(i128::from(i64::MAX)));
        push("above-64-bit", "range::max", Some(i128::from(i64::MAX) + 1));
        push("wraps-64-bit", "range::max", Some((1 << 64) + inside));
        push("above-96-bit", "range::max", Some((1 << 96) + inside));
    }

    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Bound = Bound {
        min: Some(1),
        max: Some(10_000),
    };

    #[test]
    fn edges_are_inside_and_breaks_outside() {
        for candidate in satisfy(BOUND) {
            assert_eq!(
                admits(BOUND, &candidate.value.to_string()),
                Zone::Valid,
                "{candidate:?}"
            );
        }

        let breaks = breaks(BOUND);
        for candidate in &breaks {
            assert_eq!(
                admits(BOUND, &candidate.value.to_string()),
                Zone::Invalid,
                "{candidate:?}"
            );
        }

        assert!(breaks.iter().any(|c| c.value == 0) && breaks.iter().any(|c| c.value == 10_001));
    }

    #[test]
    fn one_sided_and_extreme_bounds_are_no_trouble() {
        let below: Vec<String> = breaks(Bound {
            min: Some(i64::MIN),
            max: None,
        })
        .into_iter()
        .map(|c| c.id)
        .collect();

        assert_eq!(below, ["below-min"]);
        assert!(
            !satisfy(Bound {
                min: Some(i64::MIN),
                max: Some(i64::MAX)
            })
            .is_empty()
        );

        assert!(
            !satisfy(Bound {
                min: None,
                max: Some(i64::MAX)
            })
            .is_empty()
        );

        assert_eq!(
            satisfy(Bound {
                min: Some(3),
                max: Some(3)
            })
            .len(),
            1
        );
    }
}
