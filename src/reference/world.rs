//! Everything the reference remembers.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

/// The state of the whole server, behind one lock.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// By UUID.
    pub(crate) mappings: BTreeMap<String, Mapping>,
    /// By unqualified ARN.
    pub(crate) functions: BTreeMap<String, Function>,
    /// By name.
    pub(crate) roles: BTreeMap<String, String>,
    /// By ARN.
    pub(crate) queues: BTreeMap<String, Queue>,
    /// By ARN.
    pub(crate) streams: BTreeMap<String, Stream>,
    /// Log group to what was written, each with its time in milliseconds since the Unix epoch.
    pub(crate) logs: BTreeMap<String, Vec<(u64, String)>>,
    /// How many records of its stream a mapping has delivered, or left out.
    pub(crate) positions: BTreeMap<String, usize>,
    /// By a mapping's UUID: the ARN of the function that received from it first.
    pub(crate) receivers: BTreeMap<String, String>,
    /// Mappings created so far; the seed of their UUIDs.
    pub(crate) created: u64,
}

/// A Lambda function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Unqualified.
    pub(crate) arn: String,
    pub(crate) configuration: Map<String, Value>,
    /// The number of the last version published; all from 1 exist.
    pub(crate) versions: u64,
    /// Alias name to the version it points to.
    pub(crate) aliases: BTreeMap<String, String>,
}

/// An SQS queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// A Kinesis stream.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) shards: u64,
    /// Milliseconds since the Unix epoch.
    pub(crate) created: u64,
    /// All in one shard, the oldest first.
    pub(crate) records: Vec<Record>,
}

/// A record of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Base64, as it was put.
    pub(crate) data: String,
    /// Milliseconds since the Unix epoch.
    pub(crate) arrived: u64,
}

/// What a mapping reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
    Sqs,
    Kinesis,
}

/// The states of the page, Response Elements, State.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Creating,
    Enabling,
    Enabled,
    Disabling,
    Disabled,
    Updating,
    Deleting,
}

/// A state that will pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) state: State,
    /// Milliseconds since the Unix epoch; `u64::MAX` for never.
    pub(crate) until: u64,
}

/// An event source mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mapping {
    pub(crate) uuid: String,
    pub(crate) arn: String,
    pub(crate) source: String,
    pub(crate) kind: SourceKind,
    /// Unqualified.
    pub(crate) function: String,
    /// The function it was made with, unqualified.
    pub(crate) first_function: String,
    pub(crate) qualifier: Option<String>,
    pub(crate) batch_size: i64,
    pub(crate) enabled: bool,
    /// MaximumBatchingWindowInSeconds.
    pub(crate) window: i64,
    pub(crate) starting_position: Option<String>,
    /// The members of today's API that the page does not know, as they were sent.
    pub(crate) more: Map<String, Value>,
    /// Milliseconds since the Unix epoch.
    pub(crate) modified: u64,
    pub(crate) transition: Option<Transition>,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabling => "Enabling",
            Self::Enabled => "Enabled",
            Self::Disabling => "Disabling",
            Self::Disabled => "Disabled",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
        }
    }
}

impl Function {
    /// Whether `$LATEST`, a version number or an alias of that name exists.
    pub(crate) fn has(&self, qualifier: &str) -> bool {
        let is_version = || {
            // `01` and `+1` are not how a version is written.
            qualifier
                .parse::<u64>()
                .is_ok_and(|n| (1..=self.versions).contains(&n) && n.to_string() == qualifier)
        };
        qualifier == "$LATEST" || self.aliases.contains_key(qualifier) || is_version()
    }
}

impl Mapping {
    /// The state at `now`, in milliseconds since the Unix epoch; `None` once it is gone.
    pub(crate) fn state(&self, now: u64) -> Option<State> {
        match self.transition {
            Some(Transition { state, until }) if now < until => Some(state),
            Some(Transition {
                state: State::Deleting,
                ..
            }) => None,
            _ if self.enabled => Some(State::Enabled),
            _ => Some(State::Disabled),
        }
    }

    /// Whether a transition is under way at `now`.
    pub(crate) fn in_transition(&self, now: u64) -> bool {
        self.transition.is_some_and(|t| now < t.until)
    }

    /// Whether the members an update can change are the same.
    pub(crate) fn same_settings(&self, other: &Self) -> bool {
        (
            self.batch_size,
            self.enabled,
            &self.function,
            &self.qualifier,
        ) == (
            other.batch_size,
            other.enabled,
            &other.function,
            &other.qualifier,
        )
    }

    /// The ARN as it was asked for, qualifier and all.
    pub(crate) fn function_arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.function),
            None => self.function.clone(),
        }
    }

    /// The configuration, in alphabetical order: 10 members for SQS and 18 for Kinesis, as
    /// recorded.
    pub(crate) fn document(&self, state: State) -> Map<String, Value> {
        let mut document = Map::with_capacity(18);
        let mut set = |name: &str, value: Value| {
            document.insert(name.to_owned(), value);
        };
        let stream = self.kind == SourceKind::Kinesis;
        set("BatchSize", self.batch_size.into());
        if stream {
            set("BisectBatchOnFunctionError", false.into());
            set("DestinationConfig", serde_json::json!({"OnFailure": {}}));
        }
        set("EventSourceArn", self.source.as_str().into());
        set("EventSourceMappingArn", self.arn.as_str().into());
        set("FunctionArn", self.function_arn().into());
        set("FunctionResponseTypes", Value::Array(Vec::new()));
        set("LastModified", epoch_seconds(self.modified));
        if stream {
            set("LastProcessingResult", "No records processed".into());
        }
        set("MaximumBatchingWindowInSeconds", self.window.into());
        if stream {
            set("MaximumRecordAgeInSeconds", (-1).into());
            set("MaximumRetryAttempts", (-1).into());
            set("ParallelizationFactor", 1.into());
            set(
                "StartingPosition",
                self.starting_position.as_deref().unwrap_or("LATEST").into(),
            );
        }
        set("State", state.name().into());
        set(
            "StateTransitionReason",
            if stream {
                "User action"
            } else {
                "USER_INITIATED"
            }
            .into(),
        );
        if stream {
            set("TumblingWindowInSeconds", 0.into());
        }
        set("UUID", self.uuid.as_str().into());
        document.extend(
            self.more
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        document
    }
}

/// Milliseconds as a JSON number of seconds with up to three decimals and always one, as recorded:
/// `1449841860.0`.
pub(crate) fn epoch_seconds(millis: u64) -> Value {
    let decimals = format!("{:03}", millis % 1000);
    let decimals = match decimals.trim_end_matches('0') {
        "" => "0",
        kept => kept,
    };
    lexeme(&format!("{}.{decimals}", millis / 1000))
}

/// A JSON number written exactly so; `null` if it is no number.
pub(crate) fn lexeme(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::epoch_seconds;

    #[test]
    fn seconds_keep_their_milliseconds() {
        for (millis, expect) in [
            (0, "0.0"),
            (1_449_844_011_991, "1449844011.991"),
            (5_050, "5.05"),
            (7_000, "7.0"),
        ] {
            assert_eq!(epoch_seconds(millis).to_string(), expect);
        }
    }
}
