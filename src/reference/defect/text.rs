//! Ways to misread a JSON text.

use serde_json::Value;

/// How deep the brackets of a text are nested, those in strings left out.
pub(super) fn depth(text: &[u8]) -> usize {
    let (mut deepest, mut depth, mut at) = (0, 0usize, 0);
    while let Some(c) = text.get(at) {
        match c {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }

    deepest
}

/// The first of the JSON documents that a text holds.
pub(super) fn first_document(text: &[u8]) -> Vec<u8> {
    let mut documents = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    match documents.next() {
        Some(Ok(_)) => text[..documents.byte_offset().min(text.len())].to_vec(),
        _ => text.to_vec(),
    }
}

/// Comments outside strings, cut out.
pub(super) fn without_comments(text: &[u8]) -> Vec<u8> {
    if serde_json::from_slice::<Value>(text).is_ok() {
        return text.to_vec();
    }
    let mut text = String::from_utf8_lossy(text).into_owned();
    while let Some((start, end)) = text
        .find("/*")
        .and_then(|s| Some((s, s + text.get(s..)?.find("*/")? + 2)))
    {
        text.replace_range(start..end, " ");
    }
    let lines = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(kept, _)| kept));
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

/// The backslashes of `\u` escapes doubled, in member names or in the other strings.
pub(super) fn undecoded(text: &[u8], names: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if *c != b'"' {
            out.push(*c);
            at += 1;
            continue;
        }
        let end = end_of_string(text, at);
        let after = text[end..].iter().find(|c| !c.is_ascii_whitespace());
        let string = &text[at..end];
        if (after == Some(&b':')) == names && !string.windows(2).any(|w| w == br"\\") {
            out.extend(
                String::from_utf8_lossy(string)
                    .replace(r"\u", r"\\u")
                    .into_bytes(),
            );
        } else {
            out.extend_from_slice(string);
        }
        at = end;
    }
    out
}

/// Where the string that starts with the quotation mark at `start` is over.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(c) = text.get(at) {
        match c {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}
