//! What a source names: the modules it declares, its `use` declarations, and the paths in its code.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A source, but for its tests.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The modules that stand in files of their own, in order.
    pub(super) modules: Vec<String>,
    /// Each name that a `use` declaration brings in.
    pub(super) uses: Vec<Use>,
    /// The paths in the code. Of single names those that may be a type's or a function's.
    pub(super) paths: Vec<Vec<String>>,
}

/// One name that a `use` declaration brings in.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    /// Whether it is handed on, by `pub use`.
    pub(super) shared: bool,
}

/// The words and the texts of a source without its tests, those of its documentation among them.
pub(super) fn words(text: &str) -> Vec<String> {
    fn read(tokens: TokenStream, words: &mut Vec<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at..];
            at += match token {
                _ if is_of_tests(rest) => item(rest),
                TokenTree::Group(group) => {
                    read(group.stream(), words);
                    1
                }
                TokenTree::Punct(_) => 1,
                word => {
                    words.push(word.to_string());
                    1
                }
            };
        }
    }

    let mut words = Vec::new();
    read(text.parse().expect("a source that compiles"), &mut words);
    words
}

impl Source {
    pub(super) fn of(text: &str) -> Self {
        let mut source = Self::default();
        source.read(text.parse().expect("a source that compiles"));
        source
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at..];
            at += match token {
                _ if is_of_tests(rest) => item(rest),
                _ if attribute(rest).is_some() => {
                    // Its own name is none of ours, whatever it is: `derive` may be a module as
                    // well.
                    self.read(attribute(rest).into_iter().flatten().skip(1).collect());
                    2
                }
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    1
                }
                TokenTree::Ident(word) if word == "use" && !is(rest.get(1), '<') => {
                    let length = item(rest);
                    let shared = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
                        Some(TokenTree::Ident(word)) => word == "pub",
                        Some(TokenTree::Group(group)) => {
                            group.delimiter() == Delimiter::Parenthesis
                        }
                        _ => false,
                    };
                    leaves(&rest[1..length], &[], shared, &mut self.uses);
                    length
                }
                TokenTree::Ident(word) if word == "mod" && is(rest.get(2), ';') => {
                    self.modules.extend(rest.get(1).map(ToString::to_string));
                    3
                }
                TokenTree::Ident(_) => self.path(&tokens[..at], rest),
                _ => 1,
            };
        }
    }

    /// Takes in the path that begins there, and gives its length in tokens.
    fn path(&mut self, before: &[TokenTree], rest: &[TokenTree]) -> usize {
        let mut path: Vec<String> = rest.first().map(ToString::to_string).into_iter().collect();
        let mut length = 1;
        while is(rest.get(length), ':') && is(rest.get(length + 1), ':') {
            let Some(TokenTree::Ident(word)) = rest.get(length + 2) else {
                break;
            };
            path.push(word.to_string());
            length += 3;
        }

        let called = matches!(rest.get(length), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
        let is_type = path.iter().all(|word| word.starts_with(char::is_uppercase));
        let is_named = path.len() > 1 || called || is_type;
        // A method, a field, what follows a type in angle brackets, and what is defined here.
        let last = before.last();
        let is_member = is(last, '.') || (is(last, ':') && is(before.iter().nth_back(1), ':'));
        let is_defined = matches!(last, Some(TokenTree::Ident(word)) if word == "fn");
        if is_named && !is_member && !is_defined {
            self.paths.push(path);
        }
        length
    }
}

/// Each name of the tree of a `use` declaration.
fn leaves(tree: &[TokenTree], prefix: &[String], shared: bool, uses: &mut Vec<Use>) {
    let mut path = prefix.to_vec();
    let mut name = None;
    let mut tokens = tree.iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let parts = inner
                    .split(|token| is(Some(token), ','))
                    .filter(|part| !part.is_empty());
                parts.for_each(|part| leaves(part, &path, shared, uses));
                return;
            }
            TokenTree::Ident(word) if word == "as" => name = tokens.next().map(ToString::to_string),
            TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            _ => {}
        }
    }

    if let Some(name) = name.or_else(|| path.last().cloned()) {
        uses.push(Use { name, path, shared });
    }
}

/// Whether an attribute says that what follows it is for tests alone.
fn is_of_tests(rest: &[TokenTree]) -> bool {
    let attribute = attribute(rest)
        .map(|tokens| tokens.to_string().replace(' ', ""))
        .unwrap_or_default();
    attribute.starts_with("cfg(test)") || attribute.starts_with("cfg(all(test")
}

/// What stands in the attribute that begins there.
fn attribute(rest: &[TokenTree]) -> Option<TokenStream> {
    match (is(rest.first(), '#'), rest.get(1)) {
        (true, Some(TokenTree::Group(group))) => Some(group.stream()),
        _ => None,
    }
}

/// The length of an item in tokens.
fn item(rest: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is(Some(token), ';'),
    };
    rest.iter()
        .position(ends)
        .map_or(rest.len(), |last| last + 1)
}

fn is(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}
