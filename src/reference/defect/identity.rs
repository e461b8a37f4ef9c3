//! Mappings that are reached by identifiers that are not theirs, and functions that are confused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::world::{Mapping, World};

const UNKNOWN: &[&str] = &["error::ResourceNotFoundException"];
const BY_UUID: &[&str] = &["rule::unknown-mapping", "error::ResourceNotFoundException"];
const QUALIFIED: &[&str] = &["rule::qualified-function"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "unknown-uuid-creates",
        "An update of an unknown UUID creates a mapping.",
        UNKNOWN,
        |b| {
            b.find_for_update = Some(Box::new(|world, uuid| {
                if !world.mappings.contains_key(uuid) {
                    let (_, any) = world.mappings.first_key_value()?;
                    let made = Mapping {
                        uuid: uuid.to_owned(),
                        ..any.clone()
                    };
                    world.mappings.insert(uuid.to_owned(), made);
                }
                Some(uuid.to_owned())
            }));
        },
    ),
    Defect::must(
        "unknown-uuid-updates-another",
        "An update of an unknown UUID reaches some other mapping.",
        UNKNOWN,
        |b| {
            b.find_for_update = Some(Box::new(|world, uuid| {
                match world.mappings.contains_key(uuid) {
                    true => Some(uuid.to_owned()),
                    false => world.mappings.first_key_value().map(|(key, _)| key.clone()),
                }
            }));
        },
    ),
    Defect::must(
        "uuid-any-case",
        "Identifiers are matched in any case.",
        BY_UUID,
        |b| find(b, |key, uuid| key.eq_ignore_ascii_case(uuid)),
    ),
    Defect::must(
        "uuid-prefix",
        "The beginning of an identifier is enough.",
        BY_UUID,
        |b| find(b, |key, uuid| !uuid.is_empty() && key.starts_with(uuid)),
    ),
    Defect::must(
        "uuid-first-part",
        "Only the first eight characters of an identifier are compared.",
        BY_UUID,
        |b| {
            find(b, |key, uuid| {
                uuid.len() >= 8 && uuid.is_char_boundary(8) && key.starts_with(&uuid[..8])
            });
        },
    ),
    Defect::must(
        "uuid-last-part",
        "Only the last part of an identifier is compared.",
        BY_UUID,
        |b| {
            find(b, |key, uuid| {
                key.rsplit('-').next() == uuid.rsplit('-').next()
            });
        },
    ),
    Defect::must(
        "uuid-suffix-ignored",
        "What follows a valid identifier is ignored.",
        BY_UUID,
        |b| find(b, |key, uuid| uuid.starts_with(key)),
    ),
    Defect::must(
        "uuid-trimmed",
        "White space around an identifier is cut off.",
        BY_UUID,
        |b| find(b, |key, uuid| key == uuid.trim()),
    ),
    Defect::must(
        "uuid-hyphens-ignored",
        "The hyphens of an identifier are not compared.",
        BY_UUID,
        |b| find(b, |key, uuid| key.replace('-', "") == uuid.replace('-', "")),
    ),
    Defect::must(
        "uuid-braces-accepted",
        "An identifier may stand in braces.",
        BY_UUID,
        |b| find(b, |key, uuid| key == uuid.trim_matches(['{', '}'])),
    ),
    Defect::must(
        "uuid-wildcard",
        "An asterisk reaches some mapping.",
        BY_UUID,
        |b| find(b, |_, uuid| uuid == "*"),
    ),
    Defect::must(
        "uuid-decoded-twice",
        "An identifier is percent-decoded twice.",
        BY_UUID,
        |b| {
            find(b, |key, uuid| {
                key == crate::support::percent::percent_decode(uuid)
            })
        },
    ),
    Defect::warned(
        "uuid-not-decoded",
        "An identifier is not percent-decoded.",
        &["rule::unknown-mapping"],
        |b| {
            b.update_calls(|call| call.path = call.path.replace('%', "%25"));
        },
    ),
    Defect::must(
        "uuid-from-body",
        "A UUID in the body wins over the one in the path.",
        &["rule::unknown-mapping"],
        |b| {
            b.update_calls(|call| {
                let body: Option<Map<String, Value>> = serde_json::from_slice(&call.body).ok();
                if let Some(uuid) = body
                    .as_ref()
                    .and_then(|b| b.get("UUID"))
                    .and_then(Value::as_str)
                {
                    call.path = format!(
                        "/2015-03-31/event-source-mappings/{}",
                        uuid.replace(['/', '%'], "")
                    );
                }
            });
        },
    ),
    Defect::must(
        "uuid-from-query",
        "A UUID in the query wins over the one in the path.",
        &["rule::unknown-mapping"],
        |b| {
            b.update_calls(|call| {
                if let Some(uuid) = call.parameter("UUID") {
                    call.path = format!(
                        "/2015-03-31/event-source-mappings/{}",
                        uuid.replace(['/', '%'], "")
                    );
                }
            });
        },
    ),
    Defect::must(
        "deleted-brought-back",
        "An update brings a deleted mapping back.",
        UNKNOWN,
        |b| {
            let deleted = graveyard(b);
            b.find_for_update = Some(Box::new(move |world, uuid| {
                let mut deleted = deleted.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(mapping) = deleted.remove(uuid) {
                    world.mappings.insert(
                        uuid.to_owned(),
                        Mapping {
                            transition: None,
                            ..mapping
                        },
                    );
                }
                Some(uuid.to_owned())
            }));
        },
    ),
    Defect::must(
        "deleted-accepts-updates",
        "An update of a deleted mapping is answered 202 and forgotten.",
        UNKNOWN,
        |b| {
            let deleted = graveyard(b);
            b.on_reply.push(Box::new(move |call, reply| {
                let uuid = call.path.rsplit('/').next().unwrap_or_default();
                let deleted = deleted.lock().unwrap_or_else(PoisonError::into_inner);
                if reply.operation == crate::reference::reply::Operation::Update
                    && reply.status == 404
                    && let Some(mapping) = deleted.get(uuid)
                {
                    *reply = crate::reference::reply::Reply::success(
                        reply.operation,
                        202,
                        mapping.document(crate::reference::world::State::Updating),
                    );
                }
            }));
        },
    ),
    Defect::must(
        "deleted-still-read",
        "Get shows a deleted mapping for ever.",
        UNKNOWN,
        |b| {
            let deleted = graveyard(b);
            b.find_for_get = Some(Box::new(move |world, uuid| {
                let deleted = deleted.lock().unwrap_or_else(PoisonError::into_inner);
                if let (None, Some(mapping)) = (world.mappings.get(uuid), deleted.get(uuid)) {
                    let mapping = Mapping {
                        transition: None,
                        ..mapping.clone()
                    };
                    world.mappings.insert(uuid.to_owned(), mapping);
                }
                Some(uuid.to_owned())
            }));
        },
    ),
    Defect::must(
        "qualifier-dropped",
        "The qualifier of FunctionName is not kept.",
        QUALIFIED,
        |b| b.applies(|m, _, _| m.qualifier = None),
    ),
    Defect::must(
        "qualifier-not-stored",
        "The qualifier of FunctionName is shown, and not stored.",
        QUALIFIED,
        |b| b.stores(|c| c.stored.qualifier = None),
    ),
    Defect::must(
        "latest-dropped",
        "The qualifier $LATEST is not kept.",
        QUALIFIED,
        |b| {
            b.applies(|m, _, _| m.qualifier = m.qualifier.take().filter(|q| q != "$LATEST"));
        },
    ),
    Defect::must(
        "latest-added",
        "FunctionArn ends in $LATEST where no qualifier was sent.",
        QUALIFIED,
        |b| {
            b.applies(|m, _, sent| {
                if super::orders::has(sent, "FunctionName") && m.qualifier.is_none() {
                    m.qualifier = Some("$LATEST".to_owned());
                }
            });
        },
    ),
    Defect::must(
        "alias-resolved",
        "An alias is replaced by the version it points to.",
        QUALIFIED,
        |b| {
            b.stores(|c| {
                let function = c.world.functions.get(&c.stored.function);
                let version = c
                    .stored
                    .qualifier
                    .as_ref()
                    .and_then(|q| function?.aliases.get(q))
                    .cloned();
                if version.is_some() {
                    c.shown.qualifier.clone_from(&version);
                    c.stored.qualifier = version;
                }
            });
        },
    ),
    Defect::must(
        "alias-unsupported",
        "An alias is answered as an unknown function.",
        QUALIFIED,
        |b| {
            unknown_if(b, |q| {
                q.bytes().any(|b| b.is_ascii_alphabetic()) && !q.starts_with('$')
            });
        },
    )
    .twice("A name that is too long has a qualifier as well, and is refused for that one."),
    Defect::must(
        "version-unsupported",
        "A version is answered as an unknown function.",
        QUALIFIED,
        |b| {
            unknown_if(b, |q| q.bytes().all(|b| b.is_ascii_digit()));
        },
    ),
    Defect::must(
        "latest-unsupported",
        "$LATEST is answered as an unknown function.",
        QUALIFIED,
        |b| unknown_if(b, |q| q == "$LATEST"),
    ),
    Defect::must(
        "partial-arn-unsupported",
        "A partial ARN is answered as an unknown function.",
        &["request::FunctionName::pattern"],
        |b| {
            unknown_name_if(b, |name| name.contains(':') && !name.starts_with("arn:"));
        },
    ),
    Defect::must(
        "arn-unsupported",
        "A full ARN is answered as an unknown function.",
        &["request::FunctionName::pattern"],
        |b| {
            unknown_name_if(b, |name| name.starts_with("arn:"));
        },
    ),
    Defect::must(
        "qualifier-case-lost",
        "The qualifier is stored in lower case.",
        QUALIFIED,
        |b| {
            b.applies(|m, _, _| {
                m.qualifier = m
                    .qualifier
                    .take()
                    .map(|q| if q == "$LATEST" { q } else { q.to_lowercase() })
            });
        },
    ),
    Defect::must(
        "get-nil-uuid-found",
        "Get of the UUID of nothing but zeros shows some mapping.",
        &[
            "get::error::ResourceNotFoundException",
            "rule::unknown-mapping",
        ],
        |b| {
            b.find_for_get = Some(Box::new(|world: &mut World, uuid: &str| {
                if !world.mappings.contains_key(uuid) && uuid.starts_with("00000000-0000-") {
                    return world.mappings.keys().next().cloned();
                }
                Some(uuid.to_owned())
            }));
        },
    ),
    Defect::must(
        "function-case-lost",
        "The function's name is shown and stored in lower case.",
        &["rule::function-stored"],
        |b| {
            b.applies(|m, _, _| m.function = m.function.to_lowercase());
        },
    ),
];

/// Matches identifiers loosely, once an exact match has failed.
fn find(b: &mut Behaviour, same: fn(&str, &str) -> bool) {
    b.find_for_update = Some(Box::new(move |world: &mut World, uuid: &str| {
        if world.mappings.contains_key(uuid) {
            return Some(uuid.to_owned());
        }
        world.mappings.keys().find(|key| same(key, uuid)).cloned()
    }));
}

/// The mappings that were deleted.
fn graveyard(b: &mut Behaviour) -> Arc<Mutex<HashMap<String, Mapping>>> {
    let deleted: Arc<Mutex<HashMap<String, Mapping>>> = Arc::default();
    let grave = Arc::clone(&deleted);
    b.on_delete.push(Box::new(move |world, uuid| {
        if let Some(mapping) = world.mappings.get(uuid) {
            let mut grave = grave.lock().unwrap_or_else(PoisonError::into_inner);
            grave.insert(uuid.to_owned(), mapping.clone());
        }
    }));
    deleted
}

/// Treats a function as unknown if its qualifier is like this.
fn unknown_if(b: &mut Behaviour, condition: fn(&str) -> bool) {
    b.takes("FunctionName", move |v| {
        let name = crate::reference::function_name::Grammar::page().parse(v.as_str()?)?;
        condition(name.qualifier.as_deref()?).then(|| "no-such-function".into())
    });
}

/// Treats a function as unknown if FunctionName is like this, and valid.
fn unknown_name_if(b: &mut Behaviour, condition: fn(&str) -> bool) {
    b.takes("FunctionName", move |v| {
        let name = v.as_str()?;
        crate::reference::function_name::Grammar::page().parse(name)?;
        condition(name).then(|| "no-such-function".into())
    });
}
