//! What two targets do differently, for programs.

use serde::{Deserialize, Serialize};

use super::{Diff, DiffTargets, Difference, Support, Variant};
use crate::report::{Secrets, exchange_lines};
use crate::support::sink::json;

/// The version of the form. One that an older reader would misread has a higher one.
pub(crate) const VERSION: u32 = 1;

/// A comparison, as JSON. `proofmark diff --schema` prints its form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DiffDocument {
    /// The version of this form.
    pub(crate) version: u32,
    /// The name of the left target.
    pub(crate) left: String,
    /// The name of the right target.
    pub(crate) right: String,
    /// Cases that both were seen in.
    pub(crate) compared: usize,
    /// Cases that show any difference.
    pub(crate) differing: usize,
    /// The kinds of difference, those first that the contract calls one target's fault.
    pub(crate) differences: Vec<DifferenceForm>,
    /// Why cases were not compared, and how many.
    pub(crate) left_out: std::collections::BTreeMap<String, usize>,
}

/// A kind of difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DifferenceForm {
    /// Its identity.
    pub(crate) id: String,
    /// How many cases show it.
    pub(crate) cases: usize,
    /// In which ways it shows.
    pub(crate) variants: Vec<VariantForm>,
    /// The operations whose answers show it.
    pub(crate) operations: Vec<String>,
    /// The case with the smallest request.
    pub(crate) case: String,
    /// What that case sends, in words.
    pub(crate) says: String,
    /// What the left target answered.
    pub(crate) left: String,
    /// What the right target answered.
    pub(crate) right: String,
    /// `left`, `right`, `neither` or `either`.
    pub(crate) supports: String,
    /// The promise that the other target breaks, where the contract supports one.
    pub(crate) promise: Option<String>,
    /// The promise in words.
    pub(crate) requirement: Option<String>,
    /// Whether it was not there when its case was fired once more.
    pub(crate) unstable: bool,
    /// The curl lines for the left target, in order.
    pub(crate) curl_left: Vec<String>,
    /// The curl lines for the right target, in order.
    pub(crate) curl_right: Vec<String>,
}

/// One way in which a kind of difference shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct VariantForm {
    /// The class of violation of the requests, or `valid`.
    pub(crate) class: String,
    /// What the left target answered; empty where that is no word of a few.
    pub(crate) left: String,
    /// What the right target answered.
    pub(crate) right: String,
    /// In how many cases.
    pub(crate) cases: usize,
}

impl DiffDocument {
    /// The document of a comparison.
    pub(crate) fn new(diff: &Diff, targets: &DiffTargets<'_>) -> Self {
        let [left, right] = targets.names.clone();
        Self {
            version: VERSION,
            left,
            right,
            compared: diff.compared,
            differing: diff.differing,
            differences: diff
                .differences()
                .into_iter()
                .map(|d| DifferenceForm::new(d, targets))
                .collect(),
            left_out: diff.left_out.clone(),
        }
    }

    /// The comparison without the secrets of its targets: in the values that stem from them.
    pub(crate) fn redacted(mut self, secrets: &Secrets) -> Self {
        let clean = |text: &mut String| *text = secrets.redact(text);
        [&mut self.left, &mut self.right]
            .into_iter()
            .for_each(clean);

        for difference in &mut self.differences {
            let DifferenceForm {
                left,
                right,
                variants,
                curl_left,
                curl_right,
                ..
            } = difference;
            [left, right]
                .into_iter()
                .chain(curl_left)
                .chain(curl_right)
                .for_each(clean);
            variants
                .iter_mut()
                .flat_map(|variant| [&mut variant.left, &mut variant.right])
                .for_each(clean);
        }

        self.left_out = self
            .left_out
            .into_iter()
            .map(|(why, cases)| (secrets.redact(&why), cases))
            .collect();

        self
    }

    /// The document as JSON.
    pub(crate) fn json(&self) -> String {
        json::pretty(self)
    }
}

impl DifferenceForm {
    fn new(difference: &Difference, targets: &DiffTargets<'_>) -> Self {
        let (supports, promise, requirement) = match &difference.shown.support {
            Support::One {
                side,
                promise,
                says,
                ..
            } => (
                side.to_string(),
                Some(promise.to_string()),
                Some(says.clone()),
            ),
            Support::Neither => ("neither".to_owned(), None, None),
            Support::Either => ("either".to_owned(), None, None),
        };
        let (case, shown) = (difference.case(), &difference.shown);
        let lines = |seen, curl: Option<_>| match (case, curl) {
            (Some(case), Some(curl)) => exchange_lines(&shown.plan, case, shown.role, seen, curl),
            _ => Vec::new(),
        };
        Self {
            id: difference.kind.to_string(),
            cases: difference.count,
            variants: difference
                .variants
                .iter()
                .map(|(variant, cases)| VariantForm::new(variant, *cases))
                .collect(),
            operations: difference.operations.iter().cloned().collect(),
            case: case.map(|case| case.id.to_string()).unwrap_or_default(),
            says: case.map(|case| case.says.clone()).unwrap_or_default(),
            left: shown.left.clone(),
            right: shown.right.clone(),
            supports,
            promise,
            requirement,
            unstable: !difference.counts(),
            curl_left: lines(&shown.left_seen, targets.curl[0]),
            curl_right: lines(&shown.right_seen, targets.curl[1]),
        }
    }
}

impl VariantForm {
    fn new(variant: &Variant, cases: usize) -> Self {
        let Variant { class, left, right } = variant.clone();
        Self {
            class,
            left,
            right,
            cases,
        }
    }
}

/// The form of the document as a JSON Schema.
pub(crate) fn schema() -> String {
    include_str!("../schemas/diff.json").to_owned()
}
