//! Mappings, and what a request changes in one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::function::FunctionName;
use super::refusal::Refusal;

/// The documented upper bound of BatchSize.
pub const LARGEST_BATCH: i64 = 10_000;

/// An event source mapping.
pub struct Mapping {
    pub uuid: String,
    pub source: String,
    /// The function's ARN, with its qualifier.
    pub function: String,
    pub batch_size: i64,
    pub enabled: bool,
    /// Milliseconds since 1970.
    modified: u64,
}

/// What a request says of a mapping.
pub struct Changes {
    pub batch_size: Option<i64>,
    pub enabled: Option<bool>,
    pub function: Option<FunctionName>,
}

impl Changes {
    /// Reads the members of a request; one that is null is not there.
    pub fn read(members: &Map<String, Value>, largest_batch: i64) -> Result<Self, Refusal> {
        let given = |name: &str| members.get(name).filter(|value| !value.is_null());
        let batch_size = given("BatchSize").map(|value| match value {
            Value::Number(number) => whole(&number.to_string())
                .filter(|n| (1..=largest_batch).contains(n))
                .map(|n| n.min(LARGEST_BATCH))
                .ok_or_else(|| {
                    Refusal::invalid(format!("BatchSize is between 1 and {largest_batch}"))
                }),
            _ => Err(Refusal::invalid("BatchSize is a number")),
        });
        let enabled = given("Enabled").map(|value| {
            value
                .as_bool()
                .ok_or_else(|| Refusal::invalid("Enabled is a boolean"))
        });
        let function = given("FunctionName").map(|value| match value {
            Value::String(name) => FunctionName::parse(name),
            _ => Err(Refusal::invalid("FunctionName is a string")),
        });
        Ok(Self {
            batch_size: batch_size.transpose()?,
            enabled: enabled.transpose()?,
            function: function.transpose()?,
        })
    }
}

impl Mapping {
    /// A new mapping.
    pub fn new(source: &str, function: String, changes: &Changes) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let default_batch = if source.contains(":sqs:") { 10 } else { 100 };
        Self {
            uuid: format!(
                "{:08x}-e5b1-4a6b-8c7d-{number:012x}",
                0xa0e0_0000_u64 + number
            ),
            source: source.to_owned(),
            function,
            batch_size: changes.batch_size.unwrap_or(default_batch),
            enabled: changes.enabled.unwrap_or(true),
            modified: now(),
        }
    }

    /// Changes what was sent, and nothing else.
    pub fn apply(&mut self, changes: &Changes, function: Option<String>) {
        self.batch_size = changes.batch_size.unwrap_or(self.batch_size);
        self.enabled = changes.enabled.unwrap_or(self.enabled);
        self.function = function.unwrap_or_else(|| std::mem::take(&mut self.function));
        self.modified = self.modified.max(now());
    }

    /// The state it comes to rest in: transitions are over with the answer that shows them.
    pub fn state(&self) -> &'static str {
        if self.enabled { "Enabled" } else { "Disabled" }
    }

    /// The mapping as answers show it.
    #[allow(clippy::cast_precision_loss)]
    pub fn document(&self, state: &str) -> Value {
        let mut document = json!({
            "BatchSize": self.batch_size,
            "EventSourceArn": self.source,
            "FunctionArn": self.function,
            "LastModified": self.modified as f64 / 1000.0,
            "State": state,
            "StateTransitionReason": "User action",
            "UUID": self.uuid,
        });
        if !self.source.contains(":sqs:") {
            document["LastProcessingResult"] = "No records processed".into();
        }
        document
    }
}

/// A whole number in any of JSON's notations; `None` for what is none, or is written with more
/// digits than a number in range needs.
fn whole(lexeme: &str) -> Option<i64> {
    if let Ok(number) = lexeme.parse() {
        return Some(number);
    }
    let number: f64 = lexeme
        .parse()
        .ok()
        .filter(|n: &f64| n.fract() == 0.0 && n.abs() < 1e15)?;
    #[allow(clippy::cast_possible_truncation)]
    (lexeme.len() <= 16).then_some(number as i64)
}

fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
