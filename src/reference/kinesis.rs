//! Kinesis streams in its JSON 1.1 protocol. They are active as soon as they are created.

use serde_json::{Map, Value, json};

use super::mapping::Desk;
use super::response::Response;
use super::world::{Record, Stream, epoch_seconds};

/// Answers `X-Amz-Target: Kinesis_20131202.{action}`.
pub(crate) fn json(desk: &Desk<'_>, action: &str) -> Response {
    Response::json_1_1(act(desk, action))
}

fn act(desk: &Desk<'_>, action: &str) -> Result<Option<Value>, (&'static str, String)> {
    let members: Map<String, Value> = serde_json::from_slice(&desk.call.body).unwrap_or_default();
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let region = desk.region;
    let account = &desk.server.options.account;
    let arn = match text("StreamARN") {
        arn if arn.is_empty() => format!(
            "arn:aws:kinesis:{region}:{account}:stream/{}",
            text("StreamName")
        ),
        arn => arn,
    };
    let missing = || {
        let name = arn.rsplit('/').next().unwrap_or_default();
        (
            "ResourceNotFoundException",
            format!("Stream {name} under account {account} not found."),
        )
    };
    let world = &mut *desk.server.world();
    match action {
        "CreateStream" => {
            let name = text("StreamName");
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if name.is_empty() || name.len() > 128 || !name.chars().all(is_name) {
                return Err((
                    "ValidationException",
                    "1 validation error detected: streamName".to_owned(),
                ));
            }
            if world.streams.contains_key(&arn) {
                let message = format!("Stream {name} under account {account} already exists.");
                return Err(("ResourceInUseException", message));
            }
            let shards = members
                .get("ShardCount")
                .and_then(Value::as_u64)
                .unwrap_or(1)
                .clamp(1, 100);
            world.streams.insert(
                arn,
                Stream {
                    name,
                    shards,
                    created: desk.now,
                    records: Vec::new(),
                },
            );
            Ok(None)
        }
        "DescribeStream" | "DescribeStreamSummary" => {
            let stream = world.streams.get(&arn).ok_or_else(missing)?;
            Ok(Some(described(stream, &arn, action == "DescribeStream")))
        }
        "PutRecord" => {
            let stream = world.streams.get_mut(&arn).ok_or_else(missing)?;
            let data = text("Data");
            let is_base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
            if data.is_empty() || data.len() % 4 != 0 || !data.bytes().all(is_base64) {
                return Err(("SerializationException", "Data is not Base64".to_owned()));
            }
            if text("PartitionKey").is_empty() {
                return Err((
                    "ValidationException",
                    "1 validation error detected: partitionKey".to_owned(),
                ));
            }
            stream.records.push(Record {
                data,
                arrived: desk.now,
            });
            let number = format!("{:056}", stream.records.len());
            Ok(Some(
                json!({"ShardId": "shardId-000000000000", "SequenceNumber": number}),
            ))
        }
        "DeleteStream" => world.streams.remove(&arn).map(|_| None).ok_or_else(missing),
        "ListStreams" => {
            let names: Vec<&str> = world.streams.values().map(|s| s.name.as_str()).collect();
            Ok(Some(json!({"StreamNames": names, "HasMoreStreams": false})))
        }
        _ => Err(("UnknownOperationException", String::new())),
    }
}

fn described(stream: &Stream, arn: &str, with_shards: bool) -> Value {
    let mut description = json!({
        "StreamName": stream.name,
        "StreamARN": arn,
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": epoch_seconds(stream.created),
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    });
    if !with_shards {
        description["OpenShardCount"] = stream.shards.into();
        return json!({ "StreamDescriptionSummary": description });
    }
    let shards = (0..stream.shards).map(|n| {
        json!({
            "ShardId": format!("shardId-{n:012}"),
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "340282366920938463463374607431768211455"},
            "SequenceNumberRange": {"StartingSequenceNumber": "0"},
        })
    });
    description["Shards"] = shards.collect();
    description["HasMoreShards"] = false.into();
    json!({ "StreamDescription": description })
}
