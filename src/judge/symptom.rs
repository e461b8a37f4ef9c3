//! How a broken promise shows: the last part of a finding's identity.

use std::fmt;

/// How a broken promise shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symptom {
    /// The connection could not be made, or was closed without an answer.
    NoAnswer,
    /// No whole answer within the time limit.
    TimedOut,
    /// The answer ended before it was complete.
    Cut,
    /// The answer's body is larger than the limit.
    TooLarge,
    /// What came back is not HTTP.
    NotHttp,
    /// A status of 500 or more.
    ServerError,
    /// A request that a case is about was answered with such a status, so that nothing shows that
    /// its promise is kept.
    Crashed,
    /// An invalid request was accepted.
    Accepted,
    /// A valid request was refused.
    Refused,
    /// Two values that every revision treats alike were treated differently.
    Inconsistent,
    /// Accepted, with another status than the documented one.
    WrongStatus,
    /// Refused, but not for the fault it had.
    WrongRefusal,
    /// A documented error type with another status than the documented one.
    WrongErrorStatus,
    /// A refusal that names no error type.
    NoErrorType,
    /// A refusal that names different error types in different places.
    TwoErrorTypes,
    /// Not labelled as JSON.
    ContentType,
    /// Labelled with a content coding nobody asked for.
    ContentCoding,
    /// Not one JSON document.
    NotJson,
    /// A member stands twice, or an entry of a list.
    MemberTwice,
    /// A member that is always there is not.
    Missing,
    /// A member has another type.
    WrongType,
    /// A member is outside its documented values.
    OutOfContract,
    /// The answer does not say what was sent.
    NotEchoed,
    /// A read after the update does not show what was sent.
    NotStored,
    /// The state does not follow from what was sent.
    WrongState,
    /// A transition does not end.
    NeverSettles,
    /// Something that was not sent changed.
    Changed,
    /// A refused request changed something.
    ChangedByRefusal,
    /// What never changes did.
    Mutated,
    /// The answer and a read after it disagree.
    ReadDisagrees,
    /// The resource cannot be read any more.
    Gone,
    /// Something that does not exist came into being.
    Created,
    /// Something that was removed is still there.
    Lingers,
    /// Something went back that only goes forward.
    WentBack,
    /// Something stands still that should go forward.
    StandsStill,
    /// A member holds a value where it is documented to hold none.
    NotNull,
    /// A record reached a function that it should not have.
    Delivered,
    /// A record did not reach the function that it should have.
    NotDelivered,
}

impl Symptom {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 38] = [
        Self::NoAnswer,
        Self::TimedOut,
        Self::Cut,
        Self::TooLarge,
        Self::NotHttp,
        Self::ServerError,
        Self::Crashed,
        Self::Accepted,
        Self::Refused,
        Self::Inconsistent,
        Self::WrongStatus,
        Self::WrongRefusal,
        Self::WrongErrorStatus,
        Self::NoErrorType,
        Self::TwoErrorTypes,
        Self::ContentType,
        Self::ContentCoding,
        Self::NotJson,
        Self::MemberTwice,
        Self::Missing,
        Self::WrongType,
        Self::OutOfContract,
        Self::NotEchoed,
        Self::NotStored,
        Self::WrongState,
        Self::NeverSettles,
        Self::Changed,
        Self::ChangedByRefusal,
        Self::Mutated,
        Self::ReadDisagrees,
        Self::Gone,
        Self::Created,
        Self::Lingers,
        Self::WentBack,
        Self::StandsStill,
        Self::NotNull,
        Self::Delivered,
        Self::NotDelivered,
    ];
}

impl Symptom {
    /// Whether the service failed, or left a request without an answer that can be read.
    pub(crate) fn is_failure(self) -> bool {
        matches!(
            self,
            Self::ServerError
                | Self::Crashed
                | Self::NoAnswer
                | Self::TimedOut
                | Self::Cut
                | Self::TooLarge
                | Self::NotHttp
        )
    }

    /// Whether the network may be to blame, or a time limit of ours. Everything else was answered
    /// by the target.
    pub(crate) fn may_be_the_network(self) -> bool {
        matches!(
            self,
            Self::NoAnswer | Self::Cut | Self::TimedOut | Self::NeverSettles | Self::NotDelivered
        )
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer => "no-answer",
            Self::TimedOut => "timed-out",
            Self::Cut => "cut",
            Self::TooLarge => "too-large",
            Self::NotHttp => "not-http",
            Self::ServerError => "server-error",
            Self::Crashed => "crashed",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Inconsistent => "inconsistent",
            Self::WrongStatus => "wrong-status",
            Self::WrongRefusal => "wrong-refusal",
            Self::WrongErrorStatus => "wrong-error-status",
            Self::NoErrorType => "no-error-type",
            Self::TwoErrorTypes => "two-error-types",
            Self::ContentType => "content-type",
            Self::ContentCoding => "content-coding",
            Self::NotJson => "not-json",
            Self::MemberTwice => "member-twice",
            Self::Missing => "missing",
            Self::WrongType => "wrong-type",
            Self::OutOfContract => "out-of-contract",
            Self::NotEchoed => "not-echoed",
            Self::NotStored => "not-stored",
            Self::WrongState => "wrong-state",
            Self::NeverSettles => "never-settles",
            Self::Changed => "changed",
            Self::ChangedByRefusal => "changed-by-refusal",
            Self::Mutated => "mutated",
            Self::ReadDisagrees => "read-disagrees",
            Self::Gone => "gone",
            Self::Created => "created",
            Self::Lingers => "lingers",
            Self::WentBack => "went-back",
            Self::StandsStill => "stands-still",
            Self::NotNull => "not-null",
            Self::Delivered => "delivered",
            Self::NotDelivered => "not-delivered",
        })
    }
}
