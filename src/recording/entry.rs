//! One exchange of a recording that says of no case, and the operation it is of.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::plan::case::{Action, Operations};
use crate::support::percent::percent_decode;
use crate::wire::exchange::{Exchange, Request};

/// An exchange and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The line of the file it begins on.
    pub(crate) line: usize,
    /// The host and port it went to, where the recording says so.
    pub(crate) host: String,
    /// When it was sent and when its answer was whole, in milliseconds since 1970.
    pub(crate) span: Option<(i64, i64)>,
    /// Whether the request's body may be less than was sent, as where a tool cuts what is long.
    pub(crate) body_cut: bool,
    pub(crate) exchange: Exchange,
}

/// What was read from a recording without cases.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// In the order they were sent.
    pub(crate) all: Vec<Entry>,
    /// How many have no answer, or one whose body was not recorded.
    pub(crate) unanswered: usize,
}

/// The operation a request is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation<'a> {
    pub(crate) action: Action,
    pub(crate) contract: &'a Contract,
}

/// The operation that the method and the path name, and the label of the path.
pub(super) fn operation<'a>(
    operations: &Operations<'a>,
    request: &Request,
) -> Option<(Operation<'a>, Option<String>)> {
    [
        Action::Create,
        Action::Update,
        Action::Read,
        Action::List,
        Action::Delete,
    ]
    .into_iter()
    .find_map(|action| {
        let contract = operations.of(action);
        if contract.http.method != request.method {
            return None;
        }
        let label = label(&contract.http.uri, &request.path)?;
        Some((Operation { action, contract }, label))
    })
}

/// Whether a path is that of a template with at most one label, and what stands for the label.
///
/// The paths without one were published with a slash at the end, and later without.
fn label(template: &str, path: &str) -> Option<Option<String>> {
    let path = path.split(['?', '#']).next()?;
    let path = path.strip_suffix('/').unwrap_or(path);
    // A query that every request has says nothing of the label.
    let template = template.split('?').next()?;
    let Some((before, rest)) = template.split_once('{') else {
        return (path == template.strip_suffix('/').unwrap_or(template)).then_some(None);
    };
    let (name, after) = rest.split_once('}')?;
    let label = path.strip_prefix(before)?.strip_suffix(after)?;
    (!label.is_empty() && (name.ends_with('+') || !label.contains('/')))
        .then(|| Some(percent_decode(label)))
}

/// The places of entries that were under way at the same time as another: what one of them saw of
/// the other nobody knows. An entry without times came after the one before it.
pub(super) fn overlapping(entries: &[&Entry]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    // The entry whose answer came last so far.
    let mut last: Option<(usize, i64)> = None;
    for (place, entry) in entries.iter().enumerate() {
        let Some((start, end)) = entry.span else {
            continue;
        };
        if let Some((other, until)) = last
            && start < until
        {
            found.extend(other..=place);
        }
        if last.is_none_or(|(_, until)| end >= until) {
            last = Some((place, end));
        }
    }

    found
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn paths() {
        let one = "/2015-03-31/event-source-mappings/{UUID}";
        let all = "/2015-03-31/event-source-mappings";
        let check = |template: &str, path: &str, expected: Option<Option<&str>>| {
            assert_eq!(
                label(template, path),
                expected.map(|l| l.map(str::to_owned)),
                "{path}"
            );
        };

        check(
            one,
            "/2015-03-31/event-source-mappings/a%2Db?x=1",
            Some(Some("a-b")),
        );

        check(one, "/2015-03-31/event-source-mappings/", None);
        check(one, "/2015-03-31/event-source-mappings/a/b", None);
        check(all, "/2015-03-31/event-source-mappings/", Some(None));
        check(
            all,
            "/2015-03-31/event-source-mappings?MaxItems=1",
            Some(None),
        );

        check(all, "/2015-03-31/functions", None);
        check(one, "", None);

        let (greedy, plain) = ("/o/{Key+}?mode=whole", "/o/{Key}?mode=whole");
        check(greedy, "/o/a/b%20c?mode=whole", Some(Some("a/b c")));
        check(plain, "/o/a?mode=whole", Some(Some("a")));
        check(plain, "/o/a/b?mode=whole", None);
    }
}
