//! Where a value stands: certainly inside, certainly outside, or dependent on how the documentation
//! is read.
//!
//! Nothing here uses our own automata. Each reading is written out as a text for the `regex` crate,
//! or for `fancy-regex` where the pattern looks around, and all readings must agree before a zone
//! is certain.

use std::{borrow::Cow, sync::OnceLock};

use regex_syntax::hir::ClassUnicode;

use super::{
    class::{self, ClassText, LINE_TERMINATORS},
    letters::Letters,
    recent::Recent,
    token::{Group, Token},
};

/// Where a value stands with respect to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    /// The value matches under every reading.
    Inside,
    /// The value matches under no reading.
    Outside,
    /// Readings disagree; the named one is the first to differ from the strictest.
    Depends(Reading),
}

/// What a documented pattern leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    /// Whether `\d`, `\w`, `\s`, `\b` and POSIX classes are those of ASCII or of Unicode.
    Classes,
    /// Which line terminators `.` admits: all of them, all but the line feed, or none, as in Java.
    Dot,
    /// Whether the end of the value may stand before a final line terminator.
    FinalNewline,
    /// Whether the pattern must match the whole value, or may match a part of it.
    Anchoring,
    /// Whether a character beyond U+FFFF counts once or, as in UTF-16, twice.
    CodeUnits,
    /// An engine refused the pattern or gave up on the value, so that nothing is certain.
    Engine,
}

/// How "must match the pattern" may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Anchoring {
    /// The pattern must match the whole value, as AWS is observed to ask.
    #[default]
    Whole,
    /// Either that, or the value need only contain a match: certain is what holds under both.
    Either,
}

/// The pattern's text, compiled on first use for every reading of its dialect.
pub(super) struct Engines {
    tokens: Vec<Token>,
    whole: Readings,
    search: Readings,
    known: Recent<Anchoring, Zone>,
}

/// One matcher for each reading, or nothing where an engine refuses the text.
type Matchers = OnceLock<Option<Vec<(Reading, Matcher)>>>;

#[derive(Default)]
struct Readings {
    strict: Matchers,
    /// The same where `$` also holds before a final line terminator: asked only of values that end
    /// in one.
    lenient: Matchers,
}

struct Matcher {
    engine: Engine,
    /// Those that values are spelt in, where the pattern in all characters is too large.
    letters: Option<Letters>,
}

enum Engine {
    Plain(regex::Regex),
    /// Boxed because it is several times the size of the other.
    Looking(Box<fancy_regex::Regex>),
}

/// How one pattern is written for an engine.
#[derive(Clone, Copy)]
struct Dialect {
    unicode: bool,
    dot: Dot,
    end: End,
    whole: bool,
    /// For the engine that looks around, which has no boundaries of ASCII words.
    looks: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dot {
    Java,
    NotLineFeed,
    Anything,
}

/// Where `$` holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At the end of the value alone, as in JavaScript and Go.
    Strict,
    /// Also before a final line feed, as in Python and Perl.
    LineFeed,
    /// Also before any final line terminator, of which `\r\n` is one, as in Java.
    Terminator,
}

/// How large a pattern over letters may be when it is compiled, in bytes.
const SIZE_LIMIT: usize = 64 << 20;

/// How many steps back `fancy-regex` may take before the value is left undecided.
const BACKTRACK_LIMIT: usize = 20_000;

/// `\b` and `\B` of ASCII by look-around.
const ASCII_BOUNDARY: &str =
    "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))";
const ASCII_NO_BOUNDARY: &str =
    "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))";

/// Where `$` holds for those who let it stand before a final line terminator.
const LENIENT: &[End] = &[End::LineFeed, End::Terminator];

impl Engines {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self {
            tokens,
            whole: Readings::default(),
            search: Readings::default(),
            known: Recent::default(),
        }
    }

    pub(super) fn zone(&self, value: &str, anchoring: Anchoring) -> Zone {
        self.known.of(anchoring, value, || {
            self.verdict(value, anchoring)
                .map_or_else(Zone::Depends, |matches| match matches {
                    true => Zone::Inside,
                    false => Zone::Outside,
                })
        })
    }

    /// Whether the value matches, or the first reading that differs.
    fn verdict(&self, value: &str, anchoring: Anchoring) -> Result<bool, Reading> {
        let whole = self.matchers(true, &[End::Strict])?;
        let stripped = without_final_terminator(value);
        let ends =
            stripped.is_some() && self.tokens.iter().any(|token| matches!(token, Token::End));
        let widened = in_code_units(value);
        let first = whole.first().ok_or(Reading::Engine)?.1.matches(value)?;
        let agrees = |matches: bool, reading| {
            if matches == first {
                Ok(())
            } else {
                Err(reading)
            }
        };

        let all = |engines: &[(Reading, Matcher)], reading: Option<Reading>| {
            for (varied, matcher) in engines {
                let accepted = matcher.matches(value)?;
                agrees(accepted, reading.unwrap_or(*varied))?;
                if let Some(stripped) = stripped {
                    agrees(
                        accepted || matcher.matches(stripped)?,
                        Reading::FinalNewline,
                    )?;
                }
                if let Cow::Owned(widened) = &widened {
                    agrees(matcher.matches(widened)?, Reading::CodeUnits)?;
                }
            }
            Ok(())
        };

        all(whole, None)?;
        if ends {
            all(self.matchers(true, LENIENT)?, None)?;
        }
        // Whatever matches as a whole also contains a match, under the same reading.
        if anchoring == Anchoring::Either && !first {
            all(
                self.matchers(false, &[End::Strict])?,
                Some(Reading::Anchoring),
            )?;
            if ends {
                all(self.matchers(false, LENIENT)?, Some(Reading::Anchoring))?;
            }
        }

        Ok(first)
    }

    /// The matchers of the whole value or of a part of it, by where `$` holds.
    fn matchers(&self, whole: bool, ends: &[End]) -> Result<&[(Reading, Matcher)], Reading> {
        let readings = if whole { &self.whole } else { &self.search };
        let matchers = if ends == LENIENT {
            &readings.lenient
        } else {
            &readings.strict
        };
        matchers
            .get_or_init(|| compile(&self.tokens, whole, ends))
            .as_deref()
            .ok_or(Reading::Engine)
    }
}

impl Matcher {
    fn new(tokens: &[Token], dialect: Dialect) -> Option<Self> {
        let engine = Engine::new(&text(tokens, dialect, None), dialect.looks, None);
        if let Some(engine) = engine {
            return Some(Self {
                engine,
                letters: None,
            });
        }

        let letters = Letters::of(&sets(tokens, dialect)?)?;
        let text = text(tokens, dialect, Some(&letters));
        Some(Self {
            engine: Engine::new(&text, dialect.looks, Some(SIZE_LIMIT))?,
            letters: Some(letters),
        })
    }

    fn matches(&self, value: &str) -> Result<bool, Reading> {
        match &self.letters {
            Some(letters) => self.engine.matches(&letters.spell(value)),
            None => self.engine.matches(value),
        }
    }
}

impl Engine {
    fn new(text: &str, looks: bool, size_limit: Option<usize>) -> Option<Self> {
        if looks {
            let mut builder = fancy_regex::RegexBuilder::new(text);
            builder.backtrack_limit(BACKTRACK_LIMIT);
            if let Some(limit) = size_limit {
                builder.delegate_size_limit(limit);
            }
            return builder.build().ok().map(Box::new).map(Self::Looking);
        }
        let mut builder = regex::RegexBuilder::new(text);
        if let Some(limit) = size_limit {
            builder.size_limit(limit);
        }
        builder.build().ok().map(Self::Plain)
    }

    fn matches(&self, value: &str) -> Result<bool, Reading> {
        match self {
            Self::Plain(regex) => Ok(regex.is_match(value)),
            Self::Looking(regex) => regex.is_match(value).map_err(|_| Reading::Engine),
        }
    }
}

/// One matcher for each combination of readings that the tokens can tell apart, the narrowest
/// first.
fn compile(tokens: &[Token], whole: bool, ends: &[End]) -> Option<Vec<(Reading, Matcher)>> {
    let varied = tokens.iter().any(|token| match token {
        Token::Class(text) => text.ascii != text.unicode,
        Token::Boundary { .. } => true,
        _ => false,
    });

    let dots = tokens.iter().any(|token| matches!(token, Token::Dot));
    let looks = tokens
        .iter()
        .any(|token| matches!(token, Token::Open(Group::Look { .. })));
    let mut matchers = Vec::new();

    for &end in ends {
        for unicode in [false, true] {
            for dot in [Dot::Java, Dot::NotLineFeed, Dot::Anything] {
                if (unicode && !varied) || (dot != Dot::Java && !dots) {
                    continue;
                }
                let reading = match (end, dot) {
                    (End::LineFeed | End::Terminator, _) => Reading::FinalNewline,
                    (End::Strict, Dot::Java) => Reading::Classes,
                    (End::Strict, _) => Reading::Dot,
                };
                let dialect = Dialect {
                    unicode,
                    dot,
                    end,
                    whole,
                    looks: looks || end != End::Strict,
                };
                let matcher = Matcher::new(tokens, dialect)?;
                matchers.push((reading, matcher));
            }
        }
    }

    Some(matchers)
}

impl Dialect {
    fn class(self, class: &ClassText) -> &str {
        match self.unicode {
            true => &class.unicode,
            false => &class.ascii,
        }
    }

    fn dot(self) -> &'static str {
        match self.dot {
            Dot::Java => "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]",
            Dot::NotLineFeed => "[^\\n]",
            Dot::Anything => "[\\x{0}-\\x{10FFFF}]",
        }
    }
}

/// What the tokens tell apart under one reading.
fn sets(tokens: &[Token], dialect: Dialect) -> Option<Vec<ClassUnicode>> {
    let mut found: Vec<ClassUnicode> = LINE_TERMINATORS.map(|c| class::range(c, c)).into();
    for token in tokens {
        let set = match token {
            Token::Literal(literal) => class::range(*literal, *literal),
            Token::Class(text) => class::characters(dialect.class(text))?,
            Token::Dot => class::characters(dialect.dot())?,
            Token::Boundary { .. } => class::characters(dialect.class(&class::shorthand('w')))?,
            _ => continue,
        };
        if !found.contains(&set) {
            found.push(set);
        }
    }
    Some(found)
}

/// The pattern in the engines' own syntax, under one reading, over all characters or over letters.
fn text(tokens: &[Token], dialect: Dialect, letters: Option<&Letters>) -> String {
    let Dialect {
        unicode,
        end,
        whole,
        looks,
        ..
    } = dialect;
    let class = |text: &str| match letters.zip(class::characters(text)) {
        Some((letters, set)) => letters.text(&set),
        None => text.to_owned(),
    };
    let mut text = String::from(if whole { "\\A(?:" } else { "(?:" });
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(literal) => class::verbatim(&mut text, *literal),
            Token::Class(of) => text.push_str(&class(dialect.class(of))),
            Token::Dot => text.push_str(&class(dialect.dot())),
            Token::Start => text.push_str("\\A"),
            Token::End => text.push_str(match end {
                End::Strict => "\\z",
                End::LineFeed => "(?=\\n?\\z)",
                // Not between the two characters of one terminator.
                End::Terminator => {
                    "(?:(?=\\z|\\r\\n\\z|[\\r\\x{85}\\x{2028}\\x{2029}]\\z)|(?<!\\r)(?=\\n\\z))"
                }
            }),
            Token::StrictEnd => text.push_str("\\z"),
            Token::Boundary { negated } => text.push_str(match (negated, unicode) {
                (false, true) => "\\b",
                (true, true) => "\\B",
                (false, false) if looks => ASCII_BOUNDARY,
                (true, false) if looks => ASCII_NO_BOUNDARY,
                (false, false) => "(?-u:\\b)",
                (true, false) => "(?-u:\\B)",
            }),
            Token::Open(group) => text.push_str(match group {
                Group::Capture | Group::Plain => "(?:",
                Group::Look {
                    ahead: true,
                    negated: false,
                } => "(?=",
                Group::Look {
                    ahead: true,
                    negated: true,
                } => "(?!",
                Group::Look {
                    ahead: false,
                    negated: false,
                } => "(?<=",
                Group::Look {
                    ahead: false,
                    negated: true,
                } => "(?<!",
            }),
            // An engine may refuse to repeat a group with nothing in it, but not a choice between
            // nothing and nothing.
            Token::Close if matches!(tokens[..at].last(), Some(Token::Open(_))) => {
                text.push_str("|)")
            }
            // Nor one with nothing but assertions, if there is a choice of what never matches.
            Token::Close if looks && only_asserts(&tokens[..at]) => {
                text.push_str("|[^\\x{0}-\\x{10FFFF}])")
            }
            Token::Close => text.push(')'),
            Token::Or => text.push('|'),
            Token::Repeat { min, max: None } => text.push_str(&format!("{{{min},}}")),
            Token::Repeat {
                min,
                max: Some(max),
            } => text.push_str(&format!("{{{min},{max}}}")),
        }
    }

    text.push_str(if whole { ")\\z" } else { ")" });
    text
}

/// Whether the group that is still open at the end of the tokens may have nothing in it but
/// assertions, and is none itself.
fn only_asserts(tokens: &[Token]) -> bool {
    let mut depth = 1_usize;
    for token in tokens.iter().rev() {
        match token {
            Token::Close => depth += 1,
            Token::Open(group) => {
                depth -= 1;
                if depth == 0 {
                    return matches!(group, Group::Capture | Group::Plain);
                }
            }
            // What a group within this one has is not looked at: one choice more changes nothing.
            Token::Literal(_) | Token::Class(_) | Token::Dot if depth == 1 => return false,
            _ => {}
        }
    }
    false
}

/// The value up to its final line terminator, if it ends with one.
fn without_final_terminator(value: &str) -> Option<&str> {
    value
        .strip_suffix("\r\n")
        .or_else(|| value.strip_suffix(LINE_TERMINATORS))
}

/// The value as an engine over UTF-16 code units counts it: two private characters stand for each
/// surrogate pair.
fn in_code_units(value: &str) -> Cow<'_, str> {
    if value.is_ascii() || value.chars().all(|c| c.len_utf16() == 1) {
        return Cow::Borrowed(value);
    }
    let mut units = String::new();
    for character in value.chars() {
        match character.len_utf16() {
            1 => units.push(character),
            _ => units.push_str("\u{e000}\u{e001}"),
        }
    }
    Cow::Owned(units)
}
