//! From tokens to the tree of a pattern.

use super::{
    PatternError,
    class::Set,
    place,
    syntax::{Kind, Node, NodeId, Tree},
    token::{Group, Placed, Token},
};

/// How deeply groups may nest; every later step may recurse this far.
const MAX_DEPTH: usize = 48;

impl Tree {
    pub(crate) fn parse(tokens: &[Placed]) -> Result<Self, PatternError> {
        let mut parser = Parser {
            tokens,
            next: 0,
            depth: 0,
            nodes: Vec::new(),
        };

        let root = parser.alternation()?;
        if let Some(placed) = parser.tokens.get(parser.next) {
            return Err(PatternError::Syntax {
                at: placed.at,
                problem: "a group is closed that was not opened",
            });
        }

        let mut tree = Self {
            nodes: parser.nodes,
            root,
            size: 0,
        };

        tree.size = tree.measure(tree.root);
        place::name(&mut tree);
        Ok(tree)
    }
}

struct Parser<'a> {
    tokens: &'a [Placed],
    next: usize,
    depth: usize,
    nodes: Vec<Node>,
}

impl Parser<'_> {
    fn add(&mut self, kind: Kind) -> NodeId {
        let looks = match &kind {
            Kind::Concat(inner) | Kind::Alternate(inner) => {
                inner.iter().any(|&node| self.nodes[node].looks)
            }
            Kind::Repeat { inner, .. } | Kind::Group(inner) => self.nodes[*inner].looks,
            Kind::Literal(_) | Kind::Class(_) => false,
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => true,
        };

        self.nodes.push(Node {
            kind,
            place: String::new(),
            branch: None,
            parent: None,
            looks,
        });

        self.nodes.len() - 1
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn alternation(&mut self) -> Result<NodeId, PatternError> {
        let mut branches = vec![self.concatenation()?];
        while let Some(Token::Or) = self.peek() {
            self.next += 1;
            branches.push(self.concatenation()?);
        }
        Ok(if branches.len() == 1 {
            branches.remove(0)
        } else {
            self.add(Kind::Alternate(branches))
        })
    }

    /// A run of characters is one literal, unless a quantifier binds to the last of them.
    fn concatenation(&mut self) -> Result<NodeId, PatternError> {
        let mut items: Vec<NodeId> = Vec::new();
        let mut run = String::new();
        while let Some(placed) = self.tokens.get(self.next) {
            if matches!(placed.token, Token::Or | Token::Close) {
                break;
            }
            self.next += 1;
            if let Token::Literal(character) = placed.token {
                if matches!(self.peek(), Some(Token::Repeat { .. })) {
                    self.flush(&mut run, &mut items);
                }
                run.push(character);
                continue;
            }
            self.flush(&mut run, &mut items);
            let item = match &placed.token {
                Token::Repeat { min, max } => self.repeat(placed.at, &mut items, *min, *max)?,
                _ => self.atom(placed)?,
            };
            items.push(item);
        }

        self.flush(&mut run, &mut items);
        Ok(if items.len() == 1 {
            items.remove(0)
        } else {
            self.add(Kind::Concat(items))
        })
    }

    fn flush(&mut self, run: &mut String, items: &mut Vec<NodeId>) {
        if !run.is_empty() {
            let literal = self.add(Kind::Literal(std::mem::take(run)));
            items.push(literal);
        }
    }

    fn repeat(
        &mut self,
        at: usize,
        items: &mut Vec<NodeId>,
        min: u32,
        max: Option<u32>,
    ) -> Result<NodeId, PatternError> {
        let nothing = PatternError::Syntax {
            at,
            problem: "there is nothing to repeat",
        };
        let inner = items.pop().ok_or(nothing)?;
        match self.nodes[inner].kind {
            Kind::Look { .. } | Kind::Start | Kind::End { .. } | Kind::Boundary { .. } => {
                Err(PatternError::Unsupported {
                    at,
                    feature: "a repeated assertion",
                })
            }
            Kind::Repeat { .. } => Err(PatternError::Syntax {
                at,
                problem: "a quantifier follows a quantifier",
            }),
            _ => Ok(self.add(Kind::Repeat { inner, min, max })),
        }
    }

    fn atom(&mut self, placed: &Placed) -> Result<NodeId, PatternError> {
        let kind = match &placed.token {
            Token::Class(text) => {
                let unknown = PatternError::Unsupported {
                    at: placed.at,
                    feature: "this class",
                };
                Kind::Class(Set::of(text).ok_or(unknown)?)
            }
            Token::Dot => Kind::Class(Set::dot()),
            Token::Start => Kind::Start,
            Token::End => Kind::End { strict: false },
            Token::StrictEnd => Kind::End { strict: true },
            Token::Boundary { negated } => Kind::Boundary { negated: *negated },
            Token::Open(group) => return self.group(placed.at, *group),
            // The caller takes these for itself.
            Token::Literal(_) | Token::Repeat { .. } | Token::Or | Token::Close => {
                Kind::Concat(Vec::new())
            }
        };

        Ok(self.add(kind))
    }

    fn group(&mut self, at: usize, group: Group) -> Result<NodeId, PatternError> {
        if self.depth == MAX_DEPTH {
            return Err(PatternError::TooLarge {
                limit: "groups nest deeper than 48",
            });
        }

        self.depth += 1;
        let inner = self.alternation()?;
        self.depth -= 1;
        match self.peek() {
            Some(Token::Close) => self.next += 1,
            _ => {
                return Err(PatternError::Syntax {
                    at,
                    problem: "the group is not closed",
                });
            }
        }

        match group {
            Group::Capture => Ok(self.add(Kind::Group(inner))),
            // A quantifier must see a group where the text has one, even around nothing but an
            // assertion.
            Group::Plain => Ok(self.add(Kind::Concat(vec![inner]))),
            Group::Look { ahead, negated } => Ok(self.add(Kind::Look {
                ahead,
                negated,
                inner,
            })),
        }
    }
}
