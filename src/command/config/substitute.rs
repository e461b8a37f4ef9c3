//! `${NAME}` and `${NAME:-default}` in texts: variables of the environment. `$${` is `${` itself.

/// The text with its variables filled in. A variable that is empty counts as not set, as it does
/// elsewhere.
pub(super) fn filled(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut rest = text;
    let mut whole = String::new();
    while let Some(at) = rest.find('$') {
        let (before, found) = rest.split_at(at);
        whole.push_str(before);
        if let Some(after) = found.strip_prefix("$${") {
            whole.push_str("${");
            rest = after;
        } else if let Some(inside) = found.strip_prefix("${") {
            let (named, after) = inside
                .split_once('}')
                .ok_or("`${` has no `}`; `$${` stands for `${` itself")?;
            let (name, default) = match named.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (named, None),
            };
            if !is_name(name) {
                return Err(format!("expected the name of a variable in `${{{named}}}`"));
            }
            let value = variable(name).filter(|value| !value.is_empty());
            match value.as_deref().or(default) {
                Some(value) => whole.push_str(value),
                None => {
                    return Err(format!(
                        "the variable {name} is not set; `${{{name}:-…}}` would give it a default"
                    ));
                }
            }
            rest = after;
        } else {
            whole.push('$');
            rest = found.get(1..).unwrap_or_default();
        }
    }

    whole.push_str(rest);
    Ok(whole)
}

/// Whether a shell would take it for the name of a variable.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::filled;

    fn with(text: &str) -> Result<String, String> {
        filled(text, &|name| match name {
            "HOST" => Some("127.0.0.1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        })
    }

    #[test]
    fn variables_are_filled_in() {
        let texts = [
            ("http://${HOST}:${PORT:-5000}/", "http://127.0.0.1:5000/"),
            ("${HOST}${HOST}", "127.0.0.1127.0.0.1"),
            ("${EMPTY:-a}", "a"),
            ("${PORT:-}", ""),
            ("$${HOST} $HOST $", "${HOST} $HOST $"),
            ("é${HOST}é", "é127.0.0.1é"),
        ];
        for (text, expected) in texts {
            assert_eq!(with(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(with("${PORT}").is_err_and(|e| e.contains("the variable PORT is not set")));
        assert!(with("${EMPTY}").is_err_and(|e| e.contains("EMPTY is not set")));
        assert!(with("${HOST").is_err_and(|e| e.contains("has no `}`")));
        assert!(with("${}").is_err_and(|e| e.contains("the name of a variable")));
        assert!(with("${9}").is_err_and(|e| e.contains("the name of a variable")));
    }
}
