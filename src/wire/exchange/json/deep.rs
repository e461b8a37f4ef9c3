//! Documents that are nested deeper than the parser follows.
//!
//! JSON sets no limit (RFC 8259, section 9), and the parser has one. What lies deeper is of no
//! interest to a judge, but the members at the top are: a reader that gave up would hold its own
//! limit against the target.

use serde::de::IgnoredAny;

/// How deep a document is read. The parser's own limit is 128.
const DEEPEST: usize = 100;

/// The document, with `null` in place of every array and object that is nested deeper than it is
/// read; `None` where the body is no JSON document.
pub(super) fn shortened(body: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(body).ok()?;
    // The parser skips what nobody asks for in a loop, however deep that is, and checks its syntax.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;

    let mut short = Vec::with_capacity(body.len().min(4096));
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in body.iter().copied() {
        let deeper = depth > DEEPEST;
        if in_string {
            (in_string, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
        } else {
            match byte {
                b'"' => in_string = true,
                b'[' | b'{' => {
                    depth += 1;
                    if depth == DEEPEST + 1 {
                        short.extend_from_slice(b"null");
                    }
                }
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if !deeper && depth <= DEEPEST {
            short.push(byte);
        }
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_too_deep_is_left_out() {
        let deep =
            |depth: usize| format!("{}1{}", "[{\"\\\"]\": ".repeat(depth), "}]".repeat(depth));
        for depth in [50, 51, 64, 100_000] {
            let body = format!("{{\"a\": {}, \"b\": [2, \"}}\"]}}", deep(depth));
            let short = shortened(body.as_bytes()).expect("JSON");
            let value: serde_json::Value = serde_json::from_slice(&short).expect("JSON");
            assert_eq!(value["b"], serde_json::json!([2, "}"]), "{depth}");
        }
    }

    #[test]
    fn what_is_no_json_stays_so() {
        for body in [
            "[".repeat(100_000),
            format!("{}x{}", "[".repeat(200), "]".repeat(200)),
        ] {
            assert_eq!(shortened(body.as_bytes()), None);
        }
    }
}
