//! From the graph of a model to operations as contracts describe them. Whatever a contract has no
//! words for costs a promise or a member, and is told; it costs no operation.

mod fit;
mod name;
mod pages;
mod uri;

use std::collections::{HashMap, HashSet, VecDeque};

use super::bounded::bound;
use super::graph::{Edge, Graph, Node, OperationNode, Prose, Unread};
use super::loss::{Losses, Lost, Sentence};
use super::operation::{Member, Operation, Place, Silent};
use super::prose;
use super::shape::{Constraint, Field, Patterns, Shape};
use crate::contract::ShapeType;
use fit::{fit_answer, fit_query, fit_request};
use name::{is_text, is_word};
use pages::pagination;
use uri::labels;

pub(super) use uri::unsendable;

/// What a shape is for: values that a sentence lists are said of answers alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Use {
    Request,
    Answer,
}

/// Makes operations of a graph.
pub(super) struct Converter<'g> {
    graph: &'g Graph,
    patterns: &'g mut Patterns,
    /// Shapes that were made, with what they lost.
    made: HashMap<(&'g str, Use), (Shape, Vec<Lost>)>,
    /// Shapes that are being made: one that holds itself is named there.
    under_way: HashSet<&'g str>,
}

impl<'g> Converter<'g> {
    pub(super) fn new(graph: &'g Graph, patterns: &'g mut Patterns) -> Self {
        Self {
            graph,
            patterns,
            made: HashMap::new(),
            under_way: HashSet::new(),
        }
    }

    pub(super) fn operation(&mut self, node: &'g OperationNode) -> Operation {
        let mut losses = Losses::default();
        let mut operation = Operation {
            name: node.name.clone(),
            source: self.graph.source.clone(),
            method: node.method.clone(),
            code: node.code,
            section: format!("{} / {}", self.graph.source, node.name),
            silent: Silent {
                prose: true,
                ..Silent::default()
            },
            ..Operation::default()
        };
        unread(&node.faults, &node.name, &mut losses);
        tell(&node.prose, &node.name, &mut operation.sentences);

        operation.input = self.members(
            (node.input.as_deref(), Use::Request),
            &mut losses,
            &mut operation.sentences,
        );
        operation.output = self.members(
            (node.output.as_deref(), Use::Answer),
            &mut losses,
            &mut operation.sentences,
        );
        fit_request(&mut operation.input, &mut losses);
        fit_answer(&mut operation.output, &mut losses);
        operation.uri = labels(
            &node.uri,
            self.label_names(node),
            &mut operation.input,
            &mut losses,
        );
        fit_query(&operation.uri, &mut operation.input, &mut losses);

        for fault in &node.errors {
            match operation
                .errors
                .iter()
                .find(|known| known.name == fault.name)
            {
                None => operation.errors.push(fault.clone()),
                Some(known) if known.status == fault.status => {}
                Some(known) => losses.add(Lost {
                    of: fault.name.clone(),
                    line: None,
                    what: "error",
                    why: format!(
                        "it is listed twice, with the statuses {} and {}",
                        known.status, fault.status
                    ),
                }),
            }
        }

        self.shapes(&mut operation, &mut losses);
        bound(&mut operation, &mut losses);
        operation.pagination = pagination(node, &operation, &mut losses);
        operation.lost = losses.0;
        operation
    }

    /// What members of a path are called in it.
    fn label_names(&self, node: &OperationNode) -> Vec<(&'g str, &'g str)> {
        let input = node
            .input
            .as_deref()
            .and_then(|name| self.graph.shapes.get(name));
        let members = input
            .map(|node| node.members.as_slice())
            .unwrap_or_default();
        // Elsewhere a name may have any character; a label stands in a path.
        let fits =
            |name: &str| !name.contains(['{', '}', '/', '?', '#', '+', '"']) && is_word(name);
        let labels = members
            .iter()
            .filter(|edge| edge.place == Place::Label && fits(&edge.name));
        labels
            .map(|edge| {
                (
                    edge.wire_name.as_deref().unwrap_or(&edge.name),
                    edge.name.as_str(),
                )
            })
            .collect()
    }

    fn members(
        &mut self,
        (of, used): (Option<&'g str>, Use),
        losses: &mut Losses,
        sentences: &mut Vec<Sentence>,
    ) -> Vec<Member> {
        let Some(node) = of.and_then(|name| self.graph.shapes.get(name)) else {
            return Vec::new();
        };
        let mut members = Vec::new();
        for edge in &node.members {
            unread(&edge.faults, &edge.name, losses);
            if let Some(why) = self.without_words(edge) {
                losses.add(Lost {
                    of: edge.name.clone(),
                    line: None,
                    what: "member",
                    why: why.to_owned(),
                });
                continue;
            }
            if edge.is_json_text {
                losses.add(Lost {
                    of: edge.name.clone(),
                    line: None,
                    what: "encoding",
                    why:
                        "its text is a JSON document in Base64, and contracts have no word for that"
                            .to_owned(),
                });
            }
            tell(&edge.prose, &edge.name, sentences);

            let (shape, lost) = self.shape_of(edge, used);
            lost.into_iter().for_each(|lost| losses.add(lost));
            let wire = edge.wire_name.as_ref().filter(|name| {
                let has_name = !matches!(
                    edge.place,
                    Place::Label | Place::Payload | Place::StatusCode
                );
                has_name && (**name != edge.name || edge.place == Place::PrefixHeaders)
            });
            members.push(Member {
                name: edge.name.clone(),
                wire_name: wire.cloned(),
                place: edge.place,
                required: edge.is_required || edge.place == Place::Label,
                idempotency_token: edge.is_token,
                section: None,
                shape,
                type_unsaid: false,
                required_unsaid: false,
            });
        }
        members
    }

    /// Why a contract has no words for a member.
    fn without_words(&self, edge: &Edge) -> Option<&'static str> {
        let node = self.graph.shapes.get(&edge.target)?;
        if node.is_events {
            return Some("it is a stream of events");
        }
        if edge.is_any_query {
            return Some("it is parameters of the query with any name");
        }
        match (edge.place, node.kind) {
            (Place::Query, ShapeType::Map) => Some("it is parameters of the query with any name"),
            (
                Place::Header | Place::Query | Place::Label,
                ShapeType::Structure | ShapeType::Union,
            ) => Some("a structure stands in no path, query or header field"),
            (Place::Header | Place::Label, ShapeType::Map) => {
                Some("a map stands in no path and in no header field")
            }
            (Place::StatusCode, kind) if !matches!(kind, ShapeType::Integer | ShapeType::Long) => {
                Some("a status is an integer")
            }
            (Place::Payload, kind) if is_scalar(kind) => {
                Some("a body is no number, boolean or date")
            }
            (Place::PrefixHeaders, _) if !self.is_map_of_texts(node) => {
                Some("header fields with a prefix are a map of strings")
            }
            _ => None,
        }
    }

    fn is_map_of_texts(&self, node: &Node) -> bool {
        let value = node
            .element
            .as_ref()
            .and_then(|edge| self.graph.shapes.get(&edge.target));
        let is_text = |node: &Node| matches!(node.kind, ShapeType::String | ShapeType::Enum);
        node.kind == ShapeType::Map && value.is_some_and(is_text)
    }

    /// The shape of a member: a target where it has parts, else its type with constraints.
    fn shape_of(&mut self, edge: &'g Edge, used: Use) -> (Shape, Vec<Lost>) {
        let Some((name, node)) = self.graph.shapes.get_key_value(&edge.target) else {
            let lost = Lost {
                of: edge.name.clone(),
                line: None,
                what: "shape",
                why: format!("the model has no shape `{}`", edge.target),
            };
            return (Shape::of(ShapeType::Document), vec![lost]);
        };

        let is_own = !edge.constraints.is_empty() || edge.timestamp.is_some();
        if node.has_parts() && (!is_own || self.under_way.contains(name.as_str())) {
            return (Shape::target(name), Vec::new());
        }
        let (mut shape, mut lost) = self.named(name, node, used);
        if edge.timestamp.is_some() {
            shape.timestamp = edge.timestamp;
        }
        for constraint in &edge.constraints {
            restrict(&mut shape, constraint, &edge.name, self.patterns, &mut lost);
        }
        let is_text = shape.kind == ShapeType::String && shape.pattern.is_none();
        let is_text = is_text && used == Use::Answer;
        if let (true, Some(values)) = (is_text, &edge.listed) {
            // A text can have a list of values.
            let values = Constraint::Values(values.clone());
            let _ = shape.restrict(values, self.patterns);
        }
        (shape, lost)
    }

    /// A named shape with its own constraints.
    fn named(&mut self, name: &'g str, node: &'g Node, used: Use) -> (Shape, Vec<Lost>) {
        if let Some(made) = self.made.get(&(name, used)) {
            return made.clone();
        }
        self.under_way.insert(name);
        let mut losses = Losses::default();
        let mut shape = Shape::of(node.kind);
        shape.timestamp = node.timestamp.filter(|_| node.kind == ShapeType::Timestamp);
        unread(&node.faults, name, &mut losses);

        for edge in &node.members {
            let of = format!("{name} / {}", edge.name);
            unread(&edge.faults, &of, &mut losses);
            let (inner, lost) = self.shape_of(edge, used);
            lost.into_iter().for_each(|lost| losses.add(lost));
            let wire_name = edge.wire_name.clone().filter(|wire| *wire != edge.name);
            let taken = |field: (&String, &Field)| {
                let wire = field.1.wire_name.as_ref().unwrap_or(field.0);
                wire == wire_name.as_ref().unwrap_or(&edge.name)
            };
            let is_named = is_text(wire_name.as_ref().unwrap_or(&edge.name));
            if shape.members.iter().any(taken) || !is_named {
                losses.add(Lost {
                    of,
                    line: None,
                    what: "member",
                    why: "its name on the wire is none, or that of another member".to_owned(),
                });
                continue;
            }
            shape.members.insert(
                edge.name.clone(),
                Field {
                    shape: inner,
                    required: edge.is_required,
                    wire_name,
                },
            );
        }
        for (edge, slot) in [
            (&node.element, &mut shape.element),
            (&node.key, &mut shape.key),
        ] {
            let Some(edge) = edge else { continue };
            unread(&edge.faults, name, &mut losses);
            let (inner, lost) = self.shape_of(edge, used);
            lost.into_iter().for_each(|lost| losses.add(lost));
            *slot = Some(Box::new(inner));
        }

        let mut lost = losses.0;
        for constraint in &node.constraints {
            restrict(&mut shape, constraint, name, self.patterns, &mut lost);
        }
        self.under_way.remove(name);
        self.made
            .insert((name, used), (shape.clone(), lost.clone()));
        (shape, lost)
    }

    /// The shapes that members lead to.
    fn shapes(&mut self, operation: &mut Operation, losses: &mut Losses) {
        let of = |members: &[Member]| -> Vec<String> {
            let mut targets = Vec::new();
            members
                .iter()
                .for_each(|member| member.shape.targets(&mut targets));
            targets.into_iter().map(str::to_owned).collect()
        };
        // What requests have comes first: what a sentence lists does not count for that.
        let uses = [
            (Use::Request, of(&operation.input)),
            (Use::Answer, of(&operation.output)),
        ];
        for (used, targets) in uses {
            let mut left: VecDeque<String> = targets.into();
            while let Some(name) = left.pop_front() {
                let Some((key, node)) = self.graph.shapes.get_key_value(&name) else {
                    continue;
                };
                if operation.shapes.contains_key(&name) {
                    continue;
                }
                let (shape, lost) = self.named(key, node, used);
                lost.into_iter().for_each(|lost| losses.add(lost));
                let mut targets = Vec::new();
                shape.targets(&mut targets);
                left.extend(targets.into_iter().map(str::to_owned));
                operation.shapes.insert(name, shape);
            }
        }
    }
}

fn is_scalar(kind: ShapeType) -> bool {
    use ShapeType::{Boolean, Double, Float, Integer, Long, Timestamp};
    matches!(kind, Boolean | Double | Float | Integer | Long | Timestamp)
}

fn restrict(
    shape: &mut Shape,
    constraint: &Constraint,
    of: &str,
    patterns: &mut Patterns,
    lost: &mut Vec<Lost>,
) {
    if let Err(why) = shape.restrict(constraint.clone(), patterns) {
        lost.push(Lost {
            of: of.to_owned(),
            line: None,
            what: constraint.word(),
            why,
        });
    }
}

fn unread(faults: &[Unread], of: &str, losses: &mut Losses) {
    for fault in faults {
        losses.add(Lost {
            of: of.to_owned(),
            line: None,
            what: fault.what,
            why: fault.why.clone(),
        });
    }
}

fn tell(prose: &Option<Prose>, section: &str, sentences: &mut Vec<Sentence>) {
    if let Some(Prose { text, line }) = prose {
        sentences.extend(prose::sentences(text, section, *line));
    }
}
