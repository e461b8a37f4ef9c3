//! How an operation that lists is asked for one page after another.

use serde_json::{Map, Value};

/// The members that pages are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pagination {
    /// The member of a request that says where its page begins.
    pub(crate) input_token: String,
    /// The member of an answer that says where the next page begins.
    pub(crate) output_token: String,
    /// The items of a page: a member of the answer, and members within it.
    pub(crate) items: Vec<String>,
    /// The member of a request that says how many items a page may have.
    pub(crate) page_size: Option<String>,
}

impl Pagination {
    /// Where the next page begins. Nothing, `null` and an empty text stand for no further page.
    pub(crate) fn next<'a>(&self, members: &'a Map<String, Value>) -> Option<&'a Value> {
        let token = members.get(&self.output_token)?;
        let ends = token.is_null() || token.as_str().is_some_and(str::is_empty);
        (!ends).then_some(token)
    }

    /// The items that a page shows. None where there is nothing under that name.
    pub(crate) fn items<'a>(&self, members: &'a Map<String, Value>) -> &'a [Value] {
        let mut path = self.items.iter();
        let first = path.next().and_then(|name| members.get(name));
        let last = path.fold(first, |value, name| value?.get(name));
        last.and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let pages = Pagination {
            input_token: "Marker".to_owned(),
            output_token: "NextMarker".to_owned(),
            items: vec!["Page".to_owned(), "Things".to_owned()],
            page_size: None,
        };
        let of = |value: Value| value.as_object().cloned().unwrap_or_default();
        let page = of(json!({"Page": {"Things": [1, 2]}, "NextMarker": "b"}));
        assert_eq!(pages.items(&page), [json!(1), json!(2)]);
        assert_eq!(pages.next(&page), Some(&json!("b")));
        for last in [
            json!({}),
            json!({"NextMarker": null}),
            json!({"NextMarker": ""}),
        ] {
            assert_eq!(pages.next(&of(last)), None);
        }
        assert!(pages.items(&of(json!({"Page": []}))).is_empty());
    }
}
