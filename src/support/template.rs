//! Templates and what is put into them.
//!
//! A plan is made before anything is known of the target, so its requests hold names such as
//! `${resource}`; the fixture finds out what they stand for. `${repeat 300 x}` stands for a text
//! repeated, and `${upper resource}` for what a name stands for, changed by one of the
//! [functions](Function).
//!
//! What a name stands for is data: it is filled in once and never read as a template again. A text
//! that came from elsewhere and is to stand in a template goes through [`literal`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What the names in templates stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bindings(BTreeMap<String, String>);

/// A template that cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    /// A name that nothing was captured for.
    Unbound(String),
    /// `${` without `}`.
    Unclosed,
    /// A `repeat` whose count is no number, or makes more than [`MAX_LENGTH`] bytes.
    Repeat(String),
}

/// How a template may change what a name stands for: near misses of identifiers that only the
/// target gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// In upper case.
    Upper,
    /// Without its last character.
    Cut,
    /// Without dashes.
    Undashed,
    /// Every byte percent-encoded.
    Encoded,
    /// The same, and each percent sign of that once more: what a label that holds it becomes in a
    /// path.
    EncodedTwice,
}

/// The longest text a template may make, in bytes: enough for every documented limit, too little to
/// hurt.
pub(crate) const MAX_LENGTH: usize = 16 << 20;

/// Bindings shorter than this, in bytes, are words that stand in texts by chance.
const TELLING: usize = 8;

/// What begins a reference in a template.
const OPENING: &str = "${";
/// A template of that, as text.
const WRITTEN_OPENING: &str = "${repeat 1 $}{";

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbound(name) => write!(f, "nothing is known for `${{{}}}`", shown(name)),
            Self::Unclosed => write!(f, "expected `}}` after `${{`"),
            Self::Repeat(text) => {
                write!(
                    f,
                    "expected `${{repeat COUNT TEXT}}`, at most {MAX_LENGTH} bytes, found `{}`",
                    shown(text)
                )
            }
        }
    }
}

impl Function {
    /// All of them, by the word that templates use.
    pub(crate) const ALL: [(&str, Self); 5] = [
        ("upper", Self::Upper),
        ("cut", Self::Cut),
        ("undashed", Self::Undashed),
        ("encoded", Self::Encoded),
        ("encoded-twice", Self::EncodedTwice),
    ];

    /// The function and the name, where what stands in the braces is `FUNCTION NAME`.
    pub(crate) fn of(inside: &str) -> Option<(Self, &str)> {
        let (word, name) = inside.split_once(' ')?;
        Some((Self::ALL.iter().find(|(known, _)| *known == word)?.1, name))
    }

    /// The word that templates use.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, function)| *function == self)
            .map_or("", |(word, _)| word)
    }

    fn apply(self, value: &str) -> String {
        match self {
            Self::Upper => value.to_uppercase(),
            Self::Cut => value
                .char_indices()
                .next_back()
                .map_or("", |(last, _)| &value[..last])
                .to_owned(),
            Self::Undashed => value.replace('-', ""),
            Self::Encoded => value.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            Self::EncodedTwice => value.bytes().map(|byte| format!("%25{byte:02X}")).collect(),
        }
    }
}

impl Bindings {
    /// Binds a name; a later binding replaces an earlier one.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// What a name stands for.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All bindings, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// These bindings, and the others where these have none.
    pub(crate) fn over(mut self, others: &Self) -> Self {
        for (name, value) in &others.0 {
            self.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self
    }

    /// The template that a text was filled in from, as far as it can be told: every value that a
    /// name stands for is replaced by that name. Values so short that they stand in texts by chance
    /// are left. All else is text, whatever it looks like: filled in with these bindings, the
    /// template is the text again.
    pub(crate) fn template(&self, text: &str) -> String {
        self.replaced(text, literal)
    }

    /// The same for people, who need not tell a name from a text that looks like one.
    pub(crate) fn named(&self, text: &str) -> String {
        self.replaced(text, str::to_owned)
    }

    /// The text with names for values. `between`: what becomes of the text before, between and
    /// after them.
    fn replaced(&self, text: &str, between: impl Fn(&str) -> String) -> String {
        let mut known: Vec<(&str, &str)> = self
            .iter()
            .filter(|(_, value)| value.len() >= TELLING)
            .collect();

        known.sort_by_key(|(name, value)| (std::cmp::Reverse(value.len()), *name));
        let (mut found, mut rest, mut start) = (String::new(), text, 0);
        'text: while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            for (name, value) in &known {
                if let Some(tail) = rest.strip_prefix(value) {
                    found.push_str(&between(text.get(start..at).unwrap_or_default()));
                    found.extend(["${", name, "}"]);
                    rest = tail;
                    start = text.len() - rest.len();
                    continue 'text;
                }
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }

        found.push_str(&between(text.get(start..).unwrap_or_default()));
        found
    }

    /// Fills in a template.
    ///
    /// # Errors
    /// Where a name is not bound, a brace is not closed, or a `repeat` is wrong.
    pub(crate) fn fill(&self, template: &str) -> Result<String, TemplateError> {
        self.fill_with(template, as_it_stands)
    }

    /// As [`fill`](Self::fill), with each value that a name stands for encoded for the place it is
    /// put in.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub(crate) fn fill_with(
        &self,
        template: &str,
        encode: impl Fn(&str) -> Cow<'_, str>,
    ) -> Result<String, TemplateError> {
        let mut filled = String::with_capacity(template.len());
        for part in parts(template) {
            match part? {
                Part::Text(text) => filled.push_str(text),
                Part::Name(name) => {
                    let value = self
                        .get(name)
                        .ok_or_else(|| TemplateError::Unbound(name.to_owned()))?;
                    filled.push_str(&encode(value));
                }
                Part::Changed { function, name } => {
                    let value = self
                        .get(name)
                        .ok_or_else(|| TemplateError::Unbound(name.to_owned()))?;
                    filled.push_str(&function.apply(value));
                }
                Part::Repeat { count, text } => {
                    within_limits(
                        filled
                            .len()
                            .saturating_add(count.saturating_mul(text.len())),
                        text,
                    )?;
                    filled.push_str(&text.repeat(count));
                }
            }
        }

        Ok(filled)
    }
}

fn as_it_stands(value: &str) -> Cow<'_, str> {
    Cow::Borrowed(value)
}

/// A value as it stands within the quotes of a text in JSON.
pub(crate) fn in_json(value: &str) -> Cow<'_, str> {
    if !value.contains(|c: char| c == '"' || c == '\\' || c.is_control()) {
        return Cow::Borrowed(value);
    }
    let quoted = serde_json::Value::from(value).to_string();
    Cow::Owned(
        quoted
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_default()
            .to_owned(),
    )
}

/// Whether a text is filled in with anything: any other is the same with all bindings.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains(OPENING)
}

/// The template that is filled in as exactly this text, with any bindings.
pub(crate) fn literal(text: &str) -> String {
    text.replace(OPENING, WRITTEN_OPENING)
}

/// A template for people, with what [`literal`] did to it undone.
pub(crate) fn shown(template: &str) -> String {
    template.replace(WRITTEN_OPENING, OPENING)
}

/// The names a template uses, in order.
///
/// # Errors
/// Where a brace is not closed or a `repeat` is wrong.
pub(crate) fn names(template: &str) -> Result<Vec<&str>, TemplateError> {
    let (mut names, mut repeated) = (Vec::new(), 0_usize);
    for part in parts(template) {
        match part? {
            Part::Name(name) | Part::Changed { name, .. } => names.push(name),
            Part::Text(_) => {}
            Part::Repeat { count, text } => {
                repeated = repeated.saturating_add(count.saturating_mul(text.len()));
                within_limits(repeated, text)?;
            }
        }
    }

    Ok(names)
}

/// Several texts that are repeated are one text in the end.
fn within_limits(length: usize, text: &str) -> Result<(), TemplateError> {
    if length > MAX_LENGTH {
        Err(TemplateError::Repeat(text.to_owned()))
    } else {
        Ok(())
    }
}

/// The template with each of those names prefixed.
pub(crate) fn prefixed<'a>(
    template: &str,
    prefix: &str,
    names: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    let mut renamed = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((text, inside, tail)) = rest.split_once("${").and_then(|(text, tail)| {
        let (inside, tail) = tail.split_once('}')?;
        Some((text, inside, tail))
    }) {
        let (function, name) = match Function::of(inside) {
            Some((_, name)) => inside.split_at(inside.len() - name.len()),
            None => ("", inside),
        };
        let own = if names.clone().into_iter().any(|n| n == name) {
            prefix
        } else {
            ""
        };
        renamed.extend([text, "${", function, own, name, "}"]);
        rest = tail;
    }

    renamed.push_str(rest);
    renamed
}

/// A part of a template.
pub(crate) enum Part<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// What a name stands for.
    Name(&'a str),
    /// What a name stands for, changed.
    Changed { function: Function, name: &'a str },
    /// A text, so many times.
    Repeat { count: usize, text: &'a str },
}

/// The parts of a template, in order.
pub(crate) fn parts(template: &str) -> impl Iterator<Item = Result<Part<'_>, TemplateError>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        match rest.find("${") {
            Some(0) => {
                let Some(end) = rest.find('}') else {
                    rest = "";
                    return Some(Err(TemplateError::Unclosed));
                };
                let inside = &rest[2..end];
                rest = &rest[end + 1..];
                Some(reference(inside))
            }
            at => {
                let (text, tail) = rest.split_at(at.unwrap_or(rest.len()));
                rest = tail;
                Some(Ok(Part::Text(text)))
            }
        }
    })
}

/// The parts of what is known to be a template; what is wrong in it is text.
pub(crate) fn pieces(template: &str) -> Vec<Part<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, (inside, tail))) = rest
        .split_once(OPENING)
        .and_then(|(text, tail)| Some((text, tail.split_once('}')?)))
    {
        if !text.is_empty() {
            pieces.push(Part::Text(text));
        }
        let whole = rest
            .get(text.len()..rest.len() - tail.len())
            .unwrap_or_default();
        pieces.push(reference(inside).unwrap_or(Part::Text(whole)));
        rest = tail;
    }

    if !rest.is_empty() {
        pieces.push(Part::Text(rest));
    }
    pieces
}

fn reference(inside: &str) -> Result<Part<'_>, TemplateError> {
    let Some(repeat) = inside.strip_prefix("repeat ") else {
        return Ok(match Function::of(inside) {
            Some((function, name)) => Part::Changed { function, name },
            None => Part::Name(inside),
        });
    };

    let wrong = || TemplateError::Repeat(inside.to_owned());
    let (count, text) = repeat.split_once(' ').ok_or_else(wrong)?;
    let count: usize = count.parse().map_err(|_| wrong())?;
    if text
        .len()
        .checked_mul(count)
        .is_none_or(|total| total > MAX_LENGTH)
    {
        return Err(wrong());
    }
    Ok(Part::Repeat { count, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expect: Result<&str, TemplateError>) {
        let mut bindings = Bindings::default();
        bindings.set("function", "f-1");
        assert_eq!(bindings.fill(template), expect.map(str::to_owned));
    }

    #[test]
    fn values_become_names() {
        let mut bindings = Bindings::default();
        bindings.set("function", "proofmark-x-a");
        bindings.set("function_arn", "arn:aws:lambda:::function:proofmark-x-a");
        bindings.set("worker", "0");
        let text = "\"arn:aws:lambda:::function:proofmark-x-a:0\"";
        assert_eq!(bindings.template(text), "\"${function_arn}:0\"");
    }

    #[test]
    fn what_was_filled_in_is_no_template() {
        let evil = "${x:-$(touch PWNED)}${function}$${${repeat 9 x}${";
        let mut bindings = Bindings::default();
        bindings.set("function", evil);
        // Once, and not again.
        assert_eq!(
            bindings.fill("<${function}>").as_deref(),
            Ok(format!("<{evil}>").as_str())
        );

        assert_eq!(
            Bindings::default().fill(&literal(evil)).as_deref(),
            Ok(evil)
        );

        assert_eq!(shown(&literal(evil)), evil);
        for text in [
            evil,
            "${function}",
            "a$",
            &format!("${{{evil}}}$"),
            &format!("$${{b}}{evil}{{c}}"),
        ] {
            assert_eq!(bindings.fill(&bindings.template(text)).as_deref(), Ok(text));
        }

        assert_eq!(
            bindings.named(&format!("${{a}} {evil}")),
            "${a} ${function}"
        );
    }

    #[test]
    fn a_value_is_no_json() {
        let mut bindings = Bindings::default();
        bindings.set("function", "a\",\"b\":\"\\\n");
        let filled = bindings
            .fill_with(r#"{"a": "${function}"}"#, in_json)
            .expect("a template");
        let document: serde_json::Value = serde_json::from_str(&filled).expect("JSON");
        assert_eq!(document, serde_json::json!({"a": "a\",\"b\":\"\\\n"}));
    }

    #[test]
    fn fills_names_and_repeats() {
        check("", Ok(""));
        check("plain", Ok("plain"));
        check("${function}:$LATEST", Ok("f-1:$LATEST"));
        check("a${repeat 3 xy}b${function}", Ok("axyxyxybf-1"));
        check(
            "${upper function}|${cut function}|${undashed function}",
            Ok("F-1|f-|f1"),
        );
        check("${encoded function}", Ok("%66%2D%31"));
        check("${encoded-twice function}", Ok("%2566%252D%2531"));
    }

    #[test]
    fn prefixes_names() {
        let renamed = prefixed(
            "${mapping}/${upper mapping}/${run}/${",
            "queue_",
            ["mapping"],
        );
        assert_eq!(renamed, "${queue_mapping}/${upper queue_mapping}/${run}/${");
    }

    #[test]
    fn says_what_is_wrong() {
        check(
            "${lower function}",
            Err(TemplateError::Unbound("lower function".to_owned())),
        );

        check(
            "${cut mapping}",
            Err(TemplateError::Unbound("mapping".to_owned())),
        );

        check(
            "${mapping}",
            Err(TemplateError::Unbound("mapping".to_owned())),
        );

        check("${function", Err(TemplateError::Unclosed));
        check(
            "${repeat x y}",
            Err(TemplateError::Repeat("repeat x y".to_owned())),
        );

        check(
            "${repeat 99999999999 y}",
            Err(TemplateError::Repeat("repeat 99999999999 y".to_owned())),
        );

        let several = "${repeat 9999999 y}".repeat(2);
        check(&several, Err(TemplateError::Repeat("y".to_owned())));
        assert!(names(&several).is_err());
    }
}
