//! What two targets do differently, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Diff, DiffTargets, Difference, Support};
use crate::report::exchange_lines;

/// The version of the form. One that an older reader would misread has a higher one.
pub const VERSION: u32 = 1;

/// A comparison, as JSON.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiffDocument {
    /// The version of this form.
    pub version: u32,
    /// The name of the left target.
    pub left: String,
    /// The name of the right target.
    pub right: String,
    /// Cases that both were seen in.
    pub compared: usize,
    /// Cases that show any difference.
    pub differing: usize,
    /// The kinds of difference, those first that the contract calls one target's fault.
    pub differences: Vec<DifferenceForm>,
    /// Why cases were not compared, and how many.
    pub left_out: std::collections::BTreeMap<String, usize>,
}

/// A kind of difference.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceForm {
    /// Its identity.
    pub id: String,
    /// How many cases show it.
    pub cases: usize,
    /// The operations whose answers show it.
    pub operations: Vec<String>,
    /// The case with the smallest request.
    pub case: String,
    /// What that case sends, in words.
    pub says: String,
    /// What the left target answered.
    pub left: String,
    /// What the right target answered.
    pub right: String,
    /// `left`, `right`, `neither` or `either`.
    pub supports: String,
    /// The promise that the other target breaks, where the contract supports one.
    pub promise: Option<String>,
    /// The promise in words.
    pub requirement: Option<String>,
    /// Whether it was not there when its case was fired once more.
    pub unstable: bool,
    /// The curl lines for the left target, in order.
    pub curl_left: Vec<String>,
    /// The curl lines for the right target, in order.
    pub curl_right: Vec<String>,
}

impl DiffDocument {
    /// The document of a comparison.
    #[must_use]
    pub fn new(diff: &Diff, targets: &DiffTargets<'_>) -> Self {
        let [left, right] = targets.names.clone();
        Self {
            version: VERSION,
            left,
            right,
            compared: diff.compared,
            differing: diff.differing,
            differences: diff.differences().into_iter().map(|d| DifferenceForm::new(d, targets)).collect(),
            left_out: diff.left_out.clone(),
        }
    }
}

impl DifferenceForm {
    fn new(difference: &Difference, targets: &DiffTargets<'_>) -> Self {
        let (supports, promise, requirement) = match &difference.support {
            Support::One { side, promise, says, .. } => {
                (side.to_string(), Some(promise.to_string()), Some(says.clone()))
            }
            Support::Neither => ("neither".to_owned(), None, None),
            Support::Either => ("either".to_owned(), None, None),
        };
        let case = difference.case();
        let lines = |seen, curl: Option<_>| match (case, curl) {
            (Some(case), Some(curl)) => exchange_lines(&difference.plan, case, difference.role, seen, curl),
            _ => Vec::new(),
        };
        Self {
            id: difference.kind.to_string(),
            cases: difference.count,
            operations: difference.operations.iter().cloned().collect(),
            case: case.map(|case| case.id.to_string()).unwrap_or_default(),
            says: case.map(|case| case.says.clone()).unwrap_or_default(),
            left: difference.left.clone(),
            right: difference.right.clone(),
            supports,
            promise,
            requirement,
            unstable: !difference.counts(),
            curl_left: lines(&difference.left_seen, targets.curl[0]),
            curl_right: lines(&difference.right_seen, targets.curl[1]),
        }
    }
}
