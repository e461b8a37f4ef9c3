//! The data plane: what a resource does with the records of its stream. Declared in
//! `data-plane.toml`.
//!
//! This file is data and its loader; [`crate::run`] carries it out, and [`crate::judge`] judges
//! what was seen.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;

use crate::contract::Contract;
use crate::plan::fixture::{
    Call, Find, FindTable, GIVEN_NAMES, Step, load_find, load_steps, parse_with_fixtures,
};
use crate::support::echo::shown;
use crate::support::files::{FileError, Files, Source, regex_fault};
use crate::support::template;

/// Names that templates may use besides those that fixtures capture: the record that is put, the
/// function in question, and the resource.
const OWN_NAMES: [&str; 3] = ["record", "receiver", "resource"];

/// Everything `data-plane.toml` declares, for one operation.
#[derive(Clone, Debug)]
pub(crate) struct DataPlane {
    /// What is made first, and removed in reverse.
    pub(crate) steps: Vec<Step>,
    /// How to see which resources are there.
    pub(crate) find: Find,
    /// The functions.
    pub(crate) receivers: Receivers,
    /// Puts `${record}` into the stream.
    pub(crate) put: Call,
    /// How what a function received is read.
    pub(crate) received: Received,
    /// Makes the resource, to `${receiver}`.
    pub(crate) create: Change,
    /// Disables it.
    pub(crate) disable: Change,
    /// Enables it.
    pub(crate) enable: Change,
    /// Names `${receiver}` as its function.
    pub(crate) change: Change,
    /// Deletes it.
    pub(crate) delete: Call,
    /// How its state is read.
    pub(crate) state: State,
    /// What each part is about.
    pub(crate) promises: Promises,
}

impl DataPlane {
    /// The templates of its requests, but for those of its own steps.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let changes = [&self.create, &self.disable, &self.enable, &self.change];
        let calls = [
            &self.put,
            &self.delete,
            &self.find.call,
            &self.received.call,
            &self.state.call,
        ];
        let calls = calls.into_iter().chain(changes.map(|change| &change.call));
        let receivers = [&self.receivers.first, &self.receivers.other];
        let named = receivers.into_iter().chain(self.find.ours.values());
        calls
            .flat_map(|call| call.templates())
            .chain(named.map(String::as_str))
    }
}

/// The functions that receive records, as templates of their names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receivers {
    /// The one the resource is made with.
    pub(crate) first: String,
    /// The one an update names.
    pub(crate) other: String,
}

/// How to read what a function received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The read, about `${receiver}`.
    pub(crate) call: Call,
    /// The JSON pointer to a list in its answer.
    pub(crate) list: String,
    /// The JSON pointer to a text in each element.
    pub(crate) text: String,
    /// Finds records in the text: its first group.
    pub(crate) record: Regex,
    /// The member of an answer that says where the next page begins, and of the request that asks
    /// for it.
    pub(crate) next: String,
}

/// A request that changes the resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The request.
    pub(crate) call: Call,
    /// The state it leads to in the end.
    pub(crate) until: String,
}

/// How to read the resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The read.
    pub(crate) call: Call,
    /// The JSON pointer to the state in its answer.
    pub(crate) json: String,
    /// The JSON pointer to what the resource is called, in the answer that made it.
    pub(crate) resource: String,
}

/// What each part is about, as paths of promises.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promises {
    /// Polling stops while the resource is disabled, and resumes.
    pub(crate) stops: String,
    /// The position in the stream is kept.
    pub(crate) position: String,
    /// The function that was named receives what follows.
    pub(crate) receiver: String,
    /// A resource that was deleted and made again starts afresh.
    pub(crate) resets: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    fixture: Vec<crate::plan::fixture::FixtureTable>,
    find: Option<toml::Spanned<FindTable>>,
    receivers: Receivers,
    put: Call,
    received: ReceivedTable,
    create: Change,
    disable: Change,
    enable: Change,
    change: Change,
    delete: Call,
    state: State,
    promises: IndexMap<String, Promises>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceivedTable {
    call: Call,
    list: String,
    text: String,
    record: toml::Spanned<String>,
    next: String,
}

/// What the files of that service say of records: the file, where there is one, and the operations
/// that it is about.
///
/// # Errors
/// As [`load_data_plane`], but for what it says of an operation.
pub(super) fn find(
    files: &Files,
    service: &str,
) -> Result<Option<(Source, BTreeSet<String>)>, FileError> {
    const NAME: &str = "data-plane.toml";
    if !files.list(service)?.iter().any(|name| name == NAME) {
        return Ok(None);
    }
    let file = files.read(&format!("{service}/{NAME}"))?;
    let document: Document = parse_with_fixtures(&file)?;
    let operations: BTreeSet<String> = document.promises.into_keys().collect();
    // What is wrong with the file is told of every operation of the service.
    load_data_plane(&file, "", &[])?;
    Ok(Some((file, operations)))
}

/// Reads `data-plane.toml`; `None` where it says nothing of that operation, whose folder is
/// `operation`.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, uses a name that nothing gives,
/// or names a promise that no revision of the contract makes.
pub(crate) fn load_data_plane(
    file: &Source,
    operation: &str,
    revisions: &[&Contract],
) -> Result<Option<DataPlane>, FileError> {
    let mut document: Document = parse_with_fixtures(file)?;
    // A template knows its text and not its place.
    let fail = |text: &str, message: String| file.at_text(text, message);
    let mut known: BTreeSet<String> = GIVEN_NAMES.map(str::to_owned).into();
    let steps = load_steps(file, std::mem::take(&mut document.fixture), &mut known)?;
    known.extend(OWN_NAMES.map(str::to_owned));
    let find = document.find.take().map(|find| {
        let at = find.span();
        let find = load_find(file, find.into_inner(), &at, &known)?;
        let tells = find.lists() && !find.ours.is_empty();
        tells
            .then_some(find)
            .ok_or_else(|| file.at(at, "`find`: expected `ours`, and one of `list` and `items`"))
    });
    // The target chooses what the resource is called, and may name one that was there before.
    let Some(find) = find.transpose()? else {
        let message = "the target chooses `resource`; add a `find` with `ours`, which tells what a run made from what was \
                       there before";
        return Err(fail(&document.create.call.body, message.to_owned()));
    };
    let d = &document;
    let calls = [
        &d.put,
        &d.received.call,
        &d.create.call,
        &d.disable.call,
        &d.enable.call,
        &d.change.call,
        &d.delete,
    ];
    let templates = calls
        .into_iter()
        .chain([&d.state.call])
        .flat_map(Call::templates);
    for template in templates.chain([d.receivers.first.as_str(), d.receivers.other.as_str()]) {
        let names = template::names(template).map_err(|e| fail(template, e.to_string()))?;
        if let Some(name) = names.into_iter().find(|n| !known.contains(*n)) {
            return Err(fail(
                template,
                format!("`${{{}}}` is captured by no fixture", shown(name)),
            ));
        }
    }
    let Some(promises) = document.promises.shift_remove(operation) else {
        return Ok(None);
    };
    let paths = [
        &promises.stops,
        &promises.position,
        &promises.receiver,
        &promises.resets,
    ];
    // What one revision promises another may not: that part then comes to no verdict there.
    if let Some(path) = paths
        .into_iter()
        .find(|path| revisions.iter().all(|c| c.atom(path).is_none()))
    {
        let message = format!(
            "unknown promise `{}`: expected the id of an atom of {operation}",
            shown(path)
        );
        return Err(fail(path, message));
    }
    let record = match Regex::new(document.received.record.get_ref()) {
        Ok(regex) if regex.captures_len() > 1 => regex,
        Ok(_) => {
            return Err(file.at(
                document.received.record.span(),
                "expected a group in the regular expression",
            ));
        }
        Err(e) => return Err(file.at(document.received.record.span(), regex_fault(&e))),
    };
    let ReceivedTable {
        call,
        list,
        text,
        next,
        ..
    } = document.received;
    Ok(Some(DataPlane {
        steps,
        find,
        receivers: document.receivers,
        put: document.put,
        received: Received {
            call,
            list,
            text,
            record,
            next,
        },
        create: document.create,
        disable: document.disable,
        enable: document.enable,
        change: document.change,
        delete: document.delete,
        state: document.state,
        promises,
    }))
}

#[cfg(test)]
mod tests;
