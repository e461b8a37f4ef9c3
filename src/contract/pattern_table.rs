//! Every documented pattern of a service's model, and whether what we make of it stands up to an
//! independent engine.
//!
//! The model is the JSON that AWS publishes for its SDKs (`service-2.json` in botocore). A table of
//! it shows at once which patterns we can generate from and break, and names those that we cannot:
//! none is passed over.

use indexmap::IndexMap;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::contract::pattern::{
    Anchoring, LONGEST, Language, NoViolation, Pattern, Reading, Zone, fits, violations,
};
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, json_fault};

/// A shape of the model that has a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Documented {
    /// The shape's name.
    pub(crate) shape: String,
    /// The pattern as the model writes it.
    pub(crate) source: String,
    /// The least length; 0 where none is documented.
    pub(crate) min: usize,
    /// The greatest length, if one is documented.
    pub(crate) max: Option<usize>,
}

/// How many values were made, and how many of them the independent engine judges as it should.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Values made.
    pub(crate) made: usize,
    /// Those on which the engine agrees.
    pub(crate) agreed: usize,
    /// Those on which engines differ by definition: on characters that count once or twice.
    pub(crate) open: usize,
    /// The first on which it does not.
    pub(crate) disputed: Option<String>,
}

/// What becomes of a value that was made, according to the engines.
enum Judged {
    Agreed,
    Open,
    Disputed,
}

#[derive(Deserialize)]
struct Model<'a> {
    /// As they stand in the text: so each of them has a line.
    #[serde(borrow)]
    shapes: IndexMap<String, &'a RawValue>,
}

/// The shapes with a pattern, in the order of the model.
///
/// # Errors
///
/// Says what is wrong with the file, where it is no model.
pub(crate) fn documented(file: &Source) -> Result<Vec<Documented>, FileError> {
    let what = "a service model, such as botocore's service-2.json";
    let model: Model<'_> =
        serde_json::from_str(&file.text).map_err(|e| json_fault(&file.name, 1, what, &e))?;
    let mut found = Vec::new();

    for (shape, raw) in &model.shapes {
        // It borrows from the text, so that its place there is known.
        let at = (raw.get().as_ptr() as usize).saturating_sub(file.text.as_ptr() as usize);
        let what = format!("shape `{}`", shown(shape));
        let entries: Value = serde_json::from_str(raw.get())
            .map_err(|e| json_fault(&file.name, file.line(&(at..at)), &what, &e))?;
        let fault = |message: String| file.at(at..at, format!("{what}{message}"));
        let Some(source) = entries.get("pattern") else {
            continue;
        };
        let wrong = |member, expected, found: &Value| {
            fault(format!(
                ": expected `{member}` to be {expected}, found {}",
                shown(&found.to_string())
            ))
        };
        if entries.get("type").and_then(Value::as_str) != Some("string") {
            return Err(fault(" has a pattern, but is no string".to_owned()));
        }
        let length = |member| {
            let entry = entries.get(member);
            let size = entry.map(|value| {
                let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
                size.ok_or_else(|| wrong(member, "a length", value))
            });
            size.transpose()
        };
        found.push(Documented {
            shape: shape.clone(),
            source: source
                .as_str()
                .ok_or_else(|| wrong("pattern", "a text", source))?
                .to_owned(),
            min: length("min")?.unwrap_or(0),
            max: length("max")?,
        });
    }

    Ok(found)
}

impl Documented {
    /// The greatest legal length.
    pub(crate) fn longest(&self) -> usize {
        self.max.unwrap_or(usize::MAX).max(self.min)
    }

    /// Whether longer strings are legal than any that is made.
    pub(crate) fn is_cut(&self) -> bool {
        self.longest() > LONGEST
    }

    /// Draws strings from the language and asks the engine whether it accepts them and their length
    /// is legal.
    ///
    /// Nothing is made where the language is empty.
    pub(crate) fn samples(
        &self,
        pattern: &Pattern,
        language: &Language,
        count: usize,
        seed: u64,
    ) -> Tally {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut tally = Tally::default();
        for value in (0..count).map_while(|_| language.sample_any(&mut rng)) {
            let length = value.chars().count();
            let legal = (self.min..=self.longest()).contains(&length);
            let judged = match pattern.zone(&value, Anchoring::Whole) {
                Zone::Inside if legal => Judged::Agreed,
                Zone::Depends(Reading::CodeUnits) if legal => Judged::Open,
                _ => Judged::Disputed,
            };
            tally.count(value, judged);
        }
        tally
    }

    /// Breaks the pattern in every way known, and asks the engine whether it refuses each value
    /// under every reading.
    ///
    /// # Errors
    ///
    /// Returns why no value certainly breaks it.
    pub(crate) fn violations(
        &self,
        pattern: &Pattern,
        anchoring: Anchoring,
    ) -> Result<Tally, NoViolation> {
        let (min, max) = (self.min, self.longest());
        let mut values: Vec<String> = violations(pattern, min, max, "", anchoring, &[])?
            .into_iter()
            .map(|broken| broken.value)
            .collect();

        values.sort_unstable();
        values.dedup();
        let mut tally = Tally::default();
        for value in values {
            let refused =
                fits(&value, min, max) && pattern.zone(&value, anchoring) == Zone::Outside;
            let judged = match refused {
                true => Judged::Agreed,
                false => Judged::Disputed,
            };
            tally.count(value, judged);
        }

        Ok(tally)
    }
}

impl Tally {
    /// Whether the engine agrees on every value, where engines do not differ by definition.
    pub(crate) fn all_agree(&self) -> bool {
        self.made == self.agreed + self.open
    }

    fn count(&mut self, value: String, judged: Judged) {
        self.made += 1;
        match judged {
            Judged::Agreed => self.agreed += 1,
            Judged::Open => self.open += 1,
            Judged::Disputed => {
                self.disputed.get_or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = r#"{"shapes": {
        "Alias": {"type": "string", "min": 1, "max": 128, "pattern": "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"},
        "Plain": {"type": "string", "max": 5},
        "Twice": {"type": "string", "pattern": "(a)\\1"},
        "All": {"type": "string", "min": 2, "pattern": "[a-c]*"}
    }}"#;

    fn model(text: &str) -> Source {
        Source {
            name: "m".to_owned(),
            text: text.to_owned(),
        }
    }

    fn alias() -> Documented {
        documented(&model(MODEL)).expect("a model").remove(0)
    }

    #[test]
    fn shapes_with_a_pattern_are_found_in_order() {
        let found = documented(&model(MODEL)).expect("a model");
        let lengths: Vec<_> = found
            .iter()
            .map(|d| (d.shape.as_str(), d.min, d.max, d.longest()))
            .collect();

        assert_eq!(
            lengths,
            [
                ("Alias", 1, Some(128), 128),
                ("Twice", 0, None, usize::MAX),
                ("All", 2, None, usize::MAX)
            ]
        );
    }

    #[test]
    fn what_is_no_model_is_told() {
        let says = |text: &str| documented(&model(text)).expect_err("no model").to_string();
        assert!(
            says("{").starts_with("m:1: expected a service model"),
            "{}",
            says("{")
        );
        assert!(
            says("{}").contains("missing field `shapes`"),
            "{}",
            says("{}")
        );
        assert_eq!(documented(&model(r#"{"shapes": {}}"#)), Ok(Vec::new()));
        let list = "{\"shapes\":\n{\"L\": {\"type\": \"list\", \"pattern\": \"a\"}}}";
        assert_eq!(says(list), "m:2: shape `L` has a pattern, but is no string");
        let length = r#"{"shapes": {"L": {"type": "string", "pattern": "a", "min": -1}}}"#;
        assert_eq!(
            says(length),
            "m:1: shape `L`: expected `min` to be a length, found -1"
        );
    }

    #[test]
    fn samples_and_violations_are_judged() {
        let alias = alias();
        let pattern = Pattern::parse(&alias.source).expect("a pattern");
        let language = Language::new(&pattern, alias.min, alias.longest()).expect("a language");
        let samples = alias.samples(&pattern, &language, 200, 1);
        assert_eq!(
            (samples.made, samples.agreed, samples.disputed.as_deref()),
            (200, 200, None)
        );

        let broken = alias
            .violations(&pattern, Anchoring::Whole)
            .expect("violations");
        assert!(broken.made > 10 && broken.all_agree(), "{broken:?}");
    }

    #[test]
    fn a_generator_that_disagrees_with_the_engine_is_caught() {
        let alias = alias();
        let pattern = Pattern::parse(&alias.source).expect("a pattern");
        let digits = Pattern::parse("[0-9a]{130}").expect("a pattern");
        let language = Language::new(&digits, 130, 130).expect("a language");
        let too_long = alias.samples(&pattern, &language, 20, 1);
        assert_eq!((too_long.made, too_long.agreed), (20, 0));
        let digits = Pattern::parse("[0-9]+").expect("a pattern");
        let language = Language::new(&digits, 1, 128).expect("a language");
        let refused = alias.samples(&pattern, &language, 20, 1);
        assert_eq!((refused.made, refused.agreed), (20, 0));
        assert!(
            refused
                .disputed
                .is_some_and(|value| value.bytes().all(|b| b.is_ascii_digit()))
        );
    }
}
