//! What files say of an operation beside its document: rules, presence, sections, and corrections,
//! each with its basis.

use ::toml::{Table, Value};
use serde::Deserialize;

use crate::contract::Basis;
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Source};

/// What a document never says, so that any file may say it.
const BESIDE: [&str; 4] = ["section", "presence", "impossible", "other-uri"];

/// The tables of a contract that an overlay may have.
const TABLES: [&str; 7] = [
    "http",
    "input",
    "output",
    "error",
    "shape",
    "pagination",
    "rule",
];

/// `overlay.toml`: tables as in a contract, and corrections of what the document says.
#[derive(Debug, Deserialize)]
struct OverlayTable {
    #[serde(default)]
    correct: Vec<Correction>,
    #[serde(flatten)]
    beside: Table,
}

/// A correction: what holds in place of what the document says, and why.
#[derive(Debug, Deserialize)]
struct Correction {
    /// The ground for it: it is no correction without one.
    #[serde(rename = "basis")]
    _basis: Basis,
    why: String,
    /// What does not hold, such as `input.Name.pattern`.
    #[serde(default)]
    remove: Vec<String>,
    #[serde(flatten)]
    instead: Table,
}

/// Adds the rules of a contract that was written by hand to that of a document, and what else no
/// document says. Of all else the document is right.
pub(super) fn add_rules(documented: &mut Table, by_hand: &Table) {
    for part in ["rule", "pagination"] {
        if let (None, Some(table)) = (documented.get(part), by_hand.get(part)) {
            documented.insert(part.to_owned(), table.clone());
        }
    }

    let sections = |documented: &mut Table, by_hand: &Table| {
        for key in BESIDE {
            if let Some(value) = by_hand.get(key) {
                documented.insert(key.to_owned(), value.clone());
            }
        }
    };
    if let (Some(http), Some(own)) = (table_in(documented, "http"), of_table(by_hand, "http")) {
        sections(http, own);
    }
    for part in ["input", "output", "error"] {
        let (Some(members), Some(own)) = (table_in(documented, part), of_table(by_hand, part))
        else {
            continue;
        };
        for (name, member) in members.iter_mut() {
            if let (Some(member), Some(own)) = (member.as_table_mut(), of_table(own, name)) {
                sections(member, own);
            }
        }
    }
}

/// Adds what an overlay says to the contract of a document.
///
/// # Errors
/// Where it says otherwise than the document, and gives no ground for that.
pub(super) fn lay(documented: &mut Table, file: &Source) -> Result<(), FileError> {
    let OverlayTable { correct, beside } = file.parse()?;
    known_tables(&beside, file)?;
    for correction in correct {
        known_tables(&correction.instead, file)?;
        if correction.why.trim().is_empty() {
            let message = "[[correct]] why: expected a sentence that says what shows it";
            return Err(file.at_text("[[correct]]", message));
        }
        for path in &correction.remove {
            remove(documented, path).ok_or_else(|| {
                let message = format!(
                    "[[correct]] remove: the document does not say `{}`: expected a path such as \
                     input.NAME.pattern",
                    shown(path)
                );
                file.at_text(path, message)
            })?;
        }
        replace(documented, correction.instead);
    }
    add(documented, beside, "", file)
}

/// Refuses a table that contracts do not have.
fn known_tables(tables: &Table, file: &Source) -> Result<(), FileError> {
    let Some(name) = tables.keys().find(|name| !TABLES.contains(&name.as_str())) else {
        return Ok(());
    };
    let hint = did_you_mean(name, TABLES.into_iter().chain(["correct"]));
    let message = format!(
        "unknown key `{}`: expected [[correct]], or a table of a contract: {}{hint}",
        shown(name),
        TABLES.join(", ")
    );
    Err(file.at_text(name, message))
}

/// Adds what is said of nothing yet.
fn add(documented: &mut Table, more: Table, path: &str, file: &Source) -> Result<(), FileError> {
    for (key, value) in more {
        let path = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        let says_beside = BESIDE.contains(&key.as_str());
        match (documented.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(more)) => add(known, more, &path, file)?,
            (Some(known), value) if !says_beside && *known != value => {
                let message = format!(
                    "{}: the document says {known}: expected this under [[correct]], with its \
                     basis and why",
                    shown(&path)
                );
                return Err(file.at_text(&key, message));
            }
            (_, value) => {
                documented.insert(key, value);
            }
        }
    }
    Ok(())
}

/// Puts values in the place of what is said.
fn replace(documented: &mut Table, instead: Table) {
    for (key, value) in instead {
        match (documented.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(more)) if !is_limits(known) => {
                replace(known, more);
            }
            (_, value) => {
                documented.insert(key, value);
            }
        }
    }
}

/// Whether a table is a range or a length, which is replaced whole.
fn is_limits(table: &Table) -> bool {
    table.keys().all(|key| key == "min" || key == "max")
}

/// Takes away what stands at a path.
fn remove(documented: &mut Table, path: &str) -> Option<Value> {
    let (tables, key) = path.rsplit_once('.')?;
    let mut table = documented;
    for name in tables.split('.') {
        table = table_in(table, name)?;
    }
    table.remove(key)
}

fn table_in<'t>(table: &'t mut Table, name: &str) -> Option<&'t mut Table> {
    table.get_mut(name).and_then(Value::as_table_mut)
}

fn of_table<'t>(table: &'t Table, name: &str) -> Option<&'t Table> {
    table.get(name).and_then(Value::as_table)
}

#[cfg(test)]
mod tests {
    use super::{add_rules, lay};
    use crate::support::files::Source;
    use ::toml::Table;

    const MODEL: &str = r#"
        [http]
        code = 200
        [input.Name]
        type = "string"
        pattern = "[a-z]+"
        length = { min = 1, max = 10 }
        [output.Name]
        presence = "optional"
        type = "string"
    "#;

    fn table(text: &str) -> Table {
        text.parse().expect("a table")
    }

    fn laid(overlay: &str) -> Result<Table, String> {
        let mut documented = table(MODEL);
        let file = Source {
            name: "overlay.toml".to_owned(),
            text: overlay.to_owned(),
        };
        lay(&mut documented, &file).map_err(|error| error.to_string())?;
        Ok(documented)
    }

    #[test]
    fn what_a_document_does_not_say_is_added() {
        let all = laid("[output.Name]\npresence = \"always\"\n[rule.x]\nwritten = true\n");
        let all = all.expect("an overlay");
        assert_eq!(all["output"]["Name"]["presence"].as_str(), Some("always"));
        assert_eq!(all["rule"]["x"]["written"].as_bool(), Some(true));
    }

    #[test]
    fn a_correction_has_a_basis() {
        let pattern = "input.Name.pattern = '[A-Z]+'\n";
        let refused = laid(pattern).expect_err("no basis");
        assert!(refused.starts_with("overlay.toml:1: input.Name.pattern: the document says"));

        let correction = "[[correct]]\nbasis = \"aws\"\nwhy = \"seen\"\n";
        let all = laid(&format!(
            "{correction}{pattern}input.Name.length = {{ max = 20 }}\n"
        ));
        let all = all.expect("a correction");
        assert_eq!(all["input"]["Name"]["pattern"].as_str(), Some("[A-Z]+"));
        assert!(all["input"]["Name"]["length"].get("min").is_none());

        let all = laid(&format!("{correction}remove = [\"input.Name.pattern\"]\n"));
        assert!(
            all.expect("a correction")["input"]["Name"]
                .get("pattern")
                .is_none()
        );
        for (overlay, expected) in [
            ("[[correct]]\nwhy = \"x\"\n", "missing field `basis`"),
            (
                "[[correct]]\nbasis = \"aws\"\nwhy = \" \"\n",
                "expected a sentence",
            ),
            (
                &format!("{correction}remove = [\"input.Nam.pattern\"]\n"),
                "the document does not say",
            ),
            ("[inputs.Name]\n", "unknown key `inputs`"),
        ] {
            let refused = laid(overlay).expect_err(expected);
            assert!(refused.contains(expected), "{refused}");
        }
    }

    /// The example of the manual, over its contract.
    #[test]
    fn the_manual_has_an_overlay() {
        let manual = include_str!("../../cases/README.md");
        let example = |kind: &str| {
            let fence = format!("```toml {kind}\n");
            let blocks = manual.split(fence.as_str()).skip(1);
            let text: String = blocks.filter_map(|rest| rest.split("```").next()).collect();
            assert!(!text.is_empty(), "{kind}");
            text
        };
        let mut documented = table(&example("contract"));
        documented.remove("rule");
        let file = Source {
            name: "cases/README.md".to_owned(),
            text: example("overlay"),
        };
        lay(&mut documented, &file).expect("an overlay");
        assert!(documented["rule"].get("one-room").is_some());
        let range = &documented["input"]["Capacity"]["range"];
        assert_eq!(range["max"].as_integer(), Some(1000));
    }

    #[test]
    fn of_a_contract_by_hand_rules_are_taken_and_facts_are_not() {
        let mut documented = table(MODEL);
        let by_hand = table(
            "[input.Name]\npattern = \"[0-9]+\"\nsection = \"here\"\n[rule.x]\nwritten = true\n",
        );
        add_rules(&mut documented, &by_hand);
        let name = &documented["input"]["Name"];
        assert_eq!(name["pattern"].as_str(), Some("[a-z]+"));
        assert_eq!(name["section"].as_str(), Some("here"));
        assert!(documented["rule"].get("x").is_some());
    }
}
