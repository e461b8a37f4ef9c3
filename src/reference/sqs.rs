//! SQS queues, in both of its protocols: JSON and query.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::call::Form;
use super::mapping::Desk;
use super::query;
use super::response::Response;
use super::world::{Queue, World};

const NAMESPACE: &str = "http://queue.amazonaws.com/doc/2012-11-05/";

/// The actions answered here.
pub(crate) const ACTIONS: [&str; 5] = [
    "CreateQueue",
    "GetQueueAttributes",
    "GetQueueUrl",
    "DeleteQueue",
    "ListQueues",
];

/// A request, whatever its protocol.
struct Asked {
    name: String,
    url: String,
    attributes: Vec<(String, String)>,
}

/// What an action gives: nothing, a URL, attributes or URLs.
enum Given {
    Nothing,
    Url(String),
    Attributes(BTreeMap<String, String>),
    Urls(Vec<String>),
}

/// A refusal: its code in the JSON protocol, in the query protocol, and its message.
struct Refused(&'static str, &'static str, String);

/// Answers a JSON action: `X-Amz-Target: AmazonSQS.…`.
pub(crate) fn json(desk: &Desk<'_>, action: &str) -> Response {
    let members: Map<String, Value> = serde_json::from_slice(&desk.call.body).unwrap_or_default();
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let attributes = members
        .get("Attributes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let attributes = attributes
        .map(|(n, v)| (n.clone(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    let asked = Asked {
        name: text("QueueName"),
        url: text("QueueUrl"),
        attributes,
    };
    let document = match act(desk, action, asked) {
        Ok(Given::Nothing) => Value::Object(Map::new()),
        Ok(Given::Url(url)) => serde_json::json!({ "QueueUrl": url }),
        Ok(Given::Attributes(attributes)) => serde_json::json!({ "Attributes": attributes }),
        Ok(Given::Urls(urls)) => serde_json::json!({ "QueueUrls": urls }),
        Err(Refused(kind, code, message)) => {
            let body = serde_json::json!({"__type": format!("com.amazonaws.sqs#{kind}"), "message": message});
            let mut response = Response::new(400, "application/x-amz-json-1.0", body.to_string());
            response.set_header("x-amzn-query-error", &format!("{code};Sender"));
            return response;
        }
    };
    Response::new(200, "application/x-amz-json-1.0", document.to_string())
}

/// Answers a query action: `Action=…` in a form.
pub(crate) fn form(desk: &Desk<'_>, action: &str, form: &Form) -> Response {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let url = match form.get("QueueUrl") {
        Some(url) => url.to_owned(),
        // Older clients post to the queue's own URL instead.
        None => desk.call.path.clone(),
    };

    let asked = Asked {
        name: text("QueueName"),
        url,
        attributes: form.entries("Attribute"),
    };

    let result = match act(desk, action, asked) {
        Ok(Given::Nothing) => String::new(),
        Ok(Given::Url(url)) => format!("<QueueUrl>{}</QueueUrl>", query::escaped(&url)),
        Ok(Given::Urls(urls)) => urls
            .iter()
            .map(|url| format!("<QueueUrl>{}</QueueUrl>", query::escaped(url)))
            .collect(),
        Ok(Given::Attributes(attributes)) => attributes
            .iter()
            .map(|(n, v)| {
                let (n, v) = (query::escaped(n), query::escaped(v));
                format!("<Attribute><Name>{n}</Name><Value>{v}</Value></Attribute>")
            })
            .collect(),
        Err(Refused(_, code, message)) => return query::error(400, code, &message, NAMESPACE),
    };

    query::success(action, &result, NAMESPACE)
}

fn act(desk: &Desk<'_>, action: &str, asked: Asked) -> Result<Given, Refused> {
    let world = &mut *desk.server.world();
    match action {
        "CreateQueue" => create(desk, world, asked),
        "GetQueueUrl" => {
            let arn = arn(desk, &asked.name);
            let queue = world.queues.get(&arn).ok_or_else(missing)?;
            Ok(Given::Url(url(desk, &queue.name)))
        }
        "GetQueueAttributes" => {
            let arn = arn(desk, name_of(&asked.url));
            let queue = world.queues.get(&arn).ok_or_else(missing)?;
            let mut attributes = queue.attributes.clone();
            attributes.insert("QueueArn".to_owned(), arn);
            attributes.insert("ApproximateNumberOfMessages".to_owned(), "0".to_owned());
            attributes
                .entry("VisibilityTimeout".to_owned())
                .or_insert_with(|| "30".to_owned());
            Ok(Given::Attributes(attributes))
        }
        "DeleteQueue" => {
            world
                .queues
                .remove(&arn(desk, name_of(&asked.url)))
                .ok_or_else(missing)?;
            Ok(Given::Nothing)
        }
        "ListQueues" => Ok(Given::Urls(
            world
                .queues
                .values()
                .map(|queue| url(desk, &queue.name))
                .collect(),
        )),
        _ => Err(Refused(
            "InvalidAction",
            "InvalidAction",
            format!("The action {action} is not valid."),
        )),
    }
}

fn create(desk: &Desk<'_>, world: &mut World, asked: Asked) -> Result<Given, Refused> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if asked.name.is_empty() || asked.name.len() > 80 || !asked.name.chars().all(is_name) {
        let message =
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(Refused(
            "InvalidParameterValue",
            "InvalidParameterValue",
            message.to_owned(),
        ));
    }

    let url = url(desk, &asked.name);
    let attributes = asked.attributes.into_iter().collect();
    // Creating a queue that exists is a success that changes nothing.
    world.queues.entry(arn(desk, &asked.name)).or_insert(Queue {
        name: asked.name,
        attributes,
    });

    Ok(Given::Url(url))
}

fn arn(desk: &Desk<'_>, name: &str) -> String {
    format!(
        "arn:aws:sqs:{}:{}:{name}",
        desk.region, desk.server.options.account
    )
}

fn url(desk: &Desk<'_>, name: &str) -> String {
    let host = desk.call.header("host").unwrap_or("localhost");
    format!("http://{host}/{}/{name}", desk.server.options.account)
}

fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

fn missing() -> Refused {
    Refused(
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.".to_owned(),
    )
}
