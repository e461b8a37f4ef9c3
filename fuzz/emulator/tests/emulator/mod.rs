//! An emulator of Lambda's event source mappings as one writes it with axum, small enough to read
//! whole, and with three bugs to order. Functions, roles, queues and streams, which are not what it
//! is about, it leaves to proofmark's reference.
//!
//! The tests beside it show what its author does with it: the suite and the fuzzer run inside their
//! process.

mod function;
mod mapping;
mod refusal;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use proofmark::reference::{Options, Reference};
use serde_json::{Map, Value, json};

use mapping::{Changes, LARGEST_BATCH, Mapping};
use refusal::Refusal;

/// Something that is wrong with the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The check of BatchSize is off by one; what is stored is in range all the same.
    BatchSizeOffByOne,
    /// An update that is refused for its function has switched the mapping on or off by then.
    HalfAnUpdate,
    /// A body that is JSON but no object panics.
    UnwrappedObject,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::BatchSizeOffByOne,
        Self::HalfAnUpdate,
        Self::UnwrappedObject,
    ];
}

/// The emulator, without a mapping yet.
pub fn emulator(bugs: &[Bug]) -> Router {
    let others = Reference::new(Options::default());
    let emulator = Emulator {
        bugs: bugs.into(),
        mappings: Arc::default(),
        others,
    };
    let all = || get(list).post(create).fallback(unknown_operation);
    Router::new()
        .route("/2015-03-31/event-source-mappings", all())
        .route("/2015-03-31/event-source-mappings/", all())
        .route(
            "/2015-03-31/event-source-mappings/{uuid}",
            get(read)
                .put(update)
                .delete(remove)
                .fallback(unknown_operation),
        )
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::disable())
        .with_state(emulator)
}

#[derive(Clone)]
struct Emulator {
    bugs: Arc<[Bug]>,
    mappings: Arc<Mutex<BTreeMap<String, Mapping>>>,
    /// Knows the functions.
    others: Reference,
}

type Answer = Result<(StatusCode, Json<Value>), Refusal>;

impl Emulator {
    fn has(&self, bug: Bug) -> bool {
        self.bugs.contains(&bug)
    }

    fn mappings(&self) -> MutexGuard<'_, BTreeMap<String, Mapping>> {
        self.mappings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The members of a request.
    fn members(&self, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
        if self.has(Bug::UnwrappedObject) {
            let body: Value =
                serde_json::from_slice(body).map_err(|e| Refusal::invalid(e.to_string()))?;
            return Ok(body.as_object().expect("a body is an object").clone());
        }
        // Read as a map at once: as a `Value` it could be a number in serde_json's own disguise.
        serde_json::from_slice(body).map_err(|e| Refusal::invalid(e.to_string()))
    }

    fn changes(&self, members: &Map<String, Value>) -> Result<Changes, Refusal> {
        Changes::read(
            members,
            LARGEST_BATCH + i64::from(self.has(Bug::BatchSizeOffByOne)),
        )
    }
}

async fn create(State(emulator): State<Emulator>, body: Bytes) -> Answer {
    let members = emulator.members(&body)?;
    let changes = emulator.changes(&members)?;
    let Some(Value::String(source)) = members.get("EventSourceArn") else {
        return Err(Refusal::invalid("EventSourceArn is required"));
    };
    let function = changes
        .function
        .as_ref()
        .ok_or_else(|| Refusal::invalid("FunctionName is required"))?;
    let function = function.resolve(&emulator.others)?;
    let mut mappings = emulator.mappings();
    if mappings
        .values()
        .any(|m| m.source == *source && m.function == function)
    {
        return Err(Refusal::new(
            409,
            "ResourceConflictException",
            "There is such a mapping already",
        ));
    }
    let mapping = Mapping::new(source, function, &changes);
    let answer = mapping.document(if mapping.enabled {
        "Creating"
    } else {
        "Disabled"
    });
    mappings.insert(mapping.uuid.clone(), mapping);
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

async fn update(
    State(emulator): State<Emulator>,
    uuid: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Answer {
    let changes = emulator.changes(&emulator.members(&body)?)?;
    let Path(uuid) = uuid.map_err(|_| Refusal::unknown())?;
    let mut mappings = emulator.mappings();
    let mapping = mappings.get_mut(&uuid).ok_or_else(Refusal::unknown)?;
    let was = mapping.enabled;
    if emulator.has(Bug::HalfAnUpdate) {
        mapping.enabled = changes.enabled.unwrap_or(was);
    }
    let function = changes
        .function
        .as_ref()
        .map(|f| f.resolve(&emulator.others))
        .transpose()?;
    mapping.apply(&changes, function);
    let state = match (was, mapping.enabled) {
        (false, true) => "Enabling",
        (true, false) => "Disabling",
        _ => "Updating",
    };
    Ok((StatusCode::ACCEPTED, Json(mapping.document(state))))
}

async fn read(
    State(emulator): State<Emulator>,
    uuid: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(uuid) = uuid.map_err(|_| Refusal::unknown())?;
    let mappings = emulator.mappings();
    let mapping = mappings.get(&uuid).ok_or_else(Refusal::unknown)?;
    Ok((StatusCode::OK, Json(mapping.document(mapping.state()))))
}

async fn remove(
    State(emulator): State<Emulator>,
    uuid: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(uuid) = uuid.map_err(|_| Refusal::unknown())?;
    let mapping = emulator
        .mappings()
        .remove(&uuid)
        .ok_or_else(Refusal::unknown)?;
    Ok((StatusCode::ACCEPTED, Json(mapping.document("Deleting"))))
}

async fn list(
    State(emulator): State<Emulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let most = match given("MaxItems").map(|text| text.parse::<usize>()) {
        None => 100,
        Some(Ok(most @ 1..=10_000)) => most,
        Some(_) => return Err(Refusal::invalid("MaxItems is a number between 1 and 10000")),
    };
    let function = given("FunctionName")
        .map(|name| function::FunctionName::parse(name))
        .transpose()?;
    let mappings = emulator.mappings();
    let mut found = mappings.values().filter(|m| {
        given("Marker").is_none_or(|marker| m.uuid > *marker)
            && given("EventSourceArn").is_none_or(|source| m.source == *source)
            && function.as_ref().is_none_or(|f| {
                m.function == f.arn() || m.function.starts_with(&format!("{}:", f.arn()))
            })
    });
    let page: Vec<&Mapping> = found.by_ref().take(most).collect();
    let documents: Vec<Value> = page.iter().map(|m| m.document(m.state())).collect();
    let mut answer = json!({ "EventSourceMappings": documents });
    if let (Some(last), Some(_)) = (page.last(), found.next()) {
        answer["NextMarker"] = last.uuid.as_str().into();
    }
    Ok((StatusCode::OK, Json(answer)))
}

/// What is not about mappings.
async fn elsewhere(State(emulator): State<Emulator>, parts: Parts, body: Bytes) -> Response {
    let answer = emulator.others.answer(Request::from_parts(parts, body));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let internal = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response
        .body(Body::from(answer.body))
        .unwrap_or_else(internal)
}

async fn unknown_operation() -> Refusal {
    Refusal::new(
        403,
        "AccessDeniedException",
        "Unable to determine service/operation name to be authorized",
    )
}
