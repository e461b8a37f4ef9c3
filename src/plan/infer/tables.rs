//! What is proposed, as tables of `fixtures.toml`: fixtures and bindings, and the words about them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use indexmap::IndexMap;
use toml::{Table, Value};

/// One fixture.
#[derive(Clone, Debug)]
pub(crate) struct FixtureTable {
    pub(crate) id: String,
    /// What was inferred, for whoever reads the file.
    pub(crate) comment: String,
    /// The fixtures that it stands on.
    pub(crate) needs: BTreeSet<String>,
    /// All that it says but for `id` and `needs`.
    pub(crate) table: Table,
}

/// What is good in requests of one operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct BindingTable {
    pub(crate) slug: String,
    pub(crate) label: IndexMap<String, String>,
    /// A label, and a name of nothing.
    pub(crate) absent: Option<(String, String)>,
    pub(crate) given: serde_json::Map<String, serde_json::Value>,
    pub(crate) names: Vec<String>,
    pub(crate) needs: BTreeSet<String>,
    pub(crate) before: Vec<Value>,
    pub(crate) after: Vec<Value>,
    pub(crate) capture: Table,
    pub(crate) read: Option<String>,
}

/// How earlier runs' leftovers of one kind are found and removed.
#[derive(Clone, Debug)]
pub(crate) struct CleanTable {
    pub(crate) table: Table,
}

impl FixtureTable {
    /// The text of the table.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        comment(&mut text, &self.comment);
        text.push_str("[[fixture]]\n");
        line(&mut text, "id", &self.id.as_str().into());
        needs(&mut text, &self.needs);
        for (key, value) in &self.table {
            let is_own = matches!(key.as_str(), "id" | "needs");
            if !is_own {
                line(&mut text, key, value);
            }
        }
        text
    }
}

impl BindingTable {
    /// The text of the table, with what is said of it.
    pub(crate) fn text(&self, said: &str) -> String {
        let mut text = String::new();
        comment(&mut text, said);
        let _ = writeln!(text, "[binding.{}]", self.slug);
        if let Some(read) = &self.read {
            line(&mut text, "read", &read.as_str().into());
        }
        if !self.label.is_empty() {
            let labels = self
                .label
                .iter()
                .map(|(k, v)| (k.clone(), Value::from(v.as_str())));
            line(&mut text, "label", &labels.collect::<Table>().into());
        }
        if let Some((label, name)) = &self.absent {
            let absent: Table = [(label.clone(), Value::from(name.as_str()))]
                .into_iter()
                .collect();
            line(&mut text, "absent", &absent.into());
        }
        if !self.given.is_empty() {
            let given = serde_json::Value::Object(self.given.clone()).to_string();
            line(&mut text, "given", &given.into());
        }
        if !self.names.is_empty() {
            line(&mut text, "names", &self.names.clone().into());
        }
        needs(&mut text, &self.needs);
        if !self.before.is_empty() {
            line(&mut text, "before", &self.before.clone().into());
        }
        if !self.capture.is_empty() {
            line(&mut text, "capture", &self.capture.clone().into());
        }
        if !self.after.is_empty() {
            line(&mut text, "after", &self.after.clone().into());
        }
        text
    }
}

impl CleanTable {
    /// The text of the table.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("[[clean]]\n");
        for (key, value) in &self.table {
            line(&mut text, key, value);
        }
        text
    }
}

fn needs(text: &mut String, needs: &BTreeSet<String>) {
    if !needs.is_empty() {
        let all: Vec<Value> = needs.iter().map(|need| need.as_str().into()).collect();
        line(text, "needs", &all.into());
    }
}

/// One key with its value, on one line.
pub(super) fn line(text: &mut String, key: &str, value: &Value) {
    let _ = writeln!(text, "{key} = {value}");
}

/// What is said, as comments of at most 100 columns or so.
pub(super) fn comment(text: &mut String, said: &str) {
    const WIDTH: usize = 100;
    for paragraph in said.lines() {
        let mut row = String::from("#");
        for word in paragraph.split_whitespace() {
            if row.len() + word.len() > WIDTH && row.len() > 1 {
                text.push_str(&row);
                text.push('\n');
                row = String::from("#");
            }
            row.push(' ');
            row.extend(word.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
}
