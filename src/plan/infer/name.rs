//! Names for what is made: they begin as all names of ours do, and hold the token of the run.

use serde_json::{Map, Value};

use super::words::plain;
use crate::contract::oracle::Oracle;
use crate::contract::{Location, Member};
use crate::plan::generator::simplest;
use crate::support::template::Bindings;

/// A noun is cut to so many characters in names.
const LONGEST_WORD: usize = 20;

/// A valid text for the member that names one thing of the noun. `tag` tells it from others of its
/// kind.
pub(super) fn own_name(
    oracle: &Oracle<'_>,
    sample: &Bindings,
    member: &Member,
    noun: &str,
    tag: &str,
) -> Option<String> {
    let word: String = plain(noun).chars().take(LONGEST_WORD).collect();
    let mut all = vec![
        format!("proofmark-${{run}}-{word}-{tag}${{worker}}"),
        format!("proofmark_${{run}}_{word}_{tag}${{worker}}"),
        format!("proofmark${{run}}{word}{tag}${{worker}}"),
        format!("proofmark-${{run}}-{tag}${{worker}}"),
        format!("proofmark${{run}}{tag}${{worker}}"),
        format!("pm-${{run}}{tag}${{worker}}"),
        format!("pm${{run}}{tag}${{worker}}"),
    ];
    // Before the letters and digits at the end of a text a pattern may fix what stands there.
    let shortest = simplest(oracle.contract, &member.shape, 0);
    let shortest = shortest
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    let before = shortest.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    if !before.is_empty() && !before.contains("${") {
        all.extend(
            all.clone()
                .into_iter()
                .map(|name| format!("{before}{name}")),
        );
    }
    all.push(format!(
        "proofmark-${{run}}-{word}-{tag}${{worker}}@example.com"
    ));
    all.into_iter()
        .find(|text| is_valid(oracle, sample, member, text))
}

/// Whether the template is a valid value of the member.
pub(super) fn is_valid(
    oracle: &Oracle<'_>,
    sample: &Bindings,
    member: &Member,
    template: &str,
) -> bool {
    let Ok(text) = sample.fill(template) else {
        return false;
    };
    if member.location == Location::Label && text.contains('/') {
        return false;
    }
    let members = Map::from_iter([(member.name.clone(), Value::from(text))]);
    let violations = oracle.violations_anywhere(&members);
    !violations.iter().any(|v| v.member() == Some(&member.name))
}
