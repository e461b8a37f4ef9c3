//! The methods and paths of the operations of a service.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::visible_folders;
use crate::support::files::{FileError, Files};

/// What a contract file says of method and path; the rest is for its own reader.
#[derive(Deserialize)]
struct Reached {
    http: Route,
}

/// The method and the path of an operation.
#[derive(Clone, Debug, Deserialize)]
struct Route {
    method: String,
    uri: String,
}

/// The methods and paths of all operations of a service, in all of their revisions.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(Vec<Route>);

impl Routes {
    /// Reads those of the service in that folder.
    ///
    /// # Errors
    /// Where the folders of the service cannot be read.
    pub(super) fn read(files: &Files, service: &str) -> Result<Self, FileError> {
        let mut routes = Vec::new();
        for operation in visible_folders(files, service)? {
            let path = format!("{service}/{operation}");
            let names = files.list(&path)?;
            let contracts = names.iter().filter(|name| name.starts_with("contract."));
            for name in contracts {
                let file = files.read(&format!("{path}/{name}"))?;
                // What is wrong with the file of another operation is told where that is planned.
                if let Ok(reached) = file.parse::<Reached>() {
                    routes.push(reached.http);
                }
            }
        }
        Ok(Self(routes))
    }

    /// The methods that are documented at a path, whatever its labels are called.
    pub(super) fn methods_at(&self, uri: &str) -> BTreeSet<String> {
        let here = shape(uri);
        let routes = self.0.iter().filter(|route| shape(&route.uri) == here);
        routes.map(|route| route.method.clone()).collect()
    }

    /// Whether what is left of a path without one of its labels may be the path of an operation with
    /// that method. Some servers take an empty segment for none.
    pub(super) fn knows_without(&self, method: &str, uri: &str, label: &str) -> bool {
        let is_left_out = |part: &&str| {
            let name = part.trim_start_matches('{').trim_end_matches(['}', '+']);
            part.starts_with('{') && name == label
        };
        let left: Vec<&str> = parts(uri).filter(|part| !is_left_out(part)).collect();
        let is_like = |route: &&Route| {
            let own: Vec<&str> = parts(&route.uri).collect();
            let same = |(own, left): (&&str, &&str)| own.starts_with('{') || own == left;
            let is_greedy = own.last().is_some_and(|last| last.ends_with("+}"));
            let fits = match is_greedy {
                true => own.len() <= left.len(),
                false => own.len() == left.len(),
            };
            fits && own.iter().zip(&left).all(same)
        };
        let mut here = self.0.iter().filter(is_like);
        here.any(|route| route.method == method)
    }
}

/// A path without what labels are called, its query and a slash at its end.
fn shape(uri: &str) -> String {
    let part = |part| match str::starts_with(part, '{') {
        true => "{}",
        false => part,
    };
    parts(uri).map(part).collect::<Vec<_>>().join("/")
}

/// The segments of a path without its query, but for a slash at its end.
fn parts(uri: &str) -> impl Iterator<Item = &str> {
    let path = uri.split('?').next().unwrap_or_default();
    path.trim_end_matches('/').split('/')
}

#[cfg(test)]
mod tests {
    use super::{Route, Routes};

    #[test]
    fn what_is_left_of_a_path_may_be_that_of_another_operation() {
        let route = |(method, uri): &(&str, &str)| Route {
            method: (*method).to_owned(),
            uri: (*uri).to_owned(),
        };
        let all = [
            ("POST", "/apis"),
            ("POST", "/apis/{id}"),
            ("PUT", "/apis/{id}"),
            ("POST", "/tags/{arn}"),
            ("POST", "/tags/global/{arn}"),
            ("DELETE", "/files/{path+}"),
            ("DELETE", "/files/old/{id}"),
        ];
        let routes = Routes(all.iter().map(route).collect());
        for (method, uri, label, is_known) in [
            ("POST", "/apis/{id}", "id", true),
            ("PUT", "/apis/{id}", "id", false),
            ("POST", "/tags/global/{arn}", "arn", true),
            ("POST", "/tags/{arn}", "arn", false),
            ("DELETE", "/files/old/{id}", "id", true),
            ("DELETE", "/files/{path+}", "path", false),
        ] {
            let known = routes.knows_without(method, uri, label);
            assert_eq!(known, is_known, "{method} {uri}");
        }
        let methods: Vec<String> = routes.methods_at("/apis/{other}/").into_iter().collect();
        assert_eq!(methods, ["POST", "PUT"]);
    }
}
