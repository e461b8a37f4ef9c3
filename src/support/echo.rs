//! What messages repeat of somebody's input: cut where it is long, and with the known word that was
//! probably meant.
//!
//! Input may be a key of 200 KB or an id of a million characters. A message is for a person, and
//! stays short whatever it is about; and looking for a word that is like another takes time that
//! grows with the length of both.

use std::borrow::Cow;

/// So many characters of one piece of input are repeated. Ids and keys that are known are shorter.
const PIECE: usize = 200;
/// So many characters of one line of a message are shown, half of them from its end.
const LINE: usize = 1200;
/// Nothing longer, in bytes, is taken for a misspelt name.
const LONGEST_NAME: usize = 256;
/// How like each other two words must be for one to be taken for the other, of 0 to 1.
const LIKE: f64 = 0.8;
/// How serde begins what it says of a key or a value that it does not know, and how messages do.
const UNKNOWN: [(&str, &str); 2] = [
    ("unknown field `", "unknown field `"),
    ("unknown variant `", "unknown value `"),
];

/// A piece of input as messages repeat it: whole, or its beginning with an ellipsis and its length.
pub(crate) fn shown(piece: &str) -> Cow<'_, str> {
    match piece.char_indices().nth(PIECE) {
        Some((cut, _)) => {
            format!("{}… ({} characters)", &piece[..cut], piece.chars().count()).into()
        }
        None => piece.into(),
    }
}

/// A message that may repeat any input, as those of parsers do: each of its lines is cut in the
/// middle where it is long.
pub(crate) fn message(text: &str) -> Cow<'_, str> {
    if text.lines().all(|line| line.len() <= LINE) {
        return text.into();
    }
    text.lines().map(line).collect::<Vec<_>>().join("\n").into()
}

/// What serde says of a text that it cannot read, with the known word that was probably meant.
pub(crate) fn with_hint(text: &str) -> String {
    let unknown = UNKNOWN.iter().find_map(|(of_serde, start)| {
        let rest = text.strip_prefix(of_serde)?;
        Some((*start, rest.rsplit_once("`, expected ")?))
    });

    let Some((start, (word, expected))) = unknown else {
        return message(text).into_owned();
    };
    // Each known word stands between backticks.
    let known = expected.split('`').skip(1).step_by(2);
    format!(
        "{start}{}`, expected {}{}",
        shown(word),
        message(expected),
        did_you_mean(word, known)
    )
}

/// `; did you mean …?`, where one of the known words is like that one; else nothing.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known)
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// The known name that is most like this one, where one is like it at all.
///
/// Ids have parts with `::` between them and begin alike, so that of these the edits are counted;
/// words are alike if most of their letters are.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return None;
    }
    let name = name.to_lowercase();
    let unlike = |other: &str| match other.len() <= LONGEST_NAME {
        true if other.contains("::") => edits(&name, other),
        true => Some(1.0 - strsim::jaro_winkler(&name, &other.to_lowercase()))
            .filter(|unlike| *unlike <= 1.0 - LIKE),
        false => None,
    };

    let ranked = known
        .into_iter()
        .filter_map(|other| Some((unlike(other)?, other)));
    ranked
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

fn line(line: &str) -> Cow<'_, str> {
    let half = LINE / 2;
    let count = line.chars().count();
    if count <= LINE {
        return line.into();
    }
    let place = |at: usize| {
        line.char_indices()
            .nth(at)
            .map_or(line.len(), |(place, _)| place)
    };

    let (start, end) = (&line[..place(half)], &line[place(count - half)..]);
    format!(
        "{start} … ({} characters are left out here) … {end}",
        count - 2 * half
    )
    .into()
}

/// How many edits lead from an id, in lower case, to another; none where that is more than one for
/// each four characters.
fn edits(id: &str, other: &str) -> Option<f64> {
    let other = other.to_lowercase();
    let most = id.chars().count().div_ceil(4);
    let begin_alike = id
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();

    let rest = |text: &str| text.chars().skip(begin_alike).collect::<Vec<char>>();
    let (mut id, mut other) = (rest(id), rest(&other));
    while id.last().is_some_and(|last| other.last() == Some(last)) {
        id.pop();
        other.pop();
    }

    if id.len().abs_diff(other.len()) > most {
        return None;
    }
    let count = strsim::osa_distance(&String::from_iter(id), &String::from_iter(other));
    u32::try_from(count)
        .ok()
        .filter(|_| count <= most)
        .map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        assert_eq!(shown("short"), "short");
        let long = "é".repeat(100_000);
        let told = shown(&long);
        assert!(
            told.starts_with("éé") && told.ends_with("é… (100000 characters)"),
            "{told}"
        );
        assert_eq!(told.chars().filter(|c| *c == 'é').count(), PIECE);
    }

    #[test]
    fn messages() {
        let text = format!(
            "invalid type: string \"{}\", expected a boolean\nnext",
            "x".repeat(5000)
        );
        let told = message(&text);
        assert!(
            told.len() < 1400
                && told.starts_with("invalid type")
                && told.ends_with("expected a boolean\nnext")
        );
        assert_eq!(message("as it is\n"), "as it is\n");
    }

    #[test]
    fn hints() {
        let check = |text: &str, expected: &str| assert_eq!(with_hint(text), expected);
        check(
            "unknown field `sais`, expected one of `id`, `says`",
            "unknown field `sais`, expected one of `id`, `says`; did you mean `says`?",
        );

        check(
            "unknown variant `q`, expected `queue` or `any`",
            "unknown value `q`, expected `queue` or `any`",
        );

        check("missing field `id`", "missing field `id`");
        let long = format!("unknown field `{}`, expected `says`", "k".repeat(200_000));
        assert!(
            with_hint(&long).len() < 400 && with_hint(&long).ends_with("expected `says`"),
            "{}",
            with_hint(&long)
        );
    }

    #[test]
    fn nearest_names() {
        let keys = ["rate", "settle-timeout", "targets", "link"];
        for (word, expected) in [
            ("rat", Some("rate")),
            ("setle-timeout", Some("settle-timeout")),
            ("lnik", Some("link")),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, keys), expected, "{word}");
        }
        let ids = [
            "a-b::request::BatchSize::range::min",
            "a-b::request::BatchSize::range::max",
            "a-b::rule::x",
        ];
        assert_eq!(
            nearest("a-b::request::BatchSize::range::mim", ids),
            Some(ids[0])
        );
        assert_eq!(
            nearest("a-b::request::batchsize::range::ma", ids),
            Some(ids[1])
        );
        assert_eq!(nearest("something else", ids), None);
        assert_eq!(nearest(&"a-b::rule::x".repeat(10_000), ids), None);
    }
}
