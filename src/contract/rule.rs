//! Prose rules: what a page promises outside its tables.

use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Map, Value};

use super::{Basis, Bound, Level, Pagination};

/// One promise made in prose.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Its id within the operation.
    pub(crate) id: String,
    /// The path of its promise within the operation: `rule::`, and its id.
    pub(crate) path: String,
    /// What the page says, in our words.
    pub(crate) says: String,
    /// Where it says so.
    pub(crate) section: String,
    /// Why we expect it.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// How it is checked.
    pub(crate) kind: RuleKind,
}

/// How a prose rule is checked. Each kind is one arm of the oracle or of the judge.
#[derive(Clone, Debug)]
pub(crate) enum RuleKind {
    /// A length limit on a request member that holds only for values that match `when`.
    LimitedWhen {
        /// The request member.
        member: String,
        /// Which values the limit is about.
        when: Regex,
        /// The limit, in characters.
        length: Bound,
    },
    /// What was sent (in the body or as a label) is what the answer says, and what later reads say.
    Stored {
        /// The request member.
        input: String,
        /// The answer member.
        output: String,
    },
    /// A request without this member is as one with that value.
    Default {
        /// The request member.
        input: String,
        value: Value,
        /// Of which requests this holds; all, if nothing is said.
        when: Option<When>,
    },
    /// A name that was sent comes back in its resolved form, which ends with `suffix`.
    Resolved {
        /// The request member.
        input: String,
        /// The answer member.
        output: String,
        /// Takes the sent value apart, by named groups.
        parts: Regex,
        /// What the resolved form ends with: a template over the groups of `parts`.
        suffix: String,
    },
    /// What was sent decides in which states the resource may be.
    State {
        /// The request member.
        input: String,
        /// The answer member that tells the state.
        output: String,
        /// For each value of the request member, in its JSON text.
        effects: IndexMap<String, StateEffect>,
        /// The states that end by themselves.
        transitional: Vec<String>,
    },
    /// An update never changes this member of the answer.
    Immutable {
        /// The answer member.
        output: String,
    },
    /// What a request does not name stays as it was.
    UnsentUnchanged,
    /// A refused request changes none of these members.
    RefusalKeeps {
        /// The answer members.
        outputs: Vec<String>,
    },
    /// A read after an update shows these members as the update's answer did.
    ReadBack {
        /// The answer members.
        outputs: Vec<String>,
    },
    /// The member is `null` or absent for resources of that variant.
    NullFor {
        /// The answer member.
        output: String,
        /// The name of the variant.
        variant: String,
    },
    /// An update changes the resource it names, and none of these members of any other.
    Apart {
        /// The answer members.
        outputs: Vec<String>,
    },
    /// A list shows every resource once, with these members as a read shows them, and none that is
    /// gone.
    Listed {
        /// The answer member that holds the list.
        output: String,
        /// Members of its elements.
        members: Vec<String>,
    },
    /// What is created has an identity of its own: this member is that of no other resource,
    /// earlier ones included.
    Fresh {
        /// The answer member.
        output: String,
    },
    /// This member of every successful answer has one of these values.
    Shows {
        /// The answer member.
        output: String,
        values: Vec<String>,
    },
    /// What was removed is gone in the end.
    Gone,
    /// The member never goes back from one successful update to the next.
    Advances {
        /// The answer member.
        output: String,
    },
    /// An operation that lists shows each item once, on one page or another.
    Pages(Pagination),
    /// Written cases check it; lint demands at least one that names it.
    Written,
    /// It cannot be checked through this API, and why.
    Impossible(String),
}

/// Which requests a rule is about: those that have such a text as this member.
#[derive(Clone, Debug)]
pub(crate) struct When {
    /// The request member.
    pub(crate) member: String,
    /// What its value matches.
    pub(crate) matches: Regex,
}

/// The states a value of a request member leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StateEffect {
    /// Admitted in the answer to the update itself.
    pub(crate) answer: Vec<String>,
    /// Admitted once the transition has ended.
    pub(crate) settled: Vec<String>,
}

impl RuleKind {
    /// The request member whose value an answer tells, by this rule.
    pub(crate) fn input(&self) -> Option<&str> {
        self.sent_and_shown().map(|(input, _)| input)
    }

    /// The request member whose value an answer tells, by this rule, and the member of answers
    /// that tells it.
    pub(crate) fn sent_and_shown(&self) -> Option<(&str, &str)> {
        match self {
            Self::Stored { input, output }
            | Self::Resolved { input, output, .. }
            | Self::State { input, output, .. } => Some((input, output)),
            _ => None,
        }
    }
}

impl When {
    /// Whether the rule is about a request with these members.
    pub(crate) fn holds(&self, sent: &Map<String, Value>) -> bool {
        sent.get(&self.member)
            .and_then(Value::as_str)
            .is_some_and(|text| self.matches.is_match(text))
    }
}
