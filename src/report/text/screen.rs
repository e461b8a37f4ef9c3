//! What fits on a screen: a line for each cause, the first of them whole, and the verdict.

use super::page::{Page, visible};
use super::{Report, Told};
use crate::report::document::CauseKind;

/// So many causes have a line of their own.
const SHOWN: usize = 15;

/// On a screen that is narrower, what is wrong may take a second line.
const NARROW: usize = 72;

/// What stands above the causes, with as much of how to see all of one as there is room for.
const HEADINGS: [&str; 3] = [
    "what is wrong (`proofmark explain ID` tells all)",
    "what is wrong (`explain ID`)",
    "what is wrong",
];

/// Where nobody says how wide the screen is.
const USUAL: usize = 80;

/// Curl lines that take more lines of the screen are not shown there.
const CURL: usize = 4;

/// The columns of the two numbers, and the space before each.
const NUMBERS: usize = 2 + 8 + 2 + 5;

/// A line for each cause.
pub(super) fn table(report: &Report, told: &[Told<'_>], page: &mut Page) {
    if told.is_empty() {
        return;
    }
    let width = page.style.width.unwrap_or(USUAL);
    let rows: Vec<Row> = told
        .iter()
        .take(SHOWN)
        .map(|told| Row::of(report, told, page))
        .collect();
    let wide = |of: fn(&Row) -> &str| rows.iter().map(|row| visible(of(row))).max();
    let (mark, id) = (wide(|r| &r.mark).unwrap_or(4), wide(|r| &r.id).unwrap_or(4));
    let before = mark + 2 + id + 2;
    let says = width.saturating_sub(before + NUMBERS).max(20);

    let what = HEADINGS
        .into_iter()
        .find(|heading| visible(heading) <= says);
    let what = what.unwrap_or_default();
    let heading = format!("{:mark$}  {:id$}  {what:says$}  promises  cases", "", "id");
    let heading = page.style.dim(&heading);
    page.whole(&heading);
    for row in &rows {
        let lines = fitted(&row.says, says, if width < NARROW { 2 } else { 1 });
        let (first, more) = lines
            .split_first()
            .map_or(("", &[][..]), |(f, m)| (f.as_str(), m));
        let space = mark - visible(&row.mark).min(mark);
        page.whole(&format!(
            "{}{:space$}  {:id$}  {first:says$}  {:>8}  {:>5}",
            row.mark, "", row.id, row.promises, row.cases
        ));
        for line in more {
            page.whole(&format!("{:before$}{line}", ""));
        }
    }
    if let Some(more) = told.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        page.whole(&format!("and {more} more (-v tells all)"));
    }
}

/// The first cause whole: what was promised, sent, expected and answered, and how to see it again.
pub(super) fn first(report: &Report, told: &[Told<'_>], page: &mut Page) {
    let Some(first) = told.first() else {
        return;
    };
    let finding = first.finding;
    let row = Row::of(report, first, page);
    let width = page.style.width.unwrap_or(USUAL);
    let room = width.saturating_sub(visible(&row.mark) + 2 + visible(&row.id) + 2);
    page.blank();
    page.whole(&format!(
        "{}  {}  {}",
        row.mark,
        row.id,
        cut(&row.says, room)
    ));

    let lines = |value: &str, most: usize| fitted(value, width.saturating_sub(15).max(20), most);
    page.values("requirement", &lines(&finding.requirement, 2));
    if let Some(sent) = first.sent() {
        page.values("sent", &lines(sent, 1));
    }
    page.values("expected", &lines(first.expected(), 1));
    page.values("actual", &lines(first.actual(), 1));
    again(report, first, &row, page);
    if let Some(file) = finding.written.as_ref().filter(|_| !first.is_example()) {
        let written = format!("{file}: every run from now on fires it first");
        page.field("written", &written);
    }
    if let Some(how) = &finding.retried {
        page.values("tried again", &lines(how, 2));
    }
}

/// The commands that show the first cause again. Where the screen is narrow the short name does for
/// `replay`, since whoever reads it there has the last report at hand.
fn again(report: &Report, told: &Told<'_>, row: &Row, page: &mut Page) {
    let flags = &report.run.flags;
    let width = page.style.width.unwrap_or(USUAL);
    match told.curl() {
        [] => {}
        lines
            if lines
                .iter()
                .map(|line| on_screen(line, width))
                .sum::<usize>()
                > CURL =>
        {
            let many = format!(
                "{} lines: `proofmark explain {}` shows them",
                lines.len(),
                row.id
            );
            page.field("curl", &many);
        }
        lines => {
            let fixtures = format!("eval \"$(proofmark fixtures {flags})\"");
            page.copied("before", &fixtures);
            for (number, line) in lines.iter().enumerate() {
                page.copied(if number == 0 { "curl" } else { "then" }, line);
            }
        }
    }

    let by_case = told.replay().starts_with("proofmark replay ");
    match page.style.width {
        Some(_) if by_case => {
            let replay = format!("proofmark replay {} {flags}", row.id);
            page.copied("replay", replay.trim_end());
        }
        _ if told.replay().is_empty() => {}
        _ => page.copied("replay", told.replay()),
    }
}

/// How many lines of the screen a labelled line takes that is in one piece.
fn on_screen(line: &str, width: usize) -> usize {
    (15 + visible(line)).div_ceil(width.max(1))
}

/// One cause in the table.
struct Row {
    mark: String,
    id: String,
    says: String,
    promises: usize,
    cases: usize,
}

impl Row {
    fn of(report: &Report, told: &Told<'_>, page: &Page) -> Self {
        Self {
            mark: page.style.standing(told.finding.standing(report.run.gate)),
            id: report.short(told.id()),
            says: format!("{}{}", operation(report, told), says(told)),
            promises: told.promises(),
            cases: told.cases(),
        }
    }
}

/// Which operation a cause is about, where the report is of several.
fn operation(report: &Report, told: &Told<'_>) -> String {
    let promise = &told.finding.promise;
    let form = told
        .cause
        .is_some_and(|cause| cause.kind == CauseKind::Form);
    match promise.split_once("::") {
        // A fault of form is one of every answer.
        Some((slug, _)) if !report.run.operations.is_empty() && !form => format!("{slug}: "),
        _ => String::new(),
    }
}

/// What is wrong in few words: the promise, where the cause is about one.
fn says(told: &Told<'_>) -> String {
    let finding = told.finding;
    let promise = || {
        format!(
            "{} ({})",
            finding.requirement,
            finding.symptom.replace('-', " ")
        )
    };

    match told.cause {
        None => promise(),
        Some(cause) if told.promises() == 1 && cause.kind == CauseKind::Accepted => promise(),
        Some(cause) => cause.says.clone(),
    }
}

/// A text in at most so many lines of that width; what does not fit is cut.
fn fitted(text: &str, width: usize, most: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if visible(&longer) <= width {
            line = longer;
        } else if lines.len() + 1 < most && !line.is_empty() {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        } else {
            line = longer;
            break;
        }
    }

    lines.push(cut(&line, width));
    lines
}

/// The beginning of a text, with a sign that it goes on.
pub(super) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}
