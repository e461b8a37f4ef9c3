//! Ranges of numbers that need not be whole.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

use super::number::Decimal;
use super::{Candidate, Zone};

/// Inclusive lower and upper limits, exactly as they are documented; an absent side is unlimited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FractionRange {
    /// The smallest value admitted.
    pub(crate) min: Option<FractionLimit>,
    /// The largest value admitted.
    pub(crate) max: Option<FractionLimit>,
}

/// One side of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FractionLimit {
    text: String,
    number: Decimal,
}

impl FractionLimit {
    /// The limit of that value. `None` where it is not finite.
    pub(crate) fn new(value: f64) -> Option<Self> {
        let text = value.is_finite().then(|| value.to_string())?;
        let number = Decimal::parse(&text)?;
        Some(Self { text, number })
    }

    fn value(&self) -> f64 {
        self.text.parse().unwrap_or_default()
    }
}

impl fmt::Display for FractionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FractionRange {
    /// Whether no number lies within.
    pub(crate) fn is_empty(&self) -> bool {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => min.number.compare_with(&max.number) == Ordering::Greater,
            _ => false,
        }
    }

    /// The side that a number lies beyond, given as its JSON text.
    pub(crate) fn beyond(&self, lexeme: &str) -> Option<&'static str> {
        let Some(number) = Decimal::parse(lexeme) else {
            return Some("range::max");
        };
        let is = |limit: &Option<FractionLimit>, than: Ordering| {
            let limit = limit.as_ref();
            limit.is_some_and(|limit| number.compare_with(&limit.number) == than)
        };

        match (
            is(&self.min, Ordering::Less),
            is(&self.max, Ordering::Greater),
        ) {
            (true, _) => Some("range::min"),
            (_, true) => Some("range::max"),
            _ => None,
        }
    }

    /// Whether the range admits a number, given as its JSON text.
    pub(crate) fn admits(&self, lexeme: &str) -> Zone {
        match self.beyond(lexeme) {
            Some(_) => Zone::Invalid,
            None => Zone::Valid,
        }
    }

    /// The edges of the range, and the value in the middle.
    pub(crate) fn satisfy(&self) -> Vec<Candidate> {
        let (min, max) = (self.min.as_ref(), self.max.as_ref());
        let middle = min
            .zip(max)
            .map(|(min, max)| f64::midpoint(min.value(), max.value()));
        let values = [
            ("at-min", "range::min", min.map(FractionLimit::value)),
            ("at-max", "range::max", max.map(FractionLimit::value)),
            ("middle", "range::max", middle),
        ];
        self.candidates(values, Zone::Valid)
    }

    /// Values a little and far beyond each limit.
    pub(crate) fn breaks(&self) -> Vec<Candidate> {
        let from =
            |limit: &Option<FractionLimit>, by: f64| limit.as_ref().map(|limit| limit.value() + by);
        let little = 1.0 / 1024.0;
        let values = [
            ("below-min", "range::min", from(&self.min, -little)),
            ("far-below-min", "range::min", from(&self.min, -1e9)),
            ("above-max", "range::max", from(&self.max, little)),
            ("far-above-max", "range::max", from(&self.max, 1e9)),
        ];
        self.candidates(values, Zone::Invalid)
    }

    fn candidates<const N: usize>(
        &self,
        values: [(&str, &'static str, Option<f64>); N],
        zone: Zone,
    ) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (id, side, value) in values {
            let text = value
                .filter(|value| value.is_finite())
                .map(|v| v.to_string());
            let fits = text.filter(|text| self.admits(text) == zone);
            let number = fits.and_then(|text| text.parse::<Number>().ok());
            let Some(number) = number.map(Value::Number) else {
                continue;
            };
            if !candidates.iter().any(|known| known.value == number) {
                candidates.push(Candidate::new(id, side, number));
            }
        }
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(min: Option<f64>, max: Option<f64>) -> FractionRange {
        FractionRange {
            min: min.and_then(FractionLimit::new),
            max: max.and_then(FractionLimit::new),
        }
    }

    #[test]
    fn edges_are_inside_and_breaks_outside() {
        let weight = limits(Some(0.5), Some(9.75));
        let of = |candidates: Vec<Candidate>| -> Vec<String> {
            let one = |c: &Candidate| format!("{} {}", c.id, c.value);
            candidates.iter().map(one).collect()
        };
        assert_eq!(
            of(weight.satisfy()),
            ["at-min 0.5", "at-max 9.75", "middle 5.125"]
        );
        assert_eq!(
            of(weight.breaks()),
            [
                "below-min 0.4990234375",
                "far-below-min -999999999.5",
                "above-max 9.7509765625",
                "far-above-max 1000000009.75"
            ]
        );
    }

    #[test]
    fn limits_are_exact() {
        let tenth = limits(Some(0.1), Some(0.3));
        for (text, side) in [
            ("0.1", None),
            ("0.10", None),
            ("1e-1", None),
            ("0.3", None),
            ("0.09999999999999999999", Some("range::min")),
            ("0.30000000000000000001", Some("range::max")),
            ("-1", Some("range::min")),
            ("1e400", Some("range::max")),
        ] {
            assert_eq!(tenth.beyond(text), side, "{text}");
        }
        assert!(limits(Some(2.0), Some(1.5)).is_empty());
        assert!(!limits(None, Some(1.5)).is_empty());
        assert!(limits(None, None).breaks().is_empty());
    }
}
