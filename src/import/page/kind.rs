//! The types that pages write in words: `Array of strings`, `String to [Tag](API_Tag.md) object map`.

use super::markdown::{link_parts, plain};

/// A type as a page words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Worded {
    Scalar(Scalar),
    /// A type with a page of its own: its name, and the file of the page.
    Named {
        name: String,
        page: String,
    },
    Array(Box<Worded>),
    Map(Box<Worded>, Box<Worded>),
}

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
    Document,
}

/// The words of each type, in lower case and the singular.
const SCALARS: &[(&str, Scalar)] = &[
    ("string", Scalar::String),
    ("integer", Scalar::Integer),
    ("short", Scalar::Integer),
    ("byte", Scalar::Integer),
    ("long", Scalar::Long),
    ("float", Scalar::Float),
    ("double", Scalar::Double),
    ("boolean", Scalar::Boolean),
    ("timestamp", Scalar::Timestamp),
    ("base64-encoded binary data object", Scalar::Blob),
    ("base64-encoded binary data", Scalar::Blob),
    ("blob", Scalar::Blob),
    ("json value", Scalar::Document),
    ("document", Scalar::Document),
    // What an event of a stream may be.
    ("exception", Scalar::Document),
];

/// How deep types stand within each other at most. Pages have three.
const DEEPEST: usize = 16;

/// Reads the words behind `Type:`.
pub(super) fn read(words: &str) -> Option<Worded> {
    worded(words.trim().trim_end_matches(r"\.").trim(), 0)
}

fn worded(words: &str, depth: usize) -> Option<Worded> {
    let words = words.trim();
    if depth > DEEPEST {
        return None;
    }

    let lower = words.to_ascii_lowercase();
    for article in ["array of ", "arrays of ", "list of "] {
        if lower.starts_with(article) {
            let element = worded(words.get(article.len()..)?, depth + 1)?;
            return Some(Worded::Array(Box::new(element)));
        }
    }

    for end in [" map", " maps"] {
        if let Some((key, value)) = lower.strip_suffix(end).and_then(|_| {
            let inside = words.get(..words.len() - end.len())?;
            inside.split_once(" to ")
        }) {
            let (key, value) = (worded(key, depth + 1)?, worded(value, depth + 1)?);
            return Some(Worded::Map(Box::new(key), Box::new(value)));
        }
    }

    scalar(words).map(Worded::Scalar).or_else(|| named(words))
}

fn scalar(words: &str) -> Option<Scalar> {
    let shown = plain(words).to_ascii_lowercase();
    let find = |text: &str| SCALARS.iter().find(|(word, _)| *word == text);
    let singular = shown.strip_suffix('s').unwrap_or(&shown);
    let found = find(&shown).or_else(|| find(singular));
    found.map(|(_, scalar)| *scalar)
}

/// `[Tag](API_Tag.md) object`, or the same without the word.
fn named(words: &str) -> Option<Worded> {
    let link = ["objects", "object"]
        .iter()
        .find_map(|end| words.strip_suffix(end))
        .unwrap_or(words)
        .trim();
    if let Some((name, page)) = link_parts(link) {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let page = page.split('#').next().unwrap_or(page);
        return is_name.then(|| Worded::Named {
            name: name.to_owned(),
            page: page.to_owned(),
        });
    }

    // Without a link the page goes by the name.
    let is_name = link.starts_with(|c: char| c.is_ascii_uppercase())
        && link.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && link != words;
    is_name.then(|| Worded::Named {
        name: link.to_owned(),
        page: format!("API_{link}.md"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Scalar, Worded, read};

    fn tag() -> Worded {
        Worded::Named {
            name: "Tag".to_owned(),
            page: "API_Tag.md".to_owned(),
        }
    }

    fn string() -> Worded {
        Worded::Scalar(Scalar::String)
    }

    #[test]
    fn types_in_words() {
        let array = |of: Worded| Worded::Array(Box::new(of));
        let map = |to: Worded| Worded::Map(Box::new(string()), Box::new(to));
        for (words, expected) in [
            ("String", string()),
            (
                r"Base64\-encoded binary data object",
                Worded::Scalar(Scalar::Blob),
            ),
            ("JSON value", Worded::Scalar(Scalar::Document)),
            ("Array of strings", array(string())),
            ("Array of Tag objects", array(tag())),
            ("Array of [ Tag ](API_Tag.md) objects", array(tag())),
            ("[Tag](API_Tag.md) object", tag()),
            (
                "Array of arrays of integers",
                array(array(Worded::Scalar(Scalar::Integer))),
            ),
            ("String to string map", map(string())),
            ("String to double map", map(Worded::Scalar(Scalar::Double))),
            ("String to [Tag](API_Tag.md) object map", map(tag())),
            ("String to array of strings map", map(array(string()))),
            ("String to string to string map map", map(map(string()))),
            ("Array of string to string maps", array(map(string()))),
        ] {
            assert_eq!(read(words), Some(expected), "{words}");
        }
        for words in [
            "",
            "Shelf",
            "Array of",
            "String to map",
            "[](x) object",
            "a to b map",
        ] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
