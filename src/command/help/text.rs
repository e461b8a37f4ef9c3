//! A page of Markdown as plain text, for a terminal of 80 columns.

use crate::guide::PAGES;

/// The widest first column of a table that has the others beside it.
const WIDEST: usize = 20;

/// The longest line, in characters.
const COLUMNS: usize = 80;

/// The page without the marks that only Markdown needs.
pub(super) fn plain(page: &str) -> String {
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                text += format!("    {code}").trim_end();
                text.push('\n');
            }
        } else if line.starts_with('|') {
            let mut table = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                table.push(row);
            }
            push_table(&mut text, &table);
        } else if let Some(title) = line.strip_prefix("# ") {
            push_heading(&mut text, title, '=');
        } else if line.starts_with("##") {
            push_heading(&mut text, line.trim_start_matches('#').trim(), '-');
        } else if line.is_empty() {
            text.push('\n');
        } else if !is_definition(line) {
            let mut words = line.to_owned();
            while let Some(more) = lines.next_if(|line| goes_on(line)) {
                words = format!("{words} {}", more.trim_start());
            }
            push_paragraph(&mut text, &words);
        }
    }

    format!("{}\n", text.trim_end())
}

/// Whether the line belongs to the paragraph, or to the item of a list, that began before it.
fn goes_on(line: &str) -> bool {
    let begins = ["```", "|", "#", "- "]
        .iter()
        .any(|mark| line.starts_with(mark));
    !line.is_empty() && !begins && mark_of_item(line).is_empty() && !is_definition(line)
}

/// The `- ` or `1. ` that an item of a list begins with.
fn mark_of_item(line: &str) -> &str {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = line.len() - digits.len();
    let length = match () {
        () if line.starts_with("- ") => 2,
        () if number > 0 && digits.starts_with(". ") => number + 2,
        () => 0,
    };
    line.get(..length).unwrap_or_default()
}

/// A paragraph, or an item of a list, with as many words on a line as there is room for.
fn push_paragraph(text: &mut String, words: &str) {
    let mark = mark_of_item(words);
    let own = words.strip_prefix(mark).unwrap_or(words);
    let indent = " ".repeat(mark.len());
    for (at, line) in wrapped(&inline(own), COLUMNS - mark.len())
        .iter()
        .enumerate()
    {
        let before = if at == 0 { mark } else { &indent };
        *text += &format!("{before}{line}\n");
    }
}

fn push_heading(text: &mut String, title: &str, under: char) {
    let title = inline(title);
    let line: String = title.chars().map(|_| under).collect();
    *text += &format!("{title}\n{line}\n");
}

/// A table of figures stays as it is written. Of a table of words, the cells of a row but the first
/// stand below each other.
fn push_table(text: &mut String, table: &[&str]) {
    let holds_figures = table.get(1).is_some_and(|line| line.contains("-:"));
    if holds_figures {
        for row in table {
            *text += row;
            text.push('\n');
        }
        return;
    }

    let rows: Vec<Vec<String>> = table.iter().skip(2).map(|row| cells(row)).collect();
    let firsts = rows.iter().filter_map(|row| row.first());
    let width = firsts.map(|cell| cell.chars().count()).max().unwrap_or(0);
    let indent = width.min(WIDEST) + 4;

    for row in &rows {
        let mut cells = row.iter();
        let first = format!("  {}", cells.next().map_or("", String::as_str));
        let words = cells.flat_map(|cell| wrapped(cell, COLUMNS - indent));
        let mut left = first.as_str();
        for line in words {
            if left.chars().count() + 2 > indent {
                *text += &format!("{left}\n");
                left = "";
            }
            *text += &format!("{left:indent$}{line}\n");
            left = "";
        }
        if !left.is_empty() {
            *text += &format!("{left}\n");
        }
    }
}

/// The cells of a row. A bar after a backslash belongs to its cell.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|').trim_end_matches('|');
    let inner = inner.replace("\\|", "\u{0}");
    inner
        .split('|')
        .map(|cell| inline(cell.trim()).replace('\u{0}', "|"))
        .collect()
}

/// The words in lines of at most that many characters. A longer word has a line of its own.
fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether the line only says where a link leads.
fn is_definition(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// The line without the marks of links and of bold words. Code stays as it is.
fn inline(line: &str) -> String {
    let pieces = line.split('`').enumerate().map(|(at, piece)| {
        // Between two backticks is code.
        match at % 2 == 1 {
            true => format!("`{piece}`"),
            false => unlinked(&piece.replace("**", "")),
        }
    });
    pieces.collect()
}

/// The text without brackets around the words of links. A topic of the guide alone becomes the
/// command that prints its page, and the address of a page of the web stays.
fn unlinked(text: &str) -> String {
    let (mut left, mut out) = (text, String::new());
    while let Some((before, rest)) = left.split_once(['[', ']']) {
        out += before;
        let closes = left.as_bytes().get(before.len()) == Some(&b']');
        left = rest;
        match closes {
            true => left = without_goal(left, &mut out),
            false => {
                if let Some((topic, after)) = topic_alone(left) {
                    out += &format!("`proofmark help {topic}`");
                    left = after;
                }
            }
        }
    }

    out + left
}

/// What follows the `][topic]` or `](address)` behind the words of a link.
fn without_goal<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let goal = |open, close| rest.strip_prefix(open).and_then(|r| r.split_once(close));
    if let Some((_, after)) = goal('[', ']') {
        return after;
    }
    let Some((address, after)) = goal('(', ')') else {
        return rest;
    };
    if address.starts_with("https://") {
        *out += &format!(" ({address})");
    }
    after
}

/// The topic of a link `[topic]` whose opening bracket is read, and what follows it.
fn topic_alone(rest: &str) -> Option<(&str, &str)> {
    let (label, after) = rest.split_once(']')?;
    let is_topic = PAGES.iter().any(|page| page.topic == label);
    (is_topic && !after.starts_with(['[', '('])).then_some((label, after))
}

#[cfg(test)]
mod tests {
    use super::{PAGES, plain};

    #[test]
    fn marks_of_markdown_are_left_out() {
        let page = "# A title\n\nSee [targets], [the `code` there][ci] and **bold**.\n\n## Part\n\n\
            ```sh\nproofmark run\n```\n\n[web](https://example.com) [here](#part)\n\n\
            [targets]: targets.md\n[ci]: ci.md\n";
        let expected = "A title\n=======\n\nSee `proofmark help targets`, the `code` there and bold.\n\nPart\n----\n\n\
            \x20   proofmark run\n\nweb (https://example.com) here\n";
        assert_eq!(plain(page), expected);
    }

    #[test]
    fn tables_of_words_are_wrapped_and_tables_of_figures_stay() {
        let words = "| code | meaning |\n| --- | --- |\n| `a` | one \\| two |\n";
        assert_eq!(plain(words), "  `a`  one | two\n");
        let figures = "| class | caught |\n|---|---:|\n| a | 1 |\n";
        assert_eq!(plain(figures), figures);
    }

    #[test]
    fn paragraphs_and_items_are_filled_anew() {
        let page = "One\ntwo [a\nlink](b.md).\n- first\n  more\n- second\n10. tenth\n";
        assert_eq!(
            plain(page),
            "One two a link.\n- first more\n- second\n10. tenth\n"
        );
        let item = plain(&format!("- {}", "word ".repeat(30)));
        assert!(
            item.lines().skip(1).all(|line| line.starts_with("  word")),
            "{item}"
        );
    }

    #[test]
    fn every_page_fits_a_terminal_but_for_code_and_figures() {
        for page in PAGES {
            let text = plain(page.text);
            let long = text
                .lines()
                .filter(|line| !line.starts_with("    ") && !line.starts_with('|'))
                .find(|line| line.chars().count() > 80 && line.trim().contains(' '));
            assert_eq!(long, None, "{}", page.topic);
        }
    }

    #[test]
    fn long_cells_are_wrapped() {
        let row = format!("| a | b |\n| - | - |\n| c | {} |", "word ".repeat(30));
        let text = plain(&row);
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
}
