//! From a request to the service that answers it.

use super::call::Call;
use super::fault::{Cause, Fault};
use super::mapping::{self, Desk, unknown_operation};
use super::reply::{Operation, Reply};
use super::response::Response;
use super::state::Inner;
use super::{SERVICE, delivery, function, kinesis, logs, query, sqs};

/// Lambda's paths begin with the date of its API.
const LAMBDA: &str = "2015-03-31";

/// Answers one request.
pub(crate) fn answer(server: &Inner, mut call: Call) -> Response {
    server
        .behaviour
        .on_call
        .iter()
        .for_each(|hook| hook(&mut call));
    let mut response = interpreted(server, &call).unwrap_or_else(|| routed(server, &call));
    for hook in &server.behaviour.on_answer {
        hook(&mut server.world(), &call, &mut response);
    }
    response
}

/// The answer of the general reference, where one of its operations has that path. It knows nothing
/// of what is made by hand, which answers beside it where fixtures of mappings need the same things.
fn interpreted(server: &Inner, call: &Call) -> Option<Response> {
    let general = server.general.as_ref()?;
    let desk = desk(server, call);
    let is_served_by_hand = || {
        let segments = call.segments();
        let mut segments = segments.iter().map(String::as_str);
        (segments.next(), segments.next()) == (Some(LAMBDA), Some("functions"))
    };
    let beside = || is_served_by_hand().then(|| routed(server, call));
    let answered = general.answer(call, desk.now, beside);
    answered.or_else(|| {
        let unknown = general.no_route(SERVICE)?;
        Some(other_service(&desk).unwrap_or(unknown))
    })
}

fn desk<'a>(server: &'a Inner, call: &'a Call) -> Desk<'a> {
    Desk {
        server,
        call,
        region: call.region().unwrap_or(&server.options.region),
        now: server.options.clock.millis(),
    }
}

fn routed(server: &Inner, call: &Call) -> Response {
    let desk = desk(server, call);
    delivery::deliver(server, desk.now);
    // The other services share the endpoint, but never Lambda's paths: a stray header does not lead
    // away from them.
    if !call.path.trim_start_matches('/').starts_with(LAMBDA)
        && let Some(response) = other_service(&desk)
    {
        return response;
    }
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();

    match segments.as_slice() {
        [LAMBDA, "functions", rest @ ..] => match server.throttled() {
            Some(fault) => Reply::refusal(Operation::None, &fault).render(),
            None => function::answer(&desk, rest),
        },
        [LAMBDA, "event-source-mappings", rest @ ..] => {
            let (operation, uuid) = mapping::operation(&call.method, rest);
            match server.throttled() {
                Some(fault) => finish(&desk, Reply::refusal(operation, &fault)),
                None => finish(&desk, desk.answer(operation, uuid)),
            }
        }
        _ => finish(&desk, Reply::refusal(Operation::None, &unknown_operation())),
    }
}

/// Turns a reply into bytes, with whatever a defect does to either.
fn finish(desk: &Desk<'_>, mut reply: Reply) -> Response {
    let behaviour = &desk.server.behaviour;
    behaviour
        .on_reply
        .iter()
        .for_each(|hook| hook(desk.call, &mut reply));
    let mut response = match reply.cause {
        Some(Cause::Route) if !desk.call.asks_for_json() => denied_in_xml(),
        _ => reply.render(),
    };
    if reply.cause == Some(Cause::Throttled) {
        response.set_header("retry-after", &desk.server.options.retry_after.to_string());
    }
    behaviour
        .on_wire
        .iter()
        .for_each(|hook| hook(desk.call, &reply, &mut response));
    response
}

/// IAM, STS, SQS, Kinesis and Logs, told by `X-Amz-Target` and then by `Action`.
fn other_service(desk: &Desk<'_>) -> Option<Response> {
    if let Some((service, action)) = desk
        .call
        .header("x-amz-target")
        .and_then(|t| t.split_once('.'))
    {
        match service {
            "AmazonSQS" => return Some(sqs::json(desk, action)),
            "Logs_20140328" => return Some(logs::json(desk, action)),
            "Kinesis_20131202" => return Some(kinesis::json(desk, action)),
            _ => {}
        }
    }

    let form = desk.call.form();
    let action = form.get("Action")?;
    if sqs::ACTIONS.contains(&action) {
        Some(sqs::form(desk, action, &form))
    } else {
        Some(query::answer(desk, action, &form))
    }
}

/// The XML that was recorded where the request did not ask for JSON.
fn denied_in_xml() -> Response {
    let Fault {
        status,
        kind,
        message,
        ..
    } = unknown_operation();
    let body = format!("<{kind}>\n  <Message>{message}</Message>\n</{kind}>\n");
    let mut response = Response::new(status, "application/xml", body);
    response.set_header("x-amzn-ErrorType", kind);
    response
}
