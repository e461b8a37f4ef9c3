//! What holds for every answer, and what the contract says of a successful one.

use std::collections::BTreeMap;

use super::json::Document;
use super::memo::Memo;
use super::{Finding, Judgement, Role, Side, Sides, Symptom, Verdict};
use crate::contract::oracle::Oracle;
use crate::contract::{AtomId, Contract, Level, Part, Presence, Service};
use crate::wire::exchange::{Answer, Exchange, Silence};

/// Collects findings about one exchange against one contract, each promise tested marked as
/// exercised.
pub(super) struct Checks<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) oracle: Oracle<'a>,
    pub(crate) role: Role,
    /// The side of promises about answers that the exchange shows.
    pub(crate) side: Side,
    /// No finding is more severe than this: what a warning's request leads to is a warning too.
    pub(crate) floor: Level,
    /// Whether any check so far found a promise broken.
    pub(crate) broken: bool,
    pub(crate) judgement: &'a mut Judgement,
}

impl<'a> Checks<'a> {
    pub(super) fn new(oracle: Oracle<'a>, role: Role, judgement: &'a mut Judgement) -> Self {
        Self {
            contract: oracle.contract,
            oracle,
            role,
            side: Side::of_exchange(role),
            floor: Level::Must,
            broken: false,
            judgement,
        }
    }

    /// As new, with findings no more severe than `floor`.
    pub(super) fn with_floor(mut self, floor: Level) -> Self {
        self.floor = floor;
        self
    }

    /// As new, of an exchange that shows that side.
    pub(super) fn with_side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// Marks a promise as tested, and as kept in this exchange.
    pub(super) fn show(&mut self, path: &str) {
        if let Some(atom) = self.contract.atom(path) {
            self.judgement.show(&atom.id, self.side);
        }
    }

    /// Marks a promise as tested, and as broken where `broken` says how. A promise the contract
    /// does not make is no ground for a finding.
    pub(super) fn check(
        &mut self,
        path: &str,
        class: &str,
        broken: Option<(Symptom, String, String)>,
    ) -> bool {
        let level = self.contract.atom(path).map_or(Level::Must, |a| a.level);
        self.check_at(path, class, level, broken)
    }

    /// As [`check`](Self::check), at another level than the promise's own.
    pub(super) fn check_at(
        &mut self,
        path: &str,
        class: &str,
        level: Level,
        broken: Option<(Symptom, String, String)>,
    ) -> bool {
        let Some(atom) = self.contract.atom(path) else {
            return true;
        };
        let side = if atom.part == Part::Request {
            Side::of_class(class)
        } else {
            self.side
        };

        let Some((symptom, expected, actual)) = broken else {
            self.judgement.show(&atom.id, side);
            return true;
        };

        self.judgement.exercise(&atom.id, side);
        self.broken = true;
        let finding = Finding {
            atom: atom.id.clone(),
            class: class.to_owned(),
            symptom,
            level: level.max(atom.level).max(self.floor),
            basis: atom.basis,
            expected,
            actual,
            role: self.role,
        };

        if !self
            .judgement
            .findings
            .iter()
            .any(|f| f.id() == finding.id())
        {
            self.judgement.findings.push(finding);
        }
        false
    }

    /// What holds for every answer. Returns the document of its body, where there is one to read.
    pub(super) fn universal<'e>(
        &mut self,
        exchange: &'e Exchange,
        opaque: bool,
    ) -> Option<&'e Document> {
        let answer = match &exchange.outcome {
            Ok(answer) => answer,
            Err(silence) => {
                let broken = (
                    silence_symptom(silence),
                    "a complete answer".to_owned(),
                    silence.to_string(),
                );
                self.check("protocol::answers", "answer", Some(broken));
                return None;
            }
        };
        let surplus = answer.body.surplus();
        let broken = (surplus > 0).then(|| {
            let actual = format!("{surplus} bytes after the end of the answer");
            (
                Symptom::NotHttp,
                "nothing after the announced end of the answer".to_owned(),
                actual,
            )
        });
        self.check("protocol::answers", "answer", broken);
        if not_implemented(self.oracle.service, answer) {
            return None;
        }
        if answer.status >= 500 {
            let actual = format!("status {}: {}", answer.status, body_preview(answer));
            let broken = (
                Symptom::ServerError,
                "no status of 500 or more".to_owned(),
                actual,
            );
            self.check("protocol::no-server-error", "answer", Some(broken));
            return None;
        }
        self.show("protocol::no-server-error");
        if opaque || exchange.request.method == "HEAD" {
            return None;
        }
        let accepted = exchange.accepted();
        // Bytes that no contract looks into may be labelled and packed in any way.
        if accepted && self.is_opaque() {
            return None;
        }
        let coding = answer
            .header("content-encoding")
            .filter(|c| !c.eq_ignore_ascii_case("identity"));
        let broken = coding.map(|c| {
            (
                Symptom::ContentCoding,
                "no content coding".to_owned(),
                format!("content-encoding: {c}"),
            )
        });
        if !self.check("protocol::encoding", "answer", broken) {
            return None;
        }
        // Where no member of the body is documented, a success such as 204 has nothing to show.
        if answer.body.is_empty() && !(accepted && self.is_document_due()) {
            return None;
        }
        if self.answered_in_kind(exchange, answer) {
            return None;
        }
        self.content_type(answer, accepted);
        let document = answer.body.document();
        let expected = || "one JSON document".to_owned();
        let broken = match document {
            Document::Value(_) => None,
            Document::Twice { member, .. } => Some((
                Symptom::MemberTwice,
                expected(),
                format!("the member {member} stands twice"),
            )),
            Document::Broken(why) => Some((
                Symptom::NotJson,
                expected(),
                format!("{why}: {}", body_preview(answer)),
            )),
        };
        self.check("protocol::json", "answer", broken);
        Some(document)
    }

    /// Whether the body of a successful answer is no document.
    fn is_opaque(&self) -> bool {
        self.contract.answered_payload().is_some() && !self.contract.answers_document()
    }

    /// Whether a successful answer has a document to show.
    fn is_document_due(&self) -> bool {
        let payload = self.contract.answered_payload();
        self.contract.answers_document() && payload.is_none_or(|p| p.presence == Presence::Always)
    }

    /// As [`universal`](Self::universal), where it may have held for an answer like this before.
    pub(super) fn universal_again<'c, 'e>(
        &mut self,
        contract: &'c Contract,
        exchange: &'e Exchange,
        opaque: bool,
        memo: &mut Memo<'c>,
    ) -> Option<&'e Document> {
        let like = exchange.answer().filter(|answer| {
            !opaque
                && answer.status < 500
                && !answer.body.is_empty()
                && answer.body.surplus() == 0
                && exchange.request.method != "HEAD"
        });

        let Some(answer) = like else {
            return self.universal(exchange, opaque);
        };
        let document = answer.body.document();
        let known =
            matches!(document, Document::Value(_)) && !not_implemented(self.oracle.service, answer);
        if known && memo.knows(contract, answer) {
            return Some(document);
        }
        let document = self.universal(exchange, opaque);
        if known && !self.broken {
            memo.note(contract, answer);
        }
        document
    }

    /// Whether a request in another media type was answered in that one. Such an answer is one
    /// fault and no grave one: who sends CBOR can read it, and its bytes are not meant as JSON.
    fn answered_in_kind(&mut self, exchange: &Exchange, answer: &Answer) -> bool {
        let known = &self.oracle.service.protocol.answer_content_types;
        let sent = exchange
            .request
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let asked = sent
            .map(|(_, value)| media_type(value))
            .filter(|media| !known.contains(media));
        let answered = answer.header("content-type").map(media_type);
        let is_json = matches!(
            answer.body.document(),
            Document::Value(_) | Document::Twice { .. }
        );
        if is_json || asked.is_none() || asked != answered {
            return false;
        }
        let expected = known
            .first()
            .map(|k| format!("content-type: {k}"))
            .unwrap_or_default();
        let actual = format!(
            "content-type: {}, as that of the request",
            answered.unwrap_or_default()
        );
        let broken = (Symptom::ContentType, expected, actual);
        let class = if exchange.accepted() {
            "answer"
        } else {
            "refusal"
        };
        self.check_at("protocol::content-type", class, Level::Should, Some(broken));
        true
    }

    fn content_type(&mut self, answer: &Answer, accepted: bool) {
        let known = &self.oracle.service.protocol.answer_content_types;
        let header = answer.header("content-type");
        let media = header.map(media_type);
        let right = media.as_ref().is_some_and(|m| known.contains(m));
        let expected = known
            .first()
            .map(|k| format!("content-type: {k}"))
            .unwrap_or_default();
        let actual = header.map_or("no content-type".to_owned(), |h| {
            format!("content-type: {h}")
        });
        // The page shows the type of successful answers only.
        let level = if accepted { Level::Must } else { Level::Should };
        let class = if accepted { "answer" } else { "refusal" };
        let broken = (!right).then_some((Symptom::ContentType, expected, actual));
        self.check_at("protocol::content-type", class, level, broken);
    }
}

/// A media type without its parameters.
fn media_type(header: &str) -> String {
    header
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether the answer says that the target has no such operation.
pub(crate) fn not_implemented(service: &Service, answer: &Answer) -> bool {
    if answer.status == 501 {
        return true;
    }
    if !(400..600).contains(&answer.status) {
        return false;
    }
    if error_type(service, answer)
        .is_some_and(|t| t.starts_with("NotImplemented") || t.starts_with("UnknownOperation"))
    {
        return true;
    }
    if answer.status < 500 {
        return false;
    }
    let text = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    [
        "not implemented",
        "not yet implemented",
        "not been implemented",
    ]
    .iter()
    .any(|t| text.contains(t))
}

/// Whether a refusal says that the server does not know the path, rather than what the path names:
/// it names no error type, although the service does, and is no JSON object.
pub(crate) fn knows_no_route(service: &Service, answer: &Answer) -> bool {
    let protocol = &service.protocol;
    let has_types =
        !protocol.error_type_headers.is_empty() || !protocol.error_type_members.is_empty();
    let is_object = serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(&answer.body);
    let untyped = has_types && error_type(service, answer).is_none() && is_object.is_err();
    match answer.status {
        405 => true,
        404 => untyped,
        // So does AWS answer where no operation has such a path.
        403 => {
            String::from_utf8_lossy(&answer.body).contains("Unable to determine service/operation")
        }
        _ => false,
    }
}

/// Whether the answer only asks for fewer requests: what it refuses was not carried out, and may be
/// accepted later.
pub(crate) fn throttles(service: &Service, answer: &Answer) -> bool {
    if answer.status == 429 {
        return true;
    }
    let throttling = &service.throttling;
    if !throttling.has_status(answer.status) {
        return false;
    }
    if let Some(named) = error_type(service, answer) {
        return throttling.has_type(&named);
    }
    let body = String::from_utf8_lossy(&answer.body);
    let in_text = throttling
        .text
        .as_ref()
        .and_then(|text| text.captures(&body)?.get(1).map(|c| c.as_str().to_owned()));

    in_text.is_some_and(|named| throttling.has_type(named.trim()))
}

/// The error type an answer names: in the header or in the body, without the URI after `:` and the
/// namespace before `#` that AWS's protocols allow around it.
pub(crate) fn error_type(service: &Service, answer: &Answer) -> Option<String> {
    let protocol = &service.protocol;
    if let Some(name) = protocol
        .error_type_headers
        .iter()
        .find_map(|h| answer.header(h).and_then(plain_type))
    {
        return Some(name);
    }
    let document = answer.body.value()?;
    protocol
        .error_type_members
        .iter()
        .find_map(|m| document.get(m)?.as_str().and_then(plain_type))
}

/// Every place where an answer names an error type, with the type it names there.
pub(super) fn error_types<'s>(service: &'s Service, answer: &Answer) -> Vec<(&'s str, String)> {
    let protocol = &service.protocol;
    let headers = protocol
        .error_type_headers
        .iter()
        .filter_map(|h| Some((h.as_str(), answer.header(h).and_then(plain_type)?)));
    let document = answer.body.value();
    let members = protocol
        .error_type_members
        .iter()
        .filter_map(|m| Some((m.as_str(), document?.get(m)?.as_str().and_then(plain_type)?)));
    headers.chain(members).collect()
}

/// An error type without the URI after `:` and the namespace before `#`.
fn plain_type(text: &str) -> Option<String> {
    let text = text.split(':').next().unwrap_or_default();
    let text = text.rsplit('#').next().unwrap_or_default().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The beginning of a body, for messages.
pub(super) fn body_preview(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(200) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None if text.is_empty() => "no body".to_owned(),
        None => text,
    }
}

/// The status and error type of an exchange, in a few words.
pub(super) fn outcome(service: &Service, exchange: &Exchange) -> String {
    match &exchange.outcome {
        Ok(answer) => match error_type(service, answer) {
            Some(name) if answer.status >= 400 => format!("status {} {name}", answer.status),
            _ => format!("status {}", answer.status),
        },
        Err(silence) => silence.to_string(),
    }
}

fn silence_symptom(silence: &Silence) -> Symptom {
    match silence {
        // One of ours never comes here: the judge gives no verdict on it.
        Silence::Unreachable(_) | Silence::Closed(_) | Silence::Ours(_) => Symptom::NoAnswer,
        Silence::Cut { .. } => Symptom::Cut,
        Silence::TimedOut(_) => Symptom::TimedOut,
        Silence::TooLarge { .. } => Symptom::TooLarge,
        Silence::NotHttp(_) => Symptom::NotHttp,
    }
}

impl Judgement {
    pub(super) fn new() -> Self {
        Self {
            verdict: Verdict::Pass,
            findings: Vec::new(),
            exercised: BTreeMap::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Takes in what another exchange of the same case showed.
    pub(super) fn take_in(&mut self, other: &Self) {
        add_marks(&mut self.exercised, &other.exercised);
        add_marks(&mut self.shown, &other.shown);
        for finding in &other.findings {
            if !self.findings.iter().any(|f| f.id() == finding.id()) {
                self.findings.push(finding.clone());
            }
        }
    }

    /// Marks a promise as tested from that side.
    pub(super) fn exercise(&mut self, atom: &AtomId, side: Side) {
        mark(&mut self.exercised, atom, side);
    }

    /// Marks a promise as tested from that side, and as kept there.
    pub(super) fn show(&mut self, atom: &AtomId, side: Side) {
        mark(&mut self.exercised, atom, side);
        mark(&mut self.shown, atom, side);
    }
}

/// Adds sides to those of promises.
fn add_marks(marks: &mut BTreeMap<AtomId, Sides>, others: &BTreeMap<AtomId, Sides>) {
    if marks.is_empty() {
        marks.clone_from(others);
        return;
    }
    for (atom, sides) in others {
        match marks.get_mut(atom) {
            Some(own) => own.add_all(*sides),
            None => {
                marks.insert(atom.clone(), *sides);
            }
        }
    }
}

/// Adds a side to those of a promise. Nearly always it is there.
fn mark(marks: &mut BTreeMap<AtomId, Sides>, atom: &AtomId, side: Side) {
    match marks.get_mut(atom) {
        Some(sides) => sides.add(side),
        None => {
            marks.insert(atom.clone(), side.into());
        }
    }
}
