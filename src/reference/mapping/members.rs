//! Reading the members of a request: JSON syntax, then types, then constraints.

use serde_json::{Map, Value};

use crate::reference::behaviour::Rules;
use crate::reference::fault::{Cause, Fault, validation_message};
use crate::reference::function_name::FunctionName;
use crate::reference::number::integral;

const FUNCTION_NAME_PATTERN: &str = r"(arn:aws:lambda:)?([a-z]{2}-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

const WINDOW: &str = "MaximumBatchingWindowInSeconds";

/// Whether a value has a JSON type.
type Is = fn(&Value) -> bool;

/// The members of today's API that are shown as they were sent, each with its JSON type.
const MORE: [(&str, Is); 17] = [
    ("AmazonManagedKafkaEventSourceConfig", Value::is_object),
    ("BisectBatchOnFunctionError", Value::is_boolean),
    ("DestinationConfig", Value::is_object),
    ("DocumentDBEventSourceConfig", Value::is_object),
    ("FilterCriteria", Value::is_object),
    ("FunctionResponseTypes", Value::is_array),
    ("KMSKeyArn", Value::is_string),
    ("LoggingConfig", Value::is_object),
    ("MaximumRecordAgeInSeconds", Value::is_number),
    ("MaximumRetryAttempts", Value::is_number),
    ("MetricsConfig", Value::is_object),
    ("ParallelizationFactor", Value::is_number),
    ("ProvisionedPollerConfig", Value::is_object),
    ("ScalingConfig", Value::is_object),
    ("SelfManagedKafkaEventSourceConfig", Value::is_object),
    ("SourceAccessConfigurations", Value::is_array),
    ("TumblingWindowInSeconds", Value::is_number),
];

/// The body as a JSON object. A duplicate member's last value counts.
///
/// An empty body, a body that is no object, bytes that are not UTF-8 and a byte-order mark are
/// refused with 400 SerializationException, by analogy with other AWS services: nothing is recorded
/// for Lambda.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    let refused = |why: &dyn std::fmt::Display| {
        Fault::serialization(
            Cause::Syntax,
            format!("Could not parse request body into json: {why}"),
        )
    };
    let text = std::str::from_utf8(body).map_err(|e| refused(&e))?;
    // The map is read directly: as a `Value`, an object with one of serde_json's private keys would
    // turn into a number.
    serde_json::from_str::<Map<String, Value>>(text).map_err(|e| refused(&e))
}

/// An integer in any notation; absent and null are the same.
pub(super) fn integer(members: &Map<String, Value>, name: &str) -> Result<Option<i128>, Fault> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => match integral(&number.to_string()) {
            Some(integer) => Ok(Some(integer)),
            None => Err(wrong_type("DECIMAL_VALUE", "an Integer")),
        },
        Some(other) => Err(wrong_type(token(other), "an Integer")),
    }
}

/// A boolean; absent and null are the same.
pub(super) fn boolean(members: &Map<String, Value>, name: &str) -> Result<Option<bool>, Fault> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(boolean)) => Ok(Some(*boolean)),
        Some(other) => Err(wrong_type(token(other), "a Boolean")),
    }
}

/// A string; absent and null are the same.
pub(super) fn string<'a>(
    members: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Fault> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) => Ok(Some(string)),
        Some(other) => Err(wrong_type(token(other), "a String")),
    }
}

/// The members that Create and Update share, types right and constraints kept.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) batch_size: Option<i64>,
    pub(super) enabled: Option<bool>,
    pub(super) function: Option<FunctionName>,
    /// MaximumBatchingWindowInSeconds.
    pub(super) window: Option<i64>,
}

impl Settings {
    /// Reads BatchSize, Enabled and FunctionName by the rules of an operation; a wrong type wins
    /// over everything.
    pub(super) fn read(members: &Map<String, Value>, rules: &Rules) -> Result<Self, Fault> {
        let batch_size = integer(members, "BatchSize")?;
        let enabled = boolean(members, "Enabled")?;
        let name = string(members, "FunctionName")?;

        let mut violations: Vec<(Cause, String)> = Vec::new();
        if let Some(n) = batch_size {
            violations.extend(range_violation(
                "batchSize",
                n,
                *rules.batch_size.start(),
                *rules.batch_size.end(),
            ));
        }
        let function = name.and_then(|name| {
            violations.extend(length_violation(name, rules));
            let function = rules.grammar.parse(name);
            if function.is_none() {
                violations.push((
                    Cause::Pattern,
                    violation(
                        name,
                        "functionName",
                        "satisfy regular expression pattern: ",
                        FUNCTION_NAME_PATTERN,
                    ),
                ));
            }
            function
        });
        if let Some((cause, _)) = violations.first() {
            let messages: Vec<String> = violations
                .iter()
                .map(|(_, message)| message.clone())
                .collect();
            return Err(Fault::invalid(*cause, validation_message(&messages)));
        }
        if let (Some(function), Some(name)) = (&function, name) {
            bare_name(function, name, rules.bare_name_longest)?;
        }
        // Loosened bounds may admit what no 64-bit integer holds.
        let batch_size =
            batch_size.map(|n| i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX }));
        Ok(Self {
            batch_size,
            enabled,
            function,
            window: window(members)?,
        })
    }
}

/// A range violation in AWS's words, if there is one.
pub(super) fn range_violation(
    member: &str,
    n: i128,
    min: i128,
    max: i128,
) -> Option<(Cause, String)> {
    if n < min {
        Some((
            Cause::Range,
            violation(
                &n.to_string(),
                member,
                "have value greater than or equal to ",
                &min.to_string(),
            ),
        ))
    } else if n > max {
        Some((
            Cause::Range,
            violation(
                &n.to_string(),
                member,
                "have value less than or equal to ",
                &max.to_string(),
            ),
        ))
    } else {
        None
    }
}

/// MaximumBatchingWindowInSeconds, 0–300, if it was sent.
fn window(sent: &Map<String, Value>) -> Result<Option<i64>, Fault> {
    let Some(n) = integer(sent, WINDOW)? else {
        return Ok(None);
    };
    match range_violation("maximumBatchingWindowInSeconds", n, 0, 300) {
        Some((_, message)) => Err(Fault::invalid(
            Cause::Constraint,
            validation_message(&[message]),
        )),
        None => Ok(i64::try_from(n).ok()),
    }
}

/// The members of today's API that were sent, where they have the right JSON type: all but what is
/// stored in its own way. What has another type is left out, as a member that nobody knows.
pub(super) fn more(sent: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
    let known = |(name, value): &(&String, &Value)| {
        let is = MORE
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, is)| is);
        is.is_some_and(|is| is(value))
    };

    let more: Map<String, Value> = sent
        .iter()
        .filter(known)
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();

    let filters = more
        .get("FilterCriteria")
        .and_then(|c| c.get("Filters")?.as_array());
    let patterns = filters
        .into_iter()
        .flatten()
        .filter_map(|filter| filter.get("Pattern")?.as_str());

    for pattern in patterns {
        // In the words recorded for Create.
        if serde_json::from_str::<Map<String, Value>>(pattern).is_err() {
            return Err(Fault::invalid(
                Cause::Constraint,
                "Invalid filter pattern definition.",
            ));
        }
    }

    Ok(more)
}

/// One violated constraint in AWS's words.
pub(super) fn violation(value: &str, member: &str, must: &str, bound: &str) -> String {
    // A megabyte sent is not a megabyte worth sending back.
    let shown: String = value.chars().take(256).collect();
    format!("Value '{shown}' at '{member}' failed to satisfy constraint: Member must {must}{bound}")
}

fn length_violation(name: &str, rules: &Rules) -> Option<(Cause, String)> {
    let length = name.chars().count();
    let (min, max) = (*rules.name_length.start(), *rules.name_length.end());
    if length < min {
        Some((
            Cause::Length,
            violation(
                name,
                "functionName",
                "have length greater than or equal to ",
                &min.to_string(),
            ),
        ))
    } else if length > max {
        Some((
            Cause::Length,
            violation(
                name,
                "functionName",
                "have length less than or equal to ",
                &max.to_string(),
            ),
        ))
    } else {
        None
    }
}

/// "If you specify only the function name, it is limited to 64 characters in length."
fn bare_name(function: &FunctionName, name: &str, longest: usize) -> Result<(), Fault> {
    if function.is_bare() && name.chars().count() > longest {
        let message = violation(
            name,
            "functionName",
            "have length less than or equal to ",
            &longest.to_string(),
        );
        return Err(Fault::invalid(
            Cause::BareName,
            validation_message(&[message]),
        ));
    }

    Ok(())
}

fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn wrong_type(token: &str, wanted: &str) -> Fault {
    Fault::serialization(
        Cause::Type,
        format!("{token} can not be converted to {wanted}"),
    )
}
