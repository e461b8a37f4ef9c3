//! CreateEventSourceMapping, for SQS queues and Kinesis streams.

use serde_json::{Map, Value};

use super::members::{Settings, more, object, string, violation};
use super::{Desk, no_twin, qualifier_exists, source_allows};
use crate::reference::fault::{Cause, Fault, validation_message};
use crate::reference::identifier;
use crate::reference::world::{Mapping, SourceKind, State, World};

/// What tells the identifiers of mappings from those of requests.
const UUID_KIND: u64 = 1;
const STARTING_POSITIONS: [&str; 3] = ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"];

impl Desk<'_> {
    /// Creates a mapping; `sent` receives the members of the request as far as it could be read.
    pub(super) fn create(
        &self,
        sent: &mut Map<String, Value>,
    ) -> Result<Map<String, Value>, Fault> {
        *sent = object(&self.call.body)?;
        self.server
            .behaviour
            .on_creation
            .iter()
            .for_each(|hook| hook(sent));
        let settings = Settings::read(sent, &self.server.behaviour.create)?;
        let source = string(sent, "EventSourceArn")?.map(str::to_owned);
        let starting_position = string(sent, "StartingPosition")?.map(str::to_owned);
        let window = settings.window.unwrap_or(0);
        let more = more(sent)?;
        if let Some(position) = starting_position
            .as_deref()
            .filter(|p| !STARTING_POSITIONS.contains(p))
        {
            return Err(not_a_position(position));
        }
        let function = settings
            .function
            .ok_or_else(|| must_not_be_null("functionName"))?;
        let source = source.ok_or_else(unrecognized_source)?;
        let kind = source_kind(&source).ok_or_else(unrecognized_source)?;

        let world = &mut *self.server.world();
        // The page's answer would be 404; 400 is what AWS was recorded to give for Create, whose
        // page is not ours.
        let resolved = self
            .resolve(world, &function)
            .filter(|r| qualifier_exists(world, r))
            .ok_or_else(|| Fault::invalid(Cause::UnknownFunction, "Function does not exist"))?;
        source_exists(world, kind, &source)?;
        if kind == SourceKind::Kinesis && starting_position.is_none() {
            return Err(must_not_be_null("startingPosition"));
        }
        let timestamp = sent.get("StartingPositionTimestamp");
        if timestamp.is_some_and(|time| !time.is_number() && !time.is_null()) {
            let message = "StartingPositionTimestamp is not a Timestamp";
            return Err(Fault::serialization(Cause::Type, message));
        }
        let at_a_time = starting_position.as_deref() == Some("AT_TIMESTAMP");
        if at_a_time && timestamp.is_none_or(Value::is_null) {
            return Err(must_not_be_null("startingPositionTimestamp"));
        }
        let uuid = identifier::uuid(self.server.options.seed, UUID_KIND, world.created);
        let enabled = settings.enabled.unwrap_or(true);
        let default_batch = if kind == SourceKind::Sqs { 10 } else { 100 };
        let mapping = Mapping {
            arn: format!(
                "arn:aws:lambda:{}:{}:event-source-mapping:{uuid}",
                self.region, self.server.options.account
            ),
            uuid,
            source,
            kind,
            first_function: resolved.arn.clone(),
            function: resolved.arn,
            qualifier: resolved.qualifier,
            batch_size: settings.batch_size.unwrap_or(default_batch),
            enabled,
            window,
            starting_position,
            more,
            modified: self.now,
            // A mapping created disabled was recorded to be Disabled at once.
            transition: enabled.then(|| self.transition(State::Creating)),
        };
        source_allows(&mapping)?;
        if self.server.behaviour.create_refuses_twins {
            no_twin(world, &mapping, self.now)?;
        }
        world.created += 1;
        let transition = mapping
            .transition
            .filter(|_| !self.server.behaviour.settles_in_answer);
        let state = transition.map_or(
            if enabled {
                State::Enabled
            } else {
                State::Disabled
            },
            |t| t.state,
        );
        let shown = mapping.document(state);
        world.mappings.insert(mapping.uuid.clone(), mapping);
        Ok(shown)
    }
}

fn source_kind(arn: &str) -> Option<SourceKind> {
    match arn.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", "aws", "sqs", _, _, name] if !name.is_empty() => Some(SourceKind::Sqs),
        ["arn", "aws", "kinesis", _, _, stream] if stream.starts_with("stream/") => {
            Some(SourceKind::Kinesis)
        }
        _ => None,
    }
}

fn source_exists(world: &World, kind: SourceKind, arn: &str) -> Result<(), Fault> {
    let message = match kind {
        SourceKind::Sqs if world.queues.contains_key(arn) => return Ok(()),
        SourceKind::Kinesis if world.streams.contains_key(arn) => return Ok(()),
        SourceKind::Sqs => {
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. \
             SQS Error Message: The specified queue does not exist."
                .to_owned()
        }
        SourceKind::Kinesis => format!("Stream not found: {arn}"),
    };
    Err(Fault::invalid(Cause::Source, message))
}

fn unrecognized_source() -> Fault {
    Fault::invalid(Cause::Source, "Unrecognized event source.")
}

fn must_not_be_null(member: &str) -> Fault {
    let message =
        format!("Value null at '{member}' failed to satisfy constraint: Member must not be null.");
    Fault::invalid(Cause::Constraint, validation_message(&[message]))
}

/// Recorded as a ValidationException, unlike every other fault of Create.
fn not_a_position(position: &str) -> Fault {
    let message = violation(
        position,
        "startingPosition",
        "satisfy enum value set: ",
        &format!("[{}]", STARTING_POSITIONS.join(", ")),
    );

    Fault::new(
        Cause::Constraint,
        400,
        "ValidationException",
        validation_message(&[message]),
    )
}
