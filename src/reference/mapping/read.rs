//! Get, List and Delete.

use serde_json::{Map, Value};

use super::Desk;
use super::members::{Settings, range_violation, violation};
use crate::reference::fault::{Cause, Fault, validation_message};
use crate::reference::number::integral;
use crate::reference::world::{Mapping, State};

impl Desk<'_> {
    pub(super) fn get(&self, uuid: &str) -> Result<Map<String, Value>, Fault> {
        let behaviour = &self.server.behaviour;
        let world = &mut *self.server.world();
        behaviour.on_get.iter().for_each(|hook| hook(world, uuid));
        let key = match &behaviour.find_for_get {
            Some(find) => find(world, uuid).ok_or_else(Fault::unknown_mapping)?,
            None => uuid.to_owned(),
        };

        let found = world.mappings.get(&key).and_then(|m| self.shown(m));
        if found.is_none() {
            // Its time has passed: nothing can reach it again, so it need not be kept.
            world.mappings.remove(&key);
        }

        found.ok_or_else(Fault::unknown_mapping)
    }

    pub(super) fn list(&self) -> Result<Map<String, Value>, Fault> {
        let filter = Filter::read(self)?;
        let world = &mut *self.server.world();
        world.mappings.retain(|_, m| m.state(self.now).is_some());
        let mut page: Vec<Value> = Vec::new();
        let mut next = None;
        let mut last = "";
        for (uuid, mapping) in &world.mappings {
            if filter
                .after
                .as_deref()
                .is_some_and(|marker| uuid.as_str() <= marker)
                || !filter.admits(mapping, self.server.behaviour.lists_by_first_function)
            {
                continue;
            }
            if page.len() >= filter.limit {
                next = Some(last.to_owned());
                break;
            }
            page.extend(self.shown(mapping).map(Value::Object));
            last = uuid;
        }
        let mut document = Map::new();
        document.insert("EventSourceMappings".to_owned(), Value::Array(page));
        if let Some(marker) = next {
            document.insert("NextMarker".to_owned(), Value::String(marker));
        }
        Ok(document)
    }

    pub(super) fn delete(&self, uuid: &str) -> Result<Map<String, Value>, Fault> {
        let behaviour = &self.server.behaviour;
        let world = &mut *self.server.world();
        if let Some(find) = &behaviour.find_for_delete
            && find(world, uuid).is_none()
        {
            return Err(Fault::unknown_mapping());
        }
        let mapping = world
            .mappings
            .get_mut(uuid)
            .filter(|m| m.state(self.now).is_some());

        let mapping = mapping.ok_or_else(Fault::unknown_mapping)?;
        if behaviour.delete_refused_in_transition && mapping.in_transition(self.now) {
            return Err(Fault::in_use("delete"));
        }
        let transition = self.transition(State::Deleting);
        mapping.transition = Some(transition);
        let shown = mapping.document(State::Deleting);
        behaviour
            .on_delete
            .iter()
            .for_each(|hook| hook(world, uuid));

        if transition.until <= self.now && !behaviour.keeps_deleted {
            world.mappings.remove(uuid);
        }
        Ok(shown)
    }

    fn shown(&self, mapping: &Mapping) -> Option<Map<String, Value>> {
        let state = mapping.state(self.now)?;
        let on_read = &self.server.behaviour.on_read;
        if on_read.is_empty() {
            return Some(mapping.document(state));
        }
        let mut mapping = mapping.clone();
        on_read.iter().for_each(|hook| hook(&mut mapping));
        Some(mapping.document(mapping.state(self.now).unwrap_or(state)))
    }
}

/// The query of List. A filter that names an absent function or source is no error, as recorded.
struct Filter {
    source: Option<String>,
    /// Unqualified ARN, and the qualifier if one was written.
    function: Option<(String, Option<String>)>,
    after: Option<String>,
    limit: usize,
}

impl Filter {
    fn read(desk: &Desk<'_>) -> Result<Self, Fault> {
        let given = |name: &str| desk.call.parameter(name).filter(|value| !value.is_empty());
        let limit = match given("MaxItems") {
            None => 100,
            Some(text) => max_items(&text)?,
        };
        let source = given("EventSourceArn");
        if let Some(arn) = source.as_deref().filter(|arn| !is_arn(arn)) {
            let must = "satisfy regular expression pattern";
            let message = violation(arn, "eventSourceArn", must, "");
            return Err(Fault::invalid(
                Cause::Constraint,
                validation_message(&[message]),
            ));
        }

        let name = given("FunctionName").map(|name| ("FunctionName".to_owned(), name.into()));
        let settings = Settings::read(&name.into_iter().collect(), &desk.server.behaviour.list)?;
        let function = settings.function;
        let function = function.map(|name| (desk.function_arn(&name.name), name.qualifier));

        Ok(Self {
            source,
            function,
            after: given("Marker"),
            limit,
        })
    }

    /// `first`: by the function that a mapping was made with.
    fn admits(&self, mapping: &Mapping, first: bool) -> bool {
        let function = if first {
            &mapping.first_function
        } else {
            &mapping.function
        };
        self.source
            .as_deref()
            .is_none_or(|source| source == mapping.source)
            && self.function.as_ref().is_none_or(|(arn, qualifier)| {
                arn == function && (qualifier.is_none() || *qualifier == mapping.qualifier)
            })
    }
}

/// Whether a text is an ARN, as the page of List has its pattern.
fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());

    partition.starts_with("aws")
        && plain(partition)
        && !service.is_empty()
        && plain(service)
        && (region.is_empty() || is_region(region))
        && (account.is_empty() || (account.len() == 12 && digits(account)))
        && !resource.contains('\n')
}

/// Whether a text is a region: two letters, perhaps `gov`, letters, and a digit.
fn is_region(text: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [land, "gov", place, digit] | [land, place, digit] => {
            land.len() == 2
                && lower(land)
                && lower(place)
                && digit.len() == 1
                && digit.chars().all(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}

fn max_items(text: &str) -> Result<usize, Fault> {
    let n = integral(text)
        .ok_or_else(|| Fault::serialization(Cause::Type, "MaxItems is not an Integer"))?;
    match range_violation("maxItems", n, 1, 10_000) {
        Some((_, message)) => Err(Fault::invalid(
            Cause::Constraint,
            validation_message(&[message]),
        )),
        None => Ok(usize::try_from(n).unwrap_or(usize::MAX)),
    }
}
