//! `[defaults]`: what most cases of a file share is said once, at its top. A case says only what
//! differs.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use crate::support::echo::with_hint;
use crate::support::files::{Copies, FileError, Source, size};

/// What cases may share, and whether sequences have it too.
const KEYS: [(&str, bool); 7] = [
    ("atoms", true),
    ("given", false),
    ("expect", false),
    ("violates", false),
    ("basis", true),
    ("level", true),
    ("variant", true),
];

/// The expectations that need a class of violation. A case with another takes none from the
/// defaults.
const NEED_A_CLASS: [&str; 3] = ["reject", "either", "no-effect"];

/// Reads a file of cases, each with what it takes from the defaults.
///
/// # Errors
/// Where the text is not TOML, has an unknown key, or has a default that no case takes.
pub(super) fn parse<T: DeserializeOwned>(file: &Source) -> Result<T, FileError> {
    let mut root = file.table()?;
    share(file, root.get_mut())?;
    file.read_table(root)
}

/// Gives every case and sequence what the defaults say and it does not.
fn share(file: &Source, root: &mut DeTable<'_>) -> Result<(), FileError> {
    let Some(defaults) = root.remove("defaults") else {
        return Ok(());
    };
    let at = defaults.span();
    let DeValue::Table(defaults) = defaults.into_inner() else {
        return Err(file.at(at, "expected a table [defaults] with what cases share"));
    };
    check_keys(file, &defaults)?;

    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut copies = Copies::new(file);
    for kind in ["case", "sequence"] {
        let Some(DeValue::Array(tables)) = root.get_mut(kind).map(|value| value.get_mut()) else {
            continue;
        };

        for table in tables.iter_mut() {
            let at = table.span();
            let DeValue::Table(table) = table.get_mut() else {
                continue;
            };
            for (key, value) in &defaults {
                if takes(kind, table, &defaults, key.get_ref()) {
                    copies.count(size(value), &at)?;
                    table.insert(key.clone(), value.clone());
                    taken.insert(key.get_ref().to_string());
                }
            }
        }
    }

    match defaults
        .keys()
        .find(|key| !taken.contains(key.get_ref().as_ref()))
    {
        // A file without cases is refused for that.
        Some(key) if root.contains_key("case") || root.contains_key("sequence") => Err(file.at(
            key.span(),
            format!(
                "no case takes the default of `{}`; remove it",
                key.get_ref()
            ),
        )),
        _ => Ok(()),
    }
}

/// The defaults hold only what cases may share.
fn check_keys(file: &Source, defaults: &DeTable<'_>) -> Result<(), FileError> {
    let is_known = |key: &str| KEYS.iter().any(|(known, _)| *known == key);
    match defaults.keys().find(|key| !is_known(key.get_ref())) {
        Some(key) => {
            let known = KEYS.map(|(known, _)| format!("`{known}`")).join(", ");
            let message = format!("unknown field `{}`, expected one of {known}", key.get_ref());
            Err(file.at(key.span(), with_hint(&message)))
        }
        None => Ok(()),
    }
}

/// Whether a case or sequence takes the default of a key.
fn takes(kind: &str, table: &DeTable<'_>, defaults: &DeTable<'_>, key: &str) -> bool {
    if table.contains_key(key) {
        return false;
    }
    match kind {
        "sequence" => KEYS.contains(&(key, true)),
        _ if key == "violates" => {
            let expect = table.get("expect").or_else(|| defaults.get("expect"));
            expect
                .and_then(|value| value.get_ref().as_str())
                .is_some_and(|expect| NEED_A_CLASS.contains(&expect))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
