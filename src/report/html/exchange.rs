//! Exchanges: what was sent and answered, with the part to look at marked, the control beside the
//! violation.

use std::ops::Range;

use maud::{Markup, html};

use super::layout::{laid_out, window};
use super::marks::{Culprit, differing};
use super::words::{number, plain};
use crate::report::document::{Body, ReportedExchange, ReportedFinding};

/// So many bytes are shown of a body of the exchange that shows a finding, and of the one beside
/// it.
const MOST: usize = 4 * 1024;
/// So many of the others.
const LESS: usize = 1024;

/// Two exchanges to compare; either may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    left: Option<usize>,
    right: Option<usize>,
}

/// The exchanges of a case, each beside the one to compare it with, in the order they were sent.
pub(super) fn rows(finding: &ReportedFinding) -> Vec<Row> {
    let of = |role: &str| finding.exchanges.iter().rposition(|e| e.role == role);
    let (twin, control, subject) = (of("twin"), of("given"), of("subject"));
    let request = match (twin, control) {
        // A request that must be answered like its twin is compared with that, and the control
        // stands alone.
        (Some(_), Some(_)) => vec![
            Row {
                left: control,
                right: None,
            },
            Row {
                left: twin,
                right: subject,
            },
        ],
        _ => vec![Row {
            left: control.or(twin),
            right: subject,
        }],
    };
    let mut rows = request;
    rows.push(Row {
        left: of("before"),
        right: of("after"),
    });
    rows.push(Row {
        left: None,
        right: of("named"),
    });
    let taken: Vec<_> = rows
        .iter()
        .flat_map(|row| [row.left, row.right])
        .flatten()
        .collect();
    // Repetitions, of which the last one counts.
    let others = (0..finding.exchanges.len()).filter(|at| !taken.contains(at));
    rows.extend(others.map(|at| Row {
        left: None,
        right: Some(at),
    }));
    // What shows the finding by itself is compared with nothing.
    let alone = |row: &Row| row.left.is_some() && row.left == finding.shown_by;
    let split = |row: Row| {
        if alone(&row) {
            [Row { right: None, ..row }, Row { left: None, ..row }]
        } else {
            [row, Row::NONE]
        }
    };
    rows.into_iter()
        .flat_map(split)
        .filter(|row| *row != Row::NONE)
        .collect()
}

impl Row {
    const NONE: Self = Self {
        left: None,
        right: None,
    };

    /// Whether it has the exchange that shows the finding, or the request that a later read shows
    /// it of.
    pub(super) fn matters(self, finding: &ReportedFinding) -> bool {
        let is = |at: Option<usize>| at.is_some() && at == finding.shown_by;
        let role = |at: Option<usize>| Some(finding.exchanges.get(at?)?.role.as_str());
        let later = matches!(role(finding.shown_by), Some("after" | "named"));
        is(self.left) || is(self.right) || (later && role(self.right) == Some("subject"))
    }

    /// Whether there is something to compare.
    pub(super) fn is_pair(self) -> bool {
        self.left.is_some() && self.right.is_some()
    }

    pub(super) fn markup(self, finding: &ReportedFinding) -> Markup {
        let get = |at: Option<usize>| Some((at?, finding.exchanges.get(at?)?));
        let (left, right) = (get(self.left), get(self.right));
        html! {
            div class=(if self.is_pair() { "pair" } else { "pair lone" }) {
                @if let Some((at, exchange)) = left {
                    (one(finding, at, right.map(|r| r.1), exchange))
                }
                @if let Some((at, exchange)) = right {
                    (one(finding, at, left.map(|l| l.1), exchange))
                }
            }
        }
    }
}

/// One exchange, compared with another where there is one.
pub(super) fn one(
    finding: &ReportedFinding,
    at: usize,
    other: Option<&ReportedExchange>,
    exchange: &ReportedExchange,
) -> Markup {
    let shows = finding.shown_by == Some(at);
    let look = Look {
        shows,
        culprit: Culprit::of(&finding.actual),
        most: if shows { MOST } else { LESS },
    };

    let name = name(&exchange.role, &finding.class);
    html! {
        figure class=[shows.then_some("shows")] {
            figcaption {
                (name)
                @if shows { " " span class="pin" { "← this shows it" } }
            }
            (look.request(exchange, other))
            (look.answer(exchange))
        }
    }
}

/// What the exchange is to the case.
fn name(role: &str, class: &str) -> String {
    match (role, class) {
        ("given", _) => "The control: a valid request".to_owned(),
        ("twin", _) => "The request to compare with".to_owned(),
        ("subject", "valid" | "well-formed" | "any-revision" | "answer" | "refusal") => {
            "The request".to_owned()
        }
        ("subject", _) => "The violation".to_owned(),
        ("before", _) => "A read before".to_owned(),
        ("after", _) => "A read after".to_owned(),
        ("named", _) => "A read of what it named".to_owned(),
        ("step", _) => "An exchange of this step".to_owned(),
        (other, _) => plain(other),
    }
}

/// What to mark in an exchange, and how much of it to show.
struct Look<'a> {
    shows: bool,
    culprit: Culprit<'a>,
    most: usize,
}

impl Look<'_> {
    fn request(&self, exchange: &ReportedExchange, other: Option<&ReportedExchange>) -> Markup {
        // A read differs from another in its answer.
        let part = |of: fn(&ReportedExchange) -> &str| {
            other
                .and_then(|o| differing(of(exchange), of(o)))
                .map(|d| d.0)
        };

        let body = part(|e| e.body.text.as_deref().unwrap_or_default());
        let new = |header: &(String, String)| other.is_some_and(|o| !o.headers.contains(header));
        html! {
            pre class="wire" {
                strong { (marked(&exchange.method, part(|e| &e.method))) } " "
                (marked(&exchange.path, part(|e| &e.path)))
                @for header in &exchange.headers {
                    "\n" (field(header, new(header)))
                }
                @if exchange.body.bytes > 0 { "\n\n" (self.body(&exchange.body, None, body)) }
            }
        }
    }

    fn answer(&self, exchange: &ReportedExchange) -> Markup {
        let Some(answer) = &exchange.answer else {
            let silence = exchange.silence.as_deref().unwrap_or("no answer");
            return html! { pre class="wire answer" { mark { (plain(silence)) } } };
        };
        let status = answer.status.to_string();
        let range = (self.shows && self.culprit == Culprit::Status).then_some(0..status.len());
        let laid = answer.body.text.as_deref().map(laid_out);
        let body = laid.as_deref().and_then(|text| self.culprit.within(text));
        html! {
            pre class="wire answer" {
                strong { (marked(&status, range)) }
                @for header in &answer.headers {
                    "\n" (field(header, self.culprit.is_header(&header.0)))
                }
                @if answer.body.bytes > 0 { "\n\n" (self.body(&answer.body, laid.as_deref(), body)) }
            }
        }
    }

    /// The body as it is, or laid out.
    fn body(&self, body: &Body, laid: Option<&str>, part: Option<Range<usize>>) -> Markup {
        let Some(text) = laid.or(body.text.as_deref()).or(body.hex.as_deref()) else {
            return html! {};
        };
        let shown = window(text, part.as_ref(), self.most);
        let part = part
            .map(|p| p.start.clamp(shown.start, shown.end)..p.end.clamp(shown.start, shown.end));
        let part = part.map(|p| p.start - shown.start..p.end - shown.start);
        html! {
            @if body.text.is_none() { span class="aside" { "not UTF-8, in hexadecimal digits: " } }
            @if shown.start > 0 { span class="aside" { "… " } }
            (marked(&text[shown.clone()], part))
            @if shown.end < text.len() || body.cut {
                span class="aside" { " … of " (number(body.bytes)) " bytes" }
            }
        }
    }
}

fn field((name, value): &(String, String), mark: bool) -> Markup {
    html! {
        span class="field" {
            @if mark { mark { (plain(name)) ": " (plain(value)) } } @else { (plain(name)) ": " (plain(value)) }
        }
    }
}

/// A text with that part of it marked.
fn marked(text: &str, part: Option<Range<usize>>) -> Markup {
    let Some(part) = part.filter(|part| !part.is_empty()) else {
        return html! { (plain(text)) };
    };
    html! { (plain(&text[..part.start])) mark { (plain(&text[part.clone()])) } (plain(&text[part.end..])) }
}
