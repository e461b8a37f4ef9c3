//! From the graph of a model to operations as contracts describe them. Whatever a contract has no
//! words for costs a promise or a member, and is told; it costs no operation.

use std::collections::{HashMap, HashSet, VecDeque};

use super::bounded::bound;
use super::graph::{Edge, Graph, Node, OperationNode, Pages, Prose, Unread};
use super::loss::{Losses, Lost, Sentence};
use super::operation::{Member, Operation, Pagination, Place, Silent};
use super::prose;
use super::shape::{Constraint, Field, Patterns, Shape};
use crate::contract::ShapeType;
use crate::support::echo::shown;

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

/// Why no request of an operation can be sent.
pub(super) fn unsendable(node: &OperationNode) -> Option<String> {
    let is_method = !node.method.is_empty() && node.method.bytes().all(|b| b.is_ascii_uppercase());
    if !is_method {
        return Some(format!("`{}` is no method of HTTP", shown(&node.method)));
    }
    let (path, query) = node.uri.split_once('?').unwrap_or((&node.uri, ""));
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '"';
    let labels = |text: &str| -> Vec<bool> {
        let inside = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'));
        inside.map(|(label, _)| label.ends_with('+')).collect()
    };
    let (of_path, of_query) = (labels(path), labels(query));
    // A label that keeps slashes ends where the path does.
    let greedy = of_path.iter().position(|is_greedy| *is_greedy);
    let is_last = greedy.is_none_or(|at| at + 1 == of_path.len());
    let is_path = path.starts_with('/') && !node.uri.contains(is_bad);
    let is_sendable = is_path && is_last && !of_query.contains(&true) && has_names(&node.uri);
    (!is_sendable).then(|| format!("no request goes to the path `{}`", shown(&node.uri)))
}

/// Whether every label of a path has a name, and each its own.
fn has_names(uri: &str) -> bool {
    let inside = uri.split('{').skip(1).map(|rest| rest.split_once('}'));
    let mut seen = HashSet::new();
    let mut is_whole = true;
    for label in inside {
        let name = label.map(|(label, _)| label.trim_end_matches('+'));
        is_whole &= name.is_some_and(|name| is_text(name) && seen.insert(name));
    }
    is_whole
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

/// What requests cannot have together is dropped, the later one.
fn fit_request(members: &mut Vec<Member>, losses: &mut Losses) {
    fit(members, losses);
    let mut has_token = false;
    for member in members {
        let is_text = member.shape.kind == ShapeType::String && member.shape.target.is_none();
        let can_be = is_text && !matches!(member.place, Place::Label | Place::Payload);
        if member.idempotency_token && (has_token || !can_be) {
            member.idempotency_token = false;
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "idempotency-token",
                why: "a contract has one token at most, and it is a string".to_owned(),
            });
        }
        has_token |= member.idempotency_token;
    }
}

fn fit_answer(members: &mut Vec<Member>, losses: &mut Losses) {
    for member in members.iter_mut() {
        // What a model calls a label or a query of an answer has no meaning there.
        if matches!(member.place, Place::Label | Place::Query) {
            member.place = Place::Body;
        }
        member.idempotency_token = false;
    }
    fit(members, losses);
}

/// Names that are taken, and members beside one that is the whole body.
fn fit(members: &mut Vec<Member>, losses: &mut Losses) {
    let has_payload = members.iter().any(|member| member.place == Place::Payload);
    let mut taken: HashSet<(&'static str, String)> = HashSet::new();
    members.retain(|member| {
        let name = match member.place {
            Place::Header | Place::PrefixHeaders => member.on_wire().to_ascii_lowercase(),
            Place::Payload | Place::StatusCode => String::new(),
            _ => member.on_wire().to_owned(),
        };
        let why = match member.place {
            Place::Body if has_payload => Some("another member is the whole body"),
            Place::Header | Place::PrefixHeaders if !is_token(&name) => {
                Some("its name is none of a header field")
            }
            Place::Query | Place::Body if !is_text(&name) => Some("its name is none"),
            Place::Header | Place::PrefixHeaders if has_prefix(&taken, member.place, &name) => {
                Some("its header fields are also those of another member")
            }
            _ if !taken.insert((member.place.word(), name)) => {
                Some("another member has its name on the wire")
            }
            _ => None,
        };
        if let Some(why) = why {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: why.to_owned(),
            });
        }
        why.is_none()
    });
}

/// Whether a header field could be of two members, by a prefix that one of them has.
fn has_prefix(taken: &HashSet<(&'static str, String)>, place: Place, name: &str) -> bool {
    let prefix = Place::PrefixHeaders.word();
    taken.iter().any(|(of, other)| {
        let by_other = *of == prefix && name.starts_with(other.as_str());
        let headers = [prefix, Place::Header.word()];
        let by_own =
            place == Place::PrefixHeaders && headers.contains(of) && other.starts_with(name);
        by_other || by_own
    })
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_text(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

fn is_token(name: &str) -> bool {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(of_token)
}

/// Parameters of the query that stand in the path already.
fn fit_query(uri: &str, members: &mut Vec<Member>, losses: &mut Losses) {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let fixed: Vec<&str> = query
        .split('&')
        .filter_map(|one| one.split('=').next())
        .collect();
    members.retain(|member| {
        let stands = member.place == Place::Query && fixed.contains(&member.on_wire());
        if stands {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: "the path sends the parameter already".to_owned(),
            });
        }
        !stands
    });
}

/// The path, with the names of members as its labels. Each label has a member, and each member that
/// is one a label.
fn labels(
    uri: &str,
    names: Vec<(&str, &str)>,
    members: &mut Vec<Member>,
    losses: &mut Losses,
) -> String {
    let mut path = String::with_capacity(uri.len());
    let mut found = HashSet::new();
    let mut rest = uri;
    while let Some((before, behind)) = rest.split_once('{') {
        path.push_str(before);
        let Some((label, behind)) = behind.split_once('}') else {
            path.push_str("%7B");
            rest = behind;
            continue;
        };
        let (plain, greedy) = match label.strip_suffix('+') {
            Some(plain) => (plain, "+"),
            None => (label, ""),
        };
        let by_wire = names.iter().find(|(wire, _)| *wire == plain);
        let name = by_wire.map_or(plain, |(_, name)| name);
        path.push_str(&format!("{{{name}{greedy}}}"));
        found.insert(name.to_owned());
        rest = behind;
    }
    path.push_str(rest);

    members.retain(|member| {
        let lost = member.place == Place::Label && !found.contains(&member.name);
        if lost {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: "it is a label, and the path has none of its name".to_owned(),
            });
        }
        !lost
    });
    let is_label = |member: &&Member| member.place == Place::Label;
    let known: HashSet<String> = members
        .iter()
        .filter(is_label)
        .map(|m| m.name.clone())
        .collect();
    let mut missing: Vec<&String> = found.iter().filter(|name| !known.contains(*name)).collect();
    missing.sort();
    for name in missing {
        losses.add(Lost {
            of: name.clone(),
            line: None,
            what: "member",
            why: "the path has the label, and the request no such member: any text is sent"
                .to_owned(),
        });
        members.retain(|member| member.name != *name);
        members.insert(
            0,
            Member {
                name: name.clone(),
                wire_name: None,
                place: Place::Label,
                required: true,
                idempotency_token: false,
                section: None,
                shape: Shape::of(ShapeType::String),
                type_unsaid: true,
                required_unsaid: true,
            },
        );
    }
    path
}

/// How lists go on, where the names of members say it.
fn pagination(
    node: &OperationNode,
    operation: &Operation,
    losses: &mut Losses,
) -> Option<Pagination> {
    let mut lose = |why: String| {
        losses.add(Lost {
            of: node.name.clone(),
            line: None,
            what: "pagination",
            why,
        });
        None
    };
    let mut pages = match node.pagination.as_ref()? {
        Pages::By(pages) => pages.clone(),
        Pages::Otherwise(why) => return lose(why.clone()),
    };

    let has = |members: &[Member], name: &Option<String>| {
        let name = name.as_ref();
        name.is_some_and(|name| members.iter().any(|member| member.name == *name))
    };
    if !has(&operation.input, &pages.input_token) || !has(&operation.output, &pages.output_token) {
        return lose("its tokens are no members of request and answer".to_owned());
    }
    if !pages
        .items
        .as_ref()
        .is_some_and(|items| is_list(operation, items))
    {
        return lose("its items are no list of the answer".to_owned());
    }
    let size = |member: &&Member| Some(&member.name) == pages.page_size.as_ref();
    let size = operation.input.iter().find(size);
    if !size.is_some_and(|member| member.shape.is_whole()) {
        pages.page_size = None;
    }
    Some(pages)
}

/// Whether a path of names leads to a list in the answer.
fn is_list(operation: &Operation, path: &str) -> bool {
    let mut names = path.split('.');
    let first = names.next();
    let member = operation
        .output
        .iter()
        .find(|m| Some(m.name.as_str()) == first);
    let mut shape = member.map(|member| &member.shape);
    let resolve = |shape: &Shape| -> Option<Shape> {
        match &shape.target {
            Some(target) => operation.shapes.get(target).cloned(),
            None => Some(shape.clone()),
        }
    };
    let mut at = shape.take().and_then(resolve);
    for name in names {
        at = at.and_then(|shape| resolve(&shape.members.get(name)?.shape));
    }
    at.is_some_and(|shape| shape.kind == ShapeType::List)
}
