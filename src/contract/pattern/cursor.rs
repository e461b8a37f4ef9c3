//! Characters with a position, for the recursive parts of the lexer.

use super::PatternError;

/// Characters with a position, for the recursive parts of the lexer.
pub(crate) struct Cursor {
    characters: Vec<char>,
    pub(crate) at: usize,
    pub(crate) flags: Flags,
}

/// What `(?i)` and `(?s)` say, from there to the end of the group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// Letters stand for those of the other case too.
    pub(crate) any_case: bool,
    /// `.` stands for line terminators too.
    pub(crate) dot_is_all: bool,
}

impl Cursor {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            characters: text.chars().collect(),
            at: 0,
            flags: Flags::default(),
        }
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Consumes `text` if it comes next.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(n, c)| self.characters.get(self.at + n) == Some(&c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// Consumes up to and including `end`, and returns what stood before it.
    pub(crate) fn until(&mut self, end: char) -> Option<String> {
        let length = self
            .characters
            .get(self.at..)?
            .iter()
            .position(|&c| c == end)?;
        let text = self.characters[self.at..self.at + length].iter().collect();
        self.at += length + 1;
        Some(text)
    }

    pub(crate) fn syntax(&self, problem: &'static str) -> PatternError {
        PatternError::Syntax {
            at: self.at.saturating_sub(1),
            problem,
        }
    }

    pub(crate) fn unsupported(&self, feature: &'static str) -> PatternError {
        PatternError::Unsupported {
            at: self.at.saturating_sub(1),
            feature,
        }
    }
}
