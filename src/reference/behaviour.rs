//! What a defect can change.
//!
//! The handlers are written once, for the conforming server. Wherever a defect needs a say they ask
//! the `Behaviour`: a bound, a grammar, or a list of hooks that is empty unless a defect was
//! ordered. So the handlers stay readable however many defects there are, and a defect is one
//! function that changes one thing here.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value};

use super::call::Call;
use super::fault::{Cause, Fault};
use super::function_name::Grammar;
use super::mapping::Commit;
use super::reply::Reply;
use super::response::Response;
use super::world::{Mapping, State, World};

/// Changes a request before it is routed.
type CallHook = Box<dyn Fn(&mut Call) + Send + Sync>;
/// Changes the members of an update before their types are read.
type MemberHook = Box<dyn Fn(&mut Map<String, Value>) + Send + Sync>;
/// Objects to a request for an update that nothing is wrong with.
type CallObjection = Box<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;
/// Objects to the members of an update that nothing is wrong with.
type MemberObjection = Box<dyn Fn(&Map<String, Value>) -> Option<Fault> + Send + Sync>;
/// Changes what an update stores, and what it shows.
type CommitHook = Box<dyn Fn(&mut Commit<'_>) + Send + Sync>;
/// Learns of an update that was refused: the state, the UUID of the path, the members sent, and
/// why.
type RefusalHook = Box<dyn Fn(&mut World, &str, &Map<String, Value>, Cause) + Send + Sync>;
/// Changes what Get and List see of a mapping.
type ReadHook = Box<dyn Fn(&mut Mapping) + Send + Sync>;
/// Finds the key of a mapping for an identifier, or makes one.
type FindHook = Box<dyn Fn(&mut World, &str) -> Option<String> + Send + Sync>;
/// Learns of a Get, with the state at hand.
type VisitHook = Box<dyn Fn(&mut World, &str) + Send + Sync>;
/// Changes an answer while it still has members.
type ReplyHook = Box<dyn Fn(&Call, &mut Reply) + Send + Sync>;
/// Changes any answer, those that are not of mappings as well, with the state at hand.
type AnswerHook = Box<dyn Fn(&mut World, &Call, &mut Response) + Send + Sync>;
/// Changes the bytes of an answer.
type WireHook = Box<dyn Fn(&Call, &Reply, &mut Response) + Send + Sync>;

/// Says whether a mapping looks for records at a time in milliseconds since the Unix epoch.
type PollHook = Box<dyn Fn(&Mapping, u64) -> bool + Send + Sync>;
/// Names the functions that receive a batch, by ARN: of the one that received from the mapping
/// first, and the mapping.
type ReceiverHook = Box<dyn Fn(&str, &Mapping) -> Vec<String> + Send + Sync>;

/// How records are delivered.
pub(crate) struct Delivery {
    pub(crate) polls: PollHook,
    pub(crate) receivers: ReceiverHook,
    /// What a mapping's position is kept under.
    pub(crate) position_of: fn(&Mapping) -> String,
    /// How long after it was put a record is delivered.
    pub(crate) delay: Duration,
}

/// The constraints on the members of Create and Update.
#[derive(Clone)]
pub(crate) struct Rules {
    /// Valid Range of BatchSize.
    pub(crate) batch_size: RangeInclusive<i128>,
    /// Length Constraints of FunctionName, in characters.
    pub(crate) name_length: RangeInclusive<usize>,
    /// The longest bare function name, in characters.
    pub(crate) bare_name_longest: usize,
    /// Pattern of FunctionName.
    pub(crate) grammar: Grammar,
}

/// Everything a defect can change; the default conforms.
pub(crate) struct Behaviour {
    pub(crate) create: Rules,
    /// What List demands of a FunctionName.
    pub(crate) list: Rules,
    pub(crate) update: Rules,
    /// Whether an update in transition is refused.
    pub(crate) update_refused_in_transition: bool,
    /// Whether a delete in transition is refused.
    pub(crate) delete_refused_in_transition: bool,
    /// Whether an update checks that its function exists.
    pub(crate) update_checks_function: bool,
    /// Whether an update checks that a version or alias exists.
    pub(crate) update_checks_qualifier: bool,
    /// Whether an update is refused that changes nothing.
    pub(crate) update_refuses_same: bool,
    /// Whether a deleted mapping is kept.
    pub(crate) keeps_deleted: bool,
    /// Whether a creation is refused of what exists already.
    pub(crate) create_refuses_twins: bool,
    /// Whether an update is refused that makes a mapping the twin of another.
    pub(crate) update_refuses_twins: bool,
    /// Whether an SQS mapping without a window may have a batch of more than 10.
    pub(crate) source_limits_batch: bool,
    /// How much longer than the settling time a transition takes.
    pub(crate) extra_settling: Duration,
    /// Whether the state is settled in the very answer of Create and Update.
    pub(crate) settles_in_answer: bool,
    /// List goes by the function that a mapping was made with.
    pub(crate) lists_by_first_function: bool,
    /// How long a request holds the mapping it read before it writes it back; `Some` loses
    /// concurrent updates.
    pub(crate) race: Option<Duration>,
    /// Whether header names are written as `Content-Type`; on the wire only.
    pub(crate) title_case_headers: bool,
    pub(crate) delivery: Delivery,
    pub(crate) on_call: Vec<CallHook>,
    pub(crate) objects_to_call: Vec<CallObjection>,
    /// Change the members of a creation before their types are read.
    pub(crate) on_creation: Vec<MemberHook>,
    pub(crate) on_members: Vec<MemberHook>,
    pub(crate) objects_to_sent: Vec<MemberObjection>,
    pub(crate) on_commit: Vec<CommitHook>,
    pub(crate) on_refusal: Vec<RefusalHook>,
    pub(crate) on_read: Vec<ReadHook>,
    pub(crate) on_get: Vec<VisitHook>,
    pub(crate) on_delete: Vec<VisitHook>,
    /// Replaces the look-up of Update's UUID.
    pub(crate) find_for_update: Option<FindHook>,
    /// Replaces the look-up of Get's UUID.
    pub(crate) find_for_get: Option<FindHook>,
    /// Replaces the look-up of Delete's UUID.
    pub(crate) find_for_delete: Option<FindHook>,
    pub(crate) on_reply: Vec<ReplyHook>,
    pub(crate) on_wire: Vec<WireHook>,
    pub(crate) on_answer: Vec<AnswerHook>,
    /// Every how many requests to Lambda one is refused as too many, with that status and error
    /// type.
    pub(crate) throttles: Option<(u64, u16, &'static str)>,
}

impl Rules {
    /// The constraints of the 2018 page.
    fn page() -> Self {
        Self {
            batch_size: 1..=10_000,
            name_length: 1..=140,
            bare_name_longest: 64,
            grammar: Grammar::page(),
        }
    }

    /// The constraints of the other pages of that time.
    fn of_other_pages() -> Self {
        Self {
            grammar: Grammar::of_other_pages(),
            ..Self::page()
        }
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            polls: Box::new(|mapping, now| mapping.state(now) == Some(State::Enabled)),
            receivers: Box::new(|_, mapping| vec![mapping.function.clone()]),
            position_of: |mapping| mapping.uuid.clone(),
            delay: Duration::ZERO,
        }
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            create: Rules::of_other_pages(),
            list: Rules::of_other_pages(),
            update: Rules::page(),
            update_refused_in_transition: true,
            delete_refused_in_transition: true,
            update_checks_function: true,
            update_checks_qualifier: true,
            update_refuses_same: false,
            keeps_deleted: false,
            create_refuses_twins: true,
            update_refuses_twins: true,
            source_limits_batch: true,
            extra_settling: Duration::ZERO,
            settles_in_answer: false,
            lists_by_first_function: false,
            race: None,
            title_case_headers: false,
            delivery: Delivery::default(),
            on_call: Vec::new(),
            objects_to_call: Vec::new(),
            on_creation: Vec::new(),
            on_members: Vec::new(),
            objects_to_sent: Vec::new(),
            on_commit: Vec::new(),
            on_refusal: Vec::new(),
            on_read: Vec::new(),
            on_get: Vec::new(),
            on_delete: Vec::new(),
            find_for_update: None,
            find_for_get: None,
            find_for_delete: None,
            on_reply: Vec::new(),
            on_wire: Vec::new(),
            on_answer: Vec::new(),
            throttles: None,
        }
    }
}
