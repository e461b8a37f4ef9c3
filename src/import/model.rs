//! A service model as it was read, and what its protocol is.

use super::convert::{Converter, unsendable};
use super::graph::Graph;
use super::operation::Operation;
use super::shape::Patterns;

/// A service, read from a model.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) service: String,
    /// The service in the credential scope.
    pub(super) signing_name: Option<String>,
    pub(super) protocol: Protocol,
    pub(super) graph: Graph,
    /// How many operations the model has.
    pub(super) operations: usize,
    /// Operations that could not be read.
    pub(super) refused: Vec<Refusal>,
}

/// How requests and answers are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Protocol {
    /// In HTTP and JSON, as contracts describe them.
    #[default]
    RestJson,
    Other(String),
}

/// An operation that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) operation: String,
    pub(crate) line: Option<usize>,
    pub(crate) why: String,
}

/// What of a model is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Operations by name; all, where none is named.
    pub(crate) operations: Vec<String>,
    /// Whether sentences of the documentation are looked through.
    pub(crate) prose: bool,
}

impl Wanted {
    pub(super) fn has(&self, operation: &str) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|name| name == operation)
    }
}

impl Model {
    pub(super) fn refuse(&mut self, operation: &str, line: Option<usize>, why: impl Into<String>) {
        self.refused.push(Refusal {
            operation: operation.to_owned(),
            line,
            why: why.into(),
        });
    }

    /// The operations as contracts describe them, and those that cannot be sent.
    pub(super) fn operations(&self, patterns: &mut Patterns) -> (Vec<Operation>, Vec<Refusal>) {
        let mut converter = Converter::new(&self.graph, patterns);
        let (mut described, mut refused) = (Vec::new(), self.refused.clone());
        for node in &self.graph.operations {
            match unsendable(node) {
                None => described.push(converter.operation(node)),
                Some(why) => refused.push(Refusal {
                    operation: node.name.clone(),
                    line: None,
                    why,
                }),
            }
        }
        (described, refused)
    }
}
