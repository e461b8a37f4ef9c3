//! A folder of reference pages, or one page with those beside it, and what each of them is.

use std::collections::BTreeMap;

use crate::contract::ShapeType;
use crate::import::bounded::bound;
use crate::import::loss::{Losses, Lost, Sentence};
use crate::import::operation::{Fault, Member, Operation, Place, Silent};
use crate::import::shape::{Patterns, Shape};
use crate::support::files::{FileError, Source};

use super::assemble::{self, Needed};
use super::entries::{Entry, entries};
use super::labels;
use super::markdown::{Page, Section};
use super::said::{self, Said};
use super::shown::{members_shown, statuses};
use super::syntax::{self, Beginning, Body, Start, Syntax};
use super::types::{self, Use};

/// Pages by the names of their files.
#[derive(Default)]
pub(crate) struct Pages(BTreeMap<String, Source>);

/// What a page is.
pub(crate) enum Verdict {
    Operation(Box<Operation>),
    /// A type that operations use: shapes, without an operation.
    Type(Box<Operation>),
    /// No page of an operation or type: a list of pages, an introduction.
    Other,
    Refused(Refused),
}

/// Why a page of an operation is no contract.
pub(crate) struct Refused {
    pub(crate) operation: String,
    pub(crate) line: usize,
    pub(crate) why: &'static str,
}

/// Why pages of other protocols are no contracts.
const OF_JSON: &str = "the request syntax has no request line, as on pages of the JSON protocol, whose \
                       operations all go to `POST /`: contracts describe operations with a method \
                       and a path of their own";
const OF_QUERY: &str = "the page has no request syntax, as those of the query protocol, whose requests are \
                        forms and whose answers are XML: contracts describe requests in HTTP and JSON";
const OF_STREAM: &str = "the request is a stream of events over HTTP/2: contracts describe requests with \
                         one body";
const OF_XML: &str =
    "a body is XML, as on pages of the REST-XML protocol: contracts describe bodies of JSON";

/// The section on errors, in all guides.
const ERRORS: &str = "Errors";
const REQUEST_SYNTAX: &str = "Request Syntax";
const RESPONSE_SYNTAX: &str = "Response Syntax";
const PARAMETERS: &str = "URI Request Parameters";
const REQUEST_BODY: &str = "Request Body";
const ELEMENTS: &str = "Response Elements";
const CONTENTS: &str = "Contents";

impl Pages {
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Source)>) -> Self {
        Self(files.into_iter().collect())
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Reads the page in a file, with the types that it names.
    ///
    /// # Errors
    /// Where a line of the page, or of a page that it names, is not understood.
    pub(crate) fn read(&self, name: &str, patterns: &mut Patterns) -> Result<Verdict, FileError> {
        let Some(page) = self.0.get(name).and_then(Page::of) else {
            return Ok(Verdict::Other);
        };
        let reader = Reader {
            pages: self,
            page: &page,
            patterns,
            losses: Losses::default(),
            sentences: Vec::new(),
            needed: Vec::new(),
            operation: Operation::default(),
        };
        if page.section(CONTENTS).is_some() {
            return Ok(Verdict::Type(Box::new(reader.read_type(name)?)));
        }

        let refused = |section: &Section<'_>, why| {
            Ok(Verdict::Refused(Refused {
                operation: page.title.clone(),
                line: section.line,
                why,
            }))
        };
        let Some(request) = page.section(REQUEST_SYNTAX) else {
            let of_query = ["Request Parameters", ELEMENTS, ERRORS]
                .iter()
                .find_map(|heading| page.section(heading));
            return match of_query {
                Some(section) => refused(section, OF_QUERY),
                None => Ok(Verdict::Other),
            };
        };
        match syntax::beginning(request) {
            Beginning::Request => {}
            Beginning::Stream => return refused(request, OF_STREAM),
            Beginning::Other => return refused(request, OF_JSON),
        }

        match reader.read(request, name)? {
            Some(operation) => Ok(Verdict::Operation(Box::new(operation))),
            None => refused(request, OF_XML),
        }
    }
}

/// A page of an operation while it is read.
struct Reader<'a, 'p> {
    pages: &'a Pages,
    page: &'a Page<'a>,
    patterns: &'p mut Patterns,
    losses: Losses,
    sentences: Vec<Sentence>,
    needed: Vec<(Needed, Use)>,
    operation: Operation,
}

impl Reader<'_, '_> {
    /// Reads the page of a type, and those that it needs.
    fn read_type(mut self, file: &str) -> Result<Operation, FileError> {
        let this = Needed {
            name: self.page.title.clone(),
            page: file.to_owned(),
        };
        self.operation.name.clone_from(&self.page.title);
        self.operation.source = file.trim_end_matches(".md").to_owned();
        self.needed.push((this, Use::Answer));
        self.types()?;
        self.operation.lost = self.losses.0;
        self.operation.sentences = self.sentences;
        Ok(self.operation)
    }

    /// Reads the page. `None`: a body is XML.
    fn read(mut self, request: &Section<'_>, file: &str) -> Result<Option<Operation>, FileError> {
        let Some(syntax) = syntax::read(self.page, request)? else {
            return Err(self.page.at(request.line, "the request syntax is empty"));
        };
        let answer = self.page.section(RESPONSE_SYNTAX);
        let answer = answer.map(|section| syntax::read(self.page, section));
        let answer = answer.transpose()?.flatten();
        if syntax.body == Body::Xml || answer.as_ref().is_some_and(|a| a.body == Body::Xml) {
            return Ok(None);
        }

        self.operation.name.clone_from(&self.page.title);
        self.operation.source = file.trim_end_matches(".md").to_owned();
        self.operation.section = REQUEST_SYNTAX.to_owned();
        self.operation.silent = Silent {
            pagination: true,
            tokens: true,
            timestamps: true,
            prose: false,
            names: true,
        };
        let introduction = format!("{} (introduction)", self.page.title);
        self.sentences = types::of_prose(&self.page.introduction, &introduction);

        self.parameters(&syntax)?;
        self.request_body(&syntax, request)?;
        self.answer(answer.as_ref())?;
        self.errors()?;
        self.types()?;
        bound(&mut self.operation, &mut self.losses);
        self.operation.lost = self.losses.0;
        self.operation.sentences = self.sentences;
        Ok(Some(self.operation))
    }

    /// The method, the path, and the members in the path, the query and header fields.
    fn parameters(&mut self, syntax: &Syntax) -> Result<(), FileError> {
        let section = self.page.section(PARAMETERS);
        let (introduction, parameters) = section.map(entries).unwrap_or_default();
        self.sentences
            .extend(types::of_prose(&introduction, PARAMETERS));
        let placed = labels::place(self.page, syntax, &parameters)?;
        if let Start::Request { method, .. } = &syntax.start {
            self.operation.method.clone_from(method);
        }
        self.operation.uri = placed.uri;

        for entry in &parameters {
            let (place, wire_name) = placed.places.get(&entry.name).cloned().unwrap_or_default();
            let section = format!("{PARAMETERS} / {}", entry.name);
            let (mut member, said) = self.member(entry, Use::Request, &section)?;
            member.place = place;
            member.wire_name = wire_name;
            member.required = place == Place::Label || said;
            member.required_unsaid &= place != Place::Label;
            member.section = Some(section);
            self.input(member, entry)?;
        }
        Ok(())
    }

    fn request_body(&mut self, syntax: &Syntax, shown: &Section<'_>) -> Result<(), FileError> {
        let section = self.page.section(REQUEST_BODY);
        let (introduction, members) = section.map(entries).unwrap_or_default();
        self.sentences
            .extend(types::of_prose(&introduction, REQUEST_BODY));
        self.all_described(shown, &members, REQUEST_BODY)?;

        for entry in &members {
            let section = format!("{REQUEST_BODY} / {}", entry.name);
            let (mut member, required) = self.member(entry, Use::Request, &section)?;
            member.required = required;
            place_in_body(&mut member, &syntax.body);
            self.has_type(&member, &syntax.body, entry)?;
            self.input(member, entry)?;
        }
        if let Body::Member(name) = &syntax.body
            && !members.iter().any(|entry| entry.name == *name)
        {
            return Err(self.not_described(shown, name, REQUEST_BODY));
        }
        Ok(())
    }

    fn answer(&mut self, syntax: Option<&Syntax>) -> Result<(), FileError> {
        let section = self.page.section(ELEMENTS);
        let (introduction, members) = section.map(entries).unwrap_or_default();
        let shown = self.page.section(RESPONSE_SYNTAX);
        if let Some(shown) = shown {
            self.all_described(shown, &members, ELEMENTS)?;
        }

        let mut status_member = None;
        let mut of_status = Vec::new();
        if let Some(Start::Answer { status, line }) = syntax.map(|syntax| &syntax.start) {
            match status.parse::<u16>() {
                Ok(code) => self.operation.code = code,
                Err(_) if members.iter().any(|entry| entry.name == *status) => {
                    status_member = Some(status.as_str());
                }
                Err(_) => {
                    let message = format!(
                        "expected a status, or the name of a member of the answer, found `{}`",
                        crate::support::echo::shown(status)
                    );
                    return Err(self.page.at(*line, message));
                }
            }
        }

        for entry in &members {
            let section = format!("{ELEMENTS} / {}", entry.name);
            let (mut member, required) = self.member(entry, Use::Answer, &section)?;
            member.required = required;
            if status_member == Some(entry.name.as_str()) {
                member.place = Place::StatusCode;
                member.shape = Shape::of(ShapeType::Integer);
                of_status = entry
                    .lines
                    .iter()
                    .flat_map(|line| statuses(line.text))
                    .collect();
            } else if let Some(field) = syntax.and_then(|syntax| {
                let mut fields = syntax.fields.iter();
                fields.find(|field| field.value == entry.name)
            }) {
                member.place = Place::Header;
                member.wire_name = (field.name != entry.name).then(|| field.name.clone());
            } else if let Some(syntax) = syntax {
                place_in_body(&mut member, &syntax.body);
                self.has_type(&member, &syntax.body, entry)?;
            }
            if self.operation.output.iter().any(|m| m.name == member.name) {
                return Err(self.twice(entry));
            }
            self.operation.output.push(member);
        }

        let said: Vec<u16> = introduction
            .iter()
            .flat_map(|line| statuses(line.text))
            .collect();
        self.status(&said, &of_status)
    }

    /// The status of a successful answer: that of the syntax block, else what the section says.
    fn status(&mut self, said: &[u16], of_member: &[u16]) -> Result<(), FileError> {
        if self.operation.code != 0 {
            if let Some(other) = said.iter().find(|status| **status != self.operation.code) {
                self.losses.add(Lost {
                    of: ELEMENTS.to_owned(),
                    line: self.page.section(ELEMENTS).map(|section| section.line),
                    what: "status",
                    why: format!(
                        "the page says {other} here and {} in the response syntax",
                        self.operation.code
                    ),
                });
            }
            return Ok(());
        }

        let mut all = said.iter().chain(of_member).copied();
        match all.next() {
            Some(first) => self.operation.code = first,
            None if self.page.section(RESPONSE_SYNTAX).is_some() => self.operation.code = 200,
            None => {
                let line = self
                    .page
                    .section(ELEMENTS)
                    .map_or(self.page.title_line, |s| s.line);
                let message = "the page names no status of a successful answer: expected a section \
                               `Response Syntax` that begins with a line such as `HTTP/1.1 200`";
                return Err(self.page.at(line, message));
            }
        }
        for status in all {
            if status != self.operation.code && !self.operation.also.contains(&status) {
                self.operation.also.push(status);
            }
        }
        Ok(())
    }

    fn errors(&mut self) -> Result<(), FileError> {
        let Some(section) = self.page.section(ERRORS) else {
            return Ok(());
        };
        let (_, errors) = entries(section);
        for entry in &errors {
            let said = said::read(self.page, entry)?;
            let Some(status) = said.status else {
                let message = format!("the error `{}` has no line `HTTP Status Code:`", entry.name);
                return Err(self.page.at(entry.line, message));
            };
            let section = format!("{ERRORS} / {}", entry.name);
            self.sentences
                .extend(types::of_prose(&said.prose, &section));
            let first = self.operation.errors.iter().find(|e| e.name == entry.name);
            match first {
                None => self.operation.errors.push(Fault {
                    name: entry.name.clone(),
                    status,
                }),
                Some(first) => self.losses.add(Lost {
                    of: section,
                    line: Some(entry.line),
                    what: "error",
                    why: match first.status == status {
                        true => "the page has the error twice".to_owned(),
                        false => format!(
                            "the page has the error twice, with status {} before",
                            first.status
                        ),
                    },
                }),
            }
        }
        Ok(())
    }

    /// The member of an entry, and whether the page says that it is required.
    fn member(
        &mut self,
        entry: &Entry<'_>,
        of: Use,
        section: &str,
    ) -> Result<(Member, bool), FileError> {
        let said: Said<'_> = said::read(self.page, entry)?;
        if said.status.is_some() {
            let message = format!(
                "`HTTP Status Code:` is of errors, and `{}` is none",
                entry.name
            );
            return Err(self.page.at(entry.line, message));
        }
        let (mut shape, lost) = assemble::shape(&said, section, self.patterns);
        lost.into_iter().for_each(|lost| self.losses.add(lost));
        if of == Use::Answer {
            types::take_listed(&mut shape, &said, self.patterns);
        }

        self.sentences.extend(types::of_prose(&said.prose, section));
        let needed = assemble::needed(&said).into_iter();
        self.needed.extend(needed.map(|needed| (needed, of)));
        let member = Member {
            name: entry.name.clone(),
            wire_name: None,
            place: Place::Body,
            required: false,
            idempotency_token: false,
            section: None,
            shape,
            type_unsaid: said.kind.is_none(),
            required_unsaid: said.required.is_none(),
        };
        Ok((member, said.required.unwrap_or_default()))
    }

    /// Members of a JSON document have a type on every page.
    fn has_type(&self, member: &Member, body: &Body, entry: &Entry<'_>) -> Result<(), FileError> {
        if member.type_unsaid && member.place == Place::Body && *body == Body::Json {
            let message = format!(
                "the entry of `{}` has no line `Type:`: expected one such as `Type: String`",
                entry.name
            );
            return Err(self.page.at(entry.line, message));
        }
        Ok(())
    }

    fn input(&mut self, member: Member, entry: &Entry<'_>) -> Result<(), FileError> {
        if self.operation.input.iter().any(|m| m.name == member.name) {
            return Err(self.twice(entry));
        }
        self.operation.input.push(member);
        Ok(())
    }

    fn twice(&self, entry: &Entry<'_>) -> FileError {
        let message = format!("`{}` stands twice on the page", entry.name);
        self.page.at(entry.line, message)
    }

    /// Reads the pages of the types that members have, and of those that these have.
    fn types(&mut self) -> Result<(), FileError> {
        // What requests have comes first: what a sentence lists does not count for that.
        self.needed.sort_by_key(|(_, of)| *of == Use::Answer);
        let mut left: std::collections::VecDeque<_> = std::mem::take(&mut self.needed).into();
        while let Some((needed, of)) = left.pop_front() {
            if self.operation.shapes.contains_key(&needed.name) {
                continue;
            }
            let source = self.pages.0.get(&needed.page);
            let page = source.and_then(Page::of);
            let contents = page
                .as_ref()
                .and_then(|page| Some((page, page.section(CONTENTS)?)));
            let shape = match contents {
                Some((page, contents)) => {
                    let read = types::read(page, contents, of, self.patterns, &mut self.losses)?;
                    self.sentences.extend(read.sentences);
                    for inner in read.needed.into_iter().rev() {
                        left.push_front((inner, of));
                    }
                    read.shape
                }
                None => {
                    self.losses.add(Lost {
                        of: needed.name.clone(),
                        line: None,
                        what: "shape",
                        why: format!("there is no page {} beside this one", needed.page),
                    });
                    Shape::of(ShapeType::Document)
                }
            };
            self.operation.shapes.insert(needed.name, shape);
        }
        Ok(())
    }

    /// Every member that the syntax block shows has an entry.
    fn all_described(
        &self,
        shown: &Section<'_>,
        entries: &[Entry<'_>],
        section: &str,
    ) -> Result<(), FileError> {
        for name in members_shown(shown) {
            if !entries.iter().any(|entry| entry.name == name) {
                return Err(self.not_described(shown, &name, section));
            }
        }
        Ok(())
    }

    fn not_described(&self, shown: &Section<'_>, name: &str, section: &str) -> FileError {
        let message = format!(
            "the syntax shows the member `{}`, and the section `{section}` has no entry for it",
            crate::support::echo::shown(name)
        );
        self.page.at(shown.line, message)
    }
}

/// Puts a member into the body, or makes it the body.
fn place_in_body(member: &mut Member, body: &Body) {
    if *body == Body::Member(member.name.clone()) {
        member.place = Place::Payload;
        if member.type_unsaid {
            member.shape = Shape::of(ShapeType::Blob);
        }
    }
}
