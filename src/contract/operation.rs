//! One operation as documented at one time: its members, errors, rules and promises.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use indexmap::IndexMap;

use serde_json::{Map, Value};

use super::atom::{Atoms, ByPath};
use super::{Atom, AtomId, Part, Rule, RuleKind, Shape};

/// One operation, as documented at one time.
#[derive(Clone, Debug)]
pub(crate) struct Contract {
    /// The operation's name as documented, `UpdateShelf`.
    pub(crate) operation: String,
    /// The operation's name in ids: the folder it stands in, `update-shelf`.
    pub(crate) slug: String,
    /// When it was documented like this: `2018`, `current`.
    pub(crate) revision: String,
    /// The document the promises are taken from.
    pub(crate) source: String,
    /// The file they are written in, as shown to the user.
    pub(crate) file: String,
    /// How a request of this operation looks in HTTP.
    pub(crate) http: Http,
    /// The members of a request, in documented order.
    pub(crate) input: Vec<Member>,
    /// The members of a successful answer, in documented order.
    pub(crate) output: Vec<OutputMember>,
    /// The documented errors.
    pub(crate) errors: Vec<ErrorShape>,
    /// What the page promises in prose.
    pub(crate) rules: Vec<Rule>,
    /// The named shapes that members target.
    pub(crate) shapes: IndexMap<String, Shape>,
    /// Every promise of this contract, in the order of the page; protocol promises last.
    pub(crate) atoms: Atoms,
    /// Where in `atoms` a promise stands, by its path: judges ask for dozens of them for every
    /// answer.
    pub(super) places: HashMap<ByPath, usize, FixedState>,
    /// Where in `atoms` the promises about a member of an answer stand, by its name.
    pub(super) answered: HashMap<String, Vec<usize>>,
    /// Whether each member of an answer is a member of its document, under its own name: then
    /// nothing has to be translated.
    pub(super) plain_answers: bool,
}

/// Method, path and success status of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    /// The documented method.
    pub(crate) method: String,
    /// The documented path, labels in braces: `/shelves/{ShelfId}`.
    pub(crate) uri: String,
    /// Another path under which targets may serve it, since it was published so at another time.
    pub(crate) other_uri: Option<String>,
    /// The documented status of a successful answer.
    pub(crate) code: u16,
    /// Other statuses that are documented for a successful answer.
    pub(crate) also: Vec<u16>,
    /// Where the page says so.
    pub(crate) section: String,
}

/// Where in a request a member goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Location {
    /// A part of the path.
    Label,
    /// A parameter of the query string.
    Query,
    /// A header field.
    Header,
    /// A map: a header field for each of its entries, whose name begins with a prefix.
    PrefixHeaders,
    /// A member of the JSON document in the body.
    Body,
    /// The whole body.
    Payload,
}

/// Where in an answer a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswerLocation {
    /// A header field.
    Header,
    /// A map: an entry for each header field whose name begins with a prefix.
    PrefixHeaders,
    /// The status of the answer.
    StatusCode,
    /// A member of the JSON document in the body.
    Body,
    /// The whole body.
    Payload,
}

/// One member of a request.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name as documented.
    pub(crate) name: String,
    /// What values it may take.
    pub(crate) shape: Shape,
    /// Where it goes.
    pub(crate) location: Location,
    /// The name it has there: of the query's parameter, of the header field, of the member of the
    /// document; or the prefix of the names of header fields.
    pub(crate) wire_name: String,
    /// Whether a request without it breaks the contract.
    pub(crate) required: bool,
    /// Whether it tells a request that is sent again from one that is made again: where it is not
    /// about something else, each request has a value of its own.
    pub(crate) is_token: bool,
    /// The section of the page that documents it.
    pub(crate) section: String,
}

/// When a member stands in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Presence {
    /// In every successful answer, and never `null`.
    Always,
    /// It may be absent, or `null`.
    Optional,
}

/// One member of a successful answer.
#[derive(Clone, Debug)]
pub(crate) struct OutputMember {
    /// Its name as documented.
    pub(crate) name: String,
    /// What values it may take.
    pub(crate) shape: Shape,
    /// Where it stands.
    pub(crate) location: AnswerLocation,
    /// The name it has there, as in a request.
    pub(crate) wire_name: String,
    /// When it is there.
    pub(crate) presence: Presence,
    /// The member of an answer beside which it may be absent.
    pub(crate) unless: Option<String>,
    /// The section of the page that documents it.
    pub(crate) section: String,
}

/// One documented error.
#[derive(Clone, Debug)]
pub(crate) struct ErrorShape {
    /// The error type, `NoSuchShelf`.
    pub(crate) name: String,
    /// The documented status.
    pub(crate) status: u16,
    /// The section of the page that documents it.
    pub(crate) section: String,
    /// Why no request can bring it about on purpose, where that is so.
    pub(crate) impossible: Option<String>,
}

impl Member {
    /// The path of the promise about a token that is sent twice.
    pub(crate) fn again(&self) -> String {
        format!("request::{}::again", self.name)
    }
}

impl Http {
    /// Whether the operation changes nothing, by its method.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The request target under which it may be served as well, for one under the documented path.
    pub(crate) fn elsewhere(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.uri.as_str())?;
        let other = self.other_uri.as_deref()?;
        (rest.is_empty() || rest.starts_with('?')).then(|| format!("{other}{rest}"))
    }

    /// Whether a successful answer may have that status.
    pub(crate) fn admits(&self, status: u16) -> bool {
        status == self.code || self.also.contains(&status)
    }

    /// The statuses of a successful answer in words: `200`, `200 or 201`.
    pub(crate) fn statuses(&self) -> String {
        let all = std::iter::once(&self.code).chain(&self.also);
        let all: Vec<String> = all.map(ToString::to_string).collect();
        all.join(" or ")
    }
}

impl Location {
    /// Whether what stands there is a member of a JSON document. Elsewhere every value is text.
    pub(crate) fn is_json(self) -> bool {
        self == Self::Body
    }

    /// Whether a value there is text in the head of the request.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Label | Self::Query | Self::Header | Self::PrefixHeaders
        )
    }
}

impl Contract {
    /// Whether a request of the operation has a JSON document as its body.
    pub(crate) fn has_document(&self) -> bool {
        self.input.iter().any(|m| match m.location {
            Location::Payload => self.resolve(&m.shape).kind.is_document(),
            location => location.is_json(),
        })
    }

    /// The member of requests that is the whole body.
    pub(crate) fn payload(&self) -> Option<&Member> {
        self.input.iter().find(|m| m.location == Location::Payload)
    }

    /// The member of answers that is the whole body.
    pub(crate) fn answered_payload(&self) -> Option<&OutputMember> {
        let is_payload = |m: &&OutputMember| m.location == AnswerLocation::Payload;
        self.output.iter().find(is_payload)
    }

    /// Whether the body of a successful answer is a JSON document.
    pub(crate) fn answers_document(&self) -> bool {
        self.output.iter().any(|m| match m.location {
            AnswerLocation::Payload => self.resolve(&m.shape).kind.is_document(),
            location => location == AnswerLocation::Body,
        })
    }

    /// Whether the members of a successful answer are those of its document, by name.
    pub(crate) fn answers_plainly(&self) -> bool {
        self.plain_answers
    }

    /// The member that tells requests apart.
    pub(crate) fn token(&self) -> Option<&Member> {
        self.input.iter().find(|member| member.is_token)
    }

    /// The defaults of a request that sends these members: the rule that says so, the member that is
    /// not sent, and its value.
    pub(crate) fn defaults<'a>(
        &'a self,
        sent: &Map<String, Value>,
    ) -> impl Iterator<Item = (&'a Rule, &'a String, &'a Value)> {
        self.rules.iter().filter_map(move |rule| match &rule.kind {
            RuleKind::Default { input, value, when } => {
                let applies = when.as_ref().is_none_or(|when| when.holds(sent));
                (applies && !sent.contains_key(input)).then_some((rule, input, value))
            }
            _ => None,
        })
    }

    /// The member of answers that shows the state, and the states that end by themselves.
    pub(crate) fn transitions(&self) -> Option<(&str, &[String])> {
        self.rules.iter().find_map(|rule| match &rule.kind {
            RuleKind::State {
                output,
                transitional,
                ..
            } => Some((output.as_str(), transitional.as_slice())),
            _ => None,
        })
    }

    /// The request member of that name.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.input.iter().find(|m| m.name == name)
    }

    /// The answer member of that name.
    pub(crate) fn output_member(&self, name: &str) -> Option<&OutputMember> {
        self.output.iter().find(|m| m.name == name)
    }

    /// The documented error of that type.
    pub(crate) fn error(&self, name: &str) -> Option<&ErrorShape> {
        self.errors.iter().find(|e| e.name == name)
    }

    /// The full id of a promise of this contract, from its path within the operation:
    /// `rule::bare-name-length`.
    pub(crate) fn atom_id(&self, path: &str) -> AtomId {
        AtomId::new(&self.slug, path)
    }

    /// With these promises instead of its own.
    pub(super) fn with_atoms(mut self, atoms: Atoms) -> Self {
        self.places = atoms
            .keys()
            .enumerate()
            .map(|(place, id)| (ByPath(id.clone()), place))
            .collect();

        self.plain_answers = self
            .output
            .iter()
            .all(|m| m.location == AnswerLocation::Body && m.wire_name == m.name);
        self.answered.clear();
        for (place, atom) in atoms
            .values()
            .enumerate()
            .filter(|(_, atom)| atom.part == Part::Response)
        {
            let name = atom
                .id
                .path()
                .strip_prefix("response::")
                .and_then(|path| path.split(['.', '[', '{', ':']).next());
            let Some(name) = name else {
                continue;
            };
            match self.answered.get_mut(name) {
                Some(places) => places.push(place),
                None => {
                    self.answered.insert(name.to_owned(), vec![place]);
                }
            }
        }

        self.atoms = atoms;
        self
    }

    /// The promises about a member of an answer and about what is inside it.
    pub(crate) fn atoms_of_output<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Atom> {
        let places = self
            .answered
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        places
            .iter()
            .filter_map(|place| self.atoms.get_index(*place))
            .map(|(_, atom)| atom)
    }

    /// The path within the operation of a promise of this contract. It is found without a search:
    /// judges ask for it of every promise about an answer, for every answer.
    pub(crate) fn path_of<'a>(&self, id: &'a AtomId) -> &'a str {
        id.as_str()
            .get(self.slug.len() + "::".len()..)
            .unwrap_or_default()
    }

    /// The promise at that path within the operation.
    pub(crate) fn atom(&self, path: &str) -> Option<&Atom> {
        self.places
            .get(path)
            .and_then(|place| self.atoms.get_index(*place))
            .map(|(_, atom)| atom)
    }

    /// The shape a member or element really has: a target is followed to the shape it names.
    ///
    /// The loader has refused targets that name nothing and targets that lead in a circle.
    pub(crate) fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let mut shape = shape;
        while let Some(target) = &shape.target {
            match self.shapes.get(target) {
                Some(next) => shape = next,
                None => break,
            }
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::Http;

    #[test]
    fn a_success_may_have_several_statuses() {
        let http = Http {
            other_uri: None,
            method: "PUT".to_owned(),
            uri: "/shelves".to_owned(),
            code: 200,
            also: vec![201, 204],
            section: String::new(),
        };
        assert_eq!(http.statuses(), "200 or 201 or 204");
        let admitted: Vec<u16> = (200..=204).filter(|status| http.admits(*status)).collect();
        assert_eq!(admitted, [200, 201, 204]);
    }
}
