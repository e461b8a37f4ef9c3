//! What a defect or a lawful variation changes: data, and for each kind of it the one place where
//! the behaviour is bent.
//!
//! Whoever answers a request asks at fixed points. Where nothing was ordered, each of these says
//! what conforms.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::edit::Edit;
use super::refusal::Refusal;
use super::store::Thing;
use crate::reference::response::{Ending, Response};

/// The one thing in which the general reference differs from itself, for one operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bend {
    /// A promise about requests, by its path, is edited before requests are held against it.
    Edited(String, Edit),
    /// What is wrong in that class is not refused.
    Overlooks(&'static str),
    /// A valid request that sends the member is refused.
    Refuses(String),
    /// A valid request that leaves the member out is refused.
    Demands(String),
    /// What some readings alone refuse is refused.
    RefusesDoubtful,

    /// A refusal for that class has another status or another error type.
    RefusesWith {
        class: String,
        status: Option<u16>,
        kind: Option<String>,
    },
    /// A refusal for that class is the answer at that place of its family.
    RefusesBy(String, usize),
    /// Refusals name no error type.
    Untyped,
    /// What a refused request sent is stored.
    StoresRefused,

    /// What is sent for the member is not stored.
    Forgets(String),
    /// It is shown in the answer, and is not stored.
    ForgetsLater(String),
    /// The member gets that value by a request that does not send it.
    Unsent(String, Value),
    /// What is changed is changed of everything.
    ReachesOthers,
    /// Everything that is made has one identity.
    OneIdentity,
    /// What is removed is still there.
    KeepsRemoved,
    /// A token is no hindrance to doing all once more.
    TokenAgain,

    /// The answer does not show the member.
    Hides(String),
    /// The answer shows that value for the member.
    Shows(String, Value),
    /// The answer shows the member as a text.
    AsText(String),
    /// Successful answers have that status.
    Status(u16),
    /// Answers are labelled as that.
    Labelled(&'static str),
    /// The body of an answer breaks off.
    Unfinished,

    /// A list lacks the last of its items.
    ListLacks,
    /// A list shows the last of its items twice.
    ListTwice,
    /// A list shows what was removed.
    ListShowsRemoved,
    /// Each item of a list shows that value for the member.
    ListShows(String, Value),
    /// The first item after a page is left out.
    PageSkips,
    /// The last item of a page stands on the next one too.
    PageRepeats,
    /// A page is as large as it likes.
    PageUnlimited,

    /// The items of a list stand in the reverse order.
    ReversedList,
    /// The members of an answer stand in the reverse order.
    ReversedMembers,
    /// Answers have members that nobody documents.
    MoreMembers,
    /// Members that may be left out are shown.
    AllMembers,
    /// Bodies have white space between their parts.
    Spaced,
    /// Bodies come in chunks.
    Chunked,
}

/// How a page differs from what was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PageBend {
    /// How many items further on the next page begins, or how many earlier.
    pub(crate) shift: isize,
    pub(crate) ignores_size: bool,
}

/// The bend of an operation, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bent<'a>(pub(crate) Option<&'a Bend>);

impl Bent<'_> {
    /// Whether what is wrong in that class is let through.
    pub(crate) fn overlooks(self, class: &str) -> bool {
        matches!(self.0, Some(Bend::Overlooks(own)) if *own == class)
    }

    /// Whether a valid request with these members is refused.
    pub(crate) fn objects(self, members: &Map<String, Value>) -> bool {
        match self.0 {
            Some(Bend::Refuses(name)) => members.contains_key(name),
            Some(Bend::Demands(name)) => !members.contains_key(name),
            _ => false,
        }
    }

    pub(crate) fn refuses_doubtful(self) -> bool {
        self.0 == Some(&Bend::RefusesDoubtful)
    }

    /// The place, in its family, of the answer that refuses a class.
    pub(crate) fn alternative(self, class: &str) -> usize {
        match self.0 {
            Some(Bend::RefusesBy(own, place)) if own == class => *place,
            _ => 0,
        }
    }

    /// Changes a refusal.
    pub(crate) fn refusal(self, refusal: &mut Refusal) {
        match self.0 {
            Some(Bend::RefusesWith {
                class,
                status,
                kind,
            }) if *class == refusal.class => {
                refusal.status = status.unwrap_or(refusal.status);
                if let Some(kind) = kind {
                    refusal.kind.clone_from(kind);
                }
            }
            Some(Bend::Untyped) => refusal.kind.clear(),
            _ => {}
        }
    }

    pub(crate) fn stores_refused(self) -> bool {
        self.0 == Some(&Bend::StoresRefused)
    }

    /// Changes what is stored of a thing that was like that before, by a request that sends these
    /// members.
    pub(crate) fn stored(self, thing: &mut Thing, before: Option<&Thing>, sent: &BTreeSet<String>) {
        match self.0 {
            Some(Bend::Forgets(member) | Bend::ForgetsLater(member)) => {
                match before.and_then(|before| before.get(member)) {
                    Some(value) => thing.insert(member.clone(), value.clone()),
                    None => thing.shift_remove(member),
                };
            }
            Some(Bend::Unsent(member, value)) if !sent.contains(member) => {
                thing.insert(member.clone(), value.clone());
            }
            _ => {}
        }
    }

    /// Whether a change reaches everything of its kind.
    pub(crate) fn reaches_others(self) -> bool {
        self.0 == Some(&Bend::ReachesOthers)
    }

    pub(crate) fn has_one_identity(self) -> bool {
        self.0 == Some(&Bend::OneIdentity)
    }

    pub(crate) fn removes(self) -> bool {
        self.0 != Some(&Bend::KeepsRemoved)
    }

    pub(crate) fn honours_token(self) -> bool {
        self.0 != Some(&Bend::TokenAgain)
    }

    /// Whether members are shown that may be left out.
    pub(crate) fn shows_all(self) -> bool {
        self.0 == Some(&Bend::AllMembers)
    }

    /// Changes the members of a successful answer to a request that sent these.
    pub(crate) fn shown(self, members: &mut Map<String, Value>, sent: &Map<String, Value>) {
        match self.0 {
            Some(Bend::Hides(member)) => {
                members.shift_remove(member);
            }
            Some(Bend::Shows(member, value)) => {
                members.insert(member.clone(), value.clone());
            }
            Some(Bend::ForgetsLater(member)) => {
                if let Some(value) = sent.get(member) {
                    members.insert(member.clone(), value.clone());
                }
            }
            Some(Bend::AsText(member)) => {
                if let Some(value) = members.get_mut(member) {
                    *value = match value.is_string() {
                        true => Value::Bool(true),
                        false => Value::String(value.to_string()),
                    };
                }
            }
            _ => {}
        }
    }

    /// Changes the items of a list.
    pub(crate) fn listed(self, items: &mut Vec<Value>, removed: Option<Value>) {
        match self.0 {
            Some(Bend::ListLacks) => {
                items.pop();
            }
            Some(Bend::ListTwice) => items.extend(items.last().cloned()),
            Some(Bend::ListShowsRemoved) => items.extend(removed),
            Some(Bend::ListShows(key, value)) => {
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    item.insert(key.clone(), value.clone());
                }
            }
            Some(Bend::ReversedList) => items.reverse(),
            _ => {}
        }
    }

    /// How pages differ from what was asked for.
    pub(crate) fn page(self) -> PageBend {
        let shift = match self.0 {
            Some(Bend::PageSkips) => 1,
            Some(Bend::PageRepeats) => -1,
            _ => 0,
        };
        PageBend {
            shift,
            ignores_size: self.0 == Some(&Bend::PageUnlimited),
        }
    }

    /// Changes the bytes of an answer.
    pub(crate) fn response(self, response: &mut Response) {
        let is_success = (200..300).contains(&response.status);
        match self.0 {
            Some(Bend::Status(status)) if is_success => response.status = *status,
            Some(Bend::Labelled(media)) if !response.body.is_empty() => {
                response.set_header("content-type", media);
            }
            Some(Bend::Unfinished) => {
                let kept = response.body.len().saturating_sub(1);
                response.body.truncate(kept);
            }
            Some(Bend::Chunked) if !response.body.is_empty() => {
                response.ending = Ending::Chunked;
            }
            Some(Bend::ReversedMembers) => rewrite(response, |document| {
                *document = std::mem::take(document).into_iter().rev().collect();
            }),
            Some(Bend::MoreMembers) => rewrite(response, |document| {
                document.insert("x-more".to_owned(), Value::from("more"));
                document.insert("moreOfIt".to_owned(), Value::from(vec![1, 2]));
            }),
            Some(Bend::Spaced) => {
                if let Ok(document) = serde_json::from_slice::<Value>(&response.body) {
                    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
                    response.body = text.into();
                }
            }
            _ => {}
        }
    }
}

/// Changes the document of an answer, where it is one.
fn rewrite(response: &mut Response, change: impl FnOnce(&mut Map<String, Value>)) {
    if let Ok(mut document) = serde_json::from_slice::<Map<String, Value>>(&response.body) {
        change(&mut document);
        response.body = Value::Object(document).to_string().into();
    }
}
