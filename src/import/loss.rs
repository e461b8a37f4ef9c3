//! What an importer cannot carry over: promises that contracts have no words for, and prose.

/// One promise of a document that the contract is without, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lost {
    /// Where it stood: `Bucket`, `GetObject / Body`.
    pub(crate) of: String,
    /// The line of the document, where the document has lines that say it.
    pub(crate) line: Option<usize>,
    /// The kind of promise: `pattern`, `range`.
    pub(crate) what: &'static str,
    pub(crate) why: String,
}

/// A sentence that promises or forbids something, without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) section: String,
    pub(crate) line: usize,
    /// The words that show it: `must`, `limited to`.
    pub(crate) words: Vec<&'static str>,
}

/// Losses as they come together: each is told once.
#[derive(Debug, Default)]
pub(crate) struct Losses(pub(crate) Vec<Lost>);

impl Losses {
    pub(crate) fn add(&mut self, lost: Lost) {
        if !self.0.contains(&lost) {
            self.0.push(lost);
        }
    }
}
