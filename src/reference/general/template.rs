//! The path of an operation, labels in braces, against the path of a request.

use crate::support::percent::percent_decode;

/// A path with labels, and the query that every request of the operation has.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
    query: Vec<(String, Segment)>,
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Label(String),
    /// A label that keeps its slashes.
    Greedy(String),
}

impl Template {
    /// Takes the path of a contract apart.
    pub(crate) fn parse(uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self {
            segments: segments(path).map(Segment::parse).collect(),
            query: pairs
                .map(|(name, value)| (percent_decode(name), Segment::parse(value)))
                .collect(),
        }
    }

    /// The labels of a path and a query that have this form.
    pub(crate) fn labels(&self, path: &str, query: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut given = segments(path);
        for segment in &self.segments {
            let text = given.next()?;
            match segment {
                Segment::Literal(literal) if percent_decode(text) == *literal => {}
                Segment::Label(name) if !text.is_empty() => {
                    found.push((name.clone(), percent_decode(text)));
                }
                Segment::Greedy(name) if !text.is_empty() => {
                    let rest = given
                        .by_ref()
                        .fold(text.to_owned(), |all, next| all + "/" + next);
                    found.push((name.clone(), percent_decode(&rest)));
                }
                _ => return None,
            }
        }
        if given.next().is_some() {
            return None;
        }

        for (name, expected) in &self.query {
            let text = parameter(query, name)?;
            match expected {
                Segment::Literal(literal) if *literal == text => {}
                Segment::Label(label) | Segment::Greedy(label) => found.push((label.clone(), text)),
                Segment::Literal(_) => return None,
            }
        }
        Some(found)
    }

    /// How much of the path is fixed: of several operations that a path may mean it is the one of
    /// which most is.
    pub(crate) fn rank(&self) -> usize {
        let literals = self
            .segments
            .iter()
            .filter(|segment| matches!(segment, Segment::Literal(_)));
        literals.count() + self.query.len()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        let inside = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match inside.map(|name| (name, name.strip_suffix('+'))) {
            Some((_, Some(name))) => Self::Greedy(name.to_owned()),
            Some((name, None)) => Self::Label(name.to_owned()),
            None => Self::Literal(percent_decode(text)),
        }
    }
}

/// The segments of a path. A slash at its end makes no difference.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}

/// A parameter of a query, decoded.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.find_map(|pair| {
        let (own, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode(own) == name).then(|| percent_decode(value))
    })
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[track_caller]
    fn check(uri: &str, path: &str, query: &str, expected: Option<&[(&str, &str)]>) {
        let found = Template::parse(uri).labels(path, query);
        let expected = expected.map(|pairs| {
            let pairs = pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            pairs.collect::<Vec<_>>()
        });
        assert_eq!(found, expected, "{uri} {path}?{query}");
    }

    #[test]
    fn labels_are_read_from_the_path() {
        check("/shelves", "/shelves", "", Some(&[]));
        check("/shelves/", "/shelves", "x=1", Some(&[]));
        check("/shelves", "/shelf", "", None);
        check(
            "/shelves/{Id}",
            "/shelves/a%2Fb",
            "",
            Some(&[("Id", "a/b")]),
        );
        check("/shelves/{Id}", "/shelves/", "", None);
        check("/shelves/{Id}", "/shelves/a/b", "", None);
        check(
            "/rooms/{Room+}/",
            "/rooms/a/b",
            "",
            Some(&[("Room", "a/b")]),
        );
        check(
            "/rooms/{Id}/books",
            "/rooms/1/books",
            "",
            Some(&[("Id", "1")]),
        );
        check("/x?list-type=2", "/x", "list-type=2&a=b", Some(&[]));
        check("/x?list-type=2", "/x", "list-type=1", None);
        check(
            "/x?room={Room}",
            "/x",
            "room=a%20b",
            Some(&[("Room", "a b")]),
        );
    }

    #[test]
    fn what_is_fixed_counts() {
        let rank = |uri: &str| Template::parse(uri).rank();
        assert!(rank("/shelves/new") > rank("/shelves/{Id}"));
        assert!(rank("/x?acl") > rank("/x"));
    }
}
