//! Lambda functions, versions and aliases: as much as fixtures need.

use http::Method;
use serde_json::{Map, Value, json};

use super::fault::{Cause, Fault};
use super::function_name::{Grammar, is_name_character};
use super::mapping::{Desk, unknown_operation};
use super::reply::{Operation, Reply};
use super::response::Response;
use super::world::{Function, World};

/// The answer to a method and the path after `functions`.
pub(crate) fn answer(desk: &Desk<'_>, rest: &[&str]) -> Response {
    let done = match (&desk.call.method, rest) {
        (&Method::POST, [] | [""]) => create(desk).map(|c| (201, c)),
        (&Method::GET, [] | [""]) => Ok((200, list(desk))),
        (&Method::GET, [name]) if !name.is_empty() => get(desk, name).map(|c| (200, c)),
        (&Method::GET, [name, "configuration"]) => configuration(desk, name).map(|c| (200, c)),
        (&Method::DELETE, [name]) if !name.is_empty() => {
            delete(desk, name).map(|()| (204, Map::new()))
        }
        (&Method::POST, [name, "versions"]) => publish(desk, name).map(|c| (201, c)),
        (&Method::POST, [name, "aliases"]) => create_alias(desk, name).map(|c| (201, c)),
        (&Method::DELETE, [name, "aliases", alias]) => {
            delete_alias(desk, name, alias).map(|()| (204, Map::new()))
        }
        _ => Err(unknown_operation()),
    };

    match done {
        Ok((204, _)) => Response::empty(204),
        Ok((status, document)) => Reply::success(Operation::None, status, document).render(),
        Err(fault) => Reply::refusal(Operation::None, &fault).render(),
    }
}

fn create(desk: &Desk<'_>) -> Result<Map<String, Value>, Fault> {
    let body = body(desk)?;
    let text = |member: &str, default: &str| {
        body.get(member)
            .and_then(Value::as_str)
            .unwrap_or(default)
            .to_owned()
    };
    let name = Grammar::page()
        .parse(&text("FunctionName", ""))
        .map(|n| n.name)
        .unwrap_or_default();
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_name_character) {
        return Err(Fault::invalid(
            Cause::Constraint,
            "1 validation error detected: Value at 'functionName' failed to satisfy constraint: Member must have length \
             less than or equal to 64",
        ));
    }
    let arn = desk.function_arn(&name);
    let world = &mut *desk.server.world();
    if world.functions.contains_key(&arn) {
        let message = format!("Function already exist: {name}");
        return Err(Fault::new(
            Cause::Conflict,
            409,
            "ResourceConflictException",
            message,
        ));
    }
    let number =
        |member: &str, default: i64| body.get(member).and_then(Value::as_i64).unwrap_or(default);
    let configuration = json!({
        "FunctionName": name,
        "FunctionArn": arn,
        "Runtime": text("Runtime", "python3.12"),
        "Role": text("Role", ""),
        "Handler": text("Handler", "index.handler"),
        "CodeSize": 1,
        "Description": text("Description", ""),
        "Timeout": number("Timeout", 3),
        "MemorySize": number("MemorySize", 128),
        "LastModified": "2018-01-01T00:00:00.000+0000",
        "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
    });
    let Value::Object(configuration) = configuration else {
        return Err(Fault::new(
            Cause::Constraint,
            500,
            "ServiceException",
            "The configuration is no object.",
        ));
    };
    let publish = body.get("Publish") == Some(&Value::Bool(true));
    let function = Function {
        arn: arn.clone(),
        configuration: configuration.clone(),
        versions: u64::from(publish),
        aliases: Default::default(),
    };
    world.functions.insert(arn, function);
    Ok(configuration)
}

fn list(desk: &Desk<'_>) -> Map<String, Value> {
    let world = desk.server.world();
    let functions = world
        .functions
        .values()
        .map(|f| Value::Object(f.configuration.clone()));
    Map::from_iter([("Functions".to_owned(), functions.collect())])
}

fn get(desk: &Desk<'_>, name: &str) -> Result<Map<String, Value>, Fault> {
    let configuration = configuration(desk, name)?;
    let mut document = Map::new();
    document.insert("Configuration".to_owned(), Value::Object(configuration));
    document.insert(
        "Code".to_owned(),
        json!({"RepositoryType": "S3", "Location": "https://example.invalid/code"}),
    );
    Ok(document)
}

fn configuration(desk: &Desk<'_>, name: &str) -> Result<Map<String, Value>, Fault> {
    let world = &mut *desk.server.world();
    let (function, qualifier) = find(desk, world, name)?;
    let qualifier = qualifier.or_else(|| desk.call.parameter("Qualifier"));
    Ok(match qualifier {
        Some(qualifier) if function.has(&qualifier) => version(function, &qualifier),
        Some(_) => return Err(not_found(&function.arn)),
        None => function.configuration.clone(),
    })
}

fn delete(desk: &Desk<'_>, name: &str) -> Result<(), Fault> {
    let world = &mut *desk.server.world();
    let arn = find(desk, world, name)?.0.arn.clone();
    world.functions.remove(&arn);
    Ok(())
}

fn publish(desk: &Desk<'_>, name: &str) -> Result<Map<String, Value>, Fault> {
    let world = &mut *desk.server.world();
    let (function, _) = find(desk, world, name)?;
    function.versions += 1;
    let number = function.versions.to_string();
    Ok(version(function, &number))
}

fn create_alias(desk: &Desk<'_>, name: &str) -> Result<Map<String, Value>, Fault> {
    let body = body(desk)?;
    let text = |member: &str| {
        body.get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };

    let (alias, target) = (text("Name"), text("FunctionVersion"));
    let world = &mut *desk.server.world();
    let (function, _) = find(desk, world, name)?;
    // An alias of digits only would be taken for a version; Lambda's pattern for aliases excludes
    // it.
    let is_alias = !alias.is_empty()
        && alias.len() <= 128
        && alias.chars().all(is_name_character)
        && !alias.bytes().all(|b| b.is_ascii_digit());

    if !is_alias {
        return Err(Fault::invalid(
            Cause::Constraint,
            "Value at 'name' is no alias name",
        ));
    }

    if !function.has(&target) {
        return Err(not_found(&format!("{}:{target}", function.arn)));
    }
    let arn = format!("{}:{alias}", function.arn);

    if function.aliases.contains_key(&alias) {
        let message = format!("Alias already exists: {arn}");
        return Err(Fault::new(
            Cause::Conflict,
            409,
            "ResourceConflictException",
            message,
        ));
    }

    function.aliases.insert(alias.clone(), target.clone());
    let document = json!({
        "AliasArn": arn,
        "Name": alias,
        "FunctionVersion": target,
        "Description": text("Description"),
    });

    Ok(document.as_object().cloned().unwrap_or_default())
}

fn delete_alias(desk: &Desk<'_>, name: &str, alias: &str) -> Result<(), Fault> {
    let world = &mut *desk.server.world();
    let (function, _) = find(desk, world, name)?;
    // Deleting an absent alias is a success on AWS: the call is idempotent.
    function.aliases.remove(alias);
    Ok(())
}

fn version(function: &Function, qualifier: &str) -> Map<String, Value> {
    let mut configuration = function.configuration.clone();
    let number = function
        .aliases
        .get(qualifier)
        .map_or(qualifier, String::as_str);
    configuration.insert("Version".to_owned(), number.into());
    configuration.insert(
        "FunctionArn".to_owned(),
        format!("{}:{qualifier}", function.arn).into(),
    );
    configuration
}

fn find<'w>(
    desk: &Desk<'_>,
    world: &'w mut World,
    name: &str,
) -> Result<(&'w mut Function, Option<String>), Fault> {
    let parsed = Grammar::page().parse(name).ok_or_else(|| {
        Fault::invalid(
            Cause::Pattern,
            "Value at 'functionName' is no function name",
        )
    })?;
    let arn = desk.function_arn(&parsed.name);
    match world.functions.get_mut(&arn) {
        Some(function) => Ok((function, parsed.qualifier)),
        None => Err(not_found(&arn)),
    }
}

fn not_found(arn: &str) -> Fault {
    Fault::not_found(Cause::UnknownFunction, format!("Function not found: {arn}"))
}

fn body(desk: &Desk<'_>) -> Result<Map<String, Value>, Fault> {
    serde_json::from_slice(&desk.call.body).map_err(|e| {
        Fault::serialization(
            Cause::Syntax,
            format!("Could not parse request body into json: {e}"),
        )
    })
}
