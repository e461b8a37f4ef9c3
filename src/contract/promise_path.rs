//! The path of a promise, taken apart: `request::Capacity::range::max` is the id of a promise
//! without its operation.

/// A path, or the beginning of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PromisePath<'a>(&'a str);

impl<'a> PromisePath<'a> {
    pub(crate) fn new(path: &'a str) -> Self {
        Self(path)
    }

    /// The path of the promise of that id.
    pub(crate) fn of_id(id: &'a str) -> Self {
        Self(id.split_once("::").map_or(id, |(_, path)| path))
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    /// The part of the contract: `request`, `response`, `error`, `rule` or `protocol`.
    pub(crate) fn part(self) -> &'a str {
        self.0.split("::").next().unwrap_or_default()
    }

    /// The member of requests that it is about.
    pub(crate) fn request_member(self) -> Option<&'a str> {
        self.second_of("request")
    }

    /// The member of answers that it is about.
    pub(crate) fn response_member(self) -> Option<&'a str> {
        self.second_of("response")
    }

    /// The id of the rule that it is.
    pub(crate) fn rule(self) -> Option<&'a str> {
        self.0.strip_prefix("rule::")
    }

    /// What it is about: part and member, or part and rule.
    pub(crate) fn subject(self) -> &'a str {
        let end = self.0.match_indices("::").nth(1);
        end.map_or(self.0, |(at, _)| self.0.get(..at).unwrap_or(self.0))
    }

    /// What it says of its subject in the end: `max`, `pattern`, `optional`.
    pub(crate) fn last(self) -> &'a str {
        self.0.rsplit("::").next().unwrap_or(self.0)
    }

    /// All but [`last`](Self::last).
    pub(crate) fn but_last(self) -> &'a str {
        self.0.rsplit_once("::").map_or(self.0, |(rest, _)| rest)
    }

    /// How many words it has.
    pub(crate) fn depth(self) -> usize {
        self.0.split("::").count()
    }

    /// Whether one of its words is that.
    pub(crate) fn names(self, word: &str) -> bool {
        self.0.split("::").any(|own| own == word)
    }

    /// For a promise about a member of answers the same of requests.
    pub(crate) fn as_request(self) -> Option<String> {
        let rest = self.0.strip_prefix("response::")?;
        Some(format!("request::{rest}"))
    }

    fn second_of(self, part: &str) -> Option<&'a str> {
        self.0
            .strip_prefix(part)?
            .strip_prefix("::")?
            .split("::")
            .next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let bound = PromisePath::of_id("update::request::BatchSize::range::max");
        assert_eq!(bound.as_str(), "request::BatchSize::range::max");
        assert_eq!((bound.part(), bound.last()), ("request", "max"));
        assert_eq!(bound.subject(), "request::BatchSize");
        assert_eq!(bound.but_last(), "request::BatchSize::range");
        assert_eq!(bound.request_member(), Some("BatchSize"));
        assert_eq!((bound.response_member(), bound.rule()), (None, None));
        assert!(bound.names("range") && !bound.names("ange") && bound.depth() == 4);

        let shown = PromisePath::new("response::State::enum");
        assert_eq!(shown.response_member(), Some("State"));
        assert_eq!(shown.as_request().as_deref(), Some("request::State::enum"));
        let rule = PromisePath::new("rule::read-back");
        assert_eq!(
            (rule.rule(), rule.subject()),
            (Some("read-back"), "rule::read-back")
        );
        assert_eq!(rule.as_request(), None);
        // A class of violations is no path, and has no parts.
        let class = PromisePath::new("range");
        assert_eq!((class.depth(), class.last()), (1, "range"));
        assert_eq!(PromisePath::new("requests::x").request_member(), None);
    }
}
