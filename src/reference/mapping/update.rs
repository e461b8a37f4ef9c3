//! UpdateEventSourceMapping.

use serde_json::{Map, Value};

use super::members::{Settings, more, object};
use super::{Commit, Desk, no_twin, qualifier_exists, source_allows};
use crate::reference::fault::{Cause, Fault};
use crate::reference::world::{Mapping, State, World};

impl Desk<'_> {
    /// Updates a mapping; `sent` receives the members of the request as far as it could be read.
    pub(super) fn update(
        &self,
        uuid: &str,
        sent: &mut Map<String, Value>,
    ) -> Result<Map<String, Value>, Fault> {
        let behaviour = &self.server.behaviour;
        objections(
            behaviour
                .objects_to_call
                .iter()
                .find_map(|objects| objects(self.call)),
        )?;
        *sent = object(&self.call.body)?;
        behaviour.on_members.iter().for_each(|hook| hook(sent));
        objections(
            behaviour
                .objects_to_sent
                .iter()
                .find_map(|objects| objects(sent)),
        )?;
        let settings = Settings::read(sent, &behaviour.update)?;
        let more = more(sent)?;

        let world = &mut *self.server.world();
        let key = match &behaviour.find_for_update {
            Some(find) => find(world, uuid).ok_or_else(Fault::unknown_mapping)?,
            None => uuid.to_owned(),
        };
        let before = match &self.call.earlier {
            Some(earlier) => earlier.get(&key).cloned(),
            None => world.mappings.get(&key).cloned(),
        };
        let before = before
            .filter(|m| m.state(self.now).is_some())
            .ok_or_else(Fault::unknown_mapping)?;
        if behaviour.update_refused_in_transition && before.in_transition(self.now) {
            return Err(Fault::in_use("update"));
        }
        let mut asked = before.clone();
        asked.more.extend(more);
        let after = self.applied(world, asked, settings)?;
        if behaviour.update_refuses_twins
            && (&after.function, &after.qualifier) != (&before.function, &before.qualifier)
        {
            no_twin(world, &after, self.now)?;
        }

        if behaviour.update_refuses_same && after.same_settings(&before) {
            return Err(Fault::invalid(Cause::Constraint, "Nothing to update."));
        }

        let mut commit = Commit {
            before: &before,
            stored: after.clone(),
            shown: after,
            sent,
            world,
        };
        behaviour
            .on_commit
            .iter()
            .for_each(|hook| hook(&mut commit));
        let Commit {
            stored,
            shown,
            world,
            ..
        } = commit;
        world.mappings.insert(key, stored);
        let shown_state = shown
            .transition
            .filter(|_| !behaviour.settles_in_answer)
            .map(|t| t.state);
        let settled = if shown.enabled {
            State::Enabled
        } else {
            State::Disabled
        };
        Ok(shown.document(shown_state.unwrap_or(settled)))
    }

    /// The mapping with the members that were sent, and only those, changed.
    fn applied(
        &self,
        world: &World,
        before: Mapping,
        settings: Settings,
    ) -> Result<Mapping, Fault> {
        let behaviour = &self.server.behaviour;
        let mut after = before.clone();
        after.batch_size = settings.batch_size.unwrap_or(before.batch_size);
        after.window = settings.window.unwrap_or(before.window);
        if behaviour.source_limits_batch
            && (settings.batch_size.is_some() || settings.window.is_some())
        {
            source_allows(&after)?;
        }

        if let Some(name) = settings.function {
            let unknown = || {
                let arn = self.function_arn(&name.name);
                Fault::not_found(Cause::UnknownFunction, format!("Function not found: {arn}"))
            };
            match self.resolve(world, &name) {
                Some(resolved)
                    if !behaviour.update_checks_qualifier || qualifier_exists(world, &resolved) =>
                {
                    after.function = resolved.arn;
                    after.qualifier = resolved.qualifier;
                }
                _ if behaviour.update_checks_function => return Err(unknown()),
                _ => {
                    after.function = self.function_arn(&name.name);
                    after.qualifier = name.qualifier.clone();
                }
            }
        }

        after.enabled = settings.enabled.unwrap_or(before.enabled);
        // Even an update that changes nothing is an update: AWS was seen to answer Updating with a
        // new LastModified.
        let state = match (before.enabled, after.enabled) {
            (false, true) => State::Enabling,
            (true, false) => State::Disabling,
            _ => State::Updating,
        };

        after.transition = Some(self.transition(state));
        // The machine's clock may be set back; LastModified never goes back.
        after.modified = before.modified.max(self.now);
        Ok(after)
    }
}

/// A refusal that a defect, not the page, asks for.
fn objections(objection: Option<Fault>) -> Result<(), Fault> {
    objection.map_or(Ok(()), Err)
}
