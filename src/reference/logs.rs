//! CloudWatch Logs in its JSON 1.1 protocol: as much as reading what a function wrote needs.

use serde_json::{Map, Value, json};

use super::mapping::Desk;
use super::response::Response;

/// So many events are on a page, so that more than one is needed soon.
const PAGE: usize = 4;

/// Answers `X-Amz-Target: Logs_20140328.{action}`.
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

    let group = text("logGroupName");
    let missing = || {
        (
            "ResourceNotFoundException",
            "The specified log group does not exist.".to_owned(),
        )
    };

    let world = &mut *desk.server.world();
    match action {
        "CreateLogGroup" if group.is_empty() => Err((
            "InvalidParameterException",
            "1 validation error detected: logGroupName".to_owned(),
        )),
        "CreateLogGroup" if world.logs.contains_key(&group) => Err((
            "ResourceAlreadyExistsException",
            "The specified log group already exists".to_owned(),
        )),
        "CreateLogGroup" => {
            world.logs.insert(group, Vec::new());
            Ok(None)
        }
        "DeleteLogGroup" => world.logs.remove(&group).map(|_| None).ok_or_else(missing),
        "DescribeLogGroups" => {
            let prefix = text("logGroupNamePrefix");
            let groups = world.logs.keys().filter(|name| name.starts_with(&prefix));
            let groups: Vec<Value> = groups.map(|name| json!({"logGroupName": name})).collect();
            Ok(Some(json!({ "logGroups": groups })))
        }
        "FilterLogEvents" => {
            let events = world.logs.get(&group).ok_or_else(missing)?;
            let from = text("nextToken").parse::<usize>().unwrap_or(0);
            let page = events.iter().skip(from).take(PAGE).map(|(at, message)| {
                json!({"logStreamName": "$LATEST", "timestamp": at, "ingestionTime": at, "message": message})
            });
            let mut document =
                json!({"events": page.collect::<Vec<_>>(), "searchedLogStreams": []});
            if from + PAGE < events.len() {
                document["nextToken"] = Value::String((from + PAGE).to_string());
            }
            Ok(Some(document))
        }
        _ => Err(("UnknownOperationException", String::new())),
    }
}
