//! The FunctionName of the page, read by hand.
//!
//! The suite decides with a regular-expression engine what is a valid FunctionName. The reference
//! decides with this matcher, which shares nothing with that engine, so that the two check each
//! other. The grammar is data, place by place, because a defect loosens or tightens one place of
//! it.

use std::ops::Range;

/// Longer text is not matched: its length has refused it already, and a loosened grammar may need
/// quadratic time.
const LONGEST_MATCHED: usize = 4096;

/// The places of the pattern, in order.
pub(crate) const PREFIX: usize = 0;
/// `[a-z]{2}-[a-z]+-\d{1}:`
pub(crate) const REGION: usize = 1;
/// `\d{12}:`
pub(crate) const ACCOUNT: usize = 2;
/// `function:`
pub(crate) const FUNCTION: usize = 3;
/// `[a-zA-Z0-9-_]+`
pub(crate) const NAME: usize = 4;
/// `:(\$LATEST|[a-zA-Z0-9-_]+)`
pub(crate) const QUALIFIER: usize = 5;
const PLACES: usize = 6;

/// What a FunctionName may look like.
#[derive(Clone)]
pub(crate) struct Grammar {
    /// The places, indexed by the constants of this module.
    pub(crate) places: [Place; PLACES],
    /// Whether a match may start after the start of the text.
    pub(crate) searches: bool,
    /// Whether a match may end before the end of the text.
    pub(crate) ends_early: bool,
    /// Whether one newline may follow, as for `$` in many dialects.
    pub(crate) ends_before_newline: bool,
    /// Whether letters are compared without their case.
    pub(crate) ignores_case: bool,
    /// What is refused although it matches.
    pub(crate) refuses: Option<fn(&FunctionName) -> bool>,
}

/// One place of the pattern.
#[derive(Clone)]
pub(crate) struct Place {
    /// Whether it may be absent.
    pub(crate) optional: bool,
    /// What it may be; the first that leads to a match counts.
    pub(crate) alternatives: Vec<Vec<Part>>,
}

/// One element of a place.
#[derive(Clone)]
pub(crate) enum Part {
    /// Exactly this text.
    Word(&'static str),
    /// Between `min` and `max` characters of a class, as many as possible.
    Run {
        class: fn(char) -> bool,
        min: usize,
        max: usize,
    },
}

/// A FunctionName, taken apart. Parts that were not written are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FunctionName {
    /// Whether `arn:aws:lambda:` was written.
    pub(crate) arn: bool,
    pub(crate) region: Option<String>,
    pub(crate) account: Option<String>,
    /// Whether the word `function:` was written.
    pub(crate) word: bool,
    pub(crate) name: String,
    pub(crate) qualifier: Option<String>,
}

impl FunctionName {
    /// Whether only the function name was specified, which the page limits to 64 characters.
    pub(crate) fn is_bare(&self) -> bool {
        !self.arn
            && self.region.is_none()
            && self.account.is_none()
            && !self.word
            && self.qualifier.is_none()
    }
}

impl Grammar {
    /// The pattern of the page, UpdateEventSourceMapping, Request Body, FunctionName.
    pub(crate) fn page() -> Self {
        let lower: fn(char) -> bool = |c| c.is_ascii_lowercase();
        let digit: fn(char) -> bool = |c| c.is_ascii_digit();
        let place = |optional, alternatives| Place {
            optional,
            alternatives,
        };

        Self {
            places: [
                place(true, vec![vec![Part::Word("arn:aws:lambda:")]]),
                place(
                    true,
                    vec![vec![
                        Part::Run {
                            class: lower,
                            min: 2,
                            max: 2,
                        },
                        Part::Word("-"),
                        Part::Run {
                            class: lower,
                            min: 1,
                            max: usize::MAX,
                        },
                        Part::Word("-"),
                        Part::Run {
                            class: digit,
                            min: 1,
                            max: 1,
                        },
                        Part::Word(":"),
                    ]],
                ),
                place(
                    true,
                    vec![vec![
                        Part::Run {
                            class: digit,
                            min: 12,
                            max: 12,
                        },
                        Part::Word(":"),
                    ]],
                ),
                place(true, vec![vec![Part::Word("function:")]]),
                place(
                    false,
                    vec![vec![Part::Run {
                        class: is_name_character,
                        min: 1,
                        max: usize::MAX,
                    }]],
                ),
                place(
                    true,
                    vec![
                        vec![Part::Word(":"), Part::Word("$LATEST")],
                        vec![
                            Part::Word(":"),
                            Part::Run {
                                class: is_name_character,
                                min: 1,
                                max: usize::MAX,
                            },
                        ],
                    ],
                ),
            ],
            searches: false,
            ends_early: false,
            ends_before_newline: false,
            ignores_case: false,
            refuses: None,
        }
    }

    /// The pattern of the pages of the other operations: it admits other partitions than `aws`, and
    /// regions of a government.
    pub(crate) fn of_other_pages() -> Self {
        let lower: fn(char) -> bool = |c| c.is_ascii_lowercase();
        let digit: fn(char) -> bool = |c| c.is_ascii_digit();
        let run = |class, min, max| Part::Run { class, min, max };
        let region = |more: &'static str| {
            vec![
                run(lower, 2, 2),
                Part::Word(more),
                run(lower, 1, usize::MAX),
                Part::Word("-"),
                run(digit, 1, 1),
                Part::Word(":"),
            ]
        };

        let mut grammar = Self::page();
        grammar.places[PREFIX].alternatives = vec![
            vec![
                Part::Word("arn:aws"),
                run(|c| c.is_ascii_alphabetic() || c == '-', 0, usize::MAX),
                Part::Word(":lambda:"),
            ],
            vec![Part::Word("arn::lambda:")],
        ];
        grammar.places[REGION].alternatives = vec![region("-gov-"), region("-")];
        grammar
    }

    /// Takes a text apart, or finds that it does not match the pattern.
    pub(crate) fn parse(&self, text: &str) -> Option<FunctionName> {
        let text: Vec<char> = text.chars().take(LONGEST_MATCHED + 1).collect();
        if text.len() > LONGEST_MATCHED {
            return None;
        }
        let starts = if self.searches { text.len() } else { 0 };
        let found = (0..=starts).find_map(|start| {
            let mut matcher = Matcher {
                grammar: self,
                text: &text,
                spans: Default::default(),
            };
            matcher.place(0, start).then(|| matcher.taken_apart())
        });

        found.filter(|name| !self.refuses.is_some_and(|refuses| refuses(name)))
    }
}

/// `[a-zA-Z0-9-_]`
pub(crate) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// A backtracking match; its depth is bounded by the number of parts of the grammar.
struct Matcher<'a> {
    grammar: &'a Grammar,
    text: &'a [char],
    spans: [Option<Range<usize>>; PLACES],
}

impl<'a> Matcher<'a> {
    fn place(&mut self, index: usize, at: usize) -> bool {
        let grammar: &'a Grammar = self.grammar;
        let Some(place) = grammar.places.get(index) else {
            return self.ends(at);
        };

        for alternative in &place.alternatives {
            if self.parts(index, alternative, at, at) {
                return true;
            }
        }

        if place.optional {
            self.spans[index] = None;
            return self.place(index + 1, at);
        }

        false
    }

    fn parts(&mut self, index: usize, parts: &'a [Part], start: usize, at: usize) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            self.spans[index] = Some(start..at);
            return self.place(index + 1, at);
        };

        match part {
            Part::Word(word) => {
                let end = at + word.chars().count();
                self.text
                    .get(at..end)
                    .is_some_and(|here| self.grammar.same(word, here))
                    && self.parts(index, rest, start, end)
            }
            Part::Run { class, min, max } => {
                let here = self.text.get(at..).unwrap_or_default();
                let longest = here
                    .iter()
                    .take(*max)
                    .take_while(|c| self.grammar.admits(*class, **c))
                    .count();
                (*min..=longest)
                    .rev()
                    .any(|length| self.parts(index, rest, start, at + length))
            }
        }
    }

    fn ends(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.is_empty()
            || self.grammar.ends_early
            || (self.grammar.ends_before_newline && rest == ['\n'])
    }

    fn taken_apart(&self) -> FunctionName {
        let text = |index: usize| {
            let span = self.spans[index].clone()?;
            Some(self.text.get(span)?.iter().collect::<String>())
        };

        let without_colon = |text: String| text.trim_matches(':').to_owned();
        FunctionName {
            arn: self.spans[PREFIX].is_some(),
            region: text(REGION).map(without_colon),
            account: text(ACCOUNT).map(without_colon),
            word: self.spans[FUNCTION].is_some(),
            name: text(NAME).unwrap_or_default(),
            qualifier: text(QUALIFIER).map(without_colon),
        }
    }
}

impl Grammar {
    fn same(&self, word: &str, here: &[char]) -> bool {
        word.chars()
            .zip(here)
            .all(|(w, c)| w == *c || (self.ignores_case && w.eq_ignore_ascii_case(c)))
    }

    fn admits(&self, class: fn(char) -> bool, c: char) -> bool {
        class(c) || (self.ignores_case && class(c.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests;
